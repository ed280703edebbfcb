"""Who is told what: one digest a site a morning, and at once when an agent falls silent, two share a name, or a report
is hard to believe.

Alerts stand in an outbox until every address has taken them; the id of an alert is what it is about, so that it is
made once.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from collector import tables as t
from collector.settings import Alerts
from collector.store import Store

Send = Callable[[str, str, str], str]
SCHOOL_TIME = ZoneInfo("Europe/London")
TOLD_WITHIN_DAYS = 7
LINES = 40
FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(hours=6)
MOST_ATTEMPTS = 30


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the alerts that were due."""

    sent: int = 0
    failed: int = 0


def raise_alert(
    connection: Connection, tenant: str, site: str, kind: str, alert: str, subject: str, body: str, now: datetime
) -> bool:
    """Put an alert into the outbox unless it is there already. Returns whether it is new."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"tenant": tenant, "alert": alert, "site": site, "kind": kind, "made": now, "next_try": now, "done": []}
    words = {"subject": _one_line(subject), "body": body, "attempts": 0, "error": ""}
    made = dialect.insert(t.alert).values(**row, **words).on_conflict_do_nothing().returning(t.alert.c.alert)
    return connection.execute(made).first() is not None


def make_digests(store: Store, settings: Alerts, now: datetime) -> int:
    """This morning's digest of each site that has something to tell. Returns how many were made.

    `now` is UTC; mornings are in the school's time. Each change is told once, however often it is rebuilt.
    """
    local = now.replace(tzinfo=ZoneInfo("UTC")).astimezone(SCHOOL_TIME)
    if local.time() < settings.morning:
        return 0
    made = 0
    with store.writing() as connection:
        sites = connection.execute(select(t.site.c.tenant, t.site.c.site, t.site.c.name)).all()
        for site in sites:
            name = f"digest {site.site} {local.date().isoformat()}"
            taken = (t.alert.c.tenant == site.tenant, t.alert.c.alert == name)
            if connection.scalar(select(t.alert.c.alert).where(*taken)) is None:
                made += _digest_site(connection, site, name, now)
    return made


def _digest_site(connection: Connection, site: Any, name: str, now: datetime) -> bool:
    changes = _untold(connection, site.tenant, site.site, now)
    ended = _ended_acceptances(connection, site.tenant, site.site, now)
    lines = [change.sentence for change in changes] + ended
    if not lines:
        return False
    body = "\n".join(f"- {line}" for line in lines[:LINES])
    if len(lines) > LINES:
        body += f"\n- and {len(lines) - LINES} more on the morning page."
    count = f"{len(lines)} change" + ("s" if len(lines) != 1 else "")
    raise_alert(connection, site.tenant, site.site, "digest", name, f"{site.name}: {count} this morning", body, now)
    if changes:
        connection.execute(insert(t.told), [{"tenant": site.tenant, "change": c.change, "at": now} for c in changes])
    return True


def _untold(connection: Connection, tenant: str, site: str, now: datetime) -> Sequence[Any]:
    c = t.change.c
    told = select(t.told.c.change).where(t.told.c.tenant == tenant, t.told.c.change == c.change)
    since = now.date() - timedelta(days=TOLD_WITHIN_DAYS)
    chosen = select(c.change, c.sentence).where(c.tenant == tenant, c.site == site, c.benign.is_(False))
    return connection.execute(
        chosen.where(c.night >= since, ~told.exists()).order_by(c.night, c.kind, c.subject, c.change)
    ).all()


def _ended_acceptances(connection: Connection, tenant: str, site: str, now: datetime) -> list[str]:
    """Findings whose acceptance ended yesterday and that still hold."""
    a, f = t.acceptance.c, t.finding.c
    yesterday = now.date() - timedelta(days=1)
    still = (
        f.tenant == a.tenant,
        f.site == a.site,
        f.key == a.key,
        f.closed.is_(None),
        f.verdict.startswith("not-met"),
    )
    chosen = select(f.sentence, a.role).where(a.tenant == tenant, a.site == site, a.until == yesterday, *still)
    rows = connection.execute(chosen.where(a.withdrawn.is_(None)).order_by(f.key)).all()
    return [f"The acceptance by {row.role} has ended, and it still holds: {row.sentence}" for row in rows]


def watch_agents(store: Store, settings: Alerts, now: datetime) -> int:
    """An alert for each agent from which no report was stored for 26 hours; one for each silence."""
    late = now - timedelta(hours=settings.silent_hours)
    made = 0
    with store.writing() as connection:
        for row in connection.execute(select(t.agent).where(t.agent.c.revoked.is_(None))).all():
            last = row.stored or row.created
            if last < late:
                name = f"silent {row.agent} {last.isoformat(timespec='seconds')}"
                words = (
                    "has not sent a report yet"
                    if row.stored is None
                    else f"last sent a report on {last:%d %B %Y at %H:%M} UTC"
                )
                body = f"The agent {row.name} at {row.site} {words}. Nothing is known of the site since."
                subject = f"{row.site}: the agent {row.name} is silent"
                made += raise_alert(connection, row.tenant, row.site, "silent", name, subject, body, now)
    return made


def send_due(store: Store, urls: Sequence[str], now: datetime, send: Send) -> Sent:
    """Hand each address the due alerts of the last week that it has not taken. `send` returns "" or why it failed."""
    if not urls:
        return Sent()
    a, since = t.alert.c, now - timedelta(days=TOLD_WITHIN_DAYS)
    with store.reading() as connection:
        due = connection.execute(
            select(t.alert)
            .where(a.sent.is_(None), a.next_try <= now, a.attempts < MOST_ATTEMPTS, a.made >= since)
            .order_by(a.made, a.alert)
        ).all()
    sent = sum(_send_one(store, row, urls, now, send) for row in due)
    return Sent(sent, len(due) - sent)


def _send_one(store: Store, row: Any, urls: Sequence[str], now: datetime, send: Send) -> bool:
    done, errors = set(row.done), []
    this = (t.alert.c.tenant == row.tenant, t.alert.c.alert == row.alert)
    for url in urls:
        name = hashlib.sha256(url.encode()).hexdigest()[:16]
        if name in done:
            continue
        error = send(url, row.subject, row.body)
        if error:
            errors.append(error)
            continue
        done.add(name)
        with store.writing() as connection:
            connection.execute(update(t.alert).where(*this).values(done=sorted(done)))
    attempts = row.attempts + 1
    wait = min(FIRST_RETRY * 2 ** min(attempts - 1, 10), LONGEST_RETRY)
    words = {"sent": None, "next_try": now + wait} if errors else {"sent": now, "next_try": None}
    with store.writing() as connection:
        connection.execute(
            update(t.alert).where(*this).values(attempts=attempts, error="; ".join(errors)[:300], **words)
        )
    return not errors


def _one_line(text: str) -> str:
    """A subject that no device's words can break into further headers."""
    return " ".join(text.split())[:150]
