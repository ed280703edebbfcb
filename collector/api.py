"""What a request may know of the collector: its store, its settings, the time, and who is asking."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from collector.people import Action, Person, Sessions
from collector.settings import Settings
from collector.store import Store


class SignInNeeded(Exception):
    """A page was asked for by nobody: the browser is sent to sign in."""


def now_utc() -> datetime:
    """The collector's clock: UTC, kept without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def store_of(request: Request) -> Store:
    return request.app.state.store  # type: ignore[no-any-return]


def settings_of(request: Request) -> Settings:
    return request.app.state.settings  # type: ignore[no-any-return]


def sessions_of(request: Request) -> Sessions:
    return request.app.state.sessions  # type: ignore[no-any-return]


def clock_of(request: Request) -> datetime:
    return request.app.state.clock()  # type: ignore[no-any-return]


def person_of(request: Request) -> Person:
    """The person whose session cookie came with the request; sends everyone else to sign in."""
    cookie = request.cookies.get(Sessions.COOKIE, "")
    with store_of(request).reading() as connection:
        person = sessions_of(request).read(connection, cookie) if cookie else None
    if person is None:
        raise SignInNeeded
    return person


def form_token_of(request: Request) -> str:
    """The CSRF token to put in every form of this session."""
    return sessions_of(request).form_token(request.cookies.get(Sessions.COOKIE, ""))


def check_form(request: Request, token: str) -> None:
    """Refuse a form that does not carry this session's CSRF token."""
    if not sessions_of(request).check_form(request.cookies.get(Sessions.COOKIE, ""), token):
        raise HTTPException(403, "This form is too old. Go back, reload the page and try again.")


def require(person: Person, action: Action, site: str | None = None) -> None:
    """Answer 404 where a person may not look, as if nothing were there, and 403 for what their role may not do."""
    if site is not None and not person.sees(site):
        raise HTTPException(404)
    if not person.may(action):
        raise HTTPException(403, "Your role may not do this. Ask an administrator.")


StoreOf = Annotated[Store, Depends(store_of)]
SettingsOf = Annotated[Settings, Depends(settings_of)]
Now = Annotated[datetime, Depends(clock_of)]
SignedIn = Annotated[Person, Depends(person_of)]
FormToken = Annotated[str, Depends(form_token_of)]
