"""A year of nights: fast enough to make, small enough to keep, and quiet when nothing happens."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from baselines.vocabulary import Report
from collector import tables as t
from collector.store import Store
from tests.collector.nights import School, finding, small_school
from tests.collector.year import on_date, replay_year

BASE = small_school()
FIRST = date(2026, 9, 1)


def test_a_report_on_another_date_says_the_same_and_only_its_times_move(school: School) -> None:
    report = school.report(FIRST, BASE.values())
    moved = on_date(report, date(2027, 3, 1))
    assert (moved.night, moved.started.date(), moved.coverage[0].at.date()) == ((date(2027, 3, 1),) * 3)
    assert moved.assets[0].why["serial"].at - report.assets[0].why["serial"].at == date(2027, 3, 1) - FIRST
    printer = next(asset for asset in moved.assets if asset.kind == "printer")
    assert "2027-01-01" in json.dumps(printer.fact("tls").value)  # type: ignore[union-attr]
    assert on_date(moved, FIRST) == report.model_copy(update={"seal": None})


@pytest.mark.slow
def test_a_year_is_taken_in_and_what_happened_in_it_is_told_once(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "c.db"))
    school = School(store)
    telnet = finding("hardening.telnet", BASE["core"].id, "not-met-now")
    met = finding("hardening.telnet", BASE["core"].id, "met")

    def alter(number: int, report: Report) -> Report:
        gone = [a for a in report.assets if not (a.hostname == "prn-office" and number >= 200)]
        found = telnet if 100 <= number < 130 else met
        return report.model_copy(update={"assets": tuple(gone), "findings": (found,)})

    report = school.report(FIRST, BASE.values())
    replay_year(store, school.agent("staff"), report, school.key("staff"), FIRST, alter=alter)
    with store.reading() as connection:
        changes = connection.execute(select(t.change.c.kind, t.change.c.night).order_by(t.change.c.night)).all()
        assert connection.scalar(select(func.count()).select_from(t.night)) == 365
        assert connection.scalar(select(func.count()).select_from(t.finding)) == 3
        assert connection.scalar(select(func.count()).select_from(t.memory)) == 21
    assert [(kind, (night - FIRST).days) for kind, night in changes] == [
        ("finding-opened", 100),
        ("finding-closed", 130),
        ("removed", 201),
    ]
    size = sum(file.stat().st_size for file in tmp_path.iterdir()) / 2**20
    store.close()
    print(f"{size:.1f} MiB")
    assert size < 40
