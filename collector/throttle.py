"""Guessing passwords: after five wrong ones for an address, or from a client, nobody is heard for a while.

A try is written down before the password is looked at, so that many at once count as many, and it is on the disk, so
that a restart forgets none. Whether the address belongs to anybody makes no difference.
"""

import hashlib
import threading
from collections import deque
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, text

from collector import tables as t
from collector.audit import write_audit
from collector.register import upsert
from collector.store import Store
from probes.canonical import clean

WRONG_ALLOWED = 5
WITHIN = timedelta(minutes=15)
REFUSED_FOR = timedelta(minutes=15)
TOO_MANY = "There were too many wrong passwords: wait a quarter of an hour, then try again."


def begin_try(store: Store, tenant: str, email: str, client: str, now: datetime) -> bool:
    """Count one try against the address and the client; False when either has used up its five."""
    names = _names(email, client)
    with store.writing() as connection:
        _alone(connection, tenant)
        rows = _rows(connection, tenant, names)
        if any(_is_refused(row, now) for row in rows.values()):
            return False
        c = t.sign_in_try.c
        connection.execute(delete(t.sign_in_try).where(c.tenant == tenant, c.latest < now - WITHIN - REFUSED_FOR))
        upsert(connection, t.sign_in_try, [_counted(tenant, name, rows.get(name), now) for name in names])
    return True


def end_try(store: Store, tenant: str, email: str, client: str, now: datetime, *, right: bool) -> None:
    """What came of the try. A right one clears the address, and does not count against the client; the fifth wrong
    one begins the wait, which is audited."""
    names = _names(email, client)
    with store.writing() as connection:
        _alone(connection, tenant)
        rows = _rows(connection, tenant, names)
        if right:
            _forget(connection, tenant, names, rows, now)
            return
        full = [row for row in rows.values() if len(_recent(row, now)) >= WRONG_ALLOWED and not row.refused_until]
        until = now + REFUSED_FOR
        upsert(connection, t.sign_in_try, [dict(row._mapping) | {"refused_until": until} for row in full])
        if full:
            _note(connection, tenant, email, client, full, names, now)


def _is_refused(row: Any, now: datetime) -> bool:
    waiting = row.refused_until is not None and row.refused_until > now
    return waiting or len(_recent(row, now)) >= WRONG_ALLOWED


def _recent(row: Any, now: datetime) -> list[str]:
    return [at for at in row.wrong if datetime.fromisoformat(at) > now - WITHIN] if row is not None else []


def _counted(tenant: str, about: str, row: Any, now: datetime) -> dict[str, Any]:
    wrong = [*_recent(row, now), now.isoformat()]
    return {"tenant": tenant, "about": about, "wrong": wrong, "latest": now, "refused_until": None}


def _forget(connection: Connection, tenant: str, names: tuple[str, str], rows: dict[str, Any], now: datetime) -> None:
    about, of_client = names
    c = t.sign_in_try.c
    connection.execute(delete(t.sign_in_try).where(c.tenant == tenant, c.about == about))
    row = rows.get(of_client)
    if row is not None and now.isoformat() in row.wrong:
        wrong = list(row.wrong)
        wrong.remove(now.isoformat())
        upsert(connection, t.sign_in_try, [dict(row._mapping) | {"wrong": wrong}])


def _rows(connection: Connection, tenant: str, names: tuple[str, ...]) -> dict[str, Any]:
    c = t.sign_in_try.c
    found = connection.execute(select(t.sign_in_try).where(c.tenant == tenant, c.about.in_(names)))
    return {row.about: row for row in found}


def _names(email: str, client: str) -> tuple[str, str]:
    """What is counted, hashed: people type passwords into the wrong field."""
    address = hashlib.sha256(f"address {email.strip().lower()}".encode()).hexdigest()
    return address, hashlib.sha256(f"client {client}".encode()).hexdigest()


def _note(
    connection: Connection, tenant: str, email: str, client: str, full: list[Any], names: tuple[str, str], now: datetime
) -> None:
    address = clean(email, 254) if "@" in email else "(no address)"
    what = " and ".join(
        name for name, about in zip(("address", "client"), names, strict=True) if about in _abouts(full)
    )
    why = f"{WRONG_ALLOWED} wrong passwords for this {what} within {WITHIN.seconds // 60} minutes"
    write_audit(connection, tenant, now, who="nobody", what="sign-in refused", object=address, origin=client, why=why)


def _abouts(rows: list[Any]) -> set[str]:
    return {row.about for row in rows}


def _alone(connection: Connection, tenant: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:tenant))"), {"tenant": f"sign-in {tenant}"})


class Rate:
    """So many requests in any hour for each name; kept in memory, for a restart is no way to send more by much."""

    def __init__(self, an_hour: int) -> None:
        self._most = an_hour
        self._lock = threading.Lock()
        self._times: dict[str, deque[datetime]] = {}

    def wait(self, name: str, now: datetime) -> int:
        """0 when this request may pass, and is counted; else in how many seconds one may."""
        with self._lock:
            times = self._times.setdefault(name, deque())
            while times and times[0] <= now - timedelta(hours=1):
                times.popleft()
            if len(times) < self._most:
                times.append(now)
                return 0
            return max(1, int((times[0] + timedelta(hours=1) - now).total_seconds()) + 1)
