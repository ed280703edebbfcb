"""Asks a TLS port which versions it takes, one ClientHello each, and for its certificate. No secret goes through."""

import asyncio
import os
from collections.abc import Callable

from probes.transport.guard import Guard
from probes.transport.tcp import any_tls, opened

_FLIGHT_LIMIT = 32 * 1024
_SILENCE_S = 3


async def first_flight(guard: Guard, ip: str, port: int, hello: bytes, enough: Callable[[bytes], bool]) -> bytes:
    """The server's first words to this ClientHello; b"" when it cut the connection.

    Raises TimeoutError when it kept silent for 3 s, OSError when there is no connection at all, and OutOfScope.
    """
    async with opened(guard, ip, port) as line:
        try:
            await line.send(hello)
            async with asyncio.timeout(_SILENCE_S):
                return await line.until(enough, _FLIGHT_LIMIT)
        except ConnectionError:
            return b""


async def handshake_certificate(guard: Guard, ip: str, port: int) -> bytes:
    """The certificate as DER from a whole handshake, since TLS 1.3 hides it before. b"" when there was none.

    Raises OSError, ssl.SSLError and OutOfScope.
    """
    async with opened(guard, ip, port, any_tls(), packets=10) as line:
        return line.certificate()


def nonce() -> bytes:
    """Fresh bytes for one ClientHello."""
    return os.urandom(64)
