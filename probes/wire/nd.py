"""Who answered on the local wire over IPv6: echo to all nodes, then neighbour discovery (RFC 4443, 4861).

"nd.sweep" answers are `[address, MAC, how]`, where how is `echo` or `advertisement`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_network
from typing import Any

from probes.canonical import mac_text
from probes.errors import Undecodable
from probes.seen import AddressPair, Alive, Conflict, Seen
from probes.transport.nd_frames import target_mac
from probes.vocabulary import Recording
from probes.wire.ethernet import IPV6, Frame

LOCAL = (ip_network("fe80::/10"), ip_network("fc00::/7"))
ECHO, ECHO_REPLY, SOLICITATION, ADVERTISEMENT = 128, 129, 135, 136
_MOST_CLAIMS = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """One ICMPv6 answer: whose address it is, the MAC that goes with it, and how it came."""

    ip: str
    mac: str
    how: str


def is_local(ip: str) -> bool:
    """Whether this is a link-local or unique local IPv6 address (RFC 4291, 4193)."""
    try:
        return any(IPv6Address(ip) in network for network in LOCAL)
    except ValueError:
        return False


def read_icmp6(frame: Frame) -> Answer:
    """An echo reply or neighbour advertisement from a local address. Raises Undecodable for anything else."""
    packet = frame.payload
    if frame.ethertype != IPV6 or len(packet) < 48 or packet[0] >> 4 != 6 or packet[6] != 58:
        raise Undecodable("The frame carries no ICMPv6.")
    body = packet[40 : 40 + int.from_bytes(packet[4:6], "big")]
    if body[:1] == bytes([ECHO_REPLY]):
        return _answer(packet[8:24], frame.source, "echo")
    # RFC 4861, 7.1.2: a hop limit other than 255 came through a router and is a lie.
    if body[:1] == bytes([ADVERTISEMENT]) and len(body) >= 24 and packet[7] == 255:
        return _answer(body[8:24], target_mac(body[24:]) or frame.source, "advertisement")
    raise Undecodable("The frame carries no answer that was asked for.")


def _answer(address: bytes, source: bytes, how: str) -> Answer:
    ip, mac = str(IPv6Address(address)), mac_text(source)
    if mac is None or source[0] & 1 or not is_local(ip):
        raise Undecodable("An ICMPv6 answer comes from no local neighbour.")
    return Answer(ip, mac, how)


def decode(recording: Recording) -> Iterator[Seen]:
    """Alive and its pair for each MAC of each address; a Conflict where several claim one. Raises Undecodable."""
    claims: dict[str, dict[str, None]] = {}
    for answer in recording.answers:
        ip, mac = _pair(answer)
        claims.setdefault(ip, {})[mac] = None
    for ip, macs in claims.items():
        for mac in list(macs)[:_MOST_CLAIMS]:
            yield Alive(ip, "nd", mac)
            yield AddressPair(ip, mac, "nd")
        if len(macs) > 1:
            yield Conflict(ip, tuple(sorted(macs)[:_MOST_CLAIMS]))


def _pair(answer: Any) -> tuple[str, str]:
    if isinstance(answer, list | tuple) and len(answer) >= 2 and is_local(str(answer[0])):
        mac = mac_text(str(answer[1]))
        if mac:
            return str(IPv6Address(str(answer[0]))), mac
    raise Undecodable("An answer of nd.sweep is not a local IPv6 address and a MAC.")


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"nd.sweep": decode}
