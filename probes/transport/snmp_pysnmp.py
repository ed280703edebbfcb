"""The same exchange through pysnmp: for DES, AES-192 and AES-256, and as the judge of our own codec in tests."""

import asyncio
import importlib
import warnings
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from probes.transport.guard import Guard
from probes.transport.snmp_ber import Binding, Kind
from probes.transport.snmp_credentials import Credential, SnmpBudget
from probes.transport.snmp_exchange import Answer, Patience, Request, udp_exchange
from probes.transport.snmp_speakers import Failure, vlan_context
from probes.vocabulary import Outcome

_AUTH = {
    "MD5": "USM_AUTH_HMAC96_MD5", "SHA": "USM_AUTH_HMAC96_SHA", "SHA-224": "USM_AUTH_HMAC128_SHA224",
    "SHA-256": "USM_AUTH_HMAC192_SHA256", "SHA-384": "USM_AUTH_HMAC256_SHA384", "SHA-512": "USM_AUTH_HMAC384_SHA512",
}  # fmt: skip
# For AES-192 and AES-256 most makers extend the key as Cisco does (Reeder); net-snmp as the draft says (Blumenthal).
_PRIV = {
    "DES": "USM_PRIV_CBC56_DES", "AES-128": "USM_PRIV_CFB128_AES", "AES-192": "USM_PRIV_CFB192_AES",
    "AES-256": "USM_PRIV_CFB256_AES",
}  # fmt: skip
_TAGS = {
    "Integer32": "2", "Integer": "2", "OctetString": "4x", "Null": "5", "ObjectIdentifier": "6", "IpAddress": "64",
    "Counter32": "65", "Gauge32": "66", "Unsigned32": "66", "TimeTicks": "67", "Opaque": "68x", "Counter64": "70",
    "NoSuchObject": "128", "NoSuchInstance": "129", "EndOfMibView": "130", "ObjectIdentity": "6", "Bits": "4x",
}  # fmt: skip
_REFUSALS = ("UnknownUserName", "WrongDigest", "UnsupportedSecurityLevel", "DecryptionError", "UnknownEngineID")


class _Shared:
    """pysnmp's engine, one for all devices of one credential and event loop; the last to leave closes it.

    An engine cannot hold two users of one name before it has discovered their engines, hence one a credential.
    """

    def __init__(self) -> None:
        self.api = _module("pysnmp.hlapi.v3arch.asyncio")
        self.commands = _module("pysnmp.entity.rfc3413.cmdgen")
        self.engine = self.api.SnmpEngine()
        self.settings = _module("pysnmp.hlapi.v3arch.asyncio.lcd").CommandGeneratorLcdConfigurator()
        self.users = 0

    def generator(self, kind: Kind) -> Any:
        """pysnmp's own sender of this kind of question."""
        names = {Kind.GET: "GetCommandGenerator", Kind.NEXT: "NextCommandGenerator", Kind.BULK: "BulkCommandGenerator"}
        return getattr(self.commands, names[kind])()


_SHARED: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Credential, _Shared]] = WeakKeyDictionary()


def _module(name: str) -> Any:
    """A part of pysnmp, loaded when it is first wanted: it costs 20 MiB and warns where pysmi is installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)


class PysnmpExchange:
    """Asks one device through pysnmp; repeats, budget and the discovery of the engine stay ours."""

    def __init__(
        self,
        guard: Guard,
        ip: str,
        port: int,
        credential: Credential,
        budget: SnmpBudget,
        clock: Callable[[], float],
        expected_engine: str | None = None,
    ) -> None:
        self._guard, self._ip, self._port, self._credential = guard, ip, port, credential
        self._budget, self._clock, self._patience = budget, clock, Patience(budget)
        self._deadline = clock() + budget.max_seconds
        self._discovery = udp_exchange(guard, ip, port, credential, budget, clock, expected_engine)
        self._received = 0
        self._shared: _Shared | None = None

    @property
    def engine_id(self) -> str:
        return self._discovery.engine_id

    async def open(self) -> Failure | None:
        """Discover the engine with our own codec first, so that pysnmp never meets one that is not expected."""
        failure = await self._discovery.open()
        await self._discovery.close()
        if failure:
            return failure
        engines = _SHARED.setdefault(asyncio.get_running_loop(), {})
        if self._credential not in engines:
            engines[self._credential] = _Shared()
        self._shared = engines[self._credential]
        self._shared.users += 1
        return None

    def _authentication(self, api: Any, vlan: int | None) -> Any:
        credential = self._credential
        if credential.version != "v3":
            community = credential.community.get_secret_value() if credential.community else ""
            index = f"{credential.name}@{self._ip}"
            if vlan is not None:
                community, index = f"{community.partition('@')[0]}@{vlan}", f"{index}@{vlan}"
            return api.CommunityData(index, community, mpModel=0 if credential.version == "v1" else 1)
        auth, priv = credential.auth_passphrase, credential.priv_passphrase
        return api.UsmUserData(
            credential.user,
            auth.get_secret_value() if auth else None,
            priv.get_secret_value() if priv else None,
            authProtocol=getattr(api, _AUTH[credential.auth_protocol]) if auth else api.USM_AUTH_NONE,
            privProtocol=getattr(api, _PRIV[credential.priv_protocol]) if priv else api.USM_PRIV_NONE,
        )

    async def ask(self, request: Request) -> Answer | Failure:
        for wait in self._patience.waits(self._guard.is_fragile(self._ip), request.doubtful):
            # pysnmp's first question is three datagrams: discovery, time and the question itself.
            await self._guard.pace(self._ip, 1 if self._patience.answered else 3)
            left = self._deadline - self._clock()
            if left <= 0:
                break
            began = self._clock()
            answer = await self._try(request, min(wait, left))
            if answer is not None:
                if isinstance(answer, Answer):
                    self._patience.learn(self._clock() - began)
                    self._guard.bind(self._ip)
                return answer
        return Failure(Outcome.TIMED_OUT, f"No answer from UDP port {self._port}.")

    async def _try(self, request: Request, wait: float) -> Answer | Failure | None:
        """One sending; None when nothing came. pyasn1 raises anything on hostile octets, so anything is caught."""
        assert self._shared is not None
        api = self._shared.api
        try:
            target = await api.UdpTransportTarget.create(
                (self._ip, self._port), timeout=max(0.1, round(wait, 1)), retries=0
            )
            error, status, index, bindings = await self._command(self._shared, target, request)
        except Exception as error_:
            return Failure(Outcome.GARBLED, f"pysnmp could not read an answer: {type(error_).__name__}.")
        if error is not None:
            return _indicated(error)
        try:
            answer = Answer(int(status), int(index), tuple(_binding(name, value) for name, value in bindings))
        except Exception as error_:
            return Failure(Outcome.GARBLED, f"pysnmp could not read a value: {type(error_).__name__}.")
        self._received += sum(len(value) // 2 + len(oid) for oid, _, value in answer.bindings)
        if self._received > self._budget.max_bytes:
            return Failure(Outcome.PARTIAL, f"More than {self._budget.max_bytes} octets came; the rest was left.")
        return answer

    async def _command(self, shared: _Shared, target: Any, request: Request) -> Any:
        """Below pysnmp's commands, which look every OID up in MIBs: plain OIDs out, plain values back."""
        context = self._credential.context.encode()
        if self._credential.version == "v3" and request.vlan is not None:
            context = vlan_context(request.vlan)
        auth = self._authentication(shared.api, request.vlan)
        address, _ = shared.settings.configure(shared.engine, auth, target, context)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def answered(_engine: Any, _handle: Any, error: Any, status: Any, index: Any, bindings: Any, _: Any) -> None:
            if not future.done():
                future.set_result((error, status, index, bindings))

        limits = (0, request.repetitions) if request.kind == Kind.BULK else ()
        objects = [(shared.api.ObjectIdentifier(oid), shared.api.Null("")) for oid in request.oids]
        shared.generator(request.kind).send_varbinds(
            shared.engine, address, None, context, *limits, objects, answered, None
        )
        return await future

    async def close(self) -> None:
        if self._shared is None:
            return
        self._shared.users -= 1
        if self._shared.users == 0:
            self._shared.engine.close_dispatcher()
            _SHARED[asyncio.get_running_loop()].pop(self._credential, None)
            await asyncio.sleep(0)
        self._shared = None


def _indicated(error: Any) -> Failure | None:
    name = type(error).__name__
    if name == "RequestTimedOut":
        return None
    outcome = Outcome.REFUSED if name in _REFUSALS else Outcome.GARBLED
    return Failure(outcome, f"pysnmp reports: {error}.")


def _binding(name: Any, value: Any) -> Binding:
    kind = type(value).__name__
    tag = _TAGS.get(kind) or next(_TAGS[c.__name__] for c in type(value).__mro__ if c.__name__ in _TAGS)
    return tuple(int(arc) for arc in tuple(name)), tag, _text(tag, value)


def _text(tag: str, value: Any) -> str:
    if tag.endswith("x"):
        return bytes(value).hex()
    if tag == "64":
        return ".".join(map(str, bytes(value)))
    if tag == "6":
        return ".".join(map(str, tuple(value)))
    return "" if tag in ("5", "128", "129", "130") else str(int(value))
