"""POWER-ETHERNET-MIB (RFC 3621) of a switch."""

from collections.abc import Iterator

from tests.lab.model.nouns import School, Switch
from tests.lab.tables.places import states
from tests.lab.tables.rows import Row, gauge, integer

POE = "1.3.6.1.2.1.105.1"
WATTS = {1: 4, 2: 7, 3: 15, 4: 30}


def poe(model: School, switch: Switch) -> Iterator[Row]:
    """Port and main rows; nothing on a switch without PoE. The class value is one more than the class."""
    if not switch.poe_budget:
        return
    used = 0
    for state in states(model, switch):
        if not state.port.poe:
            continue
        index = f"1.{state.port.number}"
        power_class = state.host.poe_class if state.host else 0
        used += WATTS.get(power_class, 0)
        yield integer(f"{POE}.1.1.3.{index}", 1)
        yield integer(f"{POE}.1.1.6.{index}", 3 if power_class else 2)
        if power_class:
            yield integer(f"{POE}.1.1.10.{index}", power_class + 1)
    yield gauge(f"{POE}.3.1.1.2.1", switch.poe_budget)
    yield integer(f"{POE}.3.1.1.3.1", 1)
    yield gauge(f"{POE}.3.1.1.4.1", used)
