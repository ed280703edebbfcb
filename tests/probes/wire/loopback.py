"""Servers on loopback for the probes' tests, a guard that permits loopback, and one way to run a probe."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any, TypeVar, cast

from probes.seen import Seen
from probes.transport.guard import Guard, Limits
from probes.vocabulary import Json, Outcome, Recording

T = TypeVar("T")
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
HOME = "127.0.0.1"


def guard(**limits: Any) -> Guard:
    """A guard that permits loopback, at rates that do not slow a test down unless it says so."""
    quick = {"scopes": ("127.0.0.0/8",), "per_host_pps": 5000, "total_pps": 5000}
    return Guard(Limits(**(quick | limits)), time.monotonic)


def now() -> datetime:
    return datetime.now(UTC)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a probe to its end; it must not leave anything behind in the loop."""
    return asyncio.run(work, debug=False)


@contextmanager
def serving(handler: Handler, tls: Any = None) -> Iterator[int]:
    """A TCP server on loopback in a thread of its own; yields its port."""
    ready = Event()
    ports: list[int] = []
    stops: list[Callable[[], object]] = []

    accepted: list[asyncio.Transport] = []

    async def serve() -> None:
        async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await handler(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                writer.transport.abort()

        class Accepted(asyncio.StreamReaderProtocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                accepted.append(cast(asyncio.Transport, transport))
                super().connection_made(transport)

        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        server = await loop.create_server(lambda: Accepted(asyncio.StreamReader(), quietly), HOME, 0, ssl=tls)
        ports.append(server.sockets[0].getsockname()[1])
        stops.append(lambda: loop.call_soon_threadsafe(stop.set))
        ready.set()
        await stop.wait()
        # asyncio loses a connection that it has accepted and not yet begun when its server closes.
        loop.remove_reader(server.sockets[0].fileno())
        await _turns()
        server.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for talk in left:
            talk.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        # The talk of one that was accepted at the last moment may never have begun, so it could not close it.
        for transport in accepted:
            transport.abort()
        await _turns()

    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(5)
    try:
        yield ports[0]
    finally:
        stops[0]()
        thread.join(5)


async def _turns() -> None:
    """Lets the event loop do what is due, however slow the machine: time alone may pass within one of its turns."""
    for _ in range(20):
        await asyncio.sleep(0.001)


def saying(*parts: bytes, after: bytes = b"", gap_s: float = 0) -> Handler:
    """A handler that waits for `after`, says each part, and closes."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if after:
            await reader.readuntil(after)
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(gap_s)
        await writer.drain()
        await asyncio.sleep(0.05)

    return handle


async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A handler that takes everything and never answers."""
    while await reader.read(4096):
        pass


def recording(probe: str, answers: Json, outcome: Outcome = Outcome.COMPLETE, target: str = HOME) -> Recording:
    """A stored recording of a probe."""
    return Recording(
        probe=probe, target=target, vantage="test", started=AT, ended=AT, outcome=outcome, answers=tuple(answers)
    )


def seen(recorded: Recording, decode: Callable[[Recording], Iterator[Seen]]) -> list[Seen]:
    """What a decode says of a recording after it went to disk and came back."""
    return list(decode(Recording.model_validate_json(recorded.model_dump_json())))


@contextmanager
def lasting(at_most_s: float) -> Iterator[None]:
    """Fails when the block takes longer."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    assert took < at_most_s, f"it took {took:.1f} s"
