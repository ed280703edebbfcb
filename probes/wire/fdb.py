"""Which addresses a bridge has learned: BRIDGE-MIB (RFC 4188), Q-BRIDGE-MIB (RFC 4363), and Cisco's VLAN by VLAN.

A Catalyst keeps one BRIDGE-MIB for each VLAN. Asked with no VLAN it tells of VLAN 1 alone; the others are asked with
the community indexed (community@20) or in the SNMPv3 context vlan-20. CISCO-VTP-MIB says which VLANs there are.
"""

from collections.abc import Iterator

from probes.canonical import mac_text
from probes.seen import BridgePort, FdbEntry, Seen, StpPort
from probes.wire.rows import EachVlan, Index, Rows, Table
from probes.wire.stp import PORT_STATE, STATES

VIDS = range(1, 4095)
_BRIDGE, _Q, _IEEE = "1.3.6.1.2.1.17", "1.3.6.1.2.1.17.7.1", "1.3.111.2.802.1.1.4.1"
PORT_IFINDEX = f"{_BRIDGE}.1.4.1.2"
FDB_PORT, FDB_STATUS = f"{_BRIDGE}.4.3.1.2", f"{_BRIDGE}.4.3.1.3"
Q_FDB_PORT, Q_FDB_STATUS = f"{_Q}.2.2.1.2", f"{_Q}.2.2.1.3"
VLAN_FDB = f"{_Q}.4.2.1.3"
IEEE_FDB_PORT, IEEE_FDB_STATUS = f"{_IEEE}.2.2.1.2", f"{_IEEE}.2.2.1.3"
VTP_STATE, ACCESS_VLAN = "1.3.6.1.4.1.9.9.46.1.3.1.1.2", "1.3.6.1.4.1.9.9.68.1.2.2.1.2"
CISCO = ("1.3.6.1.4.1.9.1", "1.3.6.1.4.1.9.5")
_INVALID, _LEARNED, _SELF = 2, 3, 4
_OPERATIONAL, _FORWARDING = 1, 5
# FDDI and token ring, which VTP lists on every switch.
_NOT_ETHERNET = range(1002, 1006)
_PORTS, _MAC = 65_536, 6


def decode(rows: Rows) -> Iterator[Seen]:
    """Learned addresses, by VLAN where the switch says so; addresses marked invalid are left out."""
    named: set[tuple[str, int]] = set()
    for seen in (*_by_vlan(rows), *_told_with_vlan(rows)):
        if isinstance(seen, FdbEntry):
            named.add((seen.mac, seen.port))
        yield seen
    for entry in _entries(rows, FDB_PORT, FDB_STATUS, 6, {}):
        if (entry.mac, entry.port) not in named:
            yield entry


def _told_with_vlan(rows: Rows) -> Iterator[FdbEntry]:
    vlans = _vlan_of_fdb(rows)
    yield from _entries(rows, Q_FDB_PORT, Q_FDB_STATUS, 7, vlans)
    yield from _entries(rows, IEEE_FDB_PORT, IEEE_FDB_STATUS, 8, vlans)


def _entries(rows: Rows, ports: str, states: str, width: int, vlans: dict[int, int | None]) -> Iterator[FdbEntry]:
    status = rows.numbers(states)
    for index, port in rows.numbers(ports).items():
        mac, state = _index_mac(index[-_MAC:]), status.get(index, _LEARNED)
        # Cisco's CBS220 writes the length of the address before it.
        before = index[: -_MAC - 1] if len(index) > width and index[-_MAC - 1] == _MAC else index[:-_MAC]
        if len(before) != width - _MAC or mac is None or state == _INVALID:
            continue
        fdb = before[-1] if before else None
        vlan = None if fdb is None else vlans.get(fdb, fdb if fdb in VIDS and not vlans else None)
        yield FdbEntry(mac, port, vlan, own=state == _SELF or port == 0)


def _index_mac(octets: Index) -> str | None:
    return mac_text(bytes(octets)) if len(octets) == _MAC and all(octet < 256 for octet in octets) else None


def _vlan_of_fdb(rows: Rows) -> dict[int, int | None]:
    """The VLAN of each filtering database; None where several VLANs share one."""
    found: dict[int, int | None] = {}
    for index, fdb in rows.numbers(VLAN_FDB).items():
        vid = index[-1]
        if vid in VIDS:
            found[fdb] = vid if found.get(fdb, vid) == vid else None
    return found


def _by_vlan(rows: Rows) -> Iterator[Seen]:
    """What was answered VLAN by VLAN: addresses with that VLAN, its bridge ports, and their spanning tree state."""
    interfaces: dict[int, int] = {}
    states: dict[int, int] = {}
    for vlan, inner in rows.of_vlans.items():
        numbers = _numbering(inner, vlan, interfaces)
        for index, state in inner.numbers(PORT_STATE).items():
            port = numbers.get(index[0], index[0])
            # A trunk may forward in one VLAN and block in another; in VLAN 1 snmp.stp has said which.
            if len(index) == 1 and states.get(port) not in (0, _FORWARDING):
                states[port] = 0 if vlan == 1 else state
        for entry in _entries(inner, FDB_PORT, FDB_STATUS, 6, {}):
            yield FdbEntry(entry.mac, numbers.get(entry.port, entry.port), vlan, entry.own)
    yield from (BridgePort(port, ifindex) for port, ifindex in interfaces.items())
    yield from (StpPort(port, STATES[state]) for port, state in states.items() if state in STATES)


def _numbering(inner: Rows, vlan: int, interfaces: dict[int, int]) -> dict[int, int]:
    """How this VLAN's bridge ports are numbered among all; adds them to `interfaces`.

    A number that is another interface's in an earlier VLAN gets one that no bridge uses (dot1dBasePort ends at 65535).
    """
    found: dict[int, int] = {}
    for index, ifindex in inner.numbers(PORT_IFINDEX).items():
        port = index[0]
        if len(index) == 1:
            found[port] = port if interfaces.setdefault(port, ifindex) == ifindex else _PORTS * vlan + port
            interfaces[found[port]] = ifindex
    return found


def lacks_vlans(learned: Rows) -> bool:
    """Whether a Cisco switch has told no address with its VLAN."""
    return not (learned.column(Q_FDB_PORT) or learned.column(IEEE_FDB_PORT))


def vlans_to_ask(learned: Rows, listed: Rows) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The VLANs that access ports of a Cisco switch are in, and the other running ones, which it may have on trunks.

    None where there is VLAN 1 alone and nothing was learned in it.
    """
    states = {index[-1]: state for index, state in listed.numbers(VTP_STATE).items()}
    access = set(listed.numbers(ACCESS_VLAN).values())
    running = {vid for vid, state in states.items() if state == _OPERATIONAL} if states else access
    found = sorted(vid for vid in running if vid in VIDS and vid not in _NOT_ETHERNET)
    if set(found) <= {1} and not learned.column(FDB_PORT):
        return (), ()
    return tuple(v for v in found if v in access), tuple(v for v in found if v not in access)


TABLES: tuple[Table, ...] = (
    Table(
        "snmp.fdb",
        (Q_FDB_PORT, Q_FDB_STATUS, FDB_PORT, FDB_STATUS, IEEE_FDB_PORT, IEEE_FDB_STATUS, VLAN_FDB),
        decode,
        each_vlan=EachVlan(
            CISCO,
            (VTP_STATE, ACCESS_VLAN),
            (FDB_PORT, FDB_STATUS, PORT_IFINDEX, PORT_STATE),
            lacks_vlans,
            vlans_to_ask,
        ),
    ),
)
