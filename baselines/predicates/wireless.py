"""Wireless: what generation the access points are, what the networks offer, and who is kept apart from whom."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from baselines.backbone import cables_of
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
    listed,
    of_kind,
    seen_tonight,
    setting,
    shown,
    speed_text,
    sure,
    unconfirmed,
    value,
)
from baselines.vocabulary import Clause, Evidence, Night
from probes.vocabulary import Asset, Fact

_ORDER = ("1", "2", "3", "4", "5", "6", "6E", "7")
_SHARED_KEY = {"wep", "wpa", "wpa-psk", "wpa2-psk", "wpa3-sae", "wpa2-wpa3-psk"}


class Offered(NamedTuple):
    """One wireless network as a controller or access point offers it."""

    name: str
    security: str
    vlan: int | None
    guest: bool
    isolated: bool | None
    told: Fact


def generation(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Wi-Fi generation of each access point against the edition's floor: 6, 6E or 7."""
    floor = str(setting(clause, "generation", "7"))
    for ap in of_kind(night, "ap"):
        found, model = fact(night, ap, "wifi.generation"), model_of(ap, shipped())
        by_model = model.wifi if model else None
        speaks = by_model or (found.value if found else None)
        evidence = field_shown(ap, "model") if by_model else fact_shown(found)
        asks = f"the standard asks for Wi-Fi {floor} or newer when it is replaced"
        if speaks not in _ORDER:
            yield about(ap, Says.SILENT, f"The Wi-Fi generation of {described(ap)} is not known; {asks}.")
        elif _ORDER.index(speaks) >= _ORDER.index(floor):
            says = Says.HOLDS if by_model or sure(found) else Says.SILENT
            yield about(ap, says, f"{described(ap)} is Wi-Fi {speaks}.", "", evidence)
        elif not seen_tonight(night, ap, "model"):
            yield unconfirmed(ap, "its generation")
        elif not by_model and not sure(found):
            text = f"{described(ap)} was seen to speak Wi-Fi {speaks}, and may speak a newer one; {asks}."
            yield about(ap, Says.SILENT, text, "", evidence)
        else:
            yield about(ap, Says.FAILS, f"{described(ap)} is Wi-Fi {speaks}; {asks}.", f"wifi-{speaks}", evidence)


def _wire(night: Night, ap: Asset) -> tuple[str, int | None, Evidence] | None:
    """The switch port an access point is plugged into, its speed in Mbit/s, and what says so."""
    for cable in cables_of(night, ap.id):
        peer = by_id(night, cable.peer)
        if peer and peer.kind == "switch":
            place = f"{label(peer)} port {cable.peer_port}"
            speed = speed_text(cable.speed_mbps) if cable.speed_mbps else "not said"
            return (
                place,
                cable.speed_mbps,
                Evidence(what=place, value=speed, source=", ".join(cable.sources) or "links"),
            )
    if ap.connected_to and (switch := by_id(night, ap.connected_to.asset)):
        port = next((p for p in switch.ports if p.name == ap.connected_to.port), None)
        place = f"{label(switch)} port {ap.connected_to.port}"
        if port and not ap.connected_to.via:
            speed = speed_text(port.speed_mbps) if port.speed_mbps else "not said"
            return place, port.speed_mbps, shown(place, speed, switch.why.get("ports"))
    return None


def wired_speed(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Speed of the switch port under each access point; below `mbps` fails."""
    floor = int(setting(clause, "mbps", 1000))
    for ap in of_kind(night, "ap"):
        wire = _wire(night, ap)
        if not wire or not wire[1]:
            yield about(ap, Says.SILENT, f"The speed of the switch port under {label(ap)} was not seen this night.")
            continue
        place, speed, evidence = wire[0], wire[1], wire[2]
        if speed >= floor:
            yield about(ap, Says.HOLDS, f"{label(ap)} is plugged into {place} at {speed_text(speed)}.", "", (evidence,))
        elif seen_tonight(night, ap):
            text = f"{label(ap)} is plugged into {place} at {speed_text(speed)}; {speed_text(floor)} or more is usual."
            yield about(ap, Says.FAILS, text, f"at-{speed}", (evidence,))
        else:
            yield unconfirmed(ap, "its port's speed")


def multigig(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Access points able to do 2.5 Gbps and what port they got."""
    floor = int(setting(clause, "mbps", 2500))
    for ap in of_kind(night, "ap"):
        model, wire = model_of(ap, shipped()), _wire(night, ap)
        if not wire or not wire[1]:
            yield about(ap, Says.SILENT, f"The switch port under {label(ap)} was not seen this night.")
        elif wire[1] >= floor:
            yield about(
                ap, Says.HOLDS, f"{label(ap)} is plugged into {wire[0]} at {speed_text(wire[1])}.", "", (wire[2],)
            )
        elif model and model.multigig and seen_tonight(night, ap, "model"):
            text = (
                f"{described(ap)} can use {speed_text(floor)} and is plugged into {wire[0]} at {speed_text(wire[1])}."
            )
            yield about(ap, Says.FAILS, text, f"at-{wire[1]}", (wire[2],))
        else:
            text = f"{label(ap)} is plugged into {wire[0]} at {speed_text(wire[1])}; it may be able to use more."
            yield about(ap, Says.SILENT, text, "", (wire[2],))


def networks(night: Night) -> tuple[Offered, ...]:
    """Every wireless network that a controller or access point named this night, each name and security once."""
    found: dict[tuple[str, str, int | None], Offered] = {}
    for asset in sorted(night.assets, key=lambda a: a.id):
        told = fact(night, asset, "wifi.ssids")
        for row in told.value if told else ():
            guest = bool(row.get("guest")) or row["name"] in night.site.guest_ssids
            name, security, vlan = row["name"], row.get("security", ""), row.get("vlan")
            if told:
                found.setdefault(
                    (name, security, vlan), Offered(name, security, vlan, guest, row.get("isolated"), told)
                )
    return tuple(found[key] for key in sorted(found, key=str))


def _evidence(offers: tuple[Offered, ...]) -> tuple[Evidence, ...]:
    return tuple(
        shown(f"network {o.name}", f"{o.security or 'security not said'}, VLAN {o.vlan}", o.told.why)
        for o in offers[:8]
    )


def security(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Networks whose security is in `refused`; open guest networks are left to a person where `guest_open` says so."""
    refused, means = set(setting(clause, "refused", [])), setting(clause, "means", "")
    offers = networks(night)
    bad = tuple(o for o in offers if o.security in refused and not (o.guest and o.security == "open"))
    unclear = tuple(o for o in offers if not o.security or not sure(o.told))
    guests = tuple(o for o in offers if o.guest and o.security == "open" and "open" in refused)
    if bad:
        names = listed(f"{o.name} ({o.security})" for o in bad)
        yield Judgement(
            Says.FAILS, f"{names}: {means}.", condition="+".join(sorted({o.name for o in bad})), evidence=_evidence(bad)
        )
    elif not offers or unclear:
        what = f"{unclear[0].name} did not say" if unclear else "No controller or access point said"
        yield Judgement(Says.SILENT, f"{what} how its networks are secured this night.")
    elif guests:
        text = (
            f"{listed(o.name for o in guests)} is open to guests; whether that is the school's policy is for a person."
        )
        yield Judgement(Says.PERSON, text, evidence=_evidence(guests))
    else:
        names = listed(f"{o.name} ({o.security})" for o in offers)
        yield Judgement(Says.HOLDS, f"The wireless networks are {names}.", evidence=_evidence(offers))


def kept_apart(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Guest and school networks on VLANs of their own, as the controller maps them."""
    offers = networks(night)
    vlans: Mapping[int, set[str]] = _by_vlan(offers)
    guests = {o.vlan for o in offers if o.guest}
    shared = sorted(v for v in guests if v is not None and any(not o.guest and o.vlan == v for o in offers))
    if shared:
        names = listed(sorted(vlans[shared[0]]))
        text = f"Guests share VLAN {shared[0]} with the school's own wireless network ({names})."
        yield Judgement(Says.FAILS, text, condition=f"vlan-{shared[0]}", evidence=_evidence(offers))
    elif len(offers) < 2 or any(o.vlan is None or not sure(o.told) for o in offers):
        yield Judgement(Says.SILENT, "Which VLAN each wireless network leads to was not said this night.")
    elif setting(clause, "guests", False) and not guests:
        yield Judgement(Says.SILENT, "No guest network is named in the site's settings or by the controller.")
    elif len(vlans) > 1:
        text = f"The {len(offers)} wireless networks lead to {len(vlans)} VLANs, and guests share none with the school."
        yield Judgement(Says.HOLDS, text, evidence=_evidence(offers))
    else:
        text = f"Every wireless network ({len(offers)}) leads to VLAN {next(iter(vlans))}."
        yield Judgement(Says.FAILS, text, condition="one-vlan", evidence=_evidence(offers))


def _by_vlan(offers: tuple[Offered, ...]) -> Mapping[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for offer in offers:
        if offer.vlan is not None:
            found[offer.vlan].add(offer.name)
    return found


def managed_aps(night: Night, _: Clause) -> Iterator[Judgement]:
    """Access points on the wire that no controller lists, where there is one."""
    aps = of_kind(night, "ap")
    listed_by = {ap.id: value(night, ap, "wifi.controller") for ap in aps}
    known = [ap for ap in aps if listed_by[ap.id]]
    if not known:
        yield Judgement(Says.SILENT, "No controller listed its access points this night.")
        return
    for ap in aps:
        if not listed_by[ap.id] and seen_tonight(night, ap):
            text = f"{described(ap)} is on the network, and the controller does not list it."
            yield about(ap, Says.FAILS, text, "not-listed", field_shown(ap, "kind", "model"))
    lists = f"The controller lists {len(known)} of {counted(len(aps), 'access point')}"
    text = f"{lists}; whether its alerts reach anyone is for a person."
    yield Judgement(Says.PERSON, text, evidence=fact_shown(fact(night, known[0], "wifi.controller")))


def business_grade(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Domestic makes and models of access points, and of routers that are one as well."""
    business = {m.lower() for m in setting(clause, "business", [])}
    for ap in of_kind(night, "ap", "router", "other", "unknown"):
        model = model_of(ap, shipped())
        domestic = model.domestic if model else None
        evidence = field_shown(ap, "maker", "model")
        if domestic and seen_tonight(night, ap, "model"):
            yield about(ap, Says.FAILS, f"{described(ap)} is made for homes.", "domestic", evidence)
        elif ap.kind != "ap":
            continue
        elif domestic is False or (ap.model and ap.maker.lower() in business):
            yield about(ap, Says.HOLDS, f"{described(ap)} is made for business.", "", evidence)
        else:
            yield about(ap, Says.SILENT, f"The make and model of {label(ap)} are not known well enough.", "", evidence)
