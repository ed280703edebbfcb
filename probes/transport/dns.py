"""Questions to a named DNS resolver, and names to addresses through the host's own resolver with a deadline."""

import asyncio
import socket
import threading
from dataclasses import dataclass
from ipaddress import ip_address

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from probes.transport.guard import Guard
from probes.transport.tcp import opened

RESOLVE_S = 3.0


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """A resolver's answer. `rcode` is its name (NOERROR, NXDOMAIN, ...), "" when none came in time."""

    rcode: str = ""
    recursion: bool = False
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


async def ask_resolver(
    guard: Guard, resolver: str, name: str, *, kind: str = "A", port: int = 53, wall_s: float = 3.0
) -> DnsAnswer:
    """Ask one resolver one recursive question, once more after a third of `wall_s`; over TCP when it was cut short.

    An empty answer means silence. Raises OutOfScope, and OSError when the host refuses the port.
    """
    query = dns.message.make_query(name, kind)
    try:
        async with asyncio.timeout(wall_s):
            reply = await _over_udp(guard, resolver, port, query, wall_s / 3)
            if reply.flags & dns.flags.TC:
                reply = await _over_tcp(guard, resolver, port, query)
    except TimeoutError:
        return DnsAnswer()
    return _read(reply)


class _Replies(asyncio.DatagramProtocol):
    """Hands on the first datagram that answers the query; forged, late and broken ones are dropped."""

    def __init__(self, query: dns.message.Message) -> None:
        self._query = query
        self.reply: asyncio.Future[dns.message.Message] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        try:
            message = dns.message.from_wire(data, ignore_trailing=True)
        except (dns.exception.DNSException, ValueError, IndexError):
            return
        if self._query.is_response(message) and not self.reply.done():
            self.reply.set_result(message)

    def error_received(self, exc: Exception) -> None:
        if not self.reply.done():
            self.reply.set_exception(exc)


async def _over_udp(
    guard: Guard, resolver: str, port: int, query: dns.message.Message, again_s: float
) -> dns.message.Message:
    guard.permit(resolver, port)
    loop = asyncio.get_running_loop()
    # A connected socket: the kernel drops what comes from any other address.
    transport, replies = await loop.create_datagram_endpoint(lambda: _Replies(query), remote_addr=(resolver, port))
    try:
        while True:
            await guard.pace(resolver)
            transport.sendto(query.to_wire())
            done, _ = await asyncio.wait({replies.reply}, timeout=again_s)
            if done:
                return replies.reply.result()
    finally:
        transport.close()
        replies.reply.cancel()


async def _over_tcp(guard: Guard, resolver: str, port: int, query: dns.message.Message) -> dns.message.Message:
    wire = query.to_wire()
    async with opened(guard, resolver, port) as line:
        await line.send(len(wire).to_bytes(2, "big") + wire)
        size = int.from_bytes(await line.exactly(2), "big")
        return dns.message.from_wire(await line.exactly(size), ignore_trailing=True)


def _read(reply: dns.message.Message) -> DnsAnswer:
    addresses: list[str] = []
    aliases: list[str] = []
    for records in reply.answer[:40]:
        if records.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA):
            addresses += [str(record) for record in list(records)[:40]]
        elif records.rdtype == dns.rdatatype.CNAME:
            aliases += [str(record).rstrip(".").lower() for record in records]
    return DnsAnswer(
        dns.rcode.to_text(reply.rcode()), bool(reply.flags & dns.flags.RA), tuple(addresses), tuple(aliases)
    )


async def resolve(host: str, wall_s: float = RESOLVE_S) -> tuple[str, ...]:
    """The addresses of a host by the machine's own resolver; an address comes back as it is; () after `wall_s`.

    The look-up runs in a daemon thread: a dead DNS server holds neither the night nor its end.
    """
    try:
        return (str(ip_address(host)),)
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    found: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def settle(addresses: tuple[str, ...]) -> None:
        if not found.done():
            found.set_result(addresses)

    def look_up() -> None:
        addresses = _system_addresses(host)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, addresses)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        async with asyncio.timeout(wall_s):
            return await found
    except TimeoutError:
        return ()


def _system_addresses(host: str) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
