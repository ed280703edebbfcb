"""NetBIOS names: node status answers, registrations and announcements (RFC 1001, 1002).

"netbios.ask" answers are `[address, datagram as hex]`.
"""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address

from probes.canonical import clean, mac_text
from probes.errors import Undecodable
from probes.seen import Garbled, NameHeard, Seen
from probes.vocabulary import Recording
from probes.wire import dns_message as dns
from probes.wire.dns_message import Labels, Message, read_message
from probes.wire.ethernet import Datagram
from probes.wire.heard import packets

_GROUP = 0x80
_MACHINE = {0x00, 0x20}  # workstation and file server: names of the machine, not of a person logged on (0x03)
_CLAIMS = {5, 8, 9}
# A node status question for the name "*", in NetBIOS half-octets.
QUESTION = dns.ask([("CK" + "A" * 30, dns.NBSTAT)], number=0x4341)


def read_status(payload: bytes, ip: str) -> Iterator[Seen]:
    """The machine's own unique names in a node status answer, with its MAC where it gives one. Raises Undecodable."""
    message = read_message(payload)
    status = next((record for record in message.records if record.type == dns.NBSTAT), None)
    if not message.is_answer or status is None or not status.data:
        raise Undecodable("A NetBIOS answer holds no node status.")
    count = status.data[0]
    names, rest = status.data[1 : 1 + 18 * count], status.data[1 + 18 * count :]
    if len(names) != 18 * count:
        raise Undecodable("A NetBIOS node status is shorter than its list of names.")
    entries = (names[at : at + 18] for at in range(0, len(names), 18))
    found = (clean(entry[:15]) for entry in entries if entry[15] in _MACHINE and not entry[16] & _GROUP)
    for name in dict.fromkeys(found):
        if name:
            yield NameHeard("netbios", name, ip, mac_text(rest[:6]))


def read_name_service(datagram: Datagram, source_mac: str | None) -> Iterator[Seen]:
    """A broadcast on port 137: the name that a host registers or refreshes for itself. Raises Undecodable."""
    message = read_message(datagram.payload)
    if message.is_answer:
        if any(record.type == dns.NBSTAT for record in message.records):
            yield from read_status(datagram.payload, datagram.source)
    elif message.opcode in _CLAIMS:
        yield from _claims(message, datagram, source_mac)


def _claims(message: Message, datagram: Datagram, source_mac: str | None) -> Iterator[Seen]:
    for record in message.records[:16]:
        if record.type == dns.NB and len(record.data) >= 6 and not record.data[0] & _GROUP:
            name, suffix = half_octets(record.name)
            address = str(IPv4Address(record.data[2:6]))
            if name and suffix in _MACHINE:
                yield NameHeard("netbios", name, address, source_mac if address == datagram.source else None)


def read_datagram_service(datagram: Datagram, source_mac: str | None) -> Iterator[Seen]:
    """A broadcast on port 138, such as a browser announcement: its header names the sender. Raises Undecodable."""
    payload = datagram.payload
    if len(payload) < 48 or payload[0] not in (0x10, 0x11, 0x12) or payload[14] != 32:
        raise Undecodable("A NetBIOS datagram is shorter than its header or of another kind.")
    name, suffix = half_octets((payload[15:47],))
    if name and suffix in _MACHINE:
        yield NameHeard("netbios", name, datagram.source, source_mac)


def half_octets(labels: Labels) -> tuple[str, int]:
    """The name and suffix that the 32 letters of a first-level encoded NetBIOS name stand for (RFC 1001, 14.1)."""
    letters = labels[0].upper() if labels else b""
    if len(letters) != 32 or not all(0x41 <= letter <= 0x50 for letter in letters):
        raise Undecodable("A NetBIOS name is not written in half-octets.")
    whole = bytes((letters[at] - 0x41) << 4 | (letters[at + 1] - 0x41) for at in range(0, 32, 2))
    return clean(whole[:15].rstrip(b"\x00 ")), whole[15]


def decode(recording: Recording) -> Iterator[Seen]:
    """The names of all who answered. Raises Undecodable when the recording is not of this shape."""
    garbled = 0
    for ip, payload in packets(recording):
        try:
            yield from list(read_status(payload, ip))
        except Undecodable:
            garbled += 1
    if garbled:
        yield Garbled("netbios", garbled)


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"netbios.ask": decode}
