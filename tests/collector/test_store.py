"""The database: its shape, its refusals, and that what was committed is on the disk."""

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from collector import tables as t
from collector.shape import metadata
from collector.store import Store
from probes.errors import BadInput
from tests.collector.nights import NOW


def test_the_migrations_make_exactly_the_tables(store: Store) -> None:
    with store.writing() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    assert [str(difference) for difference in found] == []


def test_every_table_is_keyed_by_tenant_first() -> None:
    for table in metadata.tables.values():
        assert next(iter(table.primary_key)).name == "tenant", table.name


def test_truth_and_projection_are_all_there_is() -> None:
    assert {table.name for table in (*t.TRUTH, *t.PROJECTION)} == set(metadata.tables)


def test_a_database_of_a_newer_shape_is_refused_in_one_sentence(database: str) -> None:
    store = Store(database)
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(BadInput, match=r"shape 9999, which is newer than this Caretaker: install the newer one\.$"):
        Store(database).close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite://", "name a file"),
        ("sqlite:///:memory:", "name a file"),
        ("mysql://host/db", "mysql is not supported"),
        ("postgresql://caretaker@127.0.0.1:1/none", "cannot be opened"),
        ("/proc/nowhere/c.db", "cannot be written"),
    ],
)
def test_what_is_no_database_is_refused_in_one_sentence(url: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        Store(url)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.db").write_bytes(b"this is not a database at all, only some words" * 100)
    with pytest.raises(BadInput, match="cannot be opened: file is not a database"):
        Store(str(tmp_path / "c.db"))


def test_a_password_in_a_url_is_not_in_the_message() -> None:
    with pytest.raises(BadInput) as caught:
        Store("postgresql://caretaker:canary-secret@127.0.0.1:1/none")
    assert "canary-secret" not in str(caught.value)


def test_sqlite_writes_ahead_and_waits_for_the_disk(sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_what_reads_cannot_write(sqlite_store: Store) -> None:
    with sqlite_store.reading() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.execute(insert(t.tenant).values(tenant="x", name="", created=NOW))


def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    row = {"tenant": "x", "name": "", "created": NOW}
    with pytest.raises(IntegrityError), store.writing() as connection:
        connection.execute(insert(t.tenant), [row, row])
    with store.reading() as connection:
        assert connection.execute(select(t.tenant)).all() == []


def test_a_reader_sees_one_moment_while_another_writes(sqlite_store: Store) -> None:
    with sqlite_store.reading() as reader:
        assert reader.execute(select(t.tenant)).all() == []
        with sqlite_store.writing() as writer:
            writer.execute(insert(t.tenant).values(tenant="x", name="", created=NOW))
        assert reader.execute(select(t.tenant)).all() == []


def test_writers_of_many_threads_and_of_another_store_take_turns(database: str) -> None:
    stores = [Store(database), Store(database)]

    def write(store: Store, name: str) -> None:
        for number in range(5):
            with store.writing() as connection:
                connection.execute(insert(t.tenant).values(tenant=f"{name}{number}", name="", created=NOW))

    threads = [threading.Thread(target=write, args=(stores[n % 2], f"t{n}-")) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with stores[0].reading() as connection:
        assert len(connection.execute(select(t.tenant)).all()) == 30
    for store in stores:
        store.close()


def test_a_row_of_a_site_without_its_tenant_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError), store.writing() as connection:
        connection.execute(insert(t.site).values(tenant="nobody", site="s", said={}, terms=[], created=NOW))


def test_the_python_here_has_sqlite_with_upsert() -> None:
    assert sqlite3.sqlite_version_info >= (3, 37)
