"""Compares a report with the truth of the virtual school."""

import re
from typing import Any

from baselines.vocabulary import Report
from probes.vocabulary import Asset


def asset_of(report: Report, host: dict[str, Any]) -> list[Asset]:
    """The assets that carry this host's MAC address, or else its IP address."""
    by_mac = [asset for asset in report.assets if host["mac"] in asset.macs]
    return by_mac or [asset for asset in report.assets if host["ip"] in asset.ips]


def named(report: Report, truth: dict[str, Any], hostname: str) -> Asset | None:
    """The asset of this host of the truth."""
    host = next(host for host in truth["hosts"] if host["hostname"] == hostname)
    return next(iter(asset_of(report, host)), None)


def listed(truth: dict[str, Any]) -> list[dict[str, Any]]:
    """The hosts that have to be in the report."""
    return [host for host in truth["hosts"] if host["listed"]]


def port_number(name: str) -> str:
    """A port's numbers, whether a switch spells it GigabitEthernet1/0/20, Gi1/0/20 or 20."""
    found = re.search(r"[\d/]+$", name)
    return found[0] if found else name
