"""The review's workbook: the same facts as the PDF, as sheets that can be sorted and argued with."""

from collections.abc import Sequence

from collector.exports.extract import Sheet
from collector.exports.xlsx import pack_sheets
from collector.read.standing import Standing
from collector.review_facts import AreaRow, Gap, Review
from collector.words import VERDICTS, area_name


def write_xlsx(review: Review) -> bytes:
    """The workbook."""
    return pack_sheets(sheets(review), review.title)


def sheets(review: Review) -> list[Sheet]:
    """Its sheets, in the order of the review's parts."""
    support, line = review.support, review.performance.line
    return [
        Sheet("Summary", ("What", "Value"), _summary(review)),
        Sheet("Areas", AREA_HEADS, [_area(area) for area in review.areas]),
        Sheet("Blind spots", ("What", "Closes with"), review.blind),
        Sheet("Replacement", ("When", "How many", "Of what", "Which", "Why then"),
              [(due.when, due.count, due.kinds, due.names, due.why) for due in support.forecast]),
        Sheet("Register filled in", ("Column", "Filled", "Of", "Percent"),
              [(one.what, one.have, one.of, one.percent) for one in support.filled]),
        Sheet("Gaps", GAP_HEADS, [_gap(gap) for gap in review.gaps]),
        Sheet("Attested", WORD_HEADS, [_word(one) for one in (*review.attested, *review.expired)]),
        Sheet("Unknown", ("Area", "Clause", "Requirement", "State", "Closes with"), _unknown(review)),
        Sheet("Broadband", ("When (UTC)", "Night", "Route", "Down Mbps", "Up Mbps", "Delay ms", "Loss %", "Note"),
              [(m.at, m.night, m.route, m.down, m.up, m.latency_ms, m.loss_percent, m.reason) for m in line.measures]),
        Sheet("Changes", ("Kind", "How often"), review.changes),
        Sheet("Evidence", ("Month", "Reports", "First", "Last", "Digest over the seals"),
              [(one.month, one.reports, one.first, one.last, one.digest) for one in review.months]),
    ]  # fmt: skip


AREA_HEADS = ("Area", "Core", "Met", "Attested", "Not met now", "Due at replacement", "Needs a person",
              "Attestation expired", "Not assessed", "Not applicable", "Not met at the start")  # fmt: skip
_COUNTED = ("met", "attested", "not-met-now", "not-met-at-replacement", "needs-a-person", "attestation-expired",
            "not-assessed", "not-applicable")  # fmt: skip
GAP_HEADS = ("Clause", "Requirement", "Verdict", "Of", "Finding", "Since", "Severity", "For", "Accepted")
WORD_HEADS = ("Clause", "Requirement", "State", "By", "Role", "On", "Until", "Document")


def _summary(review: Review) -> list[tuple[str, object]]:
    nights = review.nights
    return [
        ("School", review.school), ("URN", review.urn), ("From", review.since), ("To", review.until),
        ("Made", review.made), ("School year is over", review.finished), ("Nights run", nights.run),
        ("Nights in all", nights.of), ("Questions answered in full, percent", nights.percent),
        ("Nights stopped early", nights.stopped_early), ("Devices", review.support.size), ("Came", review.support.new),
        ("Went", review.support.gone), ("Failings put right", review.performance.fixed),
        ("Digest over all seals", review.digest), *[("To decide", words) for words in review.decide],
    ]  # fmt: skip


def _area(area: AreaRow) -> Sequence[object]:
    counts = area.counts
    return (area.name, area.core, *(counts.get(kind, 0) for kind in _COUNTED), area.then_unmet)


def _gap(gap: Gap) -> Sequence[object]:
    verdict = VERDICTS.get(gap.verdict, gap.verdict)
    return (gap.clause, gap.requirement, verdict, gap.subject, gap.sentence, gap.since, gap.severity, gap.responsible,
            gap.accepted)  # fmt: skip


def _word(one: Standing) -> Sequence[object]:
    word = one.attestation
    said = (word.who, word.role, word.on, word.until, word.document) if word else ("", "", None, None, "")
    return (one.clause.id, one.clause.requirement, VERDICTS[one.verdict], *said)


def _unknown(review: Review) -> list[Sequence[object]]:
    rows = ((one, "No evidence held") for one in review.no_evidence)
    more = ((one, "Not assessed") for one in review.not_assessed)
    return [
        (area_name(one.clause.area), one.clause.id, one.clause.requirement, state, one.clause.closes_with)
        for one, state in (*rows, *more)
    ]
