"""This morning: what the last nights changed, what waits for a person, and where nobody is looking."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from collector import tables as t
from collector.read.findings import FAILING, FindingRow, closed_since, open_findings
from collector.read.places import DARK_AFTER, NightRow, last_nights
from collector.read.said import Acceptance, Attestation, acceptances, attestations

SOON = timedelta(days=30)
_CHANGE = ("change", "night", "vantage", "kind", "entry", "subject", "before", "after", "sentence", "benign")
_TOLD_ELSEWHERE = ("finding-opened", "finding-closed")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different from the nights before; `entry` is None when it is the site as a whole."""

    change: str
    night: date
    vantage: str
    kind: str
    entry: str | None
    subject: str
    before: str
    after: str
    sentence: str
    benign: bool


@dataclass(frozen=True, slots=True)
class Morning:
    """What the first page says of one site."""

    nights: Sequence[NightRow]
    changes: Sequence[Change]
    benign: Sequence[Change]
    opened: Sequence[FindingRow]
    closed: Sequence[FindingRow]
    failing: int
    accepted: int
    expiring: Sequence[Acceptance | Attestation]
    expired: Sequence[Acceptance | Attestation]
    blind_spots: Sequence[Mapping[str, str]]
    counts: Mapping[str, int]
    states: Mapping[str, int]
    since: date

    @property
    def last(self) -> NightRow | None:
        return self.nights[0] if self.nights else None

    def dark(self, today: date) -> Sequence[NightRow]:
        """Vantages from which nothing has come for two nights."""
        return [night for night in self.nights if today - night.night > DARK_AFTER]

    @property
    def needs(self) -> Sequence[Sequence[FindingRow]]:
        """The new failings, those that say the same of the same thing together: several clauses may ask one thing."""
        said: dict[tuple[str, str, str], list[FindingRow]] = {}
        for row in self.opened:
            said.setdefault((row.subject, row.sentence, row.verdict), []).append(row)
        return list(said.values())

    def quiet(self, today: date) -> bool:
        """Whether there is truly nothing to do: a fresh night, nothing new, nothing ending, nothing dark."""
        waiting = (*self.opened, *self.expiring, *self.expired, *self.changes, *self.dark(today))
        return self.last is not None and not waiting


def morning(conn: Connection, tenant: str, site: str, today: date, days: int = 1) -> Morning:
    """The morning of a site, over the last `days` nights up to its newest one."""
    nights = last_nights(conn, tenant, site)
    newest = nights[0].night if nights else today
    since = newest - timedelta(days=days - 1)
    found = changes(conn, tenant, site, since, newest)
    said = acceptances(conn, tenant, site)
    held = {one.key for one in said if one.holds(today)}
    failing = [row for row in open_findings(conn, tenant, site) if row.verdict in FAILING]
    words: list[Acceptance | Attestation] = [*said, *attestations(conn, tenant, site)]
    ending = [one for one in words if one.withdrawn is None]
    counts = _counts(conn, tenant, site)
    return Morning(
        nights=nights,
        changes=[one for one in found if not one.benign],
        benign=[one for one in found if one.benign],
        opened=[row for row in failing if row.opened >= since and row.key not in held],
        closed=closed_since(conn, tenant, site, since),
        failing=sum(row.verdict == "not-met-now" for row in failing),
        accepted=sum(row.key in held for row in failing),
        expiring=[one for one in ending if today <= one.until <= today + SOON],
        expired=[one for one in ending if one.until < today and one.until >= today - timedelta(days=365)],
        blind_spots=_blind(nights),
        counts=counts[0],
        states=counts[1],
        since=since,
    )


def _blind(nights: Sequence[NightRow]) -> list[Mapping[str, str]]:
    """The blind spots of every vantage's last night, each once."""
    found = {(spot.get("kind"), spot.get("subject")): spot for night in nights for spot in night.blind_spots}
    return list(found.values())


def changes(conn: Connection, tenant: str, site: str, since: date, until: date) -> list[Change]:
    """The changes of a site between two nights, both inside, newest first."""
    c = t.change.c
    wanted = select(*(c[name] for name in _CHANGE)).where(
        c.tenant == tenant,
        c.site == site,
        c.night >= since,
        c.night <= until,
        c.kind.not_in(_TOLD_ELSEWHERE),
    )
    return [Change(**row) for row in conn.execute(wanted.order_by(c.night.desc(), c.kind, c.subject)).mappings()]


def entry_changes(conn: Connection, tenant: str, entry: str, most: int = 200) -> list[Change]:
    """What altered in one thing, newest first."""
    c = t.change.c
    wanted = select(*(c[name] for name in _CHANGE)).where(c.tenant == tenant, c.entry == entry)
    return [Change(**row) for row in conn.execute(wanted.order_by(c.night.desc(), c.kind).limit(most)).mappings()]


def _counts(conn: Connection, tenant: str, site: str) -> tuple[Mapping[str, int], Mapping[str, int]]:
    e = t.entry.c
    wanted = select(e.kind, e.state, func.count()).where(e.tenant == tenant, e.site == site, e.merged_into.is_(None))
    kinds, states = Counter[str](), Counter[str]()
    for kind, state, count in conn.execute(wanted.group_by(e.kind, e.state)):
        states[state] += count
        kinds[kind] += count if state == "active" else 0
    return kinds, states
