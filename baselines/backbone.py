"""How the switches hang together: which is the core, and which cables lead each other switch to it."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from baselines.reading import by_id, of_kind
from baselines.vocabulary import Night
from probes.vocabulary import Asset, End, Link

_CORE = re.compile(r"(^|[^a-z])core([^a-z]|\d|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cable:
    """One cable from a port to another device, or `count` of them in an aggregate; the speed is that of one."""

    port: str
    peer: str
    peer_port: str
    speed_mbps: int | None
    count: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Backbone:
    """The core switches, and the cables of every switch that lead one step nearer to them."""

    core: frozenset[str]
    uplinks: Mapping[str, tuple[Cable, ...]]


def cables_of(night: Night, asset_id: str) -> tuple[Cable, ...]:
    """Every cable of a device, by port."""
    ends = ((link, *pair) for link in night.links for pair in ((link.a, link.b), (link.b, link.a)))
    cables = [_cable(night, link, mine, theirs) for link, mine, theirs in ends if mine.asset == asset_id]
    return tuple(sorted(cables, key=lambda c: (c.peer, c.port)))


def _cable(night: Night, link: Link, mine: End, theirs: End) -> Cable:
    here, there = by_id(night, mine.asset), by_id(night, theirs.asset)
    speeds = [s for s in (link.a_speed_mbps, link.b_speed_mbps) if s]
    speeds = speeds or [s for device, end in ((here, mine), (there, theirs)) if (s := _port_speed(device, end.port))]
    members = _members(here, mine.port) or _members(there, theirs.port)
    speed = min(speeds, default=None)
    if members and speed:
        speed //= members
    return Cable(mine.port, theirs.asset, theirs.port, speed, members or 1, link.sources)


def _port_speed(asset: Asset | None, name: str) -> int | None:
    return next((p.speed_mbps for p in asset.ports if p.name == name), None) if asset else None


def _members(asset: Asset | None, name: str) -> int:
    return sum(1 for p in asset.ports if p.lag == name and p.name != name and p.oper_up) if asset else 0


def backbone(night: Night) -> Backbone:
    """The core is the switch named so, else the only switch, else the one with most neighbouring switches."""
    switches = {s.id for s in of_kind(night, "switch")}
    between: dict[str, set[str]] = defaultdict(set)
    for link in night.links:
        if link.a.asset in switches and link.b.asset in switches and link.a.asset != link.b.asset:
            between[link.a.asset].add(link.b.asset)
            between[link.b.asset].add(link.a.asset)
    core = _core(night, switches, between)
    distance = _distances(core, between)
    uplinks = {
        switch: tuple(c for c in cables_of(night, switch) if distance.get(c.peer, 999) < distance[switch])
        for switch in sorted(switches - core)
        if switch in distance
    }
    return Backbone(core, uplinks)


def _core(night: Night, switches: set[str], between: Mapping[str, set[str]]) -> frozenset[str]:
    named = {s.id for s in of_kind(night, "switch") if _CORE.search(s.hostname)}
    if named or len(switches) == 1:
        return frozenset(named or switches)
    degrees = sorted(((len(between.get(s, ())), s) for s in switches), reverse=True)
    clear = len(degrees) > 1 and degrees[0][0] > max(degrees[1][0], 1)
    return frozenset({degrees[0][1]} if clear else ())


def _distances(core: frozenset[str], between: Mapping[str, set[str]]) -> dict[str, int]:
    distance = dict.fromkeys(core, 0)
    edge = sorted(core)
    while edge:
        step = distance[edge[0]] + 1
        edge = sorted({n for switch in edge for n in between.get(switch, ()) if n not in distance})
        distance.update(dict.fromkeys(edge, step))
    return distance
