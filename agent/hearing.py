"""Who is there: what can be heard on the wire, who answers on the agent's own segment, and who behind a router."""

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_address, ip_network

from agent.notebook import in_order
from agent.round import Round
from probes.transport import packets
from probes.vocabulary import Outcome, Recording

LARGEST_SWEPT = 4096


async def hear(round_: Round) -> None:
    """Listen for neighbours and names; nothing is sent."""
    seconds = round_.config.agent.listen_seconds
    if not round_.interface or not seconds or round_.skips("frames.heard"):
        round_.note("frames.heard", "self", Outcome.SKIPPED, "No interface to listen on, or switched off.")
        return
    work = packets.listen(round_.guard, round_.interface, seconds, round_.vantage, round_.now)
    await round_.keep("frames.heard", "self", work)


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
    """Ask by ICMP who lives behind routers: small scopes whole, larger ones only where a router names an address."""
    routed = [ip_network(scope) for scope in round_.ground.routed]
    if not routed or round_.skips("icmp.sweep"):
        return
    whole = [str(net) for net in routed if net.num_addresses <= LARGEST_SWEPT]
    large = [net for net in routed if net.num_addresses > LARGEST_SWEPT]
    named = [ip for ip in round_.notebook.learned() if any(ip_address(ip) in net for net in large)]
    round_.progress.step(f"asking who is behind the router ({len(routed)} networks)")
    targets = [*whole, *in_order(ip for ip in named if round_.guard.permits(ip))]
    if targets:
        work = packets.icmp_sweep(round_.guard, targets, round_.vantage, round_.now, pps=round_.config.agent.total_pps)
        await round_.keep("icmp.sweep", ", ".join(round_.ground.routed), work)
