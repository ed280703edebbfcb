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
_MOST_ASKED, _MOST_GOT, _GOOD_BEFORE_MORE = 24, 20, 2


@dataclass(slots=True)
class Column:
    """One column's walk: where it is, what it has, and why it stopped early if it did. `wary` after a silence."""

    base: Oid
    at: Oid
    vlan: int | None = None
    rows: list[Row] = field(default_factory=list)
    done: bool = False
    wary: bool = False
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
        self.at, self.wary = oid, False
        self.rows.append((_dotted(oid), tag, value))
        return True


class Appetite:
    """How many rows one device is asked for at once: less when it cannot, more again when it can."""

    def __init__(self, rows: int) -> None:
        self.rows = self._most = self._ceiling = rows
        self.columns = _MOST_ASKED
        self._good = 0

    def begin(self) -> None:
        """A new walk: its rows may be smaller, so what was too much for the last one may be tried again."""
        self._most = self._ceiling
        self.columns = min(_MOST_ASKED, 2 * self.columns)

    def too_much(self, columns: int, repetitions: int) -> bool:
        """A reply did not fit or was cut too short; whether less can be asked for."""
        self._good, asked = 0, columns * repetitions
        if repetitions > 1:
            self._most = min(self._most, asked * 3 // 4)
            self.rows = min(self.rows, asked // 2)
        elif columns > 1:
            self.columns = min(self.columns, columns // 2)
        return asked > 1

    def starve(self, asked: int) -> None:
        """So many rows met silence, which costs seconds: begin with one again and never come near that."""
        self._good, self.rows = 0, 1
        self._most = self._ceiling = min(self._ceiling, max(1, asked // 4))

    def well_fed(self) -> None:
        """A reply held all that was asked for."""
        self._good += 1
        if self._good >= _GOOD_BEFORE_MORE:
            self._good, self.rows = 0, max(self.rows, min(self._most, 2 * self.rows))


class Walker:
    """Walks and gets over one exchange, sharing one budget of rows."""

    def __init__(self, exchange: Exchange, budget: SnmpBudget, bulk: bool = True) -> None:
        self._exchange, self._budget, self._bulk = exchange, budget, bulk
        self._rows = 0
        self._appetite = Appetite(budget.rows_per_reply if bulk else 1)
        self._answered_in: set[int | None] = set()

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
            self._answered_in.add(None)
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

    async def walk(self, bases: Sequence[Oid], vlan: int | None = None) -> list[Column]:
        """Every row below each base, in the context of a VLAN if one is named."""
        columns = [Column(base, base, vlan) for base in bases]
        self._appetite.begin()
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
            width = self._appetite.columns
            await self._round(columns[at : at + width])
            at += width

    async def _round(self, columns: list[Column]) -> None:
        """One question for the next rows of each of these columns."""
        if self._rows >= self._budget.max_rows:
            self._stop(columns, Failure(Outcome.PARTIAL, f"More than {self._budget.max_rows} rows; the rest was left."))
            return
        repetitions = max(1, self._appetite.rows // len(columns))
        kind, vlan = Kind.BULK if self._bulk else Kind.NEXT, columns[0].vlan
        doubtful = any(c.wary for c in columns) or (vlan is not None and vlan not in self._answered_in)
        answer = await self._exchange.ask(Request(kind, tuple(c.at for c in columns), repetitions, vlan, doubtful))
        if isinstance(answer, Failure):
            self._failed(columns, answer, repetitions)
            return
        self._answered_in.add(vlan)
        if answer.status:
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
            self._appetite.too_much(len(columns), repetitions)
        elif len(answer.bindings) >= len(columns) * repetitions:
            self._appetite.well_fed()

    def _failed(self, columns: list[Column], failure: Failure, repetitions: int) -> None:
        """A reply that never comes may be one the device cannot build or the path not carry: ask for one row first."""
        answers = columns[0].vlan in self._answered_in
        if failure.outcome is Outcome.TIMED_OUT and repetitions > 1 and answers:
            self._appetite.starve(len(columns) * repetitions)
            for column in columns:
                column.wary = not column.rows
            return
        self._stop(columns, failure)

    def _erred(self, columns: list[Column], answer: Answer, repetitions: int) -> None:
        culprit = columns[answer.index - 1 : answer.index] if 0 < answer.index <= len(columns) else columns
        if answer.status == _TOO_BIG:
            if not self._appetite.too_much(len(columns), repetitions):
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
