"""Taking a report in: checked, stored for good, and only then said to be. The same report twice has one effect.

Whose report it is comes from the token alone. What is stored is exactly what came.
"""

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from baselines.seal import check_bytes
from baselines.vocabulary import Report, Seal
from collector import tables as t
from collector.alerts import raise_alert
from collector.audit import write_audit
from collector.rebuild import apply_waiting
from collector.register import naive
from collector.sites import Agent
from collector.store import Store
from collector.undisturbed import undisturbed
from probes.errors import BadInput
from probes.vocabulary import Noun

PACKED_LIMIT = 8 * 1024 * 1024
PLAIN_LIMIT = 32 * 1024 * 1024
# A report that comes late may ask for many nights to be folded again: more than this is left to the background.
APPLIED_AT_ONCE = 4
OTHER_KEY = "The report is sealed with another key than this agent's first: make a new agent for a new installation."
SEQUENCE_LIMIT = 2**31 - 1


class TooLarge(BadInput):
    """A report beyond the limits: 8 MiB as sent, 32 MiB unpacked."""


class NotYours(BadInput):
    """A report of a site, or with a key, that the token does not stand for."""


class Forked(BadInput):
    """Another report with the same number is stored: two agents share one state, or an agent lost its own."""


class Receipt(Noun):
    """What the agent is told: this report, and since when it is on the disk; `applied` once it is in the register."""

    sha256: str
    sequence: int
    stored_at: datetime
    applied: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A receipt, and whether the report was new."""

    receipt: Receipt
    new: bool


def inflate(packed: bytes, limit: int = PLAIN_LIMIT) -> bytes:
    """The content of one gzip member, never more than `limit` bytes. Raises TooLarge and BadInput."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        plain = inflater.decompress(packed, limit + 1)
    except zlib.error as error:
        raise BadInput(f"The body is not gzip: {error}.") from error
    if len(plain) > limit:
        raise TooLarge(f"The report is larger than {limit // 2**20} MiB unpacked.")
    if not inflater.eof or inflater.unused_data:
        raise BadInput("The body is not one whole gzip member.")
    return plain


@undisturbed()
def take(store: Store, agent: Agent, packed: bytes, now: datetime) -> Taken:
    """Check and store a gzipped report, then try to apply it. When this returns it is on the disk.

    Raises BadInput for what is no sealed report, NotYours and Forked. A report that cannot be applied is stored all
    the same.
    """
    plain = inflate(packed)
    report = check_bytes(plain)
    trouble = _not_yours(agent, report)
    if trouble:
        _note(store, agent, now, "report refused", trouble)
        raise NotYours(trouble)
    try:
        with store.writing() as connection:
            taken = _store(connection, agent, report, _row(agent, report, packed, len(plain), now))
    except (Forked, NotYours) as error:
        fork = isinstance(error, Forked)
        _note(store, agent, now, "report forked" if fork else "report refused", str(error), alert=fork)
        raise
    if taken.new:
        apply_waiting(store, agent.tenant, agent.site, at_most=APPLIED_AT_ONCE, fresh=report)
        return Taken(_receipt_now(store, agent, taken.receipt), new=True)
    return taken


def _not_yours(agent: Agent, report: Report) -> str:
    if report.site.id != agent.site:
        return f"This token is for the site {agent.site}; the report is of {report.site.id}."
    if report.seal is None or not 0 < report.seal.sequence <= SEQUENCE_LIMIT:
        return "The report's sequence is not a number from 1."
    return ""


def _store(connection: Connection, agent: Agent, report: Report, row: dict[str, Any]) -> Taken:
    assert report.seal is not None
    seal, raw, now = report.seal, t.raw_report.c, row["received"]
    mine = select(t.agent.c.sequence, t.agent.c.public_key).where(*_me(agent)).with_for_update()
    me = connection.execute(mine).one()
    if me.public_key and me.public_key != seal.public_key:
        raise NotYours(OTHER_KEY)
    this = (raw.tenant == agent.tenant, raw.agent == agent.id)
    known = connection.execute(
        select(raw.sha256, raw.received, raw.state).where(*this, raw.sequence == seal.sequence)
    ).one_or_none()
    if known is not None:
        if known.sha256 != seal.sha256:
            raise Forked(f"Report {seal.sequence} of this agent is stored already, with other content.")
        applied = known.state == "applied"
        return Taken(_receipt(seal, known.received, applied), new=False)
    connection.execute(insert(t.raw_report).values(**row))
    told = {"sequence": max(me.sequence or 0, seal.sequence), "stored": now, "public_key": seal.public_key}
    connection.execute(update(t.agent).where(*_me(agent)).values(**told))
    return Taken(_receipt(seal, now, applied=False), new=True)


def _receipt(seal: Seal, stored: datetime, applied: bool) -> Receipt:
    return Receipt(sha256=seal.sha256, sequence=seal.sequence, stored_at=stored.replace(tzinfo=UTC), applied=applied)


def _row(agent: Agent, report: Report, packed: bytes, size: int, now: datetime) -> dict[str, Any]:
    assert report.seal is not None
    return {
        "tenant": agent.tenant,
        "agent": agent.id,
        "sequence": report.seal.sequence,
        "sha256": report.seal.sha256,
        "site": agent.site,
        "night": report.night,
        "vantage": report.agent.vantage,
        "received": now,
        "ended": naive(report.ended),
        "body": packed,
        "size": size,
        "state": "stored",
        "error": "",
    }


def _me(agent: Agent) -> tuple[Any, Any]:
    return t.agent.c.tenant == agent.tenant, t.agent.c.agent == agent.id


def _receipt_now(store: Store, agent: Agent, receipt: Receipt) -> Receipt:
    raw = t.raw_report.c
    this = (raw.tenant == agent.tenant, raw.agent == agent.id, raw.sequence == receipt.sequence)
    with store.reading() as connection:
        state = connection.scalar(select(raw.state).where(*this))
    return receipt.model_copy(update={"applied": state == "applied"})


def _note(store: Store, agent: Agent, now: datetime, what: str, why: str, *, alert: bool = False) -> None:
    with store.writing() as connection:
        write_audit(connection, agent.tenant, now, who=f"agent {agent.id}", what=what, object=agent.site, why=why)
        if alert:
            subject = f"{agent.site}: two agents send under one name"
            raise_alert(
                connection, agent.tenant, agent.site, "fork", f"fork {agent.id} {now.date()}", subject, why, now
            )
