"""The scope of one order inside the packet process: what `Guard` permits, over plain numbers and without its imports.

`Guard` checks in the agent before an order is written; this checks again before each packet. A test holds them equal.
"""

import socket
from collections.abc import Sequence

from probes.errors import OutOfScope

Span = tuple[int, int, int]
_FAMILIES = {4: (socket.AF_INET, 32), 6: (socket.AF_INET6, 128)}


class Fence:
    """Permits or refuses each address. Raises ValueError for a network that is none."""

    def __init__(
        self, scopes: Sequence[str], exclude: Sequence[str] = (), fragile: Sequence[str] = (), named: Sequence[str] = ()
    ) -> None:
        self._scopes = [span(text) for text in scopes]
        self._excluded = [span(text) for text in exclude]
        self._fragile = [span(text) for text in fragile]
        self._named = frozenset(named)

    def permit(self, ip: str) -> None:
        """Raises OutOfScope for an address that nobody authorised; nothing may be sent after it."""
        if not self.permits(ip):
            raise OutOfScope(f"{ip} is outside the scope of this order.")

    def permits(self, ip: str) -> bool:
        """Whether a packet may go to this address."""
        if ip in self._named:
            return True
        at = _number(ip)
        return at is not None and _inside(at, self._scopes) and not _inside(at, self._excluded)

    def excludes(self, ip: str) -> bool:
        """Whether a person excluded this address by name or network."""
        at = _number(ip)
        return at is not None and _inside(at, self._excluded)

    def is_fragile(self, ip: str) -> bool:
        """Whether a person named this address as fragile: it is echoed once and no more."""
        at = _number(ip)
        return at is not None and _inside(at, self._fragile)


def span(text: str) -> Span:
    """IP version, first and last address of a network such as 10.20.0.0/22; host bits ignored. Raises ValueError."""
    address, slash, bits = text.partition("/")
    version = 6 if ":" in address else 4
    family, width = _FAMILIES[version]
    if not slash:
        bits = str(width)
    if "%" in text or not (bits.isascii() and bits.isdigit() and len(bits) <= 3):
        return _odd_span(text)
    if int(bits) > width:
        raise ValueError(f"{text!r} is not a network.")
    try:
        number = int.from_bytes(socket.inet_pton(family, address), "big")
    except OSError as error:
        raise ValueError(f"{text!r} is not a network.") from error
    hosts = (1 << (width - int(bits))) - 1
    return version, number & ~hosts, number | hosts


def _odd_span(text: str) -> Span:
    """A network with a mask in dots or a scope id; worth an import of 7 ms only when one is met."""
    from ipaddress import ip_network

    network = ip_network(text, strict=False)
    return network.version, int(network.network_address), int(network.broadcast_address)


def _number(ip: str) -> tuple[int, int] | None:
    """IP version and number of an address, its zone left out; None for what is no address."""
    if ":" not in ip:
        try:
            return 4, int.from_bytes(socket.inet_pton(socket.AF_INET, ip), "big")
        except (OSError, ValueError):
            return None
    address, percent, zone = ip.partition("%")
    if percent and (not zone or "%" in zone):
        return None
    try:
        return 6, int.from_bytes(socket.inet_pton(socket.AF_INET6, address), "big")
    except (OSError, ValueError):
        return None


def _inside(at: tuple[int, int], spans: Sequence[Span]) -> bool:
    version, number = at
    # Done twice a packet, where any() with a generator takes three times as long.
    for kind, first, last in spans:  # noqa: SIM110
        if version == kind and first <= number <= last:
            return True
    return False
