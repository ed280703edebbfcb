"""The projection: register, changes, findings and nights, folded from raw reports in the order of the nights.

A report that comes late undoes its site's nights from its own on, and they are folded again: whatever the order of
arrival, the projection is the one that the right order gives.
"""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import count
from typing import Any

from sqlalchemy import Connection, delete, func, select, text, update

from baselines.vocabulary import Report
from collector import tables as t
from collector.covered import Covered
from collector.drift import changes
from collector.findings import fold_findings, name_subjects
from collector.memory import Memory, Recent, pack, unpack
from collector.plausible import doubts, raise_doubt
from collector.presence import Look, Met, thing_of
from collector.recognising import Recognised
from collector.register import disposed_entries, mark_merged, recognise_assets, write_entries
from collector.store import Store
from collector.undisturbed import undisturbed
from collector.undoing import undo_from
from collector.views import serving_ports, view
from collector.writing import write_changes, write_findings, write_night

# So many nights' memories are kept, so that a late report undoes a few nights and not a year.
NIGHTS_KEPT = 21
ERROR_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of the reports that waited."""

    applied: int = 0
    failed: int = 0


def apply_waiting(
    store: Store,
    tenant: str,
    site: str,
    at_most: int = 1_000_000,
    fresh: Report | None = None,
    told: Callable[[], None] = lambda: None,
) -> Applied:
    """Fold the stored reports of a site that are not yet in the projection; one that fails is flagged and passed by.

    `fresh` is a report that was just stored and need not be read again. `told` is called after each report.
    """
    done = failed = 0
    while done + failed < at_most:
        with undisturbed(), store.writing() as connection:
            _alone(connection, tenant)
            row = _next_waiting(connection, tenant, site)
            if row is None:
                return Applied(done, failed)
            memory = _memory(connection, tenant, site, store.recent)
            if _place(row) <= memory.last_look:
                undo_from(connection, tenant, site, row.night)
                continue
            report = fresh if fresh is not None and _is(fresh, row) else _read(connection, row)
            after = _apply(connection, tenant, row, report, memory)
        told()
        if after is None:
            failed += 1
            continue
        store.recent.put(f"{tenant}/{site}", *after)
        done += 1
    return Applied(done, failed)


def rebuild(store: Store, tenant: str, told: Callable[[int, int], None] = lambda done, of: None) -> Applied:
    """Empty the tenant's projection and make it again from the raw reports, those that failed before included.

    `told` hears how many of how many reports are done. What stops it half-way is gone on with by serve or rebuild.
    """
    with store.writing() as connection:
        _alone(connection, tenant)
        for table in t.PROJECTION:
            connection.execute(delete(table).where(table.c.tenant == tenant))
        raw = t.raw_report
        connection.execute(update(raw).where(raw.c.tenant == tenant).values(state="stored", error=""))
        counts = select(raw.c.site, func.count()).where(raw.c.tenant == tenant).group_by(raw.c.site)
        sites = {row[0]: row[1] for row in connection.execute(counts)}
    done, of = count(1), sum(sites.values())
    found = [apply_waiting(store, tenant, site, told=lambda: told(next(done), of)) for site in sorted(sites)]
    return Applied(sum(one.applied for one in found), sum(one.failed for one in found))


def apply_everything(store: Store) -> Applied:
    """Fold what waits at every site of every tenant, as after a restart."""
    raw = t.raw_report.c
    with store.reading() as connection:
        chosen = select(raw.tenant, raw.site).where(raw.state == "stored").distinct()
        waiting = sorted((row.tenant, row.site) for row in connection.execute(chosen))
    found = [apply_waiting(store, tenant, site) for tenant, site in waiting]
    return Applied(sum(one.applied for one in found), sum(one.failed for one in found))


def _alone(connection: Connection, tenant: str) -> None:
    """On PostgreSQL other processes may write too: one at a time folds a tenant."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:tenant))"), {"tenant": tenant})


def _next_waiting(connection: Connection, tenant: str, site: str) -> Any:
    """The first waiting report in the order of the site's looks, without its body."""
    raw = t.raw_report.c
    columns = [column for column in raw if column.name != "body"]
    here = (raw.tenant == tenant, raw.site == site, raw.state == "stored")
    order = (raw.night, raw.ended, raw.vantage, raw.agent, raw.sequence)
    return connection.execute(select(*columns).where(*here).order_by(*order).limit(1)).one_or_none()


def _read(connection: Connection, row: Any) -> Report:
    raw = t.raw_report.c
    chosen = select(raw.body).where(raw.tenant == row.tenant, raw.agent == row.agent, raw.sequence == row.sequence)
    return Report.model_validate_json(gzip.decompress(connection.execute(chosen).scalar_one()))


def _is(report: Report, row: Any) -> bool:
    return report.seal is not None and report.seal.sha256 == row.sha256


def _place(row: Any) -> tuple[str, ...]:
    """Where a report stands in the order of its site's looks."""
    ended = row.ended.isoformat(timespec="microseconds")
    return (row.night.isoformat(), ended, row.vantage, row.agent, f"{row.sequence:020d}")


def _memory(connection: Connection, tenant: str, site: str, recent: Recent) -> Memory:
    m = t.memory.c
    here = (m.tenant == tenant, m.site == site)
    last = connection.execute(select(m.night, m.sha256).where(*here).order_by(m.night.desc()).limit(1)).one_or_none()
    if last is None:
        return Memory()
    known = recent.get(f"{tenant}/{site}", last.sha256)
    return known or unpack(connection.execute(select(m.packed).where(*here, m.night == last.night)).scalar_one())


def _apply(connection: Connection, tenant: str, row: Any, report: Report, memory: Memory) -> tuple[str, Memory] | None:
    """The memory after this report, with its hash; None when the report failed and was flagged."""
    raw = t.raw_report.c
    this = (raw.tenant == tenant, raw.agent == row.agent, raw.sequence == row.sequence)
    try:
        with connection.begin_nested():
            after = fold(connection, tenant, row, report, memory)
    except Exception as error:  # one poisoned report must not stop the ones behind it; it stays raw and is flagged
        words = f"{type(error).__name__}: {error}"[:ERROR_CHARACTERS]
        connection.execute(update(t.raw_report).where(*this).values(state="failed", error=words))
        return None
    connection.execute(update(t.raw_report).where(*this).values(state="applied", error=""))
    return after


def fold(connection: Connection, tenant: str, row: Any, report: Report, memory: Memory) -> tuple[str, Memory]:
    """One report into the projection: recognise, compare, write. Returns what is remembered, and its hash."""
    site = row.site
    found = recognise_assets(connection, tenant, site, report.assets)
    mark_merged(connection, tenant, found.merged)
    disposed = disposed_entries(connection, tenant)
    look = _look(report, row.night, found, disposed, _in_term(connection, tenant, site, row.night))
    after, drifted = changes(memory, look, report.links, found.entries)
    named = {finding.key: finding for finding in name_subjects(report.findings, found.entries)}
    raise_doubt(connection, tenant, site, look, doubts(memory, look, named), row.received)
    history = fold_findings(memory, after.entries, look, named)
    place = _place(row)
    after = after.model_copy(update={"findings": history.opinions, "last_look": place})
    touched = [entry for entry, held in after.entries.items() if held is not memory.entries.get(entry)]
    write_entries(connection, tenant, site, after, touched, disposed, memory.entries)
    write_changes(connection, tenant, site, look, place, [*drifted, *history.changes])
    write_findings(connection, tenant, site, look, history)
    write_night(connection, tenant, row, report, found)
    return _remember(connection, tenant, site, row.night, after), after


def _look(report: Report, night: date, found: Recognised, disposed: frozenset[str], in_term: bool) -> Look:
    things = {
        asset.id: thing_of(found.entries[asset.id], asset) for asset in report.assets if asset.id in found.entries
    }

    def label(asset: str) -> str:
        return things[asset].label if asset in things else "an unknown device"

    serving = serving_ports(report.assets)
    met = {
        things[asset.id].entry: Met(things[asset.id], asset, view(asset, found.entries.get, label, serving))
        for asset in report.assets
        if asset.id in things
    }
    covered = Covered(report.coverage, report.stopped_early)
    return Look(night, report.agent.vantage, met, covered, in_term, disposed, found.merged)


def _in_term(connection: Connection, tenant: str, site: str, night: date) -> bool:
    """Whether pupils are in. A site that named no terms is always in."""
    chosen = select(t.site.c.terms).where(t.site.c.tenant == tenant, t.site.c.site == site)
    terms: Sequence[tuple[str, str]] = connection.scalar(chosen) or ()
    return not terms or any(first <= night.isoformat() <= last for first, last in terms)


def _remember(connection: Connection, tenant: str, site: str, night: date, memory: Memory) -> str:
    m = t.memory.c
    here = (m.tenant == tenant, m.site == site)
    nights = connection.scalars(select(m.night).where(*here).order_by(m.night.desc())).all()
    old = [kept for kept in nights if kept != night][NIGHTS_KEPT - 1 :]
    connection.execute(delete(t.memory).where(*here, m.night.in_([night, *old])))
    packed = pack(memory)
    row = {"tenant": tenant, "site": site, "night": night, "packed": packed, "sha256": sha256(packed).hexdigest()}
    connection.execute(t.memory.insert().values(**row))
    return str(row["sha256"])
