"""The ICMP echo sweep of the packet process, for networks that are behind a router."""

import errno
import socket
import time
from collections.abc import Callable, Iterator

from probes.transport.fence import span
from probes.transport.frame_socket import Leash, enlarge, pace
from probes.transport.packet_jobs import AFTER_LAST, COMPLETE, PARTIAL, Emit, End, hosts
from probes.transport.packet_order import Order, Subnet
from probes.wire.ethernet import checksum

_ECHO = 8


class EchoSocket:
    """One raw ICMP socket with 4 MiB of buffer, so that no echo waits behind a dead neighbour's."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        enlarge(self._socket)
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """The descriptor, to wait upon."""
        return self._socket.fileno()

    def send(self, ip: str, number: int, turn: int) -> bool:
        """Send one echo request; whether there was a way to send it. Raises OSError when the interface is gone."""
        body = b"".join(value.to_bytes(2, "big") for value in (number, turn)) + b"caretaker"
        head = bytes([_ECHO, 0])
        try:
            self._socket.sendto(head + checksum(head + b"\0\0" + body) + body, (ip, 0))
        except OSError as error:
            if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EPERM, errno.EACCES, errno.ENOBUFS):
                return False
            raise
        return True

    def waiting(self, number: int) -> Iterator[str]:
        """The address of every echo reply to this number that has arrived."""
        while True:
            try:
                packet, (ip, _) = self._socket.recvfrom(2048)
            except BlockingIOError:
                return
            body = packet[(packet[0] & 0x0F) * 4 :]
            if body[:1] == b"\x00" and body[4:6] == number.to_bytes(2, "big"):
                yield ip


def sweep_icmp(order: Order, leash: Leash, emit: Emit, opened: EchoSocket) -> End:
    """One echo to each permitted address, a second to the silent ones that are not fragile. Answers `[address, ms]`."""
    fence = order.fence()
    listed = [ip for subnet in order.subnets for ip in _echoed(subnet)]
    asked = [ip for ip in dict.fromkeys([*order.addresses, *listed]) if fence.permits(ip)]
    number = order.number & 0xFFFF
    sent: dict[str, float] = {}
    found: dict[str, None] = {}
    unsent: dict[str, None] = {}

    def read() -> None:
        for ip in opened.waiting(number):
            if ip in sent and ip not in found:
                found[ip] = None
                emit([ip, round((time.monotonic() - sent[ip]) * 1000, 2)])

    def echo(ip: str, turn: int) -> Callable[[], None]:
        def send() -> None:
            fence.permit(ip)
            sent[ip] = time.monotonic()
            if not opened.send(ip, number, turn):
                unsent[ip] = None

        return send

    for turn in range(order.rounds):
        wanted = [echo(ip, turn) for ip in asked if ip not in found and (turn == 0 or not fence.is_fragile(ip))]
        pace(leash, opened.fileno(), wanted, order.rate(), AFTER_LAST if wanted else 0, read)
    if unsent:
        return PARTIAL, f"there was no way to {len(unsent)} of {len(asked)} addresses"
    return COMPLETE, ""


def _echoed(subnet: Subnet) -> Iterator[str]:
    """The hosts of a network: not its own address and its broadcast address, where it has them."""
    _, first, last = span(subnet.network)
    edges = {first, last} if last - first > 1 else set()
    ends = {socket.inet_ntoa(number.to_bytes(4, "big")) for number in edges}
    return (ip for ip in hosts(subnet) if ip not in ends)
