"""A DNS message as mDNS, LLMNR and NetBIOS use it (RFC 1035, 6762, 4795, 1002): read within bounds, and asked.

dnspython is not used here: it reads an SRV or address record of class IN only, while mDNS sets the cache-flush bit in
the class, and a compressed SRV target is lost when its octets are taken out of the message.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from probes.errors import Undecodable

A, PTR, TXT, AAAA, SRV, ANY = 1, 12, 16, 28, 33, 255
NB, NBSTAT = 32, 33
Labels = tuple[bytes, ...]
_MOST_RECORDS, _MOST_QUESTIONS, _MOST_JUMPS, _LONGEST = 256, 64, 16, 9000


@dataclass(frozen=True, slots=True)
class Record:
    """One resource record. `end` is where its data ends, so that a name within may point into the message."""

    name: Labels
    type: int
    data: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Message:
    """One DNS message: its identifier, flags, questions (name, type) and the records of all three sections."""

    raw: bytes
    id: int
    flags: int
    questions: tuple[tuple[Labels, int], ...]
    records: tuple[Record, ...]

    @property
    def is_answer(self) -> bool:
        """Whether this is a response (QR bit)."""
        return bool(self.flags & 0x8000)

    @property
    def opcode(self) -> int:
        """The operation: 0 query; in NetBIOS also 5 registration, 6 release, 7 wait, 8 and 9 refresh."""
        return self.flags >> 11 & 0x0F

    def name_in(self, record: Record, skip: int = 0) -> Labels:
        """The name within a record's data, `skip` octets in. Raises Undecodable."""
        return _name(self.raw[: record.end], record.start + skip)[0]


def read_message(raw: bytes) -> Message:
    """The message in a datagram. Raises Undecodable when it is cut, loops, or holds more than is ever needed."""
    if not 12 <= len(raw) <= _LONGEST:
        raise Undecodable("A DNS message is shorter than its header or longer than a packet.")
    number, flags, asked, *sections = (int.from_bytes(raw[at : at + 2], "big") for at in range(0, 12, 2))
    if asked > _MOST_QUESTIONS or sum(sections) > _MOST_RECORDS:
        raise Undecodable("A DNS message holds more records than a packet needs.")
    at, questions = 12, []
    for _ in range(asked):
        name, at = _name(raw, at)
        questions.append((name, int.from_bytes(raw[at : at + 2], "big")))
        at += 4
    records = []
    for _ in range(sum(sections)):
        record = _record(raw, at)
        records.append(record)
        at = record.end
    return Message(raw, number, flags, tuple(questions), tuple(records))


def _record(raw: bytes, at: int) -> Record:
    name, at = _name(raw, at)
    start, length = at + 10, int.from_bytes(raw[at + 8 : at + 10], "big")
    if start + length > len(raw):
        raise Undecodable("A DNS record is longer than its message.")
    return Record(name, int.from_bytes(raw[at : at + 2], "big"), raw[start : start + length], start, start + length)


def _name(raw: bytes, at: int) -> tuple[Labels, int]:
    """The labels at an offset and where the name ends; pointers may only point backwards, at most 16 times."""
    labels: list[bytes] = []
    end, size, jumps = -1, 0, 0
    while True:
        if at >= len(raw):
            raise Undecodable("A DNS name runs past its message.")
        length = raw[at]
        if length & 0xC0 == 0xC0:
            target = int.from_bytes(raw[at : at + 2], "big") & 0x3FFF
            end, jumps = (at + 2 if end < 0 else end), jumps + 1
            if target >= at or jumps > _MOST_JUMPS:
                raise Undecodable("A DNS name points forwards or in a circle.")
            at = target
            continue
        size += length + 1
        if length > 63 or size > 256 or at + 1 + length > len(raw):
            raise Undecodable("A DNS name or label is longer than allowed.")
        at += 1 + length
        if length == 0:
            return tuple(labels), at if end < 0 else end
        labels.append(raw[at - length : at])


def ask(questions: Sequence[tuple[str, int]], number: int = 0, unicast: bool = False, flags: int = 0) -> bytes:
    """A query of these names and types in class IN; `unicast` sets the QU bit of mDNS (RFC 6762, 5.4).

    Raises ValueError when a label is longer than 63 octets.
    """
    head = b"".join(value.to_bytes(2, "big") for value in (number, flags, len(questions), 0, 0, 0))
    class_in = b"\x80\x01" if unicast else b"\x00\x01"
    return head + b"".join(_wire_name(name) + kind.to_bytes(2, "big") + class_in for name, kind in questions)


def is_askable(name: str) -> bool:
    """Whether a name fits into a message."""
    labels = name.rstrip(".").split(".")
    return len(name.encode()) < 250 and all(0 < len(label.encode()) < 64 for label in labels)


def _wire_name(name: str) -> bytes:
    labels = [label.encode() for label in name.rstrip(".").split(".")]
    if any(not 0 < len(label) < 64 for label in labels):
        raise ValueError(f"{name!r} has a label that no DNS message can carry.")
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\x00"
