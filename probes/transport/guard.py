"""Stands below every sender: what a person authorised, which ports never get a byte, and how fast."""

import asyncio
from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from probes.errors import OutOfScope
from probes.vocabulary import Noun

Network = IPv4Network | IPv6Network

# Printers print what arrives here (JetDirect 9100-9107, LPD 515), whatever it was meant to be.
FORBIDDEN_PORTS = frozenset({515, *range(9100, 9108)})

# A busy machine sends late and then at once: kept a little below the cap, no second ever passes it.
CLOSENESS = 0.9


class Limits(Noun):
    """What one night may send, as plain data so that it can be handed to a child process.

    Networks and addresses are text. Rates are packets per second: to one host, to one host that a credential is bound
    to, and in all. `named_hosts` are addresses outside the scopes that a person named for one purpose (broadband
    test endpoints, resolvers).
    """

    scopes: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    fragile: tuple[str, ...] = ()
    named_hosts: tuple[str, ...] = ()
    per_host_pps: float = 40
    bound_host_pps: float = 100
    total_pps: float = 500


class Guard:
    """Permits or refuses each address and port, and paces what it permits."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._scopes = _networks(limits.scopes)
        self._excluded = _networks(limits.exclude)
        self._fragile = _networks(limits.fragile)
        self._named = frozenset(limits.named_hosts)
        self._bound: set[str] = set()
        self._clock = clock
        self._next_to_host: dict[str, float] = {}
        self._next_to_any = 0.0

    def permit(self, ip: str, port: int | None = None) -> None:
        """Refuse an address nobody authorised, or a port that printers print.

        Raises OutOfScope with the reason; nothing may be sent after it.
        """
        if port in FORBIDDEN_PORTS:
            raise OutOfScope(f"Port {port} of {ip} is never touched: printers print what arrives there.")
        if ip in self._named:
            return
        if not _inside(ip, self._scopes):
            raise OutOfScope(f"{ip} is outside the scope that was authorised ({', '.join(self.limits.scopes)}).")
        if _inside(ip, self._excluded):
            raise OutOfScope(f"{ip} is excluded in the agent's configuration.")

    def permits(self, ip: str, port: int | None = None) -> bool:
        """Whether `permit` would let this through."""
        try:
            self.permit(ip, port)
        except OutOfScope:
            return False
        return True

    def is_fragile(self, ip: str) -> bool:
        """Whether a person named this address as fragile: ARP, one ping and one SNMP GET at the most."""
        return _inside(ip, self._fragile)

    def bind(self, ip: str) -> None:
        """Note that a credential is bound to this address, so that it may be asked at the faster rate."""
        self._bound.add(ip)

    async def pace(self, ip: str, packets: int = 1) -> None:
        """Wait until `packets` more may go to `ip` without passing either rate cap."""
        self.permit(ip)
        rate = CLOSENESS * (self.limits.bound_host_pps if ip in self._bound else self.limits.per_host_pps)
        now = self._clock()
        turn = max(now, self._next_to_host.get(ip, 0.0), self._next_to_any)
        self._next_to_host[ip] = max(now, self._next_to_host.get(ip, 0.0), turn) + packets / rate
        self._next_to_any = max(now, self._next_to_any) + packets / self.limits.total_pps
        if turn > now:
            await asyncio.sleep(turn - now)


def _networks(texts: Sequence[str]) -> tuple[Network, ...]:
    return tuple(ip_network(text, strict=False) for text in texts)


def _inside(ip: str, networks: Sequence[Network]) -> bool:
    try:
        address = ip_address(ip)
    except ValueError as error:
        raise OutOfScope(f"{ip!r} is not an address, so it cannot be in scope.") from error
    return any(address.version == network.version and address in network for network in networks)
