"""What every export holds: the register's rows and the rows of its other sheets, as plain values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from collector import tables as t
from collector.read.columns import BY_NAME, EXPORT
from collector.read.entries import Line, lines
from collector.read.findings import open_findings
from collector.read.line import line_between
from collector.read.places import NightRow, Place, last_nights
from collector.read.thing import read_asset, shown_ports
from collector.words import KINDS, STATES, VERDICTS
from probes.vocabulary import Asset

Row = Sequence[Any]
DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")
LINE_NIGHTS = 366


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table with its headings; values are str, int, float, bool, date, datetime or None."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Extract:
    """Everything that leaves with an export, the register first."""

    sheets: Sequence[Sheet]

    @property
    def register(self) -> Sheet:
        return self.sheets[0]


def inert(value: object) -> object:
    """A value that no spreadsheet takes for a formula: text that could be one gets an apostrophe in front."""
    if isinstance(value, str) and value.lstrip(" ").startswith(DANGEROUS):
        return f"'{value}"
    return value


def extract(conn: Connection, tenant: str, places: Sequence[Place], now: datetime | None) -> Extract:
    """The sheets for some sites. `now` is when the export is made; None leaves that line out."""
    every = [(place, lines(conn, tenant, place.id)) for place in places]
    assets = {place.id: _assets(conn, tenant, place.id) for place in places}
    nights = [(place, night) for place in places for night in last_nights(conn, tenant, place.id)]
    return Extract((
        Sheet("Devices", DEVICE_HEADS, [_device(p, line) for p, some in every for line in some]),
        Sheet("Switch ports", PORT_HEADS, [row for p, some in every for row in _ports(p, some, assets[p.id])]),
        Sheet("Wi-Fi", WIFI_HEADS, [row for p, some in every for row in _wifi(p, some, assets[p.id])]),
        Sheet("Broadband", LINE_HEADS, [row for p in places for row in _line(conn, tenant, p)]),
        Sheet("Findings", FINDING_HEADS, [row for p in places for row in _findings(conn, tenant, p)]),
        Sheet("About", ("What", "Value"), _about(places, nights, now)),
    ))  # fmt: skip


def _assets(conn: Connection, tenant: str, site: str) -> dict[str, Asset | None]:
    e = t.entry.c
    rows = conn.execute(select(e.entry, e.asset).where(e.tenant == tenant, e.site == site))
    return {entry: read_asset(document) for entry, document in rows}


DEVICE_HEADS = ("School", *(head for _, head in EXPORT))


def _device(place: Place, line: Line) -> Row:
    return (place.name, *(_value(line, name) for name, _ in EXPORT))


def _value(line: Line, name: str) -> Any:
    seen: Mapping[str, Any] = {
        "number": line.id, "kind": line.kind_words, "ips": " ".join(line.ips), "macs": " ".join(line.macs),
        "switch": line.on_name, "state": STATES.get(line.state, line.state), "id": line.id, "location": line.location,
    }  # fmt: skip
    if name in seen:
        return seen[name]
    if name in BY_NAME:
        return _typed(name, line.word(name))
    return getattr(line, name)


def _typed(name: str, value: str) -> Any:
    """A person's date as a date, where it is one."""
    if BY_NAME[name].type != "date":
        return value
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return value


PORT_HEADS = ("School", "Device", "Port", "Description", "Up", "Shut by hand", "Mbps", "Duplex",
              "Untagged VLAN", "Tagged VLANs", "PoE delivering", "PoE class", "Uplink", "Addresses",
              "Errors in", "Plugged in")  # fmt: skip


def _ports(place: Place, some: Sequence[Line], assets: Mapping[str, Asset | None]) -> Iterator[Row]:
    plugged: dict[tuple[str, str], list[str]] = {}
    for line in some:
        plugged.setdefault((line.on_entry or "", line.port), []).append(line.name)
    for line in some:
        for port in shown_ports(assets.get(line.id)):
            poe = port.poe
            yield (
                place.name, line.name, port.name, port.alias, port.oper_up, port.admin_up is False, port.speed_mbps,
                port.duplex or "", port.pvid, " ".join(str(vlan) for vlan in port.tagged),
                poe.delivering if poe else None, poe.power_class if poe else None, port.uplink, port.macs,
                port.in_errors, ", ".join(plugged.get((line.id, port.name), ())),
            )  # fmt: skip


WIFI_HEADS = ("School", "Device", "Kind", "Model", "Version", "Fact", "Value", "Seen by", "When")


WIFI_FACTS = ("wifi", "radio", "ssid")


def _wifi(place: Place, some: Sequence[Line], assets: Mapping[str, Asset | None]) -> Iterator[Row]:
    for line in some:
        asset = assets.get(line.id)
        if line.kind not in ("ap", "wlc"):
            continue
        facts = (
            [one for one in asset.facts if "wifi" in one.name or "radio" in one.name or "ssid" in one.name]
            if asset
            else []
        )
        head = (place.name, line.name, KINDS[line.kind], line.word("model"), line.version)
        if not facts:
            yield (*head, "", "", "", None)
        for fact in facts:
            value = fact.value if isinstance(fact.value, str | int | float) else str(fact.value)
            yield (*head, fact.name, value, fact.why.source, fact.why.at)


LINE_HEADS = ("School", "When (UTC)", "Night", "Route", "Endpoint", "Down Mbps", "Up Mbps", "Delay ms", "Jitter ms",
              "Loss %", "Delay when full ms", "Agent link Mbps", "Address outside", "Note")  # fmt: skip


def _line(conn: Connection, tenant: str, place: Place) -> Iterator[Row]:
    nights = last_nights(conn, tenant, place.id)
    if not nights:
        return
    until = nights[0].night
    for one in line_between(conn, tenant, place, until - timedelta(days=LINE_NIGHTS), until).measures:
        yield (place.name, one.at, one.night, one.route, one.endpoint, one.down_mbps, one.up_mbps, one.latency_ms,
               one.jitter_ms, one.loss_percent, one.loaded_ms, one.nic_mbps, one.egress or "", one.reason)  # fmt: skip


FINDING_HEADS = ("School", "Clause", "Edition", "Verdict", "Of", "Register number", "Finding", "Severity", "For",
                 "Since", "Last said", "Closes with")  # fmt: skip


def _findings(conn: Connection, tenant: str, place: Place) -> Iterator[Row]:
    for row in open_findings(conn, tenant, place.id):
        subject = "" if row.subject == "site" else row.subject
        yield (place.name, row.clause, row.edition, VERDICTS.get(row.verdict, row.verdict), row.name, subject,
               row.sentence, row.severity, row.responsible, row.opened, row.last, row.closes_with)  # fmt: skip


def _about(places: Sequence[Place], nights: Sequence[tuple[Place, NightRow]], now: datetime | None) -> list[Row]:
    rows: list[Row] = [("Made by", "Caretaker"), ("Made (UTC)", now)]
    rows += [("School", f"{place.name}{f', URN {place.urn}' if place.urn else ''}") for place in places]
    for place, night in nights:
        rows.append((f"Last night, {place.name}, {night.vantage} network", night.night))
        answered = f"{night.outcomes.get('complete', 0)} of {night.asked}"
        rows.append((f"Answered in full, {place.name}, {night.vantage} network", answered))
        rows += [(f"Blind spot, {place.name}", spot.get("sentence", "")) for spot in night.blind_spots]
    return [*rows, ("Personal devices", "Counted only; no names of people or of personal devices are in this file.")]
