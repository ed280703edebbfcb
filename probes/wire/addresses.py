"""Which addresses a device owns and which neighbours it has resolved: IP-MIB (RFC 4293), IPV6-MIB (RFC 2465)."""

from collections.abc import Iterator
from ipaddress import ip_address

from probes.seen import AddressPair, OwnAddress, Seen
from probes.wire.rows import Index, Rows, Table

_ADDR, _ADDRESS = "1.3.6.1.2.1.4.20.1", "1.3.6.1.2.1.4.34.1"
OWN_IFINDEX, OWN_MASK = f"{_ADDR}.2", f"{_ADDR}.3"
OWN2_IFINDEX, OWN2_PREFIX = f"{_ADDRESS}.3", f"{_ADDRESS}.5"
MEDIA_MAC, MEDIA_TYPE = "1.3.6.1.2.1.4.22.1.2", "1.3.6.1.2.1.4.22.1.4"
PHYSICAL_MAC, PHYSICAL_TYPE = "1.3.6.1.2.1.4.35.1.4", "1.3.6.1.2.1.4.35.1.6"
V6_MAC = "1.3.6.1.2.1.55.1.12.1.2"
_INVALID = 2


def decode_own(rows: Rows) -> Iterator[Seen]:
    """The device's own addresses, the older table first; one record each."""
    prefixes = {index: mask_length(mask) for index, mask in rows.column(OWN_MASK).items()}
    found: dict[str, OwnAddress] = {}
    for index, ifindex in rows.numbers(OWN_IFINDEX).items():
        ip = address_text(index)
        if ip:
            found[ip] = OwnAddress(ip, ifindex, prefixes.get(index))
    pointers = rows.column(OWN2_PREFIX)
    for index, ifindex in rows.numbers(OWN2_IFINDEX).items():
        ip = typed_address(index)
        if ip and ip not in found:
            found[ip] = OwnAddress(ip, ifindex, _pointed_prefix(pointers.get(index), ip))
    yield from found.values()


def decode_neighbours(rows: Rows) -> Iterator[Seen]:
    """Address and MAC pairs, without the ones marked invalid; one of each."""
    seen: set[tuple[str, str, int]] = set()
    for table, index, ip, mac in _pairs(rows):
        key = (ip, mac, index[0])
        if key not in seen:
            seen.add(key)
            yield AddressPair(ip, mac, table, index[0])


def _pairs(rows: Rows) -> Iterator[tuple[str, Index, str, str]]:
    for table, column, states, address in (
        ("ipNetToMedia", MEDIA_MAC, MEDIA_TYPE, address_text),
        ("ipNetToPhysical", PHYSICAL_MAC, PHYSICAL_TYPE, typed_address),
        ("ipv6NetToMedia", V6_MAC, "", address_text),
    ):
        types = rows.numbers(states) if states else {}
        for index, mac in rows.macs(column).items():
            ip = address(index[1:])
            if ip and types.get(index) != _INVALID:
                yield table, index, ip, mac


def address_text(octets: Index) -> str | None:
    """An IPv4 or IPv6 address from 4 or 16 arcs of an index, or None."""
    if len(octets) not in (4, 16) or any(octet > 255 for octet in octets):
        return None
    return str(ip_address(bytes(octets)))


def typed_address(index: Index) -> str | None:
    """An address from an InetAddressType, a length and that many octets (RFC 4001); zones are left off."""
    if len(index) < 6 or index[0] not in (1, 2, 3, 4) or index[1] != len(index) - 2:
        # Linux agents of net-snmp 5.4 leave the length out.
        return address_text(index[1:]) if index[:1] in ((1,), (2,)) else None
    return address_text(index[2 : 2 + (4 if index[0] in (1, 3) else 16)])


def mask_length(mask: object) -> int | None:
    """The prefix length of a dotted IPv4 mask, or None when it is not a mask."""
    parts = str(mask).split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and int(part) < 256 for part in parts):
        return None
    bits = "".join(f"{int(part):08b}" for part in parts)
    return None if "01" in bits else bits.count("1")


def _pointed_prefix(pointer: object, ip: str) -> int | None:
    """ipAddressPrefix points at a row of ipAddressPrefixTable, whose index ends in the length."""
    last = str(pointer).rpartition(".")[2]
    if pointer is None or str(pointer) in ("0.0", "0") or not (last.isascii() and last.isdigit() and len(last) < 4):
        return None
    return int(last) if int(last) <= ip_address(ip).max_prefixlen else None


TABLES: tuple[Table, ...] = (
    Table("snmp.own_addresses", (OWN_IFINDEX, OWN_MASK, OWN2_IFINDEX, OWN2_PREFIX), decode_own),
    Table("snmp.neighbours", (MEDIA_MAC, MEDIA_TYPE, PHYSICAL_MAC, PHYSICAL_TYPE, V6_MAC), decode_neighbours),
)
