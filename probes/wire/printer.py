"""Printers: Printer-MIB (RFC 3805) and what HOST-RESOURCES-MIB (RFC 2790) says of them."""

from collections.abc import Iterator

from probes.seen import Printer, Seen, Supply
from probes.wire.rows import Rows, Table

_PRT, _HR = "1.3.6.1.2.1.43", "1.3.6.1.2.1.25.3"
NAME, SERIAL = f"{_PRT}.5.1.1.16", f"{_PRT}.5.1.1.17"
PAGES = f"{_PRT}.10.2.1.4"
SUPPLY_NAME, SUPPLY_MOST, SUPPLY_LEVEL = f"{_PRT}.11.1.1.6", f"{_PRT}.11.1.1.8", f"{_PRT}.11.1.1.9"
DEVICE_TYPE, DEVICE_DESCR, STATUS = f"{_HR}.2.1.2", f"{_HR}.2.1.3", f"{_HR}.5.1.1"
_IS_PRINTER = "1.3.6.1.2.1.25.3.1.5"
STATES = {1: "other", 2: "unknown", 3: "idle", 4: "printing", 5: "warming up"}


def decode(rows: Rows) -> Iterator[Seen]:
    """The printer, when the device says it is one, and its supplies."""
    types, serials, statuses = rows.column(DEVICE_TYPE), rows.texts(SERIAL), rows.numbers(STATUS)
    printers = [index for index, kind in types.items() if kind == _IS_PRINTER]
    pages = rows.numbers(PAGES)
    if printers or serials or pages or statuses:
        descrs = rows.texts(DEVICE_DESCR)
        counts = [count for count in pages.values() if count >= 0]
        yield Printer(
            descr=next((descrs[index] for index in printers if index in descrs), "") or _any(rows.texts(NAME)),
            serial=_any(serials),
            status=STATES.get(next(iter(statuses.values()), 0), ""),
            pages=max(counts, default=None),
        )
    most, level = rows.numbers(SUPPLY_MOST), rows.numbers(SUPPLY_LEVEL)
    for index, name in rows.texts(SUPPLY_NAME).items():
        yield Supply(name, percent_left(level.get(index), most.get(index)))


def percent_left(level: int | None, most: int | None) -> int | None:
    """How full, in percent. RFC 3805 uses -1, -2 and -3 for any, unknown and "some left": all None here."""
    if level is None or most is None or level < 0 or most <= 0:
        return None
    return min(100, round(100 * level / most))


def _any(texts: dict[tuple[int, ...], str]) -> str:
    return next(iter(texts.values()), "")


TABLES: tuple[Table, ...] = (
    Table(
        "snmp.printer",
        (SERIAL, NAME, PAGES, SUPPLY_NAME, SUPPLY_MOST, SUPPLY_LEVEL, DEVICE_TYPE, DEVICE_DESCR, STATUS),
        decode,
    ),
)
