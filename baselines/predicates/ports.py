"""What switch ports betray: a duplex mismatch, a hidden switch, spanning tree that is off."""

from collections import Counter
from collections.abc import Iterator, Sequence

from baselines.backbone import Cable, cables_of
from baselines.judgement import Judgement, Says
from baselines.predicates.switching import edge_ports, shows_no_tree
from baselines.reading import (
    about,
    asked_completely,
    by_id,
    described,
    fact,
    label,
    listed,
    of_kind,
    plugged_into,
    seen_tonight,
    setting,
    shown,
    sure,
    told_by,
    up_ports,
)
from baselines.vocabulary import Clause, Evidence, Night
from probes.vocabulary import Port

_TABLES = ("snmp.interfaces", "snmp.if")


def duplex(night: Night, _: Clause) -> Iterator[Judgement]:
    """Half duplex at 100 Mbps and more, or two ends of a cable that differ (EtherLike-MIB dot3StatsDuplexStatus)."""
    for switch in of_kind(night, "switch", "router"):
        if not switch.ports:
            continue
        cables = cables_of(night, switch.id)
        bad = [wrong for p in up_ports(switch) if (wrong := _mismatch(night, p, cables))]
        if bad and seen_tonight(night, switch, "ports"):
            evidence = tuple(told_by(night, switch, f"port {name}", what, *_TABLES) for name, what in bad[:6])
            text = f"{label(switch)} port {bad[0][0]} {bad[0][1]}."
            yield about(switch, Says.FAILS, text, "+".join(name for name, _ in bad[:6]), evidence)
        elif not bad and asked_completely(night, switch, *_TABLES) and all(p.duplex for p in up_ports(switch)):
            source = Evidence(what="duplex", value="full on every port in use", source="snmp.interfaces")
            yield about(switch, Says.HOLDS, f"Every port of {label(switch)} in use is full duplex.", "", (source,))
        else:
            yield about(switch, Says.SILENT, f"The duplex of {label(switch)}'s ports was not said this night.")


def _mismatch(night: Night, port: Port, cables: Sequence[Cable]) -> tuple[str, str] | None:
    for cable in cables:
        peer = by_id(night, cable.peer) if cable.port == port.name else None
        other = next((p for p in peer.ports if p.name == cable.peer_port), None) if peer else None
        if peer and other and port.duplex and other.duplex and other.duplex != port.duplex:
            return port.name, f"is {port.duplex} duplex and {label(peer)} port {other.name} is {other.duplex} duplex"
    if port.duplex == "half" and (port.speed_mbps or 0) >= 100:
        return port.name, f"runs at {port.speed_mbps} Mbps half duplex, as where the two ends do not agree"
    return None


def crowded(night: Night, clause: Clause) -> Iterator[Judgement]:
    """More MAC addresses on an edge port than one device has: a switch or hub nobody manages."""
    limit = int(setting(clause, "addresses", 4))
    for switch in of_kind(night, "switch"):
        edge = edge_ports(night, switch)
        held = Counter(place.port for _, place in plugged_into(night, switch))
        counts = {p.name: p.macs if p.macs is not None else held[p.name] for p in edge}
        many = {name: n for name, n in counts.items() if n > limit}
        if many and seen_tonight(night, switch):
            evidence = tuple(told_by(night, switch, f"port {n}", f"{c} addresses", "snmp.") for n, c in many.items())
            behind = listed(f"{c} devices behind port {n}" for n, c in many.items())
            text = f"{label(switch)} has {behind}, as where a small switch nobody manages stands."
            yield about(switch, Says.FAILS, text, "+".join(sorted(many)), evidence)
        elif counts and asked_completely(night, switch, "snmp.fdb", "snmp.bridge", "snmp.q"):
            source = Evidence(what="edge ports", value=f"{len(counts)} looked at", source="snmp.bridge")
            yield about(
                switch,
                Says.HOLDS,
                f"No edge port of {label(switch)} has more than {limit} devices behind it.",
                "",
                (source,),
            )
        else:
            yield about(
                switch, Says.SILENT, f"What is behind the ports of {described(switch)} was not read this night."
            )


def tree_off(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Spanning tree off: every port in use stands at disabled (dot1dStpPortState 1) or no tree is run."""
    for switch in of_kind(night, "switch"):
        states = [p.stp_state for p in up_ports(switch) if p.stp_state]
        version = fact(night, switch, "stp.version")
        evidence = tuple(
            told_by(night, switch, f"port {p.name}", p.stp_state, "snmp.stp") for p in up_ports(switch) if p.stp_state
        )[:4]
        off = bool(states) and all(s == "disabled" for s in states) and seen_tonight(night, switch)
        if off or (version is None and shows_no_tree(night, switch, setting(clause, "tells", []))):
            text = f"{label(switch)} runs no spanning tree, so one wrong cable can stop the network."
            none = (told_by(night, switch, "spanning tree", "none", "snmp.stp"),)
            yield about(switch, Says.FAILS, text, "off", evidence or none)
        elif any(s in ("forwarding", "blocking") for s in states) and version and version.value and sure(version):
            text = f"{label(switch)} runs spanning tree ({version.value})."
            yield about(switch, Says.HOLDS, text, "", (shown("stp.version", version.value, version.why),))
        else:
            yield about(switch, Says.SILENT, f"Whether {label(switch)} runs spanning tree was not said this night.")
