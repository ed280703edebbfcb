"""TP-Link JetStream switches: VLANs and neighbours from the maker's own tables, since the standard ones are empty.

TPLINK-DOT1Q-VLAN-MIB and TPLINK-LLDPINFO-MIB; ports are named 1/0/7 and rows numbered by ifIndex.
"""

from collections.abc import Iterator

from probes.canonical import clean, mac_text
from probes.seen import Neighbour, PortVlan, Seen, Vlan
from probes.wire.addresses import address_text
from probes.wire.rows import Rows, Table, indexes

_ROOT = "1.3.6.1.4.1.11863.6"
PORT_NAME, PORT_PVID = f"{_ROOT}.14.1.1.1.1.1", f"{_ROOT}.14.1.1.1.1.2"
VLAN_NAME, VLAN_TAGGED, VLAN_UNTAGGED = (f"{_ROOT}.14.1.2.1.1.{n}" for n in (2, 3, 4))
_NEIGHBOUR = f"{_ROOT}.35.1.2.2.1"
CHASSIS, PORT, PORT_DESCR, NAME, DESCR, CAPABILITIES, ADDRESS = (
    f"{_NEIGHBOUR}.{n}" for n in (4, 6, 8, 9, 10, 12, 13)
)  # fmt: skip
_WORDS = {
    "bridge": "bridge", "router": "router", "wlan": "wlan-ap", "telephone": "telephone", "repeater": "repeater",
    "station": "station",
}  # fmt: skip
_MAC_SUBTYPE, _MOST_PORTS = 4, 128


def decode_vlans(rows: Rows) -> Iterator[Seen]:
    """VLANs and their ports; the ports' lists are words such as 1/0/5-6,1/0/25."""
    for index, name in rows.texts(VLAN_NAME).items():
        yield Vlan(index[-1], name)
    ports = {name: index[-1] for index, name in rows.texts(PORT_NAME).items()}
    pvids = {index[-1]: vid for index, vid in rows.numbers(PORT_PVID).items()}
    for column, tagged in ((VLAN_TAGGED, True), (VLAN_UNTAGGED, False)):
        for index, words in rows.strings(column).items():
            vid = index[-1]
            for name in port_names(clean(words, limit=4096)):
                port = ports.get(name)
                if port is not None:
                    yield PortVlan(port, vid, tagged, pvid=pvids.get(port) == vid, ifindex=port)


def port_names(words: str) -> Iterator[str]:
    """The single ports of a list such as `1/0/5-6,LAG1`."""
    for word in words.split(",")[:_MOST_PORTS]:
        first, dash, last = word.strip().partition("-")
        stem, slash, number = first.rpartition("/")
        if dash and slash and _is_port(number) and _is_port(last):
            yield from (f"{stem}/{n}" for n in range(int(number), int(last) + 1))
        else:
            yield first


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 4


def decode_neighbours(rows: Rows) -> Iterator[Seen]:
    """LLDP neighbours; `local_port` is an ifIndex, and no LLDP port has such a number."""
    columns = {c: rows.texts(c) for c in (CHASSIS, PORT, PORT_DESCR, NAME, DESCR, CAPABILITIES, ADDRESS)}
    for index in indexes(2, columns[CHASSIS], columns[NAME], columns[PORT]):
        row = {column: texts.get(index, "") for column, texts in columns.items()}
        mac = mac_text(row[CHASSIS])
        said = row[CAPABILITIES].casefold()
        ip = _address(row[ADDRESS])
        yield Neighbour(
            protocol="lldp",
            local_port=str(index[0]),
            chassis_subtype=_MAC_SUBTYPE if mac else None,
            chassis_id=mac or row[CHASSIS],
            port_id=mac_text(row[PORT]) or row[PORT],
            port_descr=row[PORT_DESCR],
            name=row[NAME],
            descr=row[DESCR],
            capabilities=tuple(word for key, word in _WORDS.items() if key in said),
            addresses=(ip,) if ip else (),
        )


def _address(words: str) -> str | None:
    """IPv4 addresses come with two colons before them."""
    parts = words.lstrip(":").split(".")
    return address_text(tuple(map(int, parts))) if len(parts) == 4 and all(map(_is_port, parts)) else None


VLANS = Table(
    "snmp.tplink_vlans",
    (PORT_NAME, PORT_PVID, VLAN_NAME, VLAN_TAGGED, VLAN_UNTAGGED),
    decode_vlans,
    makers=("1.3.6.1.4.1.11863",),
)
NEIGHBOURS = Table(
    "snmp.tplink_lldp",
    (CHASSIS, PORT, PORT_DESCR, NAME, DESCR, CAPABILITIES, ADDRESS),
    decode_neighbours,
    makers=("1.3.6.1.4.1.11863",),
)
TABLES: tuple[Table, ...] = (VLANS, NEIGHBOURS)
