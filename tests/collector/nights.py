"""Nights for the collector's tests: a small school whose model is a dict of things, sealed into reports."""

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from baselines.seal import seal
from baselines.vocabulary import AgentInfo, Evidence, Finding, Report, Site, Verdict, Versions
from collector.intake import Taken, take
from collector.rebuild import apply_waiting
from collector.settings import Settings
from collector.sites import Agent, add_site, find_agent
from collector.store import Store
from probes.identity import asset_id, sorted_keys
from probes.vocabulary import Asset, Connection, Coverage, Fact, Key, Link, Outcome, Port, Service, Why

FIRST = date(2026, 9, 7)
TENANT = "school"
NOW = datetime(2026, 9, 7, 5, 0)
SWEEP, PORTS, SNMP = "arp.sweep", "nmap.services", "snmp.vlans"


def night(number: int) -> date:
    """The date of night 1, 2, 3, ..."""
    return FIRST + timedelta(days=number - 1)


def at(on: date) -> datetime:
    return datetime.combine(on, time(2, 0), UTC)


def why(source: str, on: date, confidence: float = 0.95) -> Why:
    return Why(source=source, target="10.20.0.2", vantage="staff", at=at(on), confidence=confidence)


def thing(name: str, kind: str, ip: str, mac: str, *, serial: str = "", on: date = FIRST, **more: Any) -> Asset:
    """An asset with the keys that its MAC, serial and name make."""
    keys = [Key(kind="mac", value=mac, strong=True)] if mac else []
    keys += [Key(kind="serial", value=serial, strong=True)] if serial else []
    keys += [Key(kind="hostname", value=name, strong=False)] if name else []
    said = {"hostname": name, "serial": serial, "version": more.get("version", ""), "ips": ip}
    sources = {"hostname": "snmp.system", "serial": "snmp.entity", "version": "snmp.system", "ips": SWEEP}
    return Asset.model_validate(
        {
            "id": asset_id(keys),
            "kind": kind,
            "hostname": name,
            "serial": serial,
            "ips": (ip,) if ip else (),
            "macs": (mac,) if mac else (),
            "keys": sorted_keys(keys),
            "why": {word: why(sources[word], on) for word, value in said.items() if value},
            **more,
        }
    )


def fact(name: str, value: Any, on: date = FIRST, confidence: float = 0.95) -> Fact:
    return Fact(name=name, value=value, why=why("snmp." + name.split(".", maxsplit=1)[0], on, confidence))


def plugged(into: Asset, port: str, vlan: int = 20) -> Connection:
    return Connection(asset=into.id, port=port, vlan=vlan, source="snmp.fdb", confidence=0.9)


def service(port: int, name: str) -> Service:
    return Service(protocol="tcp", port=port, name=name)


def small_school() -> dict[str, Asset]:
    """A switch, another, an access point, a printer, a computer, a laptop and a UPS."""
    core = thing(
        "sw-core", "switch", "10.20.0.2", "00:1c:73:00:00:02", serial="FOC1234X001", version="15.0(2)SE11", os="ios",
        ports=(Port(name="Gi1/0/24", speed_mbps=10000, oper_up=True, uplink=True),),
        facts=(
            fact("vlans", [{"vid": 10, "name": "staff"}, {"vid": 20, "name": "pupils"}]),
            fact("config.digest", {"sha256": "a" * 64, "lines": 9}),
        ),
    )  # fmt: skip
    hall = thing("sw-hall", "switch", "10.20.0.3", "00:1c:73:00:00:03", serial="FOC1234X002")
    ssids = fact("wifi.ssids", [{"name": "Ashfield", "security": "wpa2-enterprise"}])
    certificate = {"port": 443, "subject": "CN=printer", "issuer": "CN=printer", "not_after": "2027-01-01T00:00:00Z"}
    ap = thing("ap-sci-1", "ap", "10.20.0.21", "24:de:c6:00:00:31", connected_to=plugged(core, "12"), facts=(ssids,))
    printer = thing(
        "prn-office", "printer", "10.20.0.77", "00:17:c8:00:00:77", serial="VNB3R12345",
        connected_to=plugged(core, "7"), services=(service(80, "http"), service(443, "https")),
        facts=(fact("tls", [certificate]),),
    )  # fmt: skip
    pc = thing(
        "pc-lib-01", "endpoint", "10.20.1.15", "d8:9e:f3:00:01:15", subkind="desktop",
        connected_to=plugged(hall, "3"), services=(service(445, "microsoft-ds"),),
    )  # fmt: skip
    laptop = thing(
        "lt-staff-4", "endpoint", "10.20.1.44", "d8:9e:f3:00:01:44", subkind="laptop", connected_to=plugged(hall, "9"),
    )  # fmt: skip
    ups = thing(
        "ups-core", "ups", "10.20.0.60", "00:c0:b7:00:00:60", connected_to=plugged(core, "20"),
        facts=(fact("ups.on-battery", False), fact("ups.source", "normal")),
    )  # fmt: skip
    return {"core": core, "hall": hall, "ap": ap, "printer": printer, "pc": pc, "laptop": laptop, "ups": ups}


def whole(assets: Iterable[Asset], on: date, outcome: Outcome = Outcome.COMPLETE) -> tuple[Coverage, ...]:
    """Coverage of a night on which everything that was asked answered so."""
    rows = [(SWEEP, "10.20.0.0/22"), *((probe, a.ips[0]) for a in assets if a.ips for probe in (PORTS, SNMP))]
    return tuple(
        Coverage(probe=probe, target=target, vantage="staff", at=at(on), outcome=outcome) for probe, target in rows
    )


def finding(clause: str, subject: str, verdict: str, **more: Any) -> Finding:
    words = {
        "key": f"{clause}:{subject}",
        "clause": clause,
        "edition": "2026-11",
        "subject": subject,
        "verdict": Verdict(verdict),
        "sentence": f"{clause} is {verdict}.",
        "severity": "medium",
        "evidence": (Evidence(what="port", value="23", source=PORTS),),
    }
    return Finding.model_validate(words | more)


@dataclass
class School:
    """A site of a store, with one agent for each vantage, each with its own key and sequence."""

    store: Store
    site: str = "ashfield"
    tenant: str = TENANT
    agents: dict[str, Agent] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)

    def agent(self, vantage: str) -> Agent:
        if vantage not in self.agents:
            token = add_site(self.store, Settings(tenant=self.tenant), self.site, "", vantage, NOW)
            with self.store.reading() as connection:
                found = find_agent(connection, token)
            assert found is not None
            self.agents[vantage] = found
        return self.agents[vantage]

    def report(self, on: date, assets: Iterable[Asset], *, vantage: str = "staff", **more: Any) -> Report:
        """One sealed report with the next sequence of its vantage's agent."""
        kept = tuple(assets)
        number = self.sequences[vantage] = self.sequences.get(vantage, 0) + 1
        words: dict[str, Any] = {
            "site": Site(id=self.site, name=self.site.title() + " School", phase="secondary"),
            "agent": AgentInfo(id="any", name=vantage, vantage=vantage),
            "scopes": ("10.20.0.0/22",),
            "night": on,
            "started": at(on),
            "ended": at(on) + timedelta(hours=1, seconds=number),
            "versions": Versions(caretaker="0.1.0", python="3.11"),
            "assets": kept,
            "coverage": whole(kept, on),
        }
        return seal(Report.model_validate(words | more), self.key(vantage), number, "")

    def key(self, vantage: str) -> Ed25519PrivateKey:
        seed = f"{self.tenant} {self.site} {vantage}".encode()
        return Ed25519PrivateKey.from_private_bytes(seed.ljust(32, b"0")[:32])

    def send(self, report: Report, now: datetime = NOW) -> Taken:
        return take(self.store, self.agent(report.agent.vantage), packed(report), now)

    def night(self, number: int, assets: Iterable[Asset], **more: Any) -> Taken:
        """Night N with these assets, sent and applied."""
        return self.send(self.report(night(number), assets, **more))

    def apply(self) -> None:
        apply_waiting(self.store, self.tenant, self.site)


def packed(report: Report) -> bytes:
    return gzip.compress(report.model_dump_json().encode(), mtime=0)


def link(a: Asset, a_port: str, b: Asset, b_port: str) -> Link:
    return Link.model_validate(
        {
            "a": {"asset": a.id, "port": a_port},
            "b": {"asset": b.id, "port": b_port},
            "sources": ["lldp"],
            "confidence": 0.9,
        }
    )


def changed(school: dict[str, Asset], name: str, **more: Any) -> dict[str, Asset]:
    """The same school with one thing's words changed."""
    return school | {name: school[name].model_copy(update=more)}


def without(school: dict[str, Asset], *names: str) -> dict[str, Asset]:
    return {name: asset for name, asset in school.items() if name not in names}


def numbered(first: int, last: int) -> Iterator[int]:
    yield from range(first, last + 1)
