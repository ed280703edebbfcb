"""A host's memory, storage, processors and clock: HOST-RESOURCES-MIB (RFC 2790)."""

from collections.abc import Iterator

from probes.seen import HostResources, Seen
from probes.wire.rows import Rows, Table

_HR = "1.3.6.1.2.1.25"
DATE, MEMORY = f"{_HR}.1.2.0", f"{_HR}.2.2.0"
STORAGE_TYPE, STORAGE_NAME, STORAGE_UNIT, STORAGE_SIZE, STORAGE_USED = (f"{_HR}.2.3.1.{n}" for n in (2, 3, 4, 5, 6))
PROCESSOR = f"{_HR}.3.3.1.2"
_DISKS = ("1.3.6.1.2.1.25.2.1.4", "1.3.6.1.2.1.25.2.1.10")
_MIB = 2**20


def decode(rows: Rows) -> Iterator[Seen]:
    """Memory and disks in MiB (`disks` are name, size, used), the number of processors, and the host's own time."""
    memory, processors = rows.number(MEMORY), rows.numbers(PROCESSOR)
    found = HostResources(
        memory_mb=None if memory is None or memory < 0 else memory // 1024,
        disks=tuple(_disks(rows)),
        processors=len(processors) or None,
        date=_date(rows.octets(DATE)),
    )
    if found != HostResources():
        yield found


def _disks(rows: Rows) -> Iterator[tuple[str, int, int]]:
    types, names, units = rows.column(STORAGE_TYPE), rows.texts(STORAGE_NAME), rows.numbers(STORAGE_UNIT)
    sizes, used = rows.numbers(STORAGE_SIZE), rows.numbers(STORAGE_USED)
    for index, name in names.items():
        unit, size = units.get(index, 0), sizes.get(index, -1)
        if types.get(index) in _DISKS and unit > 0 and size >= 0:
            yield name, size * unit // _MIB, max(0, used.get(index, 0)) * unit // _MIB


def _date(octets: bytes) -> str:
    """DateAndTime (RFC 2579) as ISO 8601, or empty when it is no date."""
    if len(octets) not in (8, 11) or not (1 <= octets[2] <= 12 and 1 <= octets[3] <= 31):
        return ""
    year = int.from_bytes(octets[:2], "big")
    text = f"{year:04}-{octets[2]:02}-{octets[3]:02}T{octets[4]:02}:{octets[5]:02}:{octets[6]:02}"
    if len(octets) == 8 or octets[8:9] not in (b"+", b"-"):
        return text
    return f"{text}{octets[8:9].decode()}{octets[9]:02}:{octets[10]:02}"


TABLES: tuple[Table, ...] = (
    Table(
        "snmp.host_resources",
        (DATE, MEMORY, STORAGE_TYPE, STORAGE_NAME, STORAGE_UNIT, STORAGE_SIZE, STORAGE_USED, PROCESSOR),
        decode,
    ),
)
