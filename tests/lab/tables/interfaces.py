"""IF-MIB (RFC 2863), EtherLike-MIB duplex (RFC 3635) and IEEE8023-LAG-MIB of a switch."""

from collections.abc import Iterator

from tests.lab.model.nouns import Lag, School, Switch
from tests.lab.tables.places import State, states
from tests.lab.tables.rows import Row, counter, counter64, gauge, integer, mac, text, ticks

IF, IFX = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
DUPLEX = "1.3.6.1.2.1.10.7.2.1.19"
LAG = "1.2.840.10006.300.43.1.2.1.1.13"
ETHERNET, VLAN_INTERFACE, AGGREGATE = 6, 136, 161


def port_mac(base: str, offset: int) -> str:
    """The MAC of a port: the base address plus an offset."""
    return (int(base.replace(":", ""), 16) + offset).to_bytes(6, "big").hex(":")


def interfaces(model: School, switch: Switch) -> Iterator[Row]:
    """All interface rows of a switch."""
    all_states = states(model, switch)
    yield integer("1.3.6.1.2.1.2.1.0", len(all_states) + len(switch.lags) + 1)
    for state in all_states:
        yield from _port(model, switch, state)
    for lag in switch.lags:
        yield from _lag(switch, lag, all_states)
    own = {"ios": "Vlan10", "aoscx": "vlan10", "procurve": "DEFAULT_VLAN"}[switch.family]
    yield from interface(1010, own, own, VLAN_INTERFACE, switch.mac, 1000, True, "Management")


def interface(
    index: int, descr: str, short: str, kind: int, address: str, speed: int, up: bool, alias: str
) -> Iterator[Row]:
    """One row of ifTable and ifXTable. `speed` in Mbit/s."""
    yield integer(f"{IF}.1.{index}", index)
    yield text(f"{IF}.2.{index}", descr)
    yield integer(f"{IF}.3.{index}", kind)
    yield integer(f"{IF}.4.{index}", 1500)
    yield gauge(f"{IF}.5.{index}", min(speed * 1_000_000, 2**32 - 1))
    yield mac(f"{IF}.6.{index}", address)
    yield integer(f"{IF}.7.{index}", 1)
    yield integer(f"{IF}.8.{index}", 1 if up else 2)
    yield ticks(f"{IF}.9.{index}", 60)
    yield counter(f"{IF}.14.{index}", 0)
    yield text(f"{IFX}.1.{index}", short)
    yield counter64(f"{IFX}.6.{index}", 91_000_000 * index if up else 0)
    yield counter64(f"{IFX}.10.{index}", 37_000_000 * index if up else 0)
    yield gauge(f"{IFX}.15.{index}", speed)
    yield integer(f"{IFX}.17.{index}", 1 if kind == ETHERNET else 2)
    yield text(f"{IFX}.18.{index}", alias)


def short_name(name: str) -> str:
    """Cisco's short form of an interface name."""
    return name.replace("GigabitEthernet", "Gi").replace("FastEthernet", "Fa").replace("Port-channel", "Po")


def _port(model: School, switch: Switch, state: State) -> Iterator[Row]:
    port = state.port
    speed = state.speed if state.up else port.capable
    address = port_mac(switch.mac, port.number)
    yield from interface(
        port.ifindex, port.name, short_name(port.name), ETHERNET, address, speed, state.up, state.alias
    )
    yield integer(f"{DUPLEX}.{port.ifindex}", (2 if state.half else 3) if state.up else 1)
    lag = switch.lag_of(port.number)
    if switch.lags:
        yield integer(f"{LAG}.{port.ifindex}", lag.ifindex if lag else 0)


def _lag(switch: Switch, lag: Lag, all_states: tuple[State, ...]) -> Iterator[Row]:
    speed = sum(state.speed for state in all_states if state.port.number in lag.members)
    address = port_mac(switch.mac, lag.members[0])
    yield from interface(lag.ifindex, lag.name, short_name(lag.name), AGGREGATE, address, speed, True, "")
    yield mac(f"1.2.840.10006.300.43.1.1.1.1.2.{lag.ifindex}", address)
