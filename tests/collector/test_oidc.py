"""Signing in through an OpenID provider: only someone it vouches for, and whom we know, gets a session."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from collector.oidc import vouched_email
from collector.people import Sessions, add_person
from collector.serving import create_app
from collector.settings import Settings, SignInWith
from collector.sites import prepare
from collector.store import Store
from tests.collector.listening import listening
from tests.collector.nights import NOW
from tests.collector.provider import CLIENT, SECRET, providing

TESS = "tess@ashfield.example"


def settings_for(folder: Path, issuer: str, kind: str = "entra") -> Settings:
    (folder / "secret").write_text(SECRET)
    provider = {"kind": kind, "issuer": issuer, "client_id": CLIENT, "client_secret_file": folder / "secret"}
    return Settings.model_validate({"data_dir": folder, "sign_in": [provider | {"domains": ["ashfield.example"]}]})


def walk(client: httpx.Client) -> httpx.Response:
    """What a browser does: to the provider, and back with the code."""
    there = client.get("/sign-in/0")
    assert there.status_code == 302
    back = httpx.get(there.headers["Location"], trust_env=False)
    address = urlsplit(back.headers["Location"])
    return client.get(f"{address.path}?{address.query}")


@pytest.mark.parametrize(
    ("kind", "claims", "let_in"),
    [
        ("entra", {"preferred_username": TESS}, True),
        ("entra", {"preferred_username": "stranger@ashfield.example"}, False),
        ("entra", {"email": TESS, "preferred_username": "guest@evil.example"}, False),
        ("google", {"email": TESS, "email_verified": True, "hd": "ashfield.example"}, True),
        ("google", {"email": TESS, "email_verified": False, "hd": "ashfield.example"}, False),
    ],
)
def test_only_a_vouched_person_whom_we_know_gets_a_session(
    sqlite_store: Store, tmp_path: Path, kind: str, claims: dict[str, Any], let_in: bool
) -> None:
    with providing(claims) as provider:
        settings = settings_for(tmp_path, provider.issuer, kind)
        prepare(sqlite_store, settings, NOW)
        add_person(sqlite_store, settings.tenant, TESS, name="Tess", role="technician", now=NOW)
        with listening(create_app(settings, sqlite_store)) as client:
            answer = walk(client)
    assert (answer.status_code, Sessions.COOKIE in answer.cookies) == ((303, True) if let_in else (401, False))


@pytest.mark.parametrize(
    "spoil", [{"iss": "https://elsewhere.example"}, {"aud": "another"}, {"exp": 1}, {"nonce": "x"}]
)
def test_a_token_of_another_issuer_audience_time_or_request_is_refused(
    sqlite_store: Store, tmp_path: Path, spoil: dict[str, Any]
) -> None:
    with providing({"preferred_username": TESS} | spoil) as provider:
        settings = settings_for(tmp_path, provider.issuer)
        prepare(sqlite_store, settings, NOW)
        add_person(sqlite_store, settings.tenant, TESS, name="Tess", role="technician", now=NOW)
        with listening(create_app(settings, sqlite_store)) as client:
            assert walk(client).status_code == 401


def test_an_answer_that_nobody_asked_for_is_refused(sqlite_store: Store, tmp_path: Path) -> None:
    with providing({"preferred_username": TESS}) as provider:
        settings = settings_for(tmp_path, provider.issuer)
        with listening(create_app(settings, sqlite_store)) as client:
            assert client.get("/sign-in/0/back?code=1&state=2").status_code == 401
            assert client.get("/sign-in/7").status_code == 404


def test_a_google_account_outside_the_school_is_not_vouched_for(tmp_path: Path) -> None:
    google = SignInWith.model_validate(
        {"kind": "google", "issuer": "https://accounts.google.com", "client_id": "x", "client_secret_file": tmp_path,
         "domains": ("ashfield.example",)}
    )  # fmt: skip
    assert vouched_email(google, {"email": TESS, "email_verified": True}) == ""
    assert vouched_email(google, {"email": "a@b.example", "email_verified": True, "hd": "ashfield.example"}) == ""
