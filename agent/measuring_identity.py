"""Identification held against the truth of a corpus of recorded devices, and written out for others to mark."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.measuring_dumps import Dump, Row, write_rows
from agent.measuring_marks import Mark, Verdict, columns_table, contains, groups_table, is_kept_apart, plain
from probes.identify import Identity
from probes.identity import is_no_serial

COLUMNS = ("maker", "kind", "os", "version", "model", "serial")
ANSWERS = ("file", "kind", "maker", "model", "os", "version", "serial", "parts")
_TRUTH_NAMES = {"maker": "vendor"}
THIN = 2


@dataclass(frozen=True, slots=True)
class Known:
    """What was said of one recorded device. `thin` marks a dump of sysDescr and sysObjectID alone.

    `disputed` are columns in which the device itself says what was said, and the truth nowhere.
    """

    file: str
    identity: Identity
    thin: bool
    disputed: frozenset[str] = frozenset()


def known_of(dump: Dump, row: Row) -> Known:
    """One recorded device, identified; `row` is its row of truth.csv, or empty."""
    objects, identity = row.get("n_oids", ""), dump.identity
    asked = [(c, row[c], said_of(identity, c)) for c in ("model", "version", "serial") if _is_asked(c, row)]
    disputed = (c for c, true, said in asked if said and dump.says(said) and not dump.says(true))
    return Known(dump.path.name, identity, objects.isdigit() and int(objects) <= THIN, frozenset(disputed))


def marks_of(known: Sequence[Known], truth: Mapping[str, Row]) -> tuple[list[Mark], list[Mark]]:
    """Marks of the devices that were recorded in full, and of those of which two objects are all there is."""
    full: list[Mark] = []
    thin: list[Mark] = []
    for one in known:
        (thin if one.thin else full).extend(_marks(one, truth.get(one.file, {})))
    return full, thin


def _marks(known: Known, row: Row) -> Iterator[Mark]:
    for column in COLUMNS:
        if not _is_asked(column, row):
            continue
        said = said_of(known.identity, column)
        verdict: Verdict = "blank" if not said else "right" if agrees(column, row, said) else "wrong"
        truth = row[_TRUTH_NAMES.get(column, column)]
        disputed = column in known.disputed and verdict == "wrong"
        yield Mark(column, verdict, known.file, row.get("vendor", ""), row.get("kind", ""), said, truth, disputed)


def said_of(identity: Identity, column: str) -> str:
    """What was said in one column; blank where it is not known."""
    said = str(getattr(identity, column))
    return "" if said == "unknown" else said


def _is_asked(column: str, row: Row) -> bool:
    truth = row.get(_TRUTH_NAMES.get(column, column), "")
    if column == "serial":
        # "#########", "SerialNumber" and the like are what an agent says that has none.
        return bool(truth) and "serial" in row.get("literal", "").split() and not is_no_serial(truth)
    return bool(truth) and not (column == "kind" and truth == "other")


def agrees(column: str, row: Row, said: str) -> bool:
    """Whether a statement is right: containment for model and version, every accepted spelling of a maker."""
    if column == "maker":
        return plain(said) in {plain(name) for name in (row["vendor"], *row.get("vendor_alt", "").split("|")) if name}
    if column == "os":
        return plain(said) in {plain(row["os"]), plain(row.get("os_text", ""))} - {""}
    if column in ("model", "version"):
        return contains(said, row[column])
    return plain(said) == plain(row[column])


def write_answers(path: Path, known: Sequence[Known]) -> None:
    """One row a device; blank is unknown, parts are JSON. Raises BadInput."""
    write_rows(path, ANSWERS, [_answer(one) for one in known])


def _answer(known: Known) -> list[str]:
    parts = [part.model_dump() for part in known.identity.parts]
    values = [said_of(known.identity, name) for name in ANSWERS[1:-1]]
    return [known.file, *values, json.dumps(parts)]


def identity_tables(full: Sequence[Mark], thin: Sequence[Mark]) -> list[str]:
    """The tables of identification: overall, the thin dumps apart, then per kind and per maker."""
    every = f"{len({m.name for m in full})} devices recorded beyond sysDescr and sysObjectID"
    few = f"{len({m.name for m in thin})} devices of which only sysDescr and sysObjectID were recorded"
    apart = [mark for mark in (*full, *thin) if is_kept_apart(mark.name)]
    third = f"The third of all that is kept apart, {len({m.name for m in apart})} devices"
    return [
        f"### {every}", "", *columns_table(full, COLUMNS), "", *_disputed(full), "",
        f"### {few}", "", *columns_table(thin, COLUMNS), "",
        f"### {third}", "", *columns_table(apart, COLUMNS), "",
        "### Per kind, right % of what the truth says", "", *groups_table([*full, *thin], COLUMNS, _kind, "kind"), "",
        "### Per maker, right % of what the truth says", "",
        *groups_table([*full, *thin], COLUMNS, _maker, "maker", least=3), "",
    ]  # fmt: skip


def _disputed(marks: Sequence[Mark]) -> Iterator[str]:
    """One sentence on the wrong ones whose truth the recording speaks against; they are counted as wrong above."""
    found = [f"{mark.column} of {mark.name}" for mark in marks if mark.disputed]
    if found:
        yield "Counted as wrong, though the device says what Caretaker says and nowhere what the truth says: "
        yield f"{', '.join(found)}."


def _kind(mark: Mark) -> str:
    return mark.kind


def _maker(mark: Mark) -> str:
    return mark.maker
