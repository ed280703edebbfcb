"""LLDP, CDP, FDP and EDP frames: what they say, and how little a flood of them costs."""

import resource
import subprocess
import sys
import time

import pytest
from scapy.contrib.cdp import (
    CDPAddrRecordIPv4,
    CDPMsgAddr,
    CDPMsgCapabilities,
    CDPMsgDeviceID,
    CDPMsgDuplex,
    CDPMsgNativeVLAN,
    CDPMsgPlatform,
    CDPMsgPortID,
    CDPMsgSoftwareVersion,
    CDPv2_HDR,
)

from probes.errors import Undecodable
from probes.seen import Flood, Garbled, Neighbour
from probes.transport.kept import Kept
from probes.wire.cdp_frame import read_cdp, read_edp
from probes.wire.lldp_frame import read_lldp
from probes.wire.neighbour_frames import decode
from tests.conftest import ROOT
from tests.probes.wire.frames import heard, recording, seen
from tests.probes.wire.made_frames import CDP, EDP, FRAMES, LLDP


def test_an_lldp_frame_says_who_and_where_the_neighbour_is() -> None:
    found = read_lldp(LLDP, "eth0", "24:de:c6:00:00:31")
    assert found == Neighbour(
        protocol="lldp",
        local_port="eth0",
        chassis_subtype=4,
        chassis_id="24:de:c6:00:00:31",
        port_subtype=5,
        port_id="eth0",
        name="ap-sci-1",
        addresses=("10.20.0.31",),
        vlan=20,
        duplex="full",
        med={"model": "SW-210-", "voice_vlan": "33"},
        source_mac="24:de:c6:00:00:31",
        heard=True,
    )


def test_a_neighbour_that_says_goodbye_is_not_there() -> None:
    goodbye = LLDP.replace(b"\x06\x02\x00\x78", b"\x06\x02\x00\x00")
    assert goodbye != LLDP
    assert read_lldp(goodbye, "eth0") is None


@pytest.mark.parametrize("cut", [0, 1, 5, 12, 19, 25, len(LLDP) - 5])
def test_an_lldp_frame_that_is_cut_is_refused(cut: int) -> None:
    with pytest.raises(Undecodable):
        read_lldp(LLDP[:cut], "eth0")


def test_a_malformed_optional_tlv_does_not_cost_the_rest() -> None:
    hurt = LLDP[:-2] + bytes.fromhex("fe0500120f0103") + bytes.fromhex("0e01ff") + bytes.fromhex("1003ff0102") + b"\0\0"
    assert read_lldp(hurt, "eth0") == read_lldp(LLDP, "eth0")


def test_hostile_words_in_a_frame_come_out_inert() -> None:
    name = "sw\x00\x1b[31m\u202e<script>\r\nX".encode()
    frame = LLDP.replace(b"\x0a\x08ap-sci-1", bytes([5 << 1, len(name)]) + name)
    found = read_lldp(frame, "eth0")
    assert found is not None
    assert found.name == "sw[31m<script> X"


def test_a_cdp_frame_says_what_scapy_put_into_it() -> None:
    made = CDPv2_HDR(
        msg=[
            CDPMsgDeviceID(val=b"sw-hall.school.internal"),
            CDPMsgAddr(naddr=1, addr=[CDPAddrRecordIPv4(addr="10.20.0.4")]),
            CDPMsgPortID(iface=b"GigabitEthernet0/12"),
            CDPMsgCapabilities(cap=0x29),
            CDPMsgSoftwareVersion(val=b"Cisco IOS Software, 15.0(2)SE11"),
            CDPMsgPlatform(val=b"cisco WS-C2960X"),
            CDPMsgNativeVLAN(vlan=20),
            CDPMsgDuplex(duplex=0),
        ]
    )
    assert read_cdp(bytes(made), "eth0") == Neighbour(
        protocol="cdp",
        local_port="eth0",
        chassis_id="sw-hall.school.internal",
        port_id="GigabitEthernet0/12",
        name="sw-hall.school.internal",
        platform="cisco WS-C2960X",
        version="Cisco IOS Software, 15.0(2)SE11",
        capabilities=("router", "bridge"),
        addresses=("10.20.0.4",),
        vlan=20,
        duplex="half",
        heard=True,
    )


def test_fdp_has_cdps_layout_and_its_own_name() -> None:
    frame = bytes.fromhex("01e052cccccc020000000001") + (len(CDP) + 8).to_bytes(2, "big")
    frame += bytes.fromhex("aaaa0300e0522000") + CDP
    (found,) = seen([frame])
    assert isinstance(found, Neighbour)
    assert (found.protocol, found.name, found.port_id, found.source_mac) == ("fdp", "sw1", "Gi0/1", "02:00:00:00:00:01")


def test_edp_counts_slots_and_ports_from_one() -> None:
    frame = bytes.fromhex("00e02b000000000496000102") + (len(EDP) + 8).to_bytes(2, "big")
    frame += bytes.fromhex("aaaa0300e02b00bb") + EDP
    (found,) = seen([frame])
    assert isinstance(found, Neighbour)
    assert (found.protocol, found.name, found.port_id, found.version) == ("edp", "core", "1:12", "15.1.2.3")
    assert found.chassis_id == "00:04:96:00:01:02"
    with pytest.raises(Undecodable):
        read_edp(EDP[:20], "eth0")


def test_frames_inside_a_vlan_tag_are_the_same_frames() -> None:
    tagged = FRAMES[0][:12] + b"\x81\x00\x00\x14" + FRAMES[0][12:]
    assert seen([tagged]) == seen([FRAMES[0]])


def test_of_a_neighbour_heard_twice_the_last_word_counts() -> None:
    half = FRAMES[0].replace(b"\x0a\x08ap-sci-1", b"\x0a\x08(none)xx")
    assert half != FRAMES[0]
    found = [neighbour for neighbour in seen([half, FRAMES[0]]) if isinstance(neighbour, Neighbour)]
    assert [neighbour.name for neighbour in found] == ["ap-sci-1"]


def test_a_frame_that_means_nothing_is_counted_and_costs_no_other() -> None:
    broken = [FRAMES[0][:20] + bytes([at]) for at in range(3)]
    found = seen([*broken, *FRAMES])
    assert Garbled("lldp", 3) in found
    assert len([neighbour for neighbour in found if isinstance(neighbour, Neighbour)]) == 2


def test_the_listening_interface_is_the_local_port() -> None:
    answers = [["interface", 0.0, "02:00:00:00:00:09", "enp1s0"], *heard(FRAMES[:1]).answers]
    (found,) = decode(recording("frames.heard", answers, target="self"))
    assert isinstance(found, Neighbour)
    assert found.local_port == "enp1s0"


@pytest.mark.parametrize("answer", [[], ["lldp"], "lldp", ["lldp", 0, "", 7], ["lldp", 0, "", "xyz"], None, 4])
def test_an_answer_of_another_shape_is_undecodable(answer: object) -> None:
    with pytest.raises(Undecodable):
        list(decode(recording("frames.heard", [answer])))


def flood(count: int) -> list[bytes]:
    """LLDP neighbours that differ in MAC, chassis and name, as an attacker would send them."""
    base = FRAMES[0]
    frames = []
    for at in range(count):
        mac = bytes([2, 9]) + at.to_bytes(4, "big")
        frames.append(base[:6] + mac + base[12:17] + mac + base[23:])
    return frames


def test_ten_thousand_neighbours_become_64_and_a_flood_within_a_second_and_32_mib() -> None:
    frames = flood(10_000)
    kept = Kept()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.thread_time()
    taken = [frame for frame in frames if kept.take(frame)]
    answers = [*heard(taken).answers, *(["flood", 1.0, what, count] for what, count in kept.refused.items())]
    found = list(decode(recording("frames.heard", answers)))
    assert time.thread_time() - began <= 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before <= 32 * 1024
    assert len([neighbour for neighbour in found if isinstance(neighbour, Neighbour)]) == 64
    assert Flood("neighbours", 10_000 - 64) in found


def test_a_recording_with_ten_thousand_neighbours_is_bounded_too() -> None:
    began = time.thread_time()
    found = seen(flood(10_000))
    assert time.thread_time() - began <= 1
    assert len([neighbour for neighbour in found if isinstance(neighbour, Neighbour)]) == 64
    assert Flood("frames", 8_000) in found


def test_questions_for_others_and_repeated_arp_take_no_room() -> None:
    kept = Kept()
    base = FRAMES[2]
    assert [kept.take(base[:38] + bytes([10, 0, 0, last])) for last in range(5)] == ["arp", "", "", "", ""]
    question = FRAMES[5][:44] + b"\x00\x00" + FRAMES[5][46:]
    assert (kept.take(question), kept.take(FRAMES[5])) == ("", "mdns")
    assert kept.take(FRAMES[6]) == "ssdp"
    assert kept.take(FRAMES[6].replace(b"HTTP/1.1 200 OK", b"M-SEARCH * HTTP")) == ""
    assert [kept.take(frame) for frame in FRAMES[7:9]] == ["netbios", "netbios"]
    assert not kept.refused


def test_one_noisy_host_does_not_crowd_out_the_others() -> None:
    kept = Kept()
    mdns = FRAMES[5]
    noise = [mdns[:-1] + bytes([0]) + at.to_bytes(2, "big") for at in range(3000)]
    assert sum(bool(kept.take(frame)) for frame in noise) == 250
    assert kept.refused["mdns"] == 2750
    assert kept.take(mdns[:6] + b"\x02\0\0\0\0\x77" + mdns[12:]) == "mdns"
    assert kept.take(FRAMES[0]) == "lldp"


def test_the_decoders_need_neither_scapy_nor_a_socket() -> None:
    script = (
        "import sys, probes.wire.neighbour_frames; print([m for m in sys.modules if m.startswith(('scapy', 'socket'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "scapy" not in done.stdout
