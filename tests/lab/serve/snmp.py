"""A small SNMP v1 and v2c responder for simple devices, and the agent that never stops answering."""

from bisect import bisect_left, bisect_right
from pathlib import Path

from tests.lab.tables.hostile import endless
from tests.lab.tables.rows import Row, oid_key

TAGS = {"2": 0x02, "4": 0x04, "6": 0x06, "64": 0x40, "65": 0x41, "66": 0x42, "67": 0x43, "70": 0x46}
GET, NEXT, BULK = 0xA0, 0xA1, 0xA5
END, MISSING = b"\x82\x00", b"\x80\x00"
Key = tuple[int, ...]


def recorded_rows(path: Path) -> list[Row]:
    """The rows of a .snmprec file that an agent here can serve, in order; a type it lacks is left out."""
    split = (line.split("|", 2) for line in path.read_text("utf-8", errors="replace").splitlines())
    rows = [(row[0], row[1], row[2]) for row in split if len(row) == 3 and row[1].rstrip("x") in TAGS]
    return sorted(rows, key=lambda row: oid_key(row[0]))


def _take(data: bytes, at: int = 0) -> tuple[int, bytes, int]:
    """(tag, content, where the next element begins)."""
    tag, length, at = data[at], data[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        length, at = int.from_bytes(data[at : at + size], "big"), at + size
    if at + length > len(data):
        raise ValueError("short")
    return tag, data[at : at + length], at + length


def _put(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    width = (size.bit_length() + 7) // 8
    return bytes((tag, 0x80 | width)) + size.to_bytes(width, "big") + content


def _oid(content: bytes) -> Key:
    parts, value = [], 0
    for octet in content:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            parts.append(value)
            value = 0
    first = min(parts[0] // 40, 2)
    return (first, parts[0] - 40 * first, *parts[1:])


def _oid_content(key: Key) -> bytes:
    out = bytearray()
    for part in (key[0] * 40 + key[1], *key[2:]):
        octets = [part & 0x7F]
        while part := part >> 7:
            octets.append(part & 0x7F | 0x80)
        out += bytes(reversed(octets))
    return bytes(out)


def _number(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True)


def value_of(tag: str, text: str) -> bytes:
    """A snmprec value as BER."""
    kind = TAGS[tag.rstrip("x")]
    if tag.endswith("x"):
        return _put(kind, bytes.fromhex(text))
    if kind == 0x04:
        return _put(kind, text.encode())
    if kind == 0x06:
        return _put(kind, _oid_content(oid_key(text)))
    if kind == 0x40:
        return _put(kind, bytes(int(part) for part in text.split(".")))
    return _put(kind, _number(int(text)))


class Agent:
    """Answers for one device. `rows` are in order; a hostile agent makes up its own."""

    def __init__(self, community: str, rows: list[Row], hostile: str = "") -> None:
        self._community = community.encode()
        self._keys = [oid_key(row[0]) for row in rows]
        self._values = [value_of(row[1], row[2]) for row in rows]
        self._endless = hostile == "endless"

    def answer(self, datagram: bytes) -> bytes | None:
        """The response to a datagram; None for another community, another version, or rubbish."""
        try:
            return self._answer(datagram)
        except (ValueError, IndexError):
            return None

    def _answer(self, datagram: bytes) -> bytes | None:
        _, message, _ = _take(datagram)
        _, version, at = _take(message)
        _, community, at = _take(message, at)
        kind, pdu, _ = _take(message, at)
        if version not in (b"\0", b"\1") or community != self._community or kind not in (GET, NEXT, BULK):
            return None
        _, request, at = _take(pdu)
        _, first, at = _take(pdu, at)
        _, second, at = _take(pdu, at)
        _, bindings, _ = _take(pdu, at)
        keys = list(_names(bindings))
        found = self._bulk(keys, *map(_int, (first, second))) if kind == BULK else [self._one(kind, k) for k in keys]
        rows = b"".join(_put(0x30, _put(0x06, _oid_content(key)) + value) for key, value in found)
        body = _put(0x02, request) + _put(0x02, b"\0") + _put(0x02, b"\0") + _put(0x30, rows)
        return _put(0x30, _put(0x02, version) + _put(0x04, community) + _put(0xA2, body))

    def _one(self, kind: int, key: Key) -> tuple[Key, bytes]:
        if kind == NEXT:
            return self._next(key)
        if self._endless:
            return key, value_of("4", "endless")
        at = bisect_left(self._keys, key)
        hit = at < len(self._keys) and self._keys[at] == key
        return key, self._values[at] if hit else MISSING

    def _next(self, key: Key) -> tuple[Key, bytes]:
        if self._endless:
            oid, tag, text = endless(".".join(map(str, key)))
            return oid_key(oid), value_of(tag, text)
        at = bisect_right(self._keys, key)
        return (self._keys[at], self._values[at]) if at < len(self._keys) else (key, END)

    def _bulk(self, keys: list[Key], once: int, repeats: int) -> list[tuple[Key, bytes]]:
        found = [self._next(key) for key in keys[:once]]
        current = keys[once:]
        for _ in range(min(repeats, 60)):
            row = [self._next(key) for key in current]
            found += row
            current = [key for key, _ in row]
            if sum(len(value) for _, value in found) > 20_000:
                break
        return found


def _int(content: bytes) -> int:
    return int.from_bytes(content, "big", signed=True)


def _names(bindings: bytes) -> list[Key]:
    keys, at = [], 0
    while at < len(bindings):
        _, binding, at = _take(bindings, at)
        keys.append(_oid(_take(binding)[1]))
    return keys
