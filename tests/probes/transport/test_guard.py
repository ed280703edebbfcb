"""The guard lets through what was authorised, at the pace that was set, and nothing else."""

import asyncio
import time

import pytest

from probes.errors import OutOfScope
from probes.transport.guard import Guard, Limits
from tests.timing import least

LIMITS = Limits(
    scopes=("10.20.0.0/22", "fd12::/64"), exclude=("10.20.0.9",), fragile=("10.20.0.77",), named_hosts=("203.0.113.10",)
)


def guard() -> Guard:
    return Guard(LIMITS, time.monotonic)


@pytest.mark.parametrize("ip", ["10.20.0.1", "10.20.3.254", "fd12::5", "203.0.113.10"])
def test_what_a_person_named_may_be_asked(ip: str) -> None:
    guard().permit(ip, 161)


@pytest.mark.parametrize("ip", ["10.20.4.1", "8.8.8.8", "10.20.0.9", "fd13::1", "203.0.113.11", "not-an-address", ""])
def test_everything_else_is_refused(ip: str) -> None:
    with pytest.raises(OutOfScope):
        guard().permit(ip)


@pytest.mark.parametrize("port", [515, *range(9100, 9108)])
def test_printing_ports_are_never_touched_anywhere(port: int) -> None:
    for ip in ("10.20.0.1", "203.0.113.10"):
        with pytest.raises(OutOfScope, match="printers print"):
            guard().permit(ip, port)


def test_a_fragile_device_is_known_as_such() -> None:
    assert guard().is_fragile("10.20.0.77")
    assert not guard().is_fragile("10.20.0.78")


async def spend(watch: Guard, hosts: list[str], packets: int) -> float:
    began = time.monotonic()
    for _ in range(packets):
        for host in hosts:
            await watch.pace(host)
    return time.monotonic() - began


def test_one_host_gets_at_most_40_packets_a_second() -> None:
    assert asyncio.run(spend(guard(), ["10.20.0.1"], 21)) >= 0.49


def test_a_host_with_a_credential_gets_at_most_100_a_second() -> None:
    def spent() -> float:
        watch = guard()
        watch.bind("10.20.0.1")
        return asyncio.run(spend(watch, ["10.20.0.1"], 51))

    assert 0.49 <= least(spent, 0.9) < 1.0


def test_all_hosts_together_get_at_most_500_a_second() -> None:
    hosts = [f"10.20.1.{n}" for n in range(1, 201)]
    assert asyncio.run(spend(guard(), hosts, 1)) >= 0.39


def test_pacing_refuses_what_is_out_of_scope() -> None:
    with pytest.raises(OutOfScope):
        asyncio.run(guard().pace("8.8.8.8"))
