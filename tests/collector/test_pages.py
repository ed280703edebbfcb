"""The pages over HTTP: what they say, whom they let in, and what they keep."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from collector import tables as t
from collector.audit import check_audit
from collector.pages.sign_in import local_path
from collector.store import Store
from tests.collector import seed
from tests.collector.reading import reading, say, sign_in
from tests.timing import least

PAGES = (
    "/",
    "/?days=30",
    "/standards",
    "/standards?show=all",
    "/standards/cyber.fw.firmware",
    "/register",
    "/topology",
    "/register/CT-000003",
    "/broadband?days=365",
    "/review",
    "/review?year=2025",
    "/agents",
    "/sites",
    "/people",
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, httpx.Client]]:
    """One seeded school for the tests that only read."""
    folder = tmp_path_factory.mktemp("pages")
    store = Store(str(folder / "c.db"))
    seed.seed(store, 60)
    with reading(store, folder) as client:
        yield store, client
    store.close()


@pytest.fixture
def client(shared: tuple[Store, httpx.Client]) -> httpx.Client:
    return shared[1]


@pytest.fixture
def writing(sqlite_store: Store, tmp_path: Path) -> Iterator[httpx.Client]:
    """A school of its own for the tests that write."""
    seed.seed(sqlite_store, 5)
    with reading(sqlite_store, tmp_path) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_under_a_strict_policy_without_inline_style_or_script(
    client: httpx.Client, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_nobody_reads_a_page_without_signing_in(client: httpx.Client, path: str) -> None:
    answer = httpx.get(client.base_url.join(path), trust_env=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


def test_no_page_calls_a_school_compliant(client: httpx.Client) -> None:
    for path in PAGES:
        assert "compliant" not in client.get(path).text.lower()


def test_morning_says_what_changed_what_needs_you_and_where_we_are_blind(client: httpx.Client) -> None:
    page = client.get("/").text
    assert "fw-01 runs FortiOS 7.2.8" in page
    assert "ap-gym moved from sw-adm-01 port 9" in page
    assert "The CCTV network (VLAN 60) was never reached" in page
    assert "The attestation for filtering.annual-review ended on 29 September 2026" in page
    assert "last night" in page


def test_a_quiet_morning_says_that_nothing_needs_you(sqlite_store: Store, tmp_path: Path) -> None:
    seed.seed(sqlite_store, 5)
    with sqlite_store.writing() as conn:
        for table in (t.change, t.finding, t.attestation, t.acceptance):
            conn.execute(table.delete())
    with reading(sqlite_store, tmp_path) as client:
        assert "Nothing needs you this morning" in client.get("/").text


def test_a_dark_agent_is_said_first_and_never_quiet(sqlite_store: Store, tmp_path: Path) -> None:
    seed.seed(sqlite_store, 5, last=seed.LAST - timedelta(days=9))
    with sqlite_store.writing() as conn:
        conn.execute(t.change.delete())
        conn.execute(t.finding.delete())
    with reading(sqlite_store, tmp_path) as client:
        page = client.get("/").text
        assert "We are blind from the staff network" in page
        assert "Nothing needs you" not in page
        assert "Everything here is as old as that" in client.get("/standards").text


def test_a_school_without_a_night_says_so_on_every_page(sqlite_store: Store, tmp_path: Path) -> None:
    seed.seed(sqlite_store, 1)
    with sqlite_store.writing() as conn:
        for table in t.PROJECTION:
            conn.execute(table.delete())
    with reading(sqlite_store, tmp_path) as client:
        assert "No night has been reported yet" in client.get("/").text
        for path in PAGES:
            if "CT-" not in path:
                assert client.get(path).status_code == 200, path


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("10.20.0.4", "sw-sci-01"),
        ("SN0004SW7Q", "sw-sci-01"),
        ("ASH-0003", "sw-sci-01"),
        ("science cupboard", "sw-sci-01"),
        ("001b:0004.5a04", "sw-sci-01"),
        ("00-1B-00-04-5A-04", "sw-sci-01"),
        ("CT-000004", "sw-sci-01"),
        ("gate", "cam-gate"),
        ("sw-lib-01 phone", "phone-202"),
    ],
)
def test_one_box_finds_a_device_by_anything_known_of_it(client: httpx.Client, words: str, name: str) -> None:
    page = client.get("/register", params={"q": words}).text
    assert f">{name}</a>" in page
    assert len(re.findall(r'role="rowheader"', page)) <= 3


def test_register_counts_add_up(client: httpx.Client) -> None:
    page = client.get("/register").text
    counts = [int(n) for n in re.findall(r"<b>(\d+)</b>", page)]
    assert counts[0] == counts[1] + counts[2] == 70


def test_register_pages_reach_every_line_once(client: httpx.Client) -> None:
    found = [
        re.findall(r'scope="row"><a href="/register/(CT-\d+)', client.get(f"/register?page={n}").text) for n in (1, 2)
    ]
    assert len(found[0]) == 50
    assert len({*found[0], *found[1]}) == len(found[0]) + len(found[1]) == 70


def test_an_asset_says_why_each_cell_is_believed(client: httpx.Client) -> None:
    page = client.get("/register/CT-000003").text
    assert "snmp.entity of 10.20.0.3, from the staff network" in page
    assert "Also heard: a desktop, by mdns.service (0.4)" in page
    assert "joined: same serial number" in page
    assert "ash-pc-01" in page


def test_the_many_addresses_of_a_switch_take_one_line(sqlite_store: Store, tmp_path: Path) -> None:
    seed.seed(sqlite_store, 1)
    macs = [f"64:e8:81:cc:30:{at:02x}" for at in range(28)]
    with sqlite_store.writing() as conn:
        conn.execute(t.entry_key.delete().where(t.entry_key.c.entry == "CT-000003"))
        row = {"tenant": seed.TENANT, "entry": "CT-000003", "kind": "mac", "strong": True}
        conn.execute(t.entry_key.insert(), [{**row, "value": mac} for mac in macs])
    with reading(sqlite_store, tmp_path) as client:
        page = client.get("/register/CT-000003").text
    assert page.count("<dt>MAC address</dt>") == 1
    assert "and 24 more" in page
    assert all(mac in page for mac in macs)


def test_another_sites_asset_and_a_missing_one_give_the_same_bytes(sqlite_store: Store, tmp_path: Path) -> None:
    seed.seed(sqlite_store, 5)
    seed.seed_second_site(sqlite_store, seed.LAST)
    with sqlite_store.writing() as conn:
        conn.execute(t.person.update().values(sites=["ashfield"]))
    with reading(sqlite_store, tmp_path) as client:
        other, missing = client.get("/register/CT-000501"), client.get("/register/CT-999999")
        site, nowhere = client.get("/?site=beech"), client.get("/?site=nowhere")
        export = client.get("/export/register.csv?site=beech")
        assert "Beech" not in client.get("/sites").text
        assert "Beech" not in client.get("/agents").text
    assert other.status_code == missing.status_code == site.status_code == export.status_code == 404
    assert other.content == missing.content == site.content == nowhere.content == export.content


def test_several_schools_are_chosen_from_and_the_blind_one_stands_first(sqlite_store: Store, tmp_path: Path) -> None:
    seed.seed(sqlite_store, 5)
    seed.seed_second_site(sqlite_store, seed.LAST - timedelta(days=9))
    with reading(sqlite_store, tmp_path) as client:
        assert client.get("/").headers["location"] == "/sites"
        page = client.get("/sites").text
        assert "We are blind in 1 school" in page
        assert page.index("Beech Lane Primary School") < page.index("Ashfield School</a>")
        row = page[page.index('<a href="/?site=beech">') :].split("</tr>")[0]
        assert "Not known" in row
        assert "Met" not in re.sub(r'data-label="[^"]*"', "", row)
        assert client.get("/register?site=ashfield").status_code == 200


def test_a_technician_writes_the_register_and_a_persons_word_wins(writing: httpx.Client, sqlite_store: Store) -> None:
    sign_in(writing, "technician")
    answer = say(
        writing, "/register/CT-000002", "/register/CT-000002", room="Boiler house", model="C9300X", tag="ASH-0001"
    )
    assert answer.status_code == 303
    page = writing.get("/register/CT-000002").text
    assert "Boiler house" in page
    assert "Model differs: a person wrote “C9300X”, the device says “C9300-48UXM”" in page
    assert "C9300X" in writing.get("/register?q=boiler").text
    with sqlite_store.reading() as conn:
        assert "register written" in set(conn.scalars(select(t.audit.c.what)))
        assert not list(check_audit(conn, seed.TENANT))


def test_a_date_that_is_no_date_is_refused_with_the_field_it_was_in(writing: httpx.Client) -> None:
    answer = say(writing, "/register/CT-000002", "/register/CT-000002", warranty_end="next year")
    assert answer.status_code == 400
    assert "Warranty ends: write a date" in answer.text


def test_a_governor_reads_everything_and_writes_nothing(writing: httpx.Client) -> None:
    sign_in(writing, "governor")
    assert "Save" not in writing.get("/register/CT-000002").text
    assert say(writing, "/", "/register/CT-000002", room="x").status_code == 403
    assert say(writing, "/", "/standards/wireless.wpa3/accept", key="wireless.wpa3:site").status_code == 403
    assert writing.get("/people").status_code == 403
    assert writing.get("/export/register.csv").status_code == 200


def test_a_form_without_this_sessions_token_is_refused(writing: httpx.Client) -> None:
    assert writing.post("/register/CT-000002", data={"room": "x", "csrf": "0" * 64}).status_code == 403
    assert writing.post("/sign-out", data={}).status_code == 403


def test_an_attestation_is_shown_as_attested_and_never_as_met(writing: httpx.Client) -> None:
    clause = "/standards/governance.dr-plan"
    answer = say(
        writing, clause, f"{clause}/attest", who="Lena Marsh", role="Deputy head", document="Office, shelf 3",
        statement="The plan is kept.", on="2026-11-20", until="2027-11-20",
    )  # fmt: skip
    assert answer.status_code == 303
    page = writing.get(clause).text
    assert "Attested by Lena Marsh (Deputy head) on 20 November 2026, until 20 November 2027" in page
    assert '<span class="tag tag-met">' not in page
    assert (
        say(
            writing, clause, f"{clause}/attest", who="", role="x", document="x", on="2026-11-20", until="2027-01-01"
        ).status_code
        == 400
    )


def test_an_accepted_failing_stays_a_failing_beside_its_acceptance(writing: httpx.Client) -> None:
    clause = "/standards/cyber.fw.firmware"
    typed = {
        "key": "cyber.fw.firmware:fw-01",
        "role": "Head",
        "reason": "Waits for the holidays.",
        "until": "2026-12-20",
    }
    assert say(writing, clause, f"{clause}/accept", **typed).status_code == 303
    page = writing.get(clause).text
    assert "Accepted by the Head until 20 December 2026" in page
    assert "Not met now" in page
    assert "fw-01 runs FortiOS" not in writing.get("/").text
    assert say(writing, clause, f"{clause}/accept", **{**typed, "until": "2030-01-01"}).status_code == 400
    assert say(writing, clause, f"{clause}/accept", **{**typed, "key": "no.such:finding"}).status_code == 400


def test_an_expired_acceptance_opens_again_by_itself(writing: httpx.Client, sqlite_store: Store) -> None:
    with sqlite_store.writing() as conn:
        conn.execute(t.acceptance.update().values(until=seed.LAST - timedelta(days=3)))
    assert "Accepted until" not in writing.get("/standards/wireless.wpa3").text
    assert "The acceptance for wireless.wpa3 ended" in writing.get("/").text


def test_a_person_is_added_with_a_link_that_works_once(writing: httpx.Client) -> None:
    page = say(writing, "/people", "/people", name="New <b>One</b>", email="new@ashfield.example", role="governor").text
    link = re.search(r"http://[^<]+(/welcome/[^<]+)", page)
    assert link
    assert "<b>One</b>" not in page
    assert writing.post(link[1], data={"password": "short"}).status_code == 400
    assert writing.post(link[1], data={"password": "long enough to hold"}).status_code == 303
    assert writing.post(link[1], data={"password": "long enough to hold"}).status_code == 400


def test_sign_in_leads_only_to_our_own_pages() -> None:
    assert local_path("/register?q=x") == "/register?q=x"
    for elsewhere in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\r\nb",
        "/\tx",
    ):
        assert local_path(elsewhere) == "/"


def test_a_wrong_password_does_not_say_which_half_was_wrong(client: httpx.Client) -> None:
    address = seed.ADDRESSES["admin"]
    known, unknown = (client.post("/sign-in", data={"email": one, "password": "x"}) for one in (address, f"{address}x"))
    assert known.status_code == unknown.status_code == 401
    assert known.text == unknown.text.replace(seed.ADDRESSES["admin"] + "x", seed.ADDRESSES["admin"])


def test_pages_of_a_year_of_nights_are_made_quickly(sqlite_store: Store, tmp_path: Path) -> None:
    seed.seed(sqlite_store, 365)
    with reading(sqlite_store, tmp_path) as client:
        for path in PAGES:
            client.get(path)
            assert least(partial(seconds_of, client, path), 0.9) < 1.0, path


def seconds_of(client: httpx.Client, path: str) -> float:
    """How long a page takes."""
    started = time.perf_counter()
    assert client.get(path).status_code == 200
    return time.perf_counter() - started


def test_pages_read_the_same_from_every_kind_of_database(store: Store, tmp_path: Path) -> None:
    seed.seed(store, 8)
    with reading(store, tmp_path) as client:
        for path in PAGES:
            assert client.get(path).status_code == 200, path
        assert ">sw-sci-01</a>" in client.get("/register?q=10.20.0.4").text
