"""The work of the packet process: sweeps, a quiet listener, a DHCP question. No scapy, no parent, no files."""

import errno
import socket
import time
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network, ip_address, ip_network

from probes.canonical import mac_text
from probes.errors import Undecodable
from probes.transport.dhcp_question import discover_frame, is_offer_to
from probes.transport.frame_socket import DHCP_CLIENT, GROUPS, ICMP6, FrameSocket, Leash, enlarge, pace
from probes.transport.guard import Guard
from probes.transport.kept import Kept
from probes.transport.nd_question import echo_frame, own_addresses, solicitation_frame
from probes.transport.packet_order import Order, Subnet
from probes.vocabulary import Json, Outcome
from probes.wire import nd
from probes.wire.arp_sweep import read_arp
from probes.wire.ethernet import ARP, IPV4, IPV6, checksum, open_frame

Emit = Callable[[list[Json]], None]
End = tuple[Outcome, str]
Template = Callable[[bytes, str], bytes]
_ALL = 3
_BETWEEN_ROUNDS, _AFTER_LAST = 0.6, 1.0
_MOST_PAIRS = 40_000
_ECHO = 8


def sweep_arp(order: Order, leash: Leash, emit: Emit, opened: FrameSocket, template: Template) -> End:
    """Ask every permitted address of each subnet who has it, the silent ones again in later rounds.

    `template(own MAC, source)` is a whole ARP request for 0.0.0.0 whose last four octets are the target.
    """
    guard = Guard(order.limits, time.monotonic)
    asked = {ip: subnet.source for subnet in order.subnets for ip in _hosts(subnet)}
    permitted = {ip: source for ip, source in asked.items() if guard.permits(ip)}
    heads = {subnet.source: template(opened.mac, subnet.source)[:38] for subnet in order.subnets}
    found: dict[tuple[str, str], None] = {}
    answered: set[str] = set()

    def read() -> None:
        for frame in opened.waiting():
            pair = _arp_answer(frame, opened.mac)
            if pair and pair[0] in permitted and pair not in found and len(found) < _MOST_PAIRS:
                found[pair] = None
                answered.add(pair[0])
                emit(list(pair))

    def question(ip: str, source: str) -> Callable[[], None]:
        def send() -> None:
            guard.permit(ip)
            opened.send(heads[source] + ip_address(ip).packed)

        return send

    for turn in range(order.rounds):
        silent = [question(ip, source) for ip, source in permitted.items() if ip not in answered]
        settle = _AFTER_LAST if turn + 1 == order.rounds else _BETWEEN_ROUNDS
        pace(leash, opened.fileno(), silent, _rate(order), settle if silent else 0, read)
    return _whole(opened)


def _arp_answer(frame: bytes, own: bytes) -> tuple[str, str] | None:
    """Address and MAC of an ARP answer that was sent to this agent."""
    try:
        opened = open_frame(frame)
        operation, ip, mac = read_arp(opened)
    except Undecodable:
        return None
    return (ip, mac) if operation == 2 and opened.destination == own else None


def _hosts(subnet: Subnet) -> Iterator[str]:
    """Each address that a host may have, but the agent's own."""
    spared = {subnet.source, *subnet.spared}
    return (ip for ip in map(str, ip_network(subnet.network)) if ip not in spared)


def _rate(order: Order) -> float:
    return min(order.pps, order.limits.total_pps)


def _whole(opened: FrameSocket) -> End:
    """Complete, unless the kernel had to drop frames or the cable is out when the work ends."""
    if not opened.is_up():
        return Outcome.PARTIAL, "link-down: the interface has no link"
    if dropped := opened.dropped():
        return Outcome.PARTIAL, f"{dropped} frames arrived faster than they could be read"
    return Outcome.COMPLETE, ""


def sweep_nd(order: Order, leash: Leash, emit: Emit, opened: FrameSocket) -> End:
    """Ask all nodes for an echo from each own local address, then solicit every address that answered."""
    guard = Guard(order.limits, time.monotonic)
    sources = own_addresses(order.interface)
    if not sources:
        return Outcome.SKIPPED, f"{order.interface} has no link-local or unique local IPv6 address"
    found: dict[tuple[str, str], None] = {}

    def read() -> None:
        for frame in opened.waiting():
            try:
                answer = nd.read_icmp6(open_frame(frame))
            except Undecodable:
                continue
            if (answer.ip, answer.mac) not in found and answer.ip not in sources and len(found) < _MOST_PAIRS:
                found[answer.ip, answer.mac] = None
                emit([answer.ip, answer.mac, answer.how])

    echoes = [_sends(opened, echo_frame(opened.mac, source, order.number)) for source in sources]
    for _ in range(2):
        pace(leash, opened.fileno(), echoes, 10, order.seconds / 2, read)
    wanted = [ip for ip in dict.fromkeys([*order.addresses, *(ip for ip, _ in found)]) if _may_solicit(guard, ip)]
    asks = [_sends(opened, solicitation_frame(opened.mac, _source_for(ip, sources), ip)) for ip in wanted]
    pace(leash, opened.fileno(), asks, _rate(order), _AFTER_LAST, read)
    return _whole(opened)


def _sends(opened: FrameSocket, frame: bytes) -> Callable[[], None]:
    return lambda: opened.send(frame)


def _may_solicit(guard: Guard, ip: str) -> bool:
    """Local addresses are on this wire by definition, so only an exclusion can forbid them."""
    excluded = (ip_network(text, strict=False) for text in guard.limits.exclude)
    return nd.is_local(ip) and not any(ip_address(ip) in network for network in excluded)


def _source_for(ip: str, sources: tuple[str, ...]) -> str:
    same = (source for source in sources if source.startswith("fe80") == ip.startswith("fe80"))
    return next(same, sources[0])


def listen(order: Order, leash: Leash, emit: Emit, opened: FrameSocket) -> End:
    """Keep what neighbours, servers and hosts say to everybody, for so many seconds; send nothing."""
    kept, began = Kept(), time.monotonic()
    emit(["interface", 0.0, mac_text(opened.mac) or "", order.interface])

    def read() -> None:
        for frame in opened.waiting():
            kind = kept.take(frame)
            if kind:
                emit([kind, round(time.monotonic() - began, 3), frame[6:12].hex(":"), frame.hex()])

    pace(leash, opened.fileno(), (), 1, order.seconds, read)
    for what, count in kept.refused.items():
        emit(["flood", round(time.monotonic() - began, 3), what, count])
    if kept.refused:
        return Outcome.PARTIAL, "more was said than is kept: " + ", ".join(sorted(kept.refused))
    return _whole(opened)


def discover_dhcp(order: Order, leash: Leash, emit: Emit, opened: FrameSocket) -> End:
    """Ask for an offer three times and keep every server's; nothing is ever requested."""
    began = time.monotonic()
    kept: set[bytes] = set()

    def read() -> None:
        for frame in opened.waiting():
            if frame not in kept and len(kept) < 200 and is_offer_to(frame, order.number):
                kept.add(frame)
                emit(["dhcp", round(time.monotonic() - began, 3), frame[6:12].hex(":"), frame.hex()])

    for seconds in (0, 1, 2):
        question = discover_frame(opened.mac, order.number, seconds)
        pace(leash, opened.fileno(), [_sends(opened, question)], 1, order.seconds / 3, read)
    return _whole(opened)


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
    guard = Guard(order.limits, time.monotonic)
    networks = (ip_network(subnet.network) for subnet in order.subnets)
    listed = [str(ip) for network in networks if isinstance(network, IPv4Network) for ip in network.hosts()]
    asked = [ip for ip in dict.fromkeys([*order.addresses, *listed]) if guard.permits(ip)]
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
            guard.permit(ip)
            sent[ip] = time.monotonic()
            if not opened.send(ip, number, turn):
                unsent[ip] = None

        return send

    for turn in range(order.rounds):
        wanted = [echo(ip, turn) for ip in asked if ip not in found and (turn == 0 or not guard.is_fragile(ip))]
        pace(leash, opened.fileno(), wanted, _rate(order), _AFTER_LAST if wanted else 0, read)
    if unsent:
        return Outcome.PARTIAL, f"there was no way to {len(unsent)} of {len(asked)} addresses"
    return Outcome.COMPLETE, ""


def open_frames(order: Order) -> FrameSocket:
    """The socket that an order needs. Raises OSError."""
    if order.do == "listen":
        opened = FrameSocket(order.interface, _ALL, GROUPS)
        opened.hear_groups(order.interface)
        return opened
    kinds = {"arp": (ARP, ()), "nd": (IPV6, ICMP6), "dhcp": (IPV4, DHCP_CLIENT)}
    protocol, program = kinds[order.do]
    return FrameSocket(order.interface, protocol, program)
