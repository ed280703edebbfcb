"""The register as CSV: UTF-8 with a byte order mark (Excel), RFC 4180, ISO dates, and no live formula."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime

from collector.exports.extract import Extract, inert


def pack(extract: Extract) -> bytes:
    """The register's sheet."""
    return pack_table(extract.register.heads, extract.register.rows)


def pack_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """Any table as CSV of the same kind."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([[plain(value) for value in row] for row in rows])
    return text.getvalue().encode("utf-8-sig", "replace")


def plain(value: object) -> object:
    """A cell's text; nothing known is an empty cell, and yes and no are words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return inert(value)
