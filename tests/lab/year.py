"""A year of nights made from one real night: the same school earlier, with days that differ as real ones do.

Only the demo and the tests use it, and say so: what it makes is simulated history behind one night that was real.
"""

import json
import random
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from baselines.seal import seal
from baselines.vocabulary import Report

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
KEPT_DATES = {"not_before", "not_after"}
OFF_NIGHT = 0.02


def year_before(report: Report, nights: int, key: Ed25519PrivateKey, seed: int = 7) -> Iterator[Report]:
    """Sealed reports of the `nights` nights before this one, oldest first; about one in fifty is missing.

    A few assets join the school during the year, firmware was older before, the line's speed varies from night
    to night, and an asset or two that is gone by the end is there at the beginning.
    """
    chance = random.Random(seed)
    base = report.model_dump(mode="json", by_alias=True)
    newest, *others = chance.sample(base["assets"], len(base["assets"]) // 8)
    joined = {asset["id"]: chance.randint(1, nights) for asset in others} | {newest["id"]: 0}
    updated = {a["id"]: chance.randint(10, nights) for a in base["assets"] if a["version"] and chance.random() < 0.15}
    updated |= {asset["id"]: 0 for asset in base["assets"] if asset["kind"] == "switch" and asset["version"]}
    sequence, previous = 0, ""
    for back in range(nights, 0, -1):
        if chance.random() < OFF_NIGHT:
            continue
        words = shifted(json.loads(json.dumps(base)), -back)
        _young(words, joined, back)
        _older(words, updated, back)
        _without_telnet(words)
        _weather(words, chance)
        sequence += 1
        made = seal(Report.model_validate({**words, "seal": None}), key, sequence, previous)
        previous = made.seal.sha256 if made.seal else ""
        yield made


def shifted(node: Any, days: int, name: str = "") -> Any:
    """A report's JSON with every moment and night moved by so many days; certificates keep their own dates."""
    if isinstance(node, dict):
        return {key: shifted(value, days, key) for key, value in node.items()}
    if isinstance(node, list):
        return [shifted(value, days, name) for value in node]
    if not isinstance(node, str) or name in KEPT_DATES:
        return node
    if name == "night":
        return (date.fromisoformat(node) + timedelta(days=days)).isoformat()
    return _later(node, days) if MOMENT.fullmatch(node) else node


def _later(moment: str, days: int) -> str:
    return (datetime.fromisoformat(moment) + timedelta(days=days)).isoformat()


def _young(words: dict[str, Any], joined: dict[str, int], back: int) -> None:
    absent = {asset for asset, day in joined.items() if day < back}
    words["assets"] = [asset for asset in words["assets"] if asset["id"] not in absent]
    words["findings"] = [finding for finding in words["findings"] if finding["subject"] not in absent]
    words["links"] = [k for k in words["links"] if not {k["a"]["asset"], k["b"]["asset"]} & absent]


def _older(words: dict[str, Any], updated: dict[str, int], back: int) -> None:
    for asset in words["assets"]:
        if asset["id"] in updated and updated[asset["id"]] < back:
            asset["version"] = re.sub(r"\d+$", lambda found: str(max(0, int(found[0]) - 1)), asset["version"])


def _without_telnet(words: dict[str, Any]) -> None:
    """Nobody had left telnet open until the night that was real."""
    guilty = {asset["id"] for asset in words["assets"] if any(s["name"] == "telnet" for s in asset["services"])}
    for asset in words["assets"]:
        asset["services"] = [service for service in asset["services"] if service["name"] != "telnet"]
    words["findings"] = [
        finding
        for finding in words["findings"]
        if not (finding["subject"] in guilty and "telnet" in finding["sentence"])
    ]


def _weather(words: dict[str, Any], chance: random.Random) -> None:
    for measure in words["line"]:
        for field, spread in (("down_mbps", 0.12), ("up_mbps", 0.12), ("latency_ms", 0.3), ("jitter_ms", 0.5)):
            if measure[field] is not None:
                measure[field] = round(measure[field] * (1 + chance.uniform(-spread, spread / 2)), 1)
