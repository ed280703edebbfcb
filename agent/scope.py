"""What a person authorised, refused when it is absurd, and never widened by what the network says."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from agent.config import Config
from probes.errors import BadInput
from probes.transport.guard import Limits

LARGEST_UNCONFIRMED = 20
LARGEST = 16


def authorise(scopes: Sequence[str], owned_public: Sequence[str], confirmed: bool) -> tuple[str, ...]:
    """The scopes as canonical networks, or BadInput naming the one that cannot be scanned and what to do.

    IPv4 wider than /20 needs `confirmed` (--yes), wider than /16 is refused; public ranges must be listed as owned;
    IPv6 is never swept, so any local prefix may be named.
    """
    if not scopes:
        raise BadInput("No scope was named: give --scope CIDR, or scopes in the agent's configuration.")
    return tuple(str(_check(text, owned_public, confirmed)) for text in scopes)


def _check(text: str, owned_public: Sequence[str], confirmed: bool) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise BadInput(f"{text!r} is not a network; write it as 10.20.0.0/22.") from None
    if not network.is_private and not any(_within(network, ip_network(own)) for own in owned_public):
        raise BadInput(f"{network} is a public range; list it under agent.owned_public if the school owns it.")
    if network.is_multicast or network.is_unspecified:
        raise BadInput(f"{network} holds no hosts; name the school's own subnet.")
    if isinstance(network, IPv4Network) and network.prefixlen < LARGEST:
        raise BadInput(f"{network} has {network.num_addresses:,} addresses; name subnets of /{LARGEST} or smaller.")
    if isinstance(network, IPv4Network) and network.prefixlen < LARGEST_UNCONFIRMED and not confirmed:
        raise BadInput(
            f"{network} has {network.num_addresses:,} addresses, more than a /{LARGEST_UNCONFIRMED}; "
            "add --yes if you mean it."
        )
    return network


def _within(network: IPv4Network | IPv6Network, owned: IPv4Network | IPv6Network) -> bool:
    if isinstance(network, IPv4Network) and isinstance(owned, IPv4Network):
        return network.subnet_of(owned)
    if isinstance(network, IPv6Network) and isinstance(owned, IPv6Network):
        return network.subnet_of(owned)
    return False


def limits_of(config: Config, scopes: Sequence[str], named_hosts: Sequence[str]) -> Limits:
    """The guard's limits for this night. `named_hosts` are the addresses of endpoints a person named."""
    return Limits(
        scopes=tuple(scopes),
        exclude=config.agent.exclude,
        fragile=tuple(fragile.address for fragile in config.fragile),
        named_hosts=tuple(named_hosts),
        per_host_pps=config.agent.per_host_pps,
        bound_host_pps=config.agent.bound_host_pps,
        total_pps=config.agent.total_pps,
    )
