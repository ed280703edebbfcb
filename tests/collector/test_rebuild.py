"""The projection is what the right order of the nights gives, whatever the order in which reports came."""

import random
from typing import Any

import pytest
from sqlalchemy import func, select

from baselines.vocabulary import Report
from collector import tables as t
from collector.rebuild import apply_everything, rebuild
from collector.store import Store
from probes.vocabulary import Asset, Outcome
from tests.collector.nights import (
    NOW,
    School,
    changed,
    finding,
    night,
    plugged,
    service,
    small_school,
    thing,
    whole,
    without,
)

BASE = small_school()
LEFT_OUT = {"memory", "entry_key"}


def projection(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the projection, with each entry called by its first asset id, for numbers depend on arrival."""
    with store.reading() as connection:
        names = {row.entry: row.hostname for row in connection.execute(select(t.entry.c.entry, t.entry.c.hostname))}
        found = {}
        for table in t.PROJECTION:
            if table.name in LEFT_OUT:
                continue
            rows = connection.execute(select(table)).mappings().all()
            found[table.name] = sorted((_plain(dict(row), names) for row in rows), key=repr)
    return found


def _plain(row: dict[str, Any], names: dict[str, str]) -> tuple[Any, ...]:
    text = repr({k: v for k, v in row.items() if k not in ("number", "agent", "change", "words")})
    for entry, name in names.items():
        text = text.replace(entry, name)
    return (text,)


def history(staff: School, guest_site: School) -> list[tuple[School, Report]]:
    """Ten nights of a site from two vantages, and of a second site: changes, a blind night, a roaming laptop."""
    camera = thing("cam-gate", "camera", "10.20.0.90", "00:40:8c:00:00:90", serial="ACCC8E0001")
    looks: list[dict[str, Asset]] = [
        BASE,
        BASE | {"camera": camera},
        without(BASE, "printer") | {"camera": camera},
        without(BASE, "printer") | {"camera": camera},
        BASE,
        changed(BASE, "core", version="15.2(7)E4"),
        changed(BASE, "ap", connected_to=plugged(BASE["hall"], "4")),
        changed(BASE, "ap", connected_to=plugged(BASE["hall"], "4")),
        changed(BASE, "printer", services=(service(23, "telnet"),)),
        BASE,
    ]
    reports: list[tuple[School, Report]] = []
    for number, look in enumerate(looks, 1):
        verdict = "not-met-now" if number % 4 in (2, 3) else "met"
        blind = {"coverage": whole(look.values(), night(number), Outcome.PARTIAL)} if number == 4 else {}
        found = (finding("hardening.telnet", BASE["core"].id, verdict), finding("broadband.backup", "site", verdict))
        reports.append((staff, staff.report(night(number), look.values(), findings=found, **blind)))
        guests = [BASE["printer"], BASE["core"].model_copy(update={"serial": "", "version": ""})]
        reports.append((staff, staff.report(night(number), guests, vantage="guest", findings=found[1:])))
        away = [BASE["laptop"]] if number in (3, 4, 8) else []
        reports.append((guest_site, guest_site.report(night(number), away)))
    return reports


def send_all(store: Store, order: int | None) -> Store:
    schools = School(store), School(store, site="beech")
    reports = history(*schools)
    for school in schools:
        for vantage in ("staff", "guest") if school.site == "ashfield" else ("staff",):
            school.agent(vantage)
    if order is not None:
        dice = random.Random(order)
        reports += dice.sample(reports, 6)
        dice.shuffle(reports)
    for school, report in reports:
        school.send(report)
    apply_everything(store)
    return store


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """The projection of the history in its own order."""
    store = send_all(Store(str(tmp_path_factory.mktemp("order") / "c.db")), None)
    found = projection(store)
    store.close()
    return found


def test_the_history_has_something_in_every_table(expected: dict[str, list[tuple[Any, ...]]]) -> None:
    assert {name for name, rows in expected.items() if not rows} == {"line_measure", "filter_check"}
    assert len(expected["change"]) >= 8


@pytest.mark.parametrize("order", range(6))
def test_any_order_of_arrival_with_repeats_gives_the_same_projection(
    sqlite_store: Store, expected: dict[str, list[tuple[Any, ...]]], order: int
) -> None:
    found = projection(send_all(sqlite_store, order))
    for name, rows in expected.items():
        assert found[name] == rows, name


def test_a_rebuild_from_raw_gives_the_same_and_keeps_every_number(store: Store) -> None:
    send_all(store, 3)
    before = projection(store)
    with store.reading() as connection:
        numbers = connection.execute(select(t.entry.c.entry, t.entry.c.hostname).order_by("entry")).all()
    done = rebuild(store, "school")
    assert (done.applied, done.failed) == (30, 0)
    assert projection(store) == before
    with store.reading() as connection:
        assert connection.execute(select(t.entry.c.entry, t.entry.c.hostname).order_by("entry")).all() == numbers


def test_what_people_said_outlives_a_rebuild(sqlite_store: Store) -> None:
    school = School(sqlite_store)
    school.night(1, BASE.values())
    with sqlite_store.writing() as connection:
        row = {"entry": "CT-000001", "name": "room", "value": "Hub 1", "person": "tess", "at": NOW}
        connection.execute(t.owned_field.insert().values(tenant="school", **row))
    rebuild(sqlite_store, "school")
    with sqlite_store.reading() as connection:
        assert connection.scalar(select(t.owned_field.c.value)) == "Hub 1"
        assert connection.scalar(select(func.count()).select_from(t.entry)) == len(BASE)


def test_a_laptop_that_roams_between_sites_is_one_entry_with_two_sightings(sqlite_store: Store) -> None:
    one, two = School(sqlite_store), School(sqlite_store, site="beech")
    one.night(1, BASE.values())
    two.night(2, [BASE["laptop"]])
    with sqlite_store.reading() as connection:
        entries = connection.execute(select(t.entry).where(t.entry.c.hostname == "lt-staff-4")).all()
        sites = connection.scalars(select(t.sighting.c.site).where(t.sighting.c.entry == entries[0].entry)).all()
    assert (len(entries), entries[0].site, entries[0].first_seen) == (1, "beech", night(1))
    assert sorted(sites) == ["ashfield", "beech"]


def test_another_tenant_with_the_same_things_has_its_own_register(sqlite_store: Store) -> None:
    one, two = School(sqlite_store), School(sqlite_store, tenant="other")
    one.night(1, BASE.values())
    two.night(1, BASE.values())
    with sqlite_store.reading() as connection:
        rows = connection.execute(select(t.entry.c.tenant, func.count()).group_by(t.entry.c.tenant)).all()
    assert {row[0]: row[1] for row in rows} == {"school": len(BASE), "other": len(BASE)}
    rebuild(sqlite_store, "other")
    assert projection(sqlite_store)
