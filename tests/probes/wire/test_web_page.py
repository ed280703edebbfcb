"""A device's own page: its words, its lies, and what it cannot make the agent do."""

import gzip
import random
import time
from typing import Any

import pytest

from probes.errors import Undecodable
from probes.seen import WebPage
from probes.transport.http import parse_reply
from probes.vocabulary import Outcome, Recording
from probes.wire.web_page import collect, decode
from tests.probes.wire.loopback import HOME, guard, lasting, mute, now, recording, run, saying, seen, serving

END = b"\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nServer: Allegro-Software-RomPager/4.34\r\n"


def page_of(*parts: bytes, **options: Any) -> Recording:
    with serving(saying(*parts, after=END, gap_s=options.pop("gap_s", 0))) as port:
        return run(collect(options.pop("guard", guard()), HOME, port, "test", now, **options))


def the_page(recorded: Recording) -> WebPage:
    (page,) = seen(recorded, decode)
    assert isinstance(page, WebPage)
    return page


def test_title_server_and_realm_are_read() -> None:
    page = the_page(page_of(OK + b'WWW-Authenticate: Basic realm="HP J9729A"' + END + b"<TITLE >Sw &amp; Co\n</TITLE>"))
    assert (page.title, page.server, page.realm) == ("Sw & Co", "Allegro-Software-RomPager/4.34", "HP J9729A")
    assert (page.status, page.tls) == (200, False)


def test_a_title_in_latin_1_with_control_characters_is_cleaned() -> None:
    assert the_page(page_of(OK + END + b"<title>Caf\xe9\x1b[31m \x00\xad x</title>")).title == "Café[31m x"


def test_chunks_are_joined_before_the_title_is_looked_for() -> None:
    body = b"5\r\n<titl\r\n9;x=y\r\ne>Hello</\r\n6\r\ntitle>\r\n0\r\n\r\n"
    assert the_page(page_of(OK + b"Transfer-Encoding: chunked" + END + body)).title == "Hello"


def test_a_gzip_bomb_is_opened_no_further_than_the_cap() -> None:
    bomb = gzip.compress(bytes(20_000_000), 9)
    with lasting(2):
        reply = parse_reply(OK + b"Content-Encoding: gzip" + END + bomb)
    assert len(reply.body) == 64 * 1024


def test_a_redirect_to_https_on_the_same_address_is_kept_as_the_pages_location() -> None:
    head = b"HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1:1/" + END
    recorded = page_of(head)
    assert recorded.outcome is Outcome.PARTIAL
    assert the_page(recorded).location == "https://127.0.0.1:1/"


def test_a_redirect_to_another_host_is_not_followed() -> None:
    visits: list[str] = []

    async def other(reader: Any, writer: Any) -> None:
        visits.append("visited")

    with serving(other) as port:
        recorded = page_of(f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:{port}/\r\n\r\n".encode())
    assert recorded.outcome is Outcome.COMPLETE
    assert the_page(recorded).location == f"http://127.0.0.2:{port}/"
    assert visits == []


def test_a_redirect_to_a_printers_port_sends_nothing() -> None:
    recorded = page_of(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9100/" + END)
    assert (recorded.outcome, len(recorded.answers)) == (Outcome.PARTIAL, 1)
    assert "9100" in recorded.reason


def test_a_page_that_redirects_to_itself_ends() -> None:
    asked: list[bytes] = []

    async def circle(reader: Any, writer: Any) -> None:
        asked.append(await reader.readuntil(END))
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /again%d\r\n\r\n" % len(asked))
        await writer.drain()

    with serving(circle) as port:
        recorded = run(collect(guard(), HOME, port, "test", now))
    assert len(asked) == 3
    assert the_page(recorded).status == 302


def test_a_server_that_dribbles_is_left_at_the_deadline() -> None:
    with lasting(3):
        recorded = page_of(OK, *[b"X: y\r\n"] * 50, gap_s=0.1, wall_s=1.5)
    assert recorded.outcome is Outcome.TIMED_OUT


def test_a_mute_server_times_out() -> None:
    with serving(mute) as port, lasting(3):
        assert run(collect(guard(), HOME, port, "test", now, wall_s=1)).outcome is Outcome.TIMED_OUT


def test_an_endless_page_is_read_to_the_cap_and_no_further() -> None:
    async def endless(reader: Any, writer: Any) -> None:
        writer.write(OK + END + b"<title>big</title>")
        while True:
            writer.write(bytes(8192))
            await writer.drain()

    with serving(endless) as port, lasting(4):
        recorded = run(collect(guard(), HOME, port, "test", now))
    assert the_page(recorded).title == "big"
    assert len(recorded.model_dump_json()) < 150_000


def test_what_is_not_http_is_garbled_and_a_closed_port_refused() -> None:
    assert page_of(b"SSH-2.0-OpenSSH_9.2\r\n").outcome is Outcome.GARBLED
    with serving(mute) as port:
        pass
    assert run(collect(guard(), HOME, port, "test", now)).outcome is Outcome.REFUSED


@pytest.mark.parametrize("limits", [{"fragile": (HOME,)}, {"exclude": (HOME,)}, {"scopes": ("10.0.0.0/8",)}])
def test_a_host_that_is_fragile_excluded_or_out_of_scope_gets_no_packet(limits: dict[str, Any]) -> None:
    visits: list[str] = []

    async def visited(reader: Any, writer: Any) -> None:
        visits.append("visited")

    with serving(visited) as port:
        assert run(collect(guard(**limits), HOME, port, "test", now)).outcome is Outcome.SKIPPED
    assert visits == []


def test_a_page_costs_the_host_its_share_of_the_pace() -> None:
    slow = guard(per_host_pps=60)
    page_of(OK + END, guard=slow)
    began = time.monotonic()
    page_of(OK + END, guard=slow)
    assert time.monotonic() - began > 0.4


def test_damaged_answers_are_undecodable_and_nothing_else() -> None:
    chance = random.Random(8)
    whole = OK + b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip" + END + b"5\r\nabcde\r\n0\r\n\r\n"
    for _ in range(3000):
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        try:
            parse_reply(bytes(raw[: chance.randint(0, len(raw))]))
        except Undecodable:
            pass


@pytest.mark.parametrize(
    "said", [{}, {"port": "x"}, 7, None, {"port": 1, "tls": 0, "status": 200, "head": "€", "body": ""}]
)
def test_a_stored_answer_of_the_wrong_shape_is_undecodable(said: Any) -> None:
    with pytest.raises(Undecodable):
        seen(recording("http.page", [said]), decode)
