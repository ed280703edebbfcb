"""Delivery against a real HTTP server on loopback that behaves well, badly, and not at all."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from agent.deliver import deliver
from agent.spool import Spool
from tests.agent.reports import sealed

TOKEN = "token-for-tests"


class Collector(BaseHTTPRequestHandler):
    """Answers each POST with the next of `answers`, and remembers what it stored."""

    answers: list[int]
    stored: list[int]
    receipt = True

    def do_POST(self) -> None:
        body = gzip.decompress(self.rfile.read(int(self.headers["Content-Length"])))
        seal = json.loads(body)["seal"]
        status = self.answers.pop(0) if self.answers else 201
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            status = 401
        if status in (200, 201):
            self.stored.append(seal["sequence"])
        words = {"sha256": seal["sha256"] if self.receipt else "other"} if status < 400 else {"detail": "no <b>"}
        raw = json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def collector(*answers: int, receipt: bool = True) -> Iterator[tuple[str, list[int]]]:
    handler = type("Handler", (Collector,), {"answers": list(answers), "stored": [], "receipt": receipt})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler.stored  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    made = Spool(tmp_path)
    for number in (1, 2, 3):
        made.put(sealed(number))
    return made


def test_everything_waiting_is_stored_oldest_first(spool: Spool) -> None:
    with collector() as (url, stored):
        done = deliver(spool, url, TOKEN)
    assert (done.stored, done.waiting, stored) == (3, 0, [1, 2, 3])
    assert list(spool.waiting()) == []


def test_a_report_the_collector_already_has_counts_as_stored(spool: Spool) -> None:
    with collector(200) as (url, _):
        assert deliver(spool, url, TOKEN).stored == 3


@pytest.mark.parametrize("status", [500, 503, 429, 404])
def test_a_collector_in_trouble_leaves_everything_waiting(spool: Spool, status: int) -> None:
    with collector(*[status] * 3) as (url, _):
        done = deliver(spool, url, TOKEN, pause=lambda _: None)
    assert (done.stored, done.waiting) == (0, 3)
    assert str(status) in done.trouble


def test_trouble_that_passes_is_tried_again(spool: Spool) -> None:
    pauses: list[float] = []
    with collector(503, 503) as (url, stored):
        deliver(spool, url, TOKEN, pause=pauses.append)
    assert stored == [1, 2, 3]
    assert pauses[:2] == [1.0, 2.0]


def test_a_poisoned_report_is_set_aside_and_the_queue_moves_on(spool: Spool) -> None:
    with collector(422) as (url, stored):
        done = deliver(spool, url, TOKEN)
    assert (done.stored, done.set_aside, stored) == (2, 1, [2, 3])


def test_a_wrong_token_is_said_and_nothing_is_lost(spool: Spool) -> None:
    with collector() as (url, _):
        done = deliver(spool, url, "other", pause=lambda _: None)
    assert done.waiting == 3
    assert "token" in done.trouble


def test_an_answer_without_a_receipt_for_this_report_is_not_believed(spool: Spool) -> None:
    with collector(receipt=False) as (url, _):
        done = deliver(spool, url, TOKEN, pause=lambda _: None)
    assert (done.stored, done.waiting) == (0, 3)


def test_a_collector_that_is_not_there_is_one_sentence(spool: Spool) -> None:
    done = deliver(spool, "http://127.0.0.1:9", TOKEN, pause=lambda _: None)
    assert done.waiting == 3
    assert "could not be reached (no connection)" in done.trouble
