"""What the packet process is told to do and what it says back: one JSON line in, JSON lines out."""

from typing import Literal

from pydantic import Field

from probes.transport.guard import Limits
from probes.vocabulary import Json, Noun, Outcome


class Subnet(Noun):
    """A network, the agent's own address on the wire it is on, and addresses no host has (net, broadcast)."""

    network: str
    source: str = ""
    spared: tuple[str, ...] = ()


class Order(Noun):
    """One piece of work. Rates in packets per second, times in seconds; `number` is a DHCP transaction or echo id."""

    do: Literal["arp", "nd", "icmp", "listen", "dhcp", "oui"]
    limits: Limits
    interface: str = ""
    subnets: tuple[Subnet, ...] = ()
    addresses: tuple[str, ...] = Field(default=(), max_length=65_536)
    macs: tuple[str, ...] = Field(default=(), max_length=65_536)
    pps: float = Field(default=500, gt=0)
    rounds: int = Field(default=3, ge=1, le=5)
    seconds: float = Field(default=5, ge=0, le=600)
    deadline: float = Field(default=60, gt=0, le=3600)
    number: int = Field(default=1, ge=0, lt=2**32)


class Line(Noun):
    """One line of the packet process: an answer, or how the work ended."""

    answer: tuple[Json, ...] | None = None
    end: Outcome | None = None
    reason: str = ""
