"""A report held against the truth: what was missed, said twice, said wrongly, or said though it may not be."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
FAILS = ("not-met-now", "not-met-at-replacement")


@dataclass
class Comparison:
    """Differences between one report (report.json) and the truth (Lab.truth); all empty when the report is right."""

    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    kinds: list[tuple[str, str, str]] = field(default_factory=list)
    ports: list[tuple[str, str, str]] = field(default_factory=list)
    links: list[tuple[str, str, str, str]] = field(default_factory=list)
    unfound: list[tuple[str, str]] = field(default_factory=list)
    forbidden: list[tuple[str, str]] = field(default_factory=list)
    hosts: int = 0

    def kinds_right(self) -> float:
        """The share of hosts whose kind is right, from 0 to 1."""
        return 1 - (len(self.kinds) + len(self.missing)) / max(self.hosts, 1)

    def ports_right(self) -> float:
        """The share of hosts that are on the right switch port, from 0 to 1."""
        return 1 - (len(self.ports) + len(self.missing)) / max(self.hosts, 1)


def compare(report: Json, truth: Json) -> Comparison:
    """Holds a report against the truth of the same night. Assets are known by MAC address, else by IP address."""
    found = Comparison(hosts=sum(host["listed"] for host in truth["hosts"]))
    assets = {host["hostname"]: _assets_of(report, host) for host in truth["hosts"]}
    for host in truth["hosts"]:
        _compare_host(found, host, assets[host["hostname"]], {a["id"]: a for a in report["assets"]})
    _compare_links(found, report, truth, assets)
    _compare_findings(found, report, truth, assets)
    return found


def _assets_of(report: Json, host: Json) -> list[Json]:
    by_mac = [asset for asset in report["assets"] if host["mac"] in asset["macs"]]
    return by_mac or [asset for asset in report["assets"] if host["ip"] in asset["ips"]]


def _compare_host(found: Comparison, host: Json, assets: list[Json], by_id: dict[str, Json]) -> None:
    name = host["hostname"]
    if not host["listed"]:
        if assets and not host["may_be_listed"] and not all(asset["private"] for asset in assets):
            found.forbidden.append(("asset", name))
        return
    if not assets:
        found.missing.append(name)
        return
    if len(assets) > 1:
        found.twice.append(name)
    if host["kind"] not in ("unknown", assets[0]["kind"]):
        found.kinds.append((name, host["kind"], assets[0]["kind"]))
    if host["switch"]:
        wanted = f"{host['switch']} {host['port']}"
        if (place := _place(assets[0], by_id)) != wanted:
            found.ports.append((name, wanted, place))


def _place(asset: Json, by_id: dict[str, Json]) -> str:
    connected = asset.get("connected_to")
    switch = by_id.get(connected["asset"]) if connected else None
    return f"{switch['hostname']} {connected['port']}" if switch and connected else ""


def _compare_links(found: Comparison, report: Json, truth: Json, assets: dict[str, list[Json]]) -> None:
    said = set()
    for link in report["links"]:
        a, b = (link["a"]["asset"], link["a"]["port"]), (link["b"]["asset"], link["b"]["port"])
        said |= {(*a, *b), (*b, *a)}
    for link in truth["links"]:
        ends = (
            (a["id"], link["a_port"], b["id"], link["b_port"]) for a in assets[link["a"]] for b in assets[link["b"]]
        )
        if not said & set(ends):
            found.links.append((link["a"], link["a_port"], link["b"], link["b_port"]))


def _compare_findings(found: Comparison, report: Json, truth: Json, assets: dict[str, list[Json]]) -> None:
    fails: dict[str, set[str]] = defaultdict(set)
    for finding in report["findings"]:
        if finding["verdict"] in FAILS:
            fails[finding["clause"]].add(finding["subject"])
    for plant in truth["planted"]:
        subjects = {s for name in (plant["subject"], *plant["also"]) for s in _ids(name, assets)}
        if not subjects & fails[plant["id"]]:
            found.unfound.append((plant["id"], plant["subject"]))
    for item in truth["must_not"]:
        here = assets.get(item["subject"], [])
        probed = item["id"] == "probe" and any(asset["services"] or asset["version"] for asset in here)
        if probed or _ids(item["subject"], assets) & fails[item["id"]]:
            found.forbidden.append((item["id"], item["subject"]))


def _ids(name: str, assets: dict[str, list[Json]]) -> set[str]:
    return {name} if name == "site" else {asset["id"] for asset in assets.get(name, [])}
