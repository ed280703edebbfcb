"""SNMP messages as bytes and back: the part of ASN.1 BER (X.690) that RFC 1157, RFC 3416 and RFC 3412 use.

Values become text with the tags of the snmprec format. Anything else raises Undecodable; nothing here recurses.
"""

from dataclasses import dataclass
from enum import IntEnum

from probes.errors import Undecodable

Oid = tuple[int, ...]
Binding = tuple[Oid, str, str]

INTEGER, OCTETS, NULL, OBJECT, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB = "128", "129", "130"
_IP, _OPAQUE = 0x40, 0x44
_UNSIGNED = {0x41: "65", 0x42: "66", 0x43: "67", 0x46: "70"}
_EXCEPTIONS = {0x05: "5", 0x80: NO_SUCH_OBJECT, 0x81: NO_SUCH_INSTANCE, 0x82: END_OF_MIB}
_MOST_BINDINGS, _LONGEST_OID, _LARGEST_ARC = 4096, 128, 2**32 - 1


class Kind(IntEnum):
    """The PDUs that are sent or understood. SET is not among them."""

    GET = 0xA0
    NEXT = 0xA1
    RESPONSE = 0xA2
    BULK = 0xA5
    REPORT = 0xA8


@dataclass(frozen=True, slots=True)
class Pdu:
    """One PDU. In a GETBULK `status` is non-repeaters and `index` max-repetitions (RFC 3416)."""

    kind: int
    request_id: int
    status: int = 0
    index: int = 0
    bindings: tuple[Binding, ...] = ()


@dataclass(frozen=True, slots=True)
class Community:
    """A v1 (`version` 0) or v2c (1) message."""

    version: int
    community: bytes
    pdu: Pdu


def tlv(tag: int, content: bytes) -> bytes:
    """One element: tag, definite length, content."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def integer(value: int) -> bytes:
    """A signed INTEGER in as few octets as it needs."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def object_id(oid: Oid) -> bytes:
    """An OBJECT IDENTIFIER of at least two arcs."""
    content = bytearray()
    for arc in (oid[0] * 40 + oid[1], *oid[2:]):
        if arc < 0x80:
            content.append(arc)
            continue
        groups = [arc >> shift & 0x7F for shift in range(7 * ((arc.bit_length() - 1) // 7), -1, -7)]
        content.extend(0x80 | group for group in groups[:-1])
        content.append(groups[-1])
    return tlv(OBJECT, bytes(content))


def encode_pdu(pdu: Pdu) -> bytes:
    """A request: its bindings carry no values."""
    bindings = b"".join(tlv(SEQUENCE, object_id(oid) + b"\x05\x00") for oid, _, _ in pdu.bindings)
    head = integer(pdu.request_id) + integer(pdu.status) + integer(pdu.index)
    return tlv(pdu.kind, head + tlv(SEQUENCE, bindings))


def encode_community(message: Community) -> bytes:
    """A whole v1 or v2c request."""
    body = integer(message.version) + tlv(OCTETS, message.community) + encode_pdu(message.pdu)
    return tlv(SEQUENCE, body)


def decode_community(data: bytes) -> Community:
    """A whole v1 or v2c message. Raises Undecodable."""
    try:
        at, end = enter(data, 0, len(data), SEQUENCE)
        version, at = read_integer(data, at, end)
        community, at = read_octets(data, at, end)
        return Community(version, community, decode_pdu(data, at, end))
    except (IndexError, ValueError, OverflowError) as error:
        raise Undecodable(f"An SNMP message of {len(data)} octets breaks off or contradicts itself.") from error


def decode_pdu(data: bytes, at: int, end: int) -> Pdu:
    """The PDU that starts at `at`. Raises Undecodable, IndexError or ValueError."""
    kind, at, end = header(data, at, end)
    if kind not in (Kind.RESPONSE, Kind.REPORT):
        raise Undecodable(f"A PDU of type {kind:#x} is no answer.")
    request_id, at = read_integer(data, at, end)
    status, at = read_integer(data, at, end)
    index, at = read_integer(data, at, end)
    at, end = enter(data, at, end, SEQUENCE)
    bindings: list[Binding] = []
    while at < end:
        if len(bindings) >= _MOST_BINDINGS:
            raise Undecodable(f"An answer has more than {_MOST_BINDINGS} bindings.")
        start, at = enter(data, at, end, SEQUENCE)
        bindings.append(_binding(data, start, at))
    return Pdu(kind, request_id, status, index, tuple(bindings))


def header(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """The tag at `at` and where its content starts and ends. Indefinite and overlong lengths are refused."""
    tag, size = data[at], data[at + 1]
    at += 2
    if size & 0x80:
        octets = size & 0x7F
        if not 1 <= octets <= 4:
            raise Undecodable("An element has an indefinite or absurd length.")
        size = int.from_bytes(data[at : at + octets], "big")
        at += octets
    if at + size > end:
        raise Undecodable("An element is longer than what holds it.")
    return tag, at, at + size


def enter(data: bytes, at: int, end: int, wanted: int) -> tuple[int, int]:
    """Where the content of the element of the wanted tag starts and ends."""
    tag, start, stop = header(data, at, end)
    if tag != wanted:
        raise Undecodable(f"An element has tag {tag:#x} instead of {wanted:#x}.")
    return start, stop


def read_integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A signed INTEGER of at most nine octets, and where the next element starts."""
    start, stop = enter(data, at, end, INTEGER)
    if not 1 <= stop - start <= 9:
        raise Undecodable("An INTEGER has no octets, or more than nine.")
    return int.from_bytes(data[start:stop], "big", signed=True), stop


def read_octets(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    """An OCTET STRING, and where the next element starts."""
    start, stop = enter(data, at, end, OCTETS)
    return data[start:stop], stop


def _binding(data: bytes, at: int, end: int) -> Binding:
    start, stop = enter(data, at, end, OBJECT)
    oid = decode_oid(data[start:stop])
    tag, start, stop = header(data, stop, end)
    content = data[start:stop]
    if tag == OCTETS:
        return oid, "4x", content.hex()
    if tag == INTEGER:
        return oid, "2", str(_number(content, signed=True))
    if tag in _UNSIGNED:
        # Some agents leave out the leading zero of a large counter; it is still not negative.
        return oid, _UNSIGNED[tag], str(_number(content, signed=False))
    if tag == OBJECT:
        return oid, "6", ".".join(map(str, decode_oid(content)))
    return oid, *_rare(tag, content)


def _rare(tag: int, content: bytes) -> tuple[str, str]:
    if tag in _EXCEPTIONS:
        return _EXCEPTIONS[tag], ""
    if tag == _IP:
        return ("64", ".".join(map(str, content))) if len(content) == 4 else ("64x", content.hex())
    if tag == _OPAQUE:
        return "68x", content.hex()
    raise Undecodable(f"A value has the tag {tag:#x}, which SNMP does not know.")


def _number(content: bytes, signed: bool) -> int:
    if not 1 <= len(content) <= 9:
        raise Undecodable("A number has no octets, or more than nine.")
    return int.from_bytes(content, "big", signed=signed)


def decode_oid(content: bytes) -> Oid:
    """The arcs of an OBJECT IDENTIFIER's content; an empty one, which some agents send, is 0.0."""
    if not content:
        return (0, 0)
    if len(content) > _LONGEST_OID * 5:
        raise Undecodable("An OBJECT IDENTIFIER is too long.")
    arcs = tuple(content) if content.isascii() else _long_arcs(content)
    if len(arcs) > _LONGEST_OID:
        raise Undecodable("An OBJECT IDENTIFIER has too many arcs.")
    first = min(arcs[0] // 40, 2)
    return (first, arcs[0] - 40 * first, *arcs[1:])


def _long_arcs(content: bytes) -> Oid:
    arcs: list[int] = []
    arc = 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if arc > _LARGEST_ARC:
            raise Undecodable("An arc of an OBJECT IDENTIFIER does not fit 32 bits.")
        if octet < 0x80:
            arcs.append(arc)
            arc = 0
    if content[-1] & 0x80:
        raise Undecodable("An OBJECT IDENTIFIER breaks off.")
    return tuple(arcs)
