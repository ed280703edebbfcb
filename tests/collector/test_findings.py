"""Findings as a history: intervals with a beginning and an end, which silence neither opens nor closes."""

from typing import Any

from sqlalchemy import select

from collector import tables as t
from tests.collector.nights import School, finding, night, small_school, without

BASE = small_school()
CORE = BASE["core"]


def intervals(school: School) -> list[tuple[str, int, int | None]]:
    """Verdict, first night and the night that ended it, in order."""
    f = t.finding.c
    with school.store.reading() as connection:
        rows = connection.execute(select(t.finding).order_by(f.key, f.opened)).all()
    first = night(1)
    return [
        (r.verdict, (r.opened - first).days + 1, None if r.closed is None else (r.closed - first).days + 1)
        for r in rows
    ]


def kinds(school: School) -> list[str]:
    with school.store.reading() as connection:
        return list(connection.scalars(select(t.change.c.kind).order_by(t.change.c.night)))


def say(school: School, *verdicts: str | None, **more: Any) -> None:
    """One night for each verdict of the same key; None leaves the finding out of that night."""
    for number, verdict in enumerate(verdicts, 1):
        found = () if verdict is None else (finding("hardening.telnet", CORE.id, verdict),)
        school.night(number, BASE.values(), findings=found, **more)


def test_a_verdict_that_holds_is_one_interval(school: School) -> None:
    say(school, "not-met-now", "not-met-now", "not-met-now")
    assert intervals(school) == [("not-met-now", 1, None)]


def test_each_change_of_verdict_is_a_new_interval(school: School) -> None:
    say(school, "met", "not-met-now", "not-met-now", "met")
    assert intervals(school) == [("met", 1, 2), ("not-met-now", 2, 4), ("met", 4, None)]
    assert kinds(school) == ["finding-opened", "finding-closed"]


def test_not_assessed_opens_and_closes_nothing(school: School) -> None:
    say(school, "not-met-now", "not-assessed", "not-met-now", "not-assessed")
    assert kinds(school) == []
    assert [row[0] for row in intervals(school)] == ["not-met-now", "not-assessed", "not-met-now", "not-assessed"]


def test_a_condition_that_is_not_found_in_two_whole_looks_has_ended(school: School) -> None:
    say(school, None, "not-met-now", None, None, None)
    assert intervals(school) == [("not-met-now", 2, 4)]
    assert kinds(school) == ["finding-opened", "finding-closed"]


def test_a_condition_that_could_not_be_looked_for_goes_on(school: School) -> None:
    say(school, "met", "not-met-now", None, None, None, coverage=())
    assert intervals(school)[-1] == ("not-met-now", 2, None)


def test_a_finding_of_what_is_gone_ends_without_being_called_mended(school: School) -> None:
    school.night(1, BASE.values(), findings=(finding("hardening.telnet", BASE["ap"].id, "not-met-now"),))
    for number in (2, 3, 4):
        school.night(number, without(BASE, "ap").values())
    assert intervals(school) == [("not-met-now", 1, 3)]
    assert kinds(school) == ["removed"]
    with school.store.reading() as connection:
        assert connection.scalar(select(t.finding.c.closed_why)) == "its subject is gone"


def test_the_subject_is_an_entry_and_the_key_names_it(school: School) -> None:
    say(school, "not-met-now")
    with school.store.reading() as connection:
        row = connection.execute(select(t.finding)).one()
        entry = connection.scalar(select(t.entry.c.entry).where(t.entry.c.hostname == "sw-core"))
    assert (row.subject, row.key) == (entry, f"hardening.telnet:{entry}")


def test_of_two_vantages_the_worse_verdict_counts_and_neither_flaps(school: School) -> None:
    for number in (1, 2, 3):
        school.night(number, BASE.values(), findings=(finding("wireless.guest", "site", "met"),))
        school.night(number, [CORE], vantage="guest", findings=(finding("wireless.guest", "site", "not-met-now"),))
    assert intervals(school)[-1] == ("not-met-now", 1, None)
    assert len(intervals(school)) == 1


def test_a_vantage_that_cannot_say_does_not_hide_one_that_can(school: School) -> None:
    for number in (1, 2, 3):
        school.night(number, BASE.values(), findings=(finding("broadband.speed", "site", "met"),))
        school.night(number, [CORE], vantage="guest", findings=(finding("broadband.speed", "site", "not-assessed"),))
    assert intervals(school) == [("met", 1, None)]
