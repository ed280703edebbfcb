"""Measures identification over a corpus of recorded devices: right, stated and wrong, unknown, per column.

python -m tests.probes.measure_identify FOLDER [--answers OUT.csv] [--wrong COLUMN] [--part dev|kept|all]
"""

import argparse
import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from probes.device_files import maker_oids
from probes.identify import Identity, identify
from probes.seen import ManagedAp, Neighbour, Seen, System
from probes.vocabulary import Observation
from probes.wire import (
    addresses,
    bridge,
    cdp,
    entity,
    host_resources,
    interfaces,
    lldp,
    maker_values,
    poe,
    printer,
    system,
    ups,
    wireless,
)
from probes.wire.rows import Rows, Table

COLUMNS = ("maker", "kind", "os", "version", "model", "serial")
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_TABLES: tuple[Table, ...] = tuple(
    table
    for module in (
        system,
        entity,
        ups,
        printer,
        host_resources,
        wireless,
        lldp,
        bridge,
        interfaces,
        addresses,
        cdp,
        poe,
    )
    for table in module.TABLES
)


def is_kept_back(name: str) -> bool:
    """Whether a file is in the third that rules are never tuned on."""
    return int(sha256(name.encode()).hexdigest(), 16) % 3 == 0


def seen_in(rows: Rows) -> Iterator[tuple[str, Seen]]:
    """What a recorded device says, by the probe that would have asked, makers' own values included."""
    object_id = ""
    for table in _TABLES:
        if not table.suits(object_id):
            continue
        for one in table.decode(rows):
            object_id = one.object_id if isinstance(one, System) else object_id
            yield table.name, one
    for one in maker_values.table(maker_oids(object_id).items()).decode(rows):
        yield maker_values.NAME, one


def identity_of(rows: Rows) -> Identity:
    """What identify says of one recorded device."""
    return identify(
        [
            Observation(probe, "device", "corpus", _AT, one)
            for probe, one in seen_in(rows)
            if not isinstance(one, Neighbour | ManagedAp)  # they speak of others
        ]
    )


def plain(text: str) -> str:
    """Text without case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", text.lower())


def score(column: str, row: dict[str, str], identity: Identity) -> str | None:
    """right, wrong or unknown for one column of one device; None where the truth says nothing."""
    truth_name = "vendor" if column == "maker" else column
    said = getattr(identity, column)
    if not row[truth_name] or (column == "kind" and row["kind"] == "other"):
        return None
    if not said or said == "unknown":
        return "unknown"
    return "right" if _agrees(column, row, plain(said)) else "wrong"


def _agrees(column: str, row: dict[str, str], said: str) -> bool:
    if column == "maker":
        return said in {plain(name) for name in (row["vendor"], *row["vendor_alt"].split("|")) if name}
    if column == "kind":
        return said == plain(row["kind"])
    if column == "os":
        return said in (plain(row["os"]), plain(row["os_text"]))
    truth = plain(row[column])
    if column == "serial":
        return said == truth
    return said in truth or truth in said


def measure(folder: Path, part: str) -> tuple[dict[str, Counter[str]], list[tuple[dict[str, str], Identity]]]:
    """Counts per column, and every device with what was said of it."""
    with (folder / "truth.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    counts = {column: Counter[str]() for column in COLUMNS}
    answers = []
    for row in rows:
        if part != "all" and is_kept_back(row["file"]) != (part == "kept"):
            continue
        identity = identity_of(Rows.from_snmprec(folder / "devices" / row["file"]))
        answers.append((row, identity))
        for column in COLUMNS:
            if verdict := score(column, row, identity):
                counts[column][verdict] += 1
    return counts, answers


def main(arguments: Sequence[str]) -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--answers", type=Path)
    parser.add_argument("--part", default="all", choices=("dev", "kept", "all"))
    options = parser.parse_args(arguments)
    counts, answers = measure(options.folder, options.part)
    sys.stdout.write(f"{len(answers)} devices ({options.part})\n")
    for column, found in counts.items():
        total = sum(found.values()) or 1
        share = "  ".join(
            f"{name} {found[name]:4d} {100 * found[name] / total:5.1f} %" for name in ("right", "wrong", "unknown")
        )
        sys.stdout.write(f"{column:8s} of {total:4d}: {share}\n")
    if options.answers:
        with options.answers.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["file", *("kind", "maker", "model", "os", "version", "serial"), "parts"])
            for row, one in answers:
                kind = "" if one.kind == "unknown" else one.kind
                parts = json.dumps([part.model_dump() for part in one.parts])
                writer.writerow([row["file"], kind, one.maker, one.model, one.os, one.version, one.serial, parts])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
