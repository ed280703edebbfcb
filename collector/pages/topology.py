"""The network map: a drawing, and the same facts as tables."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from collector.drawing_map import draw_map
from collector.pages.page import PageRoute, Visiting
from collector.read.network import drawn, network

router = APIRouter(route_class=PageRoute)


@router.get("/topology", response_class=HTMLResponse)
def show_topology(visit: Visiting) -> HTMLResponse:
    """Switches, access points and routers with their links; end devices are folded to counts."""
    found = network(visit.conn, visit.tenant, visit.place.id)
    nodes, wires = drawn(found, {line.id: visit.link(f"/register/{line.id}") for line in found.devices})
    return visit.show("topology.html", here="/topology", net=found, drawing=draw_map(nodes, wires))
