"""Who shares a network with whom, and what can be reached from where this agent stands."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from baselines.judgement import Judgement, Says
from baselines.predicates.broadband import gateways
from baselines.reading import (
    SCANS,
    about,
    counted,
    described,
    fact,
    fact_shown,
    label,
    listed,
    of_kind,
    seen_tonight,
    setting,
    shown,
    sure,
    told_by,
    unconfirmed,
    value,
    within,
)
from baselines.vocabulary import Clause, Evidence, Night
from probes.vocabulary import Asset, Outcome

_ROLES = {
    "endpoint": "computers",
    "camera": "cameras",
    "server": "servers",
    "printer": "printers",
    "phone": "telephones",
}
_USERS = ("guest", "pupil", "student", "curriculum", "byod", "classroom")


def vlans_used(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Kinds of device by the VLAN their switch port puts them in; `apart` names pairs that must not meet."""
    switches = of_kind(night, "switch")
    told = [f for s in switches if (f := fact(night, s, "vlans"))]
    placed = _placed(night)
    mixed = _mixed(placed, setting(clause, "apart", [["endpoint", "camera"], ["endpoint", "server"]]))
    if mixed:
        vlan, kinds = mixed
        text = f"VLAN {vlan} holds {_ROLES[kinds[0]]} and {_ROLES[kinds[1]]} together; they should be apart."
        yield Judgement(Says.FAILS, text, condition=f"vlan-{vlan}-{kinds[1]}", evidence=_members(night, vlan, kinds))
    elif told and all(sure(f) and {v["vid"] for v in f.value} <= {1} for f in told) and len(told) == len(switches):
        text = f"No switch ({len(switches)} seen) has a VLAN but the first: everything shares one network."
        yield Judgement(Says.FAILS, text, condition="one-vlan", evidence=fact_shown(told[0]))
    elif switches and len(told) == len(switches) and all(sure(f) for f in told) and len(placed) > 1:
        count = len({v["vid"] for f in told for v in f.value})
        text = f"{counted(len(switches), 'switch')} with {count} VLANs: each kind of device was seen where it belongs."
        yield Judgement(Says.HOLDS, text, evidence=tuple(e for f in told[:4] for e in fact_shown(f)))
    else:
        yield Judgement(Says.SILENT, "The VLANs of the switches, or what is in them, were not all read this night.")


def _placed(night: Night) -> Mapping[int, Mapping[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for asset in night.assets:
        if asset.connected_to and asset.connected_to.vlan and asset.kind in _ROLES and not asset.private:
            found[asset.connected_to.vlan][asset.kind] += 1
    return found


def _mixed(placed: Mapping[int, Mapping[str, int]], apart: list[list[str]]) -> tuple[int, list[str]] | None:
    return next(
        ((vlan, pair) for vlan in sorted(placed) for pair in apart if all(kind in placed[vlan] for kind in pair)), None
    )


def _members(night: Night, vlan: int, kinds: list[str]) -> tuple[Evidence, ...]:
    held = [a for k in kinds for a in of_kind(night, k) if a.connected_to and a.connected_to.vlan == vlan][:8]
    return tuple(
        Evidence(what=label(a), value=f"VLAN {vlan}", source=a.connected_to.source if a.connected_to else "")
        for a in held
    )


def cameras_with_staff(night: Night, _: Clause) -> Iterator[Judgement]:
    """Cameras in the VLAN, or else the /24 network, of computers."""
    cameras, computers = of_kind(night, "camera"), of_kind(night, "endpoint")
    vlans = {c.connected_to.vlan for c in computers if c.connected_to and c.connected_to.vlan}
    nets = {_net(ip) for c in computers for ip in c.ips}
    bad = [c for c in cameras if _shares(c, vlans, nets) and seen_tonight(night, c)]
    for camera in bad:
        place = (
            f"VLAN {camera.connected_to.vlan}"
            if camera.connected_to and camera.connected_to.vlan
            else f"{camera.ips[0]}"
        )
        text = f"{described(camera)} is on the computers' network ({place})."
        yield about(camera, Says.FAILS, text, "with-computers", (shown("place", place, camera.why.get("kind")),))
    if not bad:
        what = "No camera was seen" if not cameras else "No camera was seen among computers"
        yield Judgement(Says.SILENT, f"{what} this night; networks this agent cannot see may hold some.")


def _net(ip: str) -> str:
    return ip.rsplit(".", 1)[0] if "." in ip else ip.rsplit(":", 4)[0]


def _shares(camera: Asset, vlans: set[int], nets: set[str]) -> bool:
    if camera.connected_to and camera.connected_to.vlan and vlans:
        return camera.connected_to.vlan in vlans
    return any(_net(ip) in nets for ip in camera.ips)


def guests_kept_out(night: Night, clause: Clause) -> Iterator[Judgement]:
    """From a guest network, no address of the management subnets may answer."""
    subnets = night.site.management_subnets
    if "guest" not in night.vantage.lower() or not subnets:
        why = "the settings name no management subnets" if not subnets else f"this one stands on {night.vantage}"
        yield Judgement(Says.SILENT, f"Only an agent on the guest network can tell; {why}.")
        return
    reached = [a for a in night.assets if any(within(ip, subnets) for ip in a.ips) and _answered(night, a)]
    for asset in sorted(reached, key=lambda a: a.id):
        if not seen_tonight(night, asset):
            yield unconfirmed(asset, "whether it answers guests")
            continue
        text = f"{described(asset)}, on the management network, answers guests."
        evidence = shown("address", asset.ips[0], next(iter(asset.why.values()), None))
        yield about(asset, Says.FAILS, text, "reached", (evidence,))
    if not reached:
        yield _kept_out(night, subnets)


def _answered(night: Night, asset: Asset) -> bool:
    whys = [w for w in asset.why.values() if w.vantage == night.vantage]
    return bool(
        asset.services or any(w.source.startswith(("icmp", "tcp", "snmp", "nmap", "tls", "http")) for w in whys)
    )


def _kept_out(night: Night, subnets: tuple[str, ...]) -> Judgement:
    asked = {e.target for e in night.coverage if e.outcome is Outcome.COMPLETE and e.vantage == night.vantage}
    if set(subnets) <= asked:
        source = Evidence(
            what="management subnets asked", value=", ".join(subnets), source="sweep", vantage=night.vantage
        )
        return Judgement(
            Says.HOLDS, "No address of the management network answered from the guest network.", evidence=(source,)
        )
    return Judgement(
        Says.SILENT, f"The management network {subnets[0]} was not asked completely from the guest network."
    )


def lldp_heard_by_guests(night: Night, _: Clause) -> Iterator[Judgement]:
    """Switch announcements (LLDP, CDP) that reach the guest network tell strangers its make and version."""
    if "guest" not in night.vantage.lower():
        yield Judgement(
            Says.SILENT, f"Only an agent on the guest network can tell; this one stands on {night.vantage}."
        )
        return
    telling = [(a, f) for a in of_kind(night, "switch", "router", "ap") if (f := fact(night, a, "lldp.enabled"))]
    heard = [
        (a, f) for a, f in telling if f.value and f.why.vantage == night.vantage and not f.why.source.startswith("snmp")
    ]
    for asset, found in heard:
        yield about(
            asset, Says.FAILS, f"{described(asset)} announces itself to guests by LLDP.", "heard", fact_shown(found)
        )
    if not heard:
        yield Judgement(Says.SILENT, "No switch was heard from the guest network this night.")


def admin_pages_reached(night: Night, clause: Clause) -> Iterator[Judgement]:
    """From a network of users, the gateway must not offer its administration."""
    users = [word for word in setting(clause, "vantages", _USERS) if word in night.vantage.lower()]
    names = set(setting(clause, "names", ["ssh", "telnet", "http", "https", "snmp"]))
    if not users:
        yield Judgement(Says.SILENT, f"This agent stands on the {night.vantage} network, which is not one of users.")
        return
    offering = [(g, found) for g in gateways(night) if (found := _admin_pages(g, names)) and seen_tonight(night, g)]
    for gateway, pages in offering:
        text = f"{described(gateway)} offers {pages} to the {night.vantage} network."
        evidence = told_by(night, gateway, "services", pages, *SCANS)
        yield about(gateway, Says.FAILS, text, "reached", (evidence,))
    if not offering:
        yield Judgement(
            Says.SILENT, "No administration port of the gateway was seen from here; the view from outside is missing."
        )


def _admin_pages(gateway: Asset, names: set[str]) -> str:
    return listed(sorted({f"{s.name} on port {s.port}" for s in gateway.services if s.name in names}))


def rogue_dhcp(night: Night, _: Clause) -> Iterator[Judgement]:
    """A DHCP server the site did not name."""
    rogues = [o for o in night.dhcp if o.authorised is False]
    by_server = {o.server: o for o in rogues}
    for server, offer in sorted(by_server.items()):
        asset = next((a for a in night.assets if server in a.ips or (offer.mac and offer.mac in a.macs)), None)
        name = f"{described(asset)} ({server})" if asset else f"{server} ({offer.mac})"
        name = described(asset) if asset and server in described(asset) else name
        text = f"{name} hands out addresses and is not one of the site's DHCP servers."
        evidence = Evidence(what="DHCP offer", value=f"router {offer.router or 'none'}", source="dhcp", target=server,
                            vantage=offer.vantage, at=offer.at)  # fmt: skip
        yield Judgement(
            Says.FAILS,
            text,
            asset.id if asset else f"dhcp {server}",
            label(asset) if asset else server,
            server,
            (evidence,),
        )
    if not rogues:
        yield _dhcp_rest(night)


def _dhcp_rest(night: Night) -> Judgement:
    if night.dhcp and all(o.authorised for o in night.dhcp):
        text = f"Only the site's own DHCP servers answered ({listed(sorted({o.server for o in night.dhcp}))})."
        offers = tuple(Evidence(what="DHCP offer", value=o.server, source="dhcp", at=o.at) for o in night.dhcp[:4])
        return Judgement(Says.HOLDS, text, evidence=offers)
    if night.dhcp:
        servers = listed(sorted({o.server for o in night.dhcp}))
        text = f"{servers} hands out addresses; the settings name no DHCP server to compare with."
        return Judgement(Says.SILENT, text)
    return Judgement(Says.SILENT, "No DHCP server answered this agent this night.")


def address_conflicts(night: Night, _: Clause) -> Iterator[Judgement]:
    """One address that several devices claimed in the same sweep, told of each of them."""
    claims: dict[str, list[Asset]] = defaultdict(list)
    for asset in sorted(night.assets, key=lambda a: a.id):
        for row in value(night, asset, "address.conflict") or ():
            claims[row["ip"]].append(asset)
    for asset in {a.id: a for held in claims.values() for a in held}.values():
        ips = sorted(ip for ip, held in claims.items() if asset in held)
        others = sorted({described(a) for ip in ips for a in claims[ip] if a.id != asset.id})
        names = listed(others) or "another device"
        text = f"{described(asset)} claims the address {listed(ips)}, and so does {names}."
        yield about(asset, Says.FAILS, text, "+".join(ips), fact_shown(fact(night, asset, "address.conflict")))
    if not claims:
        yield _no_conflict(night)


def _no_conflict(night: Night) -> Judgement:
    swept = [e for e in night.coverage if e.probe.startswith("arp") and e.outcome is Outcome.COMPLETE]
    if swept:
        source = Evidence(what="sweep", value=f"{len(swept)} complete", source=swept[0].probe, target=swept[0].target)
        return Judgement(Says.HOLDS, "No address was claimed twice in this night's sweep.", evidence=(source,))
    return Judgement(Says.SILENT, "No sweep for addresses was completed this night.")
