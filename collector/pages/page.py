"""What every page shares: who asks, about which site, the templates, and the headers that keep a browser safe."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection

from collector import words
from collector.api import FormToken, Now, SignedIn, StoreOf, check_form
from collector.headers import HEADERS
from collector.people import Person
from collector.read.places import Place, places
from collector.store import Store

HERE = Path(__file__).parent
MENU = (
    ("/", "This morning"),
    ("/standards", "Where we stand"),
    ("/register", "Register"),
    ("/topology", "Network map"),
    ("/broadband", "Broadband"),
    ("/review", "Annual review"),
    ("/agents", "Agents"),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page: the person, what they may see, the time, and one steady view of the database."""

    request: Request
    person: Person
    token: str
    now: datetime
    store: Store
    conn: Connection
    sites: Sequence[Place]

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def tenant(self) -> str:
        return self.person.tenant

    @property
    def chosen(self) -> Place | None:
        """The site asked for, or the only one there is."""
        wanted = self.request.query_params.get("site")
        if wanted is None:
            return self.sites[0] if len(self.sites) == 1 else None
        return next((place for place in self.sites if place.id == wanted), None)

    @property
    def place(self) -> Place:
        """The site this page is about; sends the person to choose when there are several, 404 for any other."""
        found = self.chosen
        if found is None and (self.request.query_params.get("site") is not None or not self.sites):
            raise HTTPException(404)
        if found is None:
            raise HTTPException(303, headers={"Location": "/sites"})
        return found

    def link(self, path: str, /, **query: object) -> str:
        """A path within this site, with a query; empty values are left out."""
        chosen = self.chosen
        if chosen is not None and len(self.sites) > 1:
            query = {"site": chosen.id, **query}
        kept = {name: value for name, value in query.items() if value not in (None, "")}
        return f"{path}?{urlencode(kept)}" if kept else path

    def show(self, template: str, here: str = "", trail: Sequence[tuple[str, str]] = (), **facts: Any) -> HTMLResponse:
        """A page of this site as HTML."""
        pages = MENU if self.chosen is not None else (("/sites", "All schools"), ("/agents", "Agents"))
        menu = (*pages, ("/people", "People")) if self.person.may("people") else pages
        said = SAID.get(self.request.query_params.get("said", ""), "")
        known = {"person": self.person, "csrf": self.token, "sites": self.sites, "site": self.chosen, "menu": menu}
        shared = {**known, "link": self.link, "now": self.now, "today": self.today, "said": said, "problem": ""}
        return HTMLResponse(render(template, here=here, trail=trail, **{**shared, **facts}), headers=dict(HEADERS))


SAID = {
    "saved": "Saved.",
    "attested": "The attestation is recorded.",
    "accepted": "The acceptance is recorded.",
    "withdrawn": "Withdrawn.",
    "added": "The person is added. Give them the link below; it works once.",
    "out": "You are signed out.",
}


def visit_of(request: Request, person: SignedIn, token: FormToken, now: Now, store: StoreOf) -> Iterator[Visit]:
    """One visit, with its connection open until the page is made."""
    with store.reading() as conn:
        yield Visit(request, person, token, now, store, conn, places(conn, person.tenant, person.sites))


Visiting = Annotated[Visit, Depends(visit_of)]


async def form_of(request: Request) -> dict[str, str]:
    """The words of a form of this session, at most 100 fields; files are left out. 403 without this session's token."""
    async with request.form(max_files=0, max_fields=100) as form:
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
    check_form(request, typed.pop("csrf", ""))
    return typed


Typed = Annotated[dict[str, str], Depends(form_of)]


class PageRoute(APIRoute):
    """A route whose refusals are pages too. A missing thing and a forbidden one give the same bytes."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except HTTPException as error:
                if error.status_code == 303:
                    return Response(status_code=303, headers=error.headers)
                return refuse(error.status_code, str(error.detail))

        return answer


def refuse(status: int, detail: str = "") -> HTMLResponse:
    """A page that says what went wrong and what to do."""
    title = {404: "There is no such page", 403: "Not allowed", 400: "Something is missing"}.get(
        status, "Something went wrong"
    )
    sentence = "There is nothing here that you may see." if status == 404 else detail
    page = render("refused.html", title=title, sentence=sentence, **_NOBODY)
    return HTMLResponse(page, status, headers=dict(HEADERS))


_NOBODY: Mapping[str, Any] = {
    "person": None, "site": None, "sites": (), "said": "", "problem": "", "trail": (), "here": "",
    "now": None, "csrf": "", "menu": (),
}  # fmt: skip


def show_outside(template: str, now: datetime, status: int = 200, **facts: Any) -> HTMLResponse:
    """A page for someone who has not signed in."""
    return HTMLResponse(render(template, **{**_NOBODY, "now": now, **facts}), status, headers=dict(HEADERS))


def render(template: str, **facts: Any) -> str:
    """A template filled in; everything from a device or person is escaped."""
    return _templates().get_template(template).render(**facts)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "day": words.day,
        "short_day": words.short_day,
        "moment": words.moment,
        "clock": words.clock,
        "rate": words.rate,
        "number": words.number,
        "listed": words.listed,
        "area_name": words.area_name,
        "verdict_words": lambda kind: words.VERDICTS.get(kind, kind),
        "verdict_class": lambda kind: words.VERDICT_CLASSES.get(kind, "unknown"),
        "due_rows": lambda rows: [(one.when, one.count, one.kinds, one.names, one.why) for one in rows],
        "filled_rows": lambda rows: [(one.what, f"{one.have} of {one.of}", f"{one.percent}%") for one in rows],
        "age_rows": lambda rows: [(name, words.day(on) or "Never") for name, on in rows],
        "zip_self": lambda things: [(thing, thing) for thing in things],
        "kind_words": words.kind_words,
    }
    made.globals |= {"ago": words.ago, "css_version": _css_version(), "WORDS": words}
    return made


def _css_version() -> str:
    return hashlib.sha256((HERE / "static" / "caretaker.css").read_bytes()).hexdigest()[:10]
