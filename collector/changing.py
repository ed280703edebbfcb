"""What altered between one look at a site and the next. Pure: the same looks in the same order give the same changes.

Each rule of patience is data: how many looks must agree before a difference is said, and whether it raises an alert.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from baselines.vocabulary import Evidence
from collector.memory import Held, Seen, Waiting
from probes.vocabulary import Noun

ChangeKind = Literal[
    "new", "removed", "returned", "moved", "replaced", "firmware", "renamed", "address", "service-opened",
    "service-closed", "certificate", "speed", "vlan-added", "vlan-removed", "link-moved", "wifi-added", "wifi-removed",
    "wifi-changed", "ups", "configuration", "finding-opened", "finding-closed", "disposed-seen",
]  # fmt: skip
KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)

# How many looks, each able to have seen otherwise, must agree. A kind that is not named is said at once.
LOOKS: Mapping[str, int] = {
    "removed": 2, "moved": 2, "service-closed": 2, "link-moved": 2, "wifi-removed": 2, "finding-closed": 2,
}  # fmt: skip
# Two vantages that see the same difference within so many days tell it once.
SAME_WITHIN_DAYS = 3

INFRASTRUCTURE = frozenset({"switch", "ap", "wlc", "router", "firewall", "server", "nas", "ups"})
FIXED = INFRASTRUCTURE | {"printer", "camera", "phone"}
# Things that are carried about or sleep: not seeing them is never news.
SLEEPERS = frozenset({"laptop", "tablet", "mobile", "chromebook", "smartphone", "media", "watch", "console"})
RISKY_SERVICES = frozenset(
    ("telnet", "ftp", "tftp", "rlogin", "rsh", "exec", "login", "shell", "vnc", "rdp", "ms-wbt-server", "x11")
)


class Change(Noun):
    """One thing that altered, once: before, after, the sentence people read, and what showed it."""

    kind: ChangeKind
    entry: str | None
    subject: str
    before: str = ""
    after: str = ""
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    benign: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """An entry as sentences speak of it."""

    entry: str
    label: str
    kind: str
    subkind: str = ""

    @property
    def sleeps(self) -> bool:
        return self.subkind in SLEEPERS

    @property
    def fixed(self) -> bool:
        return self.kind in FIXED and not self.sleeps


@dataclass(frozen=True, slots=True)
class Difference:
    """A possible change: `what` tells two of one kind apart (a port, a service), `looks` is its rule of patience."""

    kind: ChangeKind
    what: str
    before: str
    after: str
    sentence: str
    benign: bool = False
    looks: int = field(default=1)

    @property
    def name(self) -> str:
        return f"{self.kind} {self.what}".strip()


def weigh(
    held: Held, differences: list[Difference], night: date, vantage: str
) -> tuple[dict[str, Waiting], list[Difference]]:
    """The differences that now are changes, and those that wait for another look that agrees.

    What another vantage told within three days is not told again. Waiting differences of this vantage that are not
    there any more are forgotten.
    """
    others = {name: wait for name, wait in held.waiting.items() if not name.startswith(f"{vantage}: ")}
    waiting, ripe = dict(others), []
    for difference in differences:
        name = f"{vantage}: {difference.name}"
        before = held.waiting.get(name)
        looks = before.looks + 1 if before is not None and before.value == difference.after else 1
        if looks < difference.looks:
            since = before.since if before is not None and looks > 1 else night
            waiting[name] = Waiting(value=difference.after, since=since, looks=looks)
        elif not _told(held, difference, night, vantage):
            ripe.append(difference)
    return waiting, ripe


def _told(held: Held, difference: Difference, night: date, vantage: str) -> bool:
    after, by, on = held.told.get(difference.name, ("", vantage, night))
    return by != vantage and after == difference.after and 0 <= (night - on).days < SAME_WITHIN_DAYS


def last_seen_by(held: Held) -> Iterator[tuple[str, Seen]]:
    """The vantages that have seen an entry, the latest first."""
    yield from sorted(held.vantages.items(), key=lambda item: (item[1].last, item[0]), reverse=True)
