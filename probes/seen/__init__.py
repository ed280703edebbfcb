"""What a decoder can say it saw: one small record per kind of answer, never interpreted.

Every string here has been through `probes.canonical.clean`. MAC addresses are lower case with colons,
addresses are as `ipaddress` prints them, speeds are Mbit/s, and None always means "it was not said".
"""

from probes.seen.equipment import (
    Adopted,
    Associated,
    CliRows,
    ConfigDigest,
    HostResources,
    IppPrinter,
    ManagedAp,
    OwnHost,
    Printer,
    Radio,
    Ssid,
    Supply,
    Ups,
)
from probes.seen.managed import (
    Chassis,
    Entity,
    Interface,
    LocalPort,
    MakerValue,
    MedCapable,
    Neighbour,
    OwnAddress,
    SnmpAccess,
    System,
)
from probes.seen.network import (
    AddressPair,
    Alive,
    Conflict,
    DhcpHeard,
    DhcpServer,
    Flood,
    Garbled,
    MacMaker,
    MdnsService,
    NameHeard,
    NumberHolder,
    SsdpDevice,
)
from probes.seen.services import (
    Certificate,
    ClosedHost,
    FilterAnswer,
    FtpAnonymous,
    LineSample,
    OpenPort,
    OpenResolver,
    Smb,
    SshHostKey,
    WebPage,
)
from probes.seen.switching import (
    BridgeBase,
    BridgePort,
    FdbEntry,
    LagMember,
    PoeMain,
    PoePort,
    PortVlan,
    Stp,
    StpPort,
    Vlan,
)

Seen = (
    Alive | AddressPair | Conflict | System | SnmpAccess | Interface | OwnAddress | Entity | MakerValue | Chassis
    | LocalPort | Neighbour | MedCapable | BridgeBase | BridgePort | FdbEntry | Stp | StpPort | Vlan | PortVlan
    | PoeMain | PoePort | LagMember | Ups | Printer | Supply | HostResources | Radio | Ssid | ManagedAp | OpenPort
    | ClosedHost | Certificate | WebPage | SshHostKey | Smb | FtpAnonymous | OpenResolver | NameHeard | MdnsService
    | SsdpDevice | DhcpHeard | DhcpServer | IppPrinter | CliRows | ConfigDigest | OwnHost | LineSample | FilterAnswer
    | Flood | Garbled | MacMaker | NumberHolder | Adopted | Associated
)  # fmt: skip

__all__ = [
    "AddressPair",
    "Adopted",
    "Alive",
    "Associated",
    "BridgeBase",
    "BridgePort",
    "Certificate",
    "Chassis",
    "CliRows",
    "ClosedHost",
    "ConfigDigest",
    "Conflict",
    "DhcpHeard",
    "DhcpServer",
    "Entity",
    "FdbEntry",
    "FilterAnswer",
    "Flood",
    "FtpAnonymous",
    "Garbled",
    "HostResources",
    "Interface",
    "IppPrinter",
    "LagMember",
    "LineSample",
    "LocalPort",
    "MacMaker",
    "MakerValue",
    "ManagedAp",
    "MdnsService",
    "MedCapable",
    "NameHeard",
    "Neighbour",
    "NumberHolder",
    "OpenPort",
    "OpenResolver",
    "OwnAddress",
    "OwnHost",
    "PoeMain",
    "PoePort",
    "PortVlan",
    "Printer",
    "Radio",
    "Seen",
    "Smb",
    "SnmpAccess",
    "SsdpDevice",
    "SshHostKey",
    "Ssid",
    "Stp",
    "StpPort",
    "Supply",
    "System",
    "Ups",
    "Vlan",
    "WebPage",
]
