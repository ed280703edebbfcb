"""Hostile octets: a decoder may refuse them, slowly or otherwise it may not fail."""

import gc
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from probes.errors import Undecodable
from probes.wire import dns_message, mdns, netbios, ssdp
from probes.wire.arp_sweep import read_arp
from probes.wire.cdp_frame import read_cdp, read_edp
from probes.wire.dhcp import seen_in
from probes.wire.ethernet import Datagram, kind_of, open_frame, open_udp
from probes.wire.lldp_frame import read_lldp
from probes.wire.nd import read_icmp6
from probes.wire.neighbour_frames import decode
from tests.probes.wire.frames import mutations, recording
from tests.probes.wire.made_frames import ARP, CDP, DHCP_OFFER, EDP, FRAMES, LLDP, MDNS, NB138, NBSTAT, ND, SSDP
from tests.timing import least, thread_seconds

COUNT = int(os.environ.get("CARETAKER_FUZZ", "20000"))
SLOWEST_S = 0.05


def _datagram(payload: bytes, port: int) -> Datagram:
    return Datagram("10.0.0.9", "10.0.0.255", port, port, payload)


def _types_then_instances(raw: bytes) -> None:
    list(mdns.service_types(raw))
    list(mdns.open_instances([raw]))


def _frame(raw: bytes) -> None:
    kind_of(raw)
    open_udp(open_frame(raw))


def _heard(raw: bytes) -> None:
    list(decode(recording("frames.heard", [[kind_of(raw) or "mdns", 0, raw[6:12].hex(":"), raw.hex()]])))


DECODERS: dict[str, tuple[list[bytes], Callable[[bytes], Any]]] = {
    "lldp": ([LLDP], lambda raw: read_lldp(raw, "eth0")),
    "cdp": ([CDP], lambda raw: read_cdp(raw, "eth0")),
    "fdp": ([CDP], lambda raw: read_cdp(raw, "eth0", None, "fdp")),
    "edp": ([EDP], lambda raw: read_edp(raw, "eth0")),
    "dhcp": ([DHCP_OFFER], lambda raw: list(seen_in(_datagram(raw, 68), "02:00:00:00:00:01"))),
    "mdns": ([MDNS], lambda raw: list(mdns.services([("10.0.0.60", None, raw)]))),
    "mdns steps": ([MDNS], _types_then_instances),
    "llmnr": ([MDNS], lambda raw: list(mdns.read_llmnr("10.0.0.60", None, raw))),
    "dns": ([MDNS, NBSTAT], dns_message.read_message),
    "ssdp": ([SSDP], lambda raw: ssdp.read_ssdp(raw, "10.0.0.7")),
    "netbios status": ([NBSTAT], lambda raw: list(netbios.read_status(raw, "10.0.0.9"))),
    "netbios names": ([NBSTAT], lambda raw: list(netbios.read_name_service(_datagram(raw, 137), None))),
    "netbios datagrams": ([NB138], lambda raw: list(netbios.read_datagram_service(_datagram(raw, 138), None))),
    "arp": ([ARP], lambda raw: read_arp(open_frame(raw))),
    "nd": ([ND], lambda raw: read_icmp6(open_frame(raw))),
    "ethernet": (FRAMES[4:], _frame),
    "heard": (FRAMES, _heard),
}


@pytest.mark.parametrize("name", DECODERS)
def test_mutated_octets_are_decoded_or_refused_and_never_slow(name: str) -> None:
    seeds, decoder = DECODERS[name]
    for seed in seeds:
        decoder(seed)  # what is not mutated must be accepted, or the test would prove nothing
    accepted = 0
    with _without_collector():
        for raw in mutations(seeds, COUNT, seed=20261124):
            began = time.thread_time()
            accepted += _taken(decoder, raw)
            took = time.thread_time() - began
            if took > SLOWEST_S:
                took = least(partial(thread_seconds, partial(_taken, decoder, raw)), SLOWEST_S)
            assert took <= SLOWEST_S, f"{took * 1000:.0f} ms for {raw.hex()}"
    assert accepted > COUNT / 100


def _taken(decoder: Callable[[bytes], object], raw: bytes) -> bool:
    try:
        decoder(raw)
    except Undecodable:
        return False
    return True


class _without_collector:
    """A full garbage collection is the test's own time, not the decoder's."""

    def __enter__(self) -> None:
        gc.disable()

    def __exit__(self, *_: object) -> None:
        gc.enable()


def _worst() -> Iterator[tuple[str, bytes]]:
    """Messages made to be slow: as many names as fit, each through as many pointers as can be."""
    chain = b"\x3f" + b"a" * 63 + b"\0"
    pointers = b"".join((0xC000 | 12 + 65 + max(0, 2 * at - 2)).to_bytes(2, "big") for at in range(100))
    records = (b"\xc0\x0c\0\x0c\0\x01\0\0\0\0\0\x02\xc0\x0c") * 140
    yield "pointers", b"\0\0\x84\0\0\0\0\xff\0\0\0\0" + chain + pointers + records
    names = b"".join(bytes([1, 97 + at % 26]) for at in range(120)) + b"\0"
    yield "labels", b"\0\0\x84\0\0\0\0\xff\0\0\0\0" + names + bytes(10) + (b"\xc0\x0c" + bytes(10)) * 250
    yield "txt", b"\0\0\x84\0\0\0\0\x01\0\0\0\0\0\0\x10\0\x01\0\0\0\0\x20\0" + b"\x01=" * 4096


@pytest.mark.parametrize(("name", "raw"), list(_worst()))
def test_a_dns_message_made_to_be_slow_is_not(name: str, raw: bytes) -> None:
    assert (
        least(lambda: thread_seconds(lambda: list(mdns.services([("10.0.0.60", None, raw)]))), SLOWEST_S) <= SLOWEST_S
    )
