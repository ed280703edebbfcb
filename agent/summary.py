"""A report in a dozen lines for a terminal: what is there, what is wrong, what could not be seen."""

from collections import Counter
from collections.abc import Iterator, Sequence

from baselines.vocabulary import Finding, Report, Verdict

WORST_SHOWN = 12
RANK = {"high": 0, "medium": 1, "low": 2, "info": 3}
WORDS = {
    Verdict.MET: "met",
    Verdict.NOT_MET_NOW: "not met, due now",
    Verdict.NOT_MET_AT_REPLACEMENT: "not met, due at replacement",
    Verdict.NOT_APPLICABLE: "not applicable",
    Verdict.NOT_ASSESSED: "not assessed",
    Verdict.NEEDS_A_PERSON: "needs a person",
}


def summarise(report: Report) -> Iterator[str]:
    """Plain lines: counts, then the worst findings, then blind spots."""
    minutes, seconds = divmod(int((report.ended - report.started).total_seconds()), 60)
    where = f"{report.site.name}, night of {report.night:%-d %B %Y}, from {report.agent.vantage}"
    yield f"{where}: {minutes} min {seconds} s"
    if report.stopped_early:
        yield "The night stopped early; what was not reached is listed as skipped."
    yield f"{len(report.assets)} things seen: {_kinds(report)}"
    if report.private_devices:
        yield f"{report.private_devices} personal devices, kept as a count"
    yield f"{len(report.links)} links between them; {_verdicts(report)}"
    yield from _worst(report.findings)
    yield from _blind(report)


def _kinds(report: Report) -> str:
    counts = Counter(asset.kind for asset in report.assets)
    return ", ".join(f"{count} {kind}" for kind, count in counts.most_common())


def _verdicts(report: Report) -> str:
    clauses: dict[Verdict, set[str]] = {verdict: set() for verdict in Verdict}
    for finding in report.findings:
        clauses[finding.verdict].add(finding.clause)
    return "clauses: " + ", ".join(f"{len(clauses[verdict])} {words}" for verdict, words in WORDS.items())


def _worst(findings: tuple[Finding, ...]) -> Iterator[str]:
    failing = [finding for finding in findings if finding.verdict is Verdict.NOT_MET_NOW]
    failing.sort(key=lambda finding: (RANK[finding.severity], finding.clause, finding.label))
    yield from _first("Not met, due now", [f"{finding.sentence}  [{finding.clause}]" for finding in failing])


def _blind(report: Report) -> Iterator[str]:
    yield from _first("Not seen", [f"{spot.sentence} {spot.closes_with}" for spot in report.blind_spots])


def _first(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield f"{title} ({len(lines)}):"
    yield from (f"  {line}" for line in lines[:WORST_SHOWN])
    if len(lines) > WORST_SHOWN:
        yield f"  and {len(lines) - WORST_SHOWN} more in the report"
