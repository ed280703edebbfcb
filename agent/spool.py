"""Reports waiting for the collector: one durable file each, no index to corrupt.

A file is `<sequence>-<first 16 hex of the seal's SHA-256>.json.gz`. Its gzip CRC and the seal inside tell a damaged
file, which is set aside in `bad/` and never blocks the next.
"""

import gzip
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.config import Section
from agent.files import sync_folder, write_durably
from baselines.seal import check
from baselines.vocabulary import Report
from probes.errors import BadInput

KEEP_SENT = 14


class Chain(Section):
    """The last report's number and SHA-256, to which the next is chained."""

    sequence: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Spooled:
    """One report on disk: its number, its SHA-256 and the gzip bytes that are sent as they are."""

    path: Path
    sequence: int
    sha256: str
    body: bytes


class Spool:
    """The agent's outbox. What `put` returned from is kept until the collector has said that it is stored."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("waiting", "sent", "bad"):
            (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
        for unfinished in (folder / "waiting").glob(".*.tmp"):
            unfinished.unlink(missing_ok=True)

    def put(self, report: Report) -> Path:
        """Keep a sealed report. Durable when this returns."""
        if report.seal is None:
            raise BadInput("A report must be sealed before it is spooled.")
        name = f"{report.seal.sequence:012d}-{report.seal.sha256[:16]}.json.gz"
        path = self.folder / "waiting" / name
        write_durably(path, gzip.compress(report.model_dump_json(by_alias=True).encode(), compresslevel=6, mtime=0))
        return path

    def waiting(self) -> Iterator[Spooled]:
        """The reports to send, oldest first. A damaged one is set aside and passed over."""
        for path in sorted((self.folder / "waiting").glob("*.json.gz")):
            try:
                yield self._read(path)
            except (BadInput, OSError, EOFError, zlib.error, ValueError) as error:
                self._set_aside(path, str(error))

    def last(self) -> Chain | None:
        """The end of the chain as the newest whole file shows it, sent or waiting."""
        files = [path for part in ("waiting", "sent") for path in (self.folder / part).glob("*.json.gz")]
        for path in sorted(files, key=lambda path: path.name, reverse=True):
            try:
                spooled = self._read(path)
            except (BadInput, OSError, EOFError, zlib.error, ValueError):
                continue
            return Chain(sequence=spooled.sequence, sha256=spooled.sha256)
        return None

    def sent(self, spooled: Spooled) -> None:
        """Move a report that the collector stored to the sent ones, of which the last fourteen are kept."""
        self._move(spooled.path, "sent")
        for old in sorted((self.folder / "sent").glob("*.json.gz"))[:-KEEP_SENT]:
            old.unlink(missing_ok=True)

    def refuse(self, spooled: Spooled, reason: str) -> None:
        """Set aside a report that the collector will never take, with its reason, so that the next can go."""
        self._set_aside(spooled.path, reason)

    def _read(self, path: Path) -> Spooled:
        body = path.read_bytes()
        report = Report.model_validate_json(gzip.decompress(body))
        check(report)
        if report.seal is None:
            raise BadInput(f"{path.name} has no seal.")
        return Spooled(path, report.seal.sequence, report.seal.sha256, body)

    def _set_aside(self, path: Path, reason: str) -> None:
        write_durably(self.folder / "bad" / f"{path.name}.reason.txt", reason.encode()[:4096])
        self._move(path, "bad")

    def _move(self, path: Path, to: str) -> None:
        os.replace(path, self.folder / to / path.name)
        sync_folder(self.folder / to)
        sync_folder(path.parent)
