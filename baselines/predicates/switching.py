"""Switches: speeds of edge and uplink, spanning tree, what runs on them and what is written down about them."""

from collections.abc import Iterator, Sequence

from baselines.backbone import Cable, backbone, cables_of
from baselines.judgement import Judgement, Says
from baselines.models import model_of, shipped
from baselines.reading import (
    about,
    asked_completely,
    by_id,
    counted,
    described,
    fact,
    fact_shown,
    label,
    listed,
    of_kind,
    plugged_into,
    seen_tonight,
    setting,
    speed_text,
    sure,
    told_by,
    unconfirmed,
    up_ports,
    value,
)
from baselines.vocabulary import Clause, Evidence, Night
from probes.vocabulary import Asset, Port

_TABLES = ("snmp.interfaces", "snmp.if")


def edge_speed(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Ports that lead to computers. A port that can only do 100 Mbps fails; a sleeping computer's does not."""
    floor = int(setting(clause, "mbps", 1000))
    for switch in of_kind(night, "switch"):
        ports = edge_ports(night, switch)
        slow = [p for p in ports if p.speed_mbps and p.speed_mbps < floor and p.name not in _own_slow(night, switch)]
        limited = [p for p in slow if _only_fast_ethernet(switch, p)]
        evidence = tuple(told_by(night, switch, f"port {p.name}", f"{p.speed_mbps} Mbps", *_TABLES) for p in slow[:8])
        names = listed(p.name for p in limited or slow)
        asks = f"the standard asks for {speed_text(floor)} at the desk"
        if limited and seen_tonight(night, switch, "ports"):
            most = speed_text(limited[0].speed_mbps or 0)
            text = f"{described(switch)} has edge ports that reach {most} at most ({names}); {asks}."
            yield about(switch, Says.FAILS, text, "slow-model", evidence)
        elif slow:
            ran = f"{label(switch)} ports {names} ran below {speed_text(floor)} this night"
            text = f"{ran}, as ports of sleeping computers do; {asks}."
            yield about(switch, Says.SILENT, text, "", evidence)
        elif ports and all(p.speed_mbps for p in ports) and asked_completely(night, switch, *_TABLES):
            text = f"Every edge port of {label(switch)} in use ({len(ports)}) runs at {speed_text(floor)} or more."
            yield about(switch, Says.HOLDS, text, "", _port_evidence(night, switch, ports))
        else:
            text = f"The speeds of the edge ports of {label(switch)} were not all read this night; {asks}."
            yield about(switch, Says.SILENT, text)


def _port_evidence(night: Night, switch: Asset, ports: list[Port]) -> tuple[Evidence, ...]:
    speeds = ", ".join(sorted({speed_text(p.speed_mbps or 0) for p in ports}))
    return (told_by(night, switch, f"{len(ports)} edge ports", speeds, *_TABLES),)


def edge_ports(night: Night, switch: Asset) -> list[Port]:
    """Ports in use that lead to no other switch, router, access point or server."""
    inner = ("switch", "router", "firewall", "ap", "wlc", "server")
    taken = {c.port for c in cables_of(night, switch.id) if (peer := by_id(night, c.peer)) and peer.kind in inner}
    taken |= {place.port for asset, place in plugged_into(night, switch) if asset.kind in inner}
    return [p for p in up_ports(switch) if not p.uplink and p.name not in taken and not p.lag_member]


def _own_slow(night: Night, switch: Asset) -> set[str]:
    """Ports with a device whose own network card is often 100 Mbps: printers, telephones, cameras, controllers."""
    slow = ("printer", "phone", "camera", "other", "ups")
    return {place.port for asset, place in plugged_into(night, switch) if asset.kind in slow}


def _only_fast_ethernet(switch: Asset, port: Port) -> bool:
    model = model_of(switch, shipped())
    by_model = model is not None and model.edge_mbps is not None and model.edge_mbps < 1000
    return by_model or port.name.lower().startswith(("fa", "fastethernet"))


def uplinks(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Cables of each other switch towards the core: how many, how fast."""
    count, floor = int(setting(clause, "links", 2)), int(setting(clause, "mbps", 10000))
    bones = backbone(night)
    if not bones.core:
        yield Judgement(Says.SILENT, "Which switch is the core could not be told from the links seen this night.")
        return
    for switch in of_kind(night, "switch"):
        if switch.id not in bones.core:
            yield _uplink(night, switch, bones.uplinks.get(switch.id, ()), count, floor)


def _uplink(night: Night, switch: Asset, cables: tuple[Cable, ...], count: int, floor: int) -> Judgement:
    asks = f"the standard asks for {'two' if count == 2 else count} links of {speed_text(floor)}"
    if not cables:
        return about(switch, Says.SILENT, f"No link from {label(switch)} towards the core was seen this night; {asks}.")
    evidence = tuple(_cable_shown(night, cable) for cable in cables)
    fast = sum(c.count for c in cables if c.speed_mbps and c.speed_mbps >= floor)
    if fast >= count:
        text = f"{label(switch)} has {counted(fast, 'uplink')} of {speed_text(floor)} or more towards the core."
        return about(switch, Says.HOLDS, text, "", evidence)
    if not seen_tonight(night, switch):
        return unconfirmed(switch, "its uplink")
    slow = sorted((c for c in cables if c.speed_mbps and c.speed_mbps < floor), key=lambda c: c.speed_mbps or 0)
    if slow:
        condition = f"uplink-{slow[0].peer}-{slow[0].speed_mbps}"
        return about(
            switch, Says.FAILS, f"{_slow_text(night, switch, slow[0], len(cables))}; {asks}.", condition, evidence
        )
    return _too_few(night, switch, cables, asks, evidence)


def _too_few(
    night: Night, switch: Asset, cables: tuple[Cable, ...], asks: str, evidence: tuple[Evidence, ...]
) -> Judgement:
    if any(c.speed_mbps is None for c in cables):
        return about(switch, Says.SILENT, f"The speed of {label(switch)}'s uplink was not said; {asks}.", "", evidence)
    if asked_completely(night, switch, "snmp.lldp", "snmp.cdp"):
        text = f"{label(switch)} has one uplink of {speed_text(cables[0].speed_mbps or 0)} only; {asks}."
        return about(switch, Says.FAILS, text, f"uplink-{cables[0].peer}-single", evidence)
    text = f"One fast uplink of {label(switch)} was seen, and its neighbours were not all read; {asks}."
    return about(switch, Says.SILENT, text, "", evidence)


def _slow_text(night: Night, switch: Asset, cable: Cable, cables: int) -> str:
    peer = by_id(night, cable.peer)
    which = "its uplink" if cables == 1 else "one of its uplinks"
    to = label(peer) if peer else cable.peer
    return f"{label(switch)} port {cable.port}, {which} to {to}, runs at {speed_text(cable.speed_mbps or 0)}"


def _cable_shown(night: Night, cable: Cable) -> Evidence:
    peer = by_id(night, cable.peer)
    speed = speed_text(cable.speed_mbps) if cable.speed_mbps else "speed not said"
    text = f"{speed} to {label(peer) if peer else cable.peer} {cable.peer_port}".rstrip()
    return Evidence(what=f"port {cable.port}", value=text, source=", ".join(cable.sources) or "links")


def spanning_tree(night: Night, clause: Clause) -> Iterator[Judgement]:
    """RSTP or MSTP by BRIDGE-MIB dot1dStpVersion. Cisco's Rapid-PVST+ says nothing there."""
    accepted = setting(clause, "versions", ["rstp", "mstp"])
    for switch in of_kind(night, "switch"):
        found = fact(night, switch, "stp.version")
        version = found.value if found else None
        if version in accepted and sure(found):
            text = f"{label(switch)} runs {str(version).upper()}."
            yield about(switch, Says.HOLDS, text, "", fact_shown(found))
        elif found is None and shows_no_tree(night, switch, setting(clause, "tells", [])):
            text = f"{label(switch)} runs no spanning tree; the standard asks for RSTP or MSTP."
            yield about(
                switch, Says.FAILS, text, "none", (told_by(night, switch, "spanning tree", "none", "snmp.stp"),)
            )
        elif version == "stp" and sure(found) and "cisco" not in switch.maker.lower():
            text = f"{label(switch)} runs the old spanning tree (802.1D); the standard asks for RSTP or MSTP."
            yield about(switch, Says.FAILS, text, "stp", fact_shown(found))
        else:
            text = f"Which spanning tree {label(switch)} runs was not said this night."
            yield about(switch, Says.SILENT, text, "", fact_shown(found))


def shows_no_tree(night: Night, switch: Asset, makers: Sequence[str]) -> bool:
    """Whether a make of switch that always answers dot1dStp answered completely, and had nothing there."""
    tells = any(switch.maker.lower().startswith(maker) for maker in makers)
    return tells and asked_completely(night, switch, "snmp.stp") and seen_tonight(night, switch, "maker")


def lldp_med(night: Night, _: Clause) -> Iterator[Judgement]:
    """LLDP-MED on PoE switches. Many speak it only after hearing a telephone, so an empty list accuses nobody."""
    for switch in of_kind(night, "switch"):
        if value(night, switch, "poe.budget-w") is None and not any(p.poe for p in switch.ports):
            continue
        found = fact(night, switch, "lldp.med")
        if found and found.value and sure(found):
            text = f"{label(switch)} speaks LLDP-MED on {len(found.value)} ports."
            yield about(switch, Says.HOLDS, text, "", fact_shown(found))
        else:
            text = f"{label(switch)} gives power over Ethernet, and LLDP-MED was not heard from it this night."
            yield about(switch, Says.SILENT, text, "", fact_shown(found))


def poe_budget(night: Night, clause: Clause) -> Iterator[Judgement]:
    """A PoE budget that is used up cannot meet what the next device asks."""
    limit = float(setting(clause, "used_share", 0.95))
    for switch in of_kind(night, "switch"):
        budget, used = fact(night, switch, "poe.budget-w"), fact(night, switch, "poe.used-w")
        if not budget or not used or not budget.value:
            continue
        evidence = (*fact_shown(used), *fact_shown(budget))
        text = f"{label(switch)} gives {used.value} W of its {budget.value} W of power over Ethernet"
        if used.value >= budget.value * limit:
            yield about(switch, Says.FAILS, f"{text}, so the next device may get none.", "budget", evidence)
        else:
            yield about(switch, Says.PERSON, f"{text}; what each device's maker asks is not known.", "", evidence)


def managed_by_tool(night: Night, _: Clause) -> Iterator[Judgement]:
    """Nothing on the wire tells whether one tool manages the switches; the list to compare it with is given."""
    switches = of_kind(night, "switch")
    if switches:
        names = listed(label(s) for s in switches)
        yield Judgement(
            Says.PERSON,
            f"Found this night: {counted(len(switches), 'switch')} ({names}). Compare them with the tool's list.",
        )


def documented(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Documentation made this night: ports and neighbours of every device of `kinds` read completely."""
    devices = of_kind(night, *setting(clause, "kinds", ["switch"]))
    if not devices:
        return
    missing = [d for d in devices if not asked_completely(night, d, *_TABLES)]
    if missing:
        lacks = f"lacks {len(missing)} of {counted(len(devices), 'device')}"
        text = f"The documentation made this night {lacks}: {listed(label(d) for d in missing)}."
        yield Judgement(Says.SILENT, text)
    else:
        told = f"Ports, neighbours and addresses of {counted(len(devices), 'device')}"
        text = f"{told} were written down on {night.on:%-d %B %Y}."
        source = Evidence(what="documented devices", value=str(len(devices)), source="snmp.interfaces")
        yield Judgement(Says.HOLDS, text, evidence=(source,))
