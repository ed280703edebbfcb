"""The collector over HTTP: what it answers, and that kill -9 at any moment loses nothing and stores nothing twice."""

import gzip
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from sqlalchemy import func, select, text

from collector import tables as t
from collector.intake import PACKED_LIMIT
from collector.serving import create_app
from collector.settings import Settings
from collector.sites import add_site
from collector.store import Store
from tests.collector.listening import listening
from tests.collector.nights import NOW, School, night, packed, small_school
from tests.conftest import ROOT

BASE = small_school()
KILLS = int(os.environ.get("CARETAKER_KILLS", "20"))


@pytest.fixture
def client(store: Store, tmp_path: Path) -> Iterator[httpx.Client]:
    app = create_app(Settings(tenant="school", data_dir=tmp_path), store, clock=lambda: NOW)
    with listening(app) as client:
        yield client


@pytest.fixture
def token(store: Store) -> str:
    return add_site(store, Settings(tenant="school"), "ashfield", "Ashfield School", "pi", NOW)


def post(client: httpx.Client, token: str, body: bytes, encoding: str = "gzip") -> Any:
    headers = {"Authorization": f"Bearer {token}", "Content-Encoding": encoding, "Content-Type": "application/json"}
    return client.post("/api/v1/reports", content=body, headers=headers)


def test_a_report_gets_201_and_then_200_with_the_same_receipt(client: httpx.Client, token: str, store: Store) -> None:
    body = packed(School(store).report(night(1), BASE.values()))
    first, again = post(client, token, body), post(client, token, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["stored_at"] == "2026-09-07T05:00:00Z"
    assert set(first.json()) == {"sha256", "sequence", "stored_at", "applied"}


def test_where_an_agent_stands(client: httpx.Client, token: str, store: Store) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/agents/self", headers=headers).json()["last_sequence"] == 0
    report = School(store).report(night(1), [])
    post(client, token, packed(report))
    assert report.seal is not None
    standing = client.get("/api/v1/agents/self", headers=headers).json()
    assert (standing["site"], standing["last_sequence"]) == ("ashfield", 1)
    assert standing["last_sha256"] == report.seal.sha256


def test_other_content_under_the_same_number_gets_409(client: httpx.Client, token: str, store: Store) -> None:
    post(client, token, packed(School(store).report(night(1), [])))
    assert post(client, token, packed(School(store).report(night(1), BASE.values()))).status_code == 409


def test_another_site_gets_403_and_leaves_only_an_audit_line(client: httpx.Client, token: str, store: Store) -> None:
    answer = post(client, token, packed(School(store, site="beech").report(night(1), [])))
    assert answer.status_code == 403
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(t.raw_report)) == 0
        assert connection.scalars(select(t.audit.c.what)).all()[-1] == "report refused"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ctk_nobody", "Basic abc"])
def test_without_a_known_token_nothing_is_read(client: httpx.Client, header: str) -> None:
    headers = {"Authorization": header, "Content-Encoding": "gzip"}
    assert client.post("/api/v1/reports", content=b"x", headers=headers).status_code == 401
    assert client.get("/api/v1/agents/self", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"x" * (PACKED_LIMIT + 1), 413, "8 MiB"),
        (gzip.compress(b" " * (33 * 2**20)), 413, "32 MiB"),
        (b"not gzip", 422, "gzip"),
        (gzip.compress(b"{}"), 422, "not a Caretaker report"),
        (gzip.compress(b'{"a":1,"a":1}'), 422, "twice"),
        (gzip.compress(b"[" * 100_000), 422, "deep"),
    ],
    ids=["too large", "bomb", "not gzip", "empty", "key twice", "deep"],
)
def test_what_is_refused_says_why(client: httpx.Client, token: str, body: bytes, status: int, words: str) -> None:
    answer = post(client, token, body)
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True)


def test_health_says_nothing_but_that_it_lives(client: httpx.Client) -> None:
    assert client.get("/api/v1/health").json() == {"status": "ok"}


class Killed:
    """A real collector process on loopback that is killed and started again."""

    def __init__(self, folder: Path, database: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._database = database
        command = [sys.executable, "-m", "tests.collector.server", str(folder)]
        self._runner = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = 0

    def start(self) -> None:
        self._say(f"start {self._database} {self.port}")
        self.pid = int(self._hear())

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        assert self._hear() == "ended"

    def wait(self) -> None:
        """Until the server listens."""
        while True:
            assert psutil.pid_exists(self.pid), "The server ended by itself."
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.02)

    def close(self) -> None:
        assert self._runner.stdin is not None
        assert self._runner.stdout is not None
        self._runner.stdin.close()
        self._runner.wait(timeout=10)
        self._runner.stdout.close()

    def _say(self, line: str) -> None:
        assert self._runner.stdin is not None
        self._runner.stdin.write(line + "\n")
        self._runner.stdin.flush()

    def _hear(self) -> str:
        assert self._runner.stdout is not None
        return self._runner.stdout.readline().strip()

    def post(self, token: str, body: bytes) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Authorization": f"Bearer {token}", "Content-Encoding": "gzip"}
        try:
            connection.request("POST", "/api/v1/reports", body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


class Client(threading.Thread):
    """An agent that sends night after night, each until it is acknowledged, and notes what was."""

    def __init__(self, server: Killed, token: str, school: School) -> None:
        super().__init__(daemon=True)
        self._server, self._token, self._school = server, token, school
        self.ending = threading.Event()
        self.acknowledged: list[tuple[int, str]] = []
        self.surprises: list[object] = []

    def run(self) -> None:
        number = 0
        while not self.ending.is_set():
            number += 1
            body = packed(self._school.report(night(number), BASE.values()))
            while not self._take(body):
                time.sleep(0.02)

    def _take(self, body: bytes) -> bool:
        try:
            status, receipt = self._server.post(self._token, body)
        except (OSError, http.client.HTTPException, ValueError):
            return False
        if status not in (200, 201):
            self.surprises.append((status, receipt))
            return True
        self.acknowledged.append((receipt["sequence"], receipt["sha256"]))
        return True


@pytest.mark.slow
def test_kill_9_at_random_during_delivery_loses_nothing_and_stores_nothing_twice(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'collector.db'}"
    store = Store(database)
    token = add_site(store, Settings(tenant="school"), "ashfield", "", "pi", NOW)
    server = Killed(tmp_path, database)
    client = Client(server, token, School(store))
    dice = random.Random(1)
    server.start()
    client.start()
    for number in range(KILLS):
        if number % 4:
            server.wait()
        time.sleep(dice.uniform(0, 0.4))
        server.kill()
        server.start()
    client.ending.set()
    client.join(timeout=60)
    server.kill()
    server.close()
    assert client.surprises == []
    check_everything(store, client.acknowledged)
    store.close()


def check_everything(store: Store, acknowledged: list[tuple[int, str]]) -> None:
    """What was acknowledged is stored once, applied, and the database is whole."""
    assert len(acknowledged) >= KILLS / 2
    with store.reading() as connection:
        rows = connection.execute(select(t.raw_report).order_by(t.raw_report.c.sequence)).all()
        nights = connection.scalar(select(func.count()).select_from(t.night))
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        assert connection.scalar(select(func.count()).select_from(t.change)) == 0
        assert connection.scalar(select(func.count()).select_from(t.entry)) == len(BASE)
    assert [(row.sequence, row.sha256) for row in rows] == acknowledged
    assert {row.state for row in rows} == {"applied"}
    assert nights == len(rows)
    print(f"{KILLS} kills, {len(rows)} reports")


@pytest.mark.slow
def test_the_server_stays_within_200_mib(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'collector.db'}"
    store = Store(database)
    token = add_site(store, Settings(tenant="school"), "ashfield", "", "pi", NOW)
    server = Killed(tmp_path, database)
    client = Client(server, token, School(store))
    server.start()
    client.start()
    while len(client.acknowledged) < 20:
        time.sleep(0.05)
    client.ending.set()
    client.join(timeout=60)
    used = psutil.Process(server.pid).memory_info().rss / 2**20
    server.kill()
    server.close()
    store.close()
    print(f"{used:.0f} MiB")
    assert used <= 200
