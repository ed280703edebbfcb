"""One asset as drift compares it: only words that mean the same on every night, normalised, with their sources."""

import ipaddress
from collections.abc import Callable, Iterable, Mapping

from collector.changing import FIXED
from collector.memory import View
from probes.vocabulary import Asset

PARTIAL = 0.5
UPS_FACTS = ("ups.on-battery", "ups.source", "ups.battery", "ups.replace-battery")
Place = Callable[[str], str | None]


def serving_ports(assets: Iterable[Asset]) -> dict[str, tuple[str, ...]]:
    """The ports of each asset on which fixed equipment hangs, by asset id."""
    found: dict[str, set[str]] = {}
    for asset in assets:
        if asset.connected_to is not None and asset.kind in FIXED:
            found.setdefault(asset.connected_to.asset, set()).add(asset.connected_to.port)
    return {switch: tuple(sorted(ports)) for switch, ports in found.items()}


def view(
    asset: Asset, entry_of: Place, label_of: Callable[[str], str], serving: Mapping[str, tuple[str, ...]] | None = None
) -> View:
    """What this asset says tonight. `entry_of` turns an asset id of the same report into its entry's id."""
    place, label = _place(asset, entry_of, label_of)
    # Two devices that claim one address answer for each other, so what was asked by address is nobody's word.
    contested = asset.fact("address.conflict") is not None
    return View(
        ips=steady_addresses(asset),
        place=place,
        place_label=label,
        words={} if contested else _words(asset),
        services=None if contested else _services(asset),
        certificates=None if contested else _certificates(asset),
        speeds={p.name: p.speed_mbps for p in asset.ports if p.oper_up and p.speed_mbps and p.physical is not False},
        uplinks=tuple(sorted(port.name for port in asset.ports if port.uplink)),
        serving=(serving or {}).get(asset.id, ()),
        vlans=_vlans(asset),
        ups={name: str(fact.value).lower() for name in UPS_FACTS if (fact := asset.fact(name)) is not None},
        configuration=_told(asset, "config.digest", "sha256"),
        configuration_diff=_lines(asset),
    )


def _told(asset: Asset, name: str, key: str) -> str:
    fact = asset.fact(name)
    return str(fact.value.get(key, "")) if fact is not None and isinstance(fact.value, dict) else ""


def _lines(asset: Asset) -> tuple[str, ...]:
    fact = asset.fact("config.diff")
    lines = fact.value.get("lines") if fact is not None and isinstance(fact.value, dict) else None
    return tuple(str(line) for line in lines) if isinstance(lines, list) else ()


def _words(asset: Asset) -> dict[str, str]:
    version = f"{asset.os} {asset.version}".strip() if asset.version else ""
    said = {"serial": asset.serial, "version": version, "hostname": short(asset.hostname)}
    return {f"{name} {asset.why[name].source if name in asset.why else ''}".strip(): v for name, v in said.items() if v}


def short(hostname: str) -> str:
    """A host name without its domain and case, for the same host is told both ways on different nights."""
    name = hostname.strip().rstrip(".").lower()
    return name if name.replace(".", "").isdigit() else name.split(".")[0]


def steady_addresses(asset: Asset) -> tuple[str, ...]:
    """IPv4 addresses that are more than the host's own invention: IPv6 privacy addresses change by design."""
    found = [ip for text in asset.ips if (ip := _address(text)) is not None]
    return tuple(str(ip) for ip in sorted(found))


def _address(text: str) -> ipaddress.IPv4Address | None:
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return None
    return ip if isinstance(ip, ipaddress.IPv4Address) and not ip.is_link_local else None


def _place(asset: Asset, entry_of: Place, label_of: Callable[[str], str]) -> tuple[tuple[str, str] | None, str]:
    at = asset.connected_to
    switch = entry_of(at.asset) if at is not None else None
    if at is None or switch is None:
        return None, ""
    return (switch, at.port), f"{label_of(at.asset)} port {at.port}"


def _services(asset: Asset) -> dict[str, str] | None:
    """Ports and names; None when nobody asked, so that silence closes nothing."""
    if not asset.services:
        return None
    return {f"{s.protocol}/{s.port}": s.name for s in sorted(asset.services, key=lambda s: (s.protocol, s.port))}


def _certificates(asset: Asset) -> dict[str, str] | None:
    fact = asset.fact("tls")
    if fact is None or not isinstance(fact.value, list):
        return None
    return {str(c["port"]): f"{c['subject']}, until {str(c['not_after'])[:10]}, by {c['issuer']}" for c in fact.value}


def _vlans(asset: Asset) -> tuple[int, ...] | None:
    fact = asset.fact("vlans")
    if fact is None or fact.why.confidence <= PARTIAL or not isinstance(fact.value, list):
        return None
    return tuple(sorted({int(vlan["vid"]) for vlan in fact.value}))
