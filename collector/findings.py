"""Findings over the nights: what each vantage says of a key, what they come to, since when, and what people added.

A verdict that nobody could give tonight opens no finding and closes none; a missing one closes only where the probes
that showed it were asked again and answered to the end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from baselines.vocabulary import Finding, Verdict
from collector.changing import LOOKS, Change
from collector.memory import Held, Memory, Opinion, Said
from collector.presence import Look

WORST_FIRST = (
    Verdict.NOT_MET_NOW, Verdict.NOT_MET_AT_REPLACEMENT, Verdict.MET, Verdict.NOT_APPLICABLE, Verdict.NEEDS_A_PERSON,
    Verdict.NOT_ASSESSED,
)  # fmt: skip
FAILING = frozenset({Verdict.NOT_MET_NOW.value, Verdict.NOT_MET_AT_REPLACEMENT.value})
ASSESSED = FAILING | {Verdict.MET.value, Verdict.NOT_APPLICABLE.value}
# What a vantage said so long ago no longer counts beside what others say now.
SAID_FOR_DAYS = 7


@dataclass(slots=True)
class History:
    """What one look writes into the history: intervals said tonight, and intervals that end."""

    opinions: dict[str, Opinion]
    said: list[tuple[Opinion, Finding]] = field(default_factory=list)
    closed: list[tuple[str, date, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def name_subjects(findings: tuple[Finding, ...], entries: Mapping[str, str]) -> Iterator[Finding]:
    """The findings of a report with entries in place of its asset ids; those about passing devices are left out."""
    for finding in findings:
        if finding.subject == "site":
            yield finding
        elif entry := entries.get(finding.subject):
            key = finding.key.replace(finding.subject, entry)
            yield finding.model_copy(update={"key": key, "subject": entry})


def fold_findings(memory: Memory, held: Mapping[str, Held], look: Look, told: Mapping[str, Finding]) -> History:
    """The opinions after this look, the rows to write, and what opened or closed. A first look tells nothing.

    `told` are the report's findings by key, with entries for subjects.
    """
    history = History(opinions=dict(memory.findings))
    first = look.vantage not in memory.looks
    for _, finding in sorted(told.items()):
        _hear(history, finding, look, first)
    for key in sorted(history.opinions.keys() - told.keys()):
        _miss(history, key, held, look)
    return history


def _hear(history: History, finding: Finding, look: Look, first: bool) -> None:
    before = history.opinions.get(finding.key)
    says = dict(before.says) if before is not None else {}
    says[look.vantage] = Said(verdict=finding.verdict.value, night=look.night)
    verdict = _together(says, look.night)
    same = before is not None and before.verdict == verdict
    after = Opinion(
        verdict=verdict,
        opened=before.opened if before is not None and same else look.night,
        last=look.night,
        assessed=verdict if verdict in ASSESSED else (before.assessed if before is not None else ""),
        subject=finding.subject,
        sentence=finding.sentence if verdict in FAILING or before is None else (before.sentence or finding.sentence),
        sources=tuple(sorted({seen.source for seen in finding.evidence})) or (before.sources if before else ()),
        says=says,
    )
    history.opinions[finding.key] = after
    if before is not None and not same and before.opened != look.night:
        history.closed.append((finding.key, before.opened, f"became {verdict}"))
    if finding.verdict.value == verdict:
        history.said.append((after, finding))
    if not first:
        history.changes += _told(before, after, finding)


def _together(says: Mapping[str, Said], night: date) -> str:
    recent = {said.verdict for said in says.values() if (night - said.night).days <= SAID_FOR_DAYS}
    return next(verdict.value for verdict in WORST_FIRST if verdict.value in recent)


def _told(before: Opinion | None, after: Opinion, finding: Finding) -> list[Change]:
    was = before.assessed if before is not None else ""
    if after.verdict in FAILING and was not in FAILING:
        return [_change(finding, "finding-opened", was, after.verdict, finding.sentence)]
    if after.verdict in ASSESSED - FAILING and was in FAILING:
        return [_change(finding, "finding-closed", was, after.verdict, f"No longer so: {finding.sentence}")]
    return []


def _change(finding: Finding, kind: str, before: str, after: str, sentence: str) -> Change:
    return Change.model_validate(
        {
            "kind": kind,
            "entry": None if finding.subject == "site" else finding.subject,
            "subject": f"{finding.clause} {finding.label}".strip(),
            "before": before,
            "after": after,
            "sentence": sentence,
            "evidence": finding.evidence[:3],
            "benign": finding.severity == "info" or kind == "finding-closed",
        }
    )


def _miss(history: History, key: str, held: Mapping[str, Held], look: Look) -> None:
    """A key that this vantage used to say and did not say tonight."""
    before = history.opinions[key]
    said = before.says.get(look.vantage)
    if said is None:
        return
    entry = held.get(before.subject)
    if before.subject != "site" and (entry is None or entry.state in ("removed", "replaced")):
        del history.opinions[key]
        history.closed.append((key, before.opened, "its subject is gone"))
        return
    if not _was_asked(before, look):
        return
    misses = said.misses + 1
    says = before.says | {look.vantage: said.model_copy(update={"misses": misses})}
    history.opinions[key] = before.model_copy(update={"says": says})
    if misses >= LOOKS["finding-closed"]:
        _fall_silent(history, key, look)


def _was_asked(opinion: Opinion, look: Look) -> bool:
    if look.covered.stopped:
        return False
    if opinion.subject == "site":
        return True
    met = look.met.get(opinion.subject)
    if met is None:
        return False
    return not opinion.sources or look.covered.whole(opinion.sources, met.asset.ips)


def _fall_silent(history: History, key: str, look: Look) -> None:
    opinion = history.opinions[key]
    says = {vantage: said for vantage, said in opinion.says.items() if vantage != look.vantage}
    if says and _together(says, max(said.night for said in says.values())) == opinion.verdict:
        history.opinions[key] = opinion.model_copy(update={"says": says})
        return
    del history.opinions[key]
    history.closed.append((key, opinion.opened, "not found any more"))
    if opinion.assessed in FAILING:
        sentence = f"No longer found: {opinion.sentence}" if opinion.sentence else "A finding is not found any more."
        entry = None if opinion.subject == "site" else opinion.subject
        closed = Change(
            kind="finding-closed", entry=entry, subject=key, before=opinion.assessed, sentence=sentence, benign=True
        )
        history.changes.append(closed)
