"""What is too good, or too empty, to be believed unseen: a report that lost a fifth of the things of the one before it,
or in which five failings were met at once. An agent that somebody took over looks like this; so does a good day's
work. A person looks and closes the alert; nothing is held back meanwhile."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from baselines.vocabulary import Finding, Verdict
from collector import tables as t
from collector.alerts import TOLD_WITHIN_DAYS, raise_alert
from collector.findings import FAILING
from collector.memory import Held, Memory
from collector.presence import Look, thing_of

LOST_SHARE = 0.2
# One of three things that is off is a fifth, and no news.
LOST_AT_LEAST = 2
MET_AT_ONCE = 5
NAMED = 10
SHOWN = 20


def doubts(memory: Memory, look: Look, findings: Mapping[str, Finding]) -> list[str]:
    """What a person should look into, as sentences. Pure; `findings` by key, with entries for subjects.

    Compared with the last look of the same vantage. Things that sleep are not missed, nor computers out of term.
    """
    if look.vantage not in memory.looks:
        return []
    return [sentence for sentence in (_lost(memory, look), _met_at_once(memory, look, findings)) if sentence]


def _lost(memory: Memory, look: Look) -> str:
    last = memory.lasts[look.vantage]
    before = [
        entry
        for entry, held in memory.entries.items()
        if (seen := held.vantages.get(look.vantage)) is not None and seen.last == last and _is_missed(held, look)
    ]
    gone = [entry for entry in before if entry not in look.met and look.merged.get(entry) not in look.met]
    if len(gone) < LOST_AT_LEAST or len(gone) < LOST_SHARE * len(before):
        return ""
    names = sorted(memory.entries[entry].asset.hostname or entry for entry in gone)
    return f"{len(gone)} of the {len(before)} things of the report before are not in this one: {_some(names)}."


def _is_missed(held: Held, look: Look) -> bool:
    thing = thing_of("", held.asset)
    return thing.fixed or (look.in_term and not thing.sleeps)


def _met_at_once(memory: Memory, look: Look, findings: Mapping[str, Finding]) -> str:
    turned = [
        finding
        for key, finding in sorted(findings.items())
        if finding.verdict is Verdict.MET
        and (opinion := memory.findings.get(key)) is not None
        and (said := opinion.says.get(look.vantage)) is not None
        and said.verdict in FAILING
    ]
    if len(turned) < MET_AT_ONCE:
        return ""
    names = [f"{finding.clause} {finding.label}".strip() for finding in turned]
    return f"{len(turned)} failings of the report before are met in this one: {_some(names)}."


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def raise_doubt(connection: Connection, tenant: str, site: str, look: Look, found: list[str], now: datetime) -> None:
    """One alert for a vantage's night, when the night is news. `now`: when the report came, so that the same report
    folded again gives the same alert."""
    if not found or (now.date() - look.night).days > TOLD_WITHIN_DAYS:
        return
    name = f"plausible {site} {look.vantage} {look.night.isoformat()}"
    subject = f"{site}: is the report of the {look.vantage} network right?"
    end = "If somebody did this, close this alert on the morning page. If nobody did, look at the agent itself."
    raise_alert(connection, tenant, site, "plausibility", name, subject, "\n".join((*found, end)), now)


def open_doubts(connection: Connection, tenant: str, site: str) -> list[Mapping[str, object]]:
    """The plausibility alerts of a site that nobody has closed, the newest first."""
    a = t.alert.c
    chosen = (
        select(a.alert, a.subject, a.body, a.made)
        .where(*_open(tenant, site))
        .order_by(a.made.desc(), a.alert)
        .limit(SHOWN)
    )
    return [dict(row) for row in connection.execute(chosen).mappings()]


def close_doubt(
    connection: Connection, tenant: str, site: str, alert: str, *, who: str, why: str, now: datetime
) -> bool:
    """A person looked into it. Returns whether such an alert was open."""
    closing = update(t.alert).where(*_open(tenant, site), t.alert.c.alert == alert)
    return bool(connection.execute(closing.values(closed=now, closed_by=who, closed_why=why)).rowcount)


def _open(tenant: str, site: str) -> tuple[Any, ...]:
    a = t.alert.c
    return a.tenant == tenant, a.site == site, a.kind == "plausibility", a.closed.is_(None)
