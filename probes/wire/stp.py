"""Spanning tree: BRIDGE-MIB dot1dStp (RFC 4188), RSTP-MIB (RFC 4318), CISCO-STP-EXTENSIONS-MIB."""

from collections.abc import Iterator

from probes.canonical import mac_text
from probes.seen import Seen, Stp, StpPort
from probes.wire.rows import Rows, Table

_STP = "1.3.6.1.2.1.17.2"
PROTOCOL, PRIORITY, CHANGES, ROOT, ROOT_PORT, VERSION = (f"{_STP}.{n}.0" for n in (1, 2, 4, 5, 7, 16))
PORT_STATE = f"{_STP}.15.1.3"
CISCO_TYPE = "1.3.6.1.4.1.9.9.82.1.6.1.0"
STATES = {1: "disabled", 2: "blocking", 3: "listening", 4: "learning", 5: "forwarding", 6: "broken"}
_VERSIONS = {0: "stp", 2: "rstp", 3: "mstp"}
_CISCO = {1: "stp", 2: "mstp", 3: "mstp", 4: "mstp", 5: "rstp"}
_SPOKEN = (2, 3)


def decode(rows: Rows) -> Iterator[Seen]:
    """Spanning tree of the bridge and the state of each bridge port; nothing where no spanning tree is spoken."""
    protocol, root = rows.number(PROTOCOL), rows.octets(ROOT)
    version = _CISCO.get(rows.number(CISCO_TYPE) or 0) or _VERSIONS.get(_or(rows.number(VERSION), -1))
    if version is None and protocol in _SPOKEN:
        version = "stp"
    if protocol in _SPOKEN or mac_text(root[2:]):
        yield Stp(
            version,
            mac_text(root[2:]) or "",
            rows.number(ROOT_PORT),
            rows.number(PRIORITY),
            rows.number(CHANGES),
        )
    for index, state in rows.numbers(PORT_STATE).items():
        if len(index) == 1 and state in STATES:
            yield StpPort(index[0], STATES[state])


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


TABLES: tuple[Table, ...] = (
    Table("snmp.stp", (PROTOCOL, PRIORITY, CHANGES, ROOT, ROOT_PORT, VERSION, CISCO_TYPE, PORT_STATE), decode),
)
