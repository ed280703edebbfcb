"""The extract as one Excel workbook. Text is always written as text, so nothing a device said can be a formula."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from collector.exports.extract import Extract, Sheet

LONGEST_CELL = 32_000
WIDEST = 48
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def pack(extract: Extract) -> bytes:
    """The workbook: one sheet for each table, with a frozen, filtered heading."""
    return pack_sheets(extract.sheets)


def pack_sheets(sheets: Sequence[Sheet], title: str = "Register") -> bytes:
    """Any sheets as a workbook."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, OPTIONS)
    book.set_properties({"title": title, "author": "Caretaker"})
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#E4EAEE", "bottom": 1, "text_wrap": True, "valign": "top"}),
        "day": book.add_format({"num_format": "d mmmm yyyy", "align": "left"}),
        "time": book.add_format({"num_format": "d mmmm yyyy hh:mm", "align": "left"}),
    }
    for sheet in sheets:
        _write(book.add_worksheet(sheet.name[:31]), sheet, formats)
    book.close()
    return held.getvalue()


def _write(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    for column, head in enumerate(sheet.heads):
        page.write_string(0, column, head, formats["head"])
    for number, row in enumerate(sheet.rows, 1):
        for column, value in enumerate(row):
            _cell(page, number, column, value, formats)
    for column, head in enumerate(sheet.heads):
        lengths = [len(str(row[column])) for row in sheet.rows[:500] if row[column] is not None]
        page.set_column(column, column, min(max([len(head), *lengths]) + 2, WIDEST))
    page.freeze_panes(1, 0)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.heads) - 1)


def _cell(page: Any, row: int, column: int, value: object, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_string(row, column, "yes" if value else "no")
    elif isinstance(value, int | float):
        page.write_number(row, column, value)
    elif isinstance(value, datetime):
        page.write_datetime(row, column, value.replace(tzinfo=None), formats["time"])
    elif isinstance(value, date):
        page.write_datetime(row, column, value, formats["day"])
    else:
        page.write_string(row, column, str(value).encode("utf-8", "replace").decode()[:LONGEST_CELL])
