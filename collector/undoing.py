"""Taking a site's projection back to the end of an earlier night, so that the nights after it can be folded again."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, select, update

from collector import tables as t
from collector.memory import Memory, unpack
from collector.register import disposed_entries, write_entries


def undo_from(connection: Connection, tenant: str, site: str, night: date) -> None:
    """Forget what that night and later ones gave. Their reports are marked as stored, to be applied again.

    Where no memory reaches back so far, the whole site is forgotten.
    """
    kept = _memory_before(connection, tenant, site, night)
    memory = kept if kept is not None else Memory()
    since = night if kept is not None else date.min
    for table in (t.change, t.night, t.line_measure, t.filter_check, t.memory):
        connection.execute(delete(table).where(*_here(table, tenant, site), table.c.night >= since))
    _undo_findings(connection, tenant, site, since, memory)
    seen = t.sighting.c
    connection.execute(delete(t.sighting).where(*_here(t.sighting, tenant, site), seen.last >= since))
    _undo_entries(connection, tenant, site, memory)
    raw = t.raw_report
    again = raw.c.state == "applied"
    connection.execute(update(raw).where(*_here(raw, tenant, site), raw.c.night >= since, again).values(state="stored"))


def _here(table: Any, tenant: str, site: str) -> tuple[Any, Any]:
    return table.c.tenant == tenant, table.c.site == site


def _memory_before(connection: Connection, tenant: str, site: str, night: date) -> Memory | None:
    m = t.memory.c
    chosen = select(m.packed).where(m.tenant == tenant, m.site == site, m.night < night).order_by(m.night.desc())
    packed = connection.scalar(chosen.limit(1))
    return None if packed is None else unpack(packed)


def _undo_findings(connection: Connection, tenant: str, site: str, since: date, memory: Memory) -> None:
    f = t.finding.c
    here = (f.tenant == tenant, f.site == site)
    connection.execute(delete(t.finding).where(*here, f.opened >= since))
    rows = [{"key_": key, "opened_": opinion.opened, "last_": opinion.last} for key, opinion in memory.findings.items()]
    statement = (
        update(t.finding)
        .where(*here, f.key == bindparam("key_"), f.opened == bindparam("opened_"))
        .values(last=bindparam("last_"), closed=None, closed_why="")
    )
    if rows:
        connection.execute(statement, rows)


def _undo_entries(connection: Connection, tenant: str, site: str, memory: Memory) -> None:
    """Entries this site alone knew, and no longer does, go; the others are written as the memory has them."""
    e = t.entry.c
    gone = [
        entry
        for entry in connection.scalars(select(e.entry).where(e.tenant == tenant, e.site == site))
        if entry not in memory.entries
    ]
    elsewhere = exists().where(t.sighting.c.tenant == tenant, t.sighting.c.entry == e.entry)
    for start in range(0, len(gone), 400):
        chunk = gone[start : start + 400]
        connection.execute(delete(t.entry).where(e.tenant == tenant, e.entry.in_(chunk), ~elsewhere))
    connection.execute(update(t.entry).where(e.tenant == tenant, e.site == site).values(last_seen=date.min))
    write_entries(connection, tenant, site, memory, memory.entries, disposed_entries(connection, tenant))
