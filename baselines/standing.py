"""Where the school stands: findings counted by area and verdict, a clause at its worst subject."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from baselines.standards import clauses_on
from baselines.vocabulary import Clause, Finding, Standard, Verdict

# The worse of two verdicts stands for a clause with several subjects.
WORST_FIRST = (
    Verdict.NOT_MET_NOW,
    Verdict.NOT_MET_AT_REPLACEMENT,
    Verdict.NOT_ASSESSED,
    Verdict.NEEDS_A_PERSON,
    Verdict.MET,
    Verdict.NOT_APPLICABLE,
)
CORE = ("broadband", "wireless", "switching", "cyber", "filtering", "governance")


@dataclass(frozen=True, slots=True)
class AreaStanding:
    """One area's clauses by verdict. `core` marks the six areas every school is to meet by 2030."""

    area: str
    core: bool
    clauses: int
    counts: Mapping[Verdict, int]


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """The verdict that stands for one clause: the worst of its subjects, and not assessed when there are none."""
    verdicts = {finding.verdict for finding in findings}
    return next((v for v in WORST_FIRST if v in verdicts), Verdict.NOT_ASSESSED)


def verdicts(findings: Iterable[Finding], clauses: Sequence[Clause]) -> Mapping[str, Verdict]:
    """Each clause's verdict by id, in the order of the clauses."""
    by_clause: dict[str, list[Finding]] = {clause.id: [] for clause in clauses}
    for finding in findings:
        if finding.clause in by_clause:
            by_clause[finding.clause].append(finding)
    return {clause: verdict_of(found) for clause, found in by_clause.items()}


def standing(findings: Sequence[Finding], standards: Sequence[Standard], on: date) -> tuple[AreaStanding, ...]:
    """Counts of clauses per area and verdict for the clauses in force on a date, areas in the standards' order."""
    found: list[AreaStanding] = []
    for standard in standards:
        clauses = clauses_on(standard, on)
        decided = verdicts(findings, clauses)
        for area in dict.fromkeys(clause.area for clause in clauses):
            mine = [decided[c.id] for c in clauses if c.area == area]
            counts = Counter(mine)
            found.append(AreaStanding(area, area in CORE, len(mine), {v: counts[v] for v in Verdict}))
    return tuple(found)
