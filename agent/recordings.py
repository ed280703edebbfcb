"""A night's raw answers on disk, so that any night can be understood again by better code."""

import gzip
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from agent.config import Config, Section
from agent.files import write_durably
from probes.errors import BadInput
from probes.vocabulary import Recording


class NightHeader(Section):
    """What a replay needs beside the recordings: the configuration, without any secret, and the scopes."""

    config: Config
    scopes: tuple[str, ...]
    stopped_early: bool = False
    caretaker: str


def write_recordings(path: Path, header: NightHeader, recordings: Sequence[Recording]) -> None:
    """One night as gzip lines: the header, then a recording a line. Durable when this returns."""
    lines = [header.model_dump_json(), *(recording.model_dump_json() for recording in recordings)]
    write_durably(path, gzip.compress("\n".join(lines).encode(), compresslevel=6, mtime=0))


def read_recordings(path: Path) -> tuple[NightHeader, tuple[Recording, ...]]:
    """The night in this file. Raises BadInput naming the line that cannot be read."""
    lines = _lines(path)
    try:
        header = NightHeader.model_validate_json(next(lines, "{}"))
    except ValidationError as error:
        raise BadInput(f"{path} is not a night's recordings: its first line is no header.") from error
    return header, tuple(_parse(path, lines))


def _parse(path: Path, lines: Iterable[str]) -> Iterator[Recording]:
    for number, line in enumerate(lines, start=2):
        try:
            yield Recording.model_validate_json(line)
        except ValidationError as error:
            raise BadInput(f"{path} line {number} is not a recording; the file is damaged.") from error


def _lines(path: Path) -> Iterator[str]:
    try:
        yield from gzip.decompress(path.read_bytes()).decode().splitlines()
    except FileNotFoundError:
        raise BadInput(f"{path} does not exist; name a recordings file of a night.") from None
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read as a night's recordings: {error}.") from error


def thin_recordings(folder: Path, keep: int) -> None:
    """Keep the newest `keep` nights on site and remove the rest."""
    nights = sorted(folder.glob("*.jsonl.gz"))
    for old in nights[:-keep] if keep else nights:
        os.unlink(old)
