"""Whether what is kept is what came and what people did: the database file, the audit chain, the raw reports' seals."""

import gzip
import zlib
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, select, text

from baselines.seal import check_bytes
from collector import tables as t
from collector.audit import check_audit
from collector.store import Store
from probes.errors import BadInput


def check_store(store: Store) -> Iterator[str]:
    """One sentence for each thing that is wrong, of every tenant; none when all is whole. Reads each raw report."""
    with store.reading() as connection:
        yield from _check_file(connection)
        for tenant in connection.scalars(select(t.tenant.c.tenant).order_by(t.tenant.c.tenant)).all():
            for number, trouble in check_audit(connection, tenant):
                yield f"{tenant}: audit row {number} {trouble}."
            agents = select(t.agent.c.agent, t.agent.c.site, t.agent.c.public_key).where(t.agent.c.tenant == tenant)
            for agent in connection.execute(agents.order_by(t.agent.c.agent)).all():
                yield from _check_agent(connection, tenant, agent)


def _check_file(connection: Connection) -> Iterator[str]:
    """SQLite's own integrity_check and foreign_key_check; PostgreSQL keeps its own house."""
    if connection.dialect.name != "sqlite":
        return
    for words in connection.scalars(text("PRAGMA integrity_check")):
        if words != "ok":
            yield f"database: {words}."
    for row in connection.execute(text("PRAGMA foreign_key_check")):
        yield f"database: row {row[1]} of the table {row[0]} belongs to no row of {row[2]}."


def _check_agent(connection: Connection, tenant: str, agent: Any) -> Iterator[str]:
    """Every raw report of an agent in its order: what it says, its seal, and that it follows the one before it."""
    raw = t.raw_report
    numbers = select(raw.c.sequence).where(raw.c.tenant == tenant, raw.c.agent == agent.agent)
    before: tuple[int, str, date] | None = None
    for sequence in connection.scalars(numbers.order_by(raw.c.sequence)).all():
        this = (raw.c.tenant == tenant, raw.c.agent == agent.agent, raw.c.sequence == sequence)
        row = connection.execute(select(raw).where(*this)).one()
        name = f"{tenant}: report {sequence} of the agent {agent.agent}"
        previous, troubles = _check_report(row, agent)
        yield from (f"{name} {trouble}." for trouble in troubles)
        if before is not None and sequence == before[0] + 1 and previous not in ("", None, before[1]):
            yield f"{name} does not follow report {before[0]}."
        before = (sequence, row.sha256, row.night)


def _check_report(row: Any, agent: Any) -> tuple[str | None, list[str]]:
    """The hash of the report before it, and what is wrong with this one."""
    try:
        report = check_bytes(gzip.decompress(row.body))
    except (BadInput, OSError, EOFError, zlib.error) as error:
        return None, [f"cannot be trusted: {str(error).rstrip('.')}"]
    assert report.seal is not None
    held = (row.sha256, row.sequence, row.site, row.night, row.vantage)
    said = (report.seal.sha256, report.seal.sequence, report.site.id, report.night, report.agent.vantage)
    troubles = [] if held == said else ["is kept under another number, hash, site, night or vantage than it says"]
    if agent.public_key and report.seal.public_key != agent.public_key:
        troubles.append("is sealed with another key than its agent's")
    return report.seal.previous, troubles
