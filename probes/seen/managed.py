"""What managed kit says of itself by SNMP: system, interfaces, entities, LLDP and CDP neighbours."""

from collections.abc import Mapping
from dataclasses import field

from probes.seen.record import record


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
