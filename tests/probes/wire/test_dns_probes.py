"""The filter check and the open-resolver check against a real dnsmasq, and against resolvers that misbehave."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import pytest

from probes.errors import Undecodable
from probes.seen import FilterAnswer, OpenResolver
from probes.transport.dns import ask_resolver, resolve
from probes.vocabulary import Outcome, Recording
from probes.wire import filter_check, resolver
from probes.wire.filter_check import FilterTest
from tests.probes.wire.loopback import HOME, guard, lasting, now, recording, run, seen

CONFIG = """
no-resolv
no-hosts
bind-interfaces
listen-address=127.0.0.1
address=/blocked.filter-test.example/
address=/sink.filter-test.example/0.0.0.0
address=/page.filter-test.example/198.51.100.80
address=/private.filter-test.example/10.20.0.99
address=/www.gov.example/203.0.113.5
address=/intranet.school.example/10.20.0.10
address=/forcesafesearch.google.com/216.239.38.120
cname=www.google.com,forcesafesearch.google.com
host-record=forcesafesearch.google.com,216.239.38.120
address=/strict.bing.com/204.79.197.220
address=/www.bing.com/204.79.197.200
address=/restrict.youtube.com/216.239.38.120
address=/www.youtube.com/216.239.38.120
"""


def answers(port: int) -> bool:
    try:
        return bool(run(ask_resolver(guard(), HOME, "www.gov.example", port=port, wall_s=0.3)).rcode)
    except OSError:
        return False


@pytest.fixture(scope="module")
def dnsmasq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind((HOME, 0))
        port = free.getsockname()[1]
    config = tmp_path_factory.mktemp("dns") / "dnsmasq.conf"
    config.write_text(f"{CONFIG}\nport={port}\npid-file={config}.pid\nuser=root\n")
    process = subprocess.Popen(["dnsmasq", "-k", "-C", str(config)], stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 5
        while time.monotonic() < until and not answers(port):
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


class Resolver:
    """A UDP resolver on loopback that answers each query as its function says."""

    def __init__(self, answer: Any) -> None:
        self.asked: list[str] = []
        self._answer = answer
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HOME, 0))
        self._socket.settimeout(0.1)
        self.port = self._socket.getsockname()[1]
        self._going = True
        self._thread = Thread(target=self._serve)

    def __enter__(self) -> "Resolver":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._going = False
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while self._going:
            try:
                data, address = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            query = dns.message.from_wire(data)
            self.asked.append(str(query.question[0].name))
            for reply in self._answer(query):
                self._socket.sendto(reply, address)


def refusing(query: Any) -> list[bytes]:
    reply = dns.message.make_response(query)
    reply.set_rcode(dns.rcode.REFUSED)
    return [reply.to_wire()]


def checked(port: int, *tests: FilterTest, **options: Any) -> tuple[Recording, dict[str, FilterAnswer]]:
    recorded = run(filter_check.collect(guard(), HOME, tests, "test", now, port=port, **options))
    found = [answer for answer in seen(recorded, filter_check.decode) if isinstance(answer, FilterAnswer)]
    return recorded, {answer.name: answer for answer in found}


@pytest.mark.parametrize(
    ("name", "expect", "verdict"),
    [
        ("blocked.filter-test.example", "blocked", "blocked"),
        ("sink.filter-test.example", "blocked", "blocked"),
        ("page.filter-test.example", "blocked", "blocked"),
        ("private.filter-test.example", "blocked", "blocked"),
        ("www.gov.example", "blocked", "allowed"),
        ("www.gov.example", "allowed", "allowed"),
        ("intranet.school.example", "allowed", "allowed"),
        ("sink.filter-test.example", "allowed", "blocked"),
        ("www.google.com", "safe-search", "safe-search"),
        ("www.bing.com", "safe-search", "unsafe"),
        ("www.youtube.com", "safe-search", "safe-search"),
        ("www.gov.example", "safe-search", "unknown"),
    ],
)
def test_the_verdict_says_what_the_resolver_did(dnsmasq: int, name: str, expect: Any, verdict: str) -> None:
    control = FilterTest(name="www.gov.example", expect="allowed", category="control")
    asked = FilterTest(name=name, expect=expect, category="test page")
    _, found = checked(dnsmasq, control, asked, block_pages=("198.51.100.80",))
    assert (found[name].verdict, found[name].expected) == (verdict, expect)
    assert found[name].reason


def test_a_resolver_that_refuses_every_name_filters_nothing() -> None:
    with Resolver(refusing) as server:
        _, found = checked(
            server.port, FilterTest(name="blocked.example"), FilterTest(name="a.example", expect="allowed")
        )
    assert {answer.verdict for answer in found.values()} == {"unknown"}


def test_a_silent_resolver_costs_its_deadline_and_is_never_a_block() -> None:
    tests = [FilterTest(name=f"n{n}.example") for n in range(10)]
    with Resolver(lambda _: []) as server, lasting(2.5):
        recorded, found = checked(server.port, *tests, wall_s=1)
    assert recorded.outcome is Outcome.TIMED_OUT
    assert {answer.verdict for answer in found.values()} == {"unknown"}


def test_forged_and_broken_datagrams_are_dropped_and_the_question_is_asked_again() -> None:
    def noisy(query: Any) -> list[bytes]:
        good = dns.message.make_response(query)
        forged = dns.message.make_response(query)
        forged.id = (query.id + 1) % 65536
        return [b"", b"\x00" * 40, forged.to_wire(), good.to_wire()[:11]]

    with Resolver(noisy) as server:
        answer = run(ask_resolver(guard(), HOME, "a.example", port=server.port, wall_s=1))
    assert answer.rcode == ""
    assert 2 <= len(server.asked) <= 3


def test_a_closed_port_is_unknown_and_never_a_block() -> None:
    with Resolver(refusing) as server:
        pass
    _, found = checked(server.port, FilterTest(name="a.example"), wall_s=0.5)
    assert found["a.example"].verdict == "unknown"


def test_only_configured_names_and_the_safe_names_of_their_services_are_asked() -> None:
    with Resolver(refusing) as server:
        checked(server.port, FilterTest(name="blocked.example"), FilterTest(name="www.bing.com", expect="safe-search"))
    assert set(server.asked) == {"blocked.example.", "www.bing.com.", "strict.bing.com."}


def test_a_resolver_out_of_scope_is_skipped_unless_a_person_named_it() -> None:
    tests = [FilterTest(name="a.example")]
    with Resolver(refusing) as server:
        outside = guard(scopes=("10.0.0.0/8",))
        assert run(filter_check.collect(outside, HOME, tests, "test", now, port=server.port)).outcome is Outcome.SKIPPED
        assert server.asked == []
        named = guard(scopes=("10.0.0.0/8",), named_hosts=(HOME,))
        run(filter_check.collect(named, HOME, tests, "test", now, port=server.port))
    assert server.asked == ["a.example."]


def recursion_of(port: int) -> tuple[Recording, list[Any]]:
    recorded = run(resolver.collect(guard(), HOME, "www.gov.example", "test", now, port=port, wall_s=1))
    return recorded, seen(recorded, resolver.decode)


def test_a_resolver_that_answers_anyone_is_open(dnsmasq: int) -> None:
    assert recursion_of(dnsmasq)[1] == [OpenResolver(HOME, True)]


def test_a_server_that_refuses_or_offers_no_recursion_is_not_open() -> None:
    with Resolver(refusing) as server:
        assert recursion_of(server.port)[1] == [OpenResolver(HOME, False)]


def test_a_resolver_that_tried_and_failed_cannot_be_told() -> None:
    def failing(query: Any) -> list[bytes]:
        reply = dns.message.make_response(query, recursion_available=True)
        reply.set_rcode(dns.rcode.SERVFAIL)
        return [reply.to_wire()]

    with Resolver(failing) as server:
        recorded, found = recursion_of(server.port)
    assert (recorded.outcome, found) == (Outcome.PARTIAL, [])


def test_a_mute_resolver_times_out() -> None:
    with Resolver(lambda _: []) as server:
        assert recursion_of(server.port)[0].outcome is Outcome.TIMED_OUT


def test_an_address_needs_no_look_up_and_localhost_is_found() -> None:
    assert run(resolve("203.0.113.9")) == ("203.0.113.9",)
    assert HOME in run(resolve("localhost"))


@pytest.mark.lab
def test_a_dead_dns_server_costs_three_seconds_and_no_more(tmp_path: Path) -> None:
    name = f"svcdns{time.monotonic_ns() % 10**7}"
    config = Path("/etc/netns") / name
    config.mkdir(parents=True)
    try:
        (config / "resolv.conf").write_text("nameserver 10.99.99.99\n")
        subprocess.run(["ip", "netns", "add", name], check=True)
        subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        for route in (
            ["link", "add", "hole", "type", "veth", "peer", "name", "far"],
            ["addr", "add", "10.99.99.1/24", "dev", "hole"],
        ):
            subprocess.run(["ip", "-n", name, *route], check=True)
        subprocess.run(["ip", "-n", name, "link", "set", "hole", "up"], check=True)
        subprocess.run(["ip", "-n", name, "link", "set", "far", "up"], check=True)
        script = "import asyncio; from probes.transport.dns import resolve; print(asyncio.run(resolve('x.example')))"
        with lasting(5):
            done = subprocess.run(
                ["ip", "netns", "exec", name, sys.executable, "-c", script], check=True, capture_output=True, text=True
            )
        assert done.stdout.strip() == "()"
    finally:
        subprocess.run(["ip", "netns", "del", name], check=False)
        (config / "resolv.conf").unlink()
        config.rmdir()


@pytest.mark.parametrize("said", [{}, 3, {"rcode": 1}, {"name": 1, "rcode": "NOERROR", "addresses": ["x"], "safe": {}}])
def test_stored_answers_of_the_wrong_shape_are_undecodable(said: Any) -> None:
    with pytest.raises(Undecodable):
        seen(recording("dns.filter", [said]), filter_check.decode)


def test_nothing_is_left_running_after_a_silent_question() -> None:
    async def ask() -> int:
        with Resolver(lambda _: []) as server:
            await ask_resolver(guard(), HOME, "a.example", port=server.port, wall_s=0.2)
        return len(asyncio.all_tasks())

    assert run(ask()) == 1
