"""What people said: attestations for what no probe sees, and acceptances of known failings, each until a date."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from collector import tables as t


@dataclass(frozen=True, slots=True)
class Attestation:
    """Somebody's word that a clause is met, with the document they named; it holds until a date and is never "met"."""

    attestation: str
    clause: str
    who: str
    role: str
    on: date
    document: str
    statement: str
    until: date
    at: datetime
    withdrawn: datetime | None

    def holds(self, today: date) -> bool:
        return self.withdrawn is None and self.on <= today <= self.until

    @property
    def what(self) -> str:
        return "attestation"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A known failing that a named role accepts until a date; it stands beside the verdict and never replaces it."""

    acceptance: str
    key: str
    clause: str
    role: str
    reason: str
    measure: str
    on: date
    until: date
    at: datetime
    withdrawn: datetime | None

    def holds(self, today: date) -> bool:
        return self.withdrawn is None and self.on <= today <= self.until

    @property
    def what(self) -> str:
        return "acceptance"


_ATTESTATION = ("attestation", "clause", "who", "role", "on", "document", "statement", "until", "at", "withdrawn")
_ACCEPTANCE = ("acceptance", "key", "clause", "role", "reason", "measure", "on", "until", "at", "withdrawn")


def attestations(conn: Connection, tenant: str, site: str, clause: str | None = None) -> list[Attestation]:
    """The attestations of a site, or of one clause of it, newest first; withdrawn ones are among them."""
    a = t.attestation.c
    wanted = select(*(a[name] for name in _ATTESTATION)).where(a.tenant == tenant, a.site == site)
    wanted = wanted if clause is None else wanted.where(a.clause == clause)
    return [Attestation(**row) for row in conn.execute(wanted.order_by(a.at.desc())).mappings()]


def acceptances(conn: Connection, tenant: str, site: str, clause: str | None = None) -> list[Acceptance]:
    """The acceptances of a site, or of one clause of it, newest first; withdrawn ones are among them."""
    a = t.acceptance.c
    wanted = select(*(a[name] for name in _ACCEPTANCE)).where(a.tenant == tenant, a.site == site)
    wanted = wanted if clause is None else wanted.where(a.clause == clause)
    return [Acceptance(**row) for row in conn.execute(wanted.order_by(a.at.desc())).mappings()]
