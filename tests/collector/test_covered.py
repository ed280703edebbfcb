"""How far a look reached: only what was swept or read to the end supports that something is gone."""

import pytest

from collector.covered import SERVICES, Covered
from probes.vocabulary import Coverage, Outcome
from tests.collector.nights import at, night


def row(probe: str, target: str, outcome: Outcome = Outcome.COMPLETE) -> Coverage:
    return Coverage(probe=probe, target=target, vantage="staff", at=at(night(1)), outcome=outcome)


ARP = row("arp.sweep", "10.20.0.0/22, 10.20.8.0/24")


@pytest.mark.parametrize(
    ("rows", "ip", "swept"),
    [
        ([ARP], "10.20.3.9", True),
        ([ARP], "10.20.8.9", True),
        ([ARP], "10.20.9.9", False),
        ([row("nd.sweep", "eth0")], "10.20.3.9", False),
        ([row("arp.sweep", "self")], "10.20.3.9", False),
        ([ARP, row("icmp.sweep", "10.20.0.0/16", Outcome.PARTIAL)], "10.20.3.9", False),
        ([ARP, row("icmp.sweep", "10.20.0.0/16", Outcome.SKIPPED)], "10.20.3.9", True),
        ([row("arp.sweep", "10.20.0.0/22", Outcome.TIMED_OUT)], "10.20.3.9", False),
        ([], "10.20.3.9", False),
    ],
)
def test_an_address_was_swept_only_where_a_sweep_of_its_network_ended(
    rows: list[Coverage], ip: str, swept: bool
) -> None:
    assert Covered(rows).swept([ip]) is swept
    assert not Covered(rows, stopped=True).swept([ip])


def test_no_address_is_no_proof() -> None:
    assert not Covered([ARP]).swept([])


@pytest.mark.parametrize(
    ("rows", "whole"),
    [
        ([row("nmap.services", "10.20.0.7")], True),
        ([row("nmap.services", "10.20.0.8")], False),
        ([row("nmap.versions", "10.20.0.7")], False),
        ([row("nmap.services", "10.20.0.7"), row("nmap.services", "10.20.0.7", Outcome.TIMED_OUT)], False),
    ],
)
def test_services_were_looked_for_only_where_the_port_scan_of_that_host_ended(
    rows: list[Coverage], whole: bool
) -> None:
    assert Covered(rows).whole(SERVICES, ["10.20.0.7"]) is whole
