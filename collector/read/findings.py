"""Findings as they stand and as they stood: each is an interval of nights that said the same of one subject."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from collector import tables as t

FAILING = ("not-met-now", "not-met-at-replacement")
_SEVERITY = {"high": 0, "medium": 1, "low": 2, "info": 3}
_COLUMNS = (
    "key", "clause", "subject", "label", "verdict", "sentence", "severity", "responsible", "closes_with",
    "opened", "last", "closed", "closed_why", "vantage", "edition", "evidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding with its life: opened, last said, and closed when a night said otherwise."""

    key: str
    clause: str
    subject: str
    label: str
    verdict: str
    sentence: str
    severity: str
    responsible: str
    closes_with: str
    opened: date
    last: date
    closed: date | None
    closed_why: str
    vantage: str
    edition: str
    evidence: Sequence[Mapping[str, Any]]

    @property
    def name(self) -> str:
        return self.label or ("The school" if self.subject == "site" else self.subject)


def open_findings(conn: Connection, tenant: str, site: str) -> list[FindingRow]:
    """Everything the nights say now, gravest first."""
    return _read(conn, tenant, site, t.finding.c.closed.is_(None))


def findings_on(conn: Connection, tenant: str, site: str, on: date) -> list[FindingRow]:
    """What the nights said on a past day, gravest first."""
    f = t.finding.c
    return _read(conn, tenant, site, f.opened <= on, or_(f.closed.is_(None), f.closed > on))


def closed_since(conn: Connection, tenant: str, site: str, since: date) -> list[FindingRow]:
    """Failings that a night since then no longer found."""
    f = t.finding.c
    return _read(conn, tenant, site, f.closed >= since, f.verdict.in_(FAILING))


def clause_history(conn: Connection, tenant: str, site: str, clause: str) -> list[FindingRow]:
    """Everything that was ever said of one clause, newest first."""
    rows = _read(conn, tenant, site, t.finding.c.clause == clause)
    return sorted(rows, key=lambda row: (row.closed is not None, -row.opened.toordinal(), row.name, row.key))


def subject_findings(conn: Connection, tenant: str, site: str, subject: str) -> list[FindingRow]:
    """What is said now of one device, gravest first."""
    f = t.finding.c
    return _read(conn, tenant, site, f.subject == subject, f.closed.is_(None))


def failings_between(conn: Connection, tenant: str, site: str, since: date, until: date) -> list[FindingRow]:
    """Failings that stood on any day between two, both inside."""
    f = t.finding.c
    alive = or_(f.closed.is_(None), f.closed >= since)
    return _read(conn, tenant, site, f.opened <= until, alive, f.verdict.in_(FAILING))


def _read(conn: Connection, tenant: str, site: str, *where: ColumnElement[bool]) -> list[FindingRow]:
    f = t.finding.c
    wanted = select(*(f[name] for name in _COLUMNS)).where(f.tenant == tenant, f.site == site, *where)
    return sorted((FindingRow(**row) for row in conn.execute(wanted).mappings()), key=gravest)


def gravest(row: FindingRow) -> tuple[object, ...]:
    """Failing first, then by severity, clause and name."""
    return (row.verdict not in FAILING, _SEVERITY.get(row.severity, 4), row.clause, row.label, row.key)


def by_clause(rows: Iterable[FindingRow]) -> dict[str, list[FindingRow]]:
    """Findings by the clause they speak of."""
    found: dict[str, list[FindingRow]] = {}
    for row in rows:
        found.setdefault(row.clause, []).append(row)
    return found
