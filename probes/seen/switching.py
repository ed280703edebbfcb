"""What a switch says of its ports: bridge and forwarding tables, spanning tree, VLANs, PoE, aggregates."""

from probes.seen.record import record


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
