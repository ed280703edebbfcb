"""Joining tonight's words about an asset to those already kept: silence erases nothing, a weak source overrules no
strong one, and every field keeps the night on which it was last said."""

from collections.abc import Mapping
from datetime import date

from probes.vocabulary import Asset, Fact, Service

SINGLE = ("kind", "subkind", "maker", "model", "serial", "os", "version", "hostname", "location", "connected_to")
SEVERAL = ("macs", "ips", "ports", "parts", "keys", "merges")
# A much surer word stays for so many days against a less sure one.
STRONG_FOR_DAYS = 30
MUCH_SURER = 0.2
SERVICES_KEPT_DAYS = 30
MERGES_KEPT = 20


def join(held: Asset | None, dated: Mapping[str, date], now: Asset, night: date) -> tuple[Asset, dict[str, date]]:
    """The asset as it is now known, and each field's date. Order of two vantages on one night does not matter much:
    lists said on the same night are united."""
    if held is None:
        said = [name for name in (*SINGLE, *SEVERAL, "services", "facts") if _is_said(getattr(now, name))]
        return now, dict.fromkeys(said, night)
    dates = dict(dated)
    kept: dict[str, object] = {"id": now.id, "private": now.private}
    overruled = set()
    for name in (*SINGLE, *SEVERAL):
        value = getattr(now, name)
        if not _is_said(value) or _is_weaker(held, now, name, dates.get(name), night):
            kept[name] = getattr(held, name)
            overruled.add(name)
        else:
            kept[name] = _united(getattr(held, name), value) if name in SEVERAL and dates.get(name) == night else value
            dates[name] = night
    kept["services"] = _services(held.services, now.services, dates, night)
    kept["facts"] = _facts(held.facts, now.facts)
    kept["merges"] = tuple(dict.fromkeys((*held.merges, *now.merges)))[-MERGES_KEPT:]
    if now.facts:
        dates["facts"] = night
    why = {name: reason for name, reason in now.why.items() if name not in overruled}
    return now.model_copy(update={**kept, "why": {**held.why, **why}}), dates


def _is_said(value: object) -> bool:
    return value not in (None, "", (), "unknown")


def _is_weaker(held: Asset, now: Asset, name: str, said: date | None, night: date) -> bool:
    old, new = held.why.get(name), now.why.get(name)
    if old is None or new is None or said is None or not _is_said(getattr(held, name)):
        return False
    return (night - said).days <= STRONG_FOR_DAYS and new.confidence + MUCH_SURER < old.confidence


def _united(old: tuple[object, ...], new: tuple[object, ...]) -> tuple[object, ...]:
    """Both vantages' lists of the same night; of ports and parts, which have names, the longer list."""
    if old and not isinstance(old[0], str) and hasattr(old[0], "name"):
        return max(old, new, key=len)
    return tuple(dict.fromkeys((*old, *new)))


def _services(
    old: tuple[Service, ...], new: tuple[Service, ...], dates: dict[str, date], night: date
) -> tuple[Service, ...]:
    """Tonight's services; with those of earlier the same night. A night without a port scan keeps the last one's."""
    if not new:
        return old
    same_night = dates.get("services") == night
    dates["services"] = night
    if not same_night:
        return new
    found = {(s.protocol, s.port, s.ip): s for s in (*old, *new)}
    return tuple(found[key] for key in sorted(found))


def _facts(old: tuple[Fact, ...], new: tuple[Fact, ...]) -> tuple[Fact, ...]:
    found = {fact.name: fact for fact in old} | {fact.name: fact for fact in new}
    return tuple(found[name] for name in sorted(found))
