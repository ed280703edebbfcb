"""A report that is too empty or too good to be believed unseen raises one alert, which a person closes."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from collector import tables as t
from collector.alerts import send_due
from collector.audit import check_audit
from collector.rebuild import rebuild
from collector.store import Store
from tests.collector import seed
from tests.collector.nights import NOW, School, finding, night, small_school, thing
from tests.collector.reading import reading, say, sign_in

BASE = small_school()
SWITCHES = [thing(f"sw-{n:02}", "switch", f"10.20.0.{n}", f"00:1c:73:00:01:{n:02x}") for n in range(1, 11)]


def doubts(store: Store) -> list[Any]:
    with store.reading() as connection:
        chosen = select(t.alert).where(t.alert.c.kind == "plausibility").order_by(t.alert.c.alert)
        return list(connection.execute(chosen))


@pytest.fixture
def both(store: Store) -> School:
    """A school on each database."""
    return School(store)


def test_a_fifth_of_the_things_gone_at_once_raises_one_alert_even_after_a_rebuild(both: School) -> None:
    both.night(1, SWITCHES)
    both.night(2, SWITCHES[:8])
    rebuild(both.store, "school")
    (alert,) = doubts(both.store)
    assert alert.subject == "ashfield: is the report of the staff network right?"
    assert alert.body.startswith("2 of the 10 things of the report before are not in this one: sw-09, sw-10.")


def test_less_than_a_fifth_gone_is_no_doubt(school: School) -> None:
    school.night(1, SWITCHES)
    school.night(2, SWITCHES[:9])
    assert doubts(school.store) == []


def test_what_was_lost_is_compared_with_the_report_before_from_the_same_vantage(school: School) -> None:
    school.night(1, SWITCHES)
    school.night(1, SWITCHES[:3], vantage="guest")
    school.night(2, SWITCHES)
    school.night(2, SWITCHES[:2], vantage="guest")
    school.night(3, SWITCHES[:7])
    school.night(4, SWITCHES[:6])
    assert [alert.alert for alert in doubts(school.store)] == ["plausible ashfield staff 2026-09-09"]


def test_laptops_that_sleep_are_not_lost(school: School) -> None:
    laptops = [
        thing(f"lt-{n}", "endpoint", f"10.20.1.{n}", f"d8:9e:f3:00:02:{n:02x}", subkind="laptop") for n in range(1, 20)
    ]
    school.night(1, [*SWITCHES, *laptops])
    school.night(2, SWITCHES)
    assert doubts(school.store) == []


@pytest.mark.parametrize(("turned", "raised"), [(4, 0), (5, 1)])
def test_five_failings_met_at_once_raise_an_alert_and_four_do_not(both: School, turned: int, raised: int) -> None:
    before = [finding(f"hardening.c{n}", SWITCHES[0].id, "not-met-now") for n in range(8)]
    after = [finding(f"hardening.c{n}", SWITCHES[0].id, "met") for n in range(turned)]
    both.night(1, SWITCHES, findings=tuple(before))
    both.night(2, SWITCHES, findings=(*after, *before[turned:]))
    found = doubts(both.store)
    assert len(found) == raised
    assert all("5 failings of the report before are met in this one: hardening.c0" in one.body for one in found)


def test_a_report_that_comes_weeks_late_is_no_news(school: School) -> None:
    school.night(1, SWITCHES)
    school.send(school.report(night(2), SWITCHES[:2]), NOW + timedelta(days=30))
    assert doubts(school.store) == []


def test_an_alert_older_than_a_week_is_not_sent_any_more(school: School) -> None:
    school.night(1, SWITCHES)
    school.night(2, SWITCHES[:2])
    late = send_due(school.store, ("json://a",), NOW + timedelta(days=8), lambda *_: "")
    due = send_due(school.store, ("json://a",), NOW + timedelta(days=2), lambda *_: "")
    assert (late.sent, due.sent) == (0, 1)


def plant(store: Store, name: str = "plausible x") -> None:
    words = {"subject": "Is it?", "body": "2 of 10 <b>things</b>\nLook.", "made": seed.NOW, "done": []}
    with store.writing() as conn:
        row = {"tenant": seed.TENANT, "alert": name, "site": seed.SITE.id, "kind": "plausibility"}
        conn.execute(t.alert.insert().values(**row, **words))


def test_a_person_closes_an_alert_with_what_they_found(store: Store, tmp_path: Path) -> None:
    seed.seed(store, 5)
    plant(store)
    with reading(store, tmp_path, "technician") as client:
        assert "2 of 10 &lt;b&gt;things&lt;/b&gt;" in client.get("/").text
        assert say(client, "/", "/doubts/close", alert="plausible x", why=" ").status_code == 400
        assert say(client, "/", "/doubts/close", alert="plausible y", why="x").status_code == 404
        assert say(client, "/", "/doubts/close", alert="plausible x", why="The gym was rewired.").status_code == 303
        assert "2 of 10" not in client.get("/").text
        assert say(client, "/", "/doubts/close", alert="plausible x", why="Again.").status_code == 404
    (row,) = doubts(store)
    assert (row.closed, row.closed_why) == (seed.NOW, "The gym was rewired.")
    with store.reading() as conn:
        assert "alert closed" in set(conn.scalars(select(t.audit.c.what)))
        assert not list(check_audit(conn, seed.TENANT))


def test_a_governor_sees_an_alert_and_cannot_close_it(sqlite_store: Store, tmp_path: Path) -> None:
    seed.seed(sqlite_store, 5)
    plant(sqlite_store)
    with reading(sqlite_store, tmp_path) as client:
        sign_in(client, "governor")
        page = client.get("/").text
        assert "2 of 10" in page
        assert "Close this alert" not in page
        assert say(client, "/", "/doubts/close", alert="plausible x", why="x").status_code == 403


def test_a_flood_of_changes_is_two_hundred_lines_and_a_count(sqlite_store: Store, tmp_path: Path) -> None:
    seed.seed(sqlite_store, 5)
    with sqlite_store.writing() as conn:
        row = {"tenant": seed.TENANT, "site": seed.SITE.id, "night": seed.LAST, "vantage": "staff", "kind": "new"}
        rows = [
            row | {"change": f"f{n}", "sentence": f"flood-{n:04} came.", "benign": False, "evidence": []}
            for n in range(1000)
        ]
        before = len(conn.execute(select(t.change).where(t.change.c.night == seed.LAST)).all())
        conn.execute(t.change.insert(), rows)
    with reading(sqlite_store, tmp_path) as client:
        page = client.get("/").text
    assert before < 200
    assert 100 < page.count("flood-") <= 200
    assert "more changes" in page
