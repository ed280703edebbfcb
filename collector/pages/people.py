"""The people who may sign in: added with a one-time link, given a role and sites, and shut out again."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select, update

from collector import tables as t
from collector.api import SettingsOf, require
from collector.audit import write_audit
from collector.pages.page import PageRoute, Typed, Visit, Visiting
from collector.people import LINK_HOURS, MAY, add_person
from probes.canonical import clean
from probes.errors import BadInput

router = APIRouter(route_class=PageRoute)
ROLES = {
    "technician": "Technician: sees everything, writes the register, attests",
    "leader": "Leader: sees everything, attests and accepts",
    "governor": "Governor: sees everything",
    "admin": "Administrator: all of these, and people",
}


@router.get("/people", response_class=HTMLResponse)
def show_people(visit: Visiting) -> HTMLResponse:
    """Everyone who may sign in."""
    return people_page(visit)


def people_page(visit: Visit, problem: str = "", link: str = "", status: int = 200) -> HTMLResponse:
    require(visit.person, "people")
    p = t.person.c
    wanted = select(p.person, p.name, p.email, p.role, p.sites, p.disabled, p.password, p.link_until)
    rows = visit.conn.execute(wanted.where(p.tenant == visit.tenant).order_by(p.disabled.is_not(None), p.name)).all()
    names = {place.id: place.name for place in visit.sites}
    page = visit.show(
        "people.html", here="/people", people=rows, names=names, roles=ROLES.items(), problem=problem, welcome=link,
        hours=LINK_HOURS,
    )  # fmt: skip
    page.status_code = status
    return page


@router.post("/people")
def write_person(visit: Visiting, typed: Typed, settings: SettingsOf) -> Response:
    """Add a person, or give one a new link."""
    require(visit.person, "people")
    email, role = typed.get("email", ""), typed.get("role", "")
    chosen = [place.id for place in visit.sites if typed.get(f"site-{place.id}")]
    try:
        if role not in MAY:
            raise BadInput("Choose a role.")
        name = clean(typed.get("name", ""))
        token = add_person(
            visit.store, visit.tenant, email, name=name, role=role, sites=tuple(chosen), now=visit.now
        )  # fmt: skip
    except BadInput as error:
        return people_page(visit, str(error), status=400)
    _note(visit, "person added", email, {"role": role, "sites": chosen})
    start = settings.public_url or str(visit.request.base_url).rstrip("/")
    return people_page(visit, link=f"{start}/welcome/{token}")


@router.post("/people/{person}/disable")
def disable_person(visit: Visiting, _: Typed, person: str) -> Response:
    """Shut a person out and end their sessions; oneself stays, so that somebody can undo it."""
    require(visit.person, "people")
    if person == visit.person.id:
        return people_page(visit, "You cannot shut yourself out. Ask another administrator.", status=400)
    p = t.person.c
    with visit.store.writing() as conn:
        here = update(t.person).where(p.tenant == visit.tenant, p.person == person, p.disabled.is_(None))
        done = conn.execute(here.values(disabled=visit.now, link=None, sessions=p.sessions + 1))
    if not done.rowcount:
        raise HTTPException(404)
    _note(visit, "person disabled", person, {})
    return RedirectResponse(visit.link("/people", said="saved"), status_code=303)


def _note(visit: Visit, what: str, object: str, detail: dict[str, object]) -> None:
    with visit.store.writing() as conn:
        write_audit(conn, visit.tenant, visit.now, who=visit.person.email, what=what, object=object, detail=detail)
