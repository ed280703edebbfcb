"""A maker's own objects, named by the device files: what no standard MIB says of model, serial or version."""

from collections.abc import Iterable, Iterator

from probes.canonical import clean
from probes.seen import MakerValue, Seen
from probes.wire.rows import Rows, Table
from probes.wire.system import OBJECT_ID

NAME = "snmp.maker_values"


def table(wanted: Iterable[tuple[str, str]]) -> Table:
    """A table of (name, OID) pairs. An OID may be a whole instance or a column: then its first value is taken.

    The sysObjectID is asked again with them: what the OIDs mean depends on it, and the recording must say so itself.
    """
    pairs = tuple(dict.fromkeys(wanted))

    def decode(rows: Rows) -> Iterator[Seen]:
        for name, oid in pairs:
            yield from _value(rows, name, oid)

    return Table(NAME, (OBJECT_ID,), decode, places=tuple(dict.fromkeys(oid for _, oid in pairs)))


def _value(rows: Rows, name: str, oid: str) -> Iterator[Seen]:
    value = rows.get(oid)
    where = oid
    if value is None:
        below = rows.column(oid)
        index = next((i for i, found in below.items() if found not in (b"", "")), None)
        if index is None:
            return
        value, where = below[index], f"{oid}.{'.'.join(map(str, index))}"
    text = clean(str(value) if isinstance(value, int) else value)
    if text:
        yield MakerValue(name, text, where)
