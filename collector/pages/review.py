"""The annual review on screen, and as a PDF and a workbook."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, Response

from collector.api import require
from collector.drawing import Chart, bar, line_chart
from collector.exports import FORMATS
from collector.pages.export import send_file
from collector.pages.page import PageRoute, Visit, Visiting
from collector.pages.standards import OF_KEY
from collector.review import draft
from collector.review_facts import Review
from probes.errors import BadInput

router = APIRouter(route_class=PageRoute)


@router.get("/review", response_class=HTMLResponse)
def show_review(visit: Visiting, year: int = 0) -> HTMLResponse:
    """The draft for one school year; the running one when none is named."""
    drafted, begins = _draft(visit, year)
    line = drafted.performance.line
    chart = Chart(line.main, line.since, line.until, line.levels, line.bands, "Broadband over the school year")
    bars = {
        area.id: bar([(kind, sum(area.counts.get(one, 0) for one in of)) for kind, of in OF_KEY.items()])
        for area in drafted.areas
    }
    years = list(range(this_year(visit), this_year(visit) - 4, -1))
    return visit.show(
        "review.html", here="/review", r=drafted, year=begins, years=years, bars=bars,
        drawing=line_chart(chart) if line.measures else "",
    )  # fmt: skip


@router.get("/review/{name}")
def send_review(visit: Visiting, name: str, year: int = 0) -> Response:
    """The draft as review.pdf or review.xlsx."""
    from collector.review_pdf import write_pdf
    from collector.review_xlsx import write_xlsx

    require(visit.person, "export", visit.place.id)
    drafted, begins = _draft(visit, year)
    kept = f"review-{visit.place.id}-{begins}-{begins + 1}"
    if name == "review.pdf":
        return send_file(visit, write_pdf(drafted), "application/pdf", f"{kept}.pdf")
    if name == "review.xlsx":
        return send_file(visit, write_xlsx(drafted), FORMATS["xlsx"][1], f"{kept}.xlsx")
    raise HTTPException(404)


def this_year(visit: Visit) -> int:
    """The year in which the running school year began."""
    return visit.today.year if visit.today.month >= 9 else visit.today.year - 1


def _draft(visit: Visit, year: int) -> tuple[Review, int]:
    begins = year or this_year(visit)
    if not 2000 <= begins <= this_year(visit):
        raise HTTPException(404)
    try:
        return draft(visit.conn, visit.tenant, visit.place, begins, visit.today), begins
    except BadInput as error:
        raise HTTPException(404) from error
