"""Multicast DNS and DNS-SD, and LLMNR's answers: services and names that hosts announce (RFC 6762, 6763, 4795).

"mdns.ask" answers are `[address, datagram as hex]`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from probes.canonical import clean
from probes.errors import Undecodable
from probes.seen import Garbled, MdnsService, NameHeard, Seen
from probes.vocabulary import Recording
from probes.wire import dns_message as dns
from probes.wire.dns_message import Labels, Message, Record, read_message
from probes.wire.heard import packets

_META = (b"_services", b"_dns-sd", b"_udp", b"local")
_MOST_TXT, _MOST_INSTANCES, _MOST_NAMES, _MOST_KEPT = 64, 128, 16, 1024
Said = tuple[str, str | None, bytes]


@dataclass(slots=True)
class Responder:
    """What one address said in all its answers: instances, where they run, what their TXT says, its host names."""

    ip: str
    mac: str | None = None
    instances: dict[Labels, None] = field(default_factory=dict)
    places: dict[Labels, tuple[Labels, int]] = field(default_factory=dict)
    texts: dict[Labels, dict[str, str]] = field(default_factory=dict)
    hosts: dict[Labels, str] = field(default_factory=dict)

    def take(self, message: Message) -> None:
        """Keep what an answer's records say. Raises Undecodable."""
        for record in message.records:
            if len(self.instances) + len(self.texts) + len(self.hosts) > _MOST_KEPT:
                return
            if record.type == dns.PTR:
                self._point(message.name_in(record), record)
            elif record.type == dns.SRV and len(record.data) > 6:
                self.places[record.name] = (message.name_in(record, 6), int.from_bytes(record.data[4:6], "big"))
                self.instances[record.name] = None
            elif record.type == dns.TXT:
                self.texts[record.name] = _txt(record.data)
            elif record.type in (dns.A, dns.AAAA):
                self._address(record)

    def _point(self, target: Labels, record: Record) -> None:
        if record.name[-1:] == (b"arpa",):
            self._reverse(target, record.name)
        elif record.name != _META:
            self.instances[target] = None

    def _reverse(self, target: Labels, name: Labels) -> None:
        """A reverse answer of one's own address names the host."""
        if name[4:] == (b"in-addr", b"arpa"):
            self.hosts.setdefault(target, clean(b".".join(name[3::-1])))

    def _address(self, record: Record) -> None:
        if record.type == dns.A and len(record.data) == 4:
            self.hosts[record.name] = str(IPv4Address(record.data))
        elif record.type == dns.AAAA and len(record.data) == 16:
            self.hosts.setdefault(record.name, str(IPv6Address(record.data)))

    def seen(self) -> Iterator[Seen]:
        """The services, then the names, each once."""
        for instance in list(self.instances)[:_MOST_INSTANCES]:
            service = self._service(instance)
            if service:
                yield service
        for host, ip in list(self.hosts.items())[:_MOST_NAMES]:
            name = _text(host[:-1] if host[-1:] == (b"local",) else host)
            if name and ip:
                yield NameHeard("mdns", name, ip, self.mac if ip == self.ip else None)

    def _service(self, instance: Labels) -> MdnsService | None:
        first = next((at for at, label in enumerate(instance) if label.startswith(b"_")), 0)
        if not first:
            return None
        host, port = self.places.get(instance, ((), None))
        return MdnsService(
            ip=self.hosts.get(host, self.ip),
            service=_text(instance[first:-1] if instance[-1:] == (b"local",) else instance[first:]),
            instance=_text(instance[:first]),
            host=_text(host[:-1] if host[-1:] == (b"local",) else host),
            port=port,
            txt=self.texts.get(instance, {}),
        )


def _text(labels: Labels) -> str:
    return clean(b".".join(labels))


def _txt(data: bytes) -> dict[str, str]:
    """Key and value of a TXT record; a key without a value has an empty one, and the first of a key counts (6.4)."""
    found: dict[str, str] = {}
    at = 0
    while at < len(data) and len(found) < _MOST_TXT:
        key, _, value = data[at + 1 : at + 1 + data[at]].partition(b"=")
        name = clean(key, 64)
        if name:
            found.setdefault(name, clean(value))
        at += 1 + data[at]
    return found


def services(said: Iterable[Said]) -> Iterator[Seen]:
    """Services and names from datagrams `(address, MAC, datagram)`, gathered by address; questions say nothing."""
    found: dict[str, Responder] = {}
    garbled = 0
    for ip, mac, payload in said:
        try:
            message = read_message(payload)
            if message.is_answer:
                found.setdefault(ip, Responder(ip, mac)).take(message)
        except Undecodable:
            garbled += 1
    for responder in found.values():
        yield from responder.seen()
    if garbled:
        yield Garbled("mdns", garbled)


def service_types(payload: bytes) -> Iterator[str]:
    """The service types that an enumeration answer names (RFC 6763, 9), such as `_ipp._tcp.local`."""
    message = read_message(payload)
    for record in message.records:
        if message.is_answer and record.type == dns.PTR and record.name == _META:
            yield clean(b".".join(message.name_in(record)), 120)


def open_instances(payloads: Iterable[bytes]) -> Iterator[str]:
    """Instances that were pointed at without their SRV record, as names to be asked for."""
    pointed, placed = dict[Labels, None](), set[Labels]()
    for payload in payloads:
        whole = Responder("")
        try:
            whole.take(read_message(payload))
        except Undecodable:
            continue
        pointed.update(whole.instances)
        placed.update(whole.places)
    for instance in pointed:
        if instance not in placed and not any(b"." in label for label in instance):
            yield b".".join(instance).decode("utf-8", "replace")


def read_llmnr(ip: str, mac: str | None, payload: bytes) -> Iterator[Seen]:
    """The names an LLMNR answer claims; a question names somebody else. Raises Undecodable."""
    message = read_message(payload)
    for record in message.records[:_MOST_NAMES]:
        if message.is_answer and record.type == dns.A and len(record.data) == 4 and record.name:
            yield NameHeard("llmnr", _text(record.name), str(IPv4Address(record.data)), mac)


def decode(recording: Recording) -> Iterator[Seen]:
    """Services and names of all who answered. Raises Undecodable when the recording is not of this shape."""
    return services((ip, None, payload) for ip, payload in packets(recording))


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"mdns.ask": decode}
