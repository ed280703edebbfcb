"""The register as a file, from a link on its page."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from collector.api import require
from collector.exports import FORMATS
from collector.exports.csv import pack_table
from collector.exports.extract import extract
from collector.exports.plan_technology import HEADS, answers
from collector.headers import HEADERS
from collector.pages.page import PageRoute, Visit, Visiting

router = APIRouter(route_class=PageRoute)


@router.get("/export/register.{format}")
def send_register(visit: Visiting, format: str) -> Response:
    """The register of one school in a format that a spreadsheet or program reads."""
    place = visit.place
    require(visit.person, "export", place.id)
    if format not in FORMATS:
        raise HTTPException(404)
    pack, media = FORMATS[format]
    packed = pack(extract(visit.conn, visit.tenant, (place,), visit.now))
    return send_file(visit, packed, media, f"register-{place.id}-{visit.today}.{format}")


@router.get("/export/plan_tech_answers.csv")
def send_answers(visit: Visiting) -> Response:
    """Suggested answers for Plan technology for your school, to be typed in by a person."""
    place = visit.place
    require(visit.person, "export", place.id)
    rows = answers(visit.conn, visit.tenant, place, visit.today)
    return send_file(
        visit, pack_table(HEADS, rows), FORMATS["csv"][1], f"plan-tech-answers-{place.id}-{visit.today}.csv"
    )


def send_file(visit: Visit, packed: bytes, media: str, name: str) -> Response:
    """A file to keep; its name holds only what a site's id may hold."""
    kept = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-._"))
    return Response(
        packed, media_type=media, headers={**HEADERS, "Content-Disposition": f'attachment; filename="{kept}"'}
    )
