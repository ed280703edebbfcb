"""Tenants, their sites, and the agents that may speak for a site."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from collector import tables as t
from collector.audit import write_audit
from collector.settings import Settings, Term
from collector.store import Store
from probes.errors import BadInput

TOKEN_PREFIX = "ctk_"  # noqa: S105 - what every token begins with, so that one that leaked is recognised
NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")


@dataclass(frozen=True, slots=True)
class Agent:
    """Who a token belongs to."""

    tenant: str
    id: str
    site: str


def prepare(store: Store, settings: Settings, now: datetime) -> None:
    """The tenant of these settings, and the term dates they name."""
    with store.writing() as connection:
        _ensure_tenant(connection, settings.tenant, settings.name, now)
        for site in connection.scalars(select(t.site.c.site).where(t.site.c.tenant == settings.tenant)).all():
            terms = dates_of(settings.terms, site)
            if terms:
                where = (t.site.c.tenant == settings.tenant, t.site.c.site == site)
                connection.execute(update(t.site).where(*where).values(terms=terms))


def dates_of(terms: Iterable[Term], site: str) -> list[list[str]]:
    """The first and last days of the terms that are this site's, or every site's."""
    return [[term.first.isoformat(), term.last.isoformat()] for term in terms if term.site in ("", site)]


def add_site(store: Store, settings: Settings, site: str, name: str, agent_name: str, now: datetime) -> str:
    """A site with a new agent. Returns the agent's token, which is kept nowhere; its hash is."""
    if not NAME.match(site):
        raise BadInput(f"{site!r} is not a site id: use small letters, digits and hyphens, as in agent.toml.")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with store.writing() as connection:
        _ensure_tenant(connection, settings.tenant, settings.name, now)
        where = (t.site.c.tenant == settings.tenant, t.site.c.site == site)
        if connection.scalar(select(t.site.c.site).where(*where)) is None:
            terms = dates_of(settings.terms, site)
            row = {"tenant": settings.tenant, "site": site, "name": name or site, "terms": terms, "created": now}
            connection.execute(t.site.insert().values(said={}, **row))
        agent = secrets.token_hex(8)
        made = {"tenant": settings.tenant, "agent": agent, "site": site, "name": agent_name or site, "created": now}
        connection.execute(t.agent.insert().values(token=digest(token), **made))
        write_audit(connection, settings.tenant, now, who="command line", what="agent made", object=f"{site}/{agent}")
    return token


def find_agent(connection: Connection, token: str) -> Agent | None:
    """Whose token this is; None for one that is unknown or was revoked."""
    chosen = select(t.agent).where(t.agent.c.token == digest(token), t.agent.c.revoked.is_(None))
    row = connection.execute(chosen).one_or_none()
    return None if row is None else Agent(row.tenant, row.agent, row.site)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _ensure_tenant(connection: Connection, tenant: str, name: str, now: datetime) -> None:
    if connection.scalar(select(t.tenant.c.tenant).where(t.tenant.c.tenant == tenant)) is None:
        connection.execute(t.tenant.insert().values(tenant=tenant, name=name, created=now))


def list_sites(store: Store, tenant: str) -> list[str]:
    """One line for each agent: site, agent, and when its last report was stored."""
    joined = t.site.outerjoin(t.agent, (t.site.c.tenant == t.agent.c.tenant) & (t.site.c.site == t.agent.c.site))
    chosen = select(t.site.c.site, t.site.c.name, t.agent.c.name.label("agent"), t.agent.c.stored).select_from(joined)
    with store.reading() as connection:
        rows = connection.execute(
            chosen.where(t.site.c.tenant == tenant).order_by(t.site.c.site, t.agent.c.agent)
        ).all()
    return [f"{r.site}  {r.name}  {r.agent or '-'}  {r.stored or 'no report yet'}" for r in rows]
