"""What a box can do by its parts and its data sheet: power supplies, modules, memory, tables, stacking."""

from collections.abc import Iterator

from baselines.backbone import backbone, cables_of
from baselines.judgement import Judgement, Says
from baselines.models import model_of, shipped
from baselines.reading import (
    about,
    by_id,
    counted,
    described,
    fact,
    fact_shown,
    field_shown,
    label,
    of_kind,
    seen_tonight,
    setting,
    sure,
    unconfirmed,
    value,
)
from baselines.vocabulary import Clause, Evidence, Night
from probes.vocabulary import Asset


def chosen(night: Night, clause: Clause) -> tuple[Asset, ...]:
    """The devices a clause is about: those of `kinds`, or the core switches where it says `core`."""
    kinds = setting(clause, "kinds", ["switch"])
    core = backbone(night).core if "core" in kinds else frozenset()
    return tuple(a for a in of_kind(night, *kinds, "switch") if a.kind in kinds or a.id in core)


def power_supplies(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Power supplies fitted, by ENTITY-MIB; fixed models often list none, which says nothing."""
    need = int(setting(clause, "at_least", 2))
    for device in chosen(night, clause):
        found = fact(night, device, "psu.count")
        if found and found.value >= need and sure(found):
            text = f"{label(device)} has {found.value} power supplies."
            yield about(device, Says.HOLDS, text, "", fact_shown(found))
        elif found and found.value == 1 and sure(found):
            text = f"{label(device)} has one power supply; the standard asks for two."
            yield about(device, Says.FAILS, text, "one-psu", fact_shown(found))
        else:
            text = f"How many power supplies {described(device)} has was not said this night."
            yield about(device, Says.SILENT, text, "", fact_shown(found))


def management_modules(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Supervisors of a chassis; whether the members of a stack count is the school's decision."""
    for device in chosen(night, clause):
        members = fact(night, device, "stack.members")
        supervisors = [p for p in device.parts if p.kind == "module" and "supervisor" in f"{p.name} {p.model}".lower()]
        if len(supervisors) > 1:
            text = f"{label(device)} has {len(supervisors)} supervisor modules."
            yield about(device, Says.HOLDS, text, "", field_shown(device, "parts")[:1])
        elif members and members.value > 1:
            text = (
                f"{label(device)} is a stack of {members.value}; whether its members count as modules is for a person."
            )
            yield about(device, Says.PERSON, text, "", fact_shown(members))
        elif members and sure(members) and members.value == 1:
            text = f"{label(device)} is one switch with one management module; the standard asks for two."
            yield about(device, Says.FAILS, text, "one-module", fact_shown(members))
        else:
            yield about(device, Says.SILENT, f"The modules of {described(device)} were not read this night.")


def critical_links(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Cables between the core and each router, firewall or server that speaks LLDP or CDP."""
    kinds = setting(clause, "to", ["router", "firewall", "server"])
    for device in chosen(night, clause):
        counts: dict[str, int] = {}
        for cable in cables_of(night, device.id):
            peer = by_id(night, cable.peer)
            told = any(s.startswith(("lldp", "cdp", "snmp.lldp", "snmp.cdp")) for s in cable.sources)
            if peer and peer.kind in kinds and told:
                counts[cable.peer] = counts.get(cable.peer, 0) + cable.count
        yield _critical(night, device, counts)


def _critical(night: Night, device: Asset, counts: dict[str, int]) -> Judgement:
    names = {peer: label(found) for peer in counts if (found := by_id(night, peer))}
    evidence = tuple(Evidence(what=f"links to {names[p]}", value=str(n), source="links") for p, n in counts.items())
    single = sorted(p for p, n in counts.items() if n < 2)
    if not counts:
        return about(device, Says.SILENT, f"No router or server that names itself was seen on {label(device)}.")
    if single:
        text = f"{label(device)} has one link to {names[single[0]]}; the standard asks for two to critical kit."
        return about(device, Says.FAILS, text, f"single-{single[0]}", evidence)
    return about(
        device,
        Says.HOLDS,
        f"{label(device)} has two links or more to each of {counted(len(counts), 'critical device')}.",
        "",
        evidence,
    )


def core_power(night: Night, _: Clause) -> Iterator[Judgement]:
    """A UPS that answers is half the proof; what hangs on it is for a person to say."""
    supplies = of_kind(night, "ups")
    if not supplies:
        yield Judgement(
            Says.SILENT, "No UPS answered this night, so whether the core switch hangs on one was not seen."
        )
    for ups in supplies:
        battery = fact(night, ups, "ups.battery")
        text = f"{described(ups)} answered; which switches hang on it is for a person to say."
        yield about(ups, Says.PERSON, text, "", fact_shown(battery))


def memory(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Main memory in MiB, by data sheet or HOST-RESOURCES-MIB, which may leave out a tenth."""
    need = int(setting(clause, "mb", 512))
    for switch in of_kind(night, "switch"):
        model, told = model_of(switch, shipped()), fact(night, switch, "memory.mb")
        sheet = model.memory_mb if model else None
        size = sheet or (told.value if told and sure(told) else None)
        evidence = field_shown(switch, "model") if sheet else fact_shown(told)
        floor = need if sheet else need * 0.9
        yield _figure(night, switch, size, floor, f"{size} MB of memory", f"{need} MB", evidence)


def mac_table(night: Night, clause: Clause) -> Iterator[Judgement]:
    """How many MAC addresses the switch can hold, by its data sheet."""
    need = int(setting(clause, "addresses", 16000))
    for switch in of_kind(night, "switch"):
        model = model_of(switch, shipped())
        size = model.mac_table if model else None
        what = f"room for {size:,} MAC addresses" if size else ""
        yield _figure(night, switch, size, need, what, f"{need:,}", field_shown(switch, "model"))


def _figure(
    night: Night, switch: Asset, size: int | None, floor: float, has: str, asks: str, evidence: tuple[Evidence, ...]
) -> Judgement:
    if size is None:
        text = f"The figure for {described(switch)} is not in the model data and the switch did not say it."
        return about(switch, Says.SILENT, text)
    if size >= floor:
        return about(switch, Says.HOLDS, f"{described(switch)} has {has}.", "", evidence)
    if not seen_tonight(night, switch, "model"):
        return unconfirmed(switch, "its size")
    return about(switch, Says.FAILS, f"{described(switch)} has {has}; the standard asks for {asks}.", "small", evidence)


def feature(night: Night, clause: Clause) -> Iterator[Judgement]:
    """A yes-or-no property of the model (`property` of models.yaml), named in a sentence by `means`."""
    name, means = setting(clause, "property", "eee"), setting(clause, "means", "this")
    for switch in of_kind(night, "switch"):
        model = model_of(switch, shipped())
        has = getattr(model, name) if model else None
        evidence = field_shown(switch, "model")
        if has is None:
            text = f"Whether {described(switch)} has {means} is not in the model data."
            yield about(switch, Says.SILENT, text)
        elif has:
            yield about(switch, Says.HOLDS, f"{described(switch)} has {means} by its data sheet.", "", evidence)
        elif seen_tonight(night, switch, "model"):
            yield about(switch, Says.FAILS, f"{described(switch)} has no {means} by its data sheet.", name, evidence)


def stacking(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Stacks only: the speed between members, or whether they have ports of their own for it."""
    need = setting(clause, "gbps", None)
    for switch in of_kind(night, "switch"):
        members = value(night, switch, "stack.members")
        if not members or members < 2:
            continue
        model = model_of(switch, shipped())
        figure = (model.stack_gbps if need else model.stack_dedicated) if model else None
        what = f"{figure} Gbps between its members" if need else "its own stacking ports"
        evidence = (*field_shown(switch, "model"), *fact_shown(fact(night, switch, "stack.members")))
        if figure is None:
            text = f"{described(switch)} is a stack of {members}; how it is joined is not in the model data."
            yield about(switch, Says.SILENT, text, "", evidence)
        elif figure is True or (need and figure >= need):
            yield about(switch, Says.HOLDS, f"{described(switch)}, a stack of {members}, has {what}.", "", evidence)
        elif seen_tonight(night, switch, "model"):
            lacks = f"has {what}; the standard asks for {need} Gbps" if need else "is joined through its ordinary ports"
            yield about(switch, Says.FAILS, f"{described(switch)}, a stack of {members}, {lacks}.", "stack", evidence)
