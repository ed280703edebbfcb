"""A fresh store for each test, on SQLite and on a PostgreSQL server that the tests start for themselves."""

import os
import pwd
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from collector.store import Store
from tests.collector.nights import School
from tests.conftest import without

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A private PostgreSQL cluster on a Unix socket, run by the user postgres when the tests run as root."""
    if not SERVERS:
        without("PostgreSQL's server is not installed: apt install postgresql.")
    with tempfile.TemporaryDirectory(prefix="caretaker-pg-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        home = Path(folder, "home")
        home.mkdir()
        user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            os.chown(home, pwd.getpwnam("postgres").pw_uid, -1)
        data = home / "data"
        _run(user, home, str(SERVERS[-1] / "initdb"), "-D", str(data), "-A", "trust", "-U", "caretaker", "--no-sync")
        words = f"-k {home} -h '' -c fsync=off -c max_connections=40"
        _run(
            user,
            home,
            str(SERVERS[-1] / "pg_ctl"),
            "-D",
            str(data),
            "-w",
            "-l",
            str(home / "log"),
            "-o",
            words,
            "start",
        )
        try:
            yield f"postgresql://caretaker@/postgres?host={home}"
        finally:
            _run(user, home, str(SERVERS[-1] / "pg_ctl"), "-D", str(data), "-w", "-m", "immediate", "stop")


def _run(user: str, folder: Path, *command: str) -> None:
    subprocess.run(
        command,
        check=True,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=user if os.geteuid() == 0 else None,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    )


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'collector.db'}"
    url: str = request.getfixturevalue("postgres_url")
    name = f"t{secrets.token_hex(6)}"
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.replace("/postgres?", f"/{name}?")


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An open store of each kind."""
    opened = Store(database)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An open SQLite store, for tests of rules that do not depend on the database."""
    opened = Store(str(tmp_path / "collector.db"))
    yield opened
    opened.close()


@pytest.fixture
def school(sqlite_store: Store) -> School:
    """A site with nothing sent yet, on SQLite."""
    return School(sqlite_store)
