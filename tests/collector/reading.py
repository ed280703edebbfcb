"""A signed-in browser without a browser: a client of the pages of a seeded collector."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from collector.serving import create_app
from collector.settings import Settings
from collector.store import Store
from tests.collector import seed
from tests.collector.listening import listening

TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')


@contextmanager
def reading(store: Store, folder: Path, role: str = "admin") -> Iterator[httpx.Client]:
    """A client signed in as the seeded person of a role."""
    app = create_app(Settings(tenant=seed.TENANT, data_dir=folder), store, clock=lambda: seed.NOW)
    with listening(app) as client:
        sign_in(client, role)
        yield client


def sign_in(client: httpx.Client, role: str) -> None:
    """Begin a session as the seeded person of a role."""
    client.cookies.clear()
    answer = client.post("/sign-in", data={"email": seed.ADDRESSES[role], "password": seed.PASSWORD})
    assert answer.status_code == 303, answer.text


def say(client: httpx.Client, page: str, path: str, **typed: str) -> httpx.Response:
    """Post a form with the token that the page gave."""
    found = TOKEN.search(client.get(page).text)
    assert found, f"{page} has no form"
    return client.post(path, data={"csrf": found[1], **typed})
