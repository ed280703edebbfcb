"""Fills a line with HTTP streams to an endpoint that a person named, and times connections meanwhile.

The rate is payload over TCP after the streams have warmed up; uploads count what the other end has acknowledged.
"""

import asyncio
import contextlib
import fcntl
import socket
import struct
import termios
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

import psutil

from probes.errors import Undecodable
from probes.transport.guard import Guard
from probes.transport.tcp import any_tls

STREAMS = 4
BYTE_CAP = 500_000_000
_BUFFER = 256 * 1024
_CONNECT_S = 3.0
_LOST_S = 0.95  # The kernel sends a lost SYN again after 1 s: an answer later than this is to the second one.


@dataclass(frozen=True, slots=True)
class Server:
    """An HTTP endpoint that serves GET /down?bytes=N and takes POST /up."""

    ip: str
    port: int
    host: str
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """How many payload bytes passed in how many seconds, once warm. `moved` counts all of them."""

    count: int
    seconds: float
    moved: int

    @property
    def mbps(self) -> float | None:
        """The rate in Mbit/s, or None when there was nothing to measure."""
        return round(self.count * 8 / self.seconds / 1e6, 2) if self.seconds > 0 and self.count > 0 else None


class _Down(asyncio.BufferedProtocol):
    """One download: counts, and keeps nothing."""

    def __init__(self, server: Server, count: int) -> None:
        self.moved = 0
        self.problem = ""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._request = _head(server, f"GET /down?bytes={count}")
        self._count = count
        self._buffer = memoryview(bytearray(_BUFFER))
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self.moved == 0 and bytes(self._buffer[9:12]) != b"200":
            self.problem = _status(bytes(self._buffer[:64]))
        self.moved += nbytes
        if self.moved >= self._count and not self.ended.done():
            self.ended.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


class _Up(asyncio.Protocol):
    """One upload: writes whenever the socket has room, and counts what was acknowledged."""

    def __init__(self, server: Server, count: int) -> None:
        self.problem = ""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._request = _head(
            server, "POST /up", f"Content-Length: {count}\r\nContent-Type: application/octet-stream\r\n"
        )
        self._left = count
        self._written = 0
        self._paused = False
        self._chunk = bytes(64 * 1024)
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(high=_BUFFER)
        transport.write(self._request)
        self._fill()

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._fill()

    def _fill(self) -> None:
        while self.transport and not self._paused and self._left > 0 and not self.transport.is_closing():
            part = self._chunk[: self._left]
            self._left -= len(part)
            self._written += len(part)
            self.transport.write(part)

    @property
    def moved(self) -> int:
        """Payload bytes that the other end has acknowledged."""
        if self.transport is None:
            return 0
        waiting = self.transport.get_write_buffer_size() + _unacknowledged(self.transport)
        return max(0, self._written - waiting)

    def data_received(self, data: bytes) -> None:
        if data[9:10] != b"2":
            self.problem = _status(data[:64])
        if self.transport is not None:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


def _unacknowledged(transport: asyncio.Transport) -> int:
    inner: socket.socket | None = transport.get_extra_info("socket")
    if inner is None or inner.fileno() < 0:
        return 0
    with contextlib.suppress(OSError):
        return int(struct.unpack("i", fcntl.ioctl(inner.fileno(), termios.TIOCOUTQ, b"\0\0\0\0"))[0])
    return 0


def _head(server: Server, line: str, more: str = "") -> bytes:
    name = f"[{server.host}]" if ":" in server.host else server.host
    head = f"{line} HTTP/1.1\r\nHost: {name}:{server.port}\r\nUser-Agent: Caretaker\r\n{more}Connection: close\r\n\r\n"
    return head.encode()


def _status(head: bytes) -> str:
    words = head.split(b"\r")[0].decode("latin-1").split()
    status = words[1] if len(words) > 1 and words[1].isdigit() else "something that is not HTTP"
    return f"The endpoint answered with {status}."


async def download(guard: Guard, server: Server, seconds: float, cap: int = BYTE_CAP) -> Transfer:
    """Download over several streams for at most `seconds` and about `cap` bytes.

    Raises OutOfScope, OSError, TimeoutError, or Undecodable when the endpoint refuses.
    """
    return await _transfer(guard, server, seconds, cap, _Down)


async def upload(guard: Guard, server: Server, seconds: float, cap: int = BYTE_CAP) -> Transfer:
    """Upload over several streams for at most `seconds` and about `cap` bytes. Raises as `download` does."""
    return await _transfer(guard, server, seconds, cap, _Up)


async def _transfer(guard: Guard, server: Server, seconds: float, cap: int, kind: type[_Down] | type[_Up]) -> Transfer:
    guard.permit(server.ip, server.port)
    streams: list[_Down | _Up] = []
    loop = asyncio.get_running_loop()
    # The first connection is waited for on its own, so that a dead endpoint is told from a slow line.
    async with asyncio.timeout(_CONNECT_S):
        first = await _open(server, kind(server, cap // STREAMS))
    started = loop.time()
    others = [asyncio.create_task(_stream(server, kind, cap // STREAMS, streams)) for _ in range(STREAMS - 1)]
    others.append(asyncio.create_task(_keep(server, kind, cap // STREAMS, streams, first)))
    samples = [(started, 0)]
    try:
        while (now := loop.time()) - started < seconds and samples[-1][1] < cap and not all(t.done() for t in others):
            await asyncio.sleep(min(0.1, max(0.01, seconds - (now - started))))
            samples.append((loop.time(), sum(stream.moved for stream in streams)))
    finally:
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
    problem = next((stream.problem for stream in streams if stream.problem), "")
    if problem:
        raise Undecodable(problem)
    return warm_rate(samples)


async def _open(server: Server, protocol: _Down | _Up) -> tuple[asyncio.Transport, _Down | _Up]:
    loop = asyncio.get_running_loop()
    tls = any_tls() if server.tls else None
    try:
        transport, _ = await loop.create_connection(lambda: protocol, server.ip, server.port, ssl=tls)
    except BaseException:
        # Ended while it connected: asyncio closes such a connection only once all that was written is sent.
        if protocol.transport is not None:
            protocol.transport.abort()
        raise
    return transport, protocol


async def _stream(server: Server, kind: type[_Down] | type[_Up], count: int, streams: list[_Down | _Up]) -> None:
    await _keep(server, kind, count, streams, await _open(server, kind(server, count)))


async def _keep(
    server: Server,
    kind: type[_Down] | type[_Up],
    count: int,
    streams: list[_Down | _Up],
    opened: tuple[asyncio.Transport, _Down | _Up],
) -> None:
    """Let one stream run, and another after it when the endpoint ended it early, until the task is cancelled."""
    while True:
        transport, protocol = opened
        streams.append(protocol)
        try:
            await protocol.ended
        finally:
            transport.abort()
        if protocol.problem or protocol.moved == 0:
            return
        opened = await _open(server, kind(server, count))


def warm_rate(samples: Sequence[tuple[float, int]]) -> Transfer:
    """The transfer without its first fifth (0.4 s at least), where TCP is still finding the line's speed."""
    (start, _), (end, total) = samples[0], samples[-1]
    warm_at = start + max(0.4, (end - start) / 5)
    warm = next(((at, moved) for at, moved in samples if at >= warm_at), samples[0])
    if warm[0] >= end or total <= warm[1]:
        warm = samples[0]
    return Transfer(total - warm[1], end - warm[0], total)


async def handshake_ms(guard: Guard, ip: str, port: int) -> float | None:
    """The time of one TCP handshake in ms, None when it was lost. Raises OSError when the port is closed."""
    guard.permit(ip, port)
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        began = loop.time()
        try:
            async with asyncio.timeout(_LOST_S):
                await loop.sock_connect(probe, (ip, port))
        except TimeoutError:
            return None
        return round((loop.time() - began) * 1000, 3)


async def handshakes(guard: Guard, ip: str, port: int, count: int, gap_s: float) -> list[float | None]:
    """Times of `count` handshakes, one every `gap_s` seconds. Raises OSError when the port is closed."""
    tasks: list[asyncio.Task[float | None]] = []
    for _ in range(count):
        tasks.append(asyncio.create_task(handshake_ms(guard, ip, port)))
        await asyncio.sleep(gap_s)
    return list(await asyncio.gather(*tasks))


async def during(guard: Guard, ip: str, port: int, work: Awaitable[Transfer]) -> tuple[Transfer, list[float | None]]:
    """The transfer, and the handshake times while it ran."""
    times: list[float | None] = []

    async def time_on() -> None:
        await asyncio.sleep(0.5)
        while True:
            with contextlib.suppress(OSError):
                times.append(await handshake_ms(guard, ip, port))
            await asyncio.sleep(0.2)

    timing = asyncio.create_task(time_on())
    try:
        return await work, times
    finally:
        timing.cancel()
        await asyncio.gather(timing, return_exceptions=True)


def nic_towards(ip: str) -> tuple[str, int | None]:
    """The agent's own interface towards an address and its speed in Mbit/s, None when the kernel does not say."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        # Connecting a UDP socket asks the routing table and sends nothing.
        probe.connect((ip, 9))
        own = probe.getsockname()[0]
        for name, addresses in psutil.net_if_addrs().items():
            if any(address.address.split("%")[0] == own for address in addresses):
                stats = psutil.net_if_stats().get(name)
                return name, (stats.speed or None) if stats else None
    return "", None
