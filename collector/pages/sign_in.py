"""Signing in and out, the first password behind a one-time link, and the style sheet."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from collector.api import Now, SettingsOf, StoreOf, clock_of, sessions_of
from collector.audit import write_audit
from collector.pages.page import HERE, PageRoute, Typed, show_outside
from collector.people import SESSION_SECONDS, SHORTEST_PASSWORD, Person, Sessions, check_password, use_link
from collector.settings import Settings
from collector.store import Store
from collector.throttle import TOO_MANY, begin_try, end_try
from probes.errors import BadInput

router = APIRouter(route_class=PageRoute)
STATIC = {"caretaker.css": "text/css", "caretaker.svg": "image/svg+xml"}


@router.get("/static/{name}")
def send_static(name: str) -> Response:
    """One of our own few files."""
    if name not in STATIC:
        raise HTTPException(404)
    kept = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return FileResponse(Path(HERE, "static", name), media_type=STATIC[name], headers=kept)


@router.get("/sign-in", response_class=HTMLResponse)
def show_sign_in(now: Now, settings: SettingsOf, then: str = "/", said: str = "") -> HTMLResponse:
    """The sign-in page."""
    words = "You are signed out." if said == "out" else ""
    return show_outside("sign_in.html", now, then=local_path(then), email="", providers=settings.sign_in, said=words)


@router.post("/sign-in")
def sign_in(
    request: Request,
    store: StoreOf,
    settings: SettingsOf,
    now: Now,
    email: Annotated[str, Form(max_length=254)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
    then: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Begin a session, or say what is wrong without saying which half of it."""
    shown = {"then": local_path(then), "email": email, "providers": settings.sign_in}
    client = request.client.host if request.client else ""
    if not begin_try(store, settings.tenant, email, client, now):
        return show_outside("sign_in.html", now, 429, **shown, problem=TOO_MANY)
    person = check_password(store, settings.tenant, email, password)
    end_try(store, settings.tenant, email, client, now, right=person is not None)
    if person is None:
        return show_outside(
            "sign_in.html", now, 401, **shown, problem="The e-mail address or the password is not right."
        )
    return begin_session(request, store, settings, person, local_path(then))


def begin_session(request: Request, store: Store, settings: Settings, person: Person, then: str) -> Response:
    """Send the person on with a session cookie that only our own pages get."""
    with store.writing() as conn:
        cookie = sessions_of(request).begin(conn, person)
        origin = request.client.host if request.client else ""
        write_audit(conn, person.tenant, clock_of(request), who=person.email, what="signed in", origin=origin)
    answer = RedirectResponse(then, status_code=303)
    answer.set_cookie(
        Sessions.COOKIE, cookie, max_age=SESSION_SECONDS, httponly=True, samesite="lax", secure=settings.secure
    )
    return answer


@router.post("/sign-out")
def sign_out(_: Typed) -> Response:
    """End the session in this browser."""
    answer = RedirectResponse("/sign-in?said=out", status_code=303)
    answer.delete_cookie(Sessions.COOKIE)
    return answer


@router.get("/welcome/{token}", response_class=HTMLResponse)
def show_welcome(token: str, now: Now) -> HTMLResponse:
    """Where a one-time link leads: choosing a password."""
    return show_outside("welcome.html", now, token=token, shortest=SHORTEST_PASSWORD)


@router.post("/welcome/{token}")
def welcome(
    request: Request,
    token: str,
    store: StoreOf,
    settings: SettingsOf,
    now: Now,
    password: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    """Set the password and sign in; the link ends with that."""
    try:
        person = use_link(store, token, password, now)
    except BadInput as error:
        return show_outside("welcome.html", now, 400, token=token, shortest=SHORTEST_PASSWORD, problem=str(error))
    return begin_session(request, store, settings, person, "/")


def local_path(then: str) -> str:
    """A path of ours to go on to; anything that could lead to another site becomes the first page."""
    return then if then.startswith("/") and not then.startswith(("//", "/\\")) and then.isprintable() else "/"
