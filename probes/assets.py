"""One night's observations as assets: each thing once, identified, with ports, services, parts and facts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from probes.edges import places_of, uplinks_of
from probes.facts import catalogue, facts_of, why
from probes.identify import Identity, identify
from probes.identity import asset_id, is_generic_name, is_random_mac
from probes.ports import port_table, ports_of
from probes.seen import (
    Conflict,
    DhcpHeard,
    FdbEntry,
    ManagedAp,
    NameHeard,
    Neighbour,
    OpenPort,
    Radio,
    Smb,
    Ssid,
    Stp,
    System,
)
from probes.sightings import Thing, gather, managed_name, order
from probes.topology import Node, links_of
from probes.vocabulary import Asset, Connection, Fact, Key, Kind, Link, Noun, Observation, Port, Service, Why

Weigh = Callable[[Observation], float]
_WELL_KNOWN = {21: "ftp", 22: "ssh", 23: "telnet", 25: "smtp", 53: "dns", 80: "http", 139: "netbios", 161: "snmp",
               389: "ldap", 443: "https", 445: "smb", 554: "rtsp", 631: "ipp", 3389: "rdp", 5060: "sip"}  # fmt: skip
_PERSONAL = frozenset({"endpoint", "unknown"})


class Register(Noun):
    """The assets and links of one night, and how many personal devices were counted without becoming assets."""

    assets: tuple[Asset, ...]
    links: tuple[Link, ...]
    private_devices: int


@dataclass(frozen=True, slots=True)
class Managed:
    """What controllers say of access points: whose line each is, and its radios by its name."""

    controllers: Mapping[str, str]
    radios: Mapping[str, Sequence[Observation]]


def assets_of(
    observations: Sequence[Observation],
    weigh: Weigh = lambda _: 1.0,
    scopes: Sequence[str] = (),
) -> Register:
    """All assets and links that these observations show. Their order does not matter; the answer is always the same.

    `weigh` lowers confidence where an answer was partial; `scopes` keeps addresses outside them from becoming assets.
    """
    things = gather(sorted(observations, key=order), scopes)
    kept = [thing for thing in things if _is_something(thing)]
    identities = {thing.names: _identity(thing, weigh) for thing in kept}
    kept = [thing for thing in kept if not _is_shared_address(thing, kept, identities)]
    public = [thing for thing in kept if not _is_private(thing) and _is_credible(thing, identities[thing.names])]
    ids = _ids(public)
    nodes = [_node(ids[thing.names], identities[thing.names], thing) for thing in public]
    links = links_of(nodes)
    places = places_of(nodes, links)
    uplinks = uplinks_of(nodes, links)
    silent = {node.id for node in nodes if _is_only_learned(node.thing) and node.id not in places}
    managed = Managed(_controllers(public, ids), _radios(observations))
    assets = [
        _asset(node, identities[node.thing.names], places.get(node.id), uplinks, weigh, managed)
        for node in nodes
        if node.id not in silent
    ]
    return Register(
        assets=tuple(sorted(assets, key=lambda a: a.id)),
        links=links,
        private_devices=sum(map(_is_private, kept)),
    )


def _is_something(thing: Thing) -> bool:
    """Whether anything at all was met: an address that only a router's table lists and no MAC goes with is nothing."""
    return bool(thing.observations or thing.macs)


def _is_only_learned(thing: Thing) -> bool:
    return not thing.observations and not thing.ips


def _is_private(thing: Thing) -> bool:
    """A device with a made-up MAC and nothing else to know it by next night: counted, never an asset."""
    if any(key.strong for key in thing.keys) or not thing.macs or "self" in thing.names:
        return False
    named = any(_names(o.seen) for o in thing.observations)
    serves = any(isinstance(o.seen, OpenPort | System | Neighbour | ManagedAp) for o in thing.observations)
    return all(map(is_random_mac, thing.macs)) and not named and not serves


def _is_credible(thing: Thing, identity: Identity) -> bool:
    """What is only hearsay needs a MAC, a serial, an address or a kind: a device can announce any name it likes."""
    met = any(o.target in thing.names for o in thing.observations)
    heard = identity.kind != "unknown" and any(isinstance(o.seen, Neighbour) for o in thing.observations)
    return bool(met or thing.ips or any(key.strong for key in thing.keys) or heard or not thing.observations)


def _names(seen: object) -> bool:
    match seen:
        case DhcpHeard(hostname=name) | NameHeard(name=name) | Smb(name=name):
            return bool(name) and not is_generic_name(name)
        case _:
            return False


def _is_shared_address(thing: Thing, others: Iterable[Thing], identities: Mapping[tuple[str, ...], Identity]) -> bool:
    """A virtual router address (VRRP, HSRP) beside the routers that share it is no third router."""
    if not thing.shared or any(k.strong for k in thing.keys):
        return False
    near = {ip.rsplit(".", 1)[0] for ip in thing.ips}
    routing = ("router", "firewall", "switch")
    return any(
        other is not thing
        and not other.shared
        and identities[other.names].kind in routing
        and near & {ip.rsplit(".", 1)[0] for ip in other.ips}
        for other in others
    )


def _ids(things: Sequence[Thing]) -> dict[tuple[str, ...], str]:
    """An id for each thing; where two would get the same weak one, the later is made from all its keys."""
    found: dict[tuple[str, ...], str] = {}
    taken: set[str] = set()
    for thing in things:
        made = asset_id(thing.keys) if thing.keys else asset_id_of_name(thing.names[0])
        while made in taken:
            made = asset_id_of_name(made + thing.names[0])
        taken.add(made)
        found[thing.names] = made
    return found


def asset_id_of_name(name: str) -> str:
    """The id of a thing without any key: made from the name it was met by."""
    return asset_id((Key(kind="hostname", value=name, strong=False),))


def _identity(thing: Thing, weigh: Weigh) -> Identity:
    seen = [*thing.own(), *thing.announced()]
    return identify(seen, weigh=weigh)


def _node(made: str, identity: Identity, thing: Thing) -> Node:
    own = [o.seen for o in thing.own()]
    fdb = tuple(sorted({s for s in own if isinstance(s, FdbEntry)}, key=lambda f: (f.mac, f.port, f.vlan or 0, f.own)))
    root = next((s.root_port for s in own if isinstance(s, Stp) and s.root_port), None)
    return Node(made, identity.kind, thing, port_table(own), fdb, root)


def _controllers(things: Sequence[Thing], ids: Mapping[tuple[str, ...], str]) -> dict[str, str]:
    """The asset id of the controller that lists each access point, by the name of the line."""
    return {
        managed_name(o.seen): ids[thing.names]
        for thing in things
        for o in thing.observations
        if isinstance(o.seen, ManagedAp) and o.target in thing.names
    }


def _radios(observations: Iterable[Observation]) -> dict[str, list[Observation]]:
    """Radios and networks that a controller lists for one of its access points, by the access point's name."""
    found: dict[str, list[Observation]] = defaultdict(list)
    for observation in sorted(observations, key=order):
        if isinstance(observation.seen, Radio | Ssid) and observation.seen.ap:
            found[observation.seen.ap.lower()].append(observation)
    return found


def _asset(
    node: Node,
    identity: Identity,
    place: Connection | None,
    uplinks: frozenset[tuple[str, int]],
    weigh: Weigh,
    managed: Managed,
) -> Asset:
    thing = node.thing
    own = thing.own()
    whys = dict(identity.whys)
    location = next(((o.seen.location, o) for o in own if isinstance(o.seen, System) and o.seen.location), None)
    if location:
        whys["location"] = why(location[1], 0.9 * weigh(location[1]))
    if place and thing.observations:
        whys["connected_to"] = _place_why(place, thing)
    return Asset(
        id=node.id,
        **identity.model_dump(include={"kind", "subkind", "maker", "model", "serial", "os", "version", "hostname"}),
        location=location[0] if location else "",
        macs=thing.macs,
        ips=thing.ips,
        connected_to=place,
        ports=_ports(node, own, uplinks),
        services=_services(own),
        parts=identity.parts,
        facts=_facts(thing, weigh, managed),
        keys=thing.keys,
        why=dict(sorted(whys.items())),
        merges=thing.reasons,
        private=_is_personal(thing, identity.kind),
    )


def _is_personal(thing: Thing, kind: Kind) -> bool:
    return (
        bool(thing.macs)
        and all(map(is_random_mac, thing.macs))
        and kind in _PERSONAL
        and not any(isinstance(o.seen, OpenPort | System) for o in thing.observations)
    )


def _place_why(place: Connection, thing: Thing) -> Why:
    return why(thing.observations[0], place.confidence).model_copy(update={"source": place.source})


def _ports(node: Node, own: Sequence[Observation], uplinks: frozenset[tuple[str, int]]) -> tuple[Port, ...]:
    ports = ports_of([o.seen for o in own])
    if not node.fdb:
        return ports
    return tuple(port.model_copy(update={"uplink": (node.id, port.index) in uplinks}) for port in ports)


def _services(own: Sequence[Observation]) -> tuple[Service, ...]:
    found = {
        (s.ip, s.protocol, s.port): Service(
            protocol=cast(Literal["tcp", "udp"], s.protocol),
            port=s.port,
            name=s.name or _WELL_KNOWN.get(s.port, ""),
            product=s.product,
            version=s.version,
            detail=s.extra or s.banner,
            ip=s.ip,
        )
        for s in (o.seen for o in own)
        if isinstance(s, OpenPort) and s.protocol in ("tcp", "udp")
    }
    return tuple(found[slot] for slot in sorted(found))


def _facts(thing: Thing, weigh: Weigh, managed: Managed) -> tuple[Fact, ...]:
    mine = [o for o in thing.observations if not isinstance(o.seen, Neighbour | ManagedAp) or o.target in thing.names]
    found = {fact.name: fact for fact in facts_of(mine, weigh)}
    for fact in _managed_facts(thing, weigh, managed):
        found.setdefault(fact.name, fact)
    if any(isinstance(o.seen, Neighbour) and o.seen.protocol == "lldp" for o in thing.announced()):
        heard = next(o for o in thing.announced() if isinstance(o.seen, Neighbour) and o.seen.protocol == "lldp")
        found.setdefault("lldp.enabled", Fact(name="lldp.enabled", value=True, why=why(heard, weigh(heard))))
    if thing.conflicts:
        claimed = {o.seen.ip: sorted(o.seen.macs) for o in thing.conflicts if isinstance(o.seen, Conflict)}
        rows = [{"ip": ip, "macs": macs} for ip, macs in sorted(claimed.items())]
        found["address.conflict"] = Fact(name="address.conflict", value=rows, why=why(thing.conflicts[0], 0.9))
    known = catalogue()
    return tuple(found[name] for name in sorted(found) if name in known)


def _managed_facts(thing: Thing, weigh: Weigh, managed: Managed) -> Iterable[Fact]:
    for observation in thing.announced():
        if not isinstance(observation.seen, ManagedAp):
            continue
        ap, reason = observation.seen, why(observation, 0.9 * weigh(observation))
        if controller := managed.controllers.get(managed_name(ap)):
            yield Fact(name="wifi.controller", value=controller, why=reason)
        if ap.state:
            yield Fact(name="wifi.state", value=ap.state, why=reason)
        if ap.clients is not None:
            yield Fact(name="wifi.clients", value=ap.clients, why=reason)
        own = [o for name in (ap.name, ap.mac, ap.serial) if name for o in managed.radios.get(name.lower(), ())]
        yield from (fact for fact in facts_of(own, weigh) if fact.name.startswith("wifi."))
