"""Who is there: what can be heard on the wire, who answers on the agent's own segment, and who behind a router."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address, ip_network

from agent.notebook import in_order
from agent.round import Round
from probes.transport import packets
from probes.vocabulary import Outcome, Recording
from probes.wire import lease_files

LARGEST_SWEPT = 4096


async def hear(round_: Round) -> None:
    """Listen for neighbours and names; nothing is sent."""
    seconds = round_.config.agent.listen_seconds
    if not round_.interface or not seconds or round_.skips("frames.heard"):
        round_.note("frames.heard", "self", Outcome.SKIPPED, "No interface to listen on, or switched off.")
        return
    work = packets.listen(round_.guard, round_.interface, seconds, round_.vantage, round_.now)
    await round_.keep("frames.heard", "self", work)


async def read_leases(round_: Round) -> None:
    """Read who holds an address from the lease files that the site names; nothing is sent."""
    if round_.skips(lease_files.NAME):
        return
    for path in round_.config.dhcp.leases:
        work = asyncio.to_thread(lease_files.collect, round_.guard, path, round_.vantage, round_.now)
        await round_.keep(lease_files.NAME, path.name, work)


async def sweep_segment(round_: Round) -> None:
    """Ask by ARP who is on the agent's own segment."""
    if not round_.interface:
        round_.note("arp.sweep", "self", Outcome.SKIPPED, "No interface has an address in the scope.")
        return
    guard, interface, vantage, now = round_.guard, round_.interface, round_.vantage, round_.now
    round_.progress.step(f"asking who is on {', '.join(round_.ground.on_link) or interface}")
    networks = round_.ground.on_link
    if networks and not round_.skips("arp.sweep"):
        pps = round_.config.agent.total_pps
        await round_.keep("arp.sweep", networks[0], packets.sweep(guard, interface, networks, vantage, now, pps=pps))
    round_.progress.done(f"{len(round_.notebook.alive())} addresses answer on this segment")


async def ask_names(round_: Round) -> None:
    """Ask by ND, DHCP, mDNS, SSDP and NetBIOS what those on the segment call themselves and offer."""
    if not round_.interface:
        return
    guard, interface, vantage, now = round_.guard, round_.interface, round_.vantage, round_.now
    alive = round_.notebook.alive()
    asks: dict[str, Callable[[], Awaitable[Recording]]] = {
        "nd.sweep": lambda: packets.nd_sweep(guard, interface, vantage, now),
        "dhcp.discover": lambda: packets.dhcp_discover(guard, interface, vantage, now),
        "mdns.ask": lambda: packets.mdns_ask(guard, interface, vantage, now, hosts=alive),
        "ssdp.ask": lambda: packets.ssdp_ask(guard, interface, vantage, now),
        "netbios.ask": lambda: packets.netbios_ask(guard, alive, vantage, now),
    }
    await asyncio.gather(*(_unless_skipped(round_, probe, interface, work) for probe, work in asks.items()))


async def _unless_skipped(round_: Round, probe: str, target: str, work: Callable[[], Awaitable[Recording]]) -> None:
    if round_.skips(probe):
        round_.note(probe, target, Outcome.SKIPPED, "Switched off in the agent's configuration.")
        return
    await round_.keep(probe, target, work())


async def sweep_routed(round_: Round) -> None:
    """Ask by ICMP who lives behind routers. It also makes the routers learn who is there, for their ARP tables."""
    small = [scope for scope in round_.ground.routed if ip_network(scope).num_addresses <= LARGEST_SWEPT]
    await _echo(round_, small)


async def sweep_learned(round_: Round) -> None:
    """In routed scopes too large to sweep, ask only the addresses that a router or switch named."""
    large = [ip_network(scope) for scope in round_.ground.routed if ip_network(scope).num_addresses > LARGEST_SWEPT]
    named = [ip for ip in round_.notebook.learned() if any(ip_address(ip) in net for net in large)]
    await _echo(round_, in_order(ip for ip in named if round_.guard.permits(ip)))


async def _echo(round_: Round, targets: Sequence[str]) -> None:
    if not targets or round_.skips("icmp.sweep"):
        return
    round_.progress.step(f"asking who is behind the router ({len(targets)} networks or addresses)")
    work = packets.icmp_sweep(round_.guard, targets, round_.vantage, round_.now, pps=round_.config.agent.total_pps)
    await round_.keep("icmp.sweep", ", ".join(targets[:8]), work)


async def sweep(round_: Round) -> None:
    """Who answers, on the segment first and then behind the routers: together they would pass the rate."""
    await sweep_segment(round_)
    await sweep_routed(round_)
