"""Which port every endpoint is plugged into: a MAC counts at a port only where that port is not an uplink."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from probes.seen import Associated, Chassis, FdbEntry, Neighbour
from probes.topology import INFRASTRUCTURE, Node
from probes.vocabulary import Connection, Link

# Makers of virtual machines: their MACs live inside a host, so several on one port are no unmanaged switch.
_VIRTUAL = ("00:50:56", "00:0c:29", "00:15:5d", "52:54:00", "08:00:27", "00:16:3e", "02:42:")


@dataclass(frozen=True, slots=True)
class Spot:
    """One port where a MAC was learned. `crowd` is how many assets share the port."""

    node: Node
    ifindex: int
    port: str
    vlan: int | None
    uplink: bool
    crowd: int


def uplinks_of(nodes: Sequence[Node], links: Sequence[Link]) -> frozenset[tuple[str, int]]:
    """Ports (asset, ifIndex) that lead to another switch or router: by a link, or its own MAC is learned there."""
    by_id = {node.id: node for node in nodes}
    found: set[tuple[str, int]] = set()
    for link in links:
        for end, other in ((link.a, link.b), (link.b, link.a)):
            node, far = by_id[end.asset], by_id[other.asset]
            index = node.table.ifindex_named(end.port)
            if index is not None and _forwards(far):
                found |= {(node.id, index), (node.id, node.table.folded(index))}
    bridge_macs = {mac: node.id for node in nodes if node.fdb for mac in node.thing.macs}
    for node in nodes:
        for entry in node.fdb:
            owner = bridge_macs.get(entry.mac)
            index = node.table.ifindex_of_bridge(entry.port)
            if owner and owner != node.id and index is not None and not entry.own:
                found |= {(node.id, index), (node.id, node.table.folded(index))}
    return frozenset(found)


def _forwards(far: Node) -> bool:
    """Whether frames of others come from it: it has a forwarding table, or its kind and capabilities say so.

    A telephone or access point also bridges, but what is behind it is on this port.
    """
    if far.kind in ("phone", "ap", "server", "endpoint", "printer", "camera", "nas", "ups"):
        return False
    said = {word for o in far.thing.observations for word in _capabilities(o.seen, far)}
    return bool(far.fdb) or far.kind in INFRASTRUCTURE or bool(said & {"bridge", "switch"} and "telephone" not in said)


def _capabilities(seen: object, far: Node) -> tuple[str, ...]:
    return seen.capabilities if isinstance(seen, Neighbour | Chassis) else ()


def places_of(nodes: Sequence[Node], links: Sequence[Link]) -> dict[str, Connection]:
    """Where each asset is plugged in, by asset id. Assets that no switch has learned have no place."""
    owners = {mac: node.id for node in nodes for mac in node.thing.macs}
    uplinks = uplinks_of(nodes, links)
    by_id = {node.id: node for node in nodes}
    learned = _learned(nodes, uplinks, owners)
    found = _by_links(by_id, links)
    by_radio = _by_radio(nodes)
    occupants, linked = _occupants(learned, owners, found), _linked(by_id, links)
    for mac, spots in sorted(learned.items()):
        asset = owners.get(mac)
        if asset is None or asset in found or by_id[asset].fdb or mac in by_radio:
            continue
        if place := _best_place(by_id[asset], [s for s in spots if s.node.id != asset], occupants, by_id, linked):
            found[asset] = place
    for mac, place in sorted(by_radio.items()):
        if (asset := owners.get(mac)) is not None and asset != place.asset:
            found.setdefault(asset, place)
    return found


def _by_radio(nodes: Sequence[Node]) -> dict[str, Connection]:
    """The access point and network that each wireless client is joined to, by MAC, as a controller says."""
    return {
        seen.mac: Connection(
            asset=node.id,
            port=f"Wi-Fi {seen.ssid}",
            vlan=seen.vlan,
            via="ap",
            source=f"clients of {node.label} as its controller lists them",
            confidence=0.9,
        )
        for node in nodes
        for observation in node.thing.observations
        if isinstance(seen := observation.seen, Associated) and observation.target in node.thing.names
    }


def _learned(
    nodes: Sequence[Node], uplinks: frozenset[tuple[str, int]], owners: Mapping[str, str]
) -> dict[str, list[Spot]]:
    """Every MAC that a bridge learned, with the ports where; the bridge's own MACs dropped, aggregates folded."""
    crowds: dict[tuple[str, int], set[str]] = defaultdict(set)
    rows: list[tuple[Node, FdbEntry, int]] = []
    for node in nodes:
        mine = set(node.thing.macs)
        for entry in node.fdb:
            index = node.table.ifindex_of_bridge(entry.port)
            if entry.own or entry.mac in mine or index is None:
                continue
            index = node.table.folded(index)
            rows.append((node, entry, index))
            crowds[node.id, index].add(owners.get(entry.mac, entry.mac))
    found: dict[str, set[Spot]] = defaultdict(set)
    for node, entry, index in rows:
        uplink = (node.id, index) in uplinks
        found[entry.mac].add(Spot(node, index, node.table.name(index), entry.vlan, uplink, len(crowds[node.id, index])))
    return {mac: sorted(spots, key=_spot_order) for mac, spots in found.items()}


def _spot_order(spot: Spot) -> tuple[bool, int, str, int, int]:
    return (spot.uplink, spot.crowd, spot.node.id, spot.ifindex, spot.vlan or 0)


def _by_links(by_id: Mapping[str, Node], links: Sequence[Link]) -> dict[str, Connection]:
    """Places that LLDP or CDP states outright. A switch is plugged in where its spanning tree leads to the root."""
    choices: dict[str, list[tuple[int, str, str, Connection]]] = defaultdict(list)
    for link in links:
        for end, other in ((link.a, link.b), (link.b, link.a)):
            node, far = by_id[end.asset], by_id[other.asset]
            if not (_forwards(far) or far.fdb):
                continue
            place = Connection(
                asset=other.asset,
                port=other.port,
                vlan=_vlan(far, other.port, node),
                source=", ".join(link.sources),
                confidence=link.confidence,
            )
            choices[end.asset].append((_towards_root(node, end.port), other.asset, other.port, place))
    found: dict[str, Connection] = {}
    for asset, rows in choices.items():
        best = min(rows, key=lambda row: row[:3])
        if _forwards(by_id[asset]) and best[0] > 0 and len({row[1] for row in rows}) > 1:
            continue  # the core: others are plugged into it
        found[asset] = best[3]
    return found


def _towards_root(node: Node, port: str) -> int:
    if node.root_port is None:
        return 1
    root = node.table.ifindex_of_bridge(node.root_port)
    mine = node.table.ifindex_named(port)
    return (
        0 if (mine is not None and root is not None and mine in (root,)) or node.table.folded(mine or 0) == root else 1
    )


def _vlan(far: Node, port: str, node: Node) -> int | None:
    index = far.table.ifindex_named(port)
    for entry in far.fdb:
        if entry.mac in node.thing.macs and far.table.ifindex_of_bridge(entry.port) in (index, None):
            return entry.vlan
    return None


Occupants = Mapping[tuple[str, int], set[str]]
Linked = Mapping[tuple[str, int], set[str]]


def _occupants(
    learned: Mapping[str, Sequence[Spot]], owners: Mapping[str, str], placed: Mapping[str, Connection]
) -> Occupants:
    """Who shares each edge port: assets by id, unknown MACs by themselves, virtual machines not counted."""
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    for mac, spots in learned.items():
        for spot in spots:
            if not spot.uplink and not mac.startswith(_VIRTUAL):
                found[spot.node.id, spot.ifindex].add(owners.get(mac, mac))
    return found


def _best_place(
    node: Node, spots: Sequence[Spot], occupants: Occupants, by_id: Mapping[str, Node], linked: Linked
) -> Connection | None:
    edge = [spot for spot in spots if not spot.uplink]
    if not edge:
        return _behind_blind(spots, by_id, linked)
    best = edge[0]
    rivals = {(s.node.id, s.ifindex) for s in edge}
    via = _via(node, best, occupants, by_id, linked)
    sure = 0.9 if len(rivals) == 1 else 0.6
    return Connection(
        asset=best.node.id,
        port=best.port,
        vlan=best.vlan,
        via=via,
        source=f"forwarding table of {best.node.label}",
        confidence=sure - (0.1 if via == "unmanaged switch" else 0.0),
    )


def _via(node: Node, spot: Spot, occupants: Occupants, by_id: Mapping[str, Node], linked: Linked) -> str:
    """What lies between an endpoint and its port: a telephone or access point that is there, or a silent switch."""
    here = set(occupants.get((spot.node.id, spot.ifindex), ())) | set(linked.get((spot.node.id, spot.ifindex), ()))
    kinds = {by_id[one].kind for one in here if one in by_id and one != node.id}
    if "ap" in kinds and node.kind != "ap":
        return "ap"
    if "phone" in kinds and node.kind != "phone" and len(here) <= 3:
        return "phone"
    others = {one for one in here if one != node.id and not (one in by_id and by_id[one].kind == "phone")}
    return (
        "unmanaged switch"
        if others and node.kind not in ("phone", "ap")
        else "unmanaged switch"
        if len(others) > 1
        else ""
    )


def _linked(by_id: Mapping[str, Node], links: Iterable[Link]) -> Linked:
    """Which assets a link joins to each port."""
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    for link in links:
        for end, other in ((link.a, link.b), (link.b, link.a)):
            index = by_id[end.asset].table.ifindex_named(end.port)
            if index is not None:
                found[end.asset, index].add(other.asset)
    return found


def _behind_blind(spots: Sequence[Spot], by_id: Mapping[str, Node], linked: Linked) -> Connection | None:
    """Every port that learned it is an uplink: it is behind the neighbour whose forwarding table was not read."""
    for spot in spots:
        for other in sorted(linked.get((spot.node.id, spot.ifindex), ())):
            if not by_id[other].fdb:
                return Connection(
                    asset=other,
                    port="",
                    vlan=spot.vlan,
                    source=f"behind {spot.port} of {spot.node.label}, whose neighbour's table was not read",
                    confidence=0.4,
                )
    return None
