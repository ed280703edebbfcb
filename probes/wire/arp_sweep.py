"""Who answered on the local wire: ARP (RFC 826) and, for routed networks, ICMP echo (RFC 792).

"arp.sweep" answers are `[address, MAC]`, every pair that was heard; "icmp.sweep" answers are `[address, ms]`.
"""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, ip_address
from typing import Any

from probes.canonical import mac_text
from probes.errors import Undecodable
from probes.seen import AddressPair, Alive, Conflict, Seen
from probes.vocabulary import Recording
from probes.wire.ethernet import ARP, Frame

_MOST_CLAIMS = 16
_HEAD = bytes.fromhex("000108000604")


def read_arp(frame: Frame) -> tuple[int, str, str]:
    """Operation (1 asks, 2 answers), sender's address and MAC. Raises Undecodable when it is not Ethernet and IPv4."""
    if frame.ethertype != ARP or frame.payload[:6] != _HEAD or len(frame.payload) < 28:
        raise Undecodable("An ARP packet is cut or not for Ethernet and IPv4.")
    mac = mac_text(frame.payload[8:14])
    if mac is None or frame.payload[8] & 1:
        raise Undecodable("An ARP packet's sender has no MAC of its own.")
    return int.from_bytes(frame.payload[6:8], "big"), str(IPv4Address(frame.payload[14:18])), mac


def decode(recording: Recording) -> Iterator[Seen]:
    """Alive and its pair for each MAC of each address; a Conflict where several claim one. Raises Undecodable."""
    claims: dict[str, dict[str, None]] = {}
    for answer in recording.answers:
        ip, mac = _pair(answer, recording.probe)
        claims.setdefault(ip, {})[mac] = None
    for ip, macs in claims.items():
        for mac in list(macs)[:_MOST_CLAIMS]:
            yield Alive(ip, "arp", mac)
            yield AddressPair(ip, mac, "arp")
        if len(macs) > 1:
            yield Conflict(ip, tuple(sorted(macs)[:_MOST_CLAIMS]))


def _pair(answer: Any, probe: str) -> tuple[str, str]:
    if isinstance(answer, list | tuple) and len(answer) >= 2:
        mac = mac_text(str(answer[1]))
        if mac:
            return address(answer[0], probe), mac
    raise Undecodable(f"An answer of {probe} is not an address and a MAC.")


def address(value: Any, probe: str) -> str:
    """An address as `ipaddress` prints it. Raises Undecodable."""
    try:
        return str(ip_address(str(value)))
    except ValueError as error:
        raise Undecodable(f"An answer of {probe} names no address.") from error


def decode_icmp(recording: Recording) -> Iterator[Seen]:
    """Alive for each address that echoed, once. Raises Undecodable."""
    if not all(isinstance(answer, list | tuple) and answer for answer in recording.answers):
        raise Undecodable("An answer of icmp.sweep is not an address and a time.")
    for ip in dict.fromkeys(address(answer[0], recording.probe) for answer in recording.answers):
        yield Alive(ip, "icmp")


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"arp.sweep": decode, "icmp.sweep": decode_icmp}
