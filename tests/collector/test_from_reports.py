"""From sealed reports through the front door to the page, the export and the review: the rows are the intake's own."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from collector.exports import export
from collector.review import review
from collector.serving import create_app
from collector.settings import Settings
from collector.store import Store
from probes.vocabulary import BlindSpot, FilterCheck, LineMeasure
from tests.collector import seed
from tests.collector.listening import listening
from tests.collector.nights import TENANT, School, at, changed, finding, link, night, small_school
from tests.collector.reading import sign_in

NOW = datetime(2026, 9, 11, 7, 0)
SPOT = BlindSpot(
    kind="vlan", subject="60", sentence="VLAN 60 was never reached.", closes_with="Add its addresses to the scopes."
)


CHECK: dict[str, Any] = {
    "vantage": "staff",
    "resolver": "10.20.0.10",
    "category": "SafeSearch",
    "expected": "safe-search",
}


@pytest.fixture
def told(school: School) -> School:
    """Four nights: a printer moves on the third and is believed on the fourth; telnet opens on the second."""
    things = small_school()
    moved = changed(things, "printer", connected_to=things["printer"].connected_to.model_copy(update={"port": "9"}))  # type: ignore[union-attr]
    for number, found in enumerate((things, things, moved, moved), 1):
        on = night(number)
        telnet = finding(
            "hardening.telnet",
            things["printer"].id,
            "not-met-now",
            sentence="prn-office answers telnet.",
            label="prn-office",
        )
        findings = [finding("broadband.full-fibre", "site", "met", sentence="The main connection is a leased line.")]
        line = LineMeasure(
            at=at(on), endpoint="trust", route="main", down_mbps=910, up_mbps=900, latency_ms=7, nic_mbps=1000
        )
        check = FilterCheck(at=at(on), name="www.google.com", verdict="unsafe", **CHECK)
        cable = link(things["core"], "24", things["hall"], "1")
        school.night(
            number, found.values(), links=(cable,), line=(line,), filtering=(check,),
            blind_spots=(SPOT,), findings=tuple(findings + ([telnet] if number > 1 else [])), private_devices=12,
        )  # fmt: skip
    school.apply()
    seed.add_people(school.store)
    return school


@pytest.fixture
def client(told: School, tmp_path: Path) -> Iterator[httpx.Client]:
    app = create_app(Settings(tenant=TENANT, data_dir=tmp_path), told.store, clock=lambda: NOW)
    with listening(app) as opened:
        sign_in(opened, "admin")
        yield opened


def test_what_the_nights_saw_is_on_every_page(client: httpx.Client) -> None:
    morning = client.get("/?days=7").text
    assert "prn-office answers telnet." in morning
    assert "VLAN 60 was never reached." in morning
    assert "prn-office" in morning.split("What changed")[1]
    assert "12 personal devices, counted only" in morning
    register = client.get("/register?q=prn-office").text
    assert "sw-core</a> port 9" in " ".join(register.split())
    assert "sw-hall" in client.get("/topology").text
    assert "910 Mbps down" in client.get("/broadband").text
    assert "Unsafe" in client.get("/broadband").text
    assert "The main connection is a leased line." in client.get("/standards/broadband.full-fibre").text


def test_an_asset_of_the_intake_says_why(client: httpx.Client) -> None:
    page = client.get("/register?q=10.20.0.77").text
    entry = page.split('<th role="rowheader"')[1].split('href="')[1].split('"')[0]
    asset = client.get(entry).text
    assert "snmp.entity of 10.20.0.2" in asset
    assert "prn-office answers telnet." in asset
    assert "VNB3R12345" in asset
    assert "port 9" in asset.split("What became of it")[1]


def test_every_kind_of_verdict_of_the_intake_is_read_without_a_fault(client: httpx.Client) -> None:
    for path in (
        "/",
        "/standards?show=all",
        "/standards/hardening.telnet",
        "/agents",
        "/sites",
        "/review",
        "/topology",
        "/people",
    ):
        assert client.get(path).status_code == 200, path


def test_the_export_and_the_review_hold_what_the_nights_saw(told: School, tmp_path: Path) -> None:
    export(told.store, "csv", tmp_path / "r.csv", None, TENANT, NOW)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text("utf-8-sig"))))
    assert len(rows) == len(small_school())
    printer = next(row for row in rows if row["Serial number"] == "VNB3R12345")
    assert (printer["Connected to"], printer["Port"]) == ("sw-core", "9")
    made = review(told.store, 2026, tmp_path / "r.pdf", tmp_path / "r.xlsx", tenant=TENANT, now=NOW)
    assert made.nights.run == 4
    assert ("VLAN 60 was never reached.", "Add its addresses to the scopes.") in made.blind
    assert [gap.sentence for gap in made.gaps] == ["prn-office answers telnet."]
    assert sum(month.reports for month in made.months) == 4
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


def test_a_store_that_never_heard_a_night_still_exports(sqlite_store: Store, tmp_path: Path) -> None:
    school = School(sqlite_store)
    school.agent("staff")
    export(sqlite_store, "json", tmp_path / "r.json", None, TENANT, NOW)
    assert review(sqlite_store, 2026, tmp_path / "r.pdf", None, tenant=TENANT, now=NOW).nights.run == 0
