"""BRIDGE-MIB (RFC 4188), Q-BRIDGE-MIB (RFC 4363) and RSTP-MIB (RFC 4318) of a switch."""

from collections.abc import Iterator

from tests.lab.model.nouns import VLANS, School, Switch
from tests.lab.tables.places import State, bridge_ifindex, bridge_port, places, states
from tests.lab.tables.rows import Row, bitmap, counter, gauge, index_of, integer, mac, octets, text, ticks

BRIDGE, QBRIDGE = "1.3.6.1.2.1.17", "1.3.6.1.2.1.17.7.1"
LEARNED, SELF = 3, 4


def bridge(model: School, switch: Switch) -> Iterator[Row]:
    """All bridge rows of a switch."""
    ports = _bridge_ports(switch)
    yield mac(f"{BRIDGE}.1.1.0", switch.mac)
    yield integer(f"{BRIDGE}.1.2.0", len(ports))
    yield integer(f"{BRIDGE}.1.3.0", 2)
    for port in ports:
        yield integer(f"{BRIDGE}.1.4.1.1.{port}", port)
        yield integer(f"{BRIDGE}.1.4.1.2.{port}", bridge_ifindex(switch, port))
    yield from _learned(model, switch)
    yield from _vlans(model, switch, ports)
    yield from _spanning_tree(model, switch) if switch.spanning_tree else _no_tree(switch)


def _bridge_ports(switch: Switch) -> list[int]:
    return sorted({bridge_port(switch, port.number) for port in switch.ports})


def _learned(model: School, switch: Switch) -> Iterator[Row]:
    here = places(model, switch)
    for address, port in {place.mac: place.port for place in here}.items():
        index = index_of(address)
        yield mac(f"{BRIDGE}.4.3.1.1.{index}", address)
        yield integer(f"{BRIDGE}.4.3.1.2.{index}", port)
        yield integer(f"{BRIDGE}.4.3.1.3.{index}", LEARNED)
    for place in here:
        index = index_of(place.mac)
        yield integer(f"{QBRIDGE}.2.2.1.2.{place.vlan}.{index}", place.port)
        yield integer(f"{QBRIDGE}.2.2.1.3.{place.vlan}.{index}", LEARNED)
    own = index_of(switch.mac)
    yield mac(f"{BRIDGE}.4.3.1.1.{own}", switch.mac)
    yield integer(f"{BRIDGE}.4.3.1.2.{own}", 0)
    yield integer(f"{BRIDGE}.4.3.1.3.{own}", SELF)


def _vlans(model: School, switch: Switch, ports: list[int]) -> Iterator[Row]:
    yield integer(f"{QBRIDGE}.1.1.0", 1)
    yield integer(f"{QBRIDGE}.1.2.0", 4094)
    yield gauge(f"{QBRIDGE}.1.4.0", len(switch.vlans))
    by_port = {bridge_port(switch, state.port.number): state for state in states(model, switch)}
    width = ports[-1]
    for vlan in switch.vlans:
        untagged = [p for p, state in by_port.items() if state.untagged == vlan]
        tagged = [p for p, state in by_port.items() if vlan in state.tagged]
        for table in (f"{QBRIDGE}.4.2.1", f"{QBRIDGE}.4.3.1"):
            current = table.endswith("4.2.1")
            index = f"0.{vlan}" if current else str(vlan)
            columns = (4, 5) if current else (2, 4)
            yield octets(f"{table}.{columns[0]}.{index}", bitmap([*untagged, *tagged], width))
            yield octets(f"{table}.{columns[1]}.{index}", bitmap(untagged, width))
        yield text(f"{QBRIDGE}.4.3.1.1.{vlan}", VLANS[vlan])
        yield integer(f"{QBRIDGE}.4.3.1.5.{vlan}", 1)
    for port, state in by_port.items():
        yield gauge(f"{QBRIDGE}.4.5.1.1.{port}", state.untagged)


def _spanning_tree(model: School, switch: Switch) -> Iterator[Row]:
    core = model.switches[0]
    root = bytes([0x10, 0]) + bytes.fromhex(core.mac.replace(":", ""))
    is_core = switch.hostname == core.hostname
    up = _up_ports(model, switch)
    root_port = 0 if is_core else max(p for p, state in up.items() if state.peer is not None)
    yield integer(f"{BRIDGE}.2.1.0", 3)
    yield integer(f"{BRIDGE}.2.2.0", 4096 if is_core else 32768)
    yield ticks(f"{BRIDGE}.2.3.0", 86_400)
    yield counter(f"{BRIDGE}.2.4.0", 7)
    yield octets(f"{BRIDGE}.2.5.0", root)
    yield integer(f"{BRIDGE}.2.6.0", 0 if is_core else 20_000)
    yield integer(f"{BRIDGE}.2.7.0", root_port)
    yield integer(f"{BRIDGE}.2.16.0", 2)
    for port in _bridge_ports(switch):
        yield integer(f"{BRIDGE}.2.15.1.1.{port}", port)
        yield integer(f"{BRIDGE}.2.15.1.3.{port}", 5 if port in up else 1)


def _no_tree(switch: Switch) -> Iterator[Row]:
    """Spanning tree is off: the switch stands alone as its own root and every port says disabled."""
    yield integer(f"{BRIDGE}.2.1.0", 3)
    yield integer(f"{BRIDGE}.2.2.0", 32768)
    yield octets(f"{BRIDGE}.2.5.0", bytes([0x80, 0]) + bytes.fromhex(switch.mac.replace(":", "")))
    yield integer(f"{BRIDGE}.2.7.0", 0)
    yield integer(f"{BRIDGE}.2.16.0", 0)
    for port in _bridge_ports(switch):
        yield integer(f"{BRIDGE}.2.15.1.1.{port}", port)
        yield integer(f"{BRIDGE}.2.15.1.3.{port}", 1)


def _up_ports(model: School, switch: Switch) -> dict[int, State]:
    return {bridge_port(switch, state.port.number): state for state in states(model, switch) if state.up}
