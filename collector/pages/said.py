"""What people say from a clause's page: attesting, accepting, and taking either back."""

from collections.abc import Callable

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response

from collector import tables as t
from collector.api import require
from collector.pages.page import PageRoute, Typed, Visit, Visiting
from collector.pages.saying import accept, attest, withdraw
from collector.pages.standards import clause_page
from collector.people import Action
from probes.errors import BadInput

router = APIRouter(route_class=PageRoute)


@router.post("/standards/{clause}/attest")
def attest_clause(visit: Visiting, typed: Typed, clause: str) -> Response:
    """Keep an attestation."""
    return _say(visit, typed, clause, "attest", attest)


@router.post("/standards/{clause}/accept")
def accept_failing(visit: Visiting, typed: Typed, clause: str) -> Response:
    """Keep an acceptance."""
    return _say(visit, typed, clause, "accept", accept)


def _say(
    visit: Visit, typed: dict[str, str], clause: str, action: Action, keep: Callable[[Visit, str, dict[str, str]], None]
) -> Response:
    require(visit.person, action, visit.place.id)
    try:
        clause_page(visit, clause)
        keep(visit, clause, typed)
    except BadInput as error:
        return clause_page(visit, clause, str(error), typed, 400)
    return RedirectResponse(visit.link(f"/standards/{clause}", said=f"{action}ed"), status_code=303)


@router.post("/attestations/{name}/withdraw")
def withdraw_attestation(visit: Visiting, _: Typed, name: str) -> Response:
    """Take an attestation back."""
    require(visit.person, "attest", visit.place.id)
    return _gone(visit, withdraw(visit, t.attestation, name))


@router.post("/acceptances/{name}/withdraw")
def withdraw_acceptance(visit: Visiting, _: Typed, name: str) -> Response:
    """Take an acceptance back."""
    require(visit.person, "accept", visit.place.id)
    return _gone(visit, withdraw(visit, t.acceptance, name))


def _gone(visit: Visit, clause: str | None) -> Response:
    if clause is None:
        raise HTTPException(404)
    return RedirectResponse(visit.link(f"/standards/{clause}", said="withdrawn"), status_code=303)
