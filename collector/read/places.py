"""Sites, their nights and their agents: where we are looking, and since when we have not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, select

from baselines.vocabulary import Site
from collector import tables as t

DARK_AFTER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Place:
    """One site as pages name it. `said` is what its agent's settings say of it."""

    id: str
    name: str
    phase: str
    urn: int | None
    said: Site | None = None


@dataclass(frozen=True, slots=True)
class NightRow:
    """One night from one vantage: how long it took, what it saw, and how completely it was answered."""

    night: date
    vantage: str
    agent: str
    sequence: int
    started: datetime
    ended: datetime
    stopped_early: bool
    assets: int
    private_devices: int
    outcomes: Mapping[str, int]
    verdicts: Mapping[str, int]
    gaps: Sequence[Any] = ()
    blind_spots: Sequence[Mapping[str, str]] = ()
    scopes: Sequence[str] = ()
    versions: Mapping[str, Any] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """How many questions there were, those that were skipped included."""
        return sum(self.outcomes.values())

    @property
    def percent(self) -> int | None:
        """How many of the questions were answered in full, in percent, rounded down; None when nothing was asked."""
        return 100 * self.outcomes.get("complete", 0) // self.asked if self.asked else None

    @property
    def minutes(self) -> int:
        return max(round((self.ended - self.started).total_seconds() / 60), 1)


@dataclass(frozen=True, slots=True)
class AgentRow:
    """One agent: what it is called, where it stands, and when it was last heard."""

    id: str
    site: str
    name: str
    created: datetime
    stored: datetime | None
    revoked: datetime | None
    night: date | None = None
    vantage: str = ""

    def silent(self, today: date) -> bool:
        """Whether nothing has come from it for two nights; a revoked agent is not expected to speak."""
        return self.revoked is None and (self.night is None or today - self.night > DARK_AFTER)


def places(conn: Connection, tenant: str, only: Sequence[str] = ()) -> list[Place]:
    """The sites of a tenant by name; `only` narrows to the ones a person may see (empty: all)."""
    wanted = select(t.site).where(t.site.c.tenant == tenant).order_by(t.site.c.name, t.site.c.site)
    rows = conn.execute(wanted).mappings()
    return [_place(row) for row in rows if not only or row["site"] in only]


def _place(row: RowMapping) -> Place:
    said = Site.model_validate(row["said"]) if row["said"] else None
    return Place(row["site"], row["name"] or row["site"], row["phase"], row["urn"], said)


_PLAIN = ("night", "vantage", "agent", "sequence", "started", "ended", "stopped_early", "assets", "private_devices")
_LIGHT = (*_PLAIN, "outcomes", "verdicts")
_FULL = (*_LIGHT, "gaps", "blind_spots", "scopes", "versions")


def nights(conn: Connection, tenant: str, site: str, since: date, until: date) -> list[NightRow]:
    """The nights of a site between two dates, both inside, oldest first, without their gaps and blind spots."""
    n = t.night.c
    wanted = select(*(n[name] for name in _LIGHT)).where(
        n.tenant == tenant, n.site == site, n.night >= since, n.night <= until
    )
    return [NightRow(**row) for row in conn.execute(wanted.order_by(n.night, n.vantage)).mappings()]


def last_nights(conn: Connection, tenant: str, site: str) -> list[NightRow]:
    """The last night of every vantage of a site, newest first, with gaps and blind spots."""
    n = t.night.c
    newest = (
        select(n.vantage, func.max(n.night).label("last"))
        .where(n.tenant == tenant, n.site == site)
        .group_by(n.vantage)
        .subquery()
    )
    wanted = (
        select(*(n[name] for name in _FULL))
        .join(newest, and_(n.vantage == newest.c.vantage, n.night == newest.c.last))
        .where(n.tenant == tenant, n.site == site)
    )
    return [NightRow(**row) for row in conn.execute(wanted.order_by(n.night.desc(), n.vantage)).mappings()]


def agents(conn: Connection, tenant: str, only: Sequence[str] = ()) -> list[AgentRow]:
    """Every agent of a tenant with the last night it reported, those not heard first."""
    n, a = t.night.c, t.agent.c
    last: dict[str, tuple[date, str]] = {}
    latest = select(n.agent, n.vantage, func.max(n.night)).where(n.tenant == tenant).group_by(n.agent, n.vantage)
    for name, vantage, on in conn.execute(latest.order_by(func.max(n.night))):
        last[name] = (on, vantage)
    rows = conn.execute(select(a.agent, a.site, a.name, a.created, a.stored, a.revoked).where(a.tenant == tenant))
    found = [AgentRow(*row, *last.get(row[0], (None, ""))) for row in rows]
    kept = [agent for agent in found if not only or agent.site in only]
    return sorted(kept, key=lambda agent: (agent.revoked is not None, agent.night or date.min, agent.site, agent.name))


def night_links(conn: Connection, tenant: str, site: str, night: NightRow) -> Sequence[Any]:
    """The links one night saw, as they stand in its report."""
    n = t.night.c
    where = (n.tenant == tenant, n.site == site, n.night == night.night, n.vantage == night.vantage)
    return conn.scalar(select(n.links).where(*where)) or ()
