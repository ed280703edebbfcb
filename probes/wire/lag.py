"""Which interfaces are bundled: IEEE8023-LAG-MIB (IEEE 802.1AX), CISCO-PAGP-MIB for bundles made by hand."""

from collections.abc import Iterator

from probes.seen import LagMember, Seen
from probes.wire.rows import Rows, Table

ATTACHED = "1.2.840.10006.300.43.1.2.1.1.13"
PAGP_GROUP = "1.3.6.1.4.1.9.9.98.1.1.1.1.8"


def decode(rows: Rows) -> Iterator[Seen]:
    """Each member and its aggregate, both as ifIndex; a port attached to nothing or to itself is no member."""
    seen: set[int] = set()
    for column in (ATTACHED, PAGP_GROUP):
        for index, aggregate in rows.numbers(column).items():
            if len(index) == 1 and aggregate > 0 and aggregate != index[0] and index[0] not in seen:
                seen.add(index[0])
                yield LagMember(index[0], aggregate)


TABLES: tuple[Table, ...] = (Table("snmp.lag", (ATTACHED, PAGP_GROUP), decode),)
