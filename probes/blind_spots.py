"""What of the site could not be seen, and the action that would remove each blind spot."""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address, ip_network

from probes.seen import OwnAddress
from probes.vocabulary import Asset, BlindSpot, Coverage, Link, Observation, Outcome

# A port with more MACs than this and no neighbour hides something.
CROWDED_PORT = 3


def blind_spots_of(
    assets: Sequence[Asset],
    links: Sequence[Link],
    coverage: Sequence[Coverage],
    observations: Sequence[Observation],
    scopes: Sequence[str] = (),
) -> tuple[BlindSpot, ...]:
    """Every blind spot of one night, each once, in a fixed order."""
    found = [
        *_silent_scopes(assets, scopes),
        *_mute_switches(assets),
        *_crowded_ports(assets, links),
        *_unreached_vlans(assets, observations, scopes),
        *_keyless_controllers(assets, coverage),
        *_partial_answers(assets, coverage),
    ]
    unique = {(spot.kind, spot.subject): spot for spot in found}
    return tuple(unique[slot] for slot in sorted(unique))


def _label(asset: Asset) -> str:
    return asset.hostname or (asset.ips[0] if asset.ips else asset.macs[0] if asset.macs else asset.id)


def _silent_scopes(assets: Sequence[Asset], scopes: Sequence[str]) -> Iterator[BlindSpot]:
    addresses = [ip_address(ip) for asset in assets for ip in asset.ips]
    for scope in scopes:
        network = ip_network(scope, strict=False)
        if not any(address in network for address in addresses):
            yield BlindSpot(
                kind="subnet",
                subject=scope,
                sentence=f"Nothing answered in {scope}.",
                closes_with="Check the route and firewall rules from the agent to it, or place an agent in it.",
            )


def _speaks_snmp(asset: Asset) -> bool:
    return asset.fact("snmp.versions") is not None or any(port.index is not None for port in asset.ports)


def _mute_switches(assets: Sequence[Asset]) -> Iterator[BlindSpot]:
    for asset in assets:
        if asset.kind == "switch" and not _speaks_snmp(asset):
            yield BlindSpot(
                kind="switch",
                subject=asset.id,
                sentence=f"The switch {_label(asset)} is there but does not answer our SNMP credentials.",
                closes_with="Set up SNMPv3 read access on it and bind a credential to its address in agent.toml.",
            )


def _crowded_ports(assets: Sequence[Asset], links: Sequence[Link]) -> Iterator[BlindSpot]:
    linked = {(end.asset, end.port) for link in links for end in (link.a, link.b)}
    for asset in assets:
        for port in asset.ports:
            crowded = (port.macs or 0) > CROWDED_PORT and not port.uplink
            if crowded and (asset.id, port.name) not in linked:
                yield BlindSpot(
                    kind="port",
                    subject=f"{asset.id} {port.name}",
                    sentence=f"{port.macs} devices are behind port {port.name} of {_label(asset)}, and nothing there "
                    "says what it is.",
                    closes_with="Look for an unmanaged switch there, or switch on LLDP on the device.",
                )


def _unreached_vlans(
    assets: Sequence[Asset], observations: Iterable[Observation], scopes: Sequence[str]
) -> Iterator[BlindSpot]:
    """VLANs of switches in which no asset with an address was placed; networks a router has outside the scopes."""
    reached = {a.connected_to.vlan for a in assets if a.connected_to and a.ips and a.connected_to.vlan is not None}
    named: dict[int, str] = {}
    for asset in assets:
        fact = asset.fact("vlans")
        for row in fact.value if fact else ():
            named[row["vid"]] = named.get(row["vid"]) or row["name"]
    for vid in sorted(named.keys() - reached - {1, 1002, 1003, 1004, 1005}) if reached else ():
        yield BlindSpot(
            kind="vlan",
            subject=f"vlan {vid}",
            sentence=f"VLAN {vid}{f' ({named[vid]})' if named[vid] else ''} is set up on a switch, and no device in it "
            "was reached.",
            closes_with="Add its subnet to the scopes, or take the VLAN off the switches if it is not used.",
        )
    yield from _unscoped_networks(observations, scopes)


def _unscoped_networks(observations: Iterable[Observation], scopes: Sequence[str]) -> Iterator[BlindSpot]:
    if not scopes:
        return
    networks = [ip_network(scope, strict=False) for scope in scopes]
    for observation in observations:
        seen = observation.seen
        if not isinstance(seen, OwnAddress) or seen.prefix is None or seen.prefix in (0, 32, 128):
            continue
        address = ip_address(seen.ip)
        if address.is_loopback or address.is_link_local or not address.is_private:
            continue
        network = ip_network(f"{seen.ip}/{seen.prefix}", strict=False)
        if not any(address in scope for scope in networks):
            yield BlindSpot(
                kind="network",
                subject=str(network),
                sentence=f"{observation.target} has the network {network}, which is in no scope.",
                closes_with="Add it to the scopes if the school owns it.",
            )


def _keyless_controllers(assets: Sequence[Asset], coverage: Sequence[Coverage]) -> Iterator[BlindSpot]:
    asked = {c.target for c in coverage if c.probe.startswith("controller") and c.outcome == Outcome.COMPLETE}
    for asset in assets:
        if asset.kind == "wlc" and asset.fact("wifi.aps") is None and not asked & set(asset.ips):
            yield BlindSpot(
                kind="controller",
                subject=asset.id,
                sentence=f"The wireless controller {_label(asset)} did not list its access points.",
                closes_with="Give Caretaker a read-only key or SNMP credential for the controller.",
            )


def _partial_answers(assets: Sequence[Asset], coverage: Sequence[Coverage]) -> Iterator[BlindSpot]:
    """One for each device, whatever number of its tables came in part."""
    names = {ip: f"{_label(asset)} ({ip})" for asset in assets for ip in asset.ips if asset.hostname}
    parts: dict[str, list[Coverage]] = {}
    for entry in coverage:
        halved = entry.outcome in (Outcome.PARTIAL, Outcome.GARBLED)
        if halved and entry.probe.startswith(("snmp.", "ssh.cli", "controller")):
            parts.setdefault(entry.target, []).append(entry)
    for target, entries in parts.items():
        asked = entries[0].probe if len(entries) == 1 else f"{len(entries)} questions"
        reason = next((entry.reason.rstrip(".") for entry in entries if entry.reason), "")
        yield BlindSpot(
            kind="partial",
            subject=target,
            sentence=f"{names.get(target, target)} answered {asked} only in part{f': {reason}' if reason else ''}.",
            closes_with=entries[0].closes_with
            or "Nothing to do once a later night reads it whole; else look at the device's load and the path to it.",
        )
