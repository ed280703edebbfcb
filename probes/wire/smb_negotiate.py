"""SMB's first messages and what a server answers: [MS-CIFS] 2.2.4.52, [MS-SMB2] 2.2.3 to 2.2.6, [MS-NLMP] 2.2.1.2."""

import struct
from dataclasses import dataclass

from probes.canonical import clean
from probes.errors import Undecodable

SMB1 = "NT LM 0.12"
SMB2 = {0x0202: "2.0.2", 0x0210: "2.1", 0x0300: "3.0", 0x0302: "3.0.2", 0x0311: "3.1.1"}
_NOT_SUPPORTED = 0xC00000BB
_NTLM_TYPE_1 = b"NTLMSSP\x00" + struct.pack("<II", 1, 0x62088207) + bytes(16) + bytes((6, 1, 0, 0, 0, 0, 0, 15))


@dataclass(frozen=True, slots=True)
class Negotiated:
    """A server's answer to one dialect: accepted or not, and its signing: required, enabled or disabled."""

    accepted: bool
    signing: str = ""


def smb1_negotiate() -> bytes:
    """SMB_COM_NEGOTIATE that offers NT LM 0.12 and nothing else, in its NetBIOS frame."""
    header = (
        b"\xffSMB\x72" + bytes(4) + b"\x18" + struct.pack("<H", 0xC853) + bytes(12) + b"\xff\xff\xfe\xff" + bytes(4)
    )
    dialect = b"\x02" + SMB1.encode() + b"\x00"
    return _framed(header + b"\x00" + struct.pack("<H", len(dialect)) + dialect)


def smb2_negotiate(dialect: int, nonce: bytes) -> bytes:
    """SMB2 NEGOTIATE that offers one dialect. `nonce` is 48 bytes: the client's GUID and a salt."""
    contexts, offset = b"", 0
    if dialect == 0x0311:
        offset = 64 + 36 + 2 + 2
        integrity = struct.pack("<HHH", 1, 32, 1) + nonce[16:48]
        contexts = b"\x00\x00" + struct.pack("<HHI", 1, len(integrity), 0) + integrity
    body = struct.pack("<HHHHI", 36, 1, 1, 0, 0) + nonce[:16] + struct.pack("<IHH", offset, 1 if contexts else 0, 0)
    return _framed(_smb2_header(0, 0) + body + struct.pack("<H", dialect) + contexts)


def smb2_session_setup() -> bytes:
    """SESSION_SETUP with an NTLM negotiate message: asks for the server's challenge, and no login ever follows it."""
    token = _spnego(_NTLM_TYPE_1)
    body = struct.pack("<HBBIIHHQ", 25, 0, 1, 0, 0, 64 + 24, len(token), 0)
    return _framed(_smb2_header(1, 1) + body + token)


def _smb2_header(command: int, message: int) -> bytes:
    return b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ", 64, 0, 0, command, 31, 0, 0, message, 0xFEFF, 0, 0) + bytes(16)


def _framed(message: bytes) -> bytes:
    return b"\x00" + len(message).to_bytes(3, "big") + message


def _spnego(token: bytes) -> bytes:
    """A NegTokenInit (RFC 4178) that offers NTLMSSP alone."""
    oid = b"\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"
    inner = _der(0xA0, _der(0x30, oid)) + _der(0xA2, _der(0x04, token))
    return _der(0x60, b"\x06\x06\x2b\x06\x01\x05\x05\x02" + _der(0xA0, _der(0x30, inner)))


def _der(tag: int, data: bytes) -> bytes:
    return bytes((tag, len(data))) + data


def read_smb1(raw: bytes) -> Negotiated:
    """The answer to an SMB1 negotiate ([MS-CIFS] 2.2.4.52.2). Raises Undecodable."""
    if raw[:5] != b"\xffSMB\x72" or len(raw) < 36:
        raise Undecodable("The answer is not SMB 1.")
    words, index = raw[32], int.from_bytes(raw[33:35], "little")
    if int.from_bytes(raw[5:9], "little") or words < 13 or index:
        return Negotiated(False)
    return Negotiated(True, {0x0C: "required", 0x08: "required", 0x04: "enabled"}.get(raw[35] & 0x0C, "disabled"))


def read_smb2(raw: bytes, dialect: int) -> Negotiated:
    """The answer to an SMB2 negotiate ([MS-SMB2] 2.2.4). Raises Undecodable."""
    if raw[:4] != b"\xfeSMB" or len(raw) < 64:
        raise Undecodable("The answer is not SMB 2 or 3.")
    status = int.from_bytes(raw[8:12], "little")
    if status or len(raw) < 70:
        if status == 0:
            raise Undecodable("An SMB 2 answer that ends within its body.")
        return Negotiated(False)
    mode, chosen = struct.unpack_from("<HH", raw, 66)
    return Negotiated(chosen == dialect, {3: "required", 2: "required", 1: "enabled"}.get(mode & 3, "disabled"))


def read_challenge(raw: bytes) -> dict[str, str]:
    """What an NTLM challenge says of the server: os, name, domain, host ([MS-NLMP] 2.2.1.2); {} without one."""
    at = raw.find(b"NTLMSSP\x00\x02\x00\x00\x00")
    token = raw[at:] if at >= 0 else b""
    if len(token) < 56:
        return {}
    length, _, offset = struct.unpack_from("<HHI", token, 40)
    pairs = _pairs(token[offset : offset + length])
    major, minor, build = struct.unpack_from("<BBH", token, 48)
    said = {"os": f"Windows {major}.{minor} build {build}" if major else ""}
    return said | {name: pairs[kind] for kind, name in ((1, "name"), (2, "domain"), (3, "host")) if kind in pairs}


def _pairs(info: bytes) -> dict[int, str]:
    pairs: dict[int, str] = {}
    at = 0
    while at + 4 <= len(info):
        kind, size = struct.unpack_from("<HH", info, at)
        if kind == 0:
            break
        pairs[kind] = clean(info[at + 4 : at + 4 + size].decode("utf-16-le", "replace"))
        at += 4 + size
    return pairs
