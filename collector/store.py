"""The database: opened, migrated, read by many and written by one at a time (SQLite) or by its own locks (PostgreSQL).

SQLite runs WAL with synchronous=FULL: in 120 power cuts the default lost acknowledged commits, this lost none.
SQLite before 3.51.3 can corrupt a WAL when two connections write or checkpoint at once, so every writing transaction
of every process holds one file lock, and the other connections may only read.
"""

import fcntl
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic_core import from_json, to_json
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from collector.memory import Recent
from probes.errors import BadInput

MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """An open database whose shape this Caretaker knows."""

    def __init__(self, url: str) -> None:
        """Open and migrate. Raises BadInput when the URL is no database or its shape is newer than this Caretaker."""
        self.url = _read_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.recent = Recent()
        self._lock = threading.RLock()
        self._file = _lock_file(self.url) if self.sqlite else None
        self._readers = _engine(self.url, reading=True)
        self._writer = _engine(self.url, reading=False)
        try:
            with self.writing() as connection:
                _migrate(connection)
        except BadInput:
            self.close()
            raise
        except SQLAlchemyError as error:
            self.close()
            reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
            raise BadInput(f"The database {self.url.render_as_string()} cannot be opened: {reason}.") from error

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the database and changes nothing."""
        with self._readers.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: committed, and on the disk, when the block ends; undone when it raises."""
        with self._alone(), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        with self._alone():
            self._readers.dispose()
            self._writer.dispose()
        if self._file is not None:
            self._file.close()
            self._file = None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if self._file is None:
            yield
            return
        with self._lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)


def _read_url(text: str) -> URL:
    """A path or URL as SQLAlchemy wants it; PostgreSQL through psycopg 3."""
    try:
        url = make_url(text if "://" in text else f"sqlite:///{text}")
    except SQLAlchemyError as error:
        raise BadInput(
            f"{text!r} is not a database: write a file's path, sqlite:///FILE or postgresql://HOST/NAME."
        ) from error
    if url.get_backend_name() == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise BadInput("A database in memory would forget everything: name a file.")
        return url.set(drivername="sqlite+pysqlite")
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise BadInput(f"{url.get_backend_name()} is not supported: use SQLite or PostgreSQL.")


def _lock_file(url: URL) -> Any:
    path = Path(f"{url.database}-lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a")
    except OSError as error:
        raise BadInput(f"The database's folder {path.parent} cannot be written: {error.strerror}.") from error


class Ready(str):
    """A document that is JSON already: columns of JSON take it as it is."""

    __slots__ = ()


def _to_json(value: Any) -> str:
    return value if isinstance(value, Ready) else to_json(value).decode()


def _engine(url: URL, *, reading: bool) -> Engine:
    json: dict[str, Any] = {"json_serializer": _to_json, "json_deserializer": from_json}
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_size=4, max_overflow=4, pool_pre_ping=True, **json)
    size = 4 if reading else 1
    arguments = {"check_same_thread": False, "timeout": 30}
    engine = create_engine(url, poolclass=QueuePool, pool_size=size, max_overflow=0, connect_args=arguments, **json)
    event.listen(engine, "connect", _set_reader if reading else _set_writer)
    event.listen(engine, "begin", _begin if reading else _begin_immediate)
    return engine


def _set_writer(connection: sqlite3.Connection, _: object) -> None:
    # sqlite3's own BEGIN comes too late for DDL and for a steady read; SQLAlchemy's "begin" event says it instead.
    connection.isolation_level = None
    for words in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "cache_size=-8192"):
        connection.execute(f"PRAGMA {words}")


def _set_reader(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    for words in ("query_only=ON", "cache_size=-8192"):
        connection.execute(f"PRAGMA {words}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in known:
        raise BadInput(f"This database has shape {found}, which is newer than this Caretaker: install the newer one.")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(727274)")
    command.upgrade(config, "head")
