"""One place where a device's words become text that is safe to keep: hostile until cleaned here."""

import unicodedata
from ipaddress import ip_address

LIMIT = 256
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}


def clean(raw: bytes | str, limit: int = LIMIT) -> str:
    """Text from a device as NFC without control, format, bidi, surrogate or private characters.

    Bytes are read as UTF-8, then Latin-1 where that fails. White space runs become one space. The result is at most
    `limit` characters. It is not escaped: each sink (HTML, CSV, log, PDF) escapes for itself.
    """
    text = _decode(raw) if isinstance(raw, bytes) else raw
    spaced = "".join(" " if c in "\t\r\n\v\f\x85\u2028\u2029" else c for c in text[: limit * 8])
    kept = "".join(c for c in unicodedata.normalize("NFC", spaced) if unicodedata.category(c) not in _DROPPED)
    return " ".join(kept.split())[:limit]


def _decode(raw: bytes) -> str:
    raw = raw.rstrip(b"\x00")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def mac_text(raw: bytes | str) -> str | None:
    """A MAC address as lower-case hex with colons, or None when it is not six octets or is all zero or all ones."""
    octets = raw if isinstance(raw, bytes) else _hex_octets(raw)
    if len(octets) != 6 or octets in (b"\x00" * 6, b"\xff" * 6):
        return None
    return octets.hex(":")


def _hex_octets(text: str) -> bytes:
    parts = text.replace("-", ":").split(":")
    digits = "".join(part.zfill(2) for part in parts) if len(parts) == 6 else text.replace(".", "")
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b""


def address_text(text: str) -> str | None:
    """An IP address in its canonical spelling, or None when the text is none."""
    try:
        return str(ip_address(text)) if text.isascii() else None
    except ValueError:
        return None


def make_and_model(maker: str, model: str) -> str:
    """Both in one phrase, without the maker twice: "Apple TV 4K" for Apple and Apple TV 4K. Empty when unknown."""
    names = maker.split()
    ends = (" ".join(names[first:]).lower() for first in range(len(names)))
    first = next((at for at, end in enumerate(ends) if model.lower().startswith(end)), len(names))
    return " ".join([*names[:first], model]).strip()


def is_private_mac(mac: str) -> bool:
    """Whether a MAC is locally administered (IEEE 802): made up by the device, so it names no maker and no thing."""
    return bool(int(mac[:2], 16) & 0x02)
