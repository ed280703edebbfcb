"""One CDP, FDP or EDP frame heard on a wire: Cisco's, Foundry's and Extreme's own neighbour protocols.

None has a public standard. The layouts are those that the makers' manuals and the recorded frames show.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from probes.canonical import clean, mac_text
from probes.errors import Undecodable
from probes.seen import Neighbour

# Bits of the capabilities TLV, in the words that LLDP has for them; both bridge and switch are a bridge.
CAPABILITIES = (("router", 0x01), ("bridge", 0x0A), ("station", 0x10), ("repeater", 0x40), ("telephone", 0x80))
_IPV6 = bytes.fromhex("aaaa0300000086dd")
_MOST_TLVS, _MOST_ADDRESSES = 96, 8
_DUPLEX = {b"\x00": "half", b"\x01": "full"}


def read_cdp(payload: bytes, interface: str, source_mac: str | None = None, protocol: str = "cdp") -> Neighbour:
    """The neighbour a CDP frame announces; FDP (`protocol="fdp"`) has the same layout and fewer fields.

    Raises Undecodable when the frame is cut or names no device.
    """
    found = dict(_tlvs(payload))
    device = clean(found.get(0x01, b""))
    if not device:
        raise Undecodable(f"A {protocol.upper()} frame names no device.")
    addresses = dict.fromkeys([*_addresses(found.get(0x02, b"")), *_addresses(found.get(0x16, b""))])
    return Neighbour(
        protocol=protocol,
        local_port=interface,
        chassis_id=device,
        port_id=clean(found.get(0x03, b"")),
        name=clean(found.get(0x14, b"")) or device,
        platform=clean(found.get(0x06, b"")),
        version=clean(found.get(0x05, b"")),
        capabilities=_capabilities(found.get(0x04, b"")),
        addresses=tuple(addresses)[:_MOST_ADDRESSES],
        vlan=_vlan(found.get(0x0A, b"")) if protocol == "cdp" else None,
        duplex=_DUPLEX.get(found.get(0x0B, b"")) if protocol == "cdp" else None,
        med=_voice(found.get(0x0E, b"")) if protocol == "cdp" else {},
        source_mac=source_mac,
        heard=True,
    )


def _tlvs(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and value of each TLV after the header of version, time to live and checksum; lengths count their head."""
    if len(payload) < 8:
        raise Undecodable("A neighbour frame is shorter than its header.")
    at = 4
    for _ in range(_MOST_TLVS):
        kind, length = int.from_bytes(payload[at : at + 2], "big"), int.from_bytes(payload[at + 2 : at + 4], "big")
        # Some Cisco phones pad the frame after the last TLV: what has no length of its own ends it.
        if len(payload) - at < 4 or length < 4:
            return
        if at + length > len(payload):
            raise Undecodable("A neighbour frame's TLV is longer than the frame.")
        yield kind, payload[at + 4 : at + length]
        at += length


def _addresses(value: bytes) -> Iterator[str]:
    count, at = int.from_bytes(value[:4], "big"), 4
    for _ in range(min(count, _MOST_ADDRESSES)):
        if at + 2 > len(value):
            return
        protocol = value[at + 2 : at + 2 + value[at + 1]]
        at += 2 + value[at + 1]
        length = int.from_bytes(value[at : at + 2], "big")
        body = value[at + 2 : at + 2 + length]
        at += 2 + length
        if protocol == b"\xcc" and len(body) == 4:
            yield str(IPv4Address(body))
        elif protocol == _IPV6 and len(body) == 16:
            yield str(IPv6Address(body))


def _capabilities(value: bytes) -> tuple[str, ...]:
    bits = int.from_bytes(value[:4], "big") if len(value) >= 4 else 0
    return tuple(name for name, mask in CAPABILITIES if bits & mask)


def _vlan(value: bytes) -> int | None:
    vlan = int.from_bytes(value[:2], "big") if len(value) >= 2 else 0
    return vlan if 1 <= vlan <= 4094 else None


def _voice(value: bytes) -> dict[str, str]:
    vlan = _vlan(value[1:3])
    return {} if vlan is None else {"voice_vlan": str(vlan)}


def read_edp(payload: bytes, interface: str, source_mac: str | None = None) -> Neighbour:
    """The neighbour an Extreme Discovery Protocol frame announces: its MAC, display name, slot:port and version.

    Raises Undecodable when the frame is cut or carries no machine MAC.
    """
    length = int.from_bytes(payload[2:4], "big")
    machine = mac_text(payload[10:16])
    if len(payload) < 16 or not 16 <= length <= len(payload) or machine is None:
        raise Undecodable("An EDP frame is shorter than it says or names no machine.")
    found = dict(_edp_tlvs(payload[16:length]))
    info = found.get(2, b"")
    slot, port = int.from_bytes(info[:2], "big") + 1, int.from_bytes(info[2:4], "big") + 1
    return Neighbour(
        protocol="edp",
        local_port=interface,
        chassis_subtype=4,
        chassis_id=machine,
        port_id=f"{slot}:{port}" if len(info) >= 4 else "",
        name=clean(found.get(1, b"")),
        version=".".join(str(part) for part in info[12:16]) if len(info) >= 16 else "",
        capabilities=("bridge",),
        source_mac=source_mac,
        heard=True,
    )


def _edp_tlvs(body: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    for _ in range(_MOST_TLVS):
        length = int.from_bytes(body[at + 2 : at + 4], "big")
        if len(body) - at < 4 or body[at] != 0x99 or body[at + 1] == 0 or length < 4:
            return
        if at + length > len(body):
            raise Undecodable("An EDP frame's TLV is longer than the frame.")
        yield body[at + 1], body[at + 4 : at + length]
        at += length
