"""What a review rests on: which sealed reports, how old each kind of fact is, and one digest over all of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from collector import tables as t


@dataclass(frozen=True, slots=True)
class Sealed:
    """One report as it was received: `sha256` is its seal's, which `caretaker verify` checks."""

    night: date
    vantage: str
    agent: str
    sequence: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Month:
    """The reports of one month, and a digest over their seals in order of night, vantage, agent and sequence."""

    month: str
    reports: int
    first: str
    last: str
    digest: str


def reports_between(conn: Connection, tenant: str, site: str, since: date, until: date) -> list[Sealed]:
    """Every report stored for the nights between two days, both inside."""
    r = t.raw_report.c
    wanted = select(r.night, r.vantage, r.agent, r.sequence, r.sha256).where(
        r.tenant == tenant, r.site == site, r.night >= since, r.night <= until
    )
    return [Sealed(*row) for row in conn.execute(wanted.order_by(r.night, r.vantage, r.agent, r.sequence))]


def digest(reports: Sequence[Sealed]) -> str:
    """SHA-256 over the seals, one hexadecimal line each: the same reports give the same digest anywhere."""
    return hashlib.sha256("".join(f"{one.sha256}\n" for one in reports).encode()).hexdigest()


def by_month(reports: Sequence[Sealed]) -> list[Month]:
    """The reports folded to months, for the annex of a review."""
    months: dict[str, list[Sealed]] = {}
    for one in reports:
        months.setdefault(f"{one.night:%Y-%m}", []).append(one)
    return [Month(month, len(some), _place(some[0]), _place(some[-1]), digest(some)) for month, some in months.items()]


def _place(one: Sealed) -> str:
    return f"{one.agent} {one.sequence}"


def data_ages(conn: Connection, tenant: str, site: str) -> list[tuple[str, date | None]]:
    """When each kind of fact was last brought by a night; None when never."""
    kinds = (
        ("Devices", t.sighting.c.last, t.sighting),
        ("The internet line", t.line_measure.c.night, t.line_measure),
        ("Filter checks", t.filter_check.c.night, t.filter_check),
        ("Findings", t.finding.c.last, t.finding),
    )
    return [
        (name, conn.scalar(select(func.max(column)).where(table.c.tenant == tenant, table.c.site == site)))
        for name, column, table in kinds
    ]
