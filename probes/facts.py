"""Catalogued facts (facts.yaml) of one thing from what was seen of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TypeVar

import yaml

from probes.seen import (
    Adopted,
    BridgeBase,
    Certificate,
    Chassis,
    ConfigDigest,
    DhcpServer,
    Entity,
    FdbEntry,
    FtpAnonymous,
    HostResources,
    LocalPort,
    ManagedAp,
    MedCapable,
    Neighbour,
    OpenResolver,
    OwnHost,
    PoeMain,
    Printer,
    Radio,
    Smb,
    SnmpAccess,
    SsdpDevice,
    SshHostKey,
    Ssid,
    Stp,
    Supply,
    System,
    Ups,
    Vlan,
    WebPage,
)
from probes.vocabulary import Fact, Json, Observation, Why

Weigh = Callable[[Observation], float]
Told = Iterator[tuple[str, Json, Observation]]
T = TypeVar("T")
_SNMP_LEVELS = ("", "noAuthNoPriv", "authNoPriv", "authPriv")
_GENERATIONS = {"b": 1, "a": 2, "g": 3, "n": 4, "ac": 5, "ax": 6, "be": 7}


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, Json]]:
    """Every fact name with its shape and meaning, as facts.yaml holds them."""
    loaded: dict[str, dict[str, Json]] = yaml.safe_load(files("probes").joinpath("facts.yaml").read_text("utf-8"))
    return loaded


def why(observation: Observation, confidence: float, also: Sequence[str] = ()) -> Why:
    """The reason for a value, from the observation that gave it."""
    return Why(
        source=observation.probe,
        target=observation.target,
        vantage=observation.vantage,
        at=observation.at,
        confidence=round(confidence, 3),
        also=tuple(also),
    )


def facts_of(observations: Sequence[Observation], weigh: Weigh) -> tuple[Fact, ...]:
    """Facts of one thing by name. `weigh` gives the confidence of an observation: 0.5 or less from a partial answer."""
    found: dict[str, Fact] = {}
    for teller in _TELLERS:
        for name, value, observation in teller(observations):
            if name not in found:
                found[name] = Fact(name=name, value=value, why=why(observation, weigh(observation)))
    return tuple(found[name] for name in sorted(found))


def _all(observations: Iterable[Observation], kind: type[T]) -> list[tuple[Observation, T]]:
    return [(o, o.seen) for o in observations if isinstance(o.seen, kind)]


def _each(rows: Iterable[dict[str, Json]]) -> list[dict[str, Json]]:
    """Rows in a fixed order, each once."""
    return list({repr(row): row for row in sorted(rows, key=repr)}.values())


def _given(name: str, value: Json, observation: Observation) -> Told:
    if value is not None and value != "":
        yield name, value, observation


def _snmp(observations: Sequence[Observation]) -> Told:
    if access := _all(observations, SnmpAccess):
        first = access[0][0]
        yield "snmp.versions", sorted({a.version for _, a in access}), first
        best = max(
            (a.level for _, a in access), key=lambda level: _SNMP_LEVELS.index(level) if level in _SNMP_LEVELS else 0
        )
        yield from _given("snmp.level", best, first)
        yield "snmp.default-community", any(a.default_community for _, a in access), first
    for observation, system in _all(observations, System):
        yield from _given("uptime.s", system.uptime_s, observation)


def _lldp(observations: Sequence[Observation]) -> Told:
    for observation in observations:
        match observation.seen:
            case Chassis() | LocalPort() | Neighbour(protocol="lldp"):
                yield "lldp.enabled", True, observation
            case MedCapable(ports=ports):
                yield "lldp.med", sorted(ports), observation


def _bridge(observations: Sequence[Observation]) -> Told:
    bases = {b.mac for _, b in _all(observations, BridgeBase)}
    for observation, stp in _all(observations, Stp):
        yield "stp.version", stp.version, observation
        yield from _given("stp.root", stp.root, observation)
        if stp.root and bases:
            yield "stp.is-root", any(stp.root.endswith(base) for base in bases), observation
        yield from _given("stp.priority", stp.priority, observation)
        yield from _given("stp.topology-changes", stp.topology_changes, observation)
    if vlans := _all(observations, Vlan):
        names: dict[int, str] = {}
        for _, vlan in vlans:
            names[vlan.vid] = names.get(vlan.vid) or vlan.name
        yield "vlans", [{"vid": vid, "name": names[vid]} for vid in sorted(names)], vlans[0][0]
    if fdb := _all(observations, FdbEntry):
        yield "fdb.count", len({f.mac for _, f in fdb if not f.own}), fdb[0][0]


def _power(observations: Sequence[Observation]) -> Told:
    mains = _all(observations, PoeMain)
    for name, watts in (("poe.budget-w", [m.budget_w for _, m in mains]), ("poe.used-w", [m.used_w for _, m in mains])):
        if known := [w for w in watts if w is not None]:
            yield name, sum(known), mains[0][0]
    for observation, ups in _all(observations, Ups):
        if ups.source != "unknown":
            yield "ups.on-battery", ups.source == "battery", observation
            yield "ups.source", ups.source, observation
        yield from _given("ups.battery", ups.battery, observation)
        yield from _given("ups.minutes", ups.minutes, observation)
        yield from _given("ups.charge", ups.charge, observation)
        yield from _given("ups.load", ups.load, observation)
        yield from _given("ups.replace-battery", ups.replace_battery, observation)


def _hardware(observations: Sequence[Observation]) -> Told:
    entities = _all(observations, Entity)
    names = {e.index: e.name or e.descr for _, e in entities}
    if supplies := [o for o, e in entities if e.kind == "powerSupply" and (e.serial or e.model or e.descr or e.name)]:
        yield "psu.count", len(supplies), supplies[0]
    if members := [o for o, e in entities if e.kind == "chassis"]:
        yield "stack.members", len(members), members[0]
    optics = [(o, e) for o, e in entities if e.serial and is_optic(e)]
    if optics:
        rows = [
            {"port": names.get(e.parent or 0, "") or e.name, "model": e.model, "serial": e.serial, "maker": e.maker}
            for _, e in optics
        ]
        yield "transceivers", _each(rows), optics[0][0]


def is_optic(entity: Entity) -> bool:
    """Whether a physical entity is a pluggable transceiver."""
    words = f"{entity.name} {entity.descr} {entity.model}".lower()
    return entity.kind in ("module", "port", "other") and any(
        word in words
        for word in ("transceiver", "sfp", "xcvr", "qsfp", "gbic", "base-sx", "base-lx", "base-t sfp", "optic")
    )


def _host(observations: Sequence[Observation]) -> Told:
    for observation, host in _all(observations, HostResources):
        yield from _given("memory.mb", host.memory_mb, observation)
        yield from _given("host.memory-mb", host.memory_mb, observation)
        yield from _given("host.processors", host.processors, observation)
        if host.disks:
            disks = [{"name": name, "size_mb": size, "used_mb": used} for name, size, used in host.disks]
            yield "host.disks", _each(disks), observation
    for observation, own in _all(observations, OwnHost):
        yield from _given("memory.mb", own.memory_mb, observation)
        yield from _given("host.memory-mb", own.memory_mb, observation)
        yield from _given("host.clock-synchronised", own.clock_synchronised, observation)


def _wireless(observations: Sequence[Observation]) -> Told:
    if ssids := _all(observations, Ssid):
        rows = [
            {"name": s.name, "security": s.security, "vlan": s.vlan, "guest": s.guest, "isolated": s.isolated,
             "pmf": s.pmf, "ap": s.ap}
            for _, s in ssids
        ]  # fmt: skip
        yield "wifi.ssids", _each(rows), ssids[0][0]
    if radios := _all(observations, Radio):
        yield "wifi.radios", _each(radio_row(r) for _, r in radios), radios[0][0]
        yield from _given("wifi.generation", generation([r for _, r in radios]), radios[0][0])


def radio_row(radio: Radio) -> dict[str, Json]:
    """One radio as the `wifi.radios` fact holds it."""
    return {
        "name": radio.name,
        "standard": radio.standard,
        "channel": radio.channel,
        "band": radio.band,
        "ap": radio.ap,
    }


def generation(radios: Iterable[Radio]) -> str:
    """The newest Wi-Fi generation radios speak ("6E" is 802.11ax in the 6 GHz band), or "" when none says."""
    best = 0, ""
    for radio in radios:
        words = (
            radio.standard.lower().replace("802.11", " ").replace("/", " ").replace(",", " ").replace("-", " ").split()
        )
        number = max((_GENERATIONS.get(word, 0) for word in words), default=0)
        number = number or max((_suffix_generation(word) for word in words), default=0)
        name = "6E" if number == 6 and radio.band.startswith("6") else str(number or "")
        best = max(best, (number, name))
    return best[1]


def _suffix_generation(word: str) -> int:
    return max((n for end, n in _GENERATIONS.items() if word.endswith(end)), default=0)


def _managed(observations: Sequence[Observation]) -> Told:
    if managed := _all(observations, ManagedAp):
        rows = [
            {"name": a.name, "mac": a.mac, "ip": a.ip, "model": a.model, "serial": a.serial, "version": a.version,
             "state": a.state, "clients": a.clients}
            for _, a in managed
        ]  # fmt: skip
        yield "wifi.aps", _each(rows), managed[0][0]
        if known := [a.clients for _, a in managed if a.clients is not None]:
            yield "wifi.clients", sum(known), managed[0][0]


def _adopted(observations: Sequence[Observation]) -> Told:
    """What a controller lists: about the listed thing itself, and all of it about the controller."""
    listed = _all(observations, Adopted)
    for observation, device in listed:
        if observation.target == device.mac:
            yield from _given("controller.state", device.state, observation)
            yield from _given("firmware.offered", device.offered, observation)
    if others := [(o, d) for o, d in listed if o.target != d.mac]:
        rows = [
            {"name": d.name, "mac": d.mac, "ip": d.ip, "kind": d.kind, "model": d.model, "serial": d.serial,
             "version": d.version, "state": d.state, "offered": d.offered}
            for _, d in others
        ]  # fmt: skip
        yield "controller.devices", _each(rows), others[0][0]


def _services(observations: Sequence[Observation]) -> Told:
    if certificates := _all(observations, Certificate):
        rows = [
            {"port": c.port, "subject": c.subject, "issuer": c.issuer, "not_before": c.not_before.isoformat(),
             "not_after": c.not_after.isoformat(), "protocols": list(c.protocols), "self_signed": c.self_signed,
             "key_bits": c.key_bits}
            for _, c in certificates
        ]  # fmt: skip
        yield "tls", sorted(_each(rows), key=lambda row: row["port"]), certificates[0][0]
    for observation, smb in _all(observations, Smb):
        yield "smb.dialects", list(smb.dialects), observation
        yield from _given("smb.signing", smb.signing, observation)
    if ftp := _all(observations, FtpAnonymous):
        yield "ftp.anonymous", any(f.allowed for _, f in ftp), next((o for o, f in ftp if f.allowed), ftp[0][0])
    if dns := _all(observations, OpenResolver):
        yield "dns.open-resolver", any(d.recursive for _, d in dns), next((o for o, d in dns if d.recursive), dns[0][0])
    for observation, key in _all(observations, SshHostKey):
        yield from _given("ssh.banner", key.banner, observation)
        if key.fingerprint:
            yield "ssh.host-key", {"type": key.key_type, "fingerprint": key.fingerprint}, observation
    if pages := _all(observations, WebPage):
        titles = [
            {"port": p.port, "tls": p.tls, "status": p.status, "title": p.title, "server": p.server, "realm": p.realm}
            for _, p in pages
        ]
        yield "web.titles", sorted(_each(titles), key=lambda row: row["port"]), pages[0][0]


def _network(observations: Sequence[Observation]) -> Told:
    for observation, ssdp in _all(observations, SsdpDevice):
        if "InternetGatewayDevice" in f"{ssdp.device_type} {ssdp.target} {ssdp.usn}":
            yield "upnp.gateway", True, observation
    for observation, server in _all(observations, DhcpServer):
        yield "dhcp.server", {"router": server.router, "dns": list(server.dns), "domain": server.domain}, observation
    for observation, config in _all(observations, ConfigDigest):
        yield "config.digest", {"sha256": config.sha256, "lines": config.lines}, observation
        if config.diff:
            yield "config.diff", {"lines": list(config.diff), "cut": config.cut}, observation
        yield "config.facts", dict(sorted(config.facts.items())), observation


def _printer(observations: Sequence[Observation]) -> Told:
    for observation, printer in _all(observations, Printer):
        yield from _given("printer.pages", printer.pages, observation)
        yield from _given("printer.status", printer.status, observation)
    if supplies := _all(observations, Supply):
        yield "printer.supplies", _each({"name": s.name, "percent": s.percent} for _, s in supplies), supplies[0][0]


_TELLERS = (
    _snmp, _lldp, _bridge, _power, _hardware, _host, _wireless, _managed, _adopted, _services, _network, _printer,
)  # fmt: skip
