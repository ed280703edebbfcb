"""The register and its evidence as files that other programs open: CSV, Excel and JSON."""

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from collector.exports import csv, json, xlsx
from collector.exports.extract import Extract, extract
from collector.read.places import places
from collector.store import Store
from probes.errors import BadInput

FORMATS: Mapping[str, tuple[Callable[[Extract], bytes], str]] = {
    "csv": (csv.pack, "text/csv; charset=utf-8"),
    "xlsx": (xlsx.pack, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": (json.pack, "application/json"),
}


def export(
    store: Store, format: str, out: Path | None, site: str | None, tenant: str, now: datetime | None = None
) -> None:
    """Write the register of one site, or of all, to a file or to standard output. Raises BadInput in one sentence."""
    if format not in FORMATS:
        raise BadInput(f"{format!r} is not a format: use {', '.join(FORMATS)}.")
    with store.reading() as conn:
        known = places(conn, tenant)
        chosen = [place for place in known if site is None or place.id == site]
        if not chosen:
            raise BadInput(
                f"There is no site {site!r}: {', '.join(place.id for place in known) or 'none is set up yet'}."
            )
        packed = FORMATS[format][0](extract(conn, tenant, chosen, now))
    _write(out, packed)


def _write(out: Path | None, packed: bytes) -> None:
    if out is None:
        sys.stdout.buffer.write(packed)
        sys.stdout.buffer.flush()
        return
    try:
        out.write_bytes(packed)
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}.") from error
