"""One LLDP frame heard on a wire: who the neighbour is, on which of its ports (IEEE 802.1AB, 802.1Q D, 802.3 79)."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from probes.canonical import clean, mac_text
from probes.errors import Undecodable
from probes.seen import Neighbour

# System capabilities TLV bits, IEEE 802.1AB table 8-4.
CAPABILITIES = (
    "other", "repeater", "bridge", "wlan-ap", "router", "telephone", "docsis", "station", "c-vlan", "s-vlan", "tpmr",
)  # fmt: skip
_DOT1, _DOT3, _MED = b"\x00\x80\xc2", b"\x00\x12\x0f", b"\x00\x12\xbb"
# ANSI/TIA-1057 inventory TLVs.
_INVENTORY = {5: "hardware", 6: "firmware", 7: "software", 8: "serial", 9: "maker", 10: "model", 11: "asset"}
_HALF = {10, 12, 15, 17, 19, 21, 23, 25, 27, 29}
_MOST_TLVS, _MOST_ADDRESSES = 128, 8

Tlv = tuple[int, bytes]


def tlvs(payload: bytes) -> Iterator[Tlv]:
    """The TLVs of an LLDPDU in order, without the End TLV. Raises Undecodable where one passes the end (9.2.7.6)."""
    at = 0
    for _ in range(_MOST_TLVS):
        head = int.from_bytes(payload[at : at + 2], "big")
        kind, length = head >> 9, head & 0x01FF
        if at + 2 > len(payload) or kind == 0:
            return
        if at + 2 + length > len(payload):
            raise Undecodable("An LLDP TLV is longer than its frame.")
        yield kind, payload[at + 2 : at + 2 + length]
        at += 2 + length


def read_lldp(payload: bytes, interface: str, source_mac: str | None = None) -> Neighbour | None:
    """The neighbour an LLDPDU announces, or None when it says goodbye (time to live 0).

    Raises Undecodable when chassis, port and time to live are not its first three TLVs. An optional TLV that is
    malformed is left out, and the rest of the frame stands.
    """
    found = list(tlvs(payload))
    if [kind for kind, _ in found[:3]] != [1, 2, 3] or min(len(value) for _, value in found[:3]) < 2:
        raise Undecodable("An LLDP frame does not begin with chassis, port and time to live.")
    (_, chassis), (_, port), (_, ttl) = found[:3]
    if ttl[:2] == b"\x00\x00":
        return None
    texts = {kind: clean(value) for kind, value in found[3:] if kind in (4, 5, 6)}
    return Neighbour(
        protocol="lldp",
        local_port=interface,
        chassis_subtype=chassis[0],
        chassis_id=_identity(chassis, mac=4, address=5),
        port_subtype=port[0],
        port_id=_identity(port, mac=3, address=4),
        port_descr=texts.get(4, ""),
        name=texts.get(5, ""),
        descr=texts.get(6, ""),
        capabilities=_capabilities(found[3:]),
        addresses=_addresses(found[3:]),
        vlan=_pvid(found[3:]),
        duplex=_duplex(found[3:]),
        med=_med(found[3:]),
        source_mac=source_mac,
        heard=True,
    )


def _identity(value: bytes, mac: int, address: int) -> str:
    subtype, body = value[0], value[1:]
    if subtype == mac:
        return mac_text(body) or clean(body.hex(":"))
    if subtype == address:
        return _address(body) or clean(body.hex(":"))
    return clean(body)


def _address(body: bytes) -> str:
    """A network address with its IANA family octet in front: 1 is IPv4, 2 is IPv6."""
    if body[:1] == b"\x01" and len(body) == 5:
        return str(IPv4Address(body[1:]))
    if body[:1] == b"\x02" and len(body) == 17:
        return str(IPv6Address(body[1:]))
    return ""


def _capabilities(found: list[Tlv]) -> tuple[str, ...]:
    """The enabled capabilities, or those of the system where it enabled none."""
    for kind, value in found:
        if kind == 7 and len(value) >= 4:
            system, enabled = int.from_bytes(value[:2], "big"), int.from_bytes(value[2:4], "big")
            bits = enabled or system
            return tuple(name for bit, name in enumerate(CAPABILITIES) if bits >> bit & 1)
    return ()


def _addresses(found: list[Tlv]) -> tuple[str, ...]:
    bodies = (value[1 : 1 + value[0]] for kind, value in found if kind == 8 and value)
    texts = dict.fromkeys(text for text in map(_address, bodies) if text)
    return tuple(texts)[:_MOST_ADDRESSES]


def _organisation(found: list[Tlv], oui: bytes) -> Iterator[Tlv]:
    """The subtype and body of each of one organisation's own TLVs."""
    return ((value[3], value[4:]) for kind, value in found if kind == 127 and value[:3] == oui and len(value) > 4)


def _pvid(found: list[Tlv]) -> int | None:
    vlans = (int.from_bytes(body[:2], "big") for subtype, body in _organisation(found, _DOT1) if subtype == 1)
    return next((vlan for vlan in vlans if 1 <= vlan <= 4094), None)


def _duplex(found: list[Tlv]) -> str | None:
    """From the operational MAU type of the MAC/PHY TLV (dot3MauType, RFC 4836)."""
    for subtype, body in _organisation(found, _DOT3):
        if subtype == 1 and len(body) >= 5:
            mau = int.from_bytes(body[3:5], "big")
            return "half" if mau in _HALF else "full" if mau >= 11 else None
    return None


def _med(found: list[Tlv]) -> dict[str, str]:
    """LLDP-MED class (4 is network equipment), inventory, voice VLAN (application 1), power asked for in watts."""
    med: dict[str, str] = {}
    for subtype, body in _organisation(found, _MED):
        if subtype in _INVENTORY and (text := clean(body)):
            med[_INVENTORY[subtype]] = text
        elif subtype == 1 and len(body) >= 3 and 1 <= body[2] <= 4:
            med["class"] = str(body[2])
        elif subtype == 2 and len(body) >= 4 and body[0] == 1:
            med["voice_vlan"] = str(int.from_bytes(body[1:4], "big") >> 9 & 0x0FFF)
        elif subtype == 4 and len(body) >= 3:
            med["power_w"] = f"{int.from_bytes(body[1:3], 'big') / 10:g}"
    return med
