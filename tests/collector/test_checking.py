"""What `caretaker check` and `caretaker rebuild` find and mend, on a database that somebody altered."""

import gzip
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from baselines.seal import seal
from collector import tables as t
from collector.audit import write_audit
from collector.checking import check_store
from collector.store import Store
from tests.collector.nights import NOW, School, night, packed, small_school
from tests.collector.test_collector_commands import caretaker

BASE = small_school()
RAW = t.raw_report


def filled(store: Store) -> School:
    """Three chained nights and five audit rows."""
    school, previous = School(store), ""
    for number in (1, 2, 3):
        report = school.report(night(number), BASE.values())
        report = seal(report.model_copy(update={"seal": None}), school.key("staff"), number, previous)
        assert report.seal is not None
        previous = report.seal.sha256
        school.send(report)
    with store.writing() as connection:
        for number in range(1, 5):
            write_audit(connection, "school", NOW, who="tess", what=f"did {number}")
    return school


def alter(store: Store, table: Any, number: int, **values: Any) -> None:
    column = table.c.number if table is t.audit else table.c.sequence
    with store.writing() as connection:
        connection.execute(update(table).where(column == number).values(**values))


def test_what_nobody_altered_is_whole(store: Store) -> None:
    filled(store)
    assert list(check_store(store)) == []


def test_the_first_bad_audit_row_is_named_first(store: Store) -> None:
    filled(store)
    alter(store, t.audit, 3, what="did nothing")
    assert list(check_store(store)) == ["school: audit row 3 was changed."]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"body": b"rubbish"}, "cannot be trusted: Not a gzipped file"),
        ({"body": gzip.compress(b"{}")}, "cannot be trusted: This is not a Caretaker report"),
        ({"night": night(9)}, "is kept under another number, hash, site, night or vantage than it says."),
        ({"site": "beech"}, "is kept under another number, hash, site, night or vantage than it says."),
        ({"sha256": "0" * 64}, "is kept under another number, hash, site, night or vantage than it says."),
    ],
    ids=["no gzip", "no report", "another night", "another site", "another hash"],
)
def test_a_raw_report_that_was_altered_is_named(store: Store, values: dict[str, Any], said: str) -> None:
    filled(store)
    alter(store, RAW, 2, **values)
    found = list(check_store(store))
    assert "report 2 of the agent" in found[0]
    assert said in found[0]


def test_one_changed_word_in_a_raw_report_is_found(store: Store) -> None:
    filled(store)
    with store.reading() as connection:
        body = connection.scalar(select(RAW.c.body).where(RAW.c.sequence == 2))
    alter(store, RAW, 2, body=gzip.compress(gzip.decompress(body).replace(b"sw-hall", b"sw-hell")))
    (found,) = check_store(store)
    assert "report 2" in found
    assert "was changed after it was sealed" in found


def test_a_report_put_in_place_of_another_with_the_same_key_breaks_the_chain(store: Store) -> None:
    school = filled(store)
    other = seal(school.report(night(2), []).model_copy(update={"seal": None}), school.key("staff"), 2, "f" * 64)
    assert other.seal is not None
    alter(store, RAW, 2, body=packed(other), sha256=other.seal.sha256)
    found = list(check_store(store))
    assert [sentence.split(" does ")[-1] for sentence in found] == ["not follow report 1.", "not follow report 2."]


def test_a_report_of_another_key_is_found(store: Store) -> None:
    school = filled(store)
    with store.reading() as connection:
        first = connection.scalar(select(RAW.c.sha256).where(RAW.c.sequence == 2))
    other = school.report(night(3), BASE.values()).model_copy(update={"seal": None})
    other = seal(other, school.key("guest"), 3, first or "")
    assert other.seal is not None
    alter(store, RAW, 3, body=packed(other), sha256=other.seal.sha256)
    (found,) = check_store(store)
    assert found.endswith("is sealed with another key than its agent's.")


def test_a_damaged_file_is_found(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "c.db"))
    filled(store)
    with store.writing() as connection:
        connection.exec_driver_sql("PRAGMA writable_schema=ON")
        connection.exec_driver_sql("DELETE FROM sqlite_schema WHERE name = 'ix_entry_tenant_serial'")
    store.close()
    raw = sqlite3.connect(tmp_path / "c.db")
    assert raw.execute("PRAGMA integrity_check").fetchone() != ("ok",)
    raw.close()
    store = Store(str(tmp_path / "c.db"))
    assert next(check_store(store)).startswith("database: ")
    store.close()


def test_the_commands_check_and_rebuild_say_what_they_did(tmp_path: Path) -> None:
    path = str(tmp_path / "c.db")
    store = Store(path)
    filled(store)
    store.close()
    done = caretaker("check", "--database", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Nothing is wrong.\n", "")
    store = Store(path)
    with store.writing() as connection:
        connection.execute(t.entry.delete())
    store.close()
    done = caretaker("rebuild", "--database", path)
    assert (done.returncode, done.stdout) == (0, "3 reports folded again, 0 could not be.\n")
    assert done.stderr.splitlines() == [f"caretaker: {n} of 3 reports" for n in (1, 2, 3)]
    store = Store(path)
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(t.entry)) == len(BASE)
    alter(store, t.audit, 2, who="somebody else")
    store.close()
    done = caretaker("check", "--database", path)
    assert (done.returncode, done.stdout) == (1, "school: audit row 2 was changed.\n1 thing is wrong.\n")
