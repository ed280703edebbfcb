"""Where we stand: each area of the standards, and each clause with its evidence, its history and people's words."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from collector.drawing import bar
from collector.pages.page import PageRoute, Visit, Visiting
from collector.read.entries import entry_ids
from collector.read.findings import clause_history
from collector.read.places import DARK_AFTER, last_nights
from collector.read.said import Acceptance, attestations
from collector.read.standing import Area, Standing, areas, standing
from collector.words import VERDICTS, area_name

router = APIRouter(route_class=PageRoute)
COLUMNS = ("met", "attested", "not-met-now", "not-met-at-replacement", "needs-a-person", "attestation-expired",
           "not-assessed", "not-applicable")  # fmt: skip
KEY = (("met", "Met or attested"), ("bad", "Not met now, or attestation expired"), ("later", "Due at replacement"),
       ("person", "Needs a person"), ("unknown", "Not assessed"), ("na", "Not applicable"))  # fmt: skip
UNMET = ("not-met-now", "attestation-expired", "not-met-at-replacement")
STATES = (("unmet", "Everything not met"), ("all", "Every state"), *VERDICTS.items())
OF_KEY = {
    "met": ("met", "attested"),
    "bad": ("not-met-now", "attestation-expired"),
    "later": ("not-met-at-replacement",),
    "person": ("needs-a-person",),
    "unknown": ("not-assessed",),
    "na": ("not-applicable",),
}


@router.get("/standards", response_class=HTMLResponse)
def show_standards(visit: Visiting, area: str = "", show: str = "", how: str = "", q: str = "") -> HTMLResponse:
    """Every area with its counts, and the clauses asked for."""
    every = standing(visit.conn, visit.tenant, visit.place, visit.today)
    state = show or ("all" if area or how or q else "unmet")
    kept = [one for one in every if _wanted(one, area, state, how, q)]
    whole = areas(every)
    return visit.show(
        "standards.html", here="/standards", areas=whole, shown=areas(kept), columns=COLUMNS, key=KEY,
        bars={one.id: area_bar(one) for one in whole}, area_options=[(one.id, area_name(one.id)) for one in whole],
        state_options=STATES, chosen_area=area, chosen_state=state, chosen_how=how, chosen_words=q[:100],
        total=len(every), narrowed=bool(area or show or how or q), stale=_stale(visit),
    )  # fmt: skip


def _wanted(one: Standing, area: str, state: str, how: str, words: str) -> bool:
    text = f"{one.clause.id} {one.clause.requirement} {one.sentence}".lower()
    given = (not area or one.clause.area == area) and _in_state(one.verdict, state)
    return given and (not how or one.clause.verifiable == how) and all(word in text for word in words.lower().split())


def _in_state(verdict: str, state: str) -> bool:
    return state == "all" or (verdict in UNMET if state == "unmet" else verdict == state)


def area_bar(area: Area) -> Any:
    """An area's states as a bar."""
    return bar([(kind, sum(area.counts.get(verdict, 0) for verdict in of)) for kind, of in OF_KEY.items()])


def _stale(visit: Visit) -> date | None:
    """The last night, when it is too old for what is shown to be called now."""
    nights = last_nights(visit.conn, visit.tenant, visit.place.id)
    newest = nights[0].night if nights else None
    return newest if newest and visit.today - newest > DARK_AFTER else None


@router.get("/standards/{clause}", response_class=HTMLResponse)
def show_clause(visit: Visiting, clause: str) -> HTMLResponse:
    """One clause at this school."""
    return clause_page(visit, clause)


def clause_page(
    visit: Visit, clause: str, problem: str = "", filled: dict[str, str] | None = None, status: int = 200
) -> HTMLResponse:
    """The page of one clause, with what was typed when something about it was wrong."""
    every = standing(visit.conn, visit.tenant, visit.place, visit.today)
    one = next((found for found in every if found.clause.id == clause), None)
    if one is None:
        raise HTTPException(404)
    days = one.clause.attesting.valid_days if one.clause.attesting else 365
    page = visit.show(
        "clause.html", here="/standards", trail=(("/standards", "Where we stand"),), one=one, problem=problem,
        history=clause_history(visit.conn, visit.tenant, visit.place.id, clause), held_by_key=_by_key(one.accepted),
        attested=attestations(visit.conn, visit.tenant, visit.place.id, clause), filled=filled or {},
        known=entry_ids(visit.conn, visit.tenant, visit.place.id), may_attest=visit.person.may("attest"),
        may_accept=visit.person.may("accept"), until=visit.today + timedelta(days=days),
        latest=visit.today + timedelta(days=366),
    )  # fmt: skip
    page.status_code = status
    return page


def _by_key(held: Sequence[Acceptance]) -> dict[str, list[Acceptance]]:
    found: dict[str, list[Acceptance]] = {}
    for one in held:
        found.setdefault(one.key, []).append(one)
    return found
