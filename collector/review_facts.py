"""The annual review as words and numbers: what its page, PDF and workbook all say, and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from collector.evidence import Month
from collector.read.line import LineYear
from collector.read.standing import Standing


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area: its counts now, its worst state now and as the year began. `then` is empty when nobody looked."""

    id: str
    name: str
    core: bool
    counts: Mapping[str, int]
    now: str
    then: str
    then_unmet: int | None


@dataclass(frozen=True, slots=True)
class Filled:
    """How complete one column of the register is."""

    what: str
    have: int
    of: int

    @property
    def percent(self) -> int:
        return 100 * self.have // self.of if self.of else 0


@dataclass(frozen=True, slots=True)
class Due:
    """Things to replace in one year: how many, of what, and why that year."""

    when: str
    count: int
    kinds: str
    why: str
    names: str


@dataclass(frozen=True, slots=True)
class Support:
    """Part 1: what IT support looks after, and what is coming."""

    kinds: Sequence[tuple[str, int]]
    filled: Sequence[Filled]
    ages: Sequence[tuple[str, int]]
    size: int
    new: int
    gone: int
    forecast: Sequence[Due]
    scopes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Gap:
    """An open failing with its dates and whether somebody accepted it."""

    clause: str
    requirement: str
    verdict: str
    subject: str
    sentence: str
    since: date
    severity: str
    responsible: str
    accepted: str


@dataclass(frozen=True, slots=True)
class Performance:
    """Part 3: how well it ran."""

    line: LineYear
    fixed: int
    fixed_days: int | None
    waiting: Sequence[tuple[str, int, int]]
    filtering: Sequence[tuple[str, str, int, int]]


@dataclass(frozen=True, slots=True)
class Value:
    """Part 4: contracts and what was paid for."""

    contracted: float | None
    typical: float | None
    out_of_warranty: Sequence[str]
    warranty_unknown: int
    ports: int
    ports_unused: int
    never_seen: Sequence[str]


@dataclass(frozen=True, slots=True)
class Nights:
    """How much of the time there was somebody looking."""

    run: int
    of: int
    percent: int | None
    stopped_early: int
    dark: Sequence[tuple[date, date]]
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the review of one school and one school year says."""

    school: str
    urn: int | None
    phase: str
    since: date
    until: date
    made: date
    finished: bool
    nights: Nights
    areas: Sequence[AreaRow]
    blind: Sequence[tuple[str, str]]
    decide: Sequence[str]
    support: Support
    gaps: Sequence[Gap]
    attested: Sequence[Standing]
    expired: Sequence[Standing]
    no_evidence: Sequence[Standing]
    not_assessed: Sequence[Standing]
    performance: Performance
    value: Value
    changes: Sequence[tuple[str, int]]
    months: Sequence[Month]
    digest: str
    ages: Sequence[tuple[str, date | None]]
    editions: Sequence[str]
    versions: Sequence[str] = field(default=())

    @property
    def core(self) -> Sequence[AreaRow]:
        return [area for area in self.areas if area.core]

    @property
    def title(self) -> str:
        return f"Annual review of IT support: evidence for {self.school}"
