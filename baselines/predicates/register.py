"""The asset register as this night alone can fill it: what is known of each device, and what people must add."""

from collections.abc import Iterator

from baselines.judgement import Judgement, Says
from baselines.reading import (
    INFRASTRUCTURE,
    asked_at_all,
    asked_completely,
    counted,
    label,
    listed,
    of_kind,
    seen_tonight,
    setting,
    within,
)
from baselines.vocabulary import Clause, Evidence, Night
from probes.vocabulary import Asset

_FIXED = (*INFRASTRUCTURE, "printer")
_SWEEPS = ("arp.", "nd.", "icmp.", "sweep")


def _own(night: Night) -> list[Asset]:
    return sorted((a for a in night.assets if not a.private and seen_tonight(night, a)), key=lambda a: a.id)


def register_filled(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Share of fixed devices with make, model and serial number; the register's other columns are people's."""
    devices = _own(night)
    if not devices:
        return
    fixed = [d for d in devices if d.kind in _FIXED]
    whole = [d for d in fixed if d.maker and d.model and d.serial]
    known = f"make, model and serial number are known for {len(whole)} of {len(fixed)} fixed ones"
    text = f"The register was made from {counted(len(devices), 'device')} seen this night; {known}"
    blank = [label(d) for d in fixed if not d.serial]
    evidence = (Evidence(what="serial numbers", value=f"{len(whole)} of {len(fixed)}", source="this night"),)
    if blank:
        yield Judgement(Says.PERSON, f"{text}. Without a serial number: {listed(blank, 5)}.", evidence=evidence)
    else:
        yield Judgement(
            Says.PERSON, f"{text}. Who has each and when it was bought is for people to fill in.", evidence=evidence
        )


def register_current(night: Night, _: Clause) -> Iterator[Judgement]:
    """Every device seen is in the list with its kind, from a sweep that was completed this night."""
    devices = _own(night)
    unknown = [label(d) for d in devices if d.kind == "unknown"]
    nameless = [label(d) for d in devices if d.kind in INFRASTRUCTURE and not (d.maker and d.model)]
    evidence = (Evidence(what="devices in the register", value=str(len(devices)), source="this night"),)
    if not devices or not asked_at_all(night, *_SWEEPS):
        yield Judgement(Says.SILENT, "No sweep of the network was completed this night.")
    elif unknown or nameless:
        blank = listed([*unknown, *nameless], 5)
        lists = f"The register lists {counted(len(devices), 'device')} seen this night"
        text = f"{lists}, and does not know what these are: {blank}."
        yield Judgement(Says.SILENT, text, evidence=evidence)
    else:
        made = f"made anew on {night.on:%-d %B %Y}"
        text = f"The register lists every device seen this night ({len(devices)}) with what it is, {made}."
        yield Judgement(Says.HOLDS, text, evidence=evidence)


def monitored(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Managed devices that answered completely this night; whether their alerts reach anyone is for a person."""
    devices = of_kind(night, *setting(clause, "kinds", ["switch", "router", "firewall", "server", "ap", "ups"]))
    if not devices:
        return
    silent = [d for d in devices if not asked_completely(night, d, "snmp.", "ssh.")]
    if silent:
        answered = f"{len(devices) - len(silent)} of {counted(len(devices), 'managed device')} answered this night"
        text = f"{answered}; not {listed((label(d) for d in silent), 5)}."
        yield Judgement(Says.SILENT, text)
    else:
        source = Evidence(what="managed devices that answered", value=str(len(devices)), source="snmp")
        text = (
            f"Every managed device ({len(devices)}) answered this night; whether alerts reach anyone is for a person."
        )
        yield Judgement(Says.PERSON, text, evidence=(source,))


def awake(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Computers that answered between midnight and `until` hours (UTC), when they should be off."""
    until = int(setting(clause, "until", 5))
    swept = [e for e in night.coverage if e.probe.startswith(_SWEEPS) and e.at.hour < until]
    if not swept:
        yield Judgement(Says.SILENT, f"No sweep was made between midnight and {until} o'clock.")
        return
    kinds = setting(clause, "subkinds", ["", "desktop", "laptop"])
    computers = [a for a in of_kind(night, "endpoint") if a.subkind in kinds]
    on = [a for a in computers if seen_tonight(night, a) and any(w.at.hour < until for w in a.why.values())]
    if on:
        names = listed((label(a) for a in on), 5)
        text = f"{counted(len(on), 'computer')} answered between midnight and {until} o'clock: {names}."
        evidence = tuple(
            Evidence(what=label(a), value="answered", source=next(iter(a.why.values())).source) for a in on[:6]
        )
        yield Judgement(Says.FAILS, text, condition="awake", evidence=evidence)
    elif not computers and _own(night) and all(e.outcome == "complete" for e in swept):
        source = Evidence(what="sweeps at night", value=str(len(swept)), source=swept[0].probe, at=swept[0].at)
        yield Judgement(Says.HOLDS, f"No computer answered between midnight and {until} o'clock.", evidence=(source,))
    else:
        yield Judgement(Says.SILENT, "The sweep at night was not completed, or does not say when it saw each computer.")


def personal_devices(night: Night, _: Clause) -> Iterator[Judgement]:
    """Devices with made-up addresses outside the guest subnets; the school's own tablets have such addresses too."""
    guests, personal = night.site.guest_subnets, [a for a in night.assets if a.private]
    if not guests or not personal:
        why = "The settings name no guest subnets" if not guests else "No personal device was seen"
        yield Judgement(Says.SILENT, f"{why}, so whether they are kept apart was not seen.")
        return
    stray = [a for a in personal if seen_tonight(night, a) and any(not within(ip, guests) for ip in a.ips)]
    if stray:
        source = Evidence(what="such devices outside the guest subnets", value=str(len(stray)), source="this night")
        outside = f"Outside the guest network: {counted(len(stray), 'device')} with made-up addresses"
        text = f"{outside}. What is not the school's own belongs on the guest network."
        yield Judgement(Says.PERSON, text, evidence=(source,))
    else:
        text = (
            f"Every personal device seen ({len(personal)}) was on the guest network; this agent saw one network only."
        )
        yield Judgement(Says.PERSON, text)
