"""How one device is spoken to: with a community, or as a user whose engine was first discovered (RFC 3414)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from probes.errors import Undecodable
from probes.transport.snmp_ber import Community, Kind, Pdu, decode_community, encode_community
from probes.transport.snmp_credentials import Credential
from probes.transport.snmp_usm import (
    AUTH,
    REPORTABLE,
    Header,
    Keys,
    Sealed,
    is_authentic,
    localise,
    opened,
    seal,
    unwrap,
)
from probes.vocabulary import Outcome

_VERSIONS = {"v1": 0, "v2c": 1}
_STATISTICS = (1, 3, 6, 1, 6, 3, 15, 1, 1)
_UNKNOWN_CONTEXTS = (1, 3, 6, 1, 6, 3, 12, 1, 5)
UNKNOWN_CONTEXT = "the device does not know this context"
_NOT_IN_TIME = 2
_REFUSALS = {
    1: "the device does not support this security level",
    3: "the device does not know this user",
    4: "the device's engine id is another one now",
    5: "the device does not accept the authentication passphrase or protocol",
    6: "the device cannot decrypt: the privacy passphrase or protocol is another one",
}
_WINDOW_S = 150


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What one datagram meant. `resend` asks for the same request again, sealed with the engine's new time."""

    request_id: int
    pdu: Pdu | None = None
    failure: Failure | None = None
    resend: bool = False


class Speaker(Protocol):
    """Turns PDUs into datagrams and back; `hear` raises Undecodable.

    A PDU may be said in the context of one VLAN, as a Catalyst names it: community@20 (v1, v2c), or vlan-20 (v3).
    """

    @property
    def engine_id(self) -> str: ...
    def hello(self, request_id: int) -> bytes | None: ...
    def say(self, pdu: Pdu, vlan: int | None = None) -> bytes: ...
    def hear(self, data: bytes) -> Heard: ...


class CommunitySpeaker:
    """Speaks v1 or v2c. The community is in every datagram: only bound devices may be given one."""

    def __init__(self, credential: Credential) -> None:
        self._version = _VERSIONS[credential.version]
        self._community = credential.community.get_secret_value().encode() if credential.community else b""

    @property
    def engine_id(self) -> str:
        return ""

    def hello(self, request_id: int) -> bytes | None:
        return None

    def say(self, pdu: Pdu, vlan: int | None = None) -> bytes:
        word = self._community if vlan is None else b"%s@%d" % (self._community.partition(b"@")[0], vlan)
        return encode_community(Community(self._version, word, pdu))

    def hear(self, data: bytes) -> Heard:
        message = decode_community(data)
        if message.version != self._version or message.pdu.kind != Kind.RESPONSE:
            raise Undecodable("An answer came in another version than was asked, or is no response.")
        return Heard(message.pdu.request_id, message.pdu)


class UsmSpeaker:
    """Speaks v3. Until an engine answered the discovery, and is the expected one, nothing else can be said."""

    def __init__(
        self, credential: Credential, clock: Callable[[], float], salt: Callable[[], bytes], expected: str | None
    ) -> None:
        self._credential, self._clock, self._salt = credential, clock, salt
        self._expected = expected.casefold().removeprefix("0x") if expected else None
        self._user, self._context = credential.user.encode(), credential.context.encode()
        self._keys = Keys()
        self._engine, self._boots, self._time = b"", 0, 0
        self._at, self._synced = 0.0, False

    @property
    def engine_id(self) -> str:
        """The discovered engine's id as hex, or empty."""
        return self._engine.hex()

    def hello(self, request_id: int) -> bytes | None:
        """The empty, unauthenticated question that every engine answers with its id (RFC 3414 4)."""
        return seal(Header(request_id, REPORTABLE), Keys(), Pdu(Kind.GET, request_id), b"")

    def say(self, pdu: Pdu, vlan: int | None = None) -> bytes:
        if not self._engine:
            raise Undecodable("The engine was not discovered yet.")
        time = self._time + int(self._clock() - self._at)
        head = Header(pdu.request_id, self._keys.flags | REPORTABLE, self._engine, self._boots, time, self._user)
        return seal(head, self._keys, pdu, self._salt(), self._context if vlan is None else vlan_context(vlan))

    def hear(self, data: bytes) -> Heard:
        sealed = unwrap(data)
        if not self._engine:
            return self._discovered(sealed)
        if sealed.header.engine != self._engine:
            raise Undecodable("An answer came from another engine.")
        authentic = bool(sealed.header.flags & AUTH)
        if authentic and not (self._keys.auth and is_authentic(sealed, self._keys)):
            raise Undecodable("An answer's authentication is wrong.")
        if authentic:
            self._synchronise(sealed.header)
        pdu = opened(sealed, self._keys)
        if pdu.kind == Kind.REPORT:
            return _report(sealed.header.message_id, pdu, authentic)
        if sealed.header.flags & ~REPORTABLE != self._keys.flags or sealed.header.user != self._user:
            raise Undecodable("An answer is less protected than its question.")
        if pdu.request_id != sealed.header.message_id:
            raise Undecodable("An answer's two numbers contradict each other.")
        return Heard(pdu.request_id, pdu)

    def _discovered(self, sealed: Sealed) -> Heard:
        head = sealed.header
        if not 5 <= len(head.engine) <= 32 or opened(sealed, Keys()).kind != Kind.REPORT:
            raise Undecodable("This does not answer the engine discovery.")
        if self._expected is not None and head.engine.hex() != self._expected:
            reason = (
                f"Engine {head.engine.hex()} answered where {self._expected} was expected; nothing secret was sent."
            )
            return Heard(head.message_id, failure=Failure(Outcome.REFUSED, reason))
        self._engine, self._boots, self._time, self._at = head.engine, head.boots, head.time, self._clock()
        self._keys = _keys(self._credential, head.engine)
        return Heard(head.message_id, opened(sealed, Keys()))

    def _synchronise(self, head: Header) -> None:
        """Follow the engine's clock, and refuse what is older than the window (RFC 3414 3.2.7b)."""
        expected = self._time + int(self._clock() - self._at)
        newer = (head.boots, head.time) > (self._boots, self._time)
        if self._synced and (head.boots < self._boots or (not newer and head.time < expected - _WINDOW_S)):
            raise Undecodable("An answer is older than the engine's time allows.")
        if newer or not self._synced:
            self._boots, self._time, self._at, self._synced = head.boots, head.time, self._clock(), True


def vlan_context(vlan: int) -> bytes:
    """The SNMPv3 context in which a Catalyst keeps one VLAN's bridge."""
    return b"vlan-%d" % vlan


def _keys(credential: Credential, engine: bytes) -> Keys:
    if credential.auth_passphrase is None:
        return Keys()
    protocol = credential.auth_protocol
    auth = localise(protocol, credential.auth_passphrase.get_secret_value(), engine)
    secret = credential.priv_passphrase
    return Keys(protocol, auth, localise(protocol, secret.get_secret_value(), engine)[:16] if secret else b"")


def _report(message_id: int, pdu: Pdu, authentic: bool) -> Heard:
    oid = pdu.bindings[0][0] if pdu.bindings else ()
    number = oid[len(_STATISTICS)] if oid[: len(_STATISTICS)] == _STATISTICS and len(oid) > len(_STATISTICS) else 0
    if number == _NOT_IN_TIME:
        if not authentic:
            raise Undecodable("A report about time is not authenticated.")
        return Heard(message_id, resend=True)
    unknown = oid[: len(_UNKNOWN_CONTEXTS)] == _UNKNOWN_CONTEXTS
    otherwise = UNKNOWN_CONTEXT if unknown else "the device refused the message"
    return Heard(message_id, failure=Failure(Outcome.REFUSED, _REFUSALS.get(number, otherwise)))
