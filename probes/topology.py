"""Which port is joined to which: links from LLDP, CDP and their kin, both sides put together."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from probes.ports import PortTable
from probes.seen import FdbEntry, Neighbour
from probes.sightings import Thing, neighbour_name
from probes.vocabulary import End, Link, Observation

# How sure one side's word is. CDP is let through by switches that do not speak it, so its neighbour may be a false one.
_SURE = {"lldp": 0.9, "cdp": 0.85, "fdp": 0.85, "edp": 0.85}
_BOTH_SIDES = 0.07
_CROWDED = 0.6
_INFERRED = 0.6
INFRASTRUCTURE = frozenset({"switch", "router", "firewall", "wlc"})


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One asset as topology sees it: its ports, what its bridge learned, and whether it forwards for others."""

    id: str
    kind: str
    thing: Thing
    table: PortTable
    fdb: tuple[FdbEntry, ...]
    root_port: int | None = None

    @property
    def label(self) -> str:
        """How sources name it: its first address, or the name it was met by."""
        return self.thing.ips[0] if self.thing.ips else self.thing.names[0]


@dataclass(frozen=True, slots=True)
class Half:
    """One side's word on a link: its own port and whom it sees there, on which port as far as it says."""

    here: str
    port: str
    ifindex: int | None
    there: str
    there_port: str
    there_ifindex: int | None
    protocol: str
    source: str


def halves_of(nodes: Sequence[Node]) -> list[Half]:
    """Every neighbour record as half a link. A neighbour that is no asset, or the device itself, gives none."""
    by_name = {name: node for node in nodes for name in node.thing.names}
    found = {
        half
        for node in nodes
        for observation in node.thing.observations
        if isinstance(observation.seen, Neighbour) and _speaks(observation, node, by_name)
        if (half := _half(node, observation, observation.seen, by_name))
    }
    return sorted(found, key=lambda h: (h.here, h.port, h.there, h.there_port, h.protocol, h.source))


def _speaks(observation: Observation, node: Node, by_name: Mapping[str, Node]) -> bool:
    """Whether the node is the one that saw the neighbour (its address answered, or it is the agent that heard)."""
    return observation.target in node.thing.names or bool(
        isinstance(observation.seen, Neighbour) and observation.seen.heard and "self" in node.thing.names
    )


def _half(node: Node, observation: Observation, seen: Neighbour, by_name: Mapping[str, Node]) -> Half | None:
    other = by_name.get(neighbour_name(seen))
    if other is None or other.id == node.id:
        return None
    ifindex = local_ifindex(node.table, seen)
    there = remote_ifindex(other.table, seen)
    return Half(
        here=node.id,
        port=node.table.name(ifindex) if ifindex is not None else _local_text(node, seen),
        ifindex=ifindex,
        there=other.id,
        there_port=other.table.name(there) if there is not None else _there_text(seen),
        there_ifindex=there,
        protocol=seen.protocol,
        source=f"{seen.protocol} {'heard' if seen.heard else observation.target}",
    )


def _there_text(seen: Neighbour) -> str:
    """What the neighbour calls its port; a MAC as port id says less than the description."""
    return (seen.port_descr if seen.port_subtype == 3 else "") or seen.port_id or seen.port_descr or "?"


def _local_text(node: Node, seen: Neighbour) -> str:
    local = node.table.lldp.get(int(seen.local_port)) if seen.local_port.isdigit() else None
    return (local.descr or local.id) if local else seen.local_port or "?"


def local_ifindex(table: PortTable, seen: Neighbour) -> int | None:
    """The interface on which a neighbour was seen: LLDP counts its own port numbers, CDP gives the ifIndex."""
    if seen.protocol == "lldp" and not seen.heard:
        return table.ifindex_of_lldp(seen.local_port)
    if seen.local_port.isdigit() and int(seen.local_port) in table.interfaces:
        return int(seen.local_port)
    return table.ifindex_named(seen.local_port)


def remote_ifindex(table: PortTable, seen: Neighbour) -> int | None:
    """The neighbour's interface: by the subtype of its port id, then by the port's description."""
    if not table.interfaces:
        return None
    named = table.ifindex_named(seen.port_id)
    if named is None and seen.port_subtype == 7:
        named = table.ifindex_announced(seen.port_id)
    return named if named is not None else table.ifindex_named(seen.port_descr)


def links_of(nodes: Sequence[Node]) -> tuple[Link, ...]:
    """Every link, each once, with all sources that say so, in a fixed order."""
    by_id = {node.id: node for node in nodes}
    pairs: dict[tuple[str, str], list[Half]] = defaultdict(list)
    for half in halves_of(nodes):
        pairs[min(half.here, half.there), max(half.here, half.there)].append(half)
    crowded = _crowded_ports(pairs.values())
    links = [_link(cable, by_id, crowded) for pair in pairs.values() for cable in _cables(pair)]
    links += _learned_links(nodes, links)
    return tuple(sorted(links, key=lambda link: (link.a.asset, link.a.port, link.b.asset, link.b.port)))


def _learned_links(nodes: Sequence[Node], links: Sequence[Link]) -> list[Link]:
    """Links between switches that announce nothing: each learned the other's own MAC, and no third one between them."""
    where = {node.id: _learned_at(node) for node in nodes if node.fdb}
    switches = sorted((node for node in nodes if node.fdb), key=lambda node: node.id)
    taken = {(end.asset, end.port) for link in links for end in (link.a, link.b)}
    joined = {frozenset((link.a.asset, link.b.asset)) for link in links}
    found: list[Link] = []
    for n, a in enumerate(switches):
        for b in switches[n + 1 :]:
            ends = _facing(a, b, where)
            if ends is None or frozenset((a.id, b.id)) in joined or _between(a, b, ends, switches, where):
                continue
            a_end, b_end = End(asset=a.id, port=a.table.name(ends[0])), End(asset=b.id, port=b.table.name(ends[1]))
            if not {(a_end.asset, a_end.port), (b_end.asset, b_end.port)} & taken:
                found.append(_inferred(a, b, a_end, b_end, ends))
    return found


def _inferred(a: Node, b: Node, a_end: End, b_end: End, ends: tuple[int, int]) -> Link:
    return Link(
        a=a_end,
        b=b_end,
        sources=tuple(sorted(f"forwarding table {node.label}" for node in (a, b))),
        confidence=_INFERRED,
        a_speed_mbps=_speed(a, ends[0]),
        b_speed_mbps=_speed(b, ends[1]),
    )


Where = Mapping[str, Mapping[str, int]]


def _learned_at(node: Node) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in node.fdb:
        index = node.table.ifindex_of_bridge(entry.port)
        if index is not None and not entry.own:
            found.setdefault(entry.mac, node.table.folded(index))
    return found


def _facing(a: Node, b: Node, where: Where) -> tuple[int, int] | None:
    """The port of each at which it learned the other; a switch that is itself silent faces by what is behind it."""
    at_a, at_b = _at(a, b, where), _at(b, a, where)
    if len(at_a) == 1 and not at_b:
        at_b = _facing_blindly(b, a, min(at_a), where)
    elif len(at_b) == 1 and not at_a:
        at_a = _facing_blindly(a, b, min(at_b), where)
    return (min(at_a), min(at_b)) if len(at_a) == 1 and len(at_b) == 1 else None


def _at(here: Node, there: Node, where: Where) -> set[int]:
    return {where[here.id][mac] for mac in there.thing.macs if mac in where[here.id]}


def _facing_blindly(here: Node, there: Node, theirs: int, where: Where) -> set[int]:
    """The port where `here` learned what `there` learned elsewhere than towards `here`."""
    beyond = {mac for mac, index in where[there.id].items() if index != theirs}
    return {index for mac, index in where[here.id].items() if mac in beyond}


def _between(a: Node, b: Node, ends: tuple[int, int], switches: Sequence[Node], where: Where) -> bool:
    return any(
        any(where[a.id].get(mac) == ends[0] and where[b.id].get(mac) == ends[1] for mac in c.thing.macs)
        for c in switches
        if c.id not in (a.id, b.id)
    )


def _crowded_ports(pairs: Iterable[Sequence[Half]]) -> set[tuple[str, str]]:
    """Ports on which several devices speak the same protocol: something silent lies between."""
    seen: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for pair in pairs:
        for half in pair:
            seen[half.here, half.port, half.protocol].add(half.there)
    return {(asset, port) for (asset, port, _), others in seen.items() if len(others) > 1}


def _cables(pair: Sequence[Half]) -> list[list[Half]]:
    """Half links between two assets, put together cable by cable."""
    low = min(pair[0].here, pair[0].there)
    cables: list[list[Half]] = []
    for half in sorted(pair, key=lambda h: (_is_vague(h), h.here != low)):
        home = next((c for c in cables if any(_same_cable(half, other) for other in c)), None)
        if home is None and _is_vague(half):
            home = _only_open(half, cables)
        if home is None:
            cables.append([half])
        else:
            home.append(half)
    return cables


def _is_vague(half: Half) -> bool:
    return half.there_ifindex is None


def _same_cable(a: Half, b: Half) -> bool:
    if a.here == b.here:
        return a.port == b.port and (_alike(a.there_port, b.there_port) or _is_vague(a) or _is_vague(b))
    return (_alike(a.port, b.there_port) and (_alike(b.port, a.there_port) or _is_vague(a))) or (
        _alike(b.port, a.there_port) and _is_vague(b)
    )


def _alike(a: str, b: str) -> bool:
    return a == b or _shape(a) == _shape(b)


def _shape(port: str) -> str:
    """A port name as its first two letters and its numbers, so that Gi1/0/1 and GigabitEthernet1/0/1 are one."""
    text = re.sub(r"[\s_-]+", "", port.lower())
    parts = re.match(r"([a-z]*)(.*)", text)
    return f"{parts[1][:2]}{parts[2]}" if parts else text


def _only_open(half: Half, cables: Sequence[list[Half]]) -> list[Half] | None:
    """The only cable on which the other side has spoken and this side not: they announce each other."""
    free = [c for c in cables if all(h.here != half.here for h in c) and all(_is_vague(h) for h in c)]
    return free[0] if len(free) == 1 else None


def _link(cable: Sequence[Half], by_id: Mapping[str, Node], crowded: set[tuple[str, str]]) -> Link:
    a, b = min(cable[0].here, cable[0].there), max(cable[0].here, cable[0].there)
    a_port, a_index = _port_at(a, cable)
    b_port, b_index = _port_at(b, cable)
    sure = max(_SURE.get(h.protocol, 0.7) for h in cable)
    if len({h.here for h in cable}) == 2:
        sure = min(0.98, sure + _BOTH_SIDES)
    elif any((h.here, h.port) in crowded for h in cable):
        sure = _CROWDED
    return Link(
        a=End(asset=a, port=a_port),
        b=End(asset=b, port=b_port),
        sources=tuple(sorted({h.source for h in cable})),
        confidence=round(sure, 3),
        a_speed_mbps=_speed(by_id[a], a_index),
        b_speed_mbps=_speed(by_id[b], b_index),
        lag=_is_member(by_id[a], a_index) or _is_member(by_id[b], b_index),
    )


def _port_at(asset: str, cable: Sequence[Half]) -> tuple[str, int | None]:
    """The port's name at one end: as that device itself says, else as the other side heard it."""
    own = [(h.port, h.ifindex) for h in cable if h.here == asset]
    heard = [(h.there_port, h.there_ifindex) for h in cable if h.there == asset]
    ranked = sorted([*own, *heard], key=lambda row: (row[1] is None, row not in own, row[0]))
    return ranked[0]


def _speed(node: Node, ifindex: int | None) -> int | None:
    found = node.table.interfaces.get(ifindex) if ifindex is not None else None
    return found.speed_mbps if found else None


def _is_member(node: Node, ifindex: int | None) -> bool:
    return ifindex is not None and ifindex in node.table.aggregate
