"""The packet process reads as the agent reads, and imports nothing that its order does not need."""

import json
import random
import subprocess
import sys
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from scapy.layers.l2 import ARP, Ether

from probes.errors import BadInput, OutOfScope, Undecodable
from probes.transport.arp_question import LENGTH, arp_answer, arp_request
from probes.transport.dhcp_frames import discover_frame, is_offer_to
from probes.transport.fence import Fence, span
from probes.transport.guard import Guard, Limits
from probes.transport.kept import MOST_FRAMES, MOST_NEIGHBOURS
from probes.transport.nd_frames import echo_frame, icmp6_answer, solicitation_frame
from probes.transport.packet_jobs import COMPLETE, GARBLED, PARTIAL, SKIPPED
from probes.transport.packet_order import Bounds, Order, Subnet, order_line, read_order
from probes.vocabulary import Outcome
from probes.wire import neighbour_frames
from probes.wire.arp_sweep import read_arp
from probes.wire.ethernet import open_frame
from probes.wire.nd import read_icmp6
from tests.conftest import ROOT
from tests.probes.transport import dhcp_reference, nd_reference

MAC = bytes.fromhex("020000000001")
LIMITS = Limits(
    scopes=("10.20.0.0/20", "10.30.0.7", "192.168.4.9/24", "fd00:77::/64", "10.40.0.0/255.255.252.0"),
    exclude=("10.20.3.0/24", "10.20.15.255", "fd00:77::dead:0/112"),
    fragile=("10.20.1.0/28", "fd00:77::5"),
    named_hosts=("8.8.8.8", "FD00:99::1"),
)
ODD = [
    "", "x", "10.20.0.1/24", "010.20.0.1", "10.20.1", "10.20.0.256", "fd00:77::1%eth0", "10.20.0.1%eth0", "fd00:77::1%",
    "::ffff:10.20.0.1", "FD00:77::1", "FD00:99::1", "fd00:99::1", "10.20.0.1 ", "\ud800", "10.20.0.1\0", "٣.1.1.1",
]  # fmt: skip


def _addresses() -> list[str]:
    chance = random.Random(7)
    near = [str(IPv4Address(0x0A140000 + chance.randrange(-5000, 5000))) for _ in range(4000)]
    far = [str(IPv4Address(chance.getrandbits(32))) for _ in range(1000)]
    six = [str(IPv6Address((0xFD000077 << 96) + chance.getrandbits(chance.choice((8, 33, 66))))) for _ in range(2000)]
    edges = [str(ip_network(text, strict=False)[at]) for text in (*LIMITS.scopes, *LIMITS.exclude) for at in (0, -1)]
    return [*near, *far, *six, *edges, *ODD, "8.8.8.8"]


def test_the_fence_permits_what_the_guard_permits() -> None:
    guard = Guard(LIMITS, lambda: 0.0)
    fence = Fence(LIMITS.scopes, LIMITS.exclude, LIMITS.fragile, LIMITS.named_hosts)
    verdicts = {ip: fence.permits(ip) for ip in _addresses()}
    assert verdicts == {ip: guard.permits(ip) for ip in verdicts}
    assert 1000 < sum(verdicts.values()) < len(verdicts) - 1000
    valid = [ip for ip in verdicts if ip not in ODD]
    assert [fence.is_fragile(ip) for ip in valid] == [guard.is_fragile(ip) for ip in valid]
    with pytest.raises(OutOfScope):
        fence.permit("10.99.0.1")


@pytest.mark.parametrize(
    "text", ["10.0.0.0/33", "10.0.0/8", "x", "", "fd00::/129", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/٨", "1.2.3.4%x"]
)
def test_a_network_that_is_none_is_no_fence(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        ip_network(text, strict=False)
    with pytest.raises(ValueError, match=r".*"):
        Fence((text,))


def test_networks_are_spanned_as_ipaddress_spans_them() -> None:
    for text in ("0.0.0.0/0", "10.20.3.9/20", "10.1.2.3", "fd00::5/64", "::/0", "fe80::1", "10.0.0.0/255.255.0.0"):
        network = ip_network(text, strict=False)
        assert span(text) == (network.version, int(network.network_address), int(network.broadcast_address))


def test_the_arp_request_is_scapy_s_octet_for_octet() -> None:
    for target in ("0.0.0.0", "10.77.3.255", "255.255.255.255"):
        scapy = Ether(dst="ff:ff:ff:ff:ff:ff", src=MAC.hex(":")) / ARP(
            hwsrc=MAC.hex(":"), psrc="10.77.0.1", pdst=target
        )
        ours = arp_request(MAC, IPv4Address("10.77.0.1").packed, IPv4Address(target).packed)
        assert ours == bytes(scapy)
        assert len(ours) == LENGTH == 42


def _mutated(frames: list[bytes], count: int) -> list[bytes]:
    chance = random.Random(11)
    made = list(frames)
    for _ in range(count):
        frame = bytearray(chance.choice(frames))
        for _ in range(chance.choice((0, 1, 1, 2, 3))):
            frame[chance.randrange(len(frame))] = chance.choice((0, 1, 2, 3, 52, 53, 255, chance.randrange(256)))
        made.append(bytes(frame[: chance.choice((len(frame), len(frame), chance.randrange(len(frame) + 1)))]))
    return made


def _arp_by_the_agent(frame: bytes) -> tuple[bytes, bytes] | None:
    try:
        opened = open_frame(frame)
        operation, ip, mac = read_arp(opened)
    except Undecodable:
        return None
    answers = operation == 2 and opened.destination == MAC
    return (IPv4Address(ip).packed, bytes.fromhex(mac.replace(":", ""))) if answers else None


def test_arp_answers_are_read_as_the_agent_reads_them() -> None:
    reply = bytes(
        Ether(dst=MAC.hex(":"), src="02:00:00:00:00:09") / ARP(op=2, hwsrc="02:00:00:00:00:09", psrc="10.77.0.9")
    )
    tagged = reply[:12] + bytes.fromhex("81000007") + reply[12:]
    frames = _mutated([reply, tagged, tagged[:12] + bytes.fromhex("88a80001") + tagged[12:]], 20_000)
    read = [arp_answer(frame, MAC) for frame in frames]
    assert read == [_arp_by_the_agent(frame) for frame in frames]
    assert sum(one is not None for one in read) > 1000


def _nd_by_the_agent(frame: bytes) -> tuple[bytes, bytes, str] | None:
    try:
        answer = read_icmp6(open_frame(frame))
    except Undecodable:
        return None
    return IPv6Address(answer.ip).packed, bytes.fromhex(answer.mac.replace(":", "")), answer.how


def test_nd_questions_and_answers_are_the_agent_s() -> None:
    source, target = IPv6Address("fe80::1").packed, IPv6Address("fd00:77::12:3456").packed
    assert echo_frame(MAC, source, 70000) == nd_reference.echo_frame(MAC, "fe80::1", 70000)
    solicited = solicitation_frame(MAC, source, target)
    assert solicited == nd_reference.solicitation_frame(MAC, "fe80::1", "fd00:77::12:3456")
    echoed = bytearray(echo_frame(MAC, source, 1))
    echoed[54] = 129
    advertised = bytearray(solicited)
    advertised[54], advertised[78] = 136, 2
    frames = _mutated([bytes(echoed), bytes(advertised), solicited], 20_000)
    read = [icmp6_answer(frame) for frame in frames]
    assert read == [_nd_by_the_agent(frame) for frame in frames]
    assert {one[2] for one in read if one} == {"echo", "advertisement"}


def test_dhcp_questions_and_offers_are_the_agent_s() -> None:
    asked = discover_frame(MAC, 0x12345678, 2)
    assert asked == dhcp_reference.discover_frame(MAC, 0x12345678, 2)
    kind = asked.index(bytes([53, 1, 1])) + 2
    offer = asked[:kind] + b"\x02" + asked[kind + 1 :]
    lent = bytearray(offer)
    lent[kind - 2 : kind + 1] = bytes([52, 1, 1])
    lent[42 + 108 : 42 + 112] = bytes([53, 1, 2, 255])
    frames = _mutated([offer, offer, bytes(lent), asked], 10_000)
    read = [is_offer_to(frame, 0x12345678) for frame in frames]
    assert read == [dhcp_reference.is_offer_to(frame, 0x12345678) for frame in frames]
    assert read[:4] == [True, True, True, False]


def test_the_plain_words_and_numbers_are_the_vocabulary_s() -> None:
    words = {Outcome(word) for word in (COMPLETE, PARTIAL, SKIPPED, GARBLED)}
    assert words == {Outcome.COMPLETE, Outcome.PARTIAL, Outcome.SKIPPED, Outcome.GARBLED}
    assert (MOST_NEIGHBOURS, MOST_FRAMES) == (neighbour_frames.MOST_NEIGHBOURS, neighbour_frames.MOST_FRAMES)


ORDER = Order(
    do="arp", limits=Bounds(("10.20.0.0/22", "fd00::/64"), ("10.20.0.9",), (), ("8.8.8.8",), 250), interface="eth0",
    subnets=(Subnet("10.20.0.0/22", "10.20.0.1", ("10.20.0.0", "10.20.3.255")), Subnet("10.21.0.0/24")),
    addresses=("fe80::1",), prefixes=("00000c", "70b3d5001"), pps=100.5, rounds=2,
    seconds=0, deadline=9, number=2**32 - 1,
)  # fmt: skip


def test_an_order_comes_through_its_line_unchanged() -> None:
    assert read_order(order_line(ORDER)) == ORDER


@pytest.mark.parametrize(
    "change",
    [
        {"do": "rm"}, {"do": ["arp"]}, {"rounds": 0}, {"rounds": 6}, {"rounds": 1.5}, {"rounds": True},
        {"pps": 0}, {"pps": -1}, {"pps": "9"}, {"pps": None}, {"seconds": 601}, {"deadline": 0},
        {"deadline": 3601}, {"number": 2**32},
        {"number": -1}, {"limits": {}}, {"limits": []}, {"limits": {"scopes": "10.0.0.0/8"}},
        {"limits": {"scopes": ["10.0.0.0/99"]}},
        {"limits": {"scopes": [], "more": 1}}, {"limits": {"scopes": [], "total_pps": 0}}, {"limits": {"scopes": [7]}},
        {"subnets": [{}]}, {"subnets": [{"network": "fd00::/64"}]},
        {"subnets": [{"network": "10.0.0.0/24", "source": "x"}]},
        {"subnets": [{"network": "10.0.0.0/24", "source": "10.0.0.1/24"}]}, {"subnets": {}}, {"interface": "e" * 300},
        {"addresses": ["a"] * 65_537}, {"addresses": [1]}, {"prefixes": ["00000"]},
        {"prefixes": ["00000G"]}, {"macs": []},
    ],
)  # fmt: skip
def test_an_order_with_one_wrong_part_is_refused_whole(change: dict[str, object]) -> None:
    whole = json.loads(order_line(ORDER))
    with pytest.raises(BadInput):
        read_order(json.dumps({**whole, **change}).encode())


@pytest.mark.parametrize("line", [b"", b"[]", b"7", b"\xff", b"[" * 200_000, b'{"do": "arp"}', b'{"pps": NaN}', b"{"])
def test_a_line_that_is_no_order_is_refused(line: bytes) -> None:
    with pytest.raises(BadInput):
        read_order(line)


@pytest.mark.parametrize("do", ["arp", "icmp", "nd", "listen", "dhcp"])
def test_no_order_but_the_makers_needs_an_installed_package(do: str) -> None:
    script = (
        "import sys, io\n"
        "from probes.transport import packets_child as child\n"
        f"child._work(child.Order({do!r}, child.read_order.__globals__['Bounds'](()), 'no-such-port', deadline=1),\n"
        "    child.Leash(0, 0.0), child._Answers(io.StringIO()))\n"
        "import probes.transport.packet_ask, probes.transport.packet_echo, probes.transport.packet_listen\n"
        "assert not {'pydantic', 'scapy', 'psutil', 'asyncio', 'site'} & set(sys.modules), sorted(sys.modules)\n"
    )
    command = [sys.executable, "-S", "-P", "-c", script]
    subprocess.run(command, check=True, timeout=20, env={"PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL)
