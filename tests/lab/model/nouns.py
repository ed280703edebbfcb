"""The nouns of the virtual school. Speeds are Mbit/s, powers watts, MAC addresses lower case with colons."""

from dataclasses import dataclass, field
from typing import Any, Literal

SCHOOL, CURRICULUM, GUEST, CCTV = 10, 20, 40, 50
VLANS = {SCHOOL: "School", CURRICULUM: "Curriculum", GUEST: "Guest", CCTV: "CCTV", 60: "Exams"}
NETWORKS = {SCHOOL: "10.20.0.0/22", CURRICULUM: "10.20.20.0/24", GUEST: "10.20.40.0/24", CCTV: "10.20.50.0/24"}


@dataclass(frozen=True, slots=True)
class Service:
    """A service of a host. `by` is hostd (our small servers) or a real daemon's name; `words` its banner or title."""

    port: int
    name: str
    words: str = ""
    product: str = ""
    version: str = ""
    protocol: Literal["tcp", "udp"] = "tcp"
    by: str = "hostd"


@dataclass(frozen=True, slots=True)
class Host:
    """One thing with an address. `switch` and `port` say where its traffic enters a managed switch.

    `via` says what lies between ("", "unmanaged switch", "phone", "ap"). `quiet` hosts drop pings and closed ports.
    `names` are the protocols in which the host names itself: mdns, netbios, dhcp, ssdp. `private` marks a personal
    device. `asleep` hosts have no namespace this night.
    """

    hostname: str
    kind: str
    ip: str
    mac: str
    switch: str
    port: int
    subkind: str = ""
    maker: str = ""
    model: str = ""
    serial: str = ""
    os: str = ""
    version: str = ""
    vlan: int = SCHOOL
    via: str = ""
    location: str = ""
    services: tuple[Service, ...] = ()
    names: tuple[str, ...] = ()
    quiet: bool = False
    private: bool = False
    fragile: bool = False
    excluded: bool = False
    asleep: bool = False
    lldp: tuple[str, ...] = ()
    port_id: str = ""
    poe_class: int = 0
    speed: int = 1000
    half_duplex: bool = False
    snmp: str = ""
    community: str = ""
    dhcp_class: str = ""
    dhcp_parameters: tuple[int, ...] = ()
    description: str = ""
    hostile: str = ""


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a managed switch. `joins` is (hostname, port name) of what the model plugs in with LLDP."""

    number: int
    name: str
    ifindex: int
    capable: int = 1000
    poe: bool = False
    uplink: bool = False
    lag: str = ""


@dataclass(frozen=True, slots=True)
class Lag:
    """An aggregate of a switch's ports."""

    name: str
    ifindex: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A row of ENTITY-MIB: `kind` is the class number, `inside` the row it is contained in."""

    index: int
    kind: int
    name: str
    inside: int = 0
    descr: str = ""
    model: str = ""
    serial: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """A managed switch: what it is, its ports and aggregates, and which tables it speaks."""

    hostname: str
    ip: str
    mac: str
    maker: str
    model: str
    serial: str
    os: str
    version: str
    description: str
    object_id: str
    family: Literal["procurve", "ios", "aoscx"]
    ports: tuple[Port, ...]
    lags: tuple[Lag, ...] = ()
    parts: tuple[Part, ...] = ()
    vlans: tuple[int, ...] = (SCHOOL, CURRICULUM, GUEST, CCTV)
    location: str = ""
    spanning_tree: bool = True
    poe_budget: int = 0
    lldp_med: bool = True
    port_subtype: int = 5
    memory_mb: int = 512
    telnet: bool = False
    platform: str = ""
    services: tuple[Service, ...] = ()

    def port(self, number: int) -> Port:
        """The port of this number. Raises StopIteration when the switch has none."""
        return next(port for port in self.ports if port.number == number)

    def lag_of(self, number: int) -> Lag | None:
        """The aggregate this port is a member of, if any."""
        return next((lag for lag in self.lags if number in lag.members), None)


@dataclass(frozen=True, slots=True)
class Cable:
    """A cable between two managed switches or a switch and the router: (hostname, port number) at each end."""

    a: str
    a_port: int
    b: str
    b_port: int
    speed: int


@dataclass(frozen=True, slots=True)
class Ssid:
    """A wireless network the controller lists."""

    name: str
    security: str
    vlan: int


@dataclass(frozen=True, slots=True)
class Plant:
    """Something that is wrong on purpose. `id` is a clause of the DfE standards or a hardening id.

    A finding may name one of `also` in the subject's place.
    """

    id: str
    subject: str
    what: str
    verdict: str = "not-met-now"
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MustNot:
    """What no report may say: a finding `id` about `subject`; "asset" forbids its entry, "probe" any packet to it."""

    id: str
    subject: str
    what: str


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between two nights. `visible` is the night of which a register may first speak of it."""

    kind: str
    subject: str
    what: str
    benign: bool = False
    visible: int = 2


@dataclass(frozen=True, slots=True)
class School:
    """The whole model of one night."""

    night: int
    switches: tuple[Switch, ...]
    hosts: tuple[Host, ...]
    cables: tuple[Cable, ...]
    ssids: tuple[Ssid, ...]
    plants: tuple[Plant, ...] = ()
    must_nots: tuple[MustNot, ...] = ()
    changes: tuple[Change, ...] = ()
    line_down_mbps: int = 200
    line_up_mbps: int = 40
    ups_on_battery: bool = False
    certificate_days: int = -40
    uptime_s: int = 3_110_400
    tags: dict[str, str] = field(default_factory=dict)

    def host(self, hostname: str) -> Host:
        """The host of this name. Raises StopIteration when there is none."""
        return next(host for host in self.hosts if host.hostname == hostname)

    def switch(self, hostname: str) -> Switch:
        """The switch of this name. Raises StopIteration when there is none."""
        return next(switch for switch in self.switches if switch.hostname == hostname)

    def awake(self) -> tuple[Host, ...]:
        """The hosts that are on the network this night."""
        return tuple(host for host in self.hosts if not host.asleep)

    def truth(self) -> dict[str, Any]:
        """All that is true of the school this night, as JSON values."""
        from tests.lab.model.truth import truth

        return truth(self)

    def must_not_list(self) -> tuple[MustNot, ...]:
        """What no report of this school may say."""
        return self.must_nots
