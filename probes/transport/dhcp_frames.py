"""DHCP in the packet process: a DISCOVER as a whole frame, and whether a frame is an offer to it (RFC 2131).

The same octets as a plainer reference, which a test holds it to, without what that imports. Never a REQUEST.
"""

from probes.errors import Undecodable
from probes.wire.ethernet import IPV4, checksum, open_frame, open_udp

_COOKIE = b"\x63\x82\x53\x63"
_BROADCAST = b"\xff" * 6
_WANTED = bytes([1, 3, 6, 15, 51, 54])
_KIND, _OVERLOAD, _OFFER = 53, 52, b"\x02"
_MOST_OPTIONS = 256


def discover_frame(mac: bytes, transaction: int, seconds: int = 0) -> bytes:
    """The broadcast question; the broadcast flag asks servers to answer where any socket can hear it."""
    fixed = bytes([1, 1, 6, 0]) + transaction.to_bytes(4, "big") + seconds.to_bytes(2, "big") + b"\x80\x00"
    options = bytes([_KIND, 1, 1, 55, len(_WANTED)]) + _WANTED + b"\xff"
    message = fixed + bytes(16) + mac + bytes(10 + 64 + 128) + _COOKIE + options
    message = message.ljust(300, b"\0")  # some relays drop what is shorter than plain BOOTP
    udp = b"\x00\x44\x00\x43" + (8 + len(message)).to_bytes(2, "big") + b"\0\0" + message
    head = b"\x45\x00" + (20 + len(udp)).to_bytes(2, "big") + bytes(4) + b"\x40\x11\0\0" + bytes(4) + b"\xff" * 4
    return _BROADCAST + mac + IPV4.to_bytes(2, "big") + head[:10] + checksum(head) + head[12:] + udp


def is_offer_to(frame: bytes, transaction: int) -> bool:
    """Whether a frame is a DHCPOFFER of this transaction."""
    try:
        message = open_udp(open_frame(frame)).payload
    except Undecodable:
        return False
    if len(message) < 240 or message[236:240] != _COOKIE or message[4:8] != transaction.to_bytes(4, "big"):
        return False
    return _kind(message) == _OFFER


def _kind(message: bytes) -> bytes:
    """Option 53, from the options and from the fields that option 52 lends them; nothing where one is cut."""
    kind = overload = b""
    areas = [message[240:]]
    while areas:
        options = _options(areas.pop(0))
        if options is None:
            return b""
        kind += b"".join(value for code, value in options if code == _KIND)
        if not overload:
            overload = b"".join(value for code, value in options if code == _OVERLOAD)[:1] or b"\0"
            areas += [message[108:236]] * (overload in (b"\1", b"\3")) + [message[44:108]] * (
                overload in (b"\2", b"\3")
            )
    return kind


def _options(area: bytes) -> list[tuple[int, bytes]] | None:
    found: list[tuple[int, bytes]] = []
    at = 0
    while at < len(area) and area[at] != 255 and len(found) < _MOST_OPTIONS:
        if area[at] == 0:
            at += 1
            continue
        length = area[at + 1] if at + 1 < len(area) else 0
        if at + 2 + length > len(area):
            return None
        found.append((area[at], area[at + 2 : at + 2 + length]))
        at += 2 + length
    return found
