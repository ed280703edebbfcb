"""A switch's ports as a bridge and its VLANs: BRIDGE-MIB (RFC 4188), Q-BRIDGE-MIB (RFC 4363), CISCO-VTP-MIB."""

from collections.abc import Iterator

from probes.canonical import mac_text
from probes.seen import BridgeBase, BridgePort, PortVlan, Seen, Vlan
from probes.wire import fdb, tplink
from probes.wire.fdb import PORT_IFINDEX, VIDS, VLAN_FDB
from probes.wire.rows import Rows, Table

_BRIDGE, _Q = "1.3.6.1.2.1.17", "1.3.6.1.2.1.17.7.1"
BASE_MAC, BASE_PORTS = f"{_BRIDGE}.1.1.0", f"{_BRIDGE}.1.2.0"
VLAN_EGRESS, VLAN_UNTAGGED = f"{_Q}.4.2.1.4", f"{_Q}.4.2.1.5"
STATIC_NAME, STATIC_EGRESS, STATIC_UNTAGGED, STATIC_STATUS = (f"{_Q}.4.3.1.{n}" for n in (1, 2, 4, 5))
PVID = f"{_Q}.4.5.1.1"
_VTP, _TRUNK = "1.3.6.1.4.1.9.9.46.1.3.1.1.4", "1.3.6.1.4.1.9.9.46.1.6.1.1"
TRUNK_VLANS, TRUNK_NATIVE, TRUNK_STATUS = f"{_TRUNK}.4", f"{_TRUNK}.5", f"{_TRUNK}.14"
_IEEE = "1.3.111.2.802.1.1.4.1"
IEEE_NAME, IEEE_EGRESS, IEEE_UNTAGGED = (f"{_IEEE}.4.3.1.{n}" for n in (3, 4, 6))
_TP_LINK_BASE = 16384
_TRUNKING = 1


def decode_ports(rows: Rows) -> Iterator[Seen]:
    """The bridge's own address and which interface each bridge port is."""
    mac = mac_text(rows.octets(BASE_MAC))
    if mac:
        yield BridgeBase(mac, rows.number(BASE_PORTS))
    ports = {index[0]: ifindex for index, ifindex in rows.numbers(PORT_IFINDEX).items() if len(index) == 1}
    yield from (BridgePort(port, ifindex) for port, ifindex in ports.items())
    # TP-Link JetStream numbers this table from 49153 or 32769 and its forwarding table from 1.
    base = min(ports, default=1) - 1
    if base >= _TP_LINK_BASE and base % _TP_LINK_BASE == 0:
        yield from (BridgePort(port - base, ifindex) for port, ifindex in ports.items())


def decode_vlans(rows: Rows) -> Iterator[Seen]:
    """VLANs with their names, and every port's membership."""
    yield from _vlans(rows)
    pvids = {index[0]: vid for index, vid in rows.numbers(PVID).items() if len(index) == 1 and vid in VIDS}
    members = _members(rows)
    for (port, vid), tagged in sorted(members.items()):
        yield PortVlan(port, vid, tagged, pvid=pvids.get(port) == vid)
    for port, vid in sorted(pvids.items()):
        if (port, vid) not in members:
            yield PortVlan(port, vid, tagged=False, pvid=True)
    yield from _cisco_members(rows)


def _vlans(rows: Rows) -> Iterator[Seen]:
    names: dict[int, str] = {}
    for column in (STATIC_NAME, _VTP, IEEE_NAME):
        for index in rows.column(column):
            names[index[-1]] = names.get(index[-1]) or rows.text(f"{column}.{'.'.join(map(str, index))}")
    for column in (VLAN_EGRESS, STATIC_EGRESS, VLAN_FDB):
        for index in rows.column(column):
            names.setdefault(index[-1], "")
    yield from (Vlan(vid, name) for vid, name in sorted(names.items()) if vid in VIDS)


def _members(rows: Rows) -> dict[tuple[int, int], bool]:
    """(bridge port, VLAN) and whether frames leave tagged; the current table wins over the configured one."""
    found: dict[tuple[int, int], bool] = {}
    for egress, untagged in (
        (VLAN_EGRESS, VLAN_UNTAGGED),
        (STATIC_EGRESS, STATIC_UNTAGGED),
        (IEEE_EGRESS, IEEE_UNTAGGED),
    ):
        bare = rows.strings(untagged)
        for index, bits in rows.strings(egress).items():
            plain = port_numbers(bare.get(index, b""))
            for port in port_numbers(bits) if index[-1] in VIDS else ():
                found.setdefault((port, index[-1]), port not in plain)
    return found


def port_numbers(bits: bytes) -> frozenset[int]:
    """The ports of a PortList (RFC 4363): port 1 is the highest bit of the first octet."""
    return frozenset(8 * n + bit + 1 for n, octet in enumerate(bits[:512]) for bit in range(8) if octet & 0x80 >> bit)


def _cisco_members(rows: Rows) -> Iterator[Seen]:
    """Cisco numbers access and trunk ports by interface; the bridge port is looked up where the walk has it."""
    ports = {ifindex: index[0] for index, ifindex in rows.numbers(PORT_IFINDEX).items()}
    native, trunking = rows.numbers(TRUNK_NATIVE), rows.numbers(TRUNK_STATUS)
    trunks = {index for index, status in trunking.items() if status == _TRUNKING and len(index) == 1}
    for index, vid in rows.numbers(fdb.ACCESS_VLAN).items():
        if len(index) == 1 and vid in VIDS and index not in trunks:
            yield PortVlan(ports.get(index[0], 0), vid, tagged=False, pvid=True, ifindex=index[0])
    for index in sorted(trunks):
        vid = native.get(index, 0)
        if vid in VIDS:
            yield PortVlan(ports.get(index[0], 0), vid, tagged=False, pvid=True, ifindex=index[0])


TABLES: tuple[Table, ...] = (
    Table("snmp.bridge", (BASE_MAC, BASE_PORTS, PORT_IFINDEX), decode_ports),
    *fdb.TABLES,
    Table(
        "snmp.vlans",
        (
            STATIC_NAME, STATIC_EGRESS, STATIC_UNTAGGED, VLAN_EGRESS, VLAN_UNTAGGED, PVID, _VTP, fdb.ACCESS_VLAN,
            TRUNK_NATIVE, TRUNK_STATUS, IEEE_NAME, IEEE_EGRESS, IEEE_UNTAGGED, PORT_IFINDEX,
        ),
        decode_vlans,
    ),
    tplink.VLANS,
)  # fmt: skip
