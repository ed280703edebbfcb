"""The internet line over time, held against the standard and the contract, and whether the filter acts."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from collector.drawing import Chart, line_chart
from collector.pages.page import PageRoute, Visiting
from collector.read.line import Check, LineYear, line_between
from collector.read.standing import standing

router = APIRouter(route_class=PageRoute)
SHOWN = ("met", "attested", "not-met-now", "not-met-at-replacement", "attestation-expired")
SPANS = ((30, "30 nights"), (90, "90 nights"), (365, "A year"))


@router.get("/broadband", response_class=HTMLResponse)
def show_broadband(visit: Visiting, days: int = 30) -> HTMLResponse:
    """The line over the last nights."""
    place = visit.place
    span = min(max(days, 7), 400)
    found = line_between(visit.conn, visit.tenant, place, visit.today - timedelta(days=span), visit.today)
    chart = Chart(found.main, found.since, found.until, found.levels, found.bands, f"Broadband over {span} nights")
    judged = [one for one in standing(visit.conn, visit.tenant, place, visit.today) if one.clause.area == "broadband"]
    return visit.show(
        "broadband.html", here="/broadband", line=found, drawing=line_chart(chart), days=span, spans=SPANS,
        judged=[one for one in judged if one.verdict in SHOWN], checks=_latest(found),
        rows=list(reversed(found.measures))[:60],
    )  # fmt: skip


def _latest(found: LineYear) -> list[tuple[Check, int, int]]:
    """Each checked name as the newest night has it, with how many nights it failed of how many."""
    names: dict[tuple[str, str, str], list[Check]] = {}
    for check in found.checks:
        names.setdefault((check.vantage, check.resolver, check.name), []).append(check)
    return [(checks[0], sum(c.good is False for c in checks), len(checks)) for checks in names.values()]
