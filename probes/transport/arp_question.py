"""An ARP request as a whole Ethernet frame, and the answers to it (RFC 826), read without any import."""

_TAGS = (b"\x81\x00", b"\x88\xa8", b"\x91\x00")
_KIND = bytes.fromhex("0806000108000604")
_ASKS, _ANSWERS = b"\x00\x01", b"\x00\x02"
LENGTH = 42


def arp_request(mac: bytes, source: bytes, target: bytes) -> bytes:
    """Who has `target`? Asked of everybody by this MAC and IPv4 address (six and four octets)."""
    return b"\xff" * 6 + mac + _KIND + _ASKS + mac + source + bytes(6) + target


def arp_answer(frame: bytes, own: bytes) -> tuple[bytes, bytes] | None:
    """IPv4 address and MAC of whoever answered this MAC; None for every other frame, whole or cut."""
    if frame[:6] != own:
        return None
    at = 12
    while at < 20 and frame[at : at + 2] in _TAGS:
        at += 4
    if frame[at : at + 8] != _KIND or frame[at + 8 : at + 10] != _ANSWERS or len(frame) < at + 30:
        return None
    mac = frame[at + 10 : at + 16]
    if mac[0] & 1 or mac == bytes(6):
        return None
    return frame[at + 16 : at + 20], mac
