"""The nouns of SEE: what was asked, what came back, and the things a school owns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from probes.seen import Seen

Kind = Literal[
    "switch", "ap", "wlc", "router", "firewall", "server", "nas", "printer",
    "ups", "phone", "camera", "endpoint", "other", "unknown",
]  # fmt: skip
Confidence = Annotated[float, Field(ge=0, le=1)]
Json = Any


class Noun(BaseModel):
    """A frozen record whose unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class Outcome(StrEnum):
    """How completely a question was answered. Only COMPLETE may support an absence."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    REFUSED = "refused"
    TIMED_OUT = "timed-out"
    GARBLED = "garbled"
    SKIPPED = "skipped"


class Recording(Noun):
    """Raw answers of one probe from one target; kept on site and replayable.

    `answers` are JSON values whose shape the probe's decode knows. For SNMP tables each is
    `[oid, tag, value]` with the tags of the snmprec format (octet strings as "4x" and hex); one that was asked in the
    context of a VLAN has the VLAN's number after them.
    """

    probe: str
    target: str
    vantage: str
    started: datetime
    ended: datetime
    outcome: Outcome
    reason: str = ""
    answers: tuple[Json, ...] = ()


class Coverage(Noun):
    """What was asked of whom, and how completely it was answered. `closes_with` says what a person can do."""

    probe: str
    target: str
    vantage: str
    at: datetime
    outcome: Outcome
    reason: str = ""
    rows: int = 0
    closes_with: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen, by which probe, from which vantage, on which target, when. Not interpreted.

    `target` is the address that answered, a MAC that was heard, or "self" for the agent's own host.
    """

    probe: str
    target: str
    vantage: str
    at: datetime
    seen: "Seen"


class Why(Noun):
    """The reason a value is believed: which probe said so, of which target, from where, when, how surely."""

    source: str
    target: str
    vantage: str
    at: datetime
    confidence: Confidence
    also: tuple[str, ...] = Field(default=(), description="Values other sources gave, each with its source.")


class Fact(Noun):
    """A catalogued name (probes/facts.yaml) and value, with its reason."""

    name: str
    value: Json
    why: Why


class Key(Noun):
    """An identity key. Strong keys join two sightings into one asset; weak keys only support."""

    kind: Literal["serial", "chassis", "bridge", "engine", "mac", "hostname", "udn", "ssh-key", "ip"]
    value: str
    strong: bool


class PortPoe(Noun):
    """Power over Ethernet on one port (RFC 3621). `power_class` 0 to 8."""

    enabled: bool | None = None
    delivering: bool | None = None
    power_class: int | None = None


class Port(Noun):
    """One port of an asset. Speeds in Mbit/s; `duplex` full, half or None when it was not said."""

    name: str
    index: int | None = None
    alias: str = ""
    type: int | None = None
    mac: str | None = None
    speed_mbps: int | None = None
    duplex: Literal["full", "half"] | None = None
    admin_up: bool | None = None
    oper_up: bool | None = None
    physical: bool | None = None
    lag: str | None = None
    lag_member: bool = False
    pvid: int | None = None
    tagged: tuple[int, ...] = ()
    untagged: tuple[int, ...] = ()
    stp_state: str | None = None
    poe: PortPoe | None = None
    in_errors: int | None = None
    uplink: bool | None = None
    macs: int | None = Field(default=None, description="How many MAC addresses the bridge learned here.")


class Service(Noun):
    """A network service that answered: `name` is the protocol's name (ssh, http, https, telnet, smb, ...)."""

    protocol: Literal["tcp", "udp"]
    port: int
    name: str
    product: str = ""
    version: str = ""
    detail: str = ""
    ip: str = ""


class Part(Noun):
    """A replaceable or numbered piece: chassis, stack member, module, power supply, fan, transceiver."""

    kind: str
    name: str = ""
    model: str = ""
    serial: str = ""
    version: str = ""
    maker: str = ""
    position: str = ""


class Connection(Noun):
    """Where an asset is plugged in. `via` says what lies between: "", "unmanaged switch", "phone" or "ap"."""

    asset: str
    port: str
    vlan: int | None = None
    via: str = ""
    source: str = ""
    confidence: Confidence = 0.5


class Asset(Noun):
    """One thing, with its identity keys, what is known of it and where it is connected.

    `id` is derived from its strongest key, so the same thing has the same id in every vantage's report.
    `why` is keyed by field name. `private` marks a personal device, kept as a count by default.
    """

    id: str
    kind: Kind = "unknown"
    subkind: str = ""
    maker: str = ""
    model: str = ""
    serial: str = ""
    os: str = ""
    version: str = ""
    hostname: str = ""
    location: str = ""
    macs: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    connected_to: Connection | None = None
    ports: tuple[Port, ...] = ()
    services: tuple[Service, ...] = ()
    parts: tuple[Part, ...] = ()
    facts: tuple[Fact, ...] = ()
    keys: tuple[Key, ...] = ()
    why: Mapping[str, Why] = {}
    merges: tuple[str, ...] = Field(default=(), description="Every join and refused join, with its reason.")
    private: bool = False

    def fact(self, name: str) -> Fact | None:
        """The fact of this catalogued name, or None when it was not learned."""
        return next((fact for fact in self.facts if fact.name == name), None)


class End(Noun):
    """One end of a link."""

    asset: str
    port: str


class Link(Noun):
    """Two ports joined by a cable or an aggregate, with every source that says so."""

    a: End
    b: End
    sources: tuple[str, ...]
    confidence: Confidence
    a_speed_mbps: int | None = None
    b_speed_mbps: int | None = None
    lag: bool = False


class LineMeasure(Noun):
    """One measurement of the site's internet line. Rates in Mbit/s, times in ms, loss in percent.

    `nic_mbps` is the agent's own link speed: a line faster than that cannot be told from it.
    `loaded_ms` is latency while the line is full (bufferbloat). `route` is main, backup or unknown.
    """

    at: datetime
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


class FilterCheck(Noun):
    """One name looked up to see whether the filter acts, and what came of it."""

    at: datetime
    vantage: str
    resolver: str
    name: str
    category: str
    expected: Literal["blocked", "allowed", "safe-search"]
    verdict: Literal["blocked", "allowed", "safe-search", "unsafe", "unknown"]
    answers: tuple[str, ...] = ()
    reason: str = ""


class DhcpOffer(Noun):
    """A DHCP server that answered. `authorised` is None when the site named none."""

    at: datetime
    vantage: str
    server: str
    mac: str
    router: str = ""
    dns: tuple[str, ...] = ()
    domain: str = ""
    authorised: bool | None = None


class BlindSpot(Noun):
    """Something on the site that could not be seen, and the action that would remove it."""

    kind: str
    subject: str
    sentence: str
    closes_with: str


class Picture(Noun):
    """All that one night's recordings say, before judgement."""

    assets: tuple[Asset, ...] = ()
    links: tuple[Link, ...] = ()
    line: tuple[LineMeasure, ...] = ()
    filtering: tuple[FilterCheck, ...] = ()
    dhcp: tuple[DhcpOffer, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    blind_spots: tuple[BlindSpot, ...] = ()
    private_devices: int = 0
