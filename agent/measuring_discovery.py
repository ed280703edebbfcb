"""A night's report held against what is known to be on the wire: every host, no duplicate, each one's port."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.measuring_dumps import write_rows
from agent.measuring_marks import Mark, Verdict
from probes.errors import BadInput
from probes.vocabulary import Asset, Connection

HOSTS, ONCE, PORTS, KINDS = "host found", "found once", "switch port", "kind"
COLUMNS = (HOSTS, ONCE, PORTS, KINDS)
Json = dict[str, Any]


def read_truth(path: Path) -> list[Json]:
    """The hosts of a truth.json: ip, mac, and where known hostname, kind, switch, port, listed. Raises BadInput."""
    try:
        found = json.loads(path.read_bytes())
        hosts = found["hosts"]
        return [host for host in hosts if host["ip"] and host.get("listed", True)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f'{path} is no truth; it should be {{"hosts": [{{"ip": ..., "mac": ...}}]}}.') from error


def discovery_marks(assets: Sequence[Asset], hosts: Sequence[Mapping[str, Any]]) -> list[Mark]:
    """Marks of every host. An asset is a host's by its MAC, else by its address."""
    by_mac = _index(assets, "macs")
    by_ip = _index(assets, "ips")
    by_id = {asset.id: asset for asset in assets}
    return [
        mark
        for host in hosts
        for mark in _marks(host, by_mac.get(host.get("mac", "")) or by_ip.get(host["ip"], []), by_id)
    ]


def _index(assets: Sequence[Asset], field: str) -> dict[str, list[Asset]]:
    found: dict[str, list[Asset]] = {}
    for asset in assets:
        for value in getattr(asset, field):
            found.setdefault(value, []).append(asset)
    return found


def _marks(host: Mapping[str, Any], held: Sequence[Asset], by_id: Mapping[str, Asset]) -> list[Mark]:
    name = str(host.get("hostname") or host["ip"])
    marks = [_mark(HOSTS, name, "found" if held else "", "found")]
    if held:
        marks.append(_mark(ONCE, name, str(len(held)), "1"))
    if host.get("switch"):
        said = _place(held[0].connected_to, by_id) if held else ""
        marks.append(_mark(PORTS, name, said, f"{host['switch']} {host['port']}"))
    if host.get("kind", "unknown") != "unknown":
        kind = held[0].kind if held else ""
        marks.append(_mark(KINDS, name, "" if kind == "unknown" else kind, host["kind"]))
    return marks


def _place(connected: Connection | None, by_id: Mapping[str, Asset]) -> str:
    switch = by_id.get(connected.asset) if connected else None
    return f"{switch.hostname} {connected.port}" if switch and connected else ""


def _mark(column: str, name: str, said: str, truth: str) -> Mark:
    verdict: Verdict = "blank" if not said else "right" if said == truth else "wrong"
    return Mark(column, verdict, name, said=said, truth=truth)


def write_places(path: Path, assets: Sequence[Asset]) -> None:
    """One row an asset: addresses, what it is, where it is plugged in. Raises BadInput."""
    by_id = {asset.id: asset for asset in assets}
    rows = [
        [" ".join(a.ips), " ".join(a.macs), a.hostname, "" if a.kind == "unknown" else a.kind, a.maker, a.model,
         _place(a.connected_to, by_id)]
        for a in assets
    ]  # fmt: skip
    write_rows(path, ("ips", "macs", "hostname", "kind", "maker", "model", "plugged into"), rows)
