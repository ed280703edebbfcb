"""A row of an snmprec file, and how rows are made, ordered and written."""

from collections.abc import Iterable

Row = tuple[str, str, str]


def integer(oid: str, value: int) -> Row:
    return oid, "2", str(value)


def text(oid: str, value: str) -> Row:
    return octets(oid, value.encode())


def octets(oid: str, value: bytes) -> Row:
    return oid, "4x", value.hex()


def mac(oid: str, value: str) -> Row:
    return octets(oid, bytes.fromhex(value.replace(":", "")))


def name(oid: str, value: str) -> Row:
    """An object identifier as a value."""
    return oid, "6", value


def address(oid: str, value: str) -> Row:
    return oid, "64", value


def counter(oid: str, value: int) -> Row:
    return oid, "65", str(value % 2**32)


def gauge(oid: str, value: int) -> Row:
    return oid, "66", str(value)


def ticks(oid: str, seconds: int) -> Row:
    return oid, "67", str(seconds * 100 % 2**32)


def counter64(oid: str, value: int) -> Row:
    return oid, "70", str(value)


def index_of(mac_address: str) -> str:
    """A MAC address as six sub-identifiers."""
    return ".".join(str(octet) for octet in bytes.fromhex(mac_address.replace(":", "")))


def bitmap(ports: Iterable[int], length: int) -> bytes:
    """A PortList (RFC 4363): port 1 is the highest bit of the first octet."""
    octet = bytearray((length + 7) // 8)
    for port in ports:
        octet[(port - 1) // 8] |= 0x80 >> (port - 1) % 8
    return bytes(octet)


def oid_key(oid: str) -> tuple[int, ...]:
    return tuple(int(part) for part in oid.split("."))


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Rows in the order of their OIDs, as an agent walks them."""
    return sorted(rows, key=lambda row: oid_key(row[0]))


def snmprec(rows: Iterable[Row]) -> str:
    """Rows as the text of an snmprec file."""
    return "".join(f"{oid}|{tag}|{value}\n" for oid, tag, value in in_order(rows))
