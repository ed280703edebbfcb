"""Power over Ethernet: POWER-ETHERNET-MIB (RFC 3621)."""

from collections.abc import Iterator

from probes.seen import PoeMain, PoePort, Seen
from probes.wire.rows import Rows, Table, indexes

_PORT, _MAIN = "1.3.6.1.2.1.105.1.1.1", "1.3.6.1.2.1.105.1.3.1.1"
ENABLED, DETECTION, CLASS = f"{_PORT}.3", f"{_PORT}.6", f"{_PORT}.10"
BUDGET, OPERATING, USED = f"{_MAIN}.2", f"{_MAIN}.3", f"{_MAIN}.4"
_DELIVERING, _ON = 3, 1
_CLASSES = range(1, 10)


def decode(rows: Rows) -> Iterator[Seen]:
    """The power supplies in watts, then each port."""
    budgets, states, used = rows.numbers(BUDGET), rows.numbers(OPERATING), rows.numbers(USED)
    for index in indexes(1, budgets, used):
        state = states.get(index)
        yield PoeMain(index[0], budgets.get(index), used.get(index), None if state is None else state == _ON)
    enabled, detection, classes = rows.numbers(ENABLED), rows.numbers(DETECTION), rows.numbers(CLASS)
    for index in indexes(2, enabled, detection):
        admin, found, power = enabled.get(index), detection.get(index), classes.get(index)
        yield PoePort(
            group=index[0],
            port=index[1],
            enabled=None if admin is None else admin == 1,
            delivering=None if found is None else found == _DELIVERING,
            power_class=power - 1 if power in _CLASSES and power is not None else None,
        )


TABLES: tuple[Table, ...] = (Table("snmp.poe", (BUDGET, OPERATING, USED, ENABLED, DETECTION, CLASS), decode),)
