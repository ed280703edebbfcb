"""A plausible school in the collector's tables, quickly: 70 devices, as many nights as asked, and what people said.

It writes the projection itself, as the intake would have left it, so that pages and reviews can be tried over a year
without walking a year of reports through the front door.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from baselines.standards import clauses_on, load_standards
from baselines.vocabulary import Site
from collector import tables as t
from collector.people import add_person, use_link
from collector.store import Store
from probes.vocabulary import Asset, Fact, Key, Part, Port, PortPoe, Service, Why
from probes.vocabulary import Connection as Plug

TENANT = "school"
LAST = date(2026, 11, 23)
NOW = datetime(2026, 11, 24, 7, 40)
PASSWORD = "three random words"
SITE = Site(
    id="ashfield",
    name="Ashfield School",
    phase="secondary",
    urn=900006,
    hub_rooms=2,
    has_servers=True,
    contracted_down_mbps=1000,
    contracted_up_mbps=1000,
    line_technology="leased-line",
    backup_technology="mobile",
)
SMALL = Site(id="beech", name="Beech Lane Primary School", phase="primary", urn=900007, contracted_down_mbps=150)
ADDRESSES = {
    "technician": "tess@ashfield.example",
    "leader": "lena@ashfield.example",
    "governor": "gwen@ashfield.example",
    "admin": "ada@ashfield.example",
}


@dataclass(slots=True)
class Device:
    """One device of the invented school, before it is an Asset."""

    name: str
    kind: str
    maker: str = ""
    model: str = ""
    os: str = ""
    version: str = ""
    subkind: str = ""
    ip: str = ""
    on: str = ""
    port: str = ""
    vlan: int | None = None
    location: str = ""
    owned: dict[str, str] = field(default_factory=dict)
    ports: int = 0
    number: int = 0

    @property
    def id(self) -> str:
        """Its line in the register."""
        return f"CT-{self.number:06d}"

    @property
    def asset(self) -> str:
        """Its id in a report."""
        return f"a-{self.number:012x}"

    @property
    def mac(self) -> str:
        return f"00:1b:{self.number // 256:02x}:{self.number % 256:02x}:5a:{self.number % 256:02x}"

    @property
    def serial(self) -> str:
        return f"SN{self.number:04d}{self.kind[:2].upper()}7Q"


def school() -> list[Device]:
    """The devices of Ashfield School, in the same order each time."""
    made = list(_devices())
    for number, device in enumerate(made, 1):
        device.number = number
    return made


def _devices() -> Iterator[Device]:
    yield Device("fw-01", "firewall", "Fortinet", "FortiGate 100F", "fortios", "7.2.8", ip="10.20.0.1", ports=12)
    core = {
        "building": "Main",
        "room": "Server room",
        "cabinet": "A",
        "tag": "ASH-0001",
        "purchase_date": "2019-07-01",
        "supplier": "Northway ICT",
        "price": "4200",
        "replacement_date": "2027-08-01",
        "warranty_end": "2024-07-01",
    }
    yield Device(
        "sw-core-01",
        "switch",
        "Cisco",
        "C9300-48UXM",
        "ios-xe",
        "17.9.4",
        ip="10.20.0.2",
        on="fw-01",
        port="port1",
        owned=core,
        ports=48,
        location="Main, server room",
    )
    edges = (
        ("sw-ict-01", "ICT block", "2018-09-01"),
        ("sw-sci-01", "Science", "2016-08-01"),
        ("sw-lib-01", "Library", "2021-08-01"),
        ("sw-adm-01", "Administration", "2014-08-01"),
    )
    for at, (name, building, bought) in enumerate(edges):
        model = ("WS-C2960X-48FPS-L", "ios", "15.2(7)E4") if at < 2 else ("JL357A", "arubaos-switch", "WC.16.11.0012")
        owned = {"building": building, "room": "Comms cupboard", "tag": f"ASH-{at + 2:04d}", "purchase_date": bought}
        yield Device(
            name,
            "switch",
            "Cisco" if at < 2 else "Aruba",
            *model,
            ip=f"10.20.0.{at + 3}",
            on="sw-core-01",
            port=f"Te1/1/{at + 1}",
            owned=owned,
            ports=48,
        )
    yield Device(
        "wlc-01", "wlc", "Aruba", "7205", "arubaos", "8.10.0.7", ip="10.20.0.10", on="sw-core-01", port="Gi1/0/40"
    )
    rooms = (
        "sci-1",
        "sci-2",
        "ict-1",
        "ict-2",
        "hall",
        "library",
        "maths-1",
        "maths-2",
        "english-1",
        "music",
        "gym",
        "office",
    )
    for at, room in enumerate(rooms):
        edge = edges[at % 4][0]
        yield Device(
            f"ap-{room}",
            "ap",
            "Aruba",
            "AP-515" if at < 9 else "AP-225",
            "arubaos",
            "8.10.0.7",
            ip=f"10.20.0.{30 + at}",
            on=edge,
            port=str(at + 10),
            vlan=20,
            owned={"room": room.title(), "tag": f"ASH-{at + 20:04d}"},
        )
    for at, (name, os, version) in enumerate(
        (("dc-01", "Windows Server", "2022"), ("files-01", "Windows Server", "2012 R2"), ("app-01", "Debian", "12"))
    ):
        yield Device(
            name,
            "server",
            "Dell",
            "PowerEdge R450",
            os,
            version,
            ip=f"10.20.0.{50 + at}",
            on="sw-core-01",
            port=f"Gi1/0/{at + 1}",
            vlan=10,
            owned={"room": "Server room", "tag": f"ASH-{at + 40:04d}"},
        )
    yield Device(
        "nas-01",
        "nas",
        "Synology",
        "RS1221+",
        "dsm",
        "7.2.1",
        ip="10.20.0.55",
        on="sw-core-01",
        port="Gi1/0/9",
        vlan=10,
    )
    yield Device(
        "ups-01",
        "ups",
        "APC",
        "Smart-UPS 3000",
        version="UPS 09.8",
        ip="10.20.0.60",
        on="sw-core-01",
        port="Gi1/0/12",
        vlan=10,
    )
    for at, room in enumerate(("office", "library", "staff", "art")):
        yield Device(
            f"print-{room}",
            "printer",
            "HP",
            "LaserJet M507",
            ip=f"10.20.1.{20 + at}",
            on=edges[at][0],
            port=str(30 + at),
            vlan=30,
        )
    for at in range(6):
        yield Device(
            f"phone-{200 + at}",
            "phone",
            "Yealink",
            "T43U",
            version="108.86.0.20",
            ip=f"10.20.2.{20 + at}",
            on=edges[at % 4][0],
            port=str(34 + at),
            vlan=50,
        )
    for at, place in enumerate(("gate", "yard", "hall", "bikes", "car-park")):
        yield Device(
            f"cam-{place}",
            "camera",
            "Hikvision",
            "DS-2CD2143",
            version="V5.5.82",
            ip=f"10.20.3.{20 + at}",
            on=edges[at % 4][0],
            port=str(41 + at),
            vlan=60,
        )
    kinds = (
        ("desktop", "HP", "ProDesk 400 G6", "Windows", "11 23H2"),
        ("laptop", "Lenovo", "ThinkPad L14", "Windows", "11 23H2"),
        ("chromebook", "Acer", "C741L", "ChromeOS", "131"),
    )
    for at in range(31):
        subkind, maker, model, os, version = kinds[0 if at < 18 else 1 if at < 26 else 2]
        on, port = (edges[at % 4][0], str(at % 9 + 1)) if subkind == "desktop" else (f"ap-{rooms[at % 12]}", "wlan0")
        room = (
            {"room": f"Room {at % 9 + 1}", "tag": f"ASH-{at + 100:04d}", "purchase_date": f"20{17 + at % 8}-08-01"}
            if at % 3
            else {}
        )
        yield Device(
            f"ash-{'pc' if at < 18 else 'nb'}-{at + 1:02d}",
            "endpoint",
            maker,
            model,
            os,
            version,
            subkind,
            f"10.20.1.{60 + at}",
            on,
            port,
            30,
            owned=room,
        )


def seed(store: Store, nights: int = 30, devices: Sequence[Device] | None = None, last: date = LAST) -> None:
    """Ashfield School with its nights up to `last`, its people and their words."""
    known = list(devices if devices is not None else school())
    with store.writing() as conn:
        _site(conn, SITE, "agent-1", "ashfield-pi", known, nights, last)
        _findings(conn, SITE.id, known, last - timedelta(days=nights - 1), last)
        _changes(conn, known, nights, last)
        _said(conn, last)
        _line(conn, SITE.id, nights, last)
    add_people(store)


def add_people(store: Store, sites: tuple[str, ...] = ()) -> None:
    """One person of each role, all with the same password."""
    links = [
        add_person(store, TENANT, email, name=email.split("@")[0].title(), role=role, sites=sites, now=NOW)
        for role, email in ADDRESSES.items()
    ]
    use_link(store, links[0], PASSWORD, NOW)
    with store.writing() as conn:  # hashing a password is slow by design: the others get the first one's hash
        made = conn.scalar(select(t.person.c.password).where(t.person.c.password != ""))
        conn.execute(update(t.person).values(password=made))


def seed_second_site(store: Store, last_heard: date) -> None:
    """A primary school in the same trust whose agent has been dark since `last_heard`."""
    known = [
        Device(f"sw-{at}", "switch", "Netgear", "GS724T", number=500 + at, ip=f"10.9.0.{at}") for at in range(1, 4)
    ]
    with store.writing() as conn:
        _site(conn, SMALL, "agent-2", "beech-pi", known, 20, last_heard)
        _findings(conn, SMALL.id, known, last_heard - timedelta(days=19), last_heard)
        _line(conn, SMALL.id, 20, last_heard, 140, 32)


def _site(conn: Connection, site: Site, agent: str, name: str, known: list[Device], nights: int, last: date) -> None:
    said = site.model_dump(mode="json")
    if site is SITE:
        conn.execute(insert(t.tenant).values(tenant=TENANT, name="Ashfield", created=NOW))
    conn.execute(
        insert(t.site).values(
            tenant=TENANT,
            site=site.id,
            name=site.name,
            phase=site.phase,
            urn=site.urn,
            said=said,
            terms=[],
            created=NOW,
        )
    )
    conn.execute(
        insert(t.agent).values(
            tenant=TENANT,
            agent=agent,
            site=site.id,
            name=name,
            token=f"{agent}-digest",
            created=NOW - timedelta(days=400),
            sequence=nights,
            stored=datetime.combine(last, time(5, 10)),
            public_key="ab" * 32,
        )
    )
    first = last - timedelta(days=nights - 1)
    conn.execute(insert(t.entry), [_entry(site.id, device, known, first, last) for device in known])
    conn.execute(
        insert(t.issued), [{"tenant": TENANT, "asset": device.asset, "number": device.number} for device in known]
    )
    conn.execute(
        insert(t.entry_key),
        [
            {"tenant": TENANT, "entry": d.id, "kind": k.kind, "value": k.value, "strong": k.strong}
            for d in known
            for k in _keys(d)
        ],
    )
    conn.execute(
        insert(t.sighting),
        [
            {
                "tenant": TENANT,
                "entry": d.id,
                "site": site.id,
                "vantage": "staff",
                "first": first,
                "last": last,
                "nights": nights,
                "asset": d.asset,
            }
            for d in known
        ],
    )
    words = [
        {"tenant": TENANT, "entry": d.id, "name": k, "value": v, "person": "Tess", "at": NOW - timedelta(days=60)}
        for d in known
        for k, v in d.owned.items()
    ]
    if words:
        conn.execute(insert(t.owned_field), words)
    off = set(range(40, 46)) | {120}
    kept = [at for at in range(nights) if at not in off or at == 0]
    conn.execute(insert(t.night), [_night(site, agent, known, last - timedelta(days=at), nights - at) for at in kept])
    conn.execute(insert(t.raw_report), [_raw(site, agent, last - timedelta(days=at), nights - at) for at in kept])


def _raw(site: Site, agent: str, on: date, sequence: int) -> dict[str, Any]:
    return {
        "tenant": TENANT,
        "agent": agent,
        "sequence": sequence,
        "sha256": f"{random.Random(f'{on}').getrandbits(256):064x}",
        "site": site.id,
        "night": on,
        "vantage": "staff",
        "ended": datetime.combine(on + timedelta(days=1), time(1, 35)),
        "received": datetime.combine(on + timedelta(days=1), time(5, 10)),
        "body": b"",
        "size": 300_000,
        "state": "applied",
    }


def _night(site: Site, agent: str, known: list[Device], on: date, sequence: int) -> dict[str, Any]:
    started = datetime.combine(on + timedelta(days=1), time(1, 12))
    links = [
        {
            "a": {"asset": by.asset, "port": d.port},
            "b": {"asset": d.asset, "port": "uplink"},
            "sources": [f"lldp {by.ip}"],
            "confidence": 0.95,
            "a_speed_mbps": 10000 if d.kind == "switch" else 1000,
            "b_speed_mbps": 10000 if d.kind == "switch" else 1000,
            "lag": d.name == "sw-lib-01",
        }
        for d in known
        for by in known
        if d.on == by.name and d.kind in ("switch", "ap", "wlc")
    ]
    spots = [
        {
            "kind": "vlan",
            "subject": "VLAN 60",
            "sentence": "The CCTV network (VLAN 60) was never reached: 5 devices are known only from a switch.",
            "closes_with": "Add 10.20.3.0/24 to the agent’s scopes, or give the agent a trunk port.",
        },
        {
            "kind": "switch",
            "subject": "10.20.0.6",
            "sentence": "sw-adm-01 answered no SNMP: its 48 ports are unknown.",
            "closes_with": "Give the agent an SNMP v3 credential for 10.20.0.6.",
        },
    ]
    gaps = [
        {
            "probe": "snmp.fdb",
            "target": "10.20.0.6",
            "vantage": "staff",
            "at": started.isoformat(),
            "outcome": "timed-out",
            "reason": "no answer",
            "rows": 0,
            "closes_with": spots[1]["closes_with"],
        }
    ]
    return {
        "tenant": TENANT,
        "site": site.id,
        "night": on,
        "vantage": "staff",
        "agent": agent,
        "sequence": sequence,
        "started": started,
        "ended": started + timedelta(minutes=23),
        "stopped_early": sequence % 97 == 5,
        "assets": len(known),
        "findings": 330,
        "private_devices": 112,
        "outcomes": {"complete": 1204, "partial": 6, "timed-out": 41, "refused": 9, "skipped": 3},
        "verdicts": {
            "met": 22,
            "not-met-now": 9,
            "not-met-at-replacement": 6,
            "not-assessed": 91,
            "needs-a-person": 180,
        },
        "gaps": gaps,
        "blind_spots": spots,
        "links": links,
        "scopes": ["10.20.0.0/22"],
        "dhcp": [],
        "said": site.model_dump(mode="json"),
        "versions": {
            "caretaker": "0.1.0",
            "python": "3.11.2",
            "schema": "caretaker-report/1",
            "standards": {"dfe": "2026-09-16"},
            "data": {},
        },
    }


def _keys(device: Device) -> list[Key]:
    return [
        Key(kind="serial", value=device.serial, strong=True),
        Key(kind="mac", value=device.mac, strong=True),
        Key(kind="ip", value=device.ip, strong=False),
    ]


def _asset(device: Device, known: list[Device], last: date) -> Asset:
    at = datetime.combine(last + timedelta(days=1), time(1, 30))
    why = Why(source="snmp.entity", target=device.ip, vantage="staff", at=at, confidence=0.95)
    heard = Why(
        source="arp.sweep",
        target=device.ip,
        vantage="staff",
        at=at,
        confidence=0.9,
        also=("a desktop, by mdns.service (0.4)",),
    )
    by = next((other for other in known if other.name == device.on), None)
    plug = Plug(asset=by.asset, port=device.port, vlan=device.vlan, source="lldp", confidence=0.95) if by else None
    services = (
        (
            Service(protocol="tcp", port=22, name="ssh", product="OpenSSH", version="8.4", ip=device.ip),
            Service(protocol="tcp", port=443, name="https", ip=device.ip),
        )
        if device.kind in ("switch", "server", "nas")
        else ()
    )
    facts = (
        (Fact(name="poe.budget_w", value=740, why=why), Fact(name="stp.version", value="rstp", why=why))
        if device.kind == "switch"
        else ()
    )
    parts = (
        (
            Part(kind="chassis", name="Unit 1", model=device.model, serial=device.serial),
            Part(kind="powerSupply", name="PSU A", model="PWR-C1-715WAC"),
            Part(kind="powerSupply", name="PSU B", model="PWR-C1-715WAC"),
        )
        if device.kind == "switch"
        else ()
    )
    return Asset(
        id=device.asset,
        kind=device.kind,
        subkind=device.subkind,
        maker=device.maker,
        model=device.model,
        serial=device.serial,
        os=device.os,
        version=device.version,
        hostname=device.name,
        location=device.location,
        macs=(device.mac,),
        ips=(device.ip,),
        connected_to=plug,
        ports=tuple(_port(number, device.ports) for number in range(1, device.ports + 1)),
        services=services,
        parts=parts,
        facts=facts,
        keys=tuple(_keys(device)),
        why={"kind": heard, "maker": why, "model": why, "serial": why, "version": why, "hostname": heard},
        merges=(
            f"10.20.1.250 joined: same serial number {device.serial}.",
            "10.20.1.251 not joined: only the name agrees.",
        )
        if device.kind == "switch"
        else (),
    )


def _port(number: int, of: int) -> Port:
    up = number % 3 != 0
    return Port(
        name=f"Gi1/0/{number}",
        index=number,
        alias="Uplink to core" if number == of else "",
        type=6,
        speed_mbps=1000 if up else 0,
        duplex="full" if up else None,
        admin_up=True,
        oper_up=up,
        pvid=30,
        tagged=(20, 50) if number == of else (),
        poe=PortPoe(enabled=True, delivering=number % 4 == 1, power_class=4),
        in_errors=12 if number == 7 else 0,
        uplink=number == of,
        macs=40 if number == of else int(up),
    )


def _entry(site: str, device: Device, known: list[Device], first: date, last: date) -> dict[str, Any]:
    by = next((other for other in known if other.name == device.on), None)
    gone = device.name in ("ash-pc-07", "cam-bikes")
    return {
        "tenant": TENANT,
        "entry": device.id,
        "number": device.number,
        "site": site,
        "kind": device.kind,
        "subkind": device.subkind,
        "maker": device.maker,
        "model": device.model,
        "serial": device.serial,
        "os": device.os,
        "version": device.version,
        "hostname": device.name,
        "location": device.location,
        "macs": [device.mac],
        "ips": [device.ip],
        "on_entry": by.id if by else None,
        "on_name": by.name if by else device.on,
        "port": device.port,
        "vlan": device.vlan,
        "connected_since": first,
        "asset": _asset(device, known, last).model_dump(mode="json"),
        "dated": {"version": last.isoformat()},
        "private": False,
        "first_seen": first,
        "last_seen": last - timedelta(days=9) if gone else last,
        "state": "not-seen" if gone else "active",
        "words": "",
    }


FAILS = {
    "switching.uplink-2x10g": (
        "not-met-at-replacement",
        "sw-sci-01",
        "sw-sci-01 reaches sw-core-01 over 1 × 10 Gbps; the standard asks for 2 × 10 Gbps.",
        "medium",
        "Fit a second 10 Gbps link.",
    ),
    "switching.supported-firmware": (
        "not-met-now",
        "sw-adm-01",
        "sw-adm-01 (Aruba JL357A) runs WC.16.04, which has had no security updates since 1 May 2025.",
        "high",
        "Update to WC.16.11 or replace the switch.",
    ),
    "switching.core-dual-psu": ("met", "sw-core-01", "sw-core-01 has 2 power supplies, both working.", "info", ""),
    "switching.core-ups": ("met", "sw-core-01", "sw-core-01 is on ups-01, which reports 42 minutes.", "info", ""),
    "wireless.wifi7": (
        "not-met-at-replacement",
        "ap-music",
        "ap-music (Aruba AP-225) is Wi-Fi 5; an upgrade must be at least Wi-Fi 7.",
        "low",
        "Plan its replacement.",
    ),
    "wireless.guest-segregated": (
        "met",
        "site",
        "Guests could reach no address of the school from Ashfield-Guest.",
        "info",
        "",
    ),
    "wireless.wpa3": (
        "not-met-now",
        "site",
        "Ashfield-Guest offers WPA2 with a shared password only.",
        "medium",
        "Turn on WPA3 transition mode.",
    ),
    "broadband.speed-secondary": (
        "met",
        "site",
        "The line carried 941 Mbps down and 938 up on a 1 Gbps port.",
        "info",
        "",
    ),
    "broadband.full-fibre": ("met", "site", "The main connection is a leased line.", "info", ""),
    "broadband.backup-exists": (
        "not-met-now",
        "site",
        "No backup line was seen in 30 nights; the settings name a mobile backup.",
        "high",
        "Test the backup line and connect it.",
    ),
    "filtering.safesearch": ("met", "site", "Google, Bing and YouTube answer with safe search.", "info", ""),
    "filtering.bypass-blocked": (
        "not-met-now",
        "site",
        "proxy.filter-test.example was not blocked from the staff network.",
        "high",
        "Block the proxy and VPN categories.",
    ),
    "cyber.lic.eos-register": (
        "not-met-now",
        "files-01",
        "files-01 (Windows Server 2012 R2) has had no support since 10 October 2023.",
        "high",
        "Retire the server, or isolate it.",
    ),
    "cyber.fw.firmware": (
        "not-met-now",
        "fw-01",
        "fw-01 runs FortiOS 7.2.8; 7.2.11 closes a critical weakness.",
        "high",
        "Update the firewall.",
    ),
    "governance.asset-register": ("met", "site", "The register holds 70 devices; 61 have a serial number.", "info", ""),
    "servers.replace-eol": (
        "not-met-now",
        "files-01",
        "files-01 is 3 years past its support.",
        "high",
        "Replace files-01.",
    ),
}


def _findings(conn: Connection, site: str, known: list[Device], first: date, last: date) -> None:
    phase = (SITE if site == SITE.id else SMALL).phase
    by_name = {device.name: device for device in known}
    rows = [
        _finding(site, by_name, clause, said, first, last)
        for clause, said in FAILS.items()
        if said[1] in {"site", *by_name}
    ]
    decided = {row["clause"] for row in rows}
    for clause in (clause for standard in load_standards() for clause in clauses_on(standard, last)):
        if clause.id not in decided and (not clause.phases or phase in clause.phases):
            verdict = "needs-a-person" if clause.verifiable == "no" else "not-assessed"
            words = (
                "Nobody has attested this." if verdict == "needs-a-person" else "The night did not show enough to say."
            )
            rows.append(
                _finding(site, by_name, clause.id, (verdict, "site", words, "info", clause.closes_with), first, last)
            )
    if site == SITE.id:
        old = _finding(
            site,
            by_name,
            "switching.lldp-med",
            ("not-met-now", "sw-lib-01", "sw-lib-01 did not speak LLDP-MED.", "low", ""),
            first,
            last,
        )
        rows.append({**old, "closed": last, "closed_why": "sw-lib-01 now speaks LLDP-MED on 47 ports."})
    conn.execute(insert(t.finding), rows)


def _finding(
    site: str, by_name: dict[str, Device], clause: str, said: tuple[str, str, str, str, str], first: date, last: date
) -> dict[str, Any]:
    verdict, subject, sentence, severity, closes = said
    device = by_name.get(subject)
    evidence = (
        [
            {
                "what": "software version",
                "value": device.version,
                "source": "snmp.entity",
                "target": device.ip,
                "vantage": "staff",
                "at": f"{last}T01:30:00",
            }
        ]
        if device and verdict in ("met", "not-met-now")
        else []
    )
    opened = last if clause in ("cyber.fw.firmware", "filtering.bypass-blocked") else first
    return {
        "tenant": TENANT,
        "site": site,
        "key": f"{clause}:{subject}",
        "opened": opened,
        "last": last,
        "closed": None,
        "closed_why": "",
        "vantage": "staff",
        "clause": clause,
        "edition": "2026-09-16",
        "subject": device.id if device else "site",
        "label": device.name if device else "",
        "verdict": verdict,
        "sentence": sentence,
        "evidence": evidence,
        "closes_with": closes,
        "severity": severity,
        "responsible": "IT support",
    }


def _changes(conn: Connection, known: list[Device], nights: int, last: date) -> None:
    by_name = {device.name: device for device in known}
    said = (
        (
            "moved",
            "ap-gym",
            "sw-adm-01 port 9",
            "sw-adm-01 port 20",
            "ap-gym moved from sw-adm-01 port 9 to sw-adm-01 port 20.",
            False,
            0,
        ),
        (
            "new",
            "cam-gate",
            "",
            "camera",
            "A new camera (Hikvision DS-2CD2143) appeared on sw-ict-01 port 41.",
            False,
            0,
        ),
        ("firmware", "wlc-01", "8.10.0.6", "8.10.0.7", "wlc-01 went from version 8.10.0.6 to 8.10.0.7.", True, 0),
        ("removed", "cam-bikes", "", "", "cam-bikes has not been seen for two complete nights.", False, 7),
        ("speed", "print-art", "1000", "100", "print-art now runs at 100 Mbps.", True, 3),
    )
    rows = [
        {
            "tenant": TENANT,
            "change": f"c-{at}",
            "site": SITE.id,
            "night": last - timedelta(days=back),
            "vantage": "staff",
            "kind": kind,
            "entry": by_name[name].id,
            "subject": name,
            "before": before,
            "after": after,
            "sentence": sentence,
            "evidence": [],
            "benign": benign,
        }
        for at, (kind, name, before, after, sentence, benign, back) in enumerate(said)
        if name in by_name
    ]
    rng = random.Random(7)
    for at in range(0, nights, 3):
        device = known[rng.randrange(len(known))]
        rows.append(
            {
                "tenant": TENANT,
                "change": f"n-{at}",
                "site": SITE.id,
                "night": last - timedelta(days=at + 8),
                "vantage": "staff",
                "kind": "moved",
                "entry": device.id,
                "subject": device.name,
                "before": "",
                "after": "",
                "sentence": f"{device.name} moved from port 3 to port {rng.randrange(4, 40)}.",
                "evidence": [],
                "benign": rng.random() < 0.6,
            }
        )
    conn.execute(insert(t.change), rows)


def _said(conn: Connection, last: date) -> None:
    words = (
        ("governance.slt-lead", "Lena Marsh", "Deputy head", 300, 20),
        ("filtering.annual-review", "Dee Okafor", "DSL", 420, -55),
        ("cyber.rep.log", "Tess Wren", "Technician", 90, 275),
        ("filtering.roles", "Lena Marsh", "Deputy head", 100, 265),
    )
    conn.execute(
        insert(t.attestation),
        [
            {
                "tenant": TENANT,
                "attestation": f"at-{at}",
                "site": SITE.id,
                "clause": clause,
                "who": who,
                "role": role,
                "on": last - timedelta(days=back),
                "document": "SharePoint, Governance, minutes of 12 March 2026",
                "statement": "Named in the scheme of delegation.",
                "until": last + timedelta(days=left),
                "at": NOW - timedelta(days=back),
                "person": "Lena",
                "withdrawn": None,
            }
            for at, (clause, who, role, back, left) in enumerate(words)
        ],
    )
    conn.execute(
        insert(t.acceptance).values(
            tenant=TENANT,
            acceptance="ac-1",
            site=SITE.id,
            key="wireless.wpa3:site",
            clause="wireless.wpa3",
            role="Head",
            reason="Old Chromebooks cannot use WPA3 until summer.",
            measure="The guest network reaches only the internet.",
            on=last - timedelta(days=50),
            until=last + timedelta(days=25),
            at=NOW - timedelta(days=50),
            person="Lena",
        )
    )


def _line(conn: Connection, site: str, nights: int, last: date, down: float = 930.0, up: float = 925.0) -> None:
    rng, rows, checks = random.Random(3), [], []
    for back in range(nights):
        on = last - timedelta(days=back)
        if 40 <= back <= 45 or back == 120:
            continue
        at = datetime.combine(on + timedelta(days=1), time(2, 40))
        out = back in (12, 200)
        rows.append(
            {
                "tenant": TENANT,
                "site": site,
                "vantage": "staff",
                "at": at,
                "endpoint": "trust",
                "route": "main",
                "night": on,
                "egress": "203.0.113.77",
                "nic_mbps": 1000,
                "down_mbps": None if out else round(down + rng.uniform(-40, 15), 1),
                "up_mbps": None if out else round(up + rng.uniform(-35, 15), 1),
                "latency_ms": None if out else round(rng.uniform(6, 9), 1),
                "jitter_ms": None if out else 0.8,
                "loss_percent": 100.0 if out else 0.0,
                "loaded_ms": None if out else round(rng.uniform(18, 40), 1),
                "reason": "No answer from the endpoint or the gateway beyond." if out else "",
            }
        )
        for name, category, expected, verdict in (
            ("blocked.filter-test.example", "test page", "blocked", "blocked"),
            ("www.google.com", "SafeSearch", "safe-search", "safe-search"),
            ("proxy.filter-test.example", "proxy", "blocked", "allowed"),
        ):
            checks.append(
                {
                    "tenant": TENANT,
                    "site": site,
                    "vantage": "staff",
                    "night": on,
                    "resolver": "10.20.0.50",
                    "name": name,
                    "at": at,
                    "category": category,
                    "expected": expected,
                    "verdict": verdict,
                    "answers": ["10.20.0.99"],
                    "reason": "",
                }
            )
    conn.execute(insert(t.line_measure), rows)
    conn.execute(insert(t.filter_check), checks)
