"""The whole extract as JSON: one list of objects for each sheet, with our own column names as keys."""

import json
from datetime import date, datetime

from collector.exports.extract import Extract


def pack(extract: Extract) -> bytes:
    """Canonical enough to compare two exports: the same content gives the same bytes."""
    sheets = {
        sheet.name: [dict(zip(sheet.heads, map(plain, row), strict=True)) for row in sheet.rows]
        for sheet in extract.sheets
    }
    return (json.dumps(sheets, ensure_ascii=True, indent=1) + "\n").encode()


def plain(value: object) -> object:
    """JSON's own kinds; dates as ISO text."""
    return value.isoformat() if isinstance(value, date | datetime) else value
