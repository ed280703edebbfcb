"""ARP, ND and ICMP sweeps in namespaces: complete, paced, inside the scope, and honest about conflicts."""

from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

import pytest

from probes.seen import AddressPair, Alive, Conflict
from probes.vocabulary import Outcome, Recording
from probes.wire import arp_sweep, nd
from tests.probes.transport.packet_lab import Lab

pytestmark = pytest.mark.lab
AGENT = "10.77.0.1"


@pytest.fixture(scope="module")
def wire() -> Iterator[tuple[Lab, str, str]]:
    """An agent, and one namespace that answers for all of 10.77.0.0/20 (routes of type local, "AnyIP")."""
    with Lab("s") as lab:
        agent, many = lab.room("a"), lab.room("b")
        lab.cable(agent, "eth0", many, "eth0")
        lab.run(agent, "ip", "addr", "add", f"{AGENT}/20", "dev", "eth0")
        lab.run(many, "ip", "addr", "add", "10.77.0.2/20", "dev", "eth0")
        lab.run(many, "ip", "route", "add", "local", "10.77.0.0/20", "dev", "lo")
        lab.run(many, "ip", "route", "add", f"{AGENT}/32", "dev", "eth0", "table", "local")
        yield lab, agent, many


def sweep(wire: tuple[Lab, str, str], network: str, pps: float, **limits: object) -> Recording:
    lab, agent, _ = wire
    allowed = {"scopes": ["10.77.0.0/20"], "total_pps": 2000, **limits}
    return lab.probe(agent, "sweep", allowed, interface="eth0", networks=[network], pps=pps)


def asked(frames: list[tuple[float, bytes]]) -> list[tuple[float, str]]:
    """When which address was asked for, from ARP requests."""
    return [
        (at, str(IPv4Address(raw[38:42]))) for at, raw in frames if raw[12:22] == bytes.fromhex("08060001080006040001")
    ]


def test_every_host_of_a_20_answers_and_nothing_else_is_asked(wire: tuple[Lab, str, str]) -> None:
    lab, _, many = wire
    end = lab.sniff(many, "eth0")
    recording = sweep(wire, "10.77.0.0/20", 2000, exclude=["10.77.3.0/30", "10.77.9.9"])
    questions = asked(end())
    spared = {AGENT, "10.77.0.0", "10.77.15.255", "10.77.3.0", "10.77.3.1", "10.77.3.2", "10.77.3.3", "10.77.9.9"}
    wanted = {str(ip) for ip in IPv4Network("10.77.0.0/20")} - spared
    assert recording.outcome is Outcome.COMPLETE, recording.reason
    assert {seen.ip for seen in arp_sweep.decode(recording) if isinstance(seen, Alive)} == wanted
    assert Counter(ip for _, ip in questions) == Counter(wanted)
    assert (recording.ended - recording.started).total_seconds() <= 1.2 * (4088 / 2000 + 1 + 0.6) + 3
    assert lab.cost["mib"] <= 64


def test_the_rate_is_never_passed_and_the_silent_are_asked_three_times(wire: tuple[Lab, str, str]) -> None:
    lab, _, many = wire
    lab.run(many, "ip", "link", "set", "eth0", "arp", "off")
    end = lab.sniff(many, "eth0")
    recording = sweep(wire, "10.77.4.0/24", 250)
    questions = asked(end())
    lab.run(many, "ip", "link", "set", "eth0", "arp", "on")
    assert recording.answers == ()
    assert set(Counter(ip for _, ip in questions).values()) == {3}
    times = [at for at, _ in questions]
    assert max(sum(begin <= at < begin + 1 for at in times) for begin in times) <= 250 * 1.04


def test_the_guard_s_total_rate_caps_what_was_asked_for(wire: tuple[Lab, str, str]) -> None:
    lab, _, many = wire
    end = lab.sniff(many, "eth0")
    sweep(wire, "10.77.4.0/25", 2000, total_pps=100)
    times = [at for at, _ in asked(end())]
    assert len(times) / (times[-1] - times[0]) <= 105


def test_at_three_percent_loss_a_22_is_found_to_995_thousandths(wire: tuple[Lab, str, str]) -> None:
    lab, _, many = wire
    lab.run(many, "nft", "add table arp loss; add chain arp loss in { type filter hook input priority 0; }; "
            "add rule arp loss in numgen random mod 100 < 3 drop; "
            "add chain arp loss out { type filter hook output priority 0; }; "
            "add rule arp loss out numgen random mod 100 < 3 drop")  # fmt: skip
    recording = sweep(wire, "10.77.8.0/22", 1000)
    lab.run(many, "nft", "delete table arp loss")
    assert len({answer[0] for answer in recording.answers}) >= 0.995 * 1024


def test_what_is_not_on_the_wire_is_not_asked(wire: tuple[Lab, str, str]) -> None:
    lab, _, many = wire
    end = lab.sniff(many, "eth0")
    recording = sweep(wire, "10.99.0.0/24", 500, scopes=["10.99.0.0/24"])
    assert (recording.outcome, recording.answers) == (Outcome.SKIPPED, ())
    outside = sweep(wire, "10.77.4.0/24", 500, scopes=["10.99.0.0/24"])
    assert outside.answers == ()
    assert asked(end()) == []


def test_ipv6_neighbours_answer_and_only_groups_were_asked(wire: tuple[Lab, str, str]) -> None:
    lab, agent, many = wire
    lab.run(agent, "ip", "addr", "add", "fd00:77::1/64", "dev", "eth0", "nodad")
    lab.run(many, "ip", "addr", "add", "fd00:77::2/64", "dev", "eth0", "nodad")
    mac = lab.run(many, "cat", "/sys/class/net/eth0/address").strip()
    end = lab.sniff(many, "eth0")
    recording = lab.probe(
        agent,
        "nd_sweep",
        {"scopes": ["10.77.0.0/20"]},
        interface="eth0",
        heard=["fd00:77::2", "2001:db8::1"],
        seconds=2,
    )
    frames = [raw for _, raw in end() if raw[12:14] == b"\x86\xdd" and raw[20] == 58 and raw[54] in (128, 135)]
    found = list(nd.decode(recording))
    assert recording.outcome is Outcome.COMPLETE, recording.reason
    assert AddressPair("fd00:77::2", mac, "nd") in found
    assert any(isinstance(seen, Alive) and seen.ip.startswith("fe80") and seen.mac == mac for seen in found)
    assert frames
    assert all(raw[38:40] == b"\xff\x02" for raw in frames)


def test_two_machines_with_one_address_are_a_conflict() -> None:
    with Lab("c") as lab:
        agent, switch, one, two = lab.room("a"), lab.room("s"), lab.room("h"), lab.room("i")
        lab.run(switch, "ip", "link", "add", "br0", "type", "bridge")
        lab.run(switch, "ip", "link", "set", "br0", "up")
        for at, room in enumerate((agent, one, two)):
            lab.cable(room, "eth0", switch, f"port{at}")
            lab.run(switch, "ip", "link", "set", f"port{at}", "master", "br0")
        lab.run(agent, "ip", "addr", "add", f"{AGENT}/24", "dev", "eth0")
        for room in (one, two):
            lab.run(room, "ip", "addr", "add", "10.77.0.9/24", "dev", "eth0")
        macs = {lab.run(room, "cat", "/sys/class/net/eth0/address").strip() for room in (one, two)}
        recording = lab.probe(
            agent, "sweep", {"scopes": ["10.77.0.0/28"]}, interface="eth0", networks=["10.77.0.0/28"], pps=500
        )
    found = list(arp_sweep.decode(recording))
    assert Conflict("10.77.0.9", tuple(sorted(macs))) in found
    assert {seen.mac for seen in found if isinstance(seen, Alive)} == macs


def test_a_routed_network_echoes_through_its_router_and_the_rest_is_said_to_be_unreachable() -> None:
    with Lab("r") as lab:
        agent, router, far = lab.room("a"), lab.room("r"), lab.room("f")
        lab.cable(agent, "eth0", router, "eth0")
        lab.cable(router, "eth1", far, "eth0")
        lab.run(agent, "ip", "addr", "add", "10.77.0.1/24", "dev", "eth0")
        lab.run(router, "ip", "addr", "add", "10.77.0.254/24", "dev", "eth0")
        lab.run(router, "ip", "addr", "add", "10.78.0.254/24", "dev", "eth1")
        lab.run(router, "sysctl", "-qw", "net.ipv4.ip_forward=1")
        lab.run(agent, "ip", "route", "add", "10.78.0.0/24", "via", "10.77.0.254")
        for last in range(1, 60):
            lab.run(far, "ip", "addr", "add", f"10.78.0.{last}/24", "dev", "eth0")
        lab.run(far, "ip", "route", "add", "default", "via", "10.78.0.254")
        limits = {"scopes": ["10.78.0.0/24", "10.99.0.0/30"], "exclude": ["10.78.0.9"], "fragile": ["10.78.0.200"]}
        end = lab.sniff(router, "eth0")
        recording = lab.probe(agent, "icmp_sweep", limits, targets=["10.78.0.0/24"], pps=500)
        echoes = Counter(str(IPv4Address(raw[30:34])) for _, raw in end() if raw[12:14] == b"\x08\0" and raw[23] == 1)
        lost = lab.probe(agent, "icmp_sweep", limits, targets=["10.99.0.1", "10.78.0.1"])
        mib = lab.cost["mib"]
    alive = {seen.ip for seen in arp_sweep.decode_icmp(recording) if isinstance(seen, Alive)}
    assert alive == {f"10.78.0.{last}" for last in (*range(1, 60), 254) if last != 9}
    assert all(0 <= answer[1] < 500 for answer in recording.answers)
    assert (echoes["10.78.0.9"], echoes["10.78.0.1"], echoes["10.78.0.200"], echoes["10.78.0.201"]) == (0, 1, 1, 2)
    assert lost.outcome is Outcome.PARTIAL
    assert "1 of 2" in lost.reason
    assert [answer[0] for answer in lost.answers] == ["10.78.0.1"]
    assert mib <= 64
