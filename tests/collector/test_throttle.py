"""Guessing passwords and asking too often: where it ends, for how long, and that a restart forgets nothing."""

import threading
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from collector import tables as t
from collector.people import add_person, use_link
from collector.serving import create_app
from collector.settings import Settings
from collector.sites import add_site, prepare
from collector.store import Store
from collector.throttle import TOO_MANY, Rate, begin_try, end_try
from tests.collector.listening import listening
from tests.collector.nights import NOW, School, night, packed

HEAD, PASSWORD = "head@school.example", "correct horse battery"
SETTINGS = Settings(tenant="school")


def guess(store: Store, email: str, client: str, after: timedelta = timedelta(0), *, right: bool = False) -> bool:
    """Whether one try was heard."""
    now = NOW + after
    heard = begin_try(store, "school", email, client, now)
    if heard:
        end_try(store, "school", email, client, now, right=right)
    return heard


def audited(store: Store) -> list[tuple[str, str]]:
    with store.reading() as connection:
        chosen = select(t.audit.c.object, t.audit.c.why).where(t.audit.c.what == "sign-in refused")
        return [(row.object, row.why) for row in connection.execute(chosen.order_by(t.audit.c.number))]


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@pytest.mark.parametrize("email", [HEAD, "nobody@school.example"])
def test_after_five_wrong_passwords_for_an_address_nobody_is_heard_for_a_quarter_of_an_hour(
    store: Store, email: str
) -> None:
    prepare(store, SETTINGS, NOW)
    assert [guess(store, email, f"192.0.2.{n}", minutes(n)) for n in range(5)] == [True] * 5
    assert not guess(store, f" {email.upper()} ", "192.0.2.9", minutes(5))
    assert not guess(store, email, "192.0.2.9", minutes(18.9))
    assert guess(store, email, "192.0.2.9", minutes(19.1))
    assert audited(store) == [(email, "5 wrong passwords for this address within 15 minutes")]


def test_after_five_wrong_passwords_from_one_client_other_addresses_are_refused_it_too(store: Store) -> None:
    prepare(store, SETTINGS, NOW)
    assert [guess(store, f"p{n}@school.example", "192.0.2.1") for n in range(6)] == [True] * 5 + [False]
    assert guess(store, "p9@school.example", "192.0.2.2")
    assert audited(store) == [("p4@school.example", "5 wrong passwords for this client within 15 minutes")]


def test_wrong_passwords_that_are_far_apart_do_not_add_up(sqlite_store: Store) -> None:
    prepare(sqlite_store, SETTINGS, NOW)
    assert all(guess(sqlite_store, HEAD, "192.0.2.1", minutes(4 * n)) for n in range(20))


def test_a_right_password_clears_its_address_and_costs_the_client_nothing(sqlite_store: Store) -> None:
    prepare(sqlite_store, SETTINGS, NOW)
    for number in range(4):
        assert guess(sqlite_store, HEAD, f"192.0.2.{number}")
    for number in range(30):
        assert guess(sqlite_store, HEAD, "192.0.2.9", timedelta(seconds=number), right=True)
    assert all(guess(sqlite_store, HEAD, f"192.0.2.{number}", minutes(1)) for number in range(4))


def test_a_restart_forgets_no_wrong_password(database: str) -> None:
    first = Store(database)
    prepare(first, SETTINGS, NOW)
    assert all(guess(first, HEAD, "192.0.2.1") for _ in range(5))
    first.close()
    again = Store(database)
    assert not guess(again, HEAD, "192.0.2.1", minutes(14))
    again.close()


def test_fifty_tries_at_once_count_as_fifty(store: Store) -> None:
    prepare(store, SETTINGS, NOW)
    heard: list[bool] = []
    threads = [
        threading.Thread(target=lambda: heard.append(begin_try(store, "school", HEAD, "192.0.2.1", NOW)))
        for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(heard) == 5


def test_what_is_kept_of_tries_names_nobody_and_does_not_grow(sqlite_store: Store) -> None:
    prepare(sqlite_store, SETTINGS, NOW)
    for number in range(20):
        guess(sqlite_store, f"p{number}@school.example", f"192.0.2.{number}")
    guess(sqlite_store, HEAD, "192.0.2.99", minutes(31))
    with sqlite_store.reading() as connection:
        rows = connection.execute(select(t.sign_in_try)).all()
    assert len(rows) == 2
    assert HEAD not in repr(rows)
    assert "192.0.2" not in repr(rows)


def test_the_page_refuses_with_one_sentence_even_the_right_password_and_is_alike_for_nobody(
    sqlite_store: Store, tmp_path: Path
) -> None:
    prepare(sqlite_store, SETTINGS, NOW)
    use_link(sqlite_store, add_person(sqlite_store, "school", HEAD, name="", role="admin", now=NOW), PASSWORD, NOW)
    clock = [NOW]
    app = create_app(Settings(tenant="school", data_dir=tmp_path), sqlite_store, clock=lambda: clock[0])
    pages = {}
    with listening(app) as client:
        for email in (HEAD, "nobody@school.example"):
            answers = [client.post("/sign-in", data={"email": email, "password": "x"}) for _ in range(5)]
            assert {answer.status_code for answer in answers} == {401}
            refused = client.post("/sign-in", data={"email": email, "password": PASSWORD})
            assert (refused.status_code, TOO_MANY in refused.text) == (429, True)
            pages[email] = refused.text.replace(email, "EMAIL").split("Page made")[0]
            clock[0] += minutes(16)
        assert client.post("/sign-in", data={"email": HEAD, "password": PASSWORD}).status_code == 303
    assert len(set(pages.values())) == 1


def test_so_many_requests_an_hour_and_no_more() -> None:
    rate = Rate(3)
    assert [rate.wait("a", NOW + minutes(n)) for n in range(3)] == [0, 0, 0]
    assert rate.wait("a", NOW + minutes(30)) == 1801
    assert rate.wait("b", NOW + minutes(30)) == 0
    assert rate.wait("a", NOW + minutes(60)) == 0
    assert rate.wait("a", NOW + minutes(60.5)) == 31


def test_an_agent_that_asks_too_often_gets_429_with_retry_after_and_others_are_served(
    sqlite_store: Store, tmp_path: Path
) -> None:
    clock = [NOW]
    settings = Settings(tenant="school", data_dir=tmp_path)
    tokens = [add_site(sqlite_store, settings, site, "", "pi", NOW) for site in ("ashfield", "beech")]
    school = School(sqlite_store)

    def post(client: httpx.Client, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Content-Encoding": "gzip"}
        return client.post("/api/v1/reports", content=packed(school.report(night(1), [])), headers=headers)

    with listening(create_app(settings, sqlite_store, clock=lambda: clock[0])) as client:
        assert {post(client, tokens[0]).status_code for _ in range(60)} == {201}
        refused = post(client, tokens[0])
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "3601")
        assert refused.json()["detail"] == "This agent asks too often: keep the report and try again later."
        assert client.get("/api/v1/agents/self", headers={"Authorization": f"Bearer {tokens[1]}"}).status_code == 200
        clock[0] += timedelta(hours=1)
        assert post(client, tokens[0]).status_code == 201
