"""From observations to things: who each observation speaks of, and which sightings are one thing."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from ipaddress import ip_address, ip_network

from probes.canonical import mac_text
from probes.enterprises import enterprise_of
from probes.identity import is_virtual_mac, keys_of, mac_key, name_key, serial_key
from probes.joining import Group, Sighting, join
from probes.seen import (
    AddressPair,
    Adopted,
    Alive,
    Associated,
    Conflict,
    DhcpHeard,
    FdbEntry,
    FilterAnswer,
    Flood,
    Garbled,
    LineSample,
    MacMaker,
    ManagedAp,
    NameHeard,
    Neighbour,
    NumberHolder,
    OwnAddress,
    OwnHost,
    Seen,
    System,
)
from probes.vocabulary import Key, Observation

_OF_NO_THING = (AddressPair, Conflict, LineSample, FilterAnswer, MacMaker, NumberHolder, Flood, Garbled)
# More addresses than this behind one MAC is a router that answers for others (proxy ARP), not a host.
PROXY_ARP = 8


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing: the names it was met by, its keys, everything that was seen of it, and why that is one thing."""

    names: tuple[str, ...]
    keys: tuple[Key, ...]
    reasons: tuple[str, ...]
    observations: tuple[Observation, ...]
    ips: tuple[str, ...]
    macs: tuple[str, ...]
    shared: bool = False
    conflicts: tuple[Observation, ...] = ()

    def own(self) -> list[Observation]:
        """What was seen of the thing itself: not its neighbours, not the access points it manages."""
        return [o for o in self.observations if not isinstance(o.seen, Neighbour | ManagedAp)]

    def announced(self) -> list[Observation]:
        """What others say of it: neighbours that see it, the controller that manages it."""
        return [o for o in self.observations if _announces(o.seen, self.names)]


def _announces(seen: Seen, names: tuple[str, ...]) -> bool:
    match seen:
        case Neighbour():
            return neighbour_name(seen) in names
        case ManagedAp():
            return managed_name(seen) in names
        case _:
            return False


def managed_name(ap: ManagedAp) -> str:
    """The name of the sighting that a controller's line makes."""
    return "ap " + (ap.mac or ap.serial or ap.name)


def subject(observation: Observation) -> str | None:
    """The name of the thing an observation speaks of, or None when it speaks of a relation or of the site."""
    if isinstance(observation.seen, _OF_NO_THING):
        return None
    match observation.seen:
        case NameHeard(ip=ip, mac=mac):
            return ip or mac or observation.target
        case DhcpHeard(mac=mac):
            return mac
        case Neighbour(heard=True):
            return "self"
        case ManagedAp() | OwnAddress() | Adopted():
            return observation.target
        case seen:
            return getattr(seen, "ip", None) or observation.target or None


def neighbour_name(neighbour: Neighbour) -> str:
    """The name of the sighting that a neighbour record makes: the same for each switch that sees the same thing."""
    return "neighbour " + (neighbour.chassis_id or neighbour.name or neighbour.source_mac or neighbour.port_id)


def neighbour_macs(neighbour: Neighbour) -> tuple[str, ...]:
    """MACs that are the neighbour's own: a chassis or port id of subtype MAC, its frame's source, a SEP name."""
    found = [neighbour.source_mac]
    if neighbour.chassis_subtype in (4, None):
        found.append(_mac_or_none(neighbour.chassis_id))
    if neighbour.port_subtype in (3, None):
        found.append(_mac_or_none(neighbour.port_id))
    if named := re.match(r"(?:SEP|SIP|ATA|AP)([0-9A-Fa-f]{12})\b", neighbour.name or neighbour.chassis_id):
        found.append(mac_text(named[1]))
    return tuple(dict.fromkeys(mac for mac in found if mac))


def _mac_or_none(text: str) -> str | None:
    return mac_text(text) if re.fullmatch(r"(?:[0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2}", text) else None


def _neighbour_keys(neighbour: Neighbour) -> Iterator[Key | None]:
    if neighbour.chassis_subtype == 4:
        yield mac_key(_mac_or_none(neighbour.chassis_id), "chassis")
    yield from (mac_key(mac) for mac in neighbour_macs(neighbour))
    name = neighbour.name or (neighbour.chassis_id if neighbour.protocol != "lldp" else "")
    # CatOS and NX-OS announce "name(SERIAL)" in CDP.
    if numbered := re.fullmatch(r"(.*)\(([A-Z0-9]{8,14})\)", name):
        yield serial_key(numbered[2])
        name = numbered[1]
    yield name_key(name) if name and not _mac_or_none(name) else None
    yield serial_key(neighbour.med.get("serial", ""))


def _pairs(observations: Iterable[Observation]) -> dict[str, list[str]]:
    """MACs of each address: the agent's own ARP and ND first, then routers' tables, then leases; newest first."""
    ranked: dict[str, dict[str, tuple[int, float]]] = defaultdict(dict)
    for observation in observations:
        match observation.seen:
            case Alive(ip=ip, mac=str(mac)):
                rank = 0
            case AddressPair(ip=ip, mac=mac, table=table):
                rank = 2 if table == "dhcp" else 1
            case _:
                continue
        order = (rank, -observation.at.timestamp())
        ranked[ip][mac] = min(ranked[ip].get(mac, order), order)
    return {ip: sorted(macs, key=lambda mac: (macs[mac], mac)) for ip, macs in ranked.items()}


def scope_test(scopes: Sequence[str]) -> Callable[[str], bool]:
    """A test of whether an address may become an asset: inside a scope, or anywhere when no scope is given."""
    networks = [ip_network(scope, strict=False) for scope in scopes]

    @cache
    def inside(ip: str) -> bool:
        address = ip_address(ip)
        if address.is_loopback or address.is_unspecified or address.is_multicast:
            return False
        return not networks or any(address in network for network in networks)

    return inside


@lru_cache(maxsize=65_536)
def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class _Gathering:
    """Sightings being gathered: by name, what was seen and which MACs and addresses go with it."""

    def __init__(self, observations: Sequence[Observation], inside: Callable[[str], bool]) -> None:
        self.inside = inside
        self.seen: dict[str, list[Observation]] = defaultdict(list)
        self.keys: dict[str, set[Key]] = defaultdict(set)
        self.bonds: dict[str, dict[str, str]] = defaultdict(dict)
        self.remote: set[str] = set()
        self.makers: dict[str, Observation] = {}
        self.holders: dict[int, Observation] = {}
        self.macs: dict[str, set[str]] = defaultdict(set)
        self.pairs = {ip: macs for ip, macs in _pairs(observations).items() if inside(ip)}
        for observation in observations:
            self._take(observation)
        self._pair_up()
        self._own_addresses(observations)

    def _take(self, observation: Observation) -> None:
        name = subject(observation)
        if name and (not _is_ip(name) or self.inside(name) or name == observation.target):
            self.seen[name].append(observation)
        match observation.seen:
            case Neighbour() as neighbour:
                self._neighbour(neighbour, observation)
            case ManagedAp() as ap:
                self._managed(ap, observation)
            case FdbEntry(mac=mac, own=False) | Associated(mac=mac) if not is_virtual_mac(mac):
                self._mac(mac)
            case DhcpHeard(mac=mac) | NameHeard(mac=str(mac)):
                self._mac(mac)
            case MacMaker(mac=mac):
                self.makers[mac] = observation
            case NumberHolder(number=number):
                self.holders[number] = observation
            case OwnHost(interfaces=interfaces):
                self._own_host(observation, [str(word) for row in interfaces for word in row])

    def _mac(self, mac: str) -> None:
        if not is_virtual_mac(mac):
            self.seen.setdefault(mac, [])
            self.macs[mac].add(mac)

    def _neighbour(self, neighbour: Neighbour, observation: Observation) -> None:
        name = neighbour_name(neighbour)
        self.seen[name].append(observation)
        self.remote.add(name)
        self.keys[name] |= {key for key in _neighbour_keys(neighbour) if key}
        self.macs[name] |= {mac for mac in neighbour_macs(neighbour) if not is_virtual_mac(mac)}
        for ip in neighbour.addresses:
            if _is_ip(ip) and self.inside(ip):
                self.bonds[name][ip] = f"the address {ip} it announces by {neighbour.protocol.upper()}"

    def _managed(self, ap: ManagedAp, observation: Observation) -> None:
        name = managed_name(ap)
        self.seen[name].append(observation)
        self.remote.add(name)
        self.keys[name] |= set(keys_of([ap]))
        self.macs[name] |= {ap.mac} if ap.mac else set()
        if ap.ip and _is_ip(ap.ip) and self.inside(ap.ip):
            self.bonds[name][ap.ip] = f"the address {ap.ip} its controller gives"

    def _own_host(self, observation: Observation, words: list[str]) -> None:
        for word in words:
            if _is_ip(word) and self.inside(word):
                self.bonds[observation.target][word] = f"its own address {word}"
            elif (mac := _mac_or_none(word)) and mac_key(mac):
                self.macs[observation.target].add(mac)

    def _pair_up(self) -> None:
        crowded: dict[str, int] = defaultdict(int)
        for macs in self.pairs.values():
            crowded[macs[0]] += 1
        for ip, macs in sorted(self.pairs.items()):
            self.seen.setdefault(ip, [])
            for mac in macs:
                self._mac(mac)
            if not is_virtual_mac(macs[0]) and crowded[macs[0]] <= PROXY_ARP:
                self.bonds[ip][macs[0]] = f"address pair {ip} {macs[0]}"

    def _own_addresses(self, observations: Iterable[Observation]) -> None:
        owners: dict[str, set[str]] = defaultdict(set)
        for observation in observations:
            if isinstance(observation.seen, OwnAddress) and self.inside(observation.seen.ip):
                owners[observation.seen.ip].add(observation.target)
        for ip, targets in owners.items():
            if len(targets) == 1 and (owner := min(targets)) != ip:
                self.seen.setdefault(ip, [])
                self.bonds[ip][owner] = f"{owner} says that it owns {ip}"

    def sightings(self) -> list[Sighting]:
        """Every sighting with its keys. A name of neither address nor MAC ("self", a neighbour) counts as remote."""
        return [
            Sighting(
                name=name,
                keys=tuple(self._keys(name, seen)),
                live=name not in self.remote,
                bound=self.bonds.get(name, {}),
                managed=any(isinstance(one.seen, System) for one in seen),
            )
            for name, seen in self.seen.items()
        ]

    def _keys(self, name: str, seen: list[Observation]) -> set[Key]:
        macs = self.macs.get(name, set())
        ips = (name,) if _is_ip(name) else ()
        own: list[Seen] = (
            [] if name in self.remote else [o.seen for o in seen if not isinstance(o.seen, Neighbour | ManagedAp)]
        )
        return self.keys.get(name, set()) | set(keys_of(own, macs, ips))


def gather(observations: Sequence[Observation], scopes: Sequence[str] = ()) -> tuple[Thing, ...]:
    """All things of one night, each once, in a fixed order. Addresses outside `scopes` make no thing by themselves."""
    gathering = _Gathering(observations, scope_test(scopes))
    conflicts = [o for o in observations if isinstance(o.seen, Conflict)]
    groups = join(gathering.sightings())
    shared_keys = _shared_keys(groups)
    return tuple(_thing(group, gathering, conflicts, shared_keys) for group in groups)


def _shared_keys(groups: Iterable[Group]) -> set[tuple[str, str]]:
    """Keys that more than one thing has although they are strong: they name none of them."""
    count: dict[tuple[str, str], int] = defaultdict(int)
    for group in groups:
        for key in group.keys:
            if key.strong:
                count[key.kind, key.value] += 1
    return {slot for slot, held in count.items() if held > 1}


def _thing(
    group: Group, gathering: _Gathering, conflicts: Sequence[Observation], shared: set[tuple[str, str]]
) -> Thing:
    ips = tuple(sorted((name for name in group.members if _is_ip(name)), key=lambda ip: (":" in ip, ip_address(ip))))
    macs = {mac for name in group.members for mac in gathering.macs.get(name, ())}
    macs |= {key.value for key in group.keys if key.kind in ("mac", "chassis", "bridge")}
    mine = tuple(o for o in conflicts if isinstance(o.seen, Conflict) and macs & set(o.seen.macs))
    only_shared = bool(ips) and all(gathering.pairs.get(ip) and is_virtual_mac(gathering.pairs[ip][0]) for ip in ips)
    seen = [o for name in group.members for o in gathering.seen[name]]
    seen += [gathering.makers[mac] for mac in sorted(macs) if mac in gathering.makers]
    seen += [gathering.holders[number] for number in _enterprises(seen) if number in gathering.holders]
    return Thing(
        names=group.members,
        keys=tuple(k.model_copy(update={"strong": False}) if (k.kind, k.value) in shared else k for k in group.keys),
        reasons=group.reasons,
        observations=tuple(sorted(seen, key=order)),
        ips=tuple(dict.fromkeys([*ips, *(o.seen.ip for o in mine if isinstance(o.seen, Conflict))])),
        macs=tuple(sorted(macs)),
        shared=only_shared,
        conflicts=mine,
    )


def _enterprises(seen: Iterable[Observation]) -> list[int]:
    numbers = {enterprise_of(o.seen.object_id) for o in seen if isinstance(o.seen, System)}
    return sorted(number for number in numbers if number is not None)


def order(observation: Observation) -> tuple[str, str, str, str, str]:
    """A total order of observations that does not depend on when they were handed in."""
    return (
        observation.probe,
        observation.target,
        observation.vantage,
        observation.at.isoformat(),
        repr(observation.seen),
    )


def by_target(observations: Iterable[Observation]) -> Mapping[str, list[Observation]]:
    """Observations by the target that answered, in a fixed order."""
    found: dict[str, list[Observation]] = defaultdict(list)
    for observation in sorted(observations, key=order):
        found[observation.target].append(observation)
    return found
