"""Every route, whichever it is: its headers, who is let in, and that another school's things are as if not there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from collector import tables as t
from collector.serving import create_app
from collector.settings import Settings
from collector.store import Store
from tests.collector import seed
from tests.collector.listening import listening
from tests.collector.reading import sign_in

# Whoever asks gets these: signing in itself, our style sheet, and what an agent asks with its own token.
OUTSIDE = {
    ("GET", "/sign-in"), ("POST", "/sign-in"), ("GET", "/welcome/{token}"), ("POST", "/welcome/{token}"),
    ("GET", "/static/{name}"), ("GET", "/api/v1/health"),
}  # fmt: skip
BY_TOKEN = {("POST", "/api/v1/reports"), ("GET", "/api/v1/agents/self")}
# Refused without this session's form token, which only a signed-in person has.
BY_FORM = {("POST", "/sign-out")}
# These take a site's id or a thing's from the address; the rest show what the person sees, whatever is asked.
FILL = {
    "entry": "CT-000003", "clause": "cyber.fw.firmware", "token": "x" * 43, "name": "caretaker.css", "format": "csv",
    "person": "nobody", "number": "0",
}  # fmt: skip
STRICT = {
    "content-security-policy": re.compile(r"^default-src 'none'(?!.*unsafe).*frame-ancestors 'none'"),
    "x-content-type-options": re.compile("^nosniff$"),
    "x-frame-options": re.compile("^DENY$"),
    "referrer-policy": re.compile("^same-origin$"),
    "strict-transport-security": re.compile(r"^max-age=\d{8}$"),
    "cache-control": re.compile("no-store|public, max-age"),
}


def routes_of(router: Any) -> Iterator[tuple[str, str]]:
    """Method and path of every route below an application or router."""
    for route in router.routes:
        inner = getattr(route, "original_router", None) or getattr(route, "app", None)
        if isinstance(route, APIRoute):
            yield from ((method, route.path) for method in sorted(route.methods or ()))
        elif isinstance(inner, APIRouter):
            yield from routes_of(inner)
        else:
            raise AssertionError(f"{route!r} is of no known kind")


def filled(path: str) -> str:
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: FILL[found[1]], path)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, list[tuple[str, str]]]]:
    """Two schools, of which everybody sees one, behind https; and every route."""
    folder = tmp_path_factory.mktemp("routes")
    store = Store(str(folder / "c.db"))
    seed.seed(store, 5)
    seed.seed_second_site(store, seed.LAST)
    with store.writing() as conn:
        conn.execute(t.person.update().values(sites=["ashfield"]))
    settings = Settings(tenant=seed.TENANT, data_dir=folder, public_url="https://caretaker.example")
    app = create_app(settings, store, clock=lambda: seed.NOW)
    with listening(app) as client:
        yield client, sorted(set(routes_of(app)))
    store.close()


def signed_in(client: httpx.Client) -> dict[str, str]:
    """The session's cookie, which is only for https, by hand."""
    sign_in(client, "admin")
    cookie = client.cookies.jar
    return {"Cookie": "; ".join(f"{one.name}={one.value}" for one in cookie)}


def test_every_route_is_known_here(both: tuple[httpx.Client, list[tuple[str, str]]]) -> None:
    _, routes = both
    assert len(routes) > 25
    assert set(routes) >= OUTSIDE | BY_TOKEN | BY_FORM
    assert not [path for _, path in routes if "openapi" in path or "docs" in path]


def test_every_answer_of_every_route_carries_strict_headers(both: tuple[httpx.Client, list[tuple[str, str]]]) -> None:
    client, routes = both
    known = signed_in(client)
    client.cookies.clear()
    for method, path in [*routes, ("GET", "/no/such/page"), ("GET", "/api/v1/nothing"), ("PUT", "/register")]:
        for headers in ({}, known):
            answer = client.request(method, filled(path), headers=headers)
            assert answer.status_code < 500, (method, path)
            for name, pattern in STRICT.items():
                assert pattern.search(answer.headers.get(name, "")), (method, path, name, answer.status_code)


def test_every_route_asks_who_it_is_except_those_listed(both: tuple[httpx.Client, list[tuple[str, str]]]) -> None:
    client, routes = both
    client.cookies.clear()
    for method, path in routes:
        answer = client.request(method, filled(path))
        if (method, path) in OUTSIDE:
            assert answer.status_code in (200, 400, 401), (method, path)
        elif (method, path) in BY_TOKEN:
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), (method, path)
        elif (method, path) in BY_FORM:
            assert answer.status_code == 403, (method, path)
        elif method == "GET":
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/sign-in?then=/"), (method, path)
        else:
            assert answer.status_code == 401, (method, path)


def test_another_schools_anything_is_byte_for_byte_what_is_missing(
    both: tuple[httpx.Client, list[tuple[str, str]]],
) -> None:
    client, routes = both
    known = signed_in(client)
    asked = [path for method, path in routes if method == "GET" and (method, path) not in OUTSIDE | BY_TOKEN]
    missing = client.get("/no/such/page", headers=known)
    compared = 0
    for path in asked:
        pairs = [(f"{filled(path)}?site=beech", f"{filled(path)}?site=nowhere")]
        if "{entry}" in path:
            pairs += [(path.replace("{entry}", "CT-000501"), path.replace("{entry}", "CT-999999"))]
        for theirs, nothing in pairs:
            one, two = client.get(theirs, headers=known), client.get(nothing, headers=known)
            assert one.status_code == two.status_code, theirs
            assert _without_cause(one, "beech") == _without_cause(two, "nowhere"), theirs
            assert b"Beech" not in one.content, theirs
            if one.status_code == 404:
                assert one.content == missing.content, theirs
                compared += 1
    assert compared >= 8


def _without_cause(answer: httpx.Response, word: str) -> tuple[str, dict[str, str]]:
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "content-length")}
    return answer.text.replace(word, "WORD"), headers


@pytest.mark.parametrize("path", ["/no/such/page", "/register/CT-000003/more", "/favicon.ico", "/openapi.json"])
def test_an_address_of_nothing_gives_a_page_of_the_site_to_anyone(
    both: tuple[httpx.Client, list[tuple[str, str]]], path: str
) -> None:
    client, _ = both
    known = signed_in(client)
    client.cookies.clear()
    without, within = client.get(path), client.get(path, headers=known)
    assert (without.status_code, within.status_code) == (404, 404)
    assert without.content == within.content
    assert without.headers["content-type"].startswith("text/html")
    assert "<h1>There is no such page</h1>" in without.text


def test_under_api_an_address_of_nothing_gives_json(both: tuple[httpx.Client, list[tuple[str, str]]]) -> None:
    answer = both[0].get("/api/v1/nothing")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_an_address_that_cannot_be_read_gives_a_page_too(both: tuple[httpx.Client, list[tuple[str, str]]]) -> None:
    client, _ = both
    answer = client.get("/?days=soon", headers=signed_in(client))
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
    assert "cannot be read" in answer.text


def test_without_https_browsers_are_not_told_to_insist_on_it(sqlite_store: Store, tmp_path: Path) -> None:
    with listening(create_app(Settings(tenant="school", data_dir=tmp_path), sqlite_store)) as client:
        assert "strict-transport-security" not in client.get("/sign-in").headers
