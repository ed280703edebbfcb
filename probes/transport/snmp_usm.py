"""SNMPv3 messages (RFC 3412) with the User-based Security Model (RFC 3414, 3826, 7860): sealed, opened, checked."""

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

from probes.errors import Undecodable
from probes.transport.snmp_ber import (
    OCTETS,
    SEQUENCE,
    Pdu,
    decode_pdu,
    encode_pdu,
    enter,
    header,
    integer,
    read_integer,
    read_octets,
    tlv,
)

AUTH, PRIV, REPORTABLE = 0x01, 0x02, 0x04
_USM, _LARGEST_MESSAGE, _V3 = 3, 65_507, 3
_EXPANDED = 2**20
_LARGEST_TIME = 2**31 - 1
_DIGESTS = {
    "MD5": ("md5", 12), "SHA": ("sha1", 12), "SHA-224": ("sha224", 16), "SHA-256": ("sha256", 24),
    "SHA-384": ("sha384", 32), "SHA-512": ("sha512", 48),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keys:
    """One user's keys, localised to one engine; without them messages go unauthenticated."""

    auth_protocol: str = ""
    auth: bytes = b""
    priv: bytes = b""

    @property
    def flags(self) -> int:
        return (AUTH if self.auth else 0) | (PRIV if self.priv else 0)

    def __repr__(self) -> str:
        return f"Keys({self.auth_protocol!r}, **********)"


@dataclass(frozen=True, slots=True)
class Header:
    """What every v3 message says in clear. Times as the engine counts them, in seconds."""

    message_id: int
    flags: int
    engine: bytes = b""
    boots: int = 0
    time: int = 0
    user: bytes = b""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A received v3 message before it is opened. `digest_at` is where its authentication parameters lie."""

    header: Header
    digest: bytes
    digest_at: int
    salt: bytes
    body: bytes
    whole: bytes


@lru_cache(maxsize=64)
def master_key(auth_protocol: str, passphrase: str) -> bytes:
    """The key of a passphrase (RFC 3414 A.2): the digest of it repeated to a mebibyte, made once a process."""
    raw = passphrase.encode()
    whole = (raw * (_EXPANDED // len(raw) + 1))[:_EXPANDED]
    return hashlib.new(_DIGESTS[auth_protocol][0], whole, usedforsecurity=False).digest()


def localise(auth_protocol: str, passphrase: str, engine: bytes) -> bytes:
    """The key as one engine knows it, so that one engine's key opens no other (RFC 3414 2.6)."""
    key = master_key(auth_protocol, passphrase)
    return hashlib.new(_DIGESTS[auth_protocol][0], key + engine + key, usedforsecurity=False).digest()


def seal(head: Header, keys: Keys, pdu: Pdu, salt: bytes, context: bytes = b"") -> bytes:
    """A whole request, encrypted and authenticated as far as the keys go. `salt` is eight octets never used before."""
    scoped = tlv(SEQUENCE, tlv(OCTETS, head.engine) + tlv(OCTETS, context) + encode_pdu(pdu))
    body = tlv(OCTETS, _encrypt(keys.priv, head, salt, scoped)) if keys.priv else scoped
    size = _DIGESTS[keys.auth_protocol][1] if keys.auth else 0
    parameters = tlv(
        SEQUENCE,
        tlv(OCTETS, head.engine) + integer(head.boots) + integer(head.time) + tlv(OCTETS, head.user)
        + tlv(OCTETS, bytes(size)) + tlv(OCTETS, salt if keys.priv else b""),
    )  # fmt: skip
    outer = integer(_V3) + tlv(
        SEQUENCE,
        integer(head.message_id) + integer(_LARGEST_MESSAGE) + tlv(OCTETS, bytes((head.flags,))) + integer(_USM),
    )
    whole = tlv(SEQUENCE, outer + tlv(OCTETS, parameters) + body)
    if not size:
        return whole
    at = _parse(whole).digest_at
    return whole[:at] + _digest(keys, whole) + whole[at + size :]


def unwrap(data: bytes) -> Sealed:
    """A received v3 message with its header read and its body still closed. Raises Undecodable."""
    try:
        return _parse(data)
    except (IndexError, ValueError, OverflowError) as error:
        raise Undecodable(f"An SNMPv3 message of {len(data)} octets breaks off or contradicts itself.") from error


def _parse(data: bytes) -> Sealed:
    at, end = enter(data, 0, len(data), SEQUENCE)
    version, at = read_integer(data, at, end)
    start, after = enter(data, at, end, SEQUENCE)
    message_id, start = read_integer(data, start, after)
    _, start = read_integer(data, start, after)
    flags, start = read_octets(data, start, after)
    model, _ = read_integer(data, start, after)
    if version != _V3 or model != _USM or len(flags) != 1:
        raise Undecodable("This is not a version 3 message with user-based security.")
    outer, body_at = enter(data, after, end, OCTETS)
    start, stop = enter(data, outer, body_at, SEQUENCE)
    engine, start = read_octets(data, start, stop)
    boots, start = read_integer(data, start, stop)
    time, start = read_integer(data, start, stop)
    if not (0 <= boots <= _LARGEST_TIME and 0 <= time <= _LARGEST_TIME):
        raise Undecodable("An engine's boots or time are out of range.")
    user, start = read_octets(data, start, stop)
    digest, start = read_octets(data, start, stop)
    salt, _ = read_octets(data, start, stop)
    head = Header(message_id, flags[0], engine, boots, time, user)
    return Sealed(head, digest, start - len(digest), salt, data[body_at:end], data)


def is_authentic(sealed: Sealed, keys: Keys) -> bool:
    """Whether whoever sent this knows the user's key: compared in constant time."""
    size = _DIGESTS[keys.auth_protocol][1]
    if len(sealed.digest) != size:
        return False
    at = sealed.digest_at
    blank = sealed.whole[:at] + bytes(size) + sealed.whole[at + size :]
    return hmac.compare_digest(_digest(keys, blank), sealed.digest)


def opened(sealed: Sealed, keys: Keys) -> Pdu:
    """The PDU inside, decrypted where it is encrypted. Raises Undecodable."""
    try:
        body = _decrypted(sealed, keys)
        at, end = enter(body, 0, len(body), SEQUENCE)
        _, at = read_octets(body, at, end)
        _, at = read_octets(body, at, end)
        return decode_pdu(body, at, end)
    except (IndexError, ValueError, OverflowError) as error:
        raise Undecodable("The scoped PDU of an SNMPv3 message breaks off or contradicts itself.") from error


def _decrypted(sealed: Sealed, keys: Keys) -> bytes:
    if not sealed.header.flags & PRIV:
        return sealed.body
    tag, start, stop = header(sealed.body, 0, len(sealed.body))
    if tag != OCTETS or not keys.priv or len(sealed.salt) != 8:
        raise Undecodable("An encrypted SNMPv3 message cannot be decrypted.")
    decryptor = _cipher(keys.priv, sealed.header, sealed.salt).decryptor()
    return decryptor.update(sealed.body[start:stop]) + decryptor.finalize()


def _encrypt(key: bytes, head: Header, salt: bytes, plain: bytes) -> bytes:
    encryptor = _cipher(key, head, salt).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


def _cipher(key: bytes, head: Header, salt: bytes) -> Cipher[CFB]:
    """AES-128 in CFB mode; the vector is boots, time and salt (RFC 3826 3.1.2.1)."""
    vector = head.boots.to_bytes(4, "big") + head.time.to_bytes(4, "big") + salt
    return Cipher(algorithms.AES(key[:16]), CFB(vector))


def _digest(keys: Keys, blank: bytes) -> bytes:
    name, size = _DIGESTS[keys.auth_protocol]
    return hmac.digest(keys.auth, blank, name)[:size]
