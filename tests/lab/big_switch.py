"""A switch that costs: 384 ports in eight units, 36 VLAN interfaces, and 20,820 objects in five tables."""

from collections.abc import Iterator

from tests.lab.tables.rows import Row, counter, gauge, in_order, index_of, integer, mac, name, octets, text
from tests.lab.tables.system import system

PORTS, VLANS, LEARNED, NEIGHBOURS, PIECES = 384, 36, 620, 60, 80
OBJECTS = 20_820
_IF, _IFX, _ENTITY = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1", "1.3.6.1.2.1.47.1.1.1.1"
_FDB, _REMOTE = "1.3.6.1.2.1.17.4.3.1", "1.0.8802.1.1.2.1.4.1.1"
_MAKER = "1.3.6.1.4.1.11.2.3.7.11.160"


def big_switch() -> list[Row]:
    """Every row that it answers, in order."""
    rows = [row for port in range(1, PORTS + VLANS + 1) for row in (*_interface(port), *_more(port))]
    rows += [row for n in range(LEARNED) for row in _learned(n)]
    rows += [row for n in range(1, NEIGHBOURS + 1) for row in _neighbour(n)]
    rows += [row for n in range(1, PIECES + 1) for row in _piece(n)]
    assert len(rows) == OBJECTS
    return in_order([*system("HP Switch stack, revision 16.11.0012", _MAKER, "sw-core", "server room", 86_400), *rows])


def _mac(group: int, number: int) -> str:
    return bytes((2, 0x11, 0, group, number >> 8 & 255, number & 255)).hex(":")


def _interface(port: int) -> Iterator[Row]:
    """ifTable's 22 columns."""
    vlan = port > PORTS
    yield integer(f"{_IF}.1.{port}", port)
    yield text(f"{_IF}.2.{port}", f"VLAN{port}" if vlan else f"GigabitEthernet{(port - 1) // 48 + 1}/0/{port % 48 + 1}")
    yield integer(f"{_IF}.3.{port}", 136 if vlan else 6)
    yield integer(f"{_IF}.4.{port}", 1500)
    yield gauge(f"{_IF}.5.{port}", 1_000_000_000)
    yield mac(f"{_IF}.6.{port}", _mac(1, port))
    yield integer(f"{_IF}.7.{port}", 1)
    yield integer(f"{_IF}.8.{port}", 1 if port % 3 else 2)
    yield from (counter(f"{_IF}.{column}.{port}", port * 7919 * column * 104_729) for column in range(9, 21))
    yield gauge(f"{_IF}.21.{port}", 0)
    yield name(f"{_IF}.22.{port}", "0.0")


def _more(port: int) -> Iterator[Row]:
    """ifXTable's 19 columns."""
    yield text(f"{_IFX}.1.{port}", str(port))
    yield from (counter(f"{_IFX}.{column}.{port}", port * 131 * column) for column in range(2, 6))
    yield from ((f"{_IFX}.{column}.{port}", "70", str(port * 998_244_353 * column)) for column in range(6, 14))
    yield integer(f"{_IFX}.14.{port}", 1)
    yield gauge(f"{_IFX}.15.{port}", 1000)
    yield integer(f"{_IFX}.16.{port}", 2)
    yield integer(f"{_IFX}.17.{port}", 1 if port <= PORTS else 2)
    yield text(f"{_IFX}.18.{port}", f"Room {port % 60} socket {port % 4}")
    yield counter(f"{_IFX}.19.{port}", 0)


def _learned(number: int) -> Iterator[Row]:
    address = _mac(2, number * 97 % 65_536)
    index = index_of(address)
    yield mac(f"{_FDB}.1.{index}", address)
    yield integer(f"{_FDB}.2.{index}", number % PORTS + 1)
    yield integer(f"{_FDB}.3.{index}", 3)


def _neighbour(number: int) -> Iterator[Row]:
    row = f"{number * 100}.{number}.{number}"
    yield integer(f"{_REMOTE}.4.{row}", 4)
    yield mac(f"{_REMOTE}.5.{row}", _mac(3, number))
    yield integer(f"{_REMOTE}.6.{row}", 5)
    yield text(f"{_REMOTE}.7.{row}", "eth0")
    yield text(f"{_REMOTE}.8.{row}", "uplink")
    yield text(f"{_REMOTE}.9.{row}", f"ap-{number:03d}.school.example")
    yield text(f"{_REMOTE}.10.{row}", "Indoor access point, software 8.10")
    yield octets(f"{_REMOTE}.11.{row}", b"\x28")
    yield octets(f"{_REMOTE}.12.{row}", b"\x20")


def _piece(number: int) -> Iterator[Row]:
    """Fifteen columns of entPhysicalTable."""
    yield text(f"{_ENTITY}.2.{number}", f"Module {number}")
    yield name(f"{_ENTITY}.3.{number}", _MAKER)
    yield integer(f"{_ENTITY}.4.{number}", 1 if number > 1 else 0)
    yield integer(f"{_ENTITY}.5.{number}", 10)
    yield integer(f"{_ENTITY}.6.{number}", number)
    words = {7: f"Port {number}", 8: "r1", 9: "", 10: "16.11.0012", 11: f"SN{number:08d}", 12: "HP", 13: "J9729A",
             14: "", 15: ""}  # fmt: skip
    yield from (text(f"{_ENTITY}.{column}.{number}", word) for column, word in words.items())
    yield integer(f"{_ENTITY}.16.{number}", 1)
