"""Who did what: entries chained by hash, so that one changed or missing shows which."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text

from collector.tables import audit

START = "caretaker-audit/1"


def write_audit(
    connection: Connection,
    tenant: str,
    now: datetime,
    *,
    who: str,
    what: str,
    object: str = "",
    origin: str = "",
    why: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """One entry at the end of the tenant's chain, in the caller's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:tenant))"), {"tenant": f"audit {tenant}"})
    chosen = select(audit.c.number, audit.c.sha256).where(audit.c.tenant == tenant)
    last = connection.execute(chosen.order_by(audit.c.number.desc()).limit(1)).one_or_none()
    row: dict[str, Any] = {
        "tenant": tenant,
        "number": last.number + 1 if last is not None else 1,
        "at": now.replace(microsecond=0),
        "who": who,
        "what": what,
        "object": object,
        "origin": origin,
        "why": why,
        "detail": detail or {},
        "previous": last.sha256 if last is not None else START,
    }
    connection.execute(insert(audit).values(**row, sha256=_digest(row)))


def check_audit(connection: Connection, tenant: str) -> Iterator[tuple[int, str]]:
    """Number and trouble of every entry that does not fit the one before it or its own hash."""
    previous, number = START, 0
    for row in connection.execute(select(audit).where(audit.c.tenant == tenant).order_by(audit.c.number)).mappings():
        number += 1
        if row["number"] != number:
            yield number, "is missing"
            number = row["number"]
        if row["previous"] != previous:
            yield number, "does not follow the one before it"
        if _digest(dict(row)) != row["sha256"]:
            yield number, "was changed"
        previous = row["sha256"]


def _digest(row: dict[str, Any]) -> str:
    words = {name: value for name, value in row.items() if name != "sha256"} | {"at": row["at"].isoformat()}
    return hashlib.sha256(json.dumps(words, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
