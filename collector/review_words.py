"""The review as the words of its PDF: every number and date already spelt, every list already cut to what is read."""

from dataclasses import asdict
from datetime import date
from typing import Any

from collector.drawing import Chart, line_chart
from collector.read.standing import Standing
from collector.review_facts import Review
from collector.review_forecast import OVERDUE
from collector.words import AREAS, VERDICTS, area_name, day, listed, number, rate

# A style sheet inside the drawing: typst reads no page's. The same colours as collector/pages/static/caretaker.css.
STYLE = """<style>
text{fill:#16202a;font-size:13px;font-family:Arial,'Liberation Sans','DejaVu Sans Mono'}
.t-soft{fill:#4a5761;font-size:11px}.t-right{text-anchor:end}.t-mid{text-anchor:middle}
.grid{stroke:#e4eaee}.axis{stroke:#5d6b75}
.line-down,.line-up,.line-floor,.line-contract{fill:none;stroke-width:1.5}
.line-down{stroke:#0a5788}.line-up{stroke:#17703a;stroke-dasharray:6 3}
.line-floor{stroke:#ae2012;stroke-dasharray:2 3}.line-contract{stroke:#94590a;stroke-dasharray:9 4}
.dot-down{fill:#0a5788}.dot-up{fill:#17703a}.band-outage{fill:#f3b9b1}.band-off{fill:#dfe5e9}
</style>"""


def as_data(review: Review) -> dict[str, Any]:
    """The review as words for the template."""
    return {
        "title": review.title, "school": review.school, "made": day(review.made),
        "period": f"{day(review.since)} to {day(review.until)}", "finished": review.finished,
        "who": f"{review.phase.capitalize()}{f', URN {review.urn}' if review.urn else ''}",
        "figures": _figures(review), "nights": _nights(review), "owed": _owed(review),
        "areas": [_area(area) for area in review.areas],
        "blind": [list(pair) for pair in review.blind], "decide": list(review.decide),
        "support": _support(review), "gaps": [_gap(asdict(gap)) for gap in review.gaps],
        "attested": [_word(one) for one in review.attested], "expired": [_word(one) for one in review.expired],
        "unknown": _unknown(review), "performance": _performance(review), "value": _value(review),
        "changes": [[kind, str(count)] for kind, count in review.changes], "annex": _annex(review),
    }  # fmt: skip


def _figures(review: Review) -> list[list[str]]:
    """The few large numbers of page one."""
    late = sum(due.count for due in review.support.forecast if due.when == OVERDUE)
    line = review.performance.line
    return [
        [str(review.support.size), "devices in the register"],
        [str(sum(gap.verdict == "not-met-now" for gap in review.gaps)), "findings not met now"],
        [str(late), "devices overdue for replacement"],
        [f"{rate(line.typical('down'))} Mbps", "down on a usual night"],
        [str(len(line.down_nights)), "nights the line was down"],
    ]


def _owed(review: Review) -> str:
    """How much of the standards rests on nothing yet."""
    silent, unseen, held = len(review.no_evidence), len(review.not_assessed), len(review.attested)
    if not silent + unseen:
        return ""
    return (
        f"For {number(silent, 'clause')} no evidence is held: somebody has to say how they stand. For "
        f"{number(unseen, 'clause')} the nights did not show enough. {number(held, 'clause')} rest on somebody's word."
    )


def _nights(review: Review) -> dict[str, Any]:
    nights = review.nights
    spans = [f"{day(a)} to {day(b)}" for a, b in nights.dark[:4]]
    percent = "–" if nights.percent is None else f"{nights.percent}%"
    dark = listed(spans) + (" and other spans" if len(nights.dark) > 4 else "")
    early = str(nights.stopped_early)
    return {"run": str(nights.run), "of": str(nights.of), "percent": percent, "early": early, "dark": dark}


def _area(area: Any) -> dict[str, Any]:
    count = area.counts.get
    return {
        "name": area.name, "core": area.core, "met": str(count("met", 0)), "attested": str(count("attested", 0)),
        "unmet": str(count("not-met-now", 0)), "later": str(count("not-met-at-replacement", 0)),
        "person": str(count("needs-a-person", 0) + count("attestation-expired", 0)),
        "unknown": str(count("not-assessed", 0)), "na": str(count("not-applicable", 0)),
        "now": VERDICTS.get(area.now, area.now), "kind": area.now,
        "then": f"{area.then_unmet} not met" if area.then_unmet is not None else "Not known",
    }  # fmt: skip


def _support(review: Review) -> dict[str, Any]:
    held = review.support
    return {
        "size": str(held.size), "new": str(held.new), "gone": str(held.gone),
        "kinds": [[kind, str(count)] for kind, count in held.kinds],
        "filled": [[one.what, f"{one.have} of {one.of}", f"{one.percent}%"] for one in held.filled],
        "ages": [[band, str(count)] for band, count in held.ages],
        "forecast": [[due.when, str(due.count), due.kinds, due.names, due.why] for due in held.forecast],
        "scopes": ", ".join(held.scopes) or "not known",
    }  # fmt: skip


def _gap(gap: dict[str, Any]) -> dict[str, Any]:
    return {
        **gap,
        "verdict": VERDICTS.get(gap["verdict"], gap["verdict"]),
        "kind": gap["verdict"],
        "since": day(gap["since"]),
    }


def _word(one: Standing) -> list[str]:
    word = one.attestation
    if word is None:
        return [one.clause.id, one.clause.requirement, "", "", ""]
    return [one.clause.id, one.clause.requirement, f"{word.who} ({word.role})", day(word.on), day(word.until)]


def _unknown(review: Review) -> list[dict[str, Any]]:
    """Clauses without evidence, by area: an empty row would say that all is well, so areas without any are left out."""
    found = []
    for area in AREAS:
        silent = [one for one in review.no_evidence if one.clause.area == area]
        unseen = [one for one in review.not_assessed if one.clause.area == area]
        if silent or unseen:
            rows = [
                [one.clause.id, one.clause.requirement, "No evidence held", one.clause.closes_with] for one in silent
            ]
            rows += [[one.clause.id, one.clause.requirement, "Not assessed", one.clause.closes_with] for one in unseen]
            found.append(
                {"name": area_name(area), "silent": str(len(silent)), "unseen": str(len(unseen)), "rows": rows}
            )
    return found


def _clause(one: Standing, state: str) -> list[str]:
    return [one.clause.id, one.clause.requirement, state, one.clause.closes_with]


def _performance(review: Review) -> dict[str, Any]:
    ran = review.performance
    line = ran.line
    chart = Chart(line.main, line.since, line.until, line.levels, line.bands, "Broadband over the school year")
    svg = str(line_chart(chart)).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return {
        "measured": bool(line.measures), "chart": svg.replace("</title>", f"</title>{STYLE}", 1),
        "figures": [
            ["Down, on a usual night", f"{rate(line.typical('down'))} Mbps"],
            ["Down, on a bad night (one in ten)", f"{rate(line.slow('down'))} Mbps"],
            ["Up, on a usual night", f"{rate(line.typical('up'))} Mbps"],
            ["Delay, and when the line is full", f"{rate(line.latency)} ms, {rate(line.loaded)} ms"],
            ["Nights on which the line was down", str(len(line.down_nights))],
            ["Nights on which the agent was off (not an outage)", str(len(line.off_nights))],
            ["Backup line seen to carry traffic", f"on {len({one.night for one in line.backup})} nights"],
        ],
        "against": listed([level.label.lower() for level in line.levels]) or "no floor or contract is written down",
        "down": listed([day(on) for on in line.down_nights[:8]]),
        "fixed": _fixed(ran.fixed, ran.fixed_days),
        "waiting": [[who, str(count), number(oldest, "day")] for who, count, oldest in ran.waiting],
        "filtering": [[name, expected, f"{wrong} of {of}"] for name, expected, wrong, of in ran.filtering],
    }  # fmt: skip


def _fixed(count: int, days: int | None) -> str:
    if not count:
        return "No failing was put right in this school year."
    return f"{number(count, 'failing')} put right; half of them within {number(days or 0, 'day')}."


def _value(review: Review) -> dict[str, Any]:
    held = review.value
    contract = (
        f"Contracted {rate(held.contracted)} Mbps down" if held.contracted else "No contracted rate is written down"
    )
    return {
        "line": f"{contract}; measured {rate(held.typical)} Mbps on a usual night.",
        "warranty": list(held.out_of_warranty[:20]), "warranty_count": str(len(held.out_of_warranty)),
        "warranty_unknown": str(held.warranty_unknown),
        "ports": f"{held.ports_unused} of {held.ports} switch ports had no link at the last look.",
        "unseen": list(held.never_seen[:20]), "unseen_count": str(len(held.never_seen)),
    }  # fmt: skip


def _annex(review: Review) -> dict[str, Any]:
    return {
        "months": [[one.month, str(one.reports), one.first, one.last, one.digest] for one in review.months],
        "digest": review.digest, "ages": [[name, _age(on, review.made)] for name, on in review.ages],
        "editions": ", ".join(review.editions), "versions": ", ".join(review.versions) or "not known",
    }  # fmt: skip


def _age(on: date | None, made: date) -> str:
    return f"{day(on)}, {number(max((made - on).days, 0), 'day')} old" if on else "Never"
