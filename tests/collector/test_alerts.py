"""Who is told what: one digest a morning, each change once, and at once when an agent falls silent."""

import email
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, ClassVar

import pytest
from sqlalchemy import select

from collector import channels
from collector import tables as t
from collector.alerts import Send, make_digests, raise_alert, send_due, watch_agents
from collector.rebuild import rebuild
from collector.settings import Alerts, alert_urls
from collector.store import Store
from tests.collector.nights import NOW, School, changed, finding, night, plugged, small_school, thing, without

BASE = small_school()
MORNING = datetime(2026, 9, 8, 6, 30)  # 7.30 in British summer time
ALERTS = Alerts()


def alerts(store: Store, kind: str) -> list[Any]:
    with store.reading() as connection:
        return list(connection.execute(select(t.alert).where(t.alert.c.kind == kind).order_by(t.alert.c.alert)))


def with_a_camera(school: School) -> None:
    camera = thing("cam-gate", "camera", "10.20.0.90", "00:40:8c:00:00:90", connected_to=plugged(BASE["core"], "15"))
    school.night(1, BASE.values())
    school.night(2, (BASE | {"camera": camera}).values())


@pytest.fixture
def both(store: Store) -> School:
    """The school on each database."""
    return School(store)


def test_one_digest_each_morning_tells_each_change_once_even_after_a_rebuild(both: School) -> None:
    with_a_camera(both)
    assert make_digests(both.store, ALERTS, MORNING) == 1
    assert make_digests(both.store, ALERTS, MORNING + timedelta(hours=1)) == 0
    rebuild(both.store, "school")
    assert make_digests(both.store, ALERTS, MORNING + timedelta(days=1)) == 0
    (digest,) = alerts(both.store, "digest")
    assert digest.subject == "Ashfield School: 1 change this morning"
    assert digest.body == "- cam-gate (camera) was seen for the first time at sw-core port 15."


def test_before_the_morning_nobody_is_woken(school: School) -> None:
    with_a_camera(school)
    assert make_digests(school.store, ALERTS, MORNING.replace(hour=5, minute=59)) == 0


def test_benign_changes_alone_make_no_digest(school: School) -> None:
    school.night(1, BASE.values())
    school.night(2, changed(BASE, "pc", ips=("10.20.1.99",)).values())
    assert make_digests(school.store, ALERTS, MORNING) == 0


def test_a_year_that_comes_late_is_not_told_as_news(school: School) -> None:
    with_a_camera(school)
    assert make_digests(school.store, ALERTS, MORNING + timedelta(days=60)) == 0


def test_a_flood_of_changes_is_cut_and_says_how_many_more(school: School) -> None:
    school.night(1, BASE.values())
    things = [thing(f"pc-{n}", "endpoint", f"10.20.1.{n}", f"d8:9e:f3:00:05:{n:02x}") for n in range(1, 61)]
    school.night(2, [*BASE.values(), *things])
    make_digests(school.store, ALERTS, MORNING)
    assert alerts(school.store, "digest")[0].body.endswith("- and 20 more on the morning page.")


def test_an_acceptance_that_ended_reopens_by_itself(school: School) -> None:
    bad = finding("hardening.telnet", BASE["core"].id, "not-met-now", sentence="sw-core offers telnet.")
    for number in (1, 2):
        school.night(number, BASE.values(), findings=(bad,))
    with school.store.writing() as connection:
        key = connection.scalar(select(t.finding.c.key))
        row = {"acceptance": "1", "site": "ashfield", "key": key, "role": "Head", "on": night(1), "until": night(1)}
        connection.execute(t.acceptance.insert().values(tenant="school", at=NOW, **row))
    make_digests(school.store, ALERTS, MORNING)
    body = alerts(school.store, "digest")[0].body
    assert body == "- The acceptance by Head has ended, and it still holds: sw-core offers telnet."


def test_an_agent_without_a_report_for_26_hours_is_silent_and_told_once_for_each_silence(both: School) -> None:
    both.night(1, BASE.values())
    assert watch_agents(both.store, ALERTS, NOW + timedelta(hours=26)) == 0
    assert watch_agents(both.store, ALERTS, NOW + timedelta(hours=27)) == 1
    assert watch_agents(both.store, ALERTS, NOW + timedelta(hours=60)) == 0
    both.send(both.report(night(4), BASE.values()), NOW + timedelta(hours=72))
    assert watch_agents(both.store, ALERTS, NOW + timedelta(hours=90)) == 0
    assert watch_agents(both.store, ALERTS, NOW + timedelta(hours=99)) == 1
    assert "silent" in alerts(both.store, "silent")[0].subject


def test_an_agent_that_never_sent_anything_is_silent_too(school: School) -> None:
    school.agent("staff")
    assert watch_agents(school.store, ALERTS, NOW + timedelta(hours=27)) == 1
    assert "has not sent a report yet" in alerts(school.store, "silent")[0].body


def put(store: Store, subject: str = "Ashfield: 1 change") -> None:
    with store.writing() as connection:
        raise_alert(connection, "school", "ashfield", "digest", "digest 1", subject, "- one\n- two", NOW)


class Flaky:
    """Takes messages except for the first failures of each address."""

    def __init__(self, failures: int) -> None:
        self.left: dict[str, int] = {}
        self.failures = failures
        self.taken: list[str] = []

    def __call__(self, url: str, subject: str, body: str) -> str:
        self.left.setdefault(url, self.failures if url.endswith("bad") else 0)
        if self.left[url]:
            self.left[url] -= 1
            return "not now"
        self.taken.append(url)
        return ""


def test_what_one_address_took_is_not_sent_to_it_again_while_another_fails(store: Store) -> None:
    put(store)
    send: Flaky = Flaky(2)
    urls = ("json://good", "json://bad")
    times = [
        NOW,
        NOW + timedelta(minutes=1),
        NOW + timedelta(minutes=5),
        NOW + timedelta(hours=1),
        NOW + timedelta(days=1),
    ]
    for now in times:
        send_due(store, urls, now, send)
    assert send.taken == ["json://good", "json://bad"]
    (row,) = alerts(store, "digest")
    assert (row.attempts, row.sent, row.error) == (3, NOW + timedelta(hours=1), "")


def test_a_device_name_cannot_forge_a_header(sqlite_store: Store) -> None:
    put(sqlite_store, "Ashfield\r\nBcc: everyone@example.org")
    (row,) = alerts(sqlite_store, "digest")
    assert row.subject == "Ashfield Bcc: everyone@example.org"


def test_the_same_alert_is_put_once(sqlite_store: Store) -> None:
    put(sqlite_store)
    put(sqlite_store, "another subject")
    assert [row.subject for row in alerts(sqlite_store, "digest")] == ["Ashfield: 1 change"]


def test_addresses_are_read_from_a_file_too(tmp_path: Path) -> None:
    (tmp_path / "urls").write_text("# office\nmailto://office\n\njson://hook\n")
    assert alert_urls(Alerts(urls=("json://a",), urls_file=tmp_path / "urls")) == (
        "json://a",
        "mailto://office",
        "json://hook",
    )


class Mail(StreamRequestHandler):
    """As much of SMTP (RFC 5321) as one message needs; can refuse the first connections."""

    got: ClassVar[list[Message]] = []
    refuse: ClassVar[list[int]] = []

    def handle(self) -> None:
        if self.refuse:
            self.refuse.pop()
            self.wfile.write(b"421 busy\r\n")
            return
        self.wfile.write(b"220 here\r\n")
        for raw in self.rfile:
            word = raw.split()[0].upper() if raw.split() else b""
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.got.append(email.message_from_bytes(b"".join(iter(self.rfile.readline, b".\r\n"))))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


class Hook(BaseHTTPRequestHandler):
    """A webhook that keeps what it is posted."""

    got: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        self.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def running(server: Any) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_digest_reaches_a_real_mail_server_and_a_real_webhook_once(sqlite_store: Store) -> None:
    Mail.got, Hook.got, Mail.refuse = [], [], [1]
    put(sqlite_store, "Ashfield School: 1 change this morning")
    send: Send = channels.send
    with (
        running(ThreadingTCPServer(("127.0.0.1", 0), Mail)) as smtp,
        running(ThreadingHTTPServer(("127.0.0.1", 0), Hook)) as web,
    ):
        urls = (
            f"mailto://127.0.0.1:{smtp}/?from=caretaker@school.example&to=office@school.example&mode=insecure",
            f"json://127.0.0.1:{web}/hook",
        )
        first = send_due(sqlite_store, urls, NOW, send)
        second = send_due(sqlite_store, urls, NOW + timedelta(hours=1), send)
    assert (first.sent, first.failed, second.sent, second.failed) == (0, 1, 1, 0)
    assert [message["Subject"] for message in Mail.got] == ["Ashfield School: 1 change this morning"]
    assert "- one" in str(Mail.got[0])
    assert [hook["title"] for hook in Hook.got] == ["Ashfield School: 1 change this morning"]


def test_a_removed_thing_is_in_the_digest_of_the_second_morning(school: School) -> None:
    school.night(1, BASE.values())
    for number in (2, 3):
        school.night(number, without(BASE, "ap").values())
    make_digests(school.store, ALERTS, MORNING + timedelta(days=1))
    assert "ap-sci-1 was last seen on 2026-09-07" in alerts(school.store, "digest")[0].body
