"""Recorded devices read offline as a night would read them: each table is given only the columns it asks for."""

import csv
import gzip
import io
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path

from probes.device_files import Knowledge, knowledge
from probes.enterprises import enterprise_of
from probes.errors import BadInput
from probes.identify import Identity, identify
from probes.registry import SNMP_TABLES, maker_values_of
from probes.seen import ManagedAp, Neighbour, NumberHolder, Seen, System
from probes.sightings import order
from probes.transport.registry_file import holders, registry_file
from probes.transport.snmp_credentials import SnmpBudget
from probes.vocabulary import Json, Observation, Outcome, Recording
from probes.wire import maker_values
from probes.wire.rows import EachVlan, Rows, Table

# Dumps have no date of their own; nothing that is measured depends on it.
AT = datetime(2026, 1, 1, tzinfo=UTC)
Row = dict[str, str]


@dataclass(frozen=True)
class Dump:
    """One recorded device, the address it would have answered from, and what is known (None: all that ships)."""

    path: Path
    ip: str = "192.0.2.1"
    known: Knowledge | None = None

    @cached_property
    def _rows(self) -> dict[str, list[str]]:
        with self.path.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
            split = (line.rstrip("\r\n").split("|", 2) for line in lines)
            return {row[0]: row for row in split if len(row) == 3}

    @cached_property
    def _order(self) -> list[str]:
        return sorted(self._rows)

    def recording(self, table: Table) -> Recording:
        """What a walk of this table's columns would have brought back."""
        asked = (*table.columns, *table.places)
        answers: list[Json] = [row for oid in asked for row in self._below(oid, one=oid in table.places)]
        return Recording(
            probe=table.name,
            target=self.ip,
            vantage="corpus",
            started=AT,
            ended=AT,
            outcome=Outcome.COMPLETE,
            answers=tuple(answers),
        )

    def _below(self, column: str, one: bool = False) -> Iterator[list[str]]:
        """The rows of a column. What stands at that very place counts where a scalar or `one` place is asked for."""
        if column in self._rows and (one or column.endswith(".0")):
            yield self._rows[column]
            return
        if column.endswith(".0"):
            return
        first, last = bisect_left(self._order, column + "."), bisect_left(self._order, column + "/")
        yield from (self._rows[oid] for oid in self._order[first:last])

    def tables(self) -> Iterator[tuple[Table, Recording]]:
        """Every table that a night asks such a device for, its maker's own values last."""
        object_id = ""
        for table in SNMP_TABLES:
            if not table.suits(object_id):
                continue
            recording = self.recording(table)
            if not object_id:
                object_id = next((s.object_id for s in table.seen(recording) if isinstance(s, System)), "")
            if table.each_vlan and table.each_vlan.suits(object_id):
                recording = self._with_vlans(table.each_vlan, recording)
            yield table, recording
        if wanted := (self.known or knowledge()).maker_oids(object_id):
            own = maker_values.table(wanted.items())
            yield own, self.recording(own)

    def _with_vlans(self, each: EachVlan, recording: Recording) -> Recording:
        """The recording with what the device answered VLAN by VLAN: the dump dNNNN@20 is the same one in VLAN 20."""
        learned = Rows(recording.answers)
        if not each.needed(learned):
            return recording
        chosen = each.choose(learned, Rows(row for column in each.lists for row in self._below(column)))
        more: list[Json] = []
        for vlan in [vlan for vlans in chosen for vlan in vlans][: SnmpBudget().vlans]:
            inner = Dump(self.path.with_name(f"{self.path.stem}@{vlan}.snmprec"), self.ip)
            if inner.path.exists():
                more += [[*row, vlan] for column in each.columns for row in inner._below(column)]
        return recording.model_copy(update={"answers": (*recording.answers, *more)})

    def says(self, text: str) -> bool:
        """Whether a text stands word for word in what the device said, case left out of account."""
        values = (row[2] if not row[1].endswith("x") else _text(row[2]) for row in self._rows.values())
        return any(text.lower() in value.lower() for value in values)

    @cached_property
    def seen(self) -> tuple[tuple[str, Seen], ...]:
        """All that the device says, with the probe that asks for it."""
        return tuple((table.name, one) for table, recording in self.tables() for one in self._said(table, recording))

    def _said(self, table: Table, recording: Recording) -> Iterator[Seen]:
        return maker_values_of(recording, self.known) if table.name == maker_values.NAME else table.seen(recording)

    @cached_property
    def identity(self) -> Identity:
        """What the device is, by the same function that a night uses. What it says of others is left out."""
        said = (pair for pair in self.seen if not isinstance(pair[1], Neighbour | ManagedAp))
        named = (("number.lookup", one) for one in self._holder())
        return identify(
            sorted((Observation(probe, self.ip, "corpus", AT, one) for probe, one in (*said, *named)), key=order),
            self.known,
        )

    def _holder(self) -> Iterator[Seen]:
        numbers = {enterprise_of(one.object_id) for _, one in self.seen if isinstance(one, System)} - {None}
        yield from (NumberHolder(number, _holders()[number]) for number in numbers if number in _holders())


def _text(digits: str) -> str:
    try:
        return bytes.fromhex(digits).decode("utf-8", "replace")
    except ValueError:
        return ""


@cache
def _holders() -> dict[int, str]:
    """The whole registry of enterprise numbers, as a night would look it up."""
    return holders(range(1, 100_000), registry_file())


def dumps_in(truth: Path) -> list[Dump]:
    """The recorded devices of a corpus folder, its devices folder, or beside a truth.csv; contexts are no devices."""
    folder = truth.parent if truth.is_file() else truth
    devices = folder / "devices" if (folder / "devices").is_dir() else folder
    found = sorted(path for path in devices.glob("*.snmprec") if "@" not in path.name)
    if not found:
        raise BadInput(f"{truth} holds no .snmprec files; name a corpus folder, its devices folder or its truth.csv.")
    return [Dump(path) for path in found]


def corpus_folder(truth: Path) -> Path:
    """The folder that holds truth.csv, devices, topologies and the rest."""
    folder = truth.parent if truth.is_file() else truth
    return folder.parent if folder.name in ("devices", "topologies", "banners") else folder


def read_rows(path: Path) -> list[Row]:
    """The rows of a CSV file, gzipped or not; none when there is no such file. Raises BadInput."""
    if not path.exists():
        return []
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        lines = io.StringIO(raw.decode("utf-8", "replace"), newline="")
        return [{k: v or "" for k, v in row.items() if isinstance(k, str)} for row in csv.DictReader(lines)]
    except (OSError, EOFError, csv.Error) as error:
        raise BadInput(f"{path} cannot be read: {error}.") from error


def truth_of(truth: Path) -> dict[str, Row]:
    """The rows of truth.csv by file; none when the folder has no such file."""
    return {row["file"]: row for row in read_rows(corpus_folder(truth) / "truth.csv") if "file" in row}


def by_file(truth: Path, name: str) -> dict[str, list[Row]]:
    """The rows of truth/NAME.csv.gz by the file they speak of."""
    found: dict[str, list[Row]] = {}
    for row in read_rows(corpus_folder(truth) / "truth" / f"{name}.csv.gz"):
        found.setdefault(row["file"], []).append(row)
    return found


def write_rows(path: Path, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a CSV file. Raises BadInput."""
    try:
        with path.open("w", encoding="utf-8", errors="replace", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(names)
            writer.writerows(rows)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error
