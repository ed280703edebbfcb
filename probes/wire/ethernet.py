"""What an Ethernet frame carries: its addresses, and the datagram within (IEEE 802.3, 802.1Q, RFC 768, 791, 8200)."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from probes.errors import Undecodable

ARP, IPV4, IPV6, LLDP = 0x0806, 0x0800, 0x86DD, 0x88CC
_TAGS = {0x8100, 0x88A8, 0x9100}
# SNAP organisation and protocol of the neighbour protocols that use 802.3 length frames.
_SNAP = {
    bytes.fromhex("00000c2000"): "cdp",
    bytes.fromhex("00e0522000"): "fdp",
    bytes.fromhex("00e02b00bb"): "edp",
}
_PORTS = {67: "dhcp", 68: "dhcp", 5353: "mdns", 1900: "ssdp", 137: "netbios", 138: "netbios", 5355: "llmnr"}
_UDP = 17


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame without its 802.1Q tags. `ethertype` is 0 for an 802.3 length frame, whose payload begins at LLC."""

    destination: bytes
    source: bytes
    ethertype: int
    payload: bytes
    vlan: int | None = None


@dataclass(frozen=True, slots=True)
class Datagram:
    """One whole UDP datagram; checksums are not judged, since a card may still have to fill them in."""

    source: str
    destination: str
    source_port: int
    port: int
    payload: bytes


def open_frame(raw: bytes) -> Frame:
    """The frame in these octets, up to two VLAN tags taken off. Raises Undecodable when it is too short."""
    at, vlan = 12, None
    for _ in range(2):
        if int.from_bytes(raw[at : at + 2], "big") not in _TAGS:
            break
        vlan = int.from_bytes(raw[at + 2 : at + 4], "big") & 0x0FFF
        at += 4
    if len(raw) < at + 2:
        raise Undecodable("An Ethernet frame is shorter than its header.")
    kind = int.from_bytes(raw[at : at + 2], "big")
    if kind >= 0x0600:
        return Frame(raw[:6], raw[6:12], kind, raw[at + 2 :], vlan)
    return Frame(raw[:6], raw[6:12], 0, raw[at + 2 : at + 2 + kind], vlan)


def snap(frame: Frame) -> tuple[str, bytes]:
    """The neighbour protocol of an LLC/SNAP frame (cdp, fdp, edp or an empty string) and its payload."""
    if frame.ethertype or frame.payload[:3] != b"\xaa\xaa\x03":
        return "", b""
    return _SNAP.get(frame.payload[3:8], ""), frame.payload[8:]


def open_udp(frame: Frame) -> Datagram:
    """The UDP datagram of a frame. Raises Undecodable for anything else, for fragments and for cut packets."""
    if frame.ethertype == IPV4:
        source, destination, segment = _ipv4(frame.payload)
    elif frame.ethertype == IPV6:
        source, destination, segment = _ipv6(frame.payload)
    else:
        raise Undecodable("The frame carries no IP packet.")
    length = int.from_bytes(segment[4:6], "big")
    if length < 8 or length > len(segment):
        raise Undecodable("A UDP datagram is not as long as it says.")
    ports = int.from_bytes(segment[:2], "big"), int.from_bytes(segment[2:4], "big")
    return Datagram(source, destination, ports[0], ports[1], segment[8:length])


def _ipv4(packet: bytes) -> tuple[str, str, bytes]:
    header = (packet[0] & 0x0F) * 4 if packet else 0
    total = int.from_bytes(packet[2:4], "big")
    if header < 20 or len(packet) < header or packet[0] >> 4 != 4 or not header <= total <= len(packet):
        raise Undecodable("An IPv4 packet is not as long as it says.")
    if packet[9] != _UDP or int.from_bytes(packet[6:8], "big") & 0x3FFF:
        raise Undecodable("An IPv4 packet is not a whole UDP datagram.")
    return str(IPv4Address(packet[12:16])), str(IPv4Address(packet[16:20])), packet[header:total]


def _ipv6(packet: bytes) -> tuple[str, str, bytes]:
    total = 40 + int.from_bytes(packet[4:6], "big")
    if len(packet) < 40 or packet[0] >> 4 != 6 or total > len(packet):
        raise Undecodable("An IPv6 packet is not as long as it says.")
    if packet[6] != _UDP:
        raise Undecodable("An IPv6 packet is not a plain UDP datagram.")
    return str(IPv6Address(packet[8:24])), str(IPv6Address(packet[24:40])), packet[40:total]


def checksum(data: bytes) -> bytes:
    """The internet checksum as two octets (RFC 1071)."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(int.from_bytes(padded[at : at + 2], "big") for at in range(0, len(padded), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return (~total & 0xFFFF).to_bytes(2, "big")


def kind_of(raw: bytes) -> str:
    """Which of the listened-for protocols a frame belongs to, or an empty string."""
    try:
        frame = open_frame(raw)
        if frame.ethertype == LLDP:
            return "lldp"
        if frame.ethertype == ARP:
            return "arp"
        if not frame.ethertype:
            return snap(frame)[0]
        datagram = open_udp(frame)
    except Undecodable:
        return ""
    return _PORTS.get(datagram.port) or _PORTS.get(datagram.source_port, "")
