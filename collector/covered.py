"""How far one look reached: only what was wholly asked may support that something is gone."""

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from probes.vocabulary import Coverage, Outcome

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
SERVICES = ("nmap.services",)
PASSED_BY = (Outcome.SKIPPED, Outcome.REFUSED)


@dataclass(frozen=True)
class Covered:
    """One look's coverage, asked as questions. `stopped` means the hard stop cut it short."""

    rows: Sequence[Coverage]
    stopped: bool = False

    @cached_property
    def _sweeps(self) -> list[tuple[Network, bool]]:
        """Each network that was swept, and whether that sweep ended. A sweep that names no network vouches for none."""
        swept = (row for row in self.rows if "sweep" in row.probe and row.outcome not in PASSED_BY)
        return [(network, row.outcome is Outcome.COMPLETE) for row in swept for network in _networks(row.target)]

    @cached_property
    def _by_target(self) -> dict[str, list[Coverage]]:
        found: dict[str, list[Coverage]] = {}
        for row in self.rows:
            found.setdefault(row.target, []).append(row)
        return found

    def swept(self, ips: Iterable[str]) -> bool:
        """Whether every one of these addresses lies in a network that was swept to the end."""
        addresses = [ipaddress.ip_address(ip) for ip in ips]
        return not self.stopped and bool(addresses) and all(self._swept_one(address) for address in addresses)

    def _swept_one(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        over = [whole for network, whole in self._sweeps if address in network]
        return bool(over) and all(over)

    def lacking(self, prefixes: tuple[str, ...], targets: Iterable[str]) -> bool:
        """Whether something of this kind was asked of these targets, and not all of it was answered."""
        asked = [r for target in targets for r in self._by_target.get(target, ()) if r.probe.startswith(prefixes)]
        return any(row.outcome is not Outcome.COMPLETE for row in asked)

    def whole(self, prefixes: tuple[str, ...], targets: Iterable[str]) -> bool:
        """Whether something of this kind was asked of these targets, and all of it was answered to the end."""
        if self.stopped:
            return False
        asked = [r for target in targets for r in self._by_target.get(target, ()) if r.probe.startswith(prefixes)]
        return bool(asked) and all(row.outcome is Outcome.COMPLETE for row in asked)


def _networks(target: str) -> Iterator[Network]:
    """The networks of a target such as "10.20.0.0/22, 10.20.8.0/24"; an interface's name is none."""
    for word in target.split(","):
        try:
            yield ipaddress.ip_network(word.strip(), strict=False)
        except ValueError:
            continue
