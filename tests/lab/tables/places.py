"""Where each MAC address is on each switch: the one source for bridge tables, VLAN tables and consoles."""

from dataclasses import dataclass

from tests.lab.model.nouns import SCHOOL, Cable, Host, Port, School, Switch


@dataclass(frozen=True, slots=True)
class Place:
    """A MAC address of a VLAN behind a bridge port of one switch."""

    mac: str
    vlan: int
    port: int


@dataclass(frozen=True, slots=True)
class State:
    """What a port does tonight: its link, speed, duplex, VLANs and the thing plugged into it."""

    port: Port
    up: bool
    speed: int
    half: bool
    untagged: int
    tagged: tuple[int, ...]
    alias: str = ""
    host: Host | None = None
    peer: tuple[str, str] | None = None


def uplinks(model: School, switch: Switch) -> tuple[tuple[int, str, int, int], ...]:
    """(own port, other switch, other port, speed) of each cable of this switch."""
    ends = [(c.a_port, c.b, c.b_port, c.speed) for c in model.cables if c.a == switch.hostname]
    return (*ends, *((c.b_port, c.a, c.a_port, c.speed) for c in model.cables if c.b == switch.hostname))


def bridge_port(switch: Switch, number: int) -> int:
    """The bridge port of a port: its aggregate's where it is in one (aggregates follow the last port)."""
    lag = switch.lag_of(number)
    return number if lag is None else len(switch.ports) + 1 + switch.lags.index(lag)


def bridge_ifindex(switch: Switch, port: int) -> int:
    """The ifIndex of a bridge port."""
    extra = port - len(switch.ports) - 1
    return switch.lags[extra].ifindex if extra >= 0 else switch.port(port).ifindex


def _toward(model: School, switch: Switch, other: str) -> int | None:
    """The bridge port of `switch` that leads to another switch of the star."""
    ends = uplinks(model, switch)
    direct = [end[0] for end in ends if end[1] == other]
    return bridge_port(switch, (direct or [end[0] for end in ends])[0]) if ends else None


def places(model: School, switch: Switch) -> tuple[Place, ...]:
    """Every MAC address this switch has learned."""
    found = []
    for host in model.awake():
        if host.vlan not in switch.vlans and host.switch != switch.hostname:
            continue
        own = host.switch == switch.hostname
        port = bridge_port(switch, host.port) if own else _toward(model, switch, host.switch)
        if port is not None:
            vlans = switch.vlans[:4] if host.kind == "firewall" else (host.vlan,)
            found += [Place(host.mac, vlan, port) for vlan in vlans]
    for other in model.switches:
        toward = _toward(model, switch, other.hostname) if other.hostname != switch.hostname else None
        if toward is not None:
            found.append(Place(other.mac, SCHOOL, toward))
    return tuple(found)


def states(model: School, switch: Switch) -> tuple[State, ...]:
    """What each port of the switch does tonight."""
    cables = {end[0]: end for end in uplinks(model, switch)}
    here: dict[int, list[Host]] = {}
    for host in model.awake():
        if host.switch == switch.hostname:
            here.setdefault(host.port, []).append(host)
    return tuple(
        _state(model, switch, port, cables.get(port.number), here.get(port.number, [])) for port in switch.ports
    )


def _state(
    model: School, switch: Switch, port: Port, cable: tuple[int, str, int, int] | None, hosts: list[Host]
) -> State:
    tagged = tuple(vlan for vlan in switch.vlans if vlan != SCHOOL)
    if cable is not None:
        _, other, other_port, speed = cable
        peer = (other, model.switch(other).port(other_port).name)
        return State(port, True, speed, False, SCHOOL, tagged, f"to {other}", peer=peer)
    first = next((h for h in hosts if h.via in ("", "unmanaged switch")), hosts[0] if hosts else None)
    if first is None:
        return State(port, False, 0, False, SCHOOL, ())
    trunk = first.kind in ("ap", "firewall", "wlc")
    speed = min(first.speed, port.capable)
    return State(
        port, True, speed, first.half_duplex, SCHOOL if trunk else first.vlan, tagged if trunk else (),
        first.hostname if first.via == "" else "", first,
    )  # fmt: skip


def cable_ends(cable: Cable) -> tuple[tuple[str, int], tuple[str, int]]:
    return (cable.a, cable.a_port), (cable.b, cable.b_port)
