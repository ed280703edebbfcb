"""Nights written short, for examples: tests/baselines/examples/*.yaml become Night values here.

An asset is a mapping by its id; `facts` maps names to values (`partly` the same, from an incomplete answer), `plug` is
`[asset, port, vlan]`. A link is `[asset, port, asset, port, mbps]`. Coverage is "probe target" and an outcome if it was
not complete. Everything was seen at 02:00 of the night unless `seen` says when.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from baselines.vocabulary import Night, Site, Verdict
from probes.vocabulary import (
    Asset,
    Connection,
    Coverage,
    DhcpOffer,
    End,
    Fact,
    FilterCheck,
    LineMeasure,
    Link,
    Outcome,
    Port,
    Service,
    Why,
)

EXAMPLES = Path(__file__).parent / "examples"
NIGHT = date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class Example:
    """One night and what must be said of a clause's subject in it."""

    name: str
    clause: str
    subject: str
    verdict: Verdict
    says: str
    night: Night


def examples() -> Iterator[Example]:
    """Every example of every file."""
    for path in sorted(EXAMPLES.glob("*.yaml")):
        for number, raw in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1):
            for clause in raw["clauses"]:
                yield Example(
                    name=f"{path.stem}-{number}-{clause}-{raw['verdict']}",
                    clause=clause,
                    subject=raw.get("subject", "site"),
                    verdict=Verdict(raw["verdict"]),
                    says=raw.get("says", ""),
                    night=night(**{"on" if k == "date" else k: v for k, v in raw.get("night", {}).items()}),
                )


def night(on: date = NIGHT, vantage: str = "staff", **parts: Any) -> Night:
    """A night from its short form."""
    at = datetime(on.year, on.month, on.day, 2, tzinfo=UTC)
    site = {"id": "ashfield", "name": "Ashfield School", "phase": "secondary", **parts.get("site", {})}
    return Night(
        site=Site.model_validate(site),
        vantage=vantage,
        on=on,
        assets=tuple(asset(name, raw, at, vantage) for name, raw in parts.get("assets", {}).items()),
        links=tuple(link(*row) for row in parts.get("links", ())),
        line=tuple(
            LineMeasure.model_validate({"at": at + timedelta(minutes=n), "endpoint": "trust", **row})
            for n, row in enumerate(parts.get("line", ()))
        ),
        filtering=tuple(
            check(name, expected, verdict, at, vantage) for name, expected, verdict in parts.get("filtering", ())
        ),
        dhcp=tuple(
            DhcpOffer.model_validate({"at": at, "vantage": vantage, "mac": "00:1b:00:00:00:99", **row})
            for row in parts.get("dhcp", ())
        ),
        coverage=tuple(covered(text, at, vantage) for text in parts.get("coverage", ())),
    )


def asset(name: str, raw: Mapping[str, Any], at: datetime, vantage: str) -> Asset:
    """One asset, believed because the night's probes said so."""
    seen = raw["seen"].replace(tzinfo=UTC) if "seen" in raw else at
    target = raw.get("ips", ["10.20.0.9"])[0]
    why = Why(
        source=raw.get("source", "snmp.system"),
        target=target,
        vantage=vantage,
        at=seen,
        confidence=raw.get("sure", 0.9),
    )
    half = why.model_copy(update={"confidence": 0.5})
    plain = {
        k: v
        for k, v in raw.items()
        if k not in ("facts", "partly", "plug", "seen", "source", "sure", "ports", "services")
    }
    told = [k for k in ("kind", "maker", "model", "os", "version", "hostname") if raw.get(k)]
    place = raw.get("plug")
    beliefs = (("facts", why), ("partly", half))
    facts = [Fact(name=n, value=v, why=w) for part, w in beliefs for n, v in raw.get(part, {}).items()]
    ports = [Port.model_validate({"type": 6, "physical": True, "oper_up": True, **p}) for p in raw.get("ports", ())]
    services = [Service.model_validate({"protocol": "tcp", "name": n, "port": p}) for n, p in raw.get("services", ())]
    joined = {
        "id": name,
        "why": dict.fromkeys(told or ["kind"], why),
        "facts": tuple(facts),
        "ports": tuple(ports),
        "services": tuple(services),
        "connected_to": Connection(asset=place[0], port=place[1], vlan=place[2]) if place else None,
    }
    return Asset.model_validate(plain | joined)


def link(a: str, a_port: str, b: str, b_port: str, mbps: int | None) -> Link:
    """A cable that LLDP named at one end."""
    ends = (End(asset=a, port=a_port), End(asset=b, port=b_port))
    return Link(a=ends[0], b=ends[1], sources=("lldp 10.20.0.2",), confidence=0.9, a_speed_mbps=mbps, b_speed_mbps=mbps)


def check(name: str, expected: str, verdict: str, at: datetime, vantage: str) -> FilterCheck:
    """One test name looked up; the category is the name's first word."""
    return FilterCheck.model_validate(
        {"at": at, "vantage": vantage, "resolver": "10.20.0.10", "name": name, "category": name.split(".", 1)[0],
         "expected": expected, "verdict": verdict}
    )  # fmt: skip


def covered(text: str, at: datetime, vantage: str) -> Coverage:
    """Coverage from "probe target [outcome]"."""
    probe, target, *outcome = text.split()
    said = Outcome(outcome[0] if outcome else "complete")
    return Coverage(probe=probe, target=target, vantage=vantage, at=at, outcome=said)
