"""Keeping what a person typed on a page: the register's own columns, attestations and acceptances."""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from collector import tables as t
from collector.audit import write_audit
from collector.pages.page import Visit
from collector.read.columns import BY_NAME
from collector.register import write_owned
from probes.canonical import clean
from probes.errors import BadInput

LONGEST = timedelta(days=366)
LONG = 2000


def write_fields(visit: Visit, entry: str, typed: Mapping[str, str]) -> None:
    """Keep the fields of an entry that differ from what is held; an emptied one is forgotten. Raises BadInput."""
    wanted = {name: _checked(name, value) for name, value in typed.items()}
    o = t.owned_field.c
    with visit.store.writing() as conn:
        rows = conn.execute(select(o.name, o.value).where(o.tenant == visit.tenant, o.entry == entry))
        held = dict(rows.all())
        changed = {name: value for name, value in wanted.items() if value != held.get(name, "")}
        if changed:
            write_owned(conn, visit.tenant, entry, changed, visit.person.name, visit.now)
            was = {name: held.get(name, "") for name in changed}
            _note(conn, visit, "register written", entry, {"before": was, "after": changed})


def _note(conn: Connection, visit: Visit, what: str, object: str, detail: dict[str, Any]) -> None:
    """What a person did, in the chain that nobody can quietly change."""
    origin = visit.request.client.host if visit.request.client else ""
    write_audit(
        conn, visit.tenant, visit.now, who=visit.person.email, what=what, object=object, origin=origin, detail=detail
    )


def _checked(name: str, value: str) -> str:
    owned = BY_NAME[name]
    words = clean(value, LONG)
    if owned.type == "date" and words:
        day_of(words, owned.label)
    if owned.choices and words and words not in owned.choices:
        raise BadInput(f"{owned.label}: choose one of {', '.join(owned.choices)}.")
    return words


def day_of(text: str, label: str) -> date:
    """A day typed by a person. Raises BadInput with the label of its field."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(f"{label}: write a date, such as 2026-11-24.") from None


def attest(visit: Visit, clause: str, typed: Mapping[str, str]) -> None:
    """Keep somebody's word about a clause. Raises BadInput when it is not whole or its dates cannot be."""
    on, until = day_of(typed.get("on", ""), "Said on"), day_of(typed.get("until", ""), "Holds until")
    words = {name: clean(typed.get(name, ""), LONG) for name in ("who", "role", "document", "statement")}
    for name, label in (("who", "Who says so"), ("role", "Their role"), ("document", "Where the document is")):
        if not words[name]:
            raise BadInput(f"{label}: this is needed, or the word cannot be used as evidence.")
    if on > visit.today:
        raise BadInput("Said on: this day has not come yet.")
    if not on < until <= on + timedelta(days=5 * 366):
        raise BadInput("Holds until: choose a day after it was said, at most five years on.")
    row = {"tenant": visit.tenant, "attestation": secrets.token_hex(8), "site": visit.place.id, "clause": clause}
    with visit.store.writing() as conn:
        made = {"on": on, "until": until, "at": visit.now, "person": visit.person.name}
        conn.execute(insert(t.attestation).values(**row, **words, **made))
        _note(conn, visit, "attested", f"{visit.place.id}/{clause}", {**words, "until": until.isoformat()})


def accept(visit: Visit, clause: str, typed: Mapping[str, str]) -> None:
    """Keep that a role accepts a failing for a time. Raises BadInput when no such finding is open."""
    until = day_of(typed.get("until", ""), "Until")
    words = {name: clean(typed.get(name, ""), LONG) for name in ("role", "reason", "measure")}
    if not words["role"] or not words["reason"]:
        raise BadInput("Say who accepts it, and why.")
    if not visit.today < until <= visit.today + LONGEST:
        raise BadInput("Until: choose a day within the coming year.")
    f = t.finding.c
    key = typed.get("key", "")
    with visit.store.writing() as conn:
        here = (f.tenant == visit.tenant, f.site == visit.place.id, f.clause == clause, f.key == key)
        if conn.scalar(select(f.key).where(*here, f.closed.is_(None)).limit(1)) is None:
            raise BadInput("This failing is no longer open. Go back and reload the page.")
        row = {"tenant": visit.tenant, "acceptance": secrets.token_hex(8), "site": visit.place.id, "key": key}
        made = {"on": visit.today, "until": until, "at": visit.now, "person": visit.person.name}
        conn.execute(insert(t.acceptance).values(**row, clause=clause, **words, **made))
        _note(conn, visit, "accepted", f"{visit.place.id}/{key}", {**words, "until": until.isoformat()})


def withdraw(visit: Visit, table: Table, name: str) -> str | None:
    """End an attestation or acceptance from now on; it stays in the record. Returns its clause, None when not there."""
    c = table.c
    here = (c.tenant == visit.tenant, c.site == visit.place.id, c[table.name] == name)
    with visit.store.writing() as conn:
        return _withdraw(conn, visit, table, here)


def _withdraw(conn: Connection, visit: Visit, table: Table, here: tuple[object, ...]) -> str | None:
    clause = conn.scalar(select(table.c.clause).where(*here))  # type: ignore[arg-type]
    if clause is not None:
        conn.execute(update(table).where(*here, table.c.withdrawn.is_(None)).values(withdrawn=visit.now))  # type: ignore[arg-type]
        _note(conn, visit, f"{table.name} withdrawn", f"{visit.place.id}/{clause}", {})
    return clause
