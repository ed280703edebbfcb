"""Neighbour discovery in the packet process: whole frames to ask with, and their answers (RFC 4443, 4861).

The same octets as `probes.wire.nd` and a plainer reference, which a test holds it to, without what those import.
"""

import socket

from probes.errors import Undecodable
from probes.transport.fence import span
from probes.wire.ethernet import IPV6, checksum, open_frame

_ECHO, _ECHO_REPLY, _SOLICITATION, _ADVERTISEMENT = 128, 129, 135, 136
_ALL_NODES = bytes.fromhex("ff02000000000000" + "0000000000000001")
_SOLICITED = bytes.fromhex("ff02000000000000" + "00000001ff")
_NEXT_ICMP6 = 58
_LOCAL = (span("fe80::/10"), span("fc00::/7"))
_LISTING = "/proc/net/if_inet6"


def is_local(address: bytes) -> bool:
    """Whether these sixteen octets are a link-local or unique local address (RFC 4291, 4193)."""
    number = int.from_bytes(address, "big")
    return len(address) == 16 and any(first <= number <= last for _, first, last in _LOCAL)


def packed(ip: str) -> bytes:
    """The sixteen octets of an IPv6 address, or none where it is no such address."""
    try:
        return socket.inet_pton(socket.AF_INET6, ip)
    except (OSError, ValueError):
        return b""


def text(address: bytes) -> str:
    """An IPv6 address as it is written."""
    return socket.inet_ntop(socket.AF_INET6, address)


def local_addresses(interface: str) -> tuple[bytes, ...]:
    """The link-local and unique local addresses of an interface, as Linux lists them."""
    try:
        with open(_LISTING) as listing:
            rows = [line.split() for line in listing]
    except FileNotFoundError:
        return ()
    found = (bytes.fromhex(row[0]) for row in rows if len(row) == 6 and row[5] == interface)
    return tuple(address for address in found if is_local(address))


def echo_frame(mac: bytes, source: bytes, number: int) -> bytes:
    """An echo request to all nodes on the link (ff02::1)."""
    body = bytes([_ECHO, 0, 0, 0]) + (number & 0xFFFF).to_bytes(2, "big") + b"\0\1caretaker"
    return _frame(mac, source, _ALL_NODES, body, hops=1)


def solicitation_frame(mac: bytes, source: bytes, target: bytes) -> bytes:
    """A neighbour solicitation for one address, to its solicited-node group (RFC 4861, 4.3)."""
    body = bytes([_SOLICITATION, 0, 0, 0]) + bytes(4) + target + b"\1\1" + mac
    return _frame(mac, source, _SOLICITED + target[13:], body, hops=255)


def _frame(mac: bytes, source: bytes, group: bytes, body: bytes, hops: int) -> bytes:
    pseudo = source + group + len(body).to_bytes(4, "big") + bytes([0, 0, 0, _NEXT_ICMP6])
    body = body[:2] + checksum(pseudo + body) + body[4:]
    head = b"\x60\0\0\0" + len(body).to_bytes(2, "big") + bytes([_NEXT_ICMP6, hops])
    return b"\x33\x33" + group[12:] + mac + IPV6.to_bytes(2, "big") + head + source + group + body


def icmp6_answer(raw: bytes) -> tuple[bytes, bytes, str] | None:
    """Address, MAC and how (`echo`, `advertisement`) of a local neighbour's answer; None for every other frame."""
    try:
        frame = open_frame(raw)
    except Undecodable:
        return None
    packet = frame.payload
    if frame.ethertype != IPV6 or len(packet) < 48 or packet[0] >> 4 != 6 or packet[6] != _NEXT_ICMP6:
        return None
    body = packet[40 : 40 + int.from_bytes(packet[4:6], "big")]
    if body[:1] == bytes([_ECHO_REPLY]):
        return _neighbour(packet[8:24], frame.source, "echo")
    # RFC 4861, 7.1.2: a hop limit other than 255 came through a router and is a lie.
    if body[:1] == bytes([_ADVERTISEMENT]) and len(body) >= 24 and packet[7] == 255:
        return _neighbour(body[8:24], target_mac(body[24:]) or frame.source, "advertisement")
    return None


def _neighbour(address: bytes, mac: bytes, how: str) -> tuple[bytes, bytes, str] | None:
    if mac in (bytes(6), b"\xff" * 6) or len(mac) != 6 or mac[0] & 1 or not is_local(address):
        return None
    return address, mac, how


def target_mac(options: bytes) -> bytes:
    """The target link-layer address option (type 2), or nothing."""
    at = 0
    for _ in range(8):
        if len(options) - at < 8 or options[at + 1] == 0:
            return b""
        if options[at] == 2:
            return options[at + 2 : at + 8]
        at += 8 * options[at + 1]
    return b""
