"""One line of the register in full: every value with its reason, its keys, its ports, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, select

from collector import tables as t
from collector.read.entries import Line, one_line, some_lines
from collector.read.findings import FindingRow, subject_findings
from collector.read.morning import Change, entry_changes
from collector.register import disagreements
from collector.words import KEYS
from probes.vocabulary import Asset, Port, Why

SHOWN = (
    ("kind", "Kind"), ("maker", "Make"), ("model", "Model"), ("serial", "Serial number"), ("os", "Operating system"),
    ("version", "Version"), ("hostname", "Name"), ("location", "Location it reports"), ("macs", "MAC addresses"),
    ("ips", "IP addresses"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One value with why it is believed, and since when it was not confirmed."""

    label: str
    values: Sequence[str]
    why: Why | None
    dated: str


@dataclass(frozen=True, slots=True)
class Keys:
    """What it is recognised by, of one kind and strength."""

    words: str
    values: Sequence[str]
    strong: bool


@dataclass(frozen=True, slots=True)
class Sighting:
    """From where it was seen, and over which nights."""

    site: str
    vantage: str
    first: date
    last: date
    nights: int


@dataclass(frozen=True, slots=True)
class Said:
    """One value that a person wrote, with who and when."""

    value: str
    person: str
    at: Any


@dataclass(frozen=True, slots=True)
class Thing:
    """Everything that is held of one asset."""

    line: Line
    asset: Asset | None
    cells: Sequence[Cell]
    said: Mapping[str, Said]
    keys: Sequence[Keys]
    sightings: Sequence[Sighting]
    findings: Sequence[FindingRow]
    changes: Sequence[Change]
    plugged: Mapping[str, Sequence[Line]]

    @property
    def differs(self) -> Sequence[tuple[str, str, str]]:
        """Where a person says one thing and the network another: label, the person's word, the network's."""
        seen = {name: getattr(self.line, name) for name in ("serial", "model", "maker", "hostname", "location")}
        found = disagreements({name: one.value for name, one in self.said.items()}, seen)
        return [(dict(SHOWN).get(name, name), mine, theirs) for name, mine, theirs in found]


def thing(conn: Connection, tenant: str, site: str, entry: str) -> Thing | None:
    """One asset of a site, or None when this site has no such line."""
    line = one_line(conn, tenant, site, entry)
    if line is None:
        return None
    e = t.entry.c
    row = conn.execute(select(e.asset, e.dated).where(e.tenant == tenant, e.entry == entry)).one()
    asset = read_asset(row.asset)
    return Thing(
        line=line, asset=asset, cells=_cells(line, asset, row.dated or {}), said=_said(conn, tenant, entry),
        keys=_keys(conn, tenant, entry), sightings=_sightings(conn, tenant, entry),
        findings=subject_findings(conn, tenant, site, entry), changes=entry_changes(conn, tenant, entry),
        plugged=_plugged(conn, tenant, site, entry),
    )  # fmt: skip


def read_asset(document: Mapping[str, Any]) -> Asset | None:
    """The Asset noun that an entry holds; None when it was written by another version."""
    try:
        return Asset.model_validate(document)
    except ValidationError:
        return None


def _cells(line: Line, asset: Asset | None, dated: Mapping[str, str]) -> list[Cell]:
    values: dict[str, Sequence[str]] = {name: [word] for name, _ in SHOWN if (word := getattr(line, name))}
    values |= {"macs": line.macs, "ips": line.ips, "kind": [line.kind_words]}
    why: Mapping[str, Why] = asset.why if asset else {}
    return [Cell(label, values[n], why.get(n), _older(dated.get(n, ""), line)) for n, label in SHOWN if values.get(n)]


def _older(night: str, line: Line) -> str:
    """The night a value was last confirmed, when that is before the thing itself was last seen."""
    return night if night and night < line.last_seen.isoformat() else ""


def _said(conn: Connection, tenant: str, entry: str) -> dict[str, Said]:
    o = t.owned_field.c
    rows = conn.execute(select(o.name, o.value, o.person, o.at).where(o.tenant == tenant, o.entry == entry))
    return {name: Said(value, person, at) for name, value, person, at in rows}


def _keys(conn: Connection, tenant: str, entry: str) -> list[Keys]:
    k = t.entry_key.c
    rows = conn.execute(select(k.kind, k.value, k.strong).where(k.tenant == tenant, k.entry == entry))
    found: dict[tuple[bool, str], list[str]] = {}
    for kind, value, strong in sorted(rows.all()):
        found.setdefault((not strong, kind), []).append(value)
    return [Keys(KEYS.get(kind, kind), values, not weak) for (weak, kind), values in sorted(found.items())]


def _sightings(conn: Connection, tenant: str, entry: str) -> list[Sighting]:
    s = t.sighting.c
    wanted = select(s.site, s.vantage, s.first, s.last, s.nights).where(s.tenant == tenant, s.entry == entry)
    return [Sighting(*row) for row in conn.execute(wanted.order_by(s.last.desc()))]


def _plugged(conn: Connection, tenant: str, site: str, entry: str) -> dict[str, list[Line]]:
    """What is plugged into this, by port."""
    found: dict[str, list[Line]] = {}
    for line in some_lines(conn, tenant, site, t.entry.c.on_entry == entry):
        found.setdefault(line.port, []).append(line)
    return found


def shown_ports(asset: Asset | None) -> Sequence[Port]:
    """The ports worth a line: those with a socket, else all."""
    if asset is None:
        return ()
    real = [port for port in asset.ports if port.physical is not False]
    return real or asset.ports
