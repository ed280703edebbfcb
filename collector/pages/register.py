"""The register: one box that finds a device by anything a person knows of it, and says which port it is on."""

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from collector.pages.page import PageRoute, Visit, Visiting
from collector.read.entries import Found, Query, lines, search
from collector.words import KINDS, STATES

router = APIRouter(route_class=PageRoute)
BOOKS = (
    ("registered", "Registered"),
    ("unregistered", "Seen, never registered"),
    ("unseen", "Registered, not seen now"),
)
SORTS = (("kind", "Kind"), ("name", "Name"), ("address", "Address"), ("port", "Switch port"), ("place", "Place"),
         ("model", "Model"), ("-seen", "Last seen"), ("number", "Register number"))  # fmt: skip
HEADS = (("name", "Name"), ("kind", "Kind"), ("model", "Make and model"), ("address", "Address"),
         ("port", "Plugged into"), ("place", "Where"), ("seen", "Last seen"))  # fmt: skip


@router.get("/register", response_class=HTMLResponse)
def show_register(
    visit: Visiting, q: str = "", kind: str = "", state: str = "", book: str = "", sort: str = "kind", page: int = 1
) -> HTMLResponse:
    """One page of the register."""
    query = Query(q.strip()[:200], kind, state, book, sort or "kind", page)
    found = search(lines(visit.conn, visit.tenant, visit.place.id), query)
    return visit.show(
        "register.html", here="/register", query=query, found=found, kinds=_kinds(found), states=STATES.items(),
        books=BOOKS, sorts=SORTS, heads=HEADS, narrowed=bool(q or kind or state or book), again=_again(visit, query),
    )  # fmt: skip


def _kinds(found: Found) -> list[tuple[str, str]]:
    return [(kind, f"{words} ({found.kinds[kind]})") for kind, words in KINDS.items() if found.kinds.get(kind)]


def _again(visit: Visit, query: Query) -> Callable[..., str]:
    """The same search with something altered; a new order starts at the first page."""
    kept = {"q": query.words, "kind": query.kind, "state": query.state, "book": query.book, "sort": query.sort}

    def again(**altered: object) -> str:
        return visit.link("/register", **{**kept, **altered})

    return again
