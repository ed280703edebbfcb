"""The ARP sweep of the packet process, and what its jobs share. It imports nothing that ARP does not need."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

from probes.transport.arp_question import arp_answer, arp_request
from probes.transport.fence import span
from probes.transport.frame_socket import FrameSocket, Leash, pace
from probes.transport.packet_order import Order, Subnet

Emit = Callable[[list[Any]], None]
End = tuple[str, str]
COMPLETE, PARTIAL, SKIPPED, GARBLED = "complete", "partial", "skipped", "garbled"
ARP = 0x0806
_BETWEEN_ROUNDS, AFTER_LAST = 0.6, 1.0
MOST_PAIRS = 40_000


def sweep_arp(order: Order, leash: Leash, emit: Emit, opened: FrameSocket) -> End:
    """Ask every permitted address of each subnet who has it, the silent ones again in later rounds."""
    fence = order.fence()
    asked = {ip: socket.inet_aton(subnet.source) for subnet in order.subnets for ip in hosts(subnet)}
    questions = {
        ip: arp_request(opened.mac, own, socket.inet_aton(ip)) for ip, own in asked.items() if fence.permits(ip)
    }
    found: set[tuple[bytes, bytes]] = set()
    answered: set[str] = set()

    def read() -> None:
        for frame in opened.waiting():
            pair = arp_answer(frame, opened.mac)
            if pair and pair not in found and len(found) < MOST_PAIRS:
                ip = socket.inet_ntoa(pair[0])
                if ip in questions:
                    found.add(pair)
                    answered.add(ip)
                    emit([ip, pair[1].hex(":")])

    def question(ip: str) -> Callable[[], None]:
        def send() -> None:
            fence.permit(ip)
            opened.send(questions[ip])

        return send

    for turn in range(order.rounds):
        silent = [question(ip) for ip in questions if ip not in answered]
        settle = AFTER_LAST if turn + 1 == order.rounds else _BETWEEN_ROUNDS
        pace(leash, None, silent, order.rate(), settle if silent else 0, read)
    return whole(opened)


def hosts(subnet: Subnet) -> Iterator[str]:
    """Each IPv4 address of a subnet that a host may have, but the agent's own."""
    spared = {subnet.source, *subnet.spared}
    _, first, last = span(subnet.network)
    addresses = (socket.inet_ntoa(number.to_bytes(4, "big")) for number in range(first, last + 1))
    return (ip for ip in addresses if ip not in spared)


def whole(opened: FrameSocket) -> End:
    """Complete, unless the kernel had to drop frames or the cable is out when the work ends."""
    if not opened.is_up():
        return PARTIAL, "link-down: the interface has no link"
    if dropped := opened.dropped():
        return PARTIAL, f"{dropped} frames arrived faster than they could be read"
    return COMPLETE, ""
