"""Where a school stands: each clause with what the nights say of it and what a person has said."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import Connection

from baselines.standards import clauses_on, load_standards
from baselines.vocabulary import Clause, Standard
from collector.read.findings import FAILING, FindingRow, by_clause, findings_on, open_findings
from collector.read.places import Place
from collector.read.said import Acceptance, Attestation, acceptances, attestations
from collector.words import AREAS, CORE, worst


@dataclass(frozen=True, slots=True)
class Standing:
    """One clause at one school: the verdict over all its subjects, and the words that stand beside it."""

    clause: Clause
    verdict: str
    rows: Sequence[FindingRow]
    attestation: Attestation | None = None
    accepted: Sequence[Acceptance] = ()

    @property
    def failing(self) -> Sequence[FindingRow]:
        return [row for row in self.rows if row.verdict in FAILING]

    @property
    def sentence(self) -> str:
        """The one sentence that says most: the gravest finding, or how many there are."""
        telling = [row for row in self.rows if row.verdict == self.verdict] or list(self.rows)
        if not telling:
            return "No night has judged this yet."
        if len(telling) == 1:
            return telling[0].sentence
        return f"{telling[0].sentence} And {len(telling) - 1} more."


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the standards with its clauses and how many of them are in which state."""

    id: str
    core: bool
    standings: Sequence[Standing]

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(standing.verdict for standing in self.standings)

    @property
    def verdict(self) -> str:
        """What the area comes to: its worst clause."""
        return worst([standing.verdict for standing in self.standings])


@cache
def standards() -> tuple[Standard, ...]:
    """The standards this collector was installed with; read once."""
    return load_standards()


def clauses(on: date, phase: str) -> dict[str, Clause]:
    """Every clause in force on a day that bears on a school of this phase, by its id."""
    every = (clause for standard in standards() for clause in clauses_on(standard, on))
    return {clause.id: clause for clause in every if not clause.phases or phase in clause.phases}


def standing(conn: Connection, tenant: str, place: Place, on: date, *, today: bool = True) -> list[Standing]:
    """Every clause of a school, as it stands now or stood on a past day."""
    rows = open_findings(conn, tenant, place.id) if today else findings_on(conn, tenant, place.id, on)
    found = by_clause(rows)
    known = clauses(on, place.phase)
    known |= {name: _unknown(name, rows[0], on) for name, rows in found.items() if name not in known}
    words = _latest(attestations(conn, tenant, place.id), on)
    held = [one for one in acceptances(conn, tenant, place.id) if one.holds(on)]
    return [
        _stand(
            clause, found.get(clause.id, []), words.get(clause.id), [one for one in held if one.clause == clause.id], on
        )
        for clause in known.values()
    ]


def _latest(said: Sequence[Attestation], on: date) -> dict[str, Attestation]:
    """The attestation of each clause that holds longest, of those made by then and not withdrawn."""
    made = sorted((one for one in said if one.withdrawn is None and one.on <= on), key=lambda one: one.until)
    return {one.clause: one for one in made}


def _stand(
    clause: Clause, rows: list[FindingRow], word: Attestation | None, held: list[Acceptance], on: date
) -> Standing:
    silent = "needs-a-person" if clause.verifiable == "no" else "not-assessed"
    verdict = worst([row.verdict for row in rows]) if rows else silent
    if verdict in ("needs-a-person", "not-assessed") and word is not None:
        verdict = "attested" if word.holds(on) else "attestation-expired"
    return Standing(clause, verdict, rows, word, held)


def _unknown(name: str, row: FindingRow, on: date) -> Clause:
    """A clause that a report speaks of and that is not in force here: an older edition's, or one we do not know."""
    editions = [clause for standard in standards() for clause in standard.clauses if clause.id == name]
    if editions:
        return max(editions, key=lambda clause: (clause.edition == row.edition, clause.effective_from))
    return Clause(
        id=name,
        area=name.split(".", 1)[0],
        requirement=f"A clause of edition {row.edition}, unknown to this collector.",
        edition=row.edition,
        effective_from=on,
        closes_with=row.closes_with or "Update the collector.",
    )


def areas(standings: Sequence[Standing]) -> list[Area]:
    """The standings by area: the six core areas first, then the others in the order of the standards."""
    order = (*CORE, *(area for area in AREAS if area not in CORE))
    grouped: dict[str, list[Standing]] = {}
    for one in standings:
        grouped.setdefault(one.clause.area, []).append(one)
    known = [area for area in order if area in grouped]
    return [Area(area, area in CORE, grouped[area]) for area in (*known, *sorted(set(grouped) - set(known)))]
