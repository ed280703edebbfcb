"""The agent's side of the packet process: what is asked of a wire, and one Recording of what came back.

Nothing here raises on account of the network: a missing capability, a dead interface or a crashed process is a
Recording whose outcome and reason say so. BadInput is raised for a network that is too large, before any list is built.
"""

import asyncio
import secrets
import socket
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, ip_address, ip_network
from pathlib import Path

import psutil
from pydantic import ValidationError

from probes.errors import BadInput
from probes.oui import longest_prefix, prefixes
from probes.transport.asks import mdns_ask, netbios_ask, ssdp_ask
from probes.transport.guard import Guard, Limits
from probes.transport.packet_order import Bounds, Order, Subnet, order_line
from probes.vocabulary import Json, Noun, Outcome, Recording

__all__ = [
    "dhcp_discover", "icmp_sweep", "listen", "mdns_ask", "nd_sweep", "netbios_ask", "on_link", "oui_lookup", "ssdp_ask",
    "sweep",
]  # fmt: skip

Clock = Callable[[], datetime]
LARGEST = 2 ** (32 - 19)
_MOST_ADDRESSES = 4 * LARGEST
_LONGEST_LINE, _MOST_BYTES = 64 * 1024, 16 * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[2]


async def sweep(
    guard: Guard, interface: str, networks: Sequence[str], vantage: str, now: Clock, pps: float = 500, rounds: int = 3
) -> Recording:
    """ "arp.sweep": who answers ARP in the parts of `networks` that are on this interface's wire, `[address, MAC]`.

    One frame to each address in scope and round, `pps` a second at the most. Raises BadInput over a /19.
    """
    asked = _networks(networks)
    subnets = tuple(subnet for network in asked for subnet in _on_wire(interface, network))
    target = ", ".join(subnet.network for subnet in subnets) or ", ".join(networks)
    if not subnets:
        return _skipped("arp.sweep", target, vantage, now, f"none of it is on the wire of {interface}")
    hosts = sum(ip_network(subnet.network).num_addresses for subnet in subnets)
    order = Order(
        do="arp",
        limits=_bounds(guard.limits),
        interface=interface,
        subnets=subnets,
        pps=pps,
        rounds=rounds,
        deadline=_seconds(hosts, pps, rounds, guard.limits),
    )
    return await _record("arp.sweep", target, order, vantage, now)


async def icmp_sweep(
    guard: Guard, targets: Sequence[str], vantage: str, now: Clock, pps: float = 500, rounds: int = 2
) -> Recording:
    """ "icmp.sweep": who echoes in routed networks or among addresses, `[address, milliseconds]`. Raises BadInput."""
    networks = _networks(targets)
    hosts = sum(network.num_addresses for network in networks)
    order = Order(
        do="icmp",
        limits=_bounds(guard.limits),
        subnets=tuple(Subnet(network=str(network)) for network in networks),
        pps=pps,
        rounds=rounds,
        deadline=_seconds(hosts, pps, rounds, guard.limits),
        number=secrets.randbits(16),
    )
    return await _record("icmp.sweep", _listed(networks), order, vantage, now)


async def nd_sweep(
    guard: Guard, interface: str, vantage: str, now: Clock, heard: Sequence[str] = (), seconds: float = 3
) -> Recording:
    """ "nd.sweep": which link-local and unique local IPv6 neighbours answer, `[address, MAC, how]`.

    All nodes are asked for an echo; every address that answered, or is in `heard`, is solicited. No /64 is swept.
    """
    order = Order(
        do="nd",
        limits=_bounds(guard.limits),
        interface=interface,
        addresses=tuple(heard),
        seconds=seconds,
        deadline=seconds + 60,
        number=secrets.randbits(16),
    )
    return await _record("nd.sweep", interface, order, vantage, now)


async def listen(guard: Guard, interface: str, seconds: float, vantage: str, now: Clock) -> Recording:
    """ "frames.heard": LLDP, CDP, FDP, EDP, ARP, DHCP, mDNS, SSDP, NetBIOS and LLMNR frames of so many seconds.

    Nothing is sent. LLDP is sent every 30 s, so 35 s hear each neighbour once.
    """
    order = Order(
        do="listen", limits=_bounds(guard.limits), interface=interface, seconds=seconds, deadline=seconds + 15
    )
    return await _record("frames.heard", "self", order, vantage, now)


async def dhcp_discover(guard: Guard, interface: str, vantage: str, now: Clock, seconds: float = 9) -> Recording:
    """ "dhcp.discover": the offer of every DHCP server on the wire. Three DISCOVERs are sent, never a REQUEST."""
    order = Order(
        do="dhcp",
        limits=_bounds(guard.limits),
        interface=interface,
        seconds=seconds,
        deadline=seconds + 15,
        number=secrets.randbits(32),
    )
    return await _record("dhcp.discover", interface, order, vantage, now)


async def oui_lookup(macs: Iterable[str], vantage: str, now: Clock) -> Recording:
    """ "oui.lookup": the maker of each MAC that has one, `[MAC, maker]`; nothing is sent."""
    wanted = sorted(set(macs))
    asked = dict.fromkeys(prefix for mac in wanted for prefix in prefixes(mac))
    order = Order(do="oui", limits=Bounds(scopes=()), prefixes=tuple(asked), deadline=60)
    recording = await _record("oui.lookup", "self", order, vantage, now)
    table = {str(prefix): str(maker) for prefix, maker in recording.answers}
    makers = ([mac, maker] for mac in wanted if (maker := longest_prefix(mac, table)))
    return recording.model_copy(update={"answers": tuple(makers)})


def on_link(interface: str, networks: Sequence[str]) -> tuple[str, ...]:
    """The parts of these networks that are on this interface's own wire; the rest is reached through a router."""
    return tuple(subnet.network for network in _networks(networks) for subnet in _on_wire(interface, network))


def _networks(texts: Sequence[str]) -> tuple[IPv4Network, ...]:
    """IPv4 networks and addresses. Raises BadInput for one that is malformed or larger than a /19."""
    networks: list[IPv4Network] = []
    for text in texts:
        try:
            network = ip_network(text, strict=False)
        except ValueError as error:
            raise BadInput(f"{text!r} is not a network such as 10.20.0.0/22.") from error
        if isinstance(network, IPv4Network):
            if network.num_addresses > LARGEST:
                raise BadInput(f"{text} is larger than a /19: name the parts of it that are in use.")
            networks.append(network)
    if sum(network.num_addresses for network in networks) > _MOST_ADDRESSES:
        raise BadInput(f"More than {_MOST_ADDRESSES} addresses in one sweep: name the parts that are in use.")
    return tuple(networks)


def _on_wire(interface: str, network: IPv4Network) -> list[Subnet]:
    """What a network and each of the interface's own networks have in common."""
    found: list[Subnet] = []
    for own in _own(interface):
        common = network if network.subnet_of(own.network) else own.network
        if common.overlaps(network) and not any(common == ip_network(subnet.network) for subnet in found):
            spared = (own.network.network_address, own.network.broadcast_address) if own.network.prefixlen < 31 else ()
            found.append(Subnet(network=str(common), source=str(own.ip), spared=tuple(map(str, spared))))
    return found


def _own(interface: str) -> list[IPv4Interface]:
    addresses = psutil.net_if_addrs().get(interface, [])
    found = (IPv4Interface(f"{a.address}/{a.netmask}") for a in addresses if a.family == socket.AF_INET and a.netmask)
    return [own for own in found if isinstance(ip_address(own.ip), IPv4Address)]


def _seconds(hosts: int, pps: float, rounds: int, limits: Limits) -> float:
    """A sweep's deadline: twice what its rate and waits come to, and some for a slow start."""
    return min(2 * rounds * (hosts / min(pps, limits.total_pps) + 1) + 30, 3600)


def _bounds(limits: Limits) -> Bounds:
    """The part of the limits that the packet process checks again before each packet."""
    return Bounds(limits.scopes, limits.exclude, limits.fragile, limits.named_hosts, limits.total_pps)


def _listed(networks: Sequence[IPv4Network]) -> str:
    if len(networks) > 8:
        return f"{len(networks)} networks or addresses"
    return ", ".join(str(network.network_address if network.num_addresses == 1 else network) for network in networks)


class _Line(Noun):
    """One line of the packet process: an answer, or how the work ended."""

    answer: tuple[Json, ...] | None = None
    end: Outcome | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Reply:
    answers: tuple[Json, ...]
    outcome: Outcome
    reason: str


async def _record(probe: str, target: str, order: Order, vantage: str, now: Clock) -> Recording:
    started = now()
    reply = await _run(order)
    return Recording(
        probe=probe,
        target=target,
        vantage=vantage,
        started=started,
        ended=now(),
        outcome=reply.outcome,
        reason=reply.reason,
        answers=reply.answers,
    )


def _skipped(probe: str, target: str, vantage: str, now: Clock, reason: str) -> Recording:
    at = now()
    return Recording(
        probe=probe, target=target, vantage=vantage, started=at, ended=at, outcome=Outcome.SKIPPED, reason=reason
    )


async def _run(order: Order) -> _Reply:
    """Start a packet process, give it the order, gather its answers; it is gone when this returns or is cancelled."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *_starts(order.do),
        "probes.transport.packets_child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=_LONGEST_LINE,
        # No home: scapy would read its settings and pickled tables from there. The path is the code's own.
        env={"PYTHONPATH": str(_ROOT), "XDG_CACHE_HOME": "/dev/null", "XDG_CONFIG_HOME": "/dev/null"},
        cwd="/",
    )
    gathered = _Gathered()
    try:
        async with asyncio.timeout(order.deadline + 10):
            await gathered.read(process, order)
    except TimeoutError:
        return _Reply(tuple(gathered.answers), Outcome.PARTIAL, "the packet process passed its deadline")
    finally:
        await _end(process)
    return gathered.reply(process.returncode)


def _starts(work: str) -> tuple[str, ...]:
    """Only the table of makers needs an installed package; without site-packages Python starts in half the time."""
    return ("-P", "-m") if work == "oui" else ("-P", "-S", "-m")


class _Gathered:
    """The answers of one packet process so far, within bounds."""

    def __init__(self) -> None:
        self.answers: list[Json] = []
        self._bytes = 0
        self._end: _Line | None = None
        self._wrong = ""

    async def read(self, process: asyncio.subprocess.Process, order: Order) -> None:
        """Send the order and read until the last line, the end of the output, or a bound."""
        if process.stdin is None or process.stdout is None:
            return
        with suppress(ConnectionError):
            process.stdin.write(order_line(order))
            await process.stdin.drain()
        try:
            while self._end is None and not self._wrong and (line := await process.stdout.readline()):
                self._take(line)
        except ValueError:
            self._wrong = "it wrote a line that is too long"

    def _take(self, line: bytes) -> None:
        self._bytes += len(line)
        try:
            said = _Line.model_validate_json(line)
        except ValidationError:
            self._wrong = "it wrote something else than answers"
            return
        if said.answer is not None:
            self.answers.append(list(said.answer))
        self._end = said if said.end else None
        if self._bytes > _MOST_BYTES:
            self._wrong = "it wrote more than 16 MiB"

    def reply(self, code: int | None) -> _Reply:
        """What it all comes to; a process that never said how it ended has crashed."""
        if self._end is not None and self._end.end is not None:
            return _Reply(tuple(self.answers), self._end.end, self._end.reason)
        reason = f"probe crashed: {self._wrong or f'the packet process ended with code {code}'}"
        return _Reply(tuple(self.answers), Outcome.GARBLED, reason)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Close its input, which ends it; kill it where that does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(1):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
