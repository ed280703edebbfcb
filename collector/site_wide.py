"""What belongs to the site rather than to one thing: its wireless networks and the cables between its switches."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from collector.changing import LOOKS, Change, ChangeKind
from collector.memory import Cable, Memory, Network, Waiting
from collector.presence import Look, Met
from probes.vocabulary import Link

BACKBONE = frozenset({"switch", "router", "firewall", "wlc"})


def fold_networks(memory: Memory, look: Look) -> tuple[dict[str, Network], list[Change]]:
    """The wireless networks this vantage knows. One is gone when all that carried it say so twice."""
    before = memory.networks.get(look.vantage)
    offered = dict(_offered(look.met.values()))
    if before is None:
        return offered, []
    found: list[Change] = []
    after = dict(before)
    for name, network in sorted(offered.items()):
        after[name] = network
        old = before.get(name)
        if old is None:
            found.append(_wifi("wifi-added", name, "", network.security, f"The wireless network {name} is new."))
        elif network.security and old.security and network.security != old.security:
            sentence = f"The wireless network {name} uses {network.security}; it used {old.security}."
            found.append(_wifi("wifi-changed", name, old.security, network.security, sentence))
        elif not network.security:
            after[name] = network.model_copy(update={"security": old.security})
    for name, old in sorted(before.items()):
        if name in offered or not all(_speaks(look.met.get(carrier)) for carrier in old.carriers):
            continue
        missed = old.model_copy(update={"misses": old.misses + 1})
        after[name] = missed
        if missed.misses >= LOOKS["wifi-removed"]:
            del after[name]
            sentence = f"The wireless network {name} is no longer offered."
            found.append(_wifi("wifi-removed", name, old.security, "", sentence))
    return after, found


def _offered(met: Iterable[Met]) -> Iterator[tuple[str, Network]]:
    names: dict[str, Network] = {}
    for one in met:
        fact = one.asset.fact("wifi.ssids")
        for ssid in fact.value if fact is not None else ():
            old = names.get(ssid["name"])
            carriers = {*(old.carriers if old is not None else ()), one.thing.entry}
            security = (old.security if old is not None else "") or ssid.get("security", "")
            names[ssid["name"]] = Network(security=security, carriers=tuple(sorted(carriers)))
    yield from names.items()


def _speaks(met: Met | None) -> bool:
    fact = met.asset.fact("wifi.ssids") if met is not None else None
    return fact is not None and fact.why.confidence > 0.5


def _wifi(kind: ChangeKind, name: str, before: str, after: str, sentence: str) -> Change:
    return Change(kind=kind, entry=None, subject=name, before=before, after=after, sentence=sentence)


def fold_cables(
    memory: Memory, look: Look, links: tuple[Link, ...], entries: Mapping[str, str]
) -> tuple[dict[str, Cable], list[Change]]:
    """The links between network equipment after the look; one has moved when two looks agree on its new ports."""
    after, found = dict(memory.cables), []
    for pair, ports in sorted(_between(links, look, entries).items()):
        held = after.get(pair)
        if held is None or held.ports == ports:
            after[pair] = Cable(ports=ports)
            continue
        after[pair], moved = _moved(held, ports, look.night)
        if moved:
            found.append(_cable(pair, held.ports, ports, look))
    return after, found


def _moved(held: Cable, ports: tuple[str, str], night: date) -> tuple[Cable, bool]:
    value = " ".join(ports)
    same = held.waiting is not None and held.waiting.value == value
    looks = held.waiting.looks + 1 if held.waiting is not None and same else 1
    if looks >= LOOKS["link-moved"]:
        return Cable(ports=ports), True
    since = held.waiting.since if held.waiting is not None and same else night
    return held.model_copy(update={"waiting": Waiting(value=value, since=since, looks=looks)}), False


def _between(links: tuple[Link, ...], look: Look, entries: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """One pair of ports for each pair of equipment that has exactly one cable: several are told apart by nothing."""
    found: dict[str, list[tuple[str, str]]] = {}
    for link in links:
        ends = sorted((entries.get(end.asset, ""), end.port) for end in (link.a, link.b))
        met = [look.met.get(entry) for entry, _ in ends]
        if all(one is not None and one.thing.kind in BACKBONE for one in met):
            found.setdefault(f"{ends[0][0]}|{ends[1][0]}", []).append((ends[0][1], ends[1][1]))
    return {pair: ports[0] for pair, ports in found.items() if len(ports) == 1}


def _cable(pair: str, was: tuple[str, str], now: tuple[str, str], look: Look) -> Change:
    one, other = pair.split("|")
    a, b = look.met[one].thing.label, look.met[other].thing.label
    before, after = (f"{a} port {x} to {b} port {y}" for x, y in (was, now))
    sentence = f"The cable between {a} and {b} now joins {after}; it joined {before}."
    subject = f"{a} to {b}"
    return Change(kind="link-moved", entry=one, subject=subject, before=before, after=after, sentence=sentence)
