"""ICMPv6 questions to the local wire as whole Ethernet frames: echo to all nodes, neighbour solicitation."""

from ipaddress import IPv6Address
from pathlib import Path

from probes.wire.ethernet import IPV6, checksum
from probes.wire.nd import ECHO, SOLICITATION, is_local

_ALL_NODES = IPv6Address("ff02::1")
_NEXT_ICMP6 = 58


def own_addresses(interface: str) -> tuple[str, ...]:
    """The link-local and unique local addresses of an interface, as Linux lists them."""
    listing = Path("/proc/net/if_inet6")
    lines = listing.read_text().split("\n") if listing.exists() else []
    rows = (line.split() for line in lines)
    found = (str(IPv6Address(bytes.fromhex(row[0]))) for row in rows if len(row) == 6 and row[5] == interface)
    return tuple(ip for ip in found if is_local(ip))


def echo_frame(mac: bytes, source: str, number: int) -> bytes:
    """An echo request to all nodes on the link (ff02::1)."""
    body = bytes([ECHO, 0, 0, 0]) + (number & 0xFFFF).to_bytes(2, "big") + b"\0\1caretaker"
    return _frame(mac, IPv6Address(source), _ALL_NODES, body, hops=1)


def solicitation_frame(mac: bytes, source: str, target: str) -> bytes:
    """A neighbour solicitation for one address, to its solicited-node group (RFC 4861, 4.3)."""
    wanted = IPv6Address(target)
    group = IPv6Address(IPv6Address("ff02::1:ff00:0").packed[:13] + wanted.packed[13:])
    body = bytes([SOLICITATION, 0, 0, 0]) + bytes(4) + wanted.packed + b"\1\1" + mac
    return _frame(mac, IPv6Address(source), group, body, hops=255)


def _frame(mac: bytes, source: IPv6Address, group: IPv6Address, body: bytes, hops: int) -> bytes:
    pseudo = source.packed + group.packed + len(body).to_bytes(4, "big") + bytes([0, 0, 0, _NEXT_ICMP6])
    body = body[:2] + checksum(pseudo + body) + body[4:]
    head = b"\x60\0\0\0" + len(body).to_bytes(2, "big") + bytes([_NEXT_ICMP6, hops])
    return b"\x33\x33" + group.packed[12:] + mac + IPV6.to_bytes(2, "big") + head + source.packed + group.packed + body
