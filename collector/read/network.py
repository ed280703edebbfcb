"""The network as links and folded ports: what the map draws and the table beside it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from collector.drawing_map import Node, Wire
from collector.read.entries import Line, lines, natural
from collector.read.places import NightRow, last_nights, night_links
from collector.read.resolve import entry_of_assets
from collector.words import number

DRAWN = ("firewall", "router", "switch", "wlc", "ap")


@dataclass(frozen=True, slots=True)
class Cable:
    """One link between two devices of the map, with who says so."""

    a: Line
    a_port: str
    b: Line
    b_port: str
    speed: int | None
    lag: bool
    sources: Sequence[str]
    confidence: float


@dataclass(frozen=True, slots=True)
class Folded:
    """The end devices on one device of the map, folded to how many there are of each kind."""

    at: Line
    ports: int
    kinds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Network:
    """The devices that carry the network, their cables, and what hangs on them."""

    devices: Sequence[Line]
    cables: Sequence[Cable]
    folded: Sequence[Folded]
    loose: Sequence[Line]
    nights: Sequence[NightRow]


def network(conn: Connection, tenant: str, site: str) -> Network:
    """The network of a site as the last night of each vantage saw it."""
    every = lines(conn, tenant, site)
    by_id = {line.id: line for line in every}
    nights = last_nights(conn, tenant, site)
    cables = _cables(conn, tenant, site, nights, by_id)
    linked = {line.id for cable in cables for line in (cable.a, cable.b)}
    devices = [line for line in every if line.kind in DRAWN or line.id in linked]
    shown = {line.id for line in devices}
    cables = [*cables, *_plugged(devices, by_id, cables)]
    tied = {line.id for cable in cables for line in (cable.a, cable.b)}
    return Network(
        devices=devices, cables=cables, folded=_fold(every, shown, by_id),
        loose=[line for line in devices if line.id not in tied], nights=nights,
    )  # fmt: skip


def _cables(
    conn: Connection, tenant: str, site: str, nights: Sequence[NightRow], by_id: Mapping[str, Line]
) -> list[Cable]:
    assets = entry_of_assets(conn, tenant, site)
    found: dict[frozenset[tuple[str, str]], Cable] = {}
    for link in (link for night in nights for link in night_links(conn, tenant, site, night)):
        ends = [assets.get(link[end]["asset"], link[end]["asset"]) for end in ("a", "b")]
        a, b = (by_id.get(end) for end in ends)
        if a is not None and b is not None:
            ports = (link["a"]["port"], link["b"]["port"])
            key = frozenset({(a.id, ports[0]), (b.id, ports[1])})
            speed = link.get("a_speed_mbps") or link.get("b_speed_mbps")
            found[key] = Cable(
                a, ports[0], b, ports[1], speed, bool(link.get("lag")), link["sources"], link["confidence"]
            )
    return sorted(found.values(), key=lambda cable: (cable.a.name, natural(cable.a_port), cable.b.name))


def _plugged(devices: Sequence[Line], by_id: Mapping[str, Line], cables: Sequence[Cable]) -> list[Cable]:
    """Devices of the map that no neighbour protocol names, but an address table places on a port."""
    known = {frozenset((cable.a.id, cable.b.id)) for cable in cables}
    found = []
    for line in devices:
        at = by_id.get(line.on_entry or "")
        if at is not None and frozenset((at.id, line.id)) not in known:
            found.append(Cable(at, line.port, line, "", None, False, ("address table",), 0.5))
    return found


def _fold(every: Sequence[Line], shown: set[str], by_id: Mapping[str, Line]) -> list[Folded]:
    kinds: dict[str, dict[str, int]] = {}
    ports: dict[str, set[str]] = {}
    for line in every:
        if line.on_entry in shown and line.id not in shown and line.state == "active":
            here = kinds.setdefault(line.on_entry or "", {})
            here[line.kind] = here.get(line.kind, 0) + 1
            ports.setdefault(line.on_entry or "", set()).add(line.port)
    folded = [Folded(by_id[at], len(ports[at]), counts) for at, counts in kinds.items()]
    return sorted(folded, key=lambda one: one.at.name)


def drawn(found: Network, href: Mapping[str, str]) -> tuple[list[Node], list[Wire]]:
    """The network as the boxes and wires of the map."""
    below = {one.at.id: sum(one.kinds.values()) for one in found.folded}
    nodes = [
        Node(line.id, line.name, line.kind, _under(line, below.get(line.id, 0)), href[line.id], line.state != "active")
        for line in found.devices
    ]
    wires = [Wire(one.a.id, one.b.id, _label(one), (one.speed or 0) >= 10000 or one.lag) for one in found.cables]
    return nodes, wires


def _under(line: Line, below: int) -> str:
    made = line.model or line.maker or line.kind_words
    return f"{made} · {number(below, 'device')}" if below else made


def _label(cable: Cable) -> str:
    speed = f", {cable.speed:,} Mbps" if cable.speed else ""
    return f"{cable.a.name} port {cable.a_port} to {cable.b.name} port {cable.b_port}{speed}"
