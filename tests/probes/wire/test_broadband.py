"""The line measured against rates that are known, and endpoints that misbehave."""

import asyncio
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from probes.errors import Undecodable
from probes.seen import LineSample
from probes.transport.throughput import warm_rate
from probes.vocabulary import Outcome, Recording
from probes.wire.broadband import Endpoint, collect, decode, route
from tests.probes.transport.packet_lab import Lab, wait_until
from tests.probes.wire.daemons import daemon, free_port
from tests.probes.wire.loopback import HOME, guard, lasting, mute, now, recording, run, saying, seen, serving
from tests.probes.wire.room import collected, two_rooms
from tests.timing import TRIES

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[int]:
    port = free_port()
    with daemon(port, sys.executable, "-m", "tests.probes.wire.line_end", HOME, str(port)):
        yield port


def measured(port: int, **options: Any) -> tuple[Recording, LineSample]:
    fields = {"name": "trust", "host": HOME, "port": port, "max_seconds": 1.2}
    fields |= {key: options.pop(key) for key in ("host", "kind", "max_seconds", "tls") if key in options}
    target = Endpoint.model_validate(fields)
    recorded = run(collect(options.pop("guard", guard()), target, "test", now, **options))
    (sample,) = seen(recorded, decode)
    assert isinstance(sample, LineSample)
    return recorded, sample


def test_everything_is_measured_and_the_egress_address_says_which_line_it_was(endpoint: int) -> None:
    url = f"http://localhost:{endpoint}/ip"
    recorded, sample = measured(endpoint, egress_url=url, main_egress=("203.0.113.2",), backup_egress=(HOME,))
    assert recorded.outcome is Outcome.COMPLETE, recorded.reason
    assert (sample.endpoint, sample.egress, sample.route) == ("trust", HOME, "backup")
    assert (sample.down_mbps or 0) > 200
    assert (sample.up_mbps or 0) > 200
    assert (sample.latency_ms or 99) < 50
    assert sample.loss_percent == 0
    assert sample.jitter_ms is not None
    assert sample.loaded_ms is not None


def test_a_closed_endpoint_is_refused_with_a_reason_a_person_can_read() -> None:
    recorded, sample = measured(free_port())
    assert recorded.outcome is Outcome.REFUSED
    assert sample.down_mbps is None
    assert sample.reason == "No connection to the endpoint: The port is closed."


def test_an_endpoint_without_the_right_paths_is_told() -> None:
    with serving(saying(b"HTTP/1.1 404 Not Found\r\n\r\n", after=b"\r\n\r\n")) as port:
        recorded, sample = measured(port)
    assert recorded.outcome is Outcome.PARTIAL
    assert "No download rate: The endpoint answered with 404." in sample.reason
    assert (sample.down_mbps, sample.latency_ms is None) == (None, False)


def test_a_mute_endpoint_gives_no_rate_and_holds_nobody_up() -> None:
    with serving(mute) as port, lasting(7):
        _, sample = measured(port)
    assert sample.down_mbps is None


def test_small_answers_are_asked_for_again_until_the_time_is_over() -> None:
    async def small(reader: Any, writer: Any) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if request.startswith(b"GET"):
            writer.write(HEAD % 200_000 + bytes(200_000))
            await writer.drain()

    with serving(small) as port:
        recorded, _ = measured(port)
    assert recorded.answers[0]["down"]["bytes"] > 5_000_000


def test_a_name_nobody_can_look_up_costs_three_seconds() -> None:
    with lasting(5):
        recorded, sample = measured(8080, host="no-such-name.invalid")
    assert recorded.outcome is Outcome.TIMED_OUT
    assert "could not be looked up" in sample.reason


def test_an_endpoint_that_nobody_named_gets_no_packet(endpoint: int) -> None:
    outside = guard(scopes=("10.0.0.0/8",))
    assert measured(endpoint, guard=outside)[0].outcome is Outcome.SKIPPED
    named = guard(scopes=("10.0.0.0/8",), named_hosts=(HOME,))
    assert measured(endpoint, guard=named)[0].outcome is Outcome.COMPLETE


def test_an_egress_url_that_fails_does_not_stop_the_measurement(endpoint: int) -> None:
    recorded, sample = measured(endpoint, egress_url=f"http://{HOME}:{free_port()}/ip")
    assert recorded.outcome is Outcome.PARTIAL
    assert sample.egress is None
    assert sample.down_mbps is not None


def test_iperf3_measures_both_ways() -> None:
    port = free_port()
    with daemon(port, "iperf3", "-s", "-B", HOME, "-p", str(port)):
        recorded, sample = measured(port, kind="iperf3")
    assert recorded.outcome is Outcome.COMPLETE, recorded.reason
    assert (sample.down_mbps or 0) > 200
    assert (sample.up_mbps or 0) > 200
    assert (sample.jitter_ms, sample.loss_percent) == (None, None)


def test_iperf3_against_a_closed_port_says_why() -> None:
    recorded, sample = measured(free_port(), kind="iperf3")
    assert recorded.outcome is Outcome.REFUSED
    assert "iperf3" in sample.reason


def test_the_rate_leaves_out_the_slow_start() -> None:
    samples = [(0.1 * n, 0 if n < 5 else (n - 5) * 1_250_000) for n in range(31)]
    assert warm_rate(samples).mbps == 100
    assert warm_rate([(0.0, 0)]).mbps is None
    assert warm_rate([(0.0, 0), (0.1, 1_000)]).mbps == 0.08


def test_the_route_is_unknown_unless_the_site_lists_the_egress_address() -> None:
    assert route("203.0.113.2", ("203.0.113.2",), ()) == "main"
    assert route("203.0.113.2", (), ()) == "unknown"
    assert route(None, ("203.0.113.2",), ("198.51.100.2",)) == "unknown"


def test_nothing_measured_still_says_why() -> None:
    empty = recording("broadband.line", [], Outcome.SKIPPED, "site").model_copy(
        update={"reason": "No endpoint is named."}
    )
    assert seen(empty, decode) == [LineSample(endpoint="site", reason="No endpoint is named.")]


@pytest.mark.parametrize(
    "said", [3, {"down": 7}, {"idle_ms": ["x"]}, {"egress": "not an address"}, {"up": {"mbps": "x"}}]
)
def test_stored_answers_of_the_wrong_shape_are_undecodable(said: Any) -> None:
    with pytest.raises(Undecodable):
        seen(recording("broadband.line", [said]), decode)


def test_nothing_is_left_running_after_a_measurement(endpoint: int) -> None:
    async def measure() -> int:
        target = Endpoint(name="trust", host=HOME, port=endpoint, max_seconds=1)
        await collect(guard(), target, "test", now)
        return len(asyncio.all_tasks())

    assert run(measure()) == 1


@pytest.mark.lab
@pytest.mark.slow
@pytest.mark.parametrize(("down", "up"), [(200, 50), (30, 30)])
def test_a_shaped_line_is_measured_within_a_tenth_of_its_rate(down: int, up: int) -> None:
    with Lab("line") as lab:
        here, there = two_rooms(lab, "203.0.113.10/24", "203.0.113.2/24")
        shape = ["root", "tbf", "burst", "32kb", "latency", "200ms"]
        lab.run(here, "tc", "qdisc", "add", "dev", "lan", *shape, "rate", f"{up}mbit")
        lab.run(there, "tc", "qdisc", "add", "dev", "lan", *shape, "rate", f"{down}mbit")
        lab.start(there, sys.executable, "-m", "tests.probes.wire.line_end", "203.0.113.10", "8080")
        wait_until(lambda: "8080" in lab.run(there, "ss", "-ltn"))
        limits = {"scopes": ["10.0.0.0/8"], "named_hosts": ["203.0.113.10"]}
        endpoint = {"name": "trust", "host": "203.0.113.10", "port": 8080, "max_seconds": 6}
        rates = (pytest.approx(down, rel=0.1), pytest.approx(up, rel=0.1))
        # The shaper itself needs the processor a thousand times a second, and other tests may have it.
        for _ in range(TRIES):
            cost, (recorded,) = collected(
                here, "probes.wire.broadband", "collect", [], limits=limits, endpoint=endpoint,
                kwargs={"egress_url": "http://203.0.113.10:8080/ip", "main_egress": ["203.0.113.2"]},
            )  # fmt: skip
            (sample,) = seen(recorded, decode)
            assert isinstance(sample, LineSample)
            if (sample.down_mbps, sample.up_mbps) == rates:
                break
    assert sample.route == "main"
    assert (sample.down_mbps, sample.up_mbps) == rates
    assert (sample.latency_ms or 99) < 20
    assert (sample.loaded_ms or 0) > 5 * (sample.latency_ms or 99), "a full queue is seen as latency under load"
    assert cost["wall_s"] < 12
    assert cost["cpu_s"] < 3
