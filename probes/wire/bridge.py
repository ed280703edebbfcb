"""What a switch learned and its VLANs: BRIDGE-MIB (RFC 4188), Q-BRIDGE-MIB (RFC 4363), CISCO-VTP-MIB."""

from collections.abc import Iterator

from probes.canonical import mac_text
from probes.seen import BridgeBase, BridgePort, FdbEntry, PortVlan, Seen, Vlan
from probes.wire import tplink
from probes.wire.rows import Index, Rows, Table

_BRIDGE, _Q = "1.3.6.1.2.1.17", "1.3.6.1.2.1.17.7.1"
BASE_MAC, BASE_PORTS, PORT_IFINDEX = f"{_BRIDGE}.1.1.0", f"{_BRIDGE}.1.2.0", f"{_BRIDGE}.1.4.1.2"
FDB_PORT, FDB_STATUS = f"{_BRIDGE}.4.3.1.2", f"{_BRIDGE}.4.3.1.3"
Q_FDB_PORT, Q_FDB_STATUS = f"{_Q}.2.2.1.2", f"{_Q}.2.2.1.3"
VLAN_FDB, VLAN_EGRESS, VLAN_UNTAGGED = (f"{_Q}.4.2.1.{n}" for n in (3, 4, 5))
STATIC_NAME, STATIC_EGRESS, STATIC_UNTAGGED, STATIC_STATUS = (f"{_Q}.4.3.1.{n}" for n in (1, 2, 4, 5))
PVID = f"{_Q}.4.5.1.1"
_VTP, _TRUNK, _ACCESS = "1.3.6.1.4.1.9.9.46.1.3.1.1.4", "1.3.6.1.4.1.9.9.46.1.6.1.1", "1.3.6.1.4.1.9.9.68.1.2.2.1.2"
TRUNK_VLANS, TRUNK_NATIVE, TRUNK_STATUS = f"{_TRUNK}.4", f"{_TRUNK}.5", f"{_TRUNK}.14"
_IEEE = "1.3.111.2.802.1.1.4.1"
IEEE_FDB_PORT, IEEE_FDB_STATUS = f"{_IEEE}.2.2.1.2", f"{_IEEE}.2.2.1.3"
IEEE_NAME, IEEE_EGRESS, IEEE_UNTAGGED = (f"{_IEEE}.4.3.1.{n}" for n in (3, 4, 6))
_INVALID, _LEARNED, _SELF, _MANAGEMENT = 2, 3, 4, 5
_VIDS = range(1, 4095)
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


def decode_fdb(rows: Rows) -> Iterator[Seen]:
    """Learned addresses, by VLAN where the switch says so; addresses marked invalid are left out."""
    vlans = _vlan_of_fdb(rows)
    named: set[tuple[str, int]] = set()
    for ports, states, width in ((Q_FDB_PORT, Q_FDB_STATUS, 7), (IEEE_FDB_PORT, IEEE_FDB_STATUS, 8)):
        for entry in _entries(rows, ports, states, width, vlans):
            named.add((entry.mac, entry.port))
            yield entry
    for entry in _entries(rows, FDB_PORT, FDB_STATUS, 6, {}):
        if (entry.mac, entry.port) not in named:
            yield entry


def _entries(rows: Rows, ports: str, states: str, width: int, vlans: dict[int, int | None]) -> Iterator[FdbEntry]:
    status = rows.numbers(states)
    for index, port in rows.numbers(ports).items():
        mac, state = _index_mac(index[-6:]), status.get(index, _LEARNED)
        if len(index) != width or mac is None or state == _INVALID:
            continue
        fdb = index[-7] if width > 6 else None
        vlan = None if fdb is None else vlans.get(fdb, fdb if fdb in _VIDS and not vlans else None)
        yield FdbEntry(mac, port, vlan, own=state == _SELF or port == 0)


def _index_mac(octets: Index) -> str | None:
    return mac_text(bytes(octets)) if len(octets) == 6 and all(octet < 256 for octet in octets) else None


def _vlan_of_fdb(rows: Rows) -> dict[int, int | None]:
    """The VLAN of each filtering database; None where several VLANs share one."""
    found: dict[int, int | None] = {}
    for index, fdb in rows.numbers(VLAN_FDB).items():
        vid = index[-1]
        if vid in _VIDS:
            found[fdb] = vid if found.get(fdb, vid) == vid else None
    return found


def decode_vlans(rows: Rows) -> Iterator[Seen]:
    """VLANs with their names, and every port's membership."""
    yield from _vlans(rows)
    pvids = {index[0]: vid for index, vid in rows.numbers(PVID).items() if len(index) == 1 and vid in _VIDS}
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
    yield from (Vlan(vid, name) for vid, name in sorted(names.items()) if vid in _VIDS)


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
            for port in port_numbers(bits) if index[-1] in _VIDS else ():
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
    for index, vid in rows.numbers(_ACCESS).items():
        if len(index) == 1 and vid in _VIDS and index not in trunks:
            yield PortVlan(ports.get(index[0], 0), vid, tagged=False, pvid=True, ifindex=index[0])
    for index in sorted(trunks):
        vid = native.get(index, 0)
        if vid in _VIDS:
            yield PortVlan(ports.get(index[0], 0), vid, tagged=False, pvid=True, ifindex=index[0])


TABLES: tuple[Table, ...] = (
    Table("snmp.bridge", (BASE_MAC, BASE_PORTS, PORT_IFINDEX), decode_ports),
    Table(
        "snmp.fdb",
        (Q_FDB_PORT, Q_FDB_STATUS, FDB_PORT, FDB_STATUS, IEEE_FDB_PORT, IEEE_FDB_STATUS, VLAN_FDB),
        decode_fdb,
    ),
    Table(
        "snmp.vlans",
        (
            STATIC_NAME, STATIC_EGRESS, STATIC_UNTAGGED, VLAN_EGRESS, VLAN_UNTAGGED, PVID, _VTP, _ACCESS,
            TRUNK_NATIVE, TRUNK_STATUS, IEEE_NAME, IEEE_EGRESS, IEEE_UNTAGGED, PORT_IFINDEX,
        ),
        decode_vlans,
    ),
    tplink.VLANS,
)  # fmt: skip
