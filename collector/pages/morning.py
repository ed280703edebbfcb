"""The first page: what changed, what needs you, and where we cannot see."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from collector.pages.page import PageRoute, Visiting
from collector.read.morning import morning
from collector.read.places import agents

router = APIRouter(route_class=PageRoute)


@router.get("/", response_class=HTMLResponse)
def show_morning(visit: Visiting, days: int = 1) -> HTMLResponse:
    """This morning at one site; `days` widens what changed to that many nights."""
    place = visit.place
    nights = min(max(days, 1), 90)
    facts = morning(visit.conn, visit.tenant, place.id, visit.today, nights)
    names = {agent.id: agent.name for agent in agents(visit.conn, visit.tenant, (place.id,))}
    return visit.show("morning.html", here="/", m_=facts, days=nights, agent_names=names)
