"""What the night has learned so far: its recordings, and what they say to whoever decides whom to ask next."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TypeVar

from probes.enterprises import enterprise_of
from probes.errors import Undecodable
from probes.seen import AddressPair, Alive, Neighbour, OpenPort, OwnAddress, Seen, System
from probes.vocabulary import Recording

S = TypeVar("S")
Decode = Callable[[Recording], Iterator[Seen]]


@dataclass
class Notebook:
    """Recordings in the order they came. Nothing in it is interpreted; the picture is made from it at the end."""

    decoders: Mapping[str, Decode]
    recordings: list[Recording] = field(default_factory=list)
    _seen: list[tuple[Recording, Seen]] = field(default_factory=list)

    def add(self, *recordings: Recording) -> None:
        """Keep these, and read them."""
        for recording in recordings:
            self.recordings.append(recording)
            self._seen += self._read(recording)

    def _read(self, recording: Recording) -> list[tuple[Recording, Seen]]:
        read: list[tuple[Recording, Seen]] = []
        decode = self.decoders.get(recording.probe)
        try:
            for seen in decode(recording) if decode else ():
                read.append((recording, seen))
        except Undecodable:
            # The picture reads it again at the end and says so in its coverage.
            pass
        return read

    def seen(self, kind: type[S]) -> Iterator[tuple[Recording, S]]:
        """Everything of one kind that was seen, with the recording that says so."""
        for recording, seen in self._seen:
            if isinstance(seen, kind):
                yield recording, seen

    def alive(self) -> tuple[str, ...]:
        """The IPv4 addresses that answered anything, in order."""
        found = {seen.ip for _, seen in self.seen(Alive)} | {port.ip for port in self.open_ports()}
        return in_order(ip for ip in found if ":" not in ip)

    def learned(self) -> tuple[str, ...]:
        """The IPv4 addresses that others named: routers' ARP tables, leases, own addresses, neighbours."""
        pairs = {seen.ip for _, seen in self.seen(AddressPair)}
        own = {seen.ip for _, seen in self.seen(OwnAddress)}
        neighbours = {ip for _, seen in self.seen(Neighbour) for ip in seen.addresses if _is_ipv4(ip)}
        return in_order(ip for ip in pairs | own | neighbours if ":" not in ip)

    def open_ports(self) -> tuple[OpenPort, ...]:
        """Every open port that a scan named."""
        return tuple(seen for _, seen in self.seen(OpenPort))

    def macs(self) -> tuple[str, ...]:
        """Every MAC address that any record carries, once, in order."""
        return tuple(sorted({mac for _, seen in self._seen for mac in _macs_of(seen)}))

    def enterprises(self) -> tuple[int, ...]:
        """The enterprise number of every sysObjectID, once, in order."""
        numbers = {enterprise_of(seen.object_id) for _, seen in self.seen(System)}
        return tuple(sorted(number for number in numbers if number is not None))


def _is_ipv4(text: str) -> bool:
    """Whether what a neighbour announces as its address is one that can be asked."""
    try:
        return ip_address(text).version == 4
    except ValueError:
        return False


def _macs_of(seen: Seen) -> Iterator[str]:
    for name in ("mac", "source_mac", "chassis_id"):
        value = getattr(seen, name, None)
        if isinstance(value, str) and len(value) == 17 and value.count(":") == 5:
            yield value


def in_order(addresses: Iterator[str]) -> tuple[str, ...]:
    """Addresses by number, not by spelling."""
    return tuple(sorted(set(addresses), key=lambda ip: int(ip_address(ip))))
