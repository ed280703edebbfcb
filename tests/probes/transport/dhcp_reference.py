"""A DHCPDISCOVER as a whole Ethernet frame, and whether a frame is an offer to it (RFC 2131). Never a REQUEST."""

from probes.errors import Undecodable
from probes.wire.dhcp import COOKIE, read_dhcp
from probes.wire.ethernet import IPV4, checksum, open_frame, open_udp

_BROADCAST = b"\xff" * 6
_WANTED = bytes([1, 3, 6, 15, 51, 54])


def discover_frame(mac: bytes, transaction: int, seconds: int = 0) -> bytes:
    """The broadcast question; the broadcast flag asks servers to answer where any socket can hear it."""
    fixed = bytes([1, 1, 6, 0]) + transaction.to_bytes(4, "big") + seconds.to_bytes(2, "big") + b"\x80\x00"
    options = bytes([53, 1, 1, 55, len(_WANTED)]) + _WANTED + b"\xff"
    message = fixed + bytes(16) + mac + bytes(10 + 64 + 128) + COOKIE + options
    message = message.ljust(300, b"\0")  # some relays drop what is shorter than plain BOOTP
    udp = b"\x00\x44\x00\x43" + (8 + len(message)).to_bytes(2, "big") + b"\0\0" + message
    return _BROADCAST + mac + IPV4.to_bytes(2, "big") + _ipv4(len(udp)) + udp


def _ipv4(length: int) -> bytes:
    head = b"\x45\x00" + (20 + length).to_bytes(2, "big") + bytes(4) + b"\x40\x11\0\0" + bytes(4) + b"\xff" * 4
    return head[:10] + checksum(head) + head[12:]


def is_offer_to(frame: bytes, transaction: int) -> bool:
    """Whether a frame is a DHCPOFFER of this transaction."""
    try:
        message = read_dhcp(open_udp(open_frame(frame)).payload)
    except Undecodable:
        return False
    return message.kind == "offer" and message.transaction == transaction
