"""One asset: why each cell is believed, what is plugged into it, and the columns that belong to people."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from collector.api import require
from collector.pages.page import PageRoute, Typed, Visit, Visiting
from collector.pages.saying import write_fields
from collector.read.columns import CORRECTIONS, OWNED
from collector.read.entries import merged_into
from collector.read.thing import shown_ports, thing
from probes.errors import BadInput

router = APIRouter(route_class=PageRoute)


@router.get("/register/{entry}", response_class=HTMLResponse)
def show_thing(visit: Visiting, entry: str) -> Response:
    """One line of the register in full."""
    elder = merged_into(visit.conn, visit.tenant, entry)
    if elder is not None:
        return RedirectResponse(visit.link(f"/register/{elder}"), status_code=303)
    return thing_page(visit, entry)


def thing_page(visit: Visit, entry: str, problem: str = "") -> HTMLResponse:
    found = thing(visit.conn, visit.tenant, visit.place.id, entry)
    if found is None:
        raise HTTPException(404)
    known = (*OWNED, *CORRECTIONS)
    page = visit.show(
        "thing.html", here="/register", trail=(("/register", "Register"),), t=found, ports=shown_ports(found.asset),
        owned_fields=known, corrections=CORRECTIONS, may_edit=visit.person.may("edit"), problem=problem,
    )  # fmt: skip
    page.status_code = 400 if problem else 200
    return page


@router.post("/register/{entry}")
def write_thing(visit: Visiting, typed: Typed, entry: str) -> Response:
    """Keep what a person wrote about an asset."""
    require(visit.person, "edit", visit.place.id)
    if thing(visit.conn, visit.tenant, visit.place.id, entry) is None:
        raise HTTPException(404)
    try:
        write_fields(
            visit, entry, {owned.name: typed[owned.name] for owned in (*OWNED, *CORRECTIONS) if owned.name in typed}
        )
    except BadInput as error:
        return thing_page(visit, entry, str(error))
    return RedirectResponse(visit.link(f"/register/{entry}", said="saved"), status_code=303)
