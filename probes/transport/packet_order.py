"""What the packet process is told to do, as one JSON line; read by hand, as pydantic costs 0.15 s and 20 MiB."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from probes.errors import BadInput
from probes.transport.fence import Fence, span

_KINDS = ("arp", "nd", "icmp", "listen", "dhcp", "oui")
_MOST, _MOST_NETWORKS, _LONGEST = 65_536, 65_536, 256
_HEX = frozenset("0123456789abcdef")


class Subnet(NamedTuple):
    """A network, the agent's own address on the wire it is on, and addresses no host has (net, broadcast)."""

    network: str
    source: str = ""
    spared: tuple[str, ...] = ()


class Bounds(NamedTuple):
    """The part of a night's limits that the packet process checks; the total rate in packets a second."""

    scopes: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    fragile: tuple[str, ...] = ()
    named_hosts: tuple[str, ...] = ()
    total_pps: float = 500


class Order(NamedTuple):
    """One piece of work. Rates in packets per second, times in seconds; `number` is a DHCP transaction or echo id."""

    do: str
    limits: Bounds
    interface: str = ""
    subnets: tuple[Subnet, ...] = ()
    addresses: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    pps: float = 500
    rounds: int = 3
    seconds: float = 5
    deadline: float = 60
    number: int = 1

    def fence(self) -> Fence:
        """The scope of this order. Raises ValueError."""
        return Fence(self.limits.scopes, self.limits.exclude, self.limits.fragile, self.limits.named_hosts)

    def rate(self) -> float:
        """Packets a second at the most."""
        return min(self.pps, self.limits.total_pps)


def order_line(order: Order) -> bytes:
    """An order as the line that `read_order` reads."""
    subnets = [subnet._asdict() for subnet in order.subnets]
    whole = {**order._asdict(), "limits": order.limits._asdict(), "subnets": subnets}
    return json.dumps(whole, separators=(",", ":")).encode() + b"\n"


def read_order(line: bytes) -> Order:
    """The order in a line. Raises BadInput, naming the part, for anything that is not wholly as it should be."""
    try:
        raw = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadInput("it is not JSON") from error
    parts = _parts(raw, _ORDER, "order")
    if not {"do", "limits"} <= parts.keys():
        raise BadInput("it lacks what to do, or the limits")
    return Order(**parts)


def _no_number(name: str) -> float:
    raise ValueError(name)


Reader = Callable[[Any], Any]


def _parts(raw: object, readers: dict[str, Reader], what: str) -> dict[str, Any]:
    """Each part through its reader; an unknown one is refused."""
    if not isinstance(raw, dict):
        raise BadInput(f"its {what} is no object")
    for name in raw:
        if name not in readers:
            raise BadInput(f"its {what} has an unknown part")
    read: dict[str, Any] = {}
    for name, value in raw.items():
        try:
            read[name] = readers[name](value)
        except (ValueError, OSError) as error:
            raise BadInput(f"its {name} is wrong") from error
    return read


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError
    return value


def _network(value: Any) -> str:
    span(_text(value))
    return str(value)


def _ipv4(value: Any) -> str:
    version, first, last = span(_text(value))
    if version != 4 or first != last or "/" in value:
        raise ValueError
    return str(value)


def _prefix(value: Any) -> str:
    if len(_text(value)) not in (6, 7, 9) or not _HEX.issuperset(value):
        raise ValueError
    return str(value)


def _kind(value: Any) -> str:
    if _text(value) not in _KINDS:
        raise ValueError
    return str(value)


def _several(reader: Reader, most: int) -> Reader:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise ValueError
        return tuple(map(reader, value))

    return read


def _between(least: float, most: float, kinds: tuple[type, ...] = (int, float)) -> Reader:
    def read(value: Any) -> Any:
        if type(value) not in kinds or not least <= value <= most:
            raise ValueError
        return value

    return read


def _subnet(value: Any) -> Subnet:
    parts = _parts(value, _SUBNET, "subnet")
    if span(parts.get("network", "none"))[0] != 4:
        raise ValueError
    return Subnet(**parts)


def _bounds(value: Any) -> Bounds:
    parts = _parts(value, _BOUNDS, "limits")
    if "scopes" not in parts:
        raise ValueError
    return Bounds(**parts)


_SMALLEST = 1e-3
_SUBNET: dict[str, Reader] = {
    "network": _network,
    "source": lambda value: value if value == "" else _ipv4(value),
    "spared": _several(_ipv4, 16),
}
_BOUNDS: dict[str, Reader] = {
    "scopes": _several(_network, _MOST_NETWORKS),
    "exclude": _several(_network, _MOST_NETWORKS),
    "fragile": _several(_network, _MOST_NETWORKS),
    "named_hosts": _several(_text, _MOST_NETWORKS),
    "total_pps": _between(_SMALLEST, 1e6),
}
_ORDER: dict[str, Reader] = {
    "do": _kind,
    "limits": _bounds,
    "interface": _text,
    "subnets": _several(_subnet, _MOST),
    "addresses": _several(_text, _MOST),
    "prefixes": _several(_prefix, 3 * _MOST),
    "pps": _between(_SMALLEST, 1e6),
    "rounds": _between(1, 5, (int,)),
    "seconds": _between(0, 600),
    "deadline": _between(_SMALLEST, 3600),
    "number": _between(0, 2**32 - 1, (int,)),
}
