"""The internet line: its speed, technology, backup and firewall."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from baselines.judgement import Judgement, Says
from baselines.reading import about, described, field_shown, of_kind, seen_tonight, setting, shown, speed_text
from baselines.vocabulary import Clause, Evidence, Night
from probes.vocabulary import Asset, LineMeasure

GOODPUT = 0.94  # of a link's rate is what TCP can carry as payload
_COPPER = {"fttc": "FTTC", "adsl": "ADSL", "vdsl": "VDSL", "cable": "cable (coax)", "efm": "copper Ethernet"}
_DSL_TYPES = {94: "ADSL", 97: "VDSL", 238: "ADSL2+", 251: "VDSL2"}  # IANA ifType
_NAMES = {"fttp": "FTTP", "leased-line": "a leased line", "mobile": "a mobile connection", **_COPPER}


def line_speed(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Best rate of the night against `down_mbps` and `up_mbps`; a link slower than the line hides it."""
    measured = [m for m in night.line if m.route != "backup" and m.down_mbps is not None]
    for direction, contracted in (("down", night.site.contracted_down_mbps), ("up", night.site.contracted_up_mbps)):
        asked = float(setting(clause, f"{direction}_mbps", 0))
        if contracted is not None and contracted < asked:
            yield _short_contract(direction, contracted, asked)
            return
    if not measured:
        reasons = sorted({m.reason for m in night.line if m.reason})
        why = f": {reasons[0]}" if reasons else "."
        yield Judgement(Says.SILENT, f"The internet line was not measured this night{why}")
        return
    yield _judge_speed(night, clause, measured)


def _short_contract(direction: str, contracted: float, asked: float) -> Judgement:
    return Judgement(
        Says.FAILS,
        f"The contract gives {speed_text(contracted)} {direction}; the standard asks for {speed_text(asked)}.",
        condition=f"contracted-{direction}",
        evidence=(Evidence(what=f"contracted {direction}", value=speed_text(contracted), source="site settings"),),
    )


def _judge_speed(night: Night, clause: Clause, measured: Sequence[LineMeasure]) -> Judgement:
    need = (float(setting(clause, "down_mbps", 0)), float(setting(clause, "up_mbps", 0)))
    best = (max(m.down_mbps or 0 for m in measured), max((m.up_mbps or 0 for m in measured), default=0))
    up_known = any(m.up_mbps is not None for m in measured)
    evidence = tuple(_shown(m) for m in measured[:6])
    text = f"The line gave {speed_text(best[0])} down and {speed_text(best[1]) if up_known else 'an unknown rate'} up"
    asks = f"the standard asks for {speed_text(need[0])} down and {speed_text(need[1])} up"
    pairs = [(b, n) for b, n, known in zip(best, need, (True, up_known), strict=True) if known]
    nic = _hiding_link(max((m.nic_mbps or 0 for m in measured), default=0), pairs)
    if nic:
        limit = speed_text(nic * GOODPUT)
        sentence = f"{text}, but the agent's own {speed_text(nic)} link cannot tell above {limit}; {asks}."
        return Judgement(Says.SILENT, sentence, evidence=evidence)
    if any(b < n * 0.9 for b, n in pairs):
        return Judgement(Says.FAILS, f"{text} at best; {asks}.", condition="measured", evidence=evidence)
    if not up_known:
        return Judgement(Says.SILENT, f"{text}; {asks}.", evidence=evidence)
    if all(b >= n for b, n in pairs):
        return Judgement(Says.HOLDS, f"{text}; {asks}.", evidence=evidence)
    contract = (night.site.contracted_down_mbps or 0, night.site.contracted_up_mbps or 0)
    if all(c >= n for c, n in zip(contract, need, strict=True)):
        sentence = f"{text} of payload, as a line contracted at {speed_text(contract[0])} does; {asks}."
        return Judgement(Says.HOLDS, sentence, evidence=evidence)
    return Judgement(Says.PERSON, f"{text}, just below; {asks}. The contract decides.", evidence=evidence)


def _hiding_link(nic: int, pairs: Sequence[tuple[float, float]]) -> int:
    """The agent's own link speed where it hides how fast the line is, or 0. An unknown one is taken for 100 or 1000."""
    for link in (nic,) if nic else (100, 1000):
        ceiling = link * GOODPUT
        near = [b for b, n in pairs if b < n and n > ceiling and ceiling * 0.8 <= b <= link]
        if near:
            return link
    return 0


def _shown(m: LineMeasure) -> Evidence:
    rates = f"{m.down_mbps} Mbps down, {m.up_mbps} Mbps up"
    return Evidence(what="line", value=rates, source="broadband", target=m.endpoint, at=m.at)


def full_fibre(night: Night, _: Clause) -> Iterator[Judgement]:
    """Copper is proof against; fibre is for the contract to prove."""
    technology = (night.site.line_technology or "").lower()
    for router in of_kind(night, "router", "firewall"):
        wan = [p for p in router.ports if p.type in _DSL_TYPES and p.oper_up]
        if wan and seen_tonight(night, router, "ports"):
            kind = _DSL_TYPES[wan[0].type or 0]
            sentence = (
                f"{described(router)} port {wan[0].name} is {kind}, which is copper; the standard asks for full fibre."
            )
            yield Judgement(Says.FAILS, sentence, condition="dsl-port", evidence=(
                shown("interface type", kind, router.why.get("ports")),))  # fmt: skip
            return
    told = (Evidence(what="line technology", value=technology, source="site settings"),) if technology else ()
    if technology in _COPPER:
        sentence = f"The main line is {_NAMES[technology]}, which is not full fibre."
        yield Judgement(Says.FAILS, sentence, condition=technology, evidence=told)
    elif technology in ("fttp", "leased-line"):
        sentence = f"The site's settings say the main line is {_NAMES[technology]}, and nothing seen speaks against it."
        yield Judgement(Says.PERSON, sentence, evidence=told)
    else:
        yield Judgement(Says.SILENT, "Nothing seen this night tells whether the main line is fibre or copper.")


def backup_exists(night: Night, _: Clause) -> Iterator[Judgement]:
    """Two routes that both carried traffic prove a backup."""
    technology = (night.site.backup_technology or "").lower()
    carried = _routes(night)
    if {"main", "backup"} <= carried.keys():
        evidence = (_shown(carried["main"]), _shown(carried["backup"]))
        yield Judgement(Says.HOLDS, "Traffic was measured over the main line and over the backup.", evidence=evidence)
    elif technology == "none":
        yield Judgement(Says.FAILS, "The site's settings say there is no backup line.", condition="none")
    elif technology:
        name = _NAMES.get(technology, technology)
        yield Judgement(Says.PERSON, f"The settings name {name} as backup; it was not measured this night.")
    else:
        yield Judgement(Says.SILENT, "No backup line is named in the site's settings and none was seen this night.")


def _routes(night: Night) -> dict[str, LineMeasure]:
    return {m.route: m for m in night.line if m.latency_ms is not None or m.down_mbps is not None}


def backup_differs(night: Night, _: Clause) -> Iterator[Judgement]:
    """Main and backup of the same technology share its faults."""
    main, backup = (night.site.line_technology or "").lower(), (night.site.backup_technology or "").lower()
    if not main or not backup or backup == "none":
        yield Judgement(Says.SILENT, "The technologies of both lines are not in the site's settings.")
        return
    evidence = (Evidence(what="lines", value=f"{main} and {backup}", source="site settings"),)
    if main == backup:
        name = _NAMES.get(main, main)
        sentence = f"Main and backup are both {name}; the standard asks for different types."
        yield Judgement(Says.FAILS, sentence, condition=main, evidence=evidence)
    else:
        names = f"{_NAMES.get(main, main)} and {_NAMES.get(backup, backup)}"
        yield Judgement(
            Says.PERSON, f"The settings name {names}, which differ; the contracts prove it.", evidence=evidence
        )


def failover_seen(night: Night, _: Clause) -> Iterator[Judgement]:
    """A night whose traffic left by main and by backup saw the switch happen."""
    timed = sorted((m for m in night.line if m.egress and m.route in ("main", "backup")), key=lambda m: m.at)
    changes = [(a, b) for a, b in pairwise(timed) if a.egress != b.egress and a.route != b.route]
    if changes:
        before, after = changes[0]
        sentence = (
            f"Traffic changed by itself from the {before.route} line to the {after.route} line at {after.at:%H:%M}."
        )
        yield Judgement(Says.HOLDS, sentence, evidence=(_shown(before), _shown(after)))
    else:
        yield Judgement(Says.SILENT, "No failover happened this night, so whether it works was not seen.")


def gateways(night: Night) -> tuple[Asset, ...]:
    """The devices at the addresses that DHCP hands out as router."""
    routers = {offer.router for offer in night.dhcp if offer.authorised is not False and offer.router}
    routers |= {f.value.get("router", "") for a in night.assets if (f := a.fact("dhcp.server"))}
    found = (a for a in night.assets if routers & set(a.ips) and not a.private)
    return tuple(sorted(found, key=lambda a: a.id))


def firewall_present(night: Night, _: Clause) -> Iterator[Judgement]:
    """Whether the way out is a device known as a firewall."""
    ways = gateways(night)
    walls = [a for a in ways if a.kind == "firewall" and seen_tonight(night, a, "kind")]
    if walls:
        sentence = f"The way out is {described(walls[0])}, a firewall."
        yield Judgement(Says.HOLDS, sentence, evidence=field_shown(walls[0], "kind", "maker", "model"))
    elif ways:
        sentence = f"The way out is {described(ways[0])}; whether it acts as a firewall was not seen."
        yield Judgement(Says.SILENT, sentence, evidence=field_shown(ways[0], "kind", "maker", "model"))
    else:
        yield Judgement(Says.SILENT, "The device at the default gateway was not identified this night.")


def unwanted_openings(night: Night, _: Clause) -> Iterator[Judgement]:
    """A gateway that opens ports for whoever asks (UPnP) does not block inbound by default."""
    opening = [a for a in night.assets if (f := a.fact("upnp.gateway")) and f.value is True]
    for asset in sorted(opening, key=lambda a: a.id):
        if seen_tonight(night, asset):
            sentence = f"{described(asset)} opens inbound ports for any device that asks (UPnP)."
            yield about(asset, Says.FAILS, sentence, "upnp", (shown("upnp.gateway", True, asset.facts[0].why),))
    if not opening:
        yield Judgement(Says.SILENT, "No gateway offered UPnP port opening; the rules themselves were not seen.")
