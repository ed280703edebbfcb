"""Debian's chromium on a new empty profile, and a seeded collector on loopback for it to read."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from collector.serving import create_app
from collector.settings import Settings
from collector.store import Store
from tests.collector import seed
from tests.collector.hostile import hostile_devices, plant_words
from tests.collector.listening import listening
from tests.collector.test_plausible import plant
from tests.conftest import without

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--disable-quic"]  # fmt: skip
WIDTHS = {1280: 900, 360: 740}


@dataclass
class Reader:
    """A signed-in page, and everything that went wrong on it."""

    page: Page
    url: str
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str, width: int = 1280) -> Page:
        """Go to a path at a width, forgetting what went wrong before."""
        self.wrong.clear()
        self.page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        self.page.goto(self.url + path)
        return self.page

    def keep(self, name: str) -> None:
        """A picture for a person to look at, when they asked for pictures."""
        folder = os.environ.get("CARETAKER_SCREENSHOTS")
        if folder:
            plain = re.sub(r"[^a-z0-9-]+", "_", name.lower()).strip("_") or "morning"
            self.page.screenshot(
                path=Path(folder, f"{plain}-{(self.page.viewport_size or {})['width']}.png"), full_page=True
            )


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    if not CHROMIUM.exists():
        without("chromium is not installed: apt install chromium.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@contextmanager
def read_by(browser: Browser, store: Store, folder: Path) -> Iterator[Reader]:
    """A signed-in reader of a store, in a profile of its own."""
    app = create_app(Settings(tenant=seed.TENANT, data_dir=folder), store, clock=lambda: seed.NOW)
    with listening(app) as client:
        context = browser.new_context()
        reader = Reader(context.new_page(), str(client.base_url).rstrip("/"))
        reader.page.on("console", lambda said: reader.wrong.append(said.text) if said.type == "error" else None)
        reader.page.on("pageerror", lambda error: reader.wrong.append(str(error)))
        reader.page.on("dialog", lambda dialog: (reader.wrong.append(f"dialog {dialog.message}"), dialog.dismiss())[1])
        reader.page.on(
            "request",
            lambda asked: None if asked.url.startswith(reader.url) else reader.wrong.append(f"asked for {asked.url}"),
        )
        reader.open("/sign-in")
        reader.page.fill("input[name=email]", seed.ADDRESSES["admin"])
        reader.page.fill("input[name=password]", seed.PASSWORD)
        reader.page.click("main button[type=submit]")
        yield reader
        context.close()


@pytest.fixture(scope="package")
def trust(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Two schools: one with 60 nights up to yesterday, and one that has been dark for nine days."""
    folder = tmp_path_factory.mktemp("trust")
    store = Store(str(folder / "c.db"))
    seed.seed(store, 60)
    seed.seed_second_site(store, date_before(9))
    for name in ("plausible one", "plausible two"):
        plant(store, name)
    with read_by(browser, store, folder) as reader:
        yield reader
    store.close()


@pytest.fixture(scope="package")
def hostile(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A register made only of payloads, in every field that holds words."""
    folder = tmp_path_factory.mktemp("hostile")
    store = Store(str(folder / "c.db"))
    seed.seed(store, 3, hostile_devices())
    plant_words(store)
    with read_by(browser, store, folder) as reader:
        yield reader
    store.close()


def date_before(days: int) -> date:
    """A night so many days before the seed's last."""
    return seed.LAST - timedelta(days=days)
