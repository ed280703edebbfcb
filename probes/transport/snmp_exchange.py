"""One question and its answer over a connected UDP socket: paced, repeated, bounded, deaf to what fits nothing."""

import asyncio
import functools
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, cast

from probes.errors import Undecodable
from probes.transport.guard import Guard
from probes.transport.snmp_ber import Binding, Kind, Oid, Pdu
from probes.transport.snmp_credentials import Credential, SnmpBudget
from probes.transport.snmp_speakers import CommunitySpeaker, Failure, Heard, Speaker, UsmSpeaker
from probes.vocabulary import Outcome

_SHORTEST_TIMEOUT, _MOST_RESENDS = 0.25, 2
_IDS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Request:
    """One GET, GETNEXT or GETBULK, in the context of a VLAN if one is named.

    A `doubtful` one may be a question that the device never answers: it is repeated as seldom as to a silent device.
    """

    kind: Kind
    oids: tuple[Oid, ...]
    repetitions: int = 0
    vlan: int | None = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device answered: error status and index (RFC 3416 3), and bindings."""

    status: int
    index: int
    bindings: tuple[Binding, ...]


class Exchange(Protocol):
    """One device that can be asked; a failure is a value."""

    @property
    def engine_id(self) -> str: ...
    async def open(self) -> Failure | None: ...
    async def ask(self, request: Request) -> Answer | Failure: ...
    async def close(self) -> None: ...


class Patience:
    """How long to wait for a device: from its own round trips (RFC 6298), doubling, within the budget."""

    def __init__(self, budget: SnmpBudget) -> None:
        self._budget = budget
        self._mean: float | None = None
        self._spread, self._backed_off = 0.0, 0.0
        self.answered = False

    def back_off(self, first: float, seconds: float) -> None:
        """An answer came `seconds` after a question was repeated, which was first waited for so long.

        When that is the device's known round trip, a packet was lost and nothing is learned. Otherwise the first wait
        is doubled until a round trip is sure again: a slow device is soon asked once only.
        """
        self.answered = True
        if self._mean is None or not seconds <= self._mean + 4 * self._spread:
            self._backed_off = max(self._backed_off, 2 * first)

    def learn(self, seconds: float) -> None:
        """Take in one round trip whose answer can only belong to its first sending."""
        self.answered, self._backed_off = True, 0.0
        if self._mean is None:
            self._mean, self._spread = seconds, seconds / 2
            return
        self._spread = 0.75 * self._spread + 0.25 * abs(seconds - self._mean)
        self._mean = 0.875 * self._mean + 0.125 * seconds

    def waits(self, fragile: bool = False, doubtful: bool = False) -> Iterator[float]:
        """Seconds to wait after each sending, in turn; a fragile device is sent one packet."""
        first = self._budget.first_timeout
        if self._mean is not None:
            first = max(_SHORTEST_TIMEOUT, 2 * self._mean, self._mean + 4 * self._spread)
        first = max(first, self._backed_off)
        again = self._budget.retries if self.answered and not doubtful else self._budget.silent_retries
        for n in range(1 if fragile else again + 1):
            yield min(first * 2**n, self._budget.longest_timeout)


class UdpExchange(asyncio.DatagramProtocol):
    """Asks one device with our own codec. Answers are matched by number; the socket lets no other address in."""

    def __init__(
        self, guard: Guard, ip: str, port: int, speaker: Speaker, budget: SnmpBudget, clock: Callable[[], float]
    ) -> None:
        self._guard, self._ip, self._port, self._speaker = guard, ip, port, speaker
        self._budget, self._clock, self._patience = budget, clock, Patience(budget)
        self._pending: dict[int, asyncio.Future[Heard]] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self._closed = asyncio.Event()
        self._dead: Failure | None = None
        self._received, self._garbled, self._sent = 0, "", 0.0
        self._deadline = clock() + budget.max_seconds

    @property
    def engine_id(self) -> str:
        return self._speaker.engine_id

    async def open(self) -> Failure | None:
        """Connect, and for v3 discover the engine; nothing secret is sent before that."""
        loop = asyncio.get_running_loop()
        try:
            await loop.create_datagram_endpoint(lambda: self, remote_addr=(self._ip, self._port))
        except OSError as error:
            return Failure(Outcome.REFUSED, f"No socket to {self._ip}: {error.strerror or error}.")
        request_id = _number()
        if self._speaker.hello(request_id) is None:
            return None
        heard = await self._converse(request_id, lambda: self._speaker.hello(request_id) or b"")
        return heard.failure

    async def ask(self, request: Request) -> Answer | Failure:
        bulk = request.kind == Kind.BULK
        bindings = tuple((oid, "5", "") for oid in request.oids)
        pdu = Pdu(request.kind, _number(), 0, request.repetitions if bulk else 0, bindings)
        say = functools.partial(self._speaker.say, pdu, request.vlan)
        heard = await self._converse(pdu.request_id, say, request.doubtful)
        if heard.pdu is None:
            return heard.failure or Failure(Outcome.GARBLED, "The device kept asking for another time.")
        self._guard.bind(self._ip)
        return Answer(heard.pdu.status, heard.pdu.index, heard.pdu.bindings)

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            await self._closed.wait()

    async def _converse(self, request_id: int, datagram: Callable[[], bytes], doubtful: bool = False) -> Heard:
        """Send until something fits, as often as the patience and the budget allow."""
        self._garbled = ""
        fragile = self._guard.is_fragile(self._ip)
        resends = 0
        waits = tuple(self._patience.waits(fragile, doubtful))
        for attempt, wait in enumerate(waits):
            heard = await self._try(request_id, datagram, wait, first=attempt == 0)
            while heard is not None and heard.resend and resends < _MOST_RESENDS:
                resends += 1
                heard = await self._try(request_id, datagram, wait, first=False)
            if heard is not None:
                if attempt and heard.failure is None:
                    self._patience.back_off(waits[0], self._clock() - self._sent)
                return heard
        return Heard(request_id, failure=self._silence())

    async def _try(self, request_id: int, datagram: Callable[[], bytes], wait: float, first: bool) -> Heard | None:
        await self._guard.pace(self._ip)
        left = self._deadline - self._clock()
        if self._dead or left <= 0 or self._transport is None:
            spent = Failure(Outcome.TIMED_OUT, f"The {self._budget.max_seconds:g} s allowed for this device are spent.")
            return Heard(request_id, failure=self._dead or spent)
        future: asyncio.Future[Heard] = asyncio.get_running_loop().create_future()
        self._pending[request_id] = future
        began = self._sent = self._clock()
        try:
            self._transport.sendto(datagram())
            await asyncio.wait({future}, timeout=min(wait, left))
        finally:
            self._pending.pop(request_id, None)
        if not future.done():
            return None
        if first and future.result().failure is None:
            self._patience.learn(self._clock() - began)
        return future.result()

    def _silence(self) -> Failure:
        if self._garbled:
            return Failure(Outcome.GARBLED, self._garbled)
        return Failure(Outcome.TIMED_OUT, f"No answer from UDP port {self._port}.")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Python 3.11's own datagram transports are not subclasses of DatagramTransport.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed.set()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._received += len(data)
        if self._received > self._budget.max_bytes:
            self._end(Failure(Outcome.PARTIAL, f"More than {self._budget.max_bytes} octets came; the rest was left."))
            return
        try:
            heard = self._speaker.hear(data)
        except Undecodable as error:
            self._garbled = str(error)
            return
        future = self._pending.get(heard.request_id)
        if future is not None and not future.done():
            future.set_result(heard)

    def error_received(self, exc: Exception) -> None:
        """A refused port ends a device that never answered at once; from one that did, it is a lost packet."""
        if not self._patience.answered:
            refused = isinstance(exc, ConnectionRefusedError)
            said = f"Nothing listens on UDP port {self._port}." if refused else f"It cannot be reached: {exc}."
            self._end(Failure(Outcome.REFUSED if refused else Outcome.TIMED_OUT, said))

    def _end(self, failure: Failure) -> None:
        self._dead = self._dead or failure
        for request_id, future in self._pending.items():
            if not future.done():
                future.set_result(Heard(request_id, failure=failure))


def udp_exchange(
    guard: Guard,
    ip: str,
    port: int,
    credential: Credential,
    budget: SnmpBudget,
    clock: Callable[[], float],
    expected_engine: str | None = None,
) -> UdpExchange:
    """An exchange in our own codec for this credential; salts and numbers come from the system's random source."""
    usm = credential.version == "v3"
    salt = functools.partial(secrets.token_bytes, 8)
    speaker = UsmSpeaker(credential, clock, salt, expected_engine) if usm else CommunitySpeaker(credential)
    return UdpExchange(guard, ip, port, speaker, budget, clock)


def _number() -> int:
    return secrets.randbelow(_IDS) + 1
