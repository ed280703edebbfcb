"""A device's interfaces: IF-MIB (RFC 2863), EtherLike-MIB duplex (RFC 3635), MAU types (RFC 4836)."""

from collections.abc import Iterator

from probes.seen import Interface, Seen
from probes.wire.rows import Index, Rows, Table, indexes

_IF, _IFX = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
DESCR, TYPE, SPEED, MAC, ADMIN, OPER, IN_ERRORS = (f"{_IF}.{n}" for n in (2, 3, 5, 6, 7, 8, 14))
NAME, HIGH_SPEED, CONNECTOR, ALIAS = (f"{_IFX}.{n}" for n in (1, 15, 17, 18))
DUPLEX = "1.3.6.1.2.1.10.7.2.1.19"
MAU = "1.3.6.1.2.1.26.2.1.1.3"
_MAU_TYPES = "1.3.6.1.2.1.26.4."
_FULL_GAUGE = 2**32 - 1
_FASTEST_MBPS = 10_000_000

# IANA-MAU-MIB dot3MauType numbers; HD and FD say half and full duplex.
_MAUS = {
    5: "10BASE-T", 10: "10BASE-T HD", 11: "10BASE-T FD", 15: "100BASE-TX HD", 16: "100BASE-TX FD",
    17: "100BASE-FX HD", 18: "100BASE-FX FD", 21: "1000BASE-X HD", 22: "1000BASE-X FD", 23: "1000BASE-LX HD",
    24: "1000BASE-LX FD", 25: "1000BASE-SX HD", 26: "1000BASE-SX FD", 27: "1000BASE-CX HD", 28: "1000BASE-CX FD",
    29: "1000BASE-T HD", 30: "1000BASE-T FD", 31: "10GBASE-X", 32: "10GBASE-LX4", 33: "10GBASE-R",
    34: "10GBASE-ER", 35: "10GBASE-LR", 36: "10GBASE-SR", 37: "10GBASE-W", 41: "10GBASE-CX4", 46: "100BASE-LX10",
    47: "1000BASE-BX10-D", 48: "1000BASE-BX10-U", 49: "1000BASE-LX10", 54: "10GBASE-T", 55: "10GBASE-LRM",
    56: "1000BASE-KX", 57: "10GBASE-KX4", 58: "10GBASE-KR",
}  # fmt: skip


def decode(rows: Rows) -> Iterator[Seen]:
    """One Interface for each ifIndex that any column names."""
    texts = {column: rows.texts(column) for column in (NAME, DESCR, ALIAS)}
    numbers = {c: rows.numbers(c) for c in (TYPE, SPEED, HIGH_SPEED, ADMIN, OPER, CONNECTOR, DUPLEX, IN_ERRORS)}
    macs, maus = rows.macs(MAC), _maus(rows)
    for index in indexes(1, *texts.values(), numbers[TYPE], numbers[OPER]):
        mau = maus.get(index, "")
        yield Interface(
            index=index[0],
            name=texts[NAME].get(index, ""),
            descr=texts[DESCR].get(index, ""),
            alias=texts[ALIAS].get(index, ""),
            type=numbers[TYPE].get(index),
            mac=macs.get(index),
            speed_mbps=_speed(numbers[HIGH_SPEED].get(index), numbers[SPEED].get(index)),
            admin_up=_is_one(numbers[ADMIN].get(index)),
            oper_up=_is_one(numbers[OPER].get(index)),
            connector=_is_one(numbers[CONNECTOR].get(index)),
            duplex={2: "half", 3: "full"}.get(numbers[DUPLEX].get(index, 0)) or _mau_duplex(mau),
            mau=mau,
            in_errors=numbers[IN_ERRORS].get(index),
        )


def _speed(high: int | None, low: int | None) -> int | None:
    """Mbit/s. ifHighSpeed wins where it is above zero; some agents leave it at zero below 10 Gbit/s."""
    if high:
        # Cambium and RAD radios give ifHighSpeed in bit/s.
        return high // 1_000_000 if high >= _FASTEST_MBPS else high
    if low is None or low == _FULL_GAUGE:
        return high
    return low // 1_000_000


def _is_one(value: int | None) -> bool | None:
    return None if value is None else value == 1


def _maus(rows: Rows) -> dict[Index, str]:
    found: dict[Index, str] = {}
    for index, value in rows.column(MAU).items():
        number = str(value).removeprefix(_MAU_TYPES)
        if number.isascii() and number.isdigit() and len(number) < 4 and int(number) in _MAUS:
            found.setdefault(index[:1], _MAUS[int(number)])
    return found


def _mau_duplex(mau: str) -> str | None:
    return "half" if mau.endswith(" HD") else "full" if mau.endswith(" FD") else None


TABLES: tuple[Table, ...] = (
    Table(
        "snmp.interfaces",
        (DESCR, TYPE, SPEED, MAC, ADMIN, OPER, IN_ERRORS, NAME, HIGH_SPEED, CONNECTOR, ALIAS, DUPLEX, MAU),
        decode,
    ),
)
