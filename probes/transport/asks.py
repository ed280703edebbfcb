"""Questions to groups and hosts over plain UDP, which need no privilege: mDNS, SSDP and NetBIOS.

Questions to the link's own groups (224.0.0.251, 239.255.255.250) never leave the wire; a question to one host goes
through the guard.
"""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from ipaddress import IPv4Address

from probes.errors import Undecodable
from probes.transport.guard import Guard
from probes.vocabulary import Json, Outcome, Recording
from probes.wire import dns_message as dns
from probes.wire import mdns, netbios

Clock = Callable[[], datetime]
Address = tuple[str, int]
MDNS, SSDP = ("224.0.0.251", 5353), ("239.255.255.250", 1900)
_NETBIOS_PORT, _MOST_PACKETS, _MOST_OF_ONE, _LARGEST = 137, 4000, 250, 9000
_SO_BINDTODEVICE = 25
_QUESTIONS_A_PACKET, _BETWEEN_PACKETS = 12, 0.1
# 3.4 s, 3 s and 5.3 s at the most. What hosts beyond these are called, they say themselves when they offer a service.
MOST_REVERSE, _MOST_TYPES, _MOST_INSTANCES = 256, 128, 256
_LAST_ANSWERS = 1.0  # RFC 6762, 6: an answer comes within half a second
# Services that schools have and that not every device lists when it is asked for its types.
_TYPES = (
    "_ipp", "_ipps", "_printer", "_pdl-datastream", "_http", "_airplay", "_raop", "_googlecast", "_smb", "_device-info",
    "_workstation", "_uscan", "_axis-video", "_ssh", "_hap", "_companion-link",
)  # fmt: skip
_SEARCH = 'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 2\r\nST: {}\r\n\r\n'


class _Inbox(asyncio.DatagramProtocol):
    """Keeps each distinct datagram with its sender, within bounds."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, bytes], None] = {}
        self.refused = 0
        self._of: Counter[str] = Counter()

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        key = (str(addr[0]), data[:_LARGEST])
        if key not in self.found:
            self._of[key[0]] += 1
            if len(self.found) < _MOST_PACKETS and self._of[key[0]] <= _MOST_OF_ONE:
                self.found[key] = None
            else:
                self.refused += 1

    def answers(self) -> tuple[Json, ...]:
        """Each as `[address, datagram as hex]`."""
        return tuple([ip, data.hex()] for ip, data in self.found)

    def error_received(self, exc: Exception) -> None:
        """A port that is closed answers with an ICMP error, which is no answer to any of these questions."""


async def mdns_ask(
    guard: Guard, interface: str, vantage: str, now: Clock, hosts: Sequence[str] = (), seconds: float = 3
) -> Recording:
    """ "mdns.ask": service types, then instances, then where they run; and the names of `hosts` by their addresses.

    Answers `[address, datagram as hex]`. Each of three steps takes `seconds`, or longer where much is asked: 12 s
    in all at the most. All questions go to the group. Of more than 256 hosts none is asked for by its address.
    """
    return await _asked("mdns.ask", interface, vantage, now, lambda: _mdns(guard, interface, hosts, seconds))


async def _mdns(guard: Guard, interface: str, hosts: Sequence[str], seconds: float) -> _Inbox:
    inbox, transport = await _open(interface, port=MDNS[1], group=MDNS[0])
    try:
        common = ["_services._dns-sd._udp.local", *(f"{name}._tcp.local" for name in _TYPES)]
        await _step(transport, [(name, dns.PTR) for name in (*common, *_reverse(guard, hosts))], seconds)
        types = list(dict.fromkeys(name for _, data in inbox.found for name in _types_in(data)))[:_MOST_TYPES]
        await _step(transport, [(name, dns.PTR) for name in types], seconds)
        instances = list(mdns.open_instances(data for _, data in inbox.found))[:_MOST_INSTANCES]
        if instances:
            await _step(transport, [(name, kind) for name in instances for kind in (dns.SRV, dns.TXT)], seconds)
    finally:
        transport.close()
    return inbox


def _reverse(guard: Guard, hosts: Sequence[str]) -> list[str]:
    """The names to ask for hosts by their addresses; none where there are too many of them."""
    permitted = [ip for ip in hosts if ":" not in ip and guard.permits(ip)]
    return [IPv4Address(ip).reverse_pointer for ip in permitted] if len(permitted) <= MOST_REVERSE else []


async def _step(transport: asyncio.DatagramTransport, questions: list[tuple[str, int]], seconds: float) -> None:
    """Ask these and take answers for `seconds` in all, and a second at least after the last question."""
    began = asyncio.get_running_loop().time()
    await _put(transport, questions)
    rest = began + seconds - asyncio.get_running_loop().time()
    await asyncio.sleep(max(rest, min(seconds, _LAST_ANSWERS)))


def _types_in(data: bytes) -> list[str]:
    try:
        return list(mdns.service_types(data))
    except Undecodable:
        return []


async def _put(transport: asyncio.DatagramTransport, questions: list[tuple[str, int]]) -> None:
    """Ask these in as few packets as fit, ten packets a second; a name no message can carry is left out."""
    for at in range(0, len(questions), _QUESTIONS_A_PACKET):
        askable = [question for question in questions[at : at + _QUESTIONS_A_PACKET] if dns.is_askable(question[0])]
        if askable:
            transport.sendto(dns.ask(askable), MDNS)
            await asyncio.sleep(_BETWEEN_PACKETS)


async def ssdp_ask(guard: Guard, interface: str, vantage: str, now: Clock, seconds: float = 4) -> Recording:
    """ "ssdp.ask": who answers an M-SEARCH for everything and for root devices, `[address, datagram as hex]`.

    The description that an answer points at (`SsdpDevice.location`) is for the caller to fetch, through the guard.
    """
    return await _asked("ssdp.ask", interface, vantage, now, lambda: _ssdp(interface, seconds))


async def _ssdp(interface: str, seconds: float) -> _Inbox:
    inbox, transport = await _open(interface)
    try:
        for _ in range(2):
            for target in ("ssdp:all", "upnp:rootdevice"):
                transport.sendto(_SEARCH.format(target).encode(), SSDP)
                await asyncio.sleep(_BETWEEN_PACKETS)
            await asyncio.sleep(seconds / 2)
    finally:
        transport.close()
    return inbox


async def netbios_ask(guard: Guard, ips: Iterable[str], vantage: str, now: Clock, seconds: float = 2) -> Recording:
    """ "netbios.ask": the names that live hosts in scope give in a node status, `[address, datagram as hex]`.

    One packet to each host, a second to the silent; a fragile host is not asked.
    """
    wanted = [ip for ip in dict.fromkeys(ips) if ":" not in ip and _may_ask(guard, ip)]
    target = wanted[0] if len(wanted) == 1 else f"{len(wanted)} hosts"
    return await _asked("netbios.ask", target, vantage, now, lambda: _netbios(guard, wanted, seconds))


def _may_ask(guard: Guard, ip: str) -> bool:
    return guard.permits(ip, _NETBIOS_PORT) and not guard.is_fragile(ip)


async def _netbios(guard: Guard, wanted: list[str], seconds: float) -> _Inbox:
    inbox, transport = await _open()
    try:
        for _ in range(2):
            answered = {ip for ip, _ in inbox.found}
            for ip in (ip for ip in wanted if ip not in answered):
                await guard.pace(ip)
                guard.permit(ip, _NETBIOS_PORT)
                transport.sendto(netbios.QUESTION, (ip, _NETBIOS_PORT))
            await asyncio.sleep(seconds)
    finally:
        transport.close()
    inbox.found = {key: None for key in inbox.found if key[0] in wanted}
    return inbox


async def _open(interface: str = "", port: int = 0, group: str = "") -> tuple[_Inbox, asyncio.DatagramTransport]:
    """A UDP socket, on one interface where one is named, in a group where one is named. Raises OSError."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        if interface:
            index = socket.if_nametoindex(interface)
            opened.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, interface.encode())
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("4s4si", b"", b"", index))
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255 if group else 2)
        if group:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            member = struct.pack("4s4si", socket.inet_aton(group), b"", index)
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        opened.setblocking(False)
        opened.bind(("", port))
        loop = asyncio.get_running_loop()
        transport, inbox = await loop.create_datagram_endpoint(_Inbox, sock=opened)
    except OSError:
        opened.close()
        raise
    return inbox, transport


async def _asked(probe: str, target: str, vantage: str, now: Clock, ask: Callable[[], Awaitable[_Inbox]]) -> Recording:
    """One Recording of what an ask brought, whatever happened."""
    started = now()
    outcome, reason = Outcome.COMPLETE, ""
    answers: tuple[Json, ...] = ()
    try:
        inbox = await ask()
        answers = inbox.answers()
        if inbox.refused:
            outcome, reason = Outcome.PARTIAL, f"{inbox.refused} answers more than are kept"
    except OSError as error:
        outcome, reason = Outcome.SKIPPED, f"{target}: {error.strerror or error}"
    return Recording(
        probe=probe,
        target=target,
        vantage=vantage,
        started=started,
        ended=now(),
        outcome=outcome,
        reason=reason,
        answers=answers,
    )
