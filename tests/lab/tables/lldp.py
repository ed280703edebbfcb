"""LLDP-MIB (IEEE 802.1AB) with LLDP-MED (ANSI/TIA-1057), and CISCO-CDP-MIB, of a switch."""

from collections.abc import Iterator

from tests.lab.model.nouns import Host, School, Switch
from tests.lab.tables.hostile import WORDS
from tests.lab.tables.interfaces import short_name
from tests.lab.tables.places import State, states
from tests.lab.tables.rows import Row, integer, mac, octets, text

LLDP, MED = "1.0.8802.1.1.2.1", "1.0.8802.1.1.2.1.5.4795.1"
CDP = "1.3.6.1.4.1.9.9.23.1"
CAPABILITIES = {"repeater": 1, "bridge": 2, "wlan-ap": 3, "router": 4, "telephone": 5}


def lldp(model: School, switch: Switch) -> Iterator[Row]:
    """What the switch says of itself and hears from its neighbours."""
    yield integer(f"{LLDP}.3.1.0", 4)
    yield mac(f"{LLDP}.3.2.0", switch.mac)
    yield text(f"{LLDP}.3.3.0", switch.hostname)
    yield text(f"{LLDP}.3.4.0", switch.description)
    yield octets(f"{LLDP}.3.5.0", _capability_bits(("bridge",)))
    yield octets(f"{LLDP}.3.6.0", _capability_bits(("bridge",)))
    for state in states(model, switch):
        number = state.port.number
        yield integer(f"{LLDP}.3.7.1.2.{number}", switch.port_subtype)
        yield text(f"{LLDP}.3.7.1.3.{number}", short_name(state.port.name))
        yield text(f"{LLDP}.3.7.1.4.{number}", state.port.name)
        yield from _neighbours(model, switch, state)
        if switch.lldp_med:
            yield octets(f"{MED}.1.2.1.2.{number}", bytes([0xF0]))


def _neighbours(model: School, switch: Switch, state: State) -> Iterator[Row]:
    number = state.port.number
    if state.peer is not None:
        other = model.switch(state.peer[0])
        port = short_name(state.peer[1])
        yield from _remote(
            number, 1, 4, other.mac, other.port_subtype, port, other.hostname, other.description, ("bridge",)
        )
        yield from _address(number, 1, other.ip)
    elif state.host is not None and state.host.lldp:
        yield from _told(number, state.host)
    if switch.family == "ios":
        yield from _cdp(model, state)


def _told(number: int, host: Host) -> Iterator[Row]:
    by_mac = host.kind == "phone"
    subtype = 3 if by_mac else 5
    name = WORDS[0].decode() if host.hostile else host.hostname
    yield from _remote(number, 1, 4, host.mac, subtype, host.port_id, name, host.description, host.lldp)
    yield from _address(number, 1, host.ip)
    if host.kind == "phone":
        yield from _med(number, 1, host)


def _remote(
    number: int, index: int, chassis_subtype: int, chassis: str, port_subtype: int, port: str, name: str, descr: str,
    capabilities: tuple[str, ...],
) -> Iterator[Row]:  # fmt: skip
    row = f"0.{number}.{index}"
    yield integer(f"{LLDP}.4.1.1.4.{row}", chassis_subtype)
    yield mac(f"{LLDP}.4.1.1.5.{row}", chassis)
    yield integer(f"{LLDP}.4.1.1.6.{row}", port_subtype)
    yield (mac if port_subtype == 3 else text)(f"{LLDP}.4.1.1.7.{row}", port)
    yield text(f"{LLDP}.4.1.1.8.{row}", "" if port_subtype == 3 else port)
    yield text(f"{LLDP}.4.1.1.9.{row}", name)
    yield text(f"{LLDP}.4.1.1.10.{row}", descr)
    yield octets(f"{LLDP}.4.1.1.11.{row}", _capability_bits(capabilities))
    yield octets(f"{LLDP}.4.1.1.12.{row}", _capability_bits(capabilities))


def _address(number: int, index: int, ip: str) -> Iterator[Row]:
    row = f"0.{number}.{index}.1.4.{ip}"
    yield integer(f"{LLDP}.4.2.1.3.{row}", 2)
    yield integer(f"{LLDP}.4.2.1.4.{row}", 1)


def _med(number: int, index: int, host: Host) -> Iterator[Row]:
    row = f"0.{number}.{index}"
    yield octets(f"{MED}.3.1.1.1.{row}", bytes([0xCC]))
    yield integer(f"{MED}.3.1.1.3.{row}", 3)
    yield text(f"{MED}.3.3.1.1.{row}", host.model)
    yield text(f"{MED}.3.3.1.2.{row}", host.version)
    yield text(f"{MED}.3.3.1.3.{row}", host.version)
    yield text(f"{MED}.3.3.1.4.{row}", host.serial)
    yield text(f"{MED}.3.3.1.5.{row}", host.maker)
    yield text(f"{MED}.3.3.1.6.{row}", host.model)
    yield text(f"{MED}.3.3.1.7.{row}", "")


def _capability_bits(names: tuple[str, ...]) -> bytes:
    value = 0
    for name in names:
        value |= 0x80 >> CAPABILITIES[name]
    return bytes([value, 0])


def _cdp(model: School, state: State) -> Iterator[Row]:
    """Cisco's own protocol tells of Cisco neighbours only: here none of the peers speak it, but telephones do."""
    if state.host is None or state.host.kind != "phone":
        return
    row = f"{state.port.ifindex}.1"
    octet = bytes(int(part) for part in state.host.ip.split("."))
    yield integer(f"{CDP}.2.1.1.3.{row}", 1)
    yield octets(f"{CDP}.2.1.1.4.{row}", octet)
    yield text(f"{CDP}.2.1.1.5.{row}", state.host.version)
    yield text(f"{CDP}.2.1.1.6.{row}", state.host.hostname)
    yield text(f"{CDP}.2.1.1.7.{row}", "WAN PORT")
    yield text(f"{CDP}.2.1.1.8.{row}", f"{state.host.maker} {state.host.model}")
