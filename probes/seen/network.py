"""Who is there and what they call themselves: addresses, names, neighbours' frames, DHCP, floods."""

from collections.abc import Mapping
from dataclasses import field

from probes.seen.record import record


@record
class Alive:
    """An address that answered, and how: arp, nd, icmp, tcp, snmp."""

    ip: str
    how: str
    mac: str | None = None


@record
class AddressPair:
    """An IP address and MAC that belong together, from `table` (arp, ipNetToMedia, ipNetToPhysical, dhcp, nd)."""

    ip: str
    mac: str
    table: str
    ifindex: int | None = None


@record
class Conflict:
    """One IP address that several MAC addresses claimed in the same sweep."""

    ip: str
    macs: tuple[str, ...]


@record
class NameHeard:
    """A name a host gives itself. `source` mdns, netbios, llmnr, ptr, dhcp, ssdp."""

    source: str
    name: str
    ip: str | None = None
    mac: str | None = None


@record
class MdnsService:
    """A DNS-SD service instance with its TXT record."""

    ip: str
    service: str
    instance: str
    host: str = ""
    port: int | None = None
    txt: Mapping[str, str] = field(default_factory=dict)


@record
class SsdpDevice:
    """An SSDP answer or notification, with its UPnP description where it was read."""

    ip: str
    server: str = ""
    target: str = ""
    usn: str = ""
    location: str = ""
    device_type: str = ""
    friendly_name: str = ""
    maker: str = ""
    model: str = ""
    model_number: str = ""
    serial: str = ""
    udn: str = ""


@record
class DhcpHeard:
    """A DHCP client's message: option 12 name, 60 vendor class, 55 parameter list in order, 61 client id."""

    mac: str
    message: str
    hostname: str = ""
    vendor_class: str = ""
    parameters: tuple[int, ...] = ()
    requested: str | None = None


@record
class DhcpServer:
    """A DHCP server's offer, heard or asked for."""

    ip: str
    mac: str
    router: str = ""
    dns: tuple[str, ...] = ()
    domain: str = ""


@record
class Flood:
    """More of something than is kept: `what` (lldp neighbours, ...) and how many were dropped."""

    what: str
    dropped: int


@record
class Garbled:
    """Frames or answers of one kind (lldp, mdns, ...) that did not mean what their protocol says; counted, left out."""

    what: str
    count: int


@record
class NumberHolder:
    """Who an enterprise number (the OID below 1.3.6.1.4.1) was assigned to by IANA, as the registry writes it."""

    number: int
    name: str


@record
class MacMaker:
    """Who a MAC address's prefix was assigned to by the IEEE. There is none for a locally administered MAC."""

    mac: str
    maker: str
