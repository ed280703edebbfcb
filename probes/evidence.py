"""What one thing said, as texts that device rules can look at; each text keeps the observation it came from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from probes.seen import (
    Certificate,
    Chassis,
    DhcpHeard,
    Entity,
    HostResources,
    IppPrinter,
    MacMaker,
    MakerValue,
    ManagedAp,
    MdnsService,
    NameHeard,
    Neighbour,
    OpenPort,
    OwnHost,
    Printer,
    Smb,
    SsdpDevice,
    SshHostKey,
    System,
    Ups,
    WebPage,
)
from probes.vocabulary import Observation


@dataclass(frozen=True, slots=True)
class Evidence:
    """One text of one field, and the observation it came from."""

    field: str
    text: str
    observation: Observation


def evidence_of(observations: Sequence[Observation]) -> dict[str, list[Evidence]]:
    """The texts of one thing by field; empty texts are left out."""
    found: dict[str, list[Evidence]] = {}
    for observation in observations:
        for field, text in _texts(observation):
            if text:
                found.setdefault(field, []).append(Evidence(field, text, observation))
    return found


def _texts(observation: Observation) -> Iterable[tuple[str, str]]:  # noqa: PLR0911, PLR0912 - one line per record
    match observation.seen:
        case System() as s:
            return (("object_id", s.object_id.lstrip(".")), ("descr", s.descr), ("sysname", s.name))
        case Entity(kind="chassis" | "stack") as e:
            return (
                ("entity.maker", e.maker),
                ("entity.model", e.model),
                ("entity.descr", e.descr),
                ("entity.software", e.software),
            )
        case Printer() as p:
            return (("printer", p.descr),)
        case Ups() as u:
            return (("ups", f"{u.maker} {u.model}".strip()),)
        case MakerValue() as v:
            return (("value", f"{v.name}={v.value}"),)
        case OpenPort() as o:
            return _open_port(o)
        case WebPage() as w:
            return (("title", w.title), ("server", w.server), ("realm", w.realm))
        case SshHostKey() as k:
            return (("ssh", k.banner),)
        case MdnsService() as m:
            return _mdns(m)
        case SsdpDevice() as d:
            return _ssdp(d)
        case DhcpHeard() as h:
            params = ",".join(str(p) for p in h.parameters)
            return (
                ("dhcp.vendor", h.vendor_class),
                ("dhcp.params", params),
                ("dhcp.name", h.hostname),
                ("name", h.hostname),
            )
        case IppPrinter() as i:
            return (("ipp", i.make_model), ("ipp", i.device_id))
        case Certificate() as c:
            return (("tls.subject", c.subject), ("tls.issuer", c.issuer))
        case NameHeard() as n:
            return (("name", n.name),)
        case MacMaker(maker=maker):
            return (("oui", maker),)
        case Smb() as b:
            return (("smb", b.os), ("name", b.name))
        case Neighbour() as n:
            return _neighbour(n)
        case ManagedAp() as a:
            return (("managed", a.model),)
        case OwnHost() as own:
            return (("own", f"{own.os} {own.version} {own.machine}".strip()),)
        case Chassis(descr=descr, capabilities=capabilities):
            return (("neighbour", descr), ("descr", descr), *(("capability", word) for word in capabilities))
        case HostResources(processors=int()):
            return ()
        case _:
            return ()


def _open_port(port: OpenPort) -> Iterator[tuple[str, str]]:
    yield "port", f"{port.protocol}/{port.port}"
    yield "banner", port.banner
    yield "service", " ".join(word for word in (port.product, port.version, port.extra) if word)


def _mdns(service: MdnsService) -> Iterator[tuple[str, str]]:
    yield "mdns", f"{service.service} {service.instance}".strip()
    yield from (("txt", f"{key}={value}") for key, value in sorted(service.txt.items()))


def _ssdp(device: SsdpDevice) -> Iterator[tuple[str, str]]:
    yield "ssdp.server", device.server
    yield "ssdp.type", device.device_type or device.target
    yield "ssdp.maker", device.maker
    yield "ssdp.model", " ".join(word for word in (device.model, device.model_number) if word)


def _neighbour(neighbour: Neighbour) -> Iterator[tuple[str, str]]:
    yield "platform", neighbour.platform
    yield "neighbour", neighbour.descr or neighbour.version
    yield "descr", neighbour.descr or neighbour.version
    yield from (("capability", word) for word in neighbour.capabilities)
