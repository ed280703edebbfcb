"""Whole columns by GETBULK, several at a time, and no further than a device's answers make sense."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from probes.transport.snmp_ber import END_OF_MIB, NO_SUCH_INSTANCE, NO_SUCH_OBJECT, Binding, Kind, Oid
from probes.transport.snmp_credentials import SnmpBudget
from probes.transport.snmp_exchange import Answer, Exchange, Request
from probes.transport.snmp_speakers import Failure
from probes.vocabulary import Outcome

Row = tuple[str, str, str]
_ABSENT = (NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB)
_TOO_BIG, _NO_SUCH_NAME, _GENERAL = 1, 2, 5
_DENIED = (6, 16)
_MOST_ASKED, _MOST_GOT = 24, 20


@dataclass(slots=True)
class Column:
    """One column's walk: where it is, what it has, and why it stopped early if it did."""

    base: Oid
    at: Oid
    rows: list[Row] = field(default_factory=list)
    done: bool = False
    failure: Failure | None = None

    def stop(self, failure: Failure | None = None) -> None:
        """End here: complete without a failure, cut short with one."""
        self.done, self.failure = True, failure

    def take(self, binding: Binding) -> bool:
        """Take one binding in; whether it was a row of this column."""
        oid, tag, value = binding
        if tag in _ABSENT or oid[: len(self.base)] != self.base:
            self.stop()
            return False
        if oid <= self.at:
            self.stop(Failure(Outcome.PARTIAL, f"The device repeats itself below {_dotted(self.base)}."))
            return False
        self.at = oid
        self.rows.append((_dotted(oid), tag, value))
        return True


class Walker:
    """Walks and gets over one exchange, sharing one budget of rows."""

    def __init__(self, exchange: Exchange, budget: SnmpBudget, bulk: bool = True) -> None:
        self._exchange, self._budget, self._bulk = exchange, budget, bulk
        self._rows = 0
        self._at_once = budget.rows_per_reply if bulk else 1
        self._widest = _MOST_ASKED

    async def get(self, oids: Sequence[Oid]) -> tuple[list[Row], Failure | None]:
        """Single objects; absent ones are left out."""
        rows: list[Row] = []
        for first in range(0, len(oids), _MOST_GOT):
            failure = await self._get(list(oids[first : first + _MOST_GOT]), rows)
            if failure:
                return rows, failure
        return rows, None

    async def _get(self, oids: list[Oid], rows: list[Row]) -> Failure | None:
        while oids:
            answer = await self._exchange.ask(Request(Kind.GET, tuple(oids)))
            if isinstance(answer, Failure):
                return answer
            if answer.status == _TOO_BIG and len(oids) > 1:
                half = len(oids) // 2
                return await self._get(oids[:half], rows) or await self._get(oids[half:], rows)
            if answer.status in _DENIED:
                return Failure(Outcome.REFUSED, "The device does not let this credential read that.")
            if not answer.status:
                asked = set(oids)
                got = [b for b in answer.bindings if b[0] in asked and b[1] not in _ABSENT]
                rows.extend((_dotted(oid), tag, value) for oid, tag, value in got)
                return None
            # SNMPv1 names the first object it lacks and answers nothing else; some agents do it in v2c too.
            del oids[answer.index - 1 if 0 < answer.index <= len(oids) else 0]
        return None

    async def walk(self, bases: Sequence[Oid]) -> list[Column]:
        """Every row below each base."""
        columns = [Column(base, base) for base in bases]
        await self._ask_all(columns)
        alive = [column for column in columns if not column.done]
        size = max(1, -(-len(alive) // self._budget.window))
        groups = [alive[first : first + size] for first in range(0, len(alive), size)]
        await asyncio.gather(*(self._finish(group) for group in groups))
        return columns

    async def _finish(self, columns: list[Column]) -> None:
        while alive := [column for column in columns if not column.done]:
            await self._ask_all(alive)

    async def _ask_all(self, columns: list[Column]) -> None:
        at = 0
        while at < len(columns):
            width = self._widest
            await self._round(columns[at : at + width])
            at += width

    async def _round(self, columns: list[Column]) -> None:
        """One question for the next rows of each of these columns."""
        if self._rows >= self._budget.max_rows:
            self._stop(columns, Failure(Outcome.PARTIAL, f"More than {self._budget.max_rows} rows; the rest was left."))
            return
        repetitions = max(1, self._at_once // len(columns))
        kind = Kind.BULK if self._bulk else Kind.NEXT
        answer = await self._exchange.ask(Request(kind, tuple(c.at for c in columns), repetitions))
        if isinstance(answer, Failure):
            self._failed(columns, answer, repetitions)
        elif answer.status:
            self._erred(columns, answer, repetitions)
        else:
            self._take(columns, answer, repetitions)

    def _take(self, columns: list[Column], answer: Answer, repetitions: int) -> None:
        if not answer.bindings:
            self._stop(columns, Failure(Outcome.GARBLED, "The device answered with nothing at all."))
        for n, binding in enumerate(answer.bindings[: len(columns) * repetitions]):
            column = columns[n % len(columns)]
            if not column.done and self._rows < self._budget.max_rows:
                self._rows += column.take(binding)
        # A reply cut so short that a column got no row at all must not be asked for the same again in vain.
        if 0 < len(answer.bindings) < len(columns):
            self._at_once = max(1, self._at_once // 2)

    def _failed(self, columns: list[Column], failure: Failure, repetitions: int) -> None:
        """A reply that never comes may be one the device cannot build: ask for less before giving up."""
        if failure.outcome is Outcome.TIMED_OUT and repetitions > 1 and any(column.rows for column in columns):
            self._at_once = 1
            return
        self._stop(columns, failure)

    def _erred(self, columns: list[Column], answer: Answer, repetitions: int) -> None:
        culprit = columns[answer.index - 1 : answer.index] if 0 < answer.index <= len(columns) else columns
        if answer.status == _TOO_BIG:
            if repetitions > 1:
                self._at_once = max(1, self._at_once // 2)
            elif len(columns) > 1:
                self._widest = max(1, len(columns) // 2)
            else:
                self._stop(culprit, Failure(Outcome.PARTIAL, "One row of the device is too big for a reply."))
        elif answer.status == _NO_SUCH_NAME:
            self._stop(culprit, None)
        elif answer.status in _DENIED:
            self._stop(columns, Failure(Outcome.REFUSED, "The device does not let this credential read that."))
        else:
            name = "a general error" if answer.status == _GENERAL else f"error {answer.status}"
            self._stop(culprit, Failure(Outcome.PARTIAL, f"The device answered {name}."))

    def _stop(self, columns: Sequence[Column], failure: Failure | None) -> None:
        for column in columns:
            column.stop(failure)


def _dotted(oid: Oid) -> str:
    return ".".join(map(str, oid))
