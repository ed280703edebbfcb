"""TCP connections to permitted addresses, paced, read with a byte cap. Deadlines are the caller's `asyncio.timeout`."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from probes.transport.guard import Guard

# SYN, ACK, two small writes and their ACKs, FIN: what a short talk costs in packets to the host.
SHORT_TALK = 6


class Line:
    """One open connection. `packets` of the guard's pace are paid before each write."""

    def __init__(self, guard: Guard, ip: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._guard = guard
        self._ip = ip
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes, packets: int = 2) -> None:
        """Write `data`, after waiting for `packets` of pace. Raises ConnectionError."""
        await self._guard.pace(self._ip, packets)
        self._writer.write(data)
        await self._writer.drain()

    def certificate(self) -> bytes:
        """The other end's certificate as DER, or b"" without TLS."""
        inside: ssl.SSLObject | None = self._writer.get_extra_info("ssl_object")
        return (inside.getpeercert(binary_form=True) or b"") if inside else b""

    async def exactly(self, count: int) -> bytes:
        """Read `count` bytes. Raises asyncio.IncompleteReadError when the other end stops earlier."""
        return await self._reader.readexactly(count)

    async def more(self, limit: int) -> bytes:
        """Read what is there, at most `limit` bytes; b"" at the end."""
        return await self._reader.read(limit)

    async def until(self, enough: Callable[[bytes], bool], limit: int, quiet_s: float | None = None) -> bytes:
        """Read until `enough` says so, the end, `limit` bytes, or `quiet_s` seconds of silence."""
        data = b""
        while len(data) < limit and not enough(data):
            try:
                async with asyncio.timeout(quiet_s):
                    more = await self._reader.read(min(4096, limit - len(data)))
            except TimeoutError:
                break
            if not more:
                break
            data += more
        return data


@asynccontextmanager
async def opened(
    guard: Guard, ip: str, port: int, tls: ssl.SSLContext | None = None, packets: int = SHORT_TALK, name: str = ""
) -> AsyncIterator[Line]:
    """A connection to a permitted port, closed at the end without waiting for the other side.

    `name` is what the certificate must be for, where the context checks that; the address without it.

    Raises OutOfScope before anything is sent, then OSError (ssl.SSLError included).
    """
    guard.permit(ip, port)
    await guard.pace(ip, packets)
    reader, writer = await asyncio.open_connection(
        ip, port, ssl=tls, limit=64 * 1024, server_hostname=(name or ip) if tls else None
    )
    try:
        yield Line(guard, ip, reader, writer)
    finally:
        with contextlib.suppress(OSError, RuntimeError):
            writer.transport.abort()


def never(_data: bytes) -> bool:
    """For `Line.until`: read on until the end, the cap or silence."""
    return False


def any_tls() -> ssl.SSLContext:
    """A context that looks at whatever certificate there is. It proves nothing, so no secret may go through it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context
