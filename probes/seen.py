"""What a decoder can say it saw: one small record per kind of answer, never interpreted.

Every string here has been through `probes.canonical.clean`. MAC addresses are lower case with colons,
addresses are as `ipaddress` prints them, speeds are Mbit/s, and None always means "it was not said".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, dataclass_transform

T = TypeVar("T")

if TYPE_CHECKING:

    @dataclass_transform(frozen_default=True, field_specifiers=(field,))
    def record(cls: type[T], /) -> type[T]:
        """What mypy needs to hear of the assignment below."""
else:
    record = dataclass(frozen=True, slots=True)


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
class System:
    """SNMPv2-MIB system group (RFC 3418). The contact is never kept. Uptime in seconds."""

    descr: str = ""
    object_id: str = ""
    name: str = ""
    location: str = ""
    uptime_s: int | None = None


@record
class SnmpAccess:
    """How SNMP answered: `version` is v1, v2c or v3; `level` noAuthNoPriv, authNoPriv or authPriv; engine id as hex."""

    version: str
    level: str = ""
    engine_id: str = ""
    credential: str = ""
    default_community: bool = False


@record
class Interface:
    """IF-MIB ifTable and ifXTable (RFC 2863), EtherLike-MIB duplex (RFC 3635), MAU type (RFC 4836)."""

    index: int
    name: str = ""
    descr: str = ""
    alias: str = ""
    type: int | None = None
    mac: str | None = None
    speed_mbps: int | None = None
    admin_up: bool | None = None
    oper_up: bool | None = None
    connector: bool | None = None
    duplex: str | None = None
    mau: str = ""
    in_errors: int | None = None


@record
class OwnAddress:
    """An IP address the answering device itself owns (IP-MIB ipAddrTable, ipAddressTable)."""

    ip: str
    ifindex: int | None = None
    prefix: int | None = None


@record
class Entity:
    """ENTITY-MIB entPhysicalTable (RFC 6933). `kind` is the class name: chassis, module, powerSupply, stack, ..."""

    index: int
    kind: str
    parent: int | None = None
    position: int | None = None
    name: str = ""
    descr: str = ""
    model: str = ""
    serial: str = ""
    hardware: str = ""
    firmware: str = ""
    software: str = ""
    maker: str = ""


@record
class MakerValue:
    """A value of a maker's own OID, named by the device file that asks for it (model, serial, version, ...)."""

    name: str
    value: str
    oid: str


@record
class Chassis:
    """What a device says of itself in LLDP (lldpLocChassis...) or a heard frame. Subtypes as in IEEE 802.1AB."""

    subtype: int | None
    id: str
    name: str = ""
    descr: str = ""
    capabilities: tuple[str, ...] = ()


@record
class LocalPort:
    """lldpLocPortTable: LLDP's own number of a port and the id it announces for it."""

    number: int
    subtype: int | None
    id: str
    descr: str = ""


@record
class Neighbour:
    """One neighbour on one port. `protocol` lldp, cdp, fdp or edp.

    `heard` is True when the agent heard the frame itself: then `local_port` is the agent's interface. Otherwise
    `local_port` is the number or name the device uses (lldpLocPortNum for LLDP, ifIndex for CDP).
    """

    protocol: str
    local_port: str
    chassis_subtype: int | None = None
    chassis_id: str = ""
    port_subtype: int | None = None
    port_id: str = ""
    port_descr: str = ""
    name: str = ""
    descr: str = ""
    platform: str = ""
    version: str = ""
    capabilities: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    vlan: int | None = None
    duplex: str | None = None
    med: Mapping[str, str] = field(default_factory=dict)
    source_mac: str | None = None
    heard: bool = False


@record
class MedCapable:
    """LLDP-MED is spoken by this device on these ports (LLDP-EXT-MED-MIB, ANSI/TIA-1057)."""

    ports: tuple[int, ...]


@record
class BridgeBase:
    """BRIDGE-MIB dot1dBaseBridgeAddress (RFC 4188)."""

    mac: str
    ports: int | None = None


@record
class BridgePort:
    """dot1dBasePortTable: which interface a bridge port number is."""

    port: int
    ifindex: int


@record
class FdbEntry:
    """A MAC address the bridge learned. `port` is a bridge port; `own` marks the bridge's own addresses."""

    mac: str
    port: int
    vlan: int | None = None
    own: bool = False


@record
class Stp:
    """dot1dStp and RSTP: `version` stp, rstp or mstp; root bridge and root port."""

    version: str | None
    root: str = ""
    root_port: int | None = None
    priority: int | None = None
    topology_changes: int | None = None


@record
class StpPort:
    """Spanning tree state of a bridge port: disabled, blocking, listening, learning, forwarding, broken."""

    port: int
    state: str


@record
class Vlan:
    """Q-BRIDGE-MIB VLAN (RFC 4363): number and name."""

    vid: int
    name: str = ""


@record
class PortVlan:
    """VLAN membership of a bridge port; `pvid` when untagged frames go there.

    Cisco numbers these by interface: then `ifindex` is set, and `port` is 0 where the bridge port is not known.
    """

    port: int
    vid: int
    tagged: bool
    pvid: bool = False
    ifindex: int | None = None


@record
class PoeMain:
    """POWER-ETHERNET-MIB main table (RFC 3621): watts available and in use."""

    group: int
    budget_w: int | None
    used_w: int | None
    operating: bool | None = None


@record
class PoePort:
    """POWER-ETHERNET-MIB port table."""

    group: int
    port: int
    enabled: bool | None
    delivering: bool | None
    power_class: int | None


@record
class LagMember:
    """IEEE8023-LAG-MIB: an interface and the aggregate it is attached to."""

    ifindex: int
    aggregate: int


@record
class Ups:
    """UPS-MIB (RFC 1628) or PowerNet-MIB. Charge and load in percent, time in minutes."""

    battery: str = "unknown"
    minutes: int | None = None
    charge: int | None = None
    source: str = "unknown"
    load: int | None = None
    maker: str = ""
    model: str = ""
    serial: str = ""
    version: str = ""
    replace_battery: bool | None = None


@record
class Printer:
    """Printer-MIB (RFC 3805) and HOST-RESOURCES device description."""

    descr: str = ""
    serial: str = ""
    status: str = ""
    pages: int | None = None


@record
class Supply:
    """prtMarkerSuppliesTable: a consumable and how full it is, in percent or None."""

    name: str
    percent: int | None


@record
class HostResources:
    """HOST-RESOURCES-MIB (RFC 2790): memory in MiB, storage and processor names."""

    memory_mb: int | None = None
    disks: tuple[tuple[str, int, int], ...] = ()
    processors: int | None = None
    date: str = ""


@record
class Radio:
    """A radio: `standard` as in 802.11 (a b g n ac ax be), channel, band in GHz."""

    name: str
    standard: str = ""
    channel: int | None = None
    band: str = ""
    ap: str = ""


@record
class Ssid:
    """A wireless network. `security` open, wep, wpa, wpa2-psk, wpa2-enterprise, wpa3-sae, wpa3-enterprise, owe."""

    name: str
    security: str = ""
    vlan: int | None = None
    guest: bool | None = None
    isolated: bool | None = None
    pmf: str = ""
    ap: str = ""


@record
class ManagedAp:
    """An access point as its controller lists it."""

    name: str
    mac: str = ""
    ip: str = ""
    model: str = ""
    serial: str = ""
    version: str = ""
    state: str = ""
    clients: int | None = None


@record
class OpenPort:
    """A TCP or UDP port that answered, as nmap or our own probe names it."""

    ip: str
    protocol: str
    port: int
    name: str = ""
    product: str = ""
    version: str = ""
    banner: str = ""
    extra: str = ""


@record
class ClosedHost:
    """A host that lives and had none of the asked ports open."""

    ip: str
    asked: int


@record
class Certificate:
    """A TLS service's certificate and the protocol versions it accepts (TLSv1 ... TLSv1.3)."""

    ip: str
    port: int
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    self_signed: bool
    key_bits: int | None = None
    protocols: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@record
class WebPage:
    """An HTTP answer's words: status, Server header, title, realm, redirect."""

    ip: str
    port: int
    tls: bool
    status: int
    server: str = ""
    title: str = ""
    realm: str = ""
    location: str = ""


@record
class SshHostKey:
    """An SSH server's banner and host key fingerprint (SHA256 base64), read without logging in."""

    ip: str
    banner: str
    fingerprint: str = ""
    key_type: str = ""


@record
class Smb:
    """SMB dialects a server negotiates, and its words about itself."""

    ip: str
    dialects: tuple[str, ...]
    os: str = ""
    name: str = ""
    domain: str = ""
    signing: str = ""


@record
class FtpAnonymous:
    """Whether an FTP server let an anonymous login in."""

    ip: str
    allowed: bool


@record
class OpenResolver:
    """Whether a DNS server answered a recursive question it need not answer."""

    ip: str
    recursive: bool


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
class IppPrinter:
    """Get-Printer-Attributes (RFC 8011): make and model, serial or device id, firmware."""

    ip: str
    make_model: str = ""
    device_id: str = ""
    serial: str = ""
    firmware: str = ""
    name: str = ""


@record
class CliRows:
    """A show command's rows as ntc-templates parsed them. `platform` is netmiko's device type."""

    platform: str
    command: str
    rows: tuple[Mapping[str, str], ...]


@record
class ConfigDigest:
    """A running configuration as a SHA-256 over its redacted lines, never its words."""

    sha256: str
    lines: int
    facts: Mapping[str, str] = field(default_factory=dict)


@record
class OwnHost:
    """The agent's own host through psutil."""

    hostname: str
    os: str
    version: str
    machine: str = ""
    memory_mb: int | None = None
    disk_free_mb: int | None = None
    boot: datetime | None = None
    interfaces: tuple[tuple[str, str, str, int], ...] = ()
    clock_synchronised: bool | None = None


@record
class LineSample:
    """One measurement of the internet line; units as in vocabulary.LineMeasure."""

    endpoint: str
    route: str = "unknown"
    egress: str | None = None
    down_mbps: float | None = None
    up_mbps: float | None = None
    latency_ms: float | None = None
    jitter_ms: float | None = None
    loss_percent: float | None = None
    loaded_ms: float | None = None
    nic_mbps: int | None = None
    reason: str = ""


@record
class FilterAnswer:
    """What a resolver said when asked for a filter test name."""

    resolver: str
    name: str
    category: str
    expected: str
    verdict: str
    answers: tuple[str, ...] = ()
    reason: str = ""


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
class MacMaker:
    """Who a MAC address's prefix was assigned to by the IEEE. There is none for a locally administered MAC."""

    mac: str
    maker: str


Seen = (
    Alive | AddressPair | Conflict | System | SnmpAccess | Interface | OwnAddress | Entity | MakerValue | Chassis
    | LocalPort | Neighbour | MedCapable | BridgeBase | BridgePort | FdbEntry | Stp | StpPort | Vlan | PortVlan
    | PoeMain | PoePort | LagMember | Ups | Printer | Supply | HostResources | Radio | Ssid | ManagedAp | OpenPort
    | ClosedHost | Certificate | WebPage | SshHostKey | Smb | FtpAnonymous | OpenResolver | NameHeard | MdnsService
    | SsdpDevice | DhcpHeard | DhcpServer | IppPrinter | CliRows | ConfigDigest | OwnHost | LineSample | FilterAnswer
    | Flood | Garbled | MacMaker
)  # fmt: skip
