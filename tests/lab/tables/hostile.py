"""Rows of the device that puts hostile words into every field, and the walks that never end."""

from collections.abc import Iterator

from tests.lab.model.nouns import Host, School
from tests.lab.tables.rows import Row, integer, mac, octets, oid_key, text
from tests.lab.tables.system import SYSTEM, system

WORDS = (
    b"<script>alert('CANARY-XSS')</script>", b'=HYPERLINK("http://198.51.100.66/","x")', b"\x1b[2J\x1b[31mroot\x1b[0m",
    b"two\r\nlines\nSet-Cookie: a=b", b"nul\x00in the middle", "\u202egnp.exe\u2066\u200b".encode(),
    b"\xff\xfe\xc3\x28bad", b"@SUM(1+1)*cmd|' /C calc'!A0", b"' OR 1=1 --", b"{{7*7}}${7*7}", b"A" * 900,
)  # fmt: skip


def words(model: School, host: Host) -> Iterator[Row]:
    """A system group, interfaces and LLDP tables full of hostile words."""
    own = {f"{SYSTEM}.{column}.0" for column in (1, 4, 5, 6)}
    yield from (row for row in system("", "1.3.6.1.4.1.8072.3.2.10", "", "", 60) if row[0] not in own)
    for column, value in ((1, WORDS[0]), (4, WORDS[3]), (5, WORDS[1]), (6, WORDS[2])):
        yield octets(f"{SYSTEM}.{column}.0", value)
    for number, value in enumerate(WORDS, 1):
        yield integer(f"1.3.6.1.2.1.2.2.1.1.{number}", number)
        yield octets(f"1.3.6.1.2.1.2.2.1.2.{number}", value)
        yield integer(f"1.3.6.1.2.1.2.2.1.3.{number}", 6)
        yield mac(f"1.3.6.1.2.1.2.2.1.6.{number}", f"02:66:00:35:f1:{number:02x}")
        yield octets(f"1.3.6.1.2.1.31.1.1.1.18.{number}", value)
        row = f"0.{number}.1"
        yield integer(f"1.0.8802.1.1.2.1.4.1.1.4.{row}", 7)
        yield octets(f"1.0.8802.1.1.2.1.4.1.1.5.{row}", value)
        yield integer(f"1.0.8802.1.1.2.1.4.1.1.6.{row}", 7)
        for column in (7, 8, 9, 10):
            yield octets(f"1.0.8802.1.1.2.1.4.1.1.{column}.{row}", value)
    for column in (2, 7, 10, 11, 12, 13):
        yield octets(f"1.3.6.1.2.1.47.1.1.1.1.{column}.1", WORDS[column % len(WORDS)])
    yield integer("1.3.6.1.2.1.47.1.1.1.1.5.1", 3)


def endless(oid: str) -> Row:
    """The row after `oid` for an agent that lies: ifTable repeats, LLDP goes in a circle, all else never ends."""
    key = oid_key(oid)
    if key[:7] == (1, 3, 6, 1, 2, 1, 2):
        return text("1.3.6.1.2.1.2.2.1.2.1", "always the same")
    if key[:1] == (1,) and key[1:2] == (0,):
        return text(f"1.0.8802.1.1.2.1.4.1.1.9.0.{(key[-1] + 1) % 3}.1", "round and round")
    if key[:7] == (1, 3, 6, 1, 2, 1, 1) and len(key) < 9:
        return text("1.3.6.1.2.1.1.1.0", "Endless Systems agent") if key < (1, 3, 6, 1, 2, 1, 1, 1, 0) else _system(key)
    return integer(".".join(map(str, (*key, 1))), 1) if len(key) < 100 else integer(_onwards(key), 1)


def _system(key: tuple[int, ...]) -> Row:
    return text(f"1.3.6.1.2.1.1.{key[7] + 1}.0", "endless") if key[7] < 7 else integer("1.3.6.1.2.1.1.9.1.1.1", 1)


def _onwards(key: tuple[int, ...]) -> str:
    return ".".join(map(str, (*key[:-1], key[-1] + 1)))
