"""How the judge reads a night: which devices, what is known of them, how surely, and what was asked completely."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from ipaddress import ip_address, ip_network

from pydantic import PrivateAttr

from baselines.judgement import Judgement, Says
from baselines.vocabulary import Clause, Evidence, Night
from probes.canonical import make_and_model
from probes.vocabulary import Asset, Connection, Fact, Json, Outcome, Port, Why

INFRASTRUCTURE = ("switch", "ap", "wlc", "router", "firewall", "server", "nas", "ups")
SCANS = ("nmap.", "tcp.", "services.")


class Indexed(Night):
    """A night whose assets and complete answers are found at once; a large school has thousands of both."""

    _assets: dict[str, Asset] = PrivateAttr(default_factory=dict)
    _answered: dict[str, tuple[str, ...]] = PrivateAttr(default_factory=dict)
    _plugged: dict[str, list[tuple[Asset, Connection]]] = PrivateAttr(default_factory=dict)

    @classmethod
    def of(cls, night: Night) -> "Indexed":
        """The same night, indexed."""
        indexed = cls.model_construct(**{name: getattr(night, name) for name in Night.model_fields})
        indexed._assets = {asset.id: asset for asset in night.assets}
        indexed._plugged = _plugged(night)
        answered: dict[str, set[str]] = defaultdict(set)
        for entry in night.coverage:
            if entry.outcome is Outcome.COMPLETE:
                answered[entry.target].add(entry.probe)
        indexed._answered = {target: tuple(sorted(probes)) for target, probes in answered.items()}
        return indexed


def _plugged(night: Night) -> dict[str, list[tuple[Asset, Connection]]]:
    found: dict[str, list[tuple[Asset, Connection]]] = defaultdict(list)
    for asset in night.assets:
        if asset.connected_to:
            found[asset.connected_to.asset].append((asset, asset.connected_to))
    return found


def plugged_into(night: Night, asset: Asset) -> list[tuple[Asset, Connection]]:
    """Every device that is plugged into this one, and where."""
    index = night._plugged if isinstance(night, Indexed) else _plugged(night)
    return index.get(asset.id, [])


def setting(clause: Clause, name: str, default: Json) -> Json:
    """A parameter of the clause's check."""
    return clause.check.with_.get(name, default) if clause.check else default


def label(asset: Asset) -> str:
    """What people call it: its name, else its make and address."""
    if asset.hostname:
        return asset.hostname
    make = make_and_model(asset.maker, asset.model) or asset.subkind or asset.kind
    return f"{make} at {asset.ips[0]}" if asset.ips else f"{make} {asset.serial or asset.id}"


def described(asset: Asset) -> str:
    """Its name with make and model in brackets where they are known."""
    make = make_and_model(asset.maker, asset.model)
    return f"{asset.hostname} ({make})" if asset.hostname and make else label(asset)


def of_kind(night: Night, *kinds: str) -> tuple[Asset, ...]:
    """The school's own devices of these kinds, in id order."""
    return tuple(sorted((a for a in night.assets if a.kind in kinds and not a.private), key=lambda a: a.id))


def by_id(night: Night, asset_id: str) -> Asset | None:
    if isinstance(night, Indexed):
        return night._assets.get(asset_id)
    return next((asset for asset in night.assets if asset.id == asset_id), None)


def seen_tonight(night: Night, asset: Asset, *fields: str) -> bool:
    """Whether these fields (or, where they have no reason of their own, the asset) were seen in this very night."""
    return all(_tonight(night, asset.why[field]) for field in fields if field in asset.why) and any(
        _tonight(night, why) for why in (*asset.why.values(), *(fact.why for fact in asset.facts))
    )


def _tonight(night: Night, why: Why) -> bool:
    # A night that starts before midnight, or far from UTC, touches the day before or after.
    return abs(why.at.date() - night.on) <= timedelta(days=1)


def fact(night: Night, asset: Asset, name: str) -> Fact | None:
    """A fact learned this night, however surely."""
    found = asset.fact(name)
    return found if found and _tonight(night, found.why) else None


def sure(found: Fact | None) -> bool:
    """Whether a fact comes from a complete answer and may support that something holds."""
    return found is not None and found.why.confidence > 0.5


def value(night: Night, asset: Asset, name: str) -> Json:
    """A fact's value, or None when it was not learned this night."""
    found = fact(night, asset, name)
    return found.value if found else None


def asked_completely(night: Night, asset: Asset, *probes: str) -> bool:
    """Whether a probe whose name starts with one of these had its complete answer from one of the asset's addresses."""
    if isinstance(night, Indexed):
        return any(probe.startswith(probes) for ip in asset.ips for probe in night._answered.get(ip, ()))
    return any(
        entry.outcome is Outcome.COMPLETE and entry.target in asset.ips and entry.probe.startswith(probes)
        for entry in night.coverage
    )


def asked_at_all(night: Night, *probes: str) -> bool:
    """Whether any probe of these names ran to completion anywhere."""
    return any(e.outcome is Outcome.COMPLETE and e.probe.startswith(probes) for e in night.coverage)


def shown(what: str, shown_value: Json, why: Why | None) -> Evidence:
    """A piece of evidence from a value and the reason it is believed."""
    text = str(shown_value)
    if why is None:
        return Evidence(what=what, value=text, source="this night")
    return Evidence(what=what, value=text, source=why.source, target=why.target, vantage=why.vantage, at=why.at)


def told_by(night: Night, asset: Asset, what: str, shown_value: Json, *probes: str) -> Evidence:
    """A piece of evidence whose source is the asset's own answer to one of these probes."""
    entry = next((e for e in night.coverage if e.target in asset.ips and e.probe.startswith(probes)), None)
    if entry is None:
        return shown(what, shown_value, next(iter(asset.why.values()), None))
    return Evidence(what=what, value=str(shown_value), source=entry.probe, target=entry.target, vantage=entry.vantage,
                    at=entry.at)  # fmt: skip


def fact_shown(found: Fact | None) -> tuple[Evidence, ...]:
    return (shown(found.name, found.value, found.why),) if found else ()


def field_shown(asset: Asset, *fields: str) -> tuple[Evidence, ...]:
    """The asset's own fields as evidence, each with its reason."""
    return tuple(shown(field, getattr(asset, field), asset.why.get(field)) for field in fields if getattr(asset, field))


def within(address: str, subnets: Iterable[str]) -> bool:
    """Whether an address lies in one of the subnets."""
    return any(ip_address(address) in ip_network(subnet, strict=False) for subnet in subnets)


def up_ports(asset: Asset) -> Iterator[Port]:
    """Ports with a cable and a link: physical, or not said to be otherwise, and not an aggregate."""
    for port in asset.ports:
        if port.oper_up and port.physical is not False and port.type in (None, 6, 117):
            yield port


def speed_text(mbps: float) -> str:
    """A speed as a technician says it: 100 Mbps, 2.5 Gbps."""
    return f"{mbps / 1000:g} Gbps" if mbps >= 1000 else f"{mbps:.0f} Mbps"


def counted(number: int, thing: str) -> str:
    """A number with its noun: 1 switch, 4 switches."""
    ending = "" if number == 1 else "es" if thing.endswith(("s", "ch")) else "s"
    return f"{number} {thing}{ending}"


def listed(words: Iterable[str], limit: int = 6) -> str:
    """Words as a sentence has them, with the rest counted."""
    items = list(words)
    if len(items) > limit:
        return f"{', '.join(items[:limit])} and {len(items) - limit} more"
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""


def about(
    asset: Asset,
    says: Says,
    sentence: str,
    condition: str = "",
    evidence: tuple[Evidence, ...] = (),
    closes_with: str = "",
) -> Judgement:
    """A judgement of one asset."""
    return Judgement(says, sentence, asset.id, label(asset), condition, evidence, closes_with)


def unconfirmed(asset: Asset, what: str) -> Judgement:
    """The answer for a device that is only remembered: it may not be accused."""
    return about(asset, Says.SILENT, f"{label(asset)} was not itself seen this night, so {what} is not judged.")
