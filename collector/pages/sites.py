"""All schools of a trust, and the agents with what they last reported."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from collector.pages.page import PageRoute, Visiting
from collector.read.places import agents, last_nights
from collector.read.trust import schools
from collector.words import CORE

router = APIRouter(route_class=PageRoute)


@router.get("/sites", response_class=HTMLResponse)
def show_sites(visit: Visiting) -> HTMLResponse:
    """Every school this person may see, the ones we are blind in first."""
    found = schools(visit.conn, visit.tenant, visit.sites, visit.today)
    dark = [one for one in found if one.dark(visit.today)]
    return visit.show("sites.html", here="/sites", schools=found, dark=dark, core=CORE)


@router.get("/agents", response_class=HTMLResponse)
def show_agents(visit: Visiting) -> HTMLResponse:
    """The agents of one school, or of all, with their last night and what was not answered."""
    chosen = visit.chosen
    shown = [chosen] if chosen is not None else list(visit.sites)
    only = tuple(place.id for place in shown)
    heard = [one for one in agents(visit.conn, visit.tenant, only) if one.site in only]
    nights = {place.id: last_nights(visit.conn, visit.tenant, place.id) for place in shown}
    names = {place.id: place.name for place in visit.sites}
    return visit.show("agents.html", here="/agents", agents=heard, nights=nights, names=names)
