"""Reads a device by SNMP (RFC 3416): sessions with a budget, and recordings of tables. Never sets anything."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self

from probes.transport.guard import Guard
from probes.transport.snmp_ber import Oid
from probes.transport.snmp_credentials import Credential, SnmpBudget
from probes.transport.snmp_exchange import Exchange, udp_exchange
from probes.transport.snmp_pysnmp import PysnmpExchange
from probes.transport.snmp_speakers import Failure
from probes.transport.snmp_vlans import vlan_by_vlan
from probes.transport.snmp_walk import Row, Walker
from probes.vocabulary import Outcome, Recording
from probes.wire.rows import EachVlan, Rows, Table
from probes.wire.system import ACCESS, OBJECT_ID, SYSTEM

Backend = Literal["own", "pysnmp"]
ENGINE_ID = "1.3.6.1.6.3.10.2.1.1.0"
_PYSNMP_ONLY = frozenset({"DES", "AES-192", "AES-256"})
_MOST_SILENCES = 2


@dataclass(frozen=True, slots=True)
class Walk:
    """Rows `(oid, tag, value)` with the tags of the snmprec format, and how completely they answer."""

    rows: tuple[Row, ...]
    outcome: Outcome
    reason: str = ""


class Session:
    """One device asked with one credential within one budget; use it as an async context manager.

    `clock` is monotonic seconds. `expected_engine` (v3) is the hex id of the engine the credential is bound to: when
    another answers, nothing authenticated is sent and every answer is REFUSED. Entering raises OutOfScope for an
    address the guard does not permit.
    """

    def __init__(
        self,
        guard: Guard,
        ip: str,
        credential: Credential,
        budget: SnmpBudget,
        clock: Callable[[], float],
        port: int = 161,
        *,
        expected_engine: str | None = None,
        backend: Backend | None = None,
    ) -> None:
        self.ip, self.credential = ip, credential
        self.budget, self.clock, self.deadline = budget, clock, clock() + budget.max_seconds
        self._guard, self._port = guard, port
        chosen = backend or ("pysnmp" if _needs_pysnmp(credential) else "own")
        build = udp_exchange if chosen == "own" else PysnmpExchange
        self._exchange: Exchange = build(guard, ip, port, credential, budget, clock, expected_engine)
        self._walker = Walker(self._exchange, budget, bulk=credential.version != "v1")
        self._dead: Failure | None = None
        self._silences, self._answered = 0, False
        self._asked = False

    async def __aenter__(self) -> Self:
        self._guard.permit(self.ip, self._port)
        self._dead = await self._exchange.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exchange.close()

    @property
    def engine_id(self) -> str:
        """The engine's id as hex once v3 has discovered it, else empty."""
        return self._exchange.engine_id

    @property
    def is_fragile(self) -> bool:
        """Whether a person named this device fragile: it is asked one GET and no more."""
        return self._guard.is_fragile(self.ip)

    async def get(self, oids: Sequence[str]) -> Walk:
        """Single objects. Absent ones are left out, and that is complete."""
        refused = self._refusal(walking=False)
        if refused:
            return refused
        rows, failure = await self._walker.get([_oid(oid) for oid in oids])
        return self._walk(rows, [failure] if failure else [])

    async def walk_vlan(self, columns: Sequence[str], vlan: int) -> Walk:
        """Whole columns in the context of one VLAN. Silence there says nothing of the device."""
        refused = self._refusal(walking=True)
        if refused:
            return refused
        walked = await self._walker.walk([_oid(column) for column in columns], vlan)
        return _told([row for column in walked for row in column.rows], [c.failure for c in walked if c.failure])

    async def walk(self, columns: Sequence[str], places: Sequence[str] = ()) -> Walk:
        """Whole columns; one that ends in `.0` is a scalar, fetched with GET. Absent ones are complete and empty.

        Each of the `places` is fetched with GET too, and walked as a column where it is no object itself.
        """
        refused = self._refusal(walking=True)
        if refused:
            return refused
        single = [_oid(column) for column in (*(c for c in columns if c.endswith(".0")), *places)]
        rows, failure = await self._walker.get(single) if single else ([], None)
        if failure and not rows:
            return self._walk(rows, [failure])
        got = {row[0] for row in rows}
        below = [oid for oid in (*columns, *places) if not oid.endswith(".0") and oid not in got]
        walked = await self._walker.walk([_oid(oid) for oid in below])
        failures = [column.failure for column in walked if column.failure]
        for column in walked:
            rows.extend(column.rows)
        return self._walk(rows, [failure, *failures] if failure else failures)

    def _refusal(self, walking: bool) -> Walk | None:
        if self._dead:
            return Walk((), self._dead.outcome, self._dead.reason)
        if self.is_fragile and (walking or self._asked):
            return Walk((), Outcome.SKIPPED, f"{self.ip} is named as fragile: it is asked one GET and no more.")
        self._asked = True
        return None

    def _walk(self, rows: list[Row], failures: list[Failure]) -> Walk:
        silence = next((f for f in failures if f.outcome is Outcome.TIMED_OUT), None)
        self._silences = self._silences + 1 if silence else 0
        self._answered = self._answered or silence is None
        if silence and (self._silences >= _MOST_SILENCES or not (rows or self._answered)):
            self._dead = silence
        return _told(rows, failures)


def _told(rows: Sequence[Row], failures: Sequence[Failure]) -> Walk:
    if not failures:
        return Walk(tuple(rows), Outcome.COMPLETE)
    reason = " ".join(dict.fromkeys(failure.reason for failure in failures))
    return Walk(tuple(rows), Outcome.PARTIAL if rows else failures[0].outcome, reason)


async def collect(
    session: Session, tables: Iterable[Table], vantage: str, now: Callable[[], datetime]
) -> AsyncIterator[Recording]:
    """A recording of `snmp.system` first, then of how SNMP answered, then of each table that suits the device.

    A device that does not answer the first question gives that one recording with its outcome, and is left alone.
    What has to be asked VLAN by VLAN comes last, as it may take long.
    """
    began = now()
    first = await session.get((*SYSTEM.columns, ENGINE_ID))
    system = [row for row in first.rows if row[0] != ENGINE_ID]
    yield _recording(SYSTEM.name, session, vantage, began, now(), first, system)
    if first.outcome not in (Outcome.COMPLETE, Outcome.PARTIAL):
        return
    engine = session.engine_id or next((row[2] for row in first.rows if row[0] == ENGINE_ID and row[1] == "4x"), "")
    yield _recording(ACCESS, session, vantage, began, now(), first, [_access(session.credential, engine)])
    object_id = next((row[2] for row in system if row[0] == OBJECT_ID), "")
    unfinished: list[tuple[str, EachVlan, datetime, Walk]] = []
    for table in tables:
        if table.name != SYSTEM.name and table.suits(object_id):
            began = now()
            walk = await session.walk(table.columns, table.places)
            each = table.each_vlan
            if each and not session.is_fragile and each.suits(object_id) and each.needed(Rows(walk.rows)):
                unfinished.append((table.name, each, began, walk))
            else:
                yield _recording(table.name, session, vantage, began, now(), walk, walk.rows)
    for name, each, began, walk in unfinished:
        whole, more = await vlan_by_vlan(session, each, walk)
        yield _recording(name, session, vantage, began, now(), whole, (*walk.rows, *more))


def _recording(
    probe: str, session: Session, vantage: str, began: datetime, ended: datetime, walk: Walk, answers: Iterable[Any]
) -> Recording:
    return Recording(
        probe=probe,
        target=session.ip,
        vantage=vantage,
        started=began,
        ended=ended,
        outcome=walk.outcome,
        reason=walk.reason,
        answers=tuple(list(answer) if isinstance(answer, tuple) else answer for answer in answers),
    )


def _access(credential: Credential, engine: str) -> dict[str, str | bool]:
    return {
        "version": credential.version,
        "level": credential.level,
        "engine_id": engine,
        "credential": credential.name,
        "default_community": credential.is_default,
    }


def _needs_pysnmp(credential: Credential) -> bool:
    return credential.level == "authPriv" and credential.priv_protocol in _PYSNMP_ONLY


def _oid(text: str) -> Oid:
    return tuple(map(int, text.strip(".").split(".")))
