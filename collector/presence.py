"""Who is there, who came, who went: one look folded into what is held of each entry."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from baselines.vocabulary import Evidence
from collector.altered import differences, keep
from collector.changing import LOOKS, Change, ChangeKind, Difference, Thing, weigh
from collector.covered import Covered
from collector.keeping import join
from collector.memory import Held, Memory, Seen, View
from probes.canonical import make_and_model
from probes.vocabulary import Asset

# A vantage that has not reported for so long says nothing about who is gone.
SILENT_DAYS = 14
# What a switch is asked to know who is on which of its ports.
TABLES = ("snmp.system", "snmp.bridge", "snmp.fdb")


@dataclass(frozen=True, slots=True)
class Met:
    """An entry that this look saw, as its report has it."""

    thing: Thing
    asset: Asset
    view: View


@dataclass(frozen=True, slots=True)
class Look:
    """One report as drift sees it. `in_term` is False on days when pupils are away: endpoints are then not missed."""

    night: date
    vantage: str
    met: Mapping[str, Met]
    covered: Covered
    in_term: bool = True
    disposed: frozenset[str] = field(default=frozenset())
    merged: Mapping[str, str] = field(default_factory=dict)


def fold_presence(memory: Memory, look: Look) -> tuple[dict[str, Held], list[Change]]:
    """Every entry after this look, and what changed about who is there and what each is."""
    first = look.vantage not in memory.looks
    entries, found = dict(memory.entries), []
    for old, new in look.merged.items():
        _merge(entries, old, new)
    replacing = {} if first else dict(_replacements(entries, look))
    for entry, met in sorted(look.met.items()):
        before = entries.get(entry)
        surely = met if before is None else _surely(before, met, look, memory)
        entries[entry], made = _meet(before, surely, look, replacing.get(entry), first)
        found += made
    for old_entry in replacing.values():
        entries[old_entry] = entries[old_entry].model_copy(update={"state": "replaced"})
    for entry, held in sorted(entries.items()):
        if entry not in look.met and look.vantage in held.vantages:
            entries[entry], made = _miss(entry, held, look, memory)
            found += made
    return entries, found


def _merge(entries: dict[str, Held], old: str, new: str) -> None:
    """Two entries turned out to be one thing: the newer one's sightings go to the older one."""
    gone, kept = entries.pop(old, None), entries.get(new)
    if gone is None:
        return
    if kept is None:
        entries[new] = gone
        return
    entries[new] = kept.model_copy(
        update={
            "vantages": {**gone.vantages, **kept.vantages},
            "first": min(gone.first, kept.first),
            "last": max(gone.last, kept.last),
        }
    )


def _surely(held: Held, met: Met, look: Look, memory: Memory) -> Met:
    """What this look saw, without a new place that it cannot know.

    Where the table of the switch that a thing was on was not read whole, the thing is seen behind that switch, or on
    the port of the next one that leads there: that is no move.
    """
    past = held.vantages.get(look.vantage)
    before, after = past.view.place if past is not None else None, met.view.place
    if past is None or before is None or not before[1] or after is None or after == before:
        return met
    switch = memory.entries.get(before[0])
    if after[1] and not (switch is not None and look.covered.lacking(TABLES, switch.asset.ips)):
        return met
    view = met.view.model_copy(update={"place": before, "place_label": past.view.place_label})
    return replace(met, view=view, asset=met.asset.model_copy(update={"connected_to": None}))


def _meet(held: Held | None, met: Met, look: Look, replaces: str | None, first: bool) -> tuple[Held, list[Change]]:
    if held is None:
        made = [] if first else [_came(met, replaces)]
        asset, dated = join(None, {}, met.asset, look.night)
        fresh = Held(asset=asset, dated=dated, first=look.night, last=look.night, connected_since=look.night)
        return _seen_again(fresh, met, look, met.view), made + _disposal(fresh, met, look)
    made = _back(held, met) + _disposal(held, met, look)
    past = held.vantages.get(look.vantage)
    before = past.view if past is not None else met.view
    found = differences(met.thing, before, met.view, look.covered)
    waiting, ripe = weigh(held, found, look.night, look.vantage)
    made += [_change(met, difference, look) for difference in ripe]
    told = {d.name: (d.after, look.vantage, look.night) for d in ripe}
    asset, dated = join(held.asset, held.dated, met.asset, look.night)
    moved = any(d.kind == "moved" for d in ripe) or held.asset.connected_to is None
    updated = held.model_copy(
        update={
            "asset": asset,
            "dated": dated,
            "waiting": waiting,
            "told": held.told | told,
            "connected_since": look.night if moved else held.connected_since,
        }
    )
    return _seen_again(updated, met, look, keep(before, met.view, found, ripe)), made


def _seen_again(held: Held, met: Met, look: Look, view: View) -> Held:
    past = held.vantages.get(look.vantage)
    unbroken = past is not None and held.state in ("active", "not-seen")
    seen = Seen(
        first=past.first if past is not None and unbroken else look.night,
        last=look.night,
        nights=(past.nights if past is not None and unbroken else 0) + (past is None or past.last != look.night),
        asset=met.asset.id,
        view=view,
    )
    disposed = met.thing.entry in look.disposed
    return held.model_copy(
        update={
            "vantages": held.vantages | {look.vantage: seen},
            "last": max(held.last, look.night),
            "state": "active",
            "disposal_told": disposed,
        }
    )


def _miss(entry: str, held: Held, look: Look, memory: Memory) -> tuple[Held, list[Change]]:
    thing = thing_of(entry, held.asset)
    away = not thing.fixed and not look.in_term
    if away or held.state in ("removed", "replaced") or not _was_asked(held, look, memory):
        return held, []
    past = held.vantages[look.vantage]
    vantages = held.vantages | {look.vantage: past.model_copy(update={"misses": past.misses + 1})}
    missing = held.model_copy(update={"vantages": vantages, "state": "not-seen", "disposal_told": False})
    if thing.sleeps or not _gone(missing, look, memory):
        return missing, []
    where = f", at {past.view.place_label}" if past.view.place_label else ""
    since = f"{LOOKS['removed']} complete looks since did not find it"
    sentence = f"{thing.label} was last seen on {held.last.isoformat()}{where}; {since}."
    evidence = tuple(
        Evidence(what="last seen", value=seen.last.isoformat(), source="register", vantage=vantage)
        for vantage, seen in sorted(vantages.items())
    )
    gone = _plain("removed", thing, held.last.isoformat() + where, "", sentence, evidence)
    return missing.model_copy(update={"state": "removed", "waiting": {}}), [gone]


def _was_asked(held: Held, look: Look, memory: Memory) -> bool:
    """Whether this look would have found it: its addresses were swept, or its switch's tables were read whole."""
    past = held.vantages[look.vantage]
    if past.view.ips:
        return look.covered.swept(past.view.ips)
    switch = look.met.get(past.view.place[0]) if past.view.place is not None else None
    return switch is not None and look.covered.whole(("snmp.",), switch.view.ips)


def _gone(held: Held, look: Look, memory: Memory) -> bool:
    reporting = {v for v, last in memory.lasts.items() if (look.night - last).days <= SILENT_DAYS} | {look.vantage}
    return all(seen.misses >= LOOKS["removed"] for v, seen in held.vantages.items() if v in reporting)


def _replacements(entries: Mapping[str, Held], look: Look) -> Iterator[tuple[str, str]]:
    """Pairs of a new entry and the missing one whose place it took."""
    if look.covered.stopped:
        return
    missing = {
        entry: held
        for entry, held in entries.items()
        if entry not in look.met
        and look.vantage in held.vantages
        and held.state in ("active", "not-seen")
        and held.last < look.night
    }
    for entry, met in sorted(look.met.items()):
        if entry in entries or met.thing.sleeps:
            continue
        taken = next((old for old, held in sorted(missing.items()) if _same_place(met, held, look.vantage)), None)
        if taken is not None:
            del missing[taken]
            yield entry, taken


def _same_place(met: Met, held: Held, vantage: str) -> bool:
    """Same kind and same name; or, for what stays where it is, the same socket or the same address."""
    if held.asset.kind != met.asset.kind:
        return False
    past = held.vantages[vantage].view
    names = _names(past) & _names(met.view)
    fixed = met.thing.fixed
    socket = fixed and past.place is not None and past.place == met.view.place and not _shared(met.asset)
    return bool(names) or socket or (fixed and bool(set(past.ips) & set(met.view.ips)))


def _shared(asset: Asset) -> bool:
    return asset.connected_to is not None and bool(asset.connected_to.via)


def _names(view: View) -> set[str]:
    return {word for name, word in view.words.items() if name.startswith("hostname")}


def _came(met: Met, replaces: str | None) -> Change:
    where = f" at {met.view.place_label}" if met.view.place_label else ""
    after = ", ".join(word for word in (met.asset.serial, *met.view.ips[:1]) if word)
    if replaces is None:
        what = make_and_model(met.asset.maker, met.asset.model) or met.thing.kind
        sentence = f"{met.thing.label} ({what}) was seen for the first time{where}."
        return _plain("new", met.thing, "", after, sentence, _evidence(met))
    sentence = f"{met.thing.label}{where} is another device than before: {replaces} was replaced by {met.thing.entry}."
    return _plain("replaced", met.thing, replaces, met.thing.entry, sentence, _evidence(met))


def _back(held: Held, met: Met) -> list[Change]:
    if held.state not in ("removed", "replaced") or met.thing.sleeps:
        return []
    sentence = f"{met.thing.label} is back; it had not been seen since {held.last.isoformat()}."
    return [_plain("returned", met.thing, held.last.isoformat(), "", sentence, _evidence(met))]


def _disposal(held: Held, met: Met, look: Look) -> list[Change]:
    if met.thing.entry not in look.disposed or held.disposal_told:
        return []
    sentence = f"Disposed asset seen: {met.thing.label} is in the register as disposed of, and was on the network."
    return [_plain("disposed-seen", met.thing, "disposed of", "seen", sentence, _evidence(met))]


def _evidence(met: Met) -> tuple[Evidence, ...]:
    keys = [why for name in ("serial", "macs", "ips", "hostname") if (why := met.asset.why.get(name)) is not None]
    return tuple(
        Evidence(what="seen by", value=why.source, source=why.source, target=why.target, vantage=why.vantage, at=why.at)
        for why in keys[:2]
    )


def _change(met: Met, difference: Difference, look: Look) -> Change:
    name = {"moved": "connected_to", "firmware": "version", "renamed": "hostname", "replaced": "serial"}.get(
        difference.kind, "services"
    )
    why = met.asset.why.get(name) or met.asset.why.get("ips")
    seen = Evidence(
        what=difference.what or difference.kind,
        value=difference.after or difference.before,
        source=why.source if why is not None else "report",
        target=why.target if why is not None else "",
        vantage=look.vantage,
        at=why.at if why is not None else None,
    )
    return Change(
        kind=difference.kind,
        entry=met.thing.entry,
        subject=met.thing.label,
        before=difference.before,
        after=difference.after,
        sentence=difference.sentence,
        evidence=(seen,),
        benign=difference.benign,
    )


def _plain(
    kind: ChangeKind, thing: Thing, before: str, after: str, sentence: str, evidence: tuple[Evidence, ...]
) -> Change:
    return Change(
        kind=kind,
        entry=thing.entry,
        subject=thing.label,
        before=before,
        after=after,
        sentence=sentence,
        evidence=evidence,
    )


def thing_of(entry: str, asset: Asset) -> Thing:
    """An entry as sentences speak of it: its name, or what it is and its address."""
    what = make_and_model(asset.maker, asset.model) or asset.subkind or asset.kind
    label = asset.hostname or f"{what} {asset.ips[0] if asset.ips else asset.macs[0] if asset.macs else entry}"
    return Thing(entry=entry, label=label, kind=asset.kind, subkind=asset.subkind)
