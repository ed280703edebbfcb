"""Controllers that are not what they seem: every talk with one ends, in time, with a reason and within its bounds."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from probes.errors import Refused, Undecodable
from probes.transport import controller as transport
from probes.transport.controller import MOST_REQUESTS, ControllerLogin, Talk
from probes.transport.http import Reply
from probes.vocabulary import Outcome, Recording
from probes.wire import omada, unifi
from probes.wire.controllers import MOST_DEVICES, cut
from tests.probes.wire.controller_servers import PASSWORD, USER, Omada, Papers, Unifi, controller, unifi_school
from tests.probes.wire.loopback import HOME, guard, lasting, mute, now, run, saying, serving

LOGIN = ControllerLogin.model_validate({"username": USER, "password": PASSWORD})
END = b"\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return Papers(tmp_path_factory.mktemp("papers"))


def ask(papers: Papers, handler: Any, module: Any = unifi, **more: Any) -> list[Recording]:
    with serving(handler, papers.context) as port:
        place = transport.Place(HOME, port, papers.fingerprint)
        return run(module.collect(guard(), place, LOGIN, "default", "test", now, **more))


def get(papers: Papers, *parts: bytes, left: int = transport.TALK_LIMIT) -> Reply:
    with serving(saying(*parts, after=END), papers.context) as port:
        talk = Talk(guard(), transport.Place(HOME, port, papers.fingerprint), left=left)
        return run(talk.get("/"))


def test_an_answer_with_a_length_in_chunks_or_to_the_end_is_read_whole(papers: Papers) -> None:
    body = b"x" * 100_000
    chunks = b"".join(b"%x;a=b\r\n%s\r\n" % (len(p), p) for p in (body[:7], body[7:90_000], body[90_000:]))
    for head, sent in (
        (b"Content-Length: 100000", body),
        (b"Transfer-Encoding: chunked", chunks + b"0\r\n\r\n"),
        (b"X: y", body),
    ):
        assert get(papers, OK + head + END, sent).body == body


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (OK + b"Content-Length: 5000" + END + b"half", "broke off"),
        (OK + b"Transfer-Encoding: chunked" + END + b"50\r\nhalf", "broke off"),
        (OK + b"Transfer-Encoding: chunked" + END + b"zz\r\n", "broke off"),
        (OK + b"Content-Encoding: gzip" + END + gzip.compress(bytes(10_000_000)), "compressed"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
        (b"", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 40_000, "not HTTP"),
    ],
)
def test_an_answer_that_is_cut_compressed_or_no_http_is_undecodable(papers: Papers, sent: bytes, words: str) -> None:
    with pytest.raises(Undecodable, match=words):
        get(papers, sent)


def test_an_endless_answer_is_read_to_its_cap_and_not_believed(papers: Papers) -> None:
    async def endless(reader: Any, writer: Any) -> None:
        await reader.readuntil(END)
        writer.write(OK + END)
        while True:
            writer.write(bytes(65536))
            await writer.drain()

    with serving(endless, papers.context) as port, lasting(5):
        talk = Talk(guard(), transport.Place(HOME, port, papers.fingerprint), left=500_000)
        with pytest.raises(Undecodable, match="longer than 488 KiB"):
            run(talk.get("/"))


def test_the_bytes_of_one_talk_are_counted_over_all_its_answers(papers: Papers) -> None:
    with serving(saying(OK + END + b"x" * 60_000, after=END), papers.context) as port:
        talk = Talk(guard(), transport.Place(HOME, port, papers.fingerprint), left=150_000)

        async def three() -> None:
            for _ in range(3):
                await talk.get("/")

        with pytest.raises(Undecodable, match="longer than"):
            run(three())
    assert talk.requests == 3


def test_a_talk_has_a_most_of_requests(papers: Papers) -> None:
    talk = Talk(guard(), transport.Place(HOME, 1, papers.fingerprint), requests=MOST_REQUESTS)
    with pytest.raises(Undecodable, match="more than 200 requests"):
        run(talk.get("/"))


def test_a_long_answer_is_paid_for_at_the_guards_pace(papers: Papers) -> None:
    with serving(saying(OK + END + bytes(256 * 1024), after=END), papers.context) as port:
        slow = guard(per_host_pps=200)
        talk = Talk(slow, transport.Place(HOME, port, papers.fingerprint))
        run(talk.get("/"))
        paid = slow._next_to_host[HOME]
        run(talk.get("/"))
    # Four pieces of 64 KiB are acknowledged in 100 packets, at 180 packets a second.
    assert slow._next_to_host[HOME] - paid > 0.5


@pytest.mark.parametrize("handler", [mute, saying(OK, b"X: y\r\n", b"X: y\r\n", after=END, gap_s=2)])
@pytest.mark.parametrize("module", [unifi, omada])
def test_a_mute_or_dribbling_controller_is_left_at_the_deadline(papers: Papers, handler: Any, module: Any) -> None:
    with lasting(4):
        (recording,) = ask(papers, handler, module, wall_s=1)
    assert recording.outcome is Outcome.TIMED_OUT


@pytest.mark.parametrize(("module", "server"), [(unifi, Unifi()), (omada, Omada())])
def test_a_controller_that_falls_silent_after_the_login_is_left_soon(papers: Papers, module: Any, server: Any) -> None:
    async def silent(reader: Any, writer: Any) -> None:
        if server.sessions:
            await mute(reader, writer)
        else:
            await server(reader, writer)

    with lasting(5):
        (recording,) = ask(papers, silent, module, wall_s=1)
    assert (len(server.secrets), recording.outcome in (Outcome.TIMED_OUT, Outcome.PARTIAL)) == (1, True)
    assert "within 1 s" in recording.reason


def test_a_port_without_tls_gets_no_password(papers: Papers) -> None:
    heard: list[bytes] = []

    async def plain(reader: Any, writer: Any) -> None:
        heard.append(await reader.read(1000))
        writer.write(OK + END)

    with serving(plain) as port:
        place = transport.Place(HOME, port, papers.fingerprint)
        (recording,) = run(unifi.collect(guard(), place, LOGIN, "default", "test", now, wall_s=5))
    assert recording.outcome is Outcome.GARBLED
    assert not any(PASSWORD.encode() in one for one in heard)


def test_a_login_that_redirects_is_not_followed(papers: Papers) -> None:
    class Elsewhere(Unifi):
        def _session(self, path: str, headers: Any, body: Any) -> Any:
            return 302, {"Location": "https://127.0.0.2/api/login"}, b""

    server = Elsewhere()
    with controller(server, papers) as place:
        (recording,) = run(unifi.collect(guard(), place, LOGIN, "default", "test", now))
    assert recording.reason == "The controller did not take the login (HTTP status 302)."
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "said",
    [
        b"<html>busy</html>",
        b"",
        b"[" * 200_000,
        b'{"data":' + b"9" * 100_000 + b"}",
        b'{"meta":{"rc":"ok"},"data":{"mac":"x"}}',
        b"null",
        b"[]",
        b'{"data":[7,null,"x",{"mac":5},{"mac":"zz"}],"meta":7}',
    ],
)
def test_garbage_in_place_of_the_device_list_ends_with_a_reason_and_no_devices(papers: Papers, said: bytes) -> None:
    data = unifi_school() | {"stat/device": (200, {}, said)}
    with controller(Unifi(data=data), papers) as place, lasting(5):
        recordings = run(unifi.collect(guard(), place, LOGIN, "default", "test", now))
    assert len(recordings) == 1
    assert recordings[0].outcome is (Outcome.COMPLETE if said.endswith(b"7}") else Outcome.PARTIAL)
    assert bool(recordings[0].reason) is not said.endswith(b"7}")


def test_more_devices_than_are_kept_are_counted_as_missing(papers: Papers) -> None:
    many = [{"mac": f"24:5a:4c:{n >> 16:02x}:{n >> 8 & 255:02x}:{n & 255:02x}", "type": "usw"} for n in range(5_000)]
    data = unifi_school() | {"stat/device": many}
    with controller(Unifi(data=data), papers) as place, lasting(10):
        recordings = run(unifi.collect(guard(), place, LOGIN, "default", "test", now))
    assert len(recordings) == 1 + MOST_DEVICES
    assert recordings[0].reason == f"Not all of it came: more than {MOST_DEVICES} devices."


def test_pages_without_end_end(papers: Papers) -> None:
    class Endless(Omada):
        def _page(self, rows: list[Any], page: int) -> Any:
            return {"totalRows": 10**9, "data": rows}

    server = Endless()
    with controller(server, papers) as place, lasting(20):
        recordings = run(omada.collect(guard(), place, LOGIN, "Ashfield", "test", now))
    assert recordings[0].outcome is not Outcome.COMPLETE
    assert len(server.asked) <= MOST_REQUESTS + 1


@pytest.mark.parametrize("identity", ["../../x", "", "a" * 100, "a b", 7, None])
def test_an_id_that_would_lead_elsewhere_is_not_put_into_a_path(papers: Papers, identity: Any) -> None:
    class Odd(Omada):
        def answer(self, method: str, path: str, headers: Any, body: Any) -> Any:
            return 200, {}, {"errorCode": 0, "result": {"omadacId": identity}}

    server = Odd()
    with controller(server, papers) as place:
        (recording,) = run(omada.collect(guard(), place, LOGIN, "Ashfield", "test", now))
    assert (recording.outcome, recording.reason) == (Outcome.GARBLED, "The controller did not say its id (omadacId).")
    assert server.asked == ["GET /api/info"]


def test_a_flood_of_cookies_is_kept_to_sixteen(papers: Papers) -> None:
    flood = b"".join(b"Set-Cookie: c%d=%s\r\n" % (n, b"v" * 10) for n in range(200))
    with serving(saying(OK + flood + b"Content-Length: 0" + END, after=END), papers.context) as port:
        talk = Talk(guard(), transport.Place(HOME, port, papers.fingerprint))
        run(talk.get("/"))
    assert len(talk.cookies) == 16


def test_a_ca_file_that_cannot_be_read_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    talk = Talk(guard(), transport.Place(HOME, 1, ca_file=tmp_path / "none.pem"))
    with pytest.raises(Refused, match="cannot be read as a certificate authority"):
        run(talk.get("/"))


def test_what_is_cut_has_only_named_fields_of_plain_values_and_is_bounded() -> None:
    raw = {"a": "x" * 999, "b": [{"c": 1, "d": 2}] * 999, "e": {"c": [1], "f": 1}, "g": float("nan"), "h": 10**40}
    keep = {"a": None, "b": {"c": None}, "e": {"c": None}, "g": None, "h": None, "i": None}
    found = cut(raw, keep)
    assert found.keys() == {"a", "b", "e"}
    assert (len(found["a"]), len(found["b"]), found["b"][0], found["e"]) == (256, 256, {"c": 1}, {})
    assert cut(json.loads("[1]"), keep) == {}
