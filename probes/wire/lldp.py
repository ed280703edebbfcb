"""Who is plugged in where, by LLDP: LLDP-MIB (IEEE 802.1AB-2005), LLDP-V2-MIB (802.1AB-2009), LLDP-MED (TIA-1057)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from probes.canonical import clean, mac_text
from probes.seen import BridgePort, Chassis, Interface, LocalPort, MakerValue, MedCapable, Neighbour, Seen
from probes.wire import tplink
from probes.wire.addresses import address_text
from probes.wire.rows import Index, Rows, Table, indexes, mac_of

_V1, _V2 = "1.0.8802.1.1.2.1", "1.3.111.2.802.1.1.13.1"
_MED, _DOT1 = f"{_V1}.5.4795.1", f"{_V1}.5.32962.1"
OWN = tuple(f"{root}.3.{n}.0" for root in (_V1, _V2) for n in (1, 2, 3, 4, 6))
MED_PORTS, MED_LOCAL = f"{_MED}.1.2.1.1", f"{_MED}.1.2"
MED_INVENTORY = {1: "hardware", 2: "firmware", 3: "software", 4: "serial", 5: "maker", 6: "model", 7: "asset"}
MED_OWN = {4: "version", 5: "serial", 6: "maker", 7: "model"}
MED_CLASS, MED_VLAN = f"{_MED}.3.1.1.3", f"{_MED}.3.2.1.2"
REMOTE_PVID = f"{_DOT1}.3.1.1.1"
CAPABILITIES = ("other", "repeater", "bridge", "wlan-ap", "router", "telephone", "docsis", "station")
_VOICE = 1


@dataclass(frozen=True, slots=True)
class _Edition:
    """Where one edition of the MIB keeps its columns, and how many arcs name a neighbour (the second is the port)."""

    own: str
    ports: tuple[str, str, str]
    remote: str
    first: int
    addresses: str
    length: int


def _edition(root: str, first: int, length: int) -> _Edition:
    ports = f"{root}.3.7.1"
    return _Edition(
        own=f"{root}.3",
        ports=(f"{ports}.2", f"{ports}.3", f"{ports}.4"),
        remote=f"{root}.4.1.1",
        first=first,
        addresses=f"{root}.4.2.1.3",
        length=length,
    )


_EDITIONS = (_edition(_V1, first=4, length=3), _edition(_V2, first=5, length=4))


def decode(rows: Rows) -> Iterator[Seen]:
    """What the device announces of itself, its LLDP ports, and its neighbours."""
    for edition in _EDITIONS:
        own = _own(rows, edition)
        ports = tuple(_ports(rows, edition))
        neighbours = tuple(_neighbours(rows, edition))
        yield from (*own, *ports, *neighbours)
        if neighbours:
            return


def decode_med(rows: Rows) -> Iterator[Seen]:
    """Which ports speak LLDP-MED, and the device's own inventory as it announces it to telephones."""
    ports = {i[0] for i, bits in rows.strings(MED_PORTS).items() if len(i) == 1 and bits[:1] >= b"\x80"}
    if ports:
        yield MedCapable(tuple(sorted(ports)))
    for number, name in MED_OWN.items():
        value = rows.text(f"{MED_LOCAL}.{number}.0")
        if value:
            yield MakerValue(name, value, f"{MED_LOCAL}.{number}.0")


def _own(rows: Rows, edition: _Edition) -> Iterator[Seen]:
    subtype, raw = rows.number(f"{edition.own}.1.0"), rows.octets(f"{edition.own}.2.0")
    name, descr = rows.text(f"{edition.own}.3.0"), rows.text(f"{edition.own}.4.0")
    if raw or name or descr:
        yield Chassis(subtype, chassis_text(subtype, raw), name, descr, capabilities(rows.octets(f"{edition.own}.6.0")))


def _ports(rows: Rows, edition: _Edition) -> Iterator[Seen]:
    subtypes, ids, descrs = (rows.column(column) for column in edition.ports)
    for index in indexes(1, ids, descrs):
        subtype, raw = subtypes.get(index), ids.get(index)
        kind = subtype if isinstance(subtype, int) else None
        text = port_text(kind, raw) if isinstance(raw, bytes) else ""
        yield LocalPort(index[0], kind, text, _words(descrs.get(index)))


def _neighbours(rows: Rows, edition: _Edition) -> Iterator[Seen]:
    columns = [rows.column(f"{edition.remote}.{edition.first + n}") for n in range(9)]
    extras = _Extras(rows, edition)
    for index in indexes(edition.length, *columns):
        cells = [column.get(index) for column in columns]
        octets = [cell if isinstance(cell, bytes) else b"" for cell in cells]
        chassis = cells[0] if isinstance(cells[0], int) else None
        port = cells[2] if isinstance(cells[2], int) else None
        yield Neighbour(
            protocol="lldp",
            local_port=str(index[1]),
            chassis_subtype=chassis,
            chassis_id=chassis_text(chassis, octets[1]),
            port_subtype=port,
            port_id=port_text(port, octets[3]),
            port_descr=clean(octets[4]),
            name=clean(octets[5]),
            descr=clean(octets[6]),
            capabilities=capabilities(octets[8]) or capabilities(octets[7]),
            addresses=extras.addresses.get(index, ()),
            vlan=extras.pvids.get(index) or None,
            med=extras.med.get(index, {}),
        )


class _Extras:
    """What other tables say of the same neighbours: management addresses, port VLAN, LLDP-MED."""

    def __init__(self, rows: Rows, edition: _Edition) -> None:
        self.addresses: dict[Index, tuple[str, ...]] = {}
        for index in rows.column(edition.addresses):
            row, ip = index[: edition.length], _management(index[edition.length :])
            if ip and ip not in self.addresses.get(row, ()):
                self.addresses[row] = (*self.addresses.get(row, ()), ip)
        self.pvids = rows.numbers(REMOTE_PVID)
        self.med: dict[Index, Mapping[str, str]] = {}
        for index, name, value in _med(rows):
            self.med[index] = {**self.med.get(index, {}), name: value}


def _med(rows: Rows) -> Iterator[tuple[Index, str, str]]:
    for number, name in MED_INVENTORY.items():
        for index, text in rows.texts(f"{_MED}.3.3.1.{number}").items():
            yield index, name, text
    for index, number in rows.numbers(MED_CLASS).items():
        yield index, "class", str(number)
    for index, vlan in rows.numbers(MED_VLAN).items():
        if index[-1] == _VOICE:
            yield index[:-1], "voice_vlan", str(vlan)


def _management(rest: Index) -> str | None:
    """An address from the end of an lldpRemManAddrTable index: family, length, octets."""
    if len(rest) < 3 or rest[0] not in (1, 2):
        return None
    # D-Link DES agents leave the length out.
    return address_text(rest[2:]) or address_text(rest[1:])


def chassis_text(subtype: int | None, raw: bytes) -> str:
    """A chassis id as text: MAC with colons, address as printed, else words (802.1AB 9.5.2)."""
    return _identifier(raw, mac=subtype == 4, network=subtype == 5)


def port_text(subtype: int | None, raw: bytes) -> str:
    """A port id as text: MAC with colons, address as printed, else words (802.1AB 9.5.3)."""
    return _identifier(raw, mac=subtype == 3, network=subtype == 4)


def _identifier(raw: bytes, mac: bool, network: bool) -> str:
    if mac:
        return mac_of(raw) or _words(raw)
    if network:
        return _network(raw) or _words(raw)
    return _words(raw)


def _network(raw: bytes) -> str | None:
    return address_text(tuple(raw[1:])) if raw[:1] in (b"\x01", b"\x02") else address_text(tuple(raw))


def _words(raw: object) -> str:
    """Clean text; six octets that are not words are a MAC, other octets that are not words are hex."""
    if not isinstance(raw, bytes):
        return "" if raw is None else clean(str(raw))
    stripped = raw.rstrip(b"\x00")
    if all(32 <= octet < 127 or octet in b"\t\r\n" for octet in stripped):
        return clean(stripped)
    try:
        return clean(stripped.decode("utf-8"))
    except UnicodeDecodeError:
        return mac_text(raw) or raw.hex()[:128]


def capabilities(bits: bytes) -> tuple[str, ...]:
    """System capabilities. SNMP's BITS put `other` in the highest bit of the first octet.

    Netgear and TP-Link agents pass on the frame's two octets instead, where `other` is the lowest bit of the second.
    """
    if len(bits) == 2 and not bits[0] and bits[1]:
        return tuple(name for n, name in enumerate(CAPABILITIES) if bits[1] >> n & 1)
    return tuple(name for n, name in enumerate(CAPABILITIES) if bits and bits[0] >> (7 - n) & 1)


def interface_of(
    local_port: str,
    ports: Mapping[int, LocalPort],
    interfaces: Iterable[Interface],
    bridge_ports: Iterable[BridgePort] = (),
) -> int | None:
    """The ifIndex of a neighbour's `local_port`, or None.

    LLDP's own port number is not an ifIndex: the id it announces for that port is looked for among the interfaces'
    names, then its MAC address, then the bridge's port numbers, then the number itself as an ifIndex.
    """
    if not local_port.isascii() or not local_port.isdigit():
        return None
    number, known = int(local_port), tuple(interfaces)
    port = ports.get(number)
    if port:
        found = _named(port, known)
        if found is not None:
            return found
    bridged = next((b.ifindex for b in bridge_ports if b.port == number), None)
    indexes = {interface.index for interface in known}
    return bridged if bridged in indexes else number if number in indexes else bridged


def _named(port: LocalPort, interfaces: tuple[Interface, ...]) -> int | None:
    words = [word.casefold() for word in (port.id, port.descr) if word]
    for word in words:
        for field in ("name", "descr", "alias", "mac"):
            matching = [i.index for i in interfaces if str(getattr(i, field) or "").casefold() == word]
            if len(matching) == 1 or port.number in matching:
                return port.number if port.number in matching else matching[0]
    return None


_REMOTE = tuple(f"{e.remote}.{e.first + n}" for e in _EDITIONS for n in range(9))
TABLES: tuple[Table, ...] = (
    Table(
        "snmp.lldp",
        (
            *OWN, *_REMOTE, *(column for e in _EDITIONS for column in e.ports), *(e.addresses for e in _EDITIONS),
            REMOTE_PVID, MED_CLASS, MED_VLAN, *(f"{_MED}.3.3.1.{n}" for n in MED_INVENTORY),
        ),
        decode,
    ),
    Table("snmp.lldp_med", (MED_PORTS, *(f"{MED_LOCAL}.{n}.0" for n in MED_OWN)), decode_med),
    tplink.NEIGHBOURS,
)  # fmt: skip
