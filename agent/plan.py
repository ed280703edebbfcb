"""Decides whom to ask what, from the configuration and from what the night has learned. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from agent.config import Config, CredentialUse
from probes.seen import OpenPort

TLS_PORTS = frozenset({443, 465, 636, 853, 993, 995, 4343, 5001, 5061, 5986, 8006, 8443, 8883, 9443, 10443})
WEB_PORTS = frozenset({80, 443, 4343, 5000, 5001, 8000, 8006, 8008, 8080, 8081, 8443, 8880, 9443, 10443})
WEB_NAMES = ("http", "https", "http-proxy", "http-alt", "https-alt", "upnp")
# What a school's kit listens on. The printing ports are not among them and would be refused by the guard.
SERVICE_PORTS: tuple[int, ...] = (
    21, 22, 23, 25, 53, 80, 88, 110, 111, 135, 139, 143, 389, 443, 445, 548, 554, 631, 636, 902, 1433, 1723, 1883,
    2000, 3306, 3389, 4343, 5000, 5001, 5060, 5061, 5432, 5900, 5985, 7547, 8000, 8006, 8008, 8009, 8080, 8443, 8883,
    9443, 10443, 37777, 49152, 62078,
)  # fmt: skip

Networks = tuple[IPv4Network | IPv6Network, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """The scope, split by how it can be reached: on the agent's own segment, or through a router."""

    on_link: tuple[str, ...]
    routed: tuple[str, ...]


def split_scope(scopes: Sequence[str], own_networks: Sequence[str]) -> Ground:
    """Each IPv4 scope that shares addresses with one of the interface's own networks is on link there, else routed."""
    own = [ip_network(text, strict=False) for text in own_networks]
    on_link: list[str] = []
    routed: list[str] = []
    for scope in (ip_network(text) for text in scopes):
        if not isinstance(scope, IPv4Network):
            continue
        shared = [_narrower(scope, net) for net in own if isinstance(net, IPv4Network) and net.overlaps(scope)]
        on_link += [str(net) for net in shared]
        routed += [str(rest) for rest in _without(scope, shared)]
    return Ground(tuple(on_link), tuple(routed))


def _narrower(scope: IPv4Network, own: IPv4Network) -> IPv4Network:
    return scope if scope.subnet_of(own) else own


def _without(scope: IPv4Network, taken: Sequence[IPv4Network]) -> Sequence[IPv4Network]:
    left = [scope]
    for net in taken:
        left = [piece for part in left for piece in _cut(part, net)]
    return sorted(left)


def _cut(part: IPv4Network, net: IPv4Network) -> Sequence[IPv4Network]:
    if part.subnet_of(net):
        return []
    return list(part.address_exclude(net)) if net.subnet_of(part) else [part]


def credentials_for(ip: str, config: Config, kinds: Sequence[str]) -> tuple[CredentialUse, ...]:
    """The credentials a person allowed at this address, SNMPv3 before v2c, then in the order they were written."""
    allowed = [use for use in config.credentials if use.kind in kinds and use.covers(ip)]
    return tuple(sorted(allowed, key=lambda use: kinds.index(use.kind)))


def asks_default_community(ip: str, config: Config) -> bool:
    """Whether a person opted this address in to the test for default communities."""
    return any(ip_address(ip) in ip_network(subnet) for subnet in config.probes.default_communities)


def tls_ports(ports: Iterable[OpenPort]) -> tuple[OpenPort, ...]:
    """The open ports that are worth a TLS handshake."""
    return tuple(port for port in ports if port.protocol == "tcp" and (port.port in TLS_PORTS or _is_tls(port)))


def _is_tls(port: OpenPort) -> bool:
    return "ssl" in port.name or port.name in ("https", "https-alt", "ldaps", "imaps", "pop3s")


def web_ports(ports: Iterable[OpenPort]) -> tuple[OpenPort, ...]:
    """The open ports that are worth one GET of their first page."""
    return tuple(p for p in ports if p.protocol == "tcp" and (p.port in WEB_PORTS or p.name in WEB_NAMES))


def on_port(ports: Iterable[OpenPort], number: int) -> tuple[str, ...]:
    """The addresses with this TCP port open, in order."""
    return tuple(sorted({p.ip for p in ports if p.protocol == "tcp" and p.port == number}, key=ip_address))
