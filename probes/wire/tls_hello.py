"""TLS as far as a first answer goes: a ClientHello for one version, and what the server says to it (RFC 5246, 8446)."""

import struct
from dataclasses import dataclass

from probes.errors import Undecodable

VERSIONS = {"SSLv3": 0x0300, "TLSv1": 0x0301, "TLSv1.1": 0x0302, "TLSv1.2": 0x0303, "TLSv1.3": 0x0304}

_OLD_CIPHERS = (
    0xC02F, 0xC030, 0xC02B, 0xC02C, 0xCCA8, 0xCCA9, 0x009E, 0x009F, 0x009C, 0x009D, 0xC013, 0xC014, 0xC009, 0xC00A,
    0xC027, 0xC028, 0x003C, 0x003D, 0x002F, 0x0035, 0x0033, 0x0039, 0x0041, 0x0084, 0x000A, 0x0016, 0xC012, 0x0005,
    0x0004, 0x0009, 0x0015, 0x0032, 0x0038, 0x0013, 0x00FF,
)  # fmt: skip
_NEW_CIPHERS = (0x1301, 0x1302, 0x1303)
_GROUPS = (0x001D, 0x0017, 0x0018, 0x0019)
_SIGNATURES = (0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201, 0x0202)
_ALERT, _HANDSHAKE = 21, 22
_SERVER_HELLO, _CERTIFICATE, _DONE = 2, 11, 14
# handshake_failure, illegal_parameter, protocol_version, insufficient_security, inappropriate_fallback
_REFUSALS = frozenset({40, 47, 70, 71, 86})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: `accepted` True, False (it refused in TLS), or None; its first certificate as DER."""

    accepted: bool | None
    certificate: bytes = b""


def client_hello(version: str, random: bytes) -> bytes:
    """A ClientHello record that offers exactly one version. `random` is 64 bytes: 32 of nonce, 32 of X25519 share."""
    code = VERSIONS[version]
    ciphers = (*_NEW_CIPHERS, *_OLD_CIPHERS) if version == "TLSv1.3" else _OLD_CIPHERS
    body = struct.pack(">H", min(code, 0x0303)) + random[:32] + b"\x00"
    body += _sized(2, _words(ciphers)) + b"\x01\x00"
    if version != "SSLv3":
        body += _sized(2, _extensions(version, random[32:64]))
    record = bytes([1]) + _sized(3, body)
    return struct.pack(">BH", _HANDSHAKE, min(code, 0x0301)) + _sized(2, record)


def _extensions(version: str, share: bytes) -> bytes:
    parts = [(10, _sized(2, _words(_GROUPS))), (11, b"\x01\x00"), (13, _sized(2, _words(_SIGNATURES)))]
    if version == "TLSv1.3":
        parts += [(43, _sized(1, _words((VERSIONS[version],)))), (51, _sized(2, b"\x00\x1d" + _sized(2, share)))]
    return b"".join(struct.pack(">H", kind) + _sized(2, data) for kind, data in parts)


def _words(values: tuple[int, ...]) -> bytes:
    return struct.pack(f">{len(values)}H", *values)


def _sized(width: int, data: bytes) -> bytes:
    return len(data).to_bytes(width, "big") + data


def is_enough(raw: bytes) -> bool:
    """Whether the bytes so far hold an alert, or all of the server's first flight that can be read in the clear."""
    messages, alert, _ = _messages(raw)
    kinds = {kind for kind, _ in messages}
    later = any(kind == _SERVER_HELLO and _selected(body) == 0x0304 for kind, body in messages)
    return alert is not None or _CERTIFICATE in kinds or _DONE in kinds or later or not _like_tls(raw)


def read_answer(version: str, raw: bytes) -> Answer:
    """What the server's bytes say to a hello of this version. Raises Undecodable when they are not TLS at all."""
    if raw and not _like_tls(raw):
        raise Undecodable("The port does not speak TLS.")
    messages, alert, _ = _messages(raw)
    hello = next((body for kind, body in messages if kind == _SERVER_HELLO), None)
    if hello is None:
        return Answer(False if alert in _REFUSALS else None)
    certificate = next((_first_certificate(body) for kind, body in messages if kind == _CERTIFICATE), b"")
    return Answer(_selected(hello) == VERSIONS[version], certificate)


def _like_tls(raw: bytes) -> bool:
    return raw[:1] in (b"", b"\x15", b"\x16") and raw[1:2] in (b"\x03", b"")


def _messages(raw: bytes) -> tuple[list[tuple[int, bytes]], int | None, int]:
    """The handshake messages that are whole, and an alert's description if there was one before the cipher change."""
    stream, alert, at = b"", None, 0
    while at + 5 <= len(raw):
        kind, size = raw[at], int.from_bytes(raw[at + 3 : at + 5], "big")
        data = raw[at + 5 : at + 5 + size]
        if kind == _HANDSHAKE:
            stream += data
        elif kind == _ALERT and len(data) >= 2 and alert is None:
            alert = data[1]
        elif kind not in (_HANDSHAKE, _ALERT):
            break
        at += 5 + size
    return _split(stream), alert, at


def _split(stream: bytes) -> list[tuple[int, bytes]]:
    messages: list[tuple[int, bytes]] = []
    at = 0
    while at + 4 <= len(stream):
        size = int.from_bytes(stream[at + 1 : at + 4], "big")
        if at + 4 + size > len(stream):
            break
        messages.append((stream[at], stream[at + 4 : at + 4 + size]))
        at += 4 + size
    return messages


def _selected(hello: bytes) -> int:
    """The version a ServerHello chose, from its supported_versions extension where it has one. 0 when it is cut off."""
    if len(hello) < 38:
        return 0
    at = 35 + hello[34] + 3
    end = at + 2 + int.from_bytes(hello[at : at + 2], "big")
    at += 2
    while at + 4 <= min(end, len(hello)):
        kind, size = struct.unpack(">HH", hello[at : at + 4])
        if kind == 43 and size == 2:
            return int.from_bytes(hello[at + 4 : at + 6], "big")
        at += 4 + size
    return int.from_bytes(hello[:2], "big")


def _first_certificate(body: bytes) -> bytes:
    size = int.from_bytes(body[3:6], "big")
    return body[6 : 6 + size] if len(body) >= 6 + size else b""
