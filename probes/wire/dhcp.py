"""DHCP messages heard or asked for: which server offers what, and what a client says of itself (RFC 2131, 2132).

"dhcp.discover" answers are `["dhcp", seconds, source MAC, frame as hex]`, one for every offer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from probes.canonical import clean, mac_text
from probes.errors import Undecodable
from probes.seen import AddressPair, DhcpHeard, DhcpServer, Garbled, NameHeard, Seen
from probes.vocabulary import Recording
from probes.wire.ethernet import Datagram, open_frame, open_udp
from probes.wire.heard import Heard, heard

NOWHERE = "0.0.0.0"  # noqa: S104  an address, not a bind
COOKIE = b"\x63\x82\x53\x63"
MESSAGES = {
    1: "discover", 2: "offer", 3: "request", 4: "decline", 5: "ack", 6: "nak", 7: "release", 8: "inform",
}  # fmt: skip
_FROM_SERVER = {"offer", "ack"}
_FROM_CLIENT = {"discover", "request", "decline", "release", "inform"}
_MOST_OPTIONS = 256
Options = dict[int, bytes]


@dataclass(frozen=True, slots=True)
class Message:
    """One DHCP message: the client's MAC if it has one, its addresses, and every option joined as RFC 3396 says."""

    kind: str
    transaction: int
    client: str
    current: str
    given: str
    next_server: str
    options: Options


def read_dhcp(payload: bytes) -> Message:
    """The DHCP message of a UDP payload. Raises Undecodable when it is short, plain BOOTP or has no message type.

    Lease queries (RFC 4388) and what else servers say to each other are `other`.
    """
    if len(payload) < 240 or payload[236:240] != COOKIE:
        raise Undecodable("A DHCP message is shorter than its header or lacks the magic cookie.")
    options = _options(payload)
    if len(options.get(53, b"")) != 1:
        raise Undecodable("A DHCP message says no type.")
    kind = MESSAGES.get(options[53][0], "other")
    current, given, server = (str(IPv4Address(payload[at : at + 4])) for at in (12, 16, 20))
    return Message(
        kind, int.from_bytes(payload[4:8], "big"), mac_text(payload[28:34]) or "", current, given, server, options
    )


def _options(payload: bytes) -> Options:
    """Options of the message, then of the file and sname fields where option 52 says that they hold some."""
    found: Options = {}
    _gather(payload[240:], found)
    overload = found.get(52, b"\x00")[:1]
    if overload in (b"\x01", b"\x03"):
        _gather(payload[108:236], found)
    if overload in (b"\x02", b"\x03"):
        _gather(payload[44:108], found)
    return found


def _gather(area: bytes, found: Options) -> None:
    at = 0
    for _ in range(_MOST_OPTIONS):
        while area[at : at + 1] == b"\x00":
            at += 1
        if at >= len(area) or area[at] == 255:
            return
        length = area[at + 1] if at + 1 < len(area) else 0
        if at + 2 + length > len(area):
            raise Undecodable("A DHCP option is longer than its message.")
        found[area[at]] = found.get(area[at], b"") + area[at + 2 : at + 2 + length]
        at += 2 + length


def seen_in(datagram: Datagram, source_mac: str) -> Iterator[Seen]:
    """What one DHCP datagram says: a server's offer, an address that was given, or a client's own words."""
    message = read_dhcp(datagram.payload)
    if message.kind in _FROM_SERVER:
        yield _server(message, datagram.source, source_mac)
    if message.kind == "ack":
        address = message.given if message.given != NOWHERE else message.current
        if address != NOWHERE and message.client:
            yield AddressPair(address, message.client, "dhcp")
    if message.kind in _FROM_CLIENT and not message.client:
        raise Undecodable("A DHCP client names no MAC of its own.")
    if message.kind in _FROM_CLIENT:
        yield from _client(message)


def _server(message: Message, source: str, source_mac: str) -> DhcpServer:
    """Option 54 names the server; a relay's frame carries the relay's MAC and address instead."""
    named = _addresses(message.options.get(54, b""))
    router = _addresses(message.options.get(3, b""))
    return DhcpServer(
        ip=named[0] if named else source,
        mac=source_mac,
        router=router[0] if router else "",
        dns=_addresses(message.options.get(6, b"")),
        domain=clean(message.options.get(15, b"")),
    )


def _client(message: Message) -> Iterator[Seen]:
    name = clean(message.options.get(12, b"")) or _full_name(message.options.get(81, b""))
    wanted = _addresses(message.options.get(50, b""))
    yield DhcpHeard(
        mac=message.client,
        message=message.kind,
        hostname=name,
        vendor_class=clean(message.options.get(60, b"")),
        parameters=tuple(message.options.get(55, b"")[:64]),
        requested=wanted[0] if wanted else None,
    )
    if name:
        yield NameHeard("dhcp", name, message.current if message.current != NOWHERE else None, message.client)


def _full_name(option: bytes) -> str:
    """Option 81 (RFC 4702): flags, two result octets, then the name as text or, with flag E, in DNS labels."""
    if len(option) < 4:
        return ""
    if not option[0] & 0x04:
        return clean(option[3:])
    labels: list[str] = []
    at = 3
    while at < len(option) and option[at] and len(labels) < 16:
        labels.append(clean(option[at + 1 : at + 1 + option[at]]))
        at += 1 + option[at]
    return ".".join(labels)


def _addresses(option: bytes) -> tuple[str, ...]:
    ends = range(4, min(len(option), 32) + 1, 4)
    return tuple(str(IPv4Address(option[end - 4 : end])) for end in ends)


def decode(recording: Recording) -> Iterator[Seen]:
    """Every server that offered, once each. Raises Undecodable when the recording is not of this shape."""
    servers: dict[DhcpServer, None] = {}
    garbled = 0
    for answer in heard(recording):
        try:
            servers.update(dict.fromkeys(_offers(answer)))
        except Undecodable:
            garbled += 1
    yield from servers
    if garbled:
        yield Garbled("dhcp", garbled)


def _offers(answer: Heard) -> Iterator[DhcpServer]:
    found = seen_in(open_udp(open_frame(answer.frame)), answer.source)
    return (seen for seen in found if isinstance(seen, DhcpServer))


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"dhcp.discover": decode}
