"""What is remembered of a site between its nights, and what the next look at it is held to."""

import gzip
from datetime import date
from typing import Literal

from pydantic import Field

from probes.vocabulary import Asset, Noun

State = Literal["active", "not-seen", "removed", "replaced"]


class View(Noun):
    """The words of one asset that drift compares, as one vantage saw them. Empty means it was not said.

    `place` is the entry it is plugged into and the port. `words` are serial, version and hostname, each under
    "name source": a host called one way by mDNS and another by DNS was not renamed when only one of them answers.
    `configuration` is the digest of its running configuration, `configuration_diff` its lines that changed.
    `serving` are its ports on which fixed equipment hangs: servers, access points, cameras.
    """

    ips: tuple[str, ...] = ()
    place: tuple[str, str] | None = None
    place_label: str = ""
    words: dict[str, str] = Field(default_factory=dict)
    services: dict[str, str] | None = None
    certificates: dict[str, str] | None = None
    speeds: dict[str, int] = Field(default_factory=dict)
    uplinks: tuple[str, ...] = ()
    serving: tuple[str, ...] = ()
    vlans: tuple[int, ...] | None = None
    ups: dict[str, str] = Field(default_factory=dict)
    configuration: str = ""
    configuration_diff: tuple[str, ...] = ()


class Seen(Noun):
    """One vantage's sightings of an entry: since when without a break, last when, how often, and misses since."""

    first: date
    last: date
    nights: int
    asset: str
    misses: int = 0
    view: View = View()


class Waiting(Noun):
    """A difference that must be seen again before it is a change: what it would be, since when, how often."""

    value: str
    since: date
    looks: int


class Held(Noun):
    """One entry at one site: the asset as last known, when each field was last said, and who has seen it."""

    asset: Asset
    dated: dict[str, date]
    first: date
    last: date
    state: State = "active"
    vantages: dict[str, Seen] = Field(default_factory=dict)
    waiting: dict[str, Waiting] = Field(default_factory=dict)
    told: dict[str, tuple[str, str, date]] = Field(default_factory=dict)
    disposal_told: bool = False
    connected_since: date | None = None


class Network(Noun):
    """A wireless network and the entries that carry it."""

    security: str
    carriers: tuple[str, ...]
    misses: int = 0


class Cable(Noun):
    """The two ports of a link between two pieces of network equipment."""

    ports: tuple[str, str]
    waiting: Waiting | None = None


class Said(Noun):
    """What one vantage last said of a finding's key."""

    verdict: str
    night: date
    misses: int = 0


class Opinion(Noun):
    """The history's open interval of one finding: what all vantages come to, and the last verdict that was assessed."""

    verdict: str
    opened: date
    last: date
    assessed: str = ""
    subject: str = "site"
    sentence: str = ""
    sources: tuple[str, ...] = ()
    says: dict[str, Said] = Field(default_factory=dict)


class Memory(Noun):
    """Everything of one site that the next look is compared with."""

    night: date | None = None
    looks: dict[str, int] = Field(default_factory=dict, description="Vantage to how many looks were folded in.")
    lasts: dict[str, date] = Field(default_factory=dict, description="Vantage to its last night.")
    entries: dict[str, Held] = Field(default_factory=dict)
    networks: dict[str, dict[str, Network]] = Field(default_factory=dict, description="By vantage, then name.")
    cables: dict[str, Cable] = Field(default_factory=dict)
    findings: dict[str, Opinion] = Field(default_factory=dict)
    last_look: tuple[str, ...] = Field(default=(), description="Where the last look stands in the order of all.")


def pack(memory: Memory) -> bytes:
    """A memory as it is kept: gzip of its JSON."""
    return gzip.compress(memory.model_dump_json(exclude_defaults=True).encode(), compresslevel=1, mtime=0)


class Recent:
    """The last memory of the last few sites with the hash of what is kept, so that a night need not unpack it again."""

    def __init__(self, most: int = 2) -> None:
        self._most = most
        self._kept: dict[str, tuple[str, Memory]] = {}

    def get(self, site: str, sha256: str) -> Memory | None:
        known, memory = self._kept.get(site, ("", None))
        return memory if known == sha256 else None

    def put(self, site: str, sha256: str, memory: Memory) -> None:
        self._kept.pop(site, None)
        self._kept[site] = (sha256, memory)
        while len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]


def unpack(packed: bytes) -> Memory:
    return Memory.model_validate_json(gzip.decompress(packed))
