"""The first page: what changed, what needs you, and where we cannot see."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from collector.api import require
from collector.audit import write_audit
from collector.pages.page import PageRoute, Typed, Visiting
from collector.plausible import close_doubt, open_doubts
from collector.read.morning import morning
from collector.read.places import agents
from probes.canonical import clean

# A night in which everything changed is a flood, and a page of thousands of lines helps nobody.
LINES = 200

router = APIRouter(route_class=PageRoute)


@router.get("/", response_class=HTMLResponse)
def show_morning(visit: Visiting, days: int = 1) -> HTMLResponse:
    """This morning at one site; `days` widens what changed to that many nights."""
    place = visit.place
    nights = min(max(days, 1), 90)
    facts = morning(visit.conn, visit.tenant, place.id, visit.today, nights)
    names = {agent.id: agent.name for agent in agents(visit.conn, visit.tenant, (place.id,))}
    return visit.show(
        "morning.html", here="/", m_=facts, days=nights, agent_names=names, most=LINES,
        doubts=open_doubts(visit.conn, visit.tenant, place.id), may_close=visit.person.may("attest"),
    )  # fmt: skip


@router.post("/doubts/close")
def close_alert(visit: Visiting, typed: Typed) -> Response:
    """Keep that somebody looked into a report that was hard to believe."""
    place = visit.place
    require(visit.person, "attest", place.id)
    alert, why = typed.get("alert", ""), clean(typed.get("why", ""), 500)
    if not why:
        raise HTTPException(400, "Say what you found, so that others can read it. Go back and write it down.")
    with visit.store.writing() as conn:
        done = close_doubt(conn, visit.tenant, place.id, alert, who=visit.person.name, why=why, now=visit.now)
        if not done:
            raise HTTPException(404)
        origin = visit.request.client.host if visit.request.client else ""
        who = visit.person.email
        write_audit(conn, visit.tenant, visit.now, who=who, what="alert closed", object=alert, origin=origin, why=why)
    return RedirectResponse(visit.link("/", said="saved"), status_code=303)
