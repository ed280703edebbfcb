"""The internet line over time: what it carried, when it was down, and when nobody was looking."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from collector import tables as t
from collector.drawing import Band, Level
from collector.read.places import Place, nights
from collector.read.standing import clauses

_MEASURE = ("at", "vantage", "endpoint", "route", "night", "egress", "down_mbps", "up_mbps", "latency_ms", "jitter_ms",
            "loss_percent", "loaded_ms", "nic_mbps", "reason")  # fmt: skip
_CHECK = ("night", "vantage", "resolver", "name", "category", "expected", "verdict", "reason")
GOODPUT = 0.94  # of a link's rate is what TCP can carry as payload


@dataclass(frozen=True, slots=True)
class Measure:
    """One measurement of the line; rates in Mbit/s, times in ms, loss in percent."""

    at: datetime
    vantage: str
    endpoint: str
    route: str
    night: date
    egress: str | None
    down_mbps: float | None
    up_mbps: float | None
    latency_ms: float | None
    jitter_ms: float | None
    loss_percent: float | None
    loaded_ms: float | None
    nic_mbps: int | None
    reason: str

    @property
    def down(self) -> float | None:
        return self.down_mbps

    @property
    def up(self) -> float | None:
        return self.up_mbps

    @property
    def dead(self) -> bool:
        """Whether the line was asked and carried nothing at all."""
        return self.down_mbps is None and self.up_mbps is None and (self.loss_percent or 0) >= 100


@dataclass(frozen=True, slots=True)
class Check:
    """One name looked up on one night to see whether the filter acts."""

    night: date
    vantage: str
    resolver: str
    name: str
    category: str
    expected: str
    verdict: str
    reason: str

    @property
    def good(self) -> bool | None:
        """Whether the filter did what was asked; None when the answer does not say."""
        return None if self.verdict == "unknown" else self.verdict == self.expected


@dataclass(frozen=True, slots=True)
class LineYear:
    """The line between two days: its measurements, what it is held against, and the days of silence."""

    since: date
    until: date
    measures: Sequence[Measure]
    levels: Sequence[Level]
    bands: Sequence[Band]
    down_nights: Sequence[date]
    off_nights: Sequence[date]
    checks: Sequence[Check]

    @property
    def main(self) -> list[Measure]:
        return [one for one in self.measures if one.route != "backup"]

    @property
    def ceiling(self) -> float | None:
        """What the agent's own link can tell at most, in Mbit/s; a faster line looks no faster than that."""
        nics = [one.nic_mbps for one in self.main if one.nic_mbps]
        return max(nics) * GOODPUT if nics else None

    def best(self, way: str) -> float | None:
        """The fastest rate measured: what the line can do."""
        return max(self._rates(way), default=None)

    def typical(self, way: str) -> float | None:
        """The median rate: what it mostly does."""
        return statistics.median(self._rates(way)) if self._rates(way) else None

    def slow(self, way: str) -> float | None:
        """The tenth percentile: what it does on a bad night."""
        rates = sorted(self._rates(way))
        return rates[len(rates) // 10] if rates else None

    def _rates(self, way: str) -> list[float]:
        return [rate for one in self.main if (rate := one.down if way == "down" else one.up) is not None]

    @property
    def latency(self) -> float | None:
        found = [one.latency_ms for one in self.main if one.latency_ms is not None]
        return statistics.median(found) if found else None

    @property
    def loaded(self) -> float | None:
        found = [one.loaded_ms for one in self.main if one.loaded_ms is not None]
        return statistics.median(found) if found else None

    @property
    def backup(self) -> list[Measure]:
        """Measurements that went out by the backup line: proof that it carries."""
        return [one for one in self.measures if one.route == "backup" and one.down_mbps is not None]

    @property
    def last(self) -> Measure | None:
        return self.main[-1] if self.main else None


def line_between(conn: Connection, tenant: str, place: Place, since: date, until: date) -> LineYear:
    """The line of a site between two days, both inside. Days before its first night are not counted as silence."""
    m = t.line_measure.c
    wanted = select(*(m[name] for name in _MEASURE)).where(
        m.tenant == tenant, m.site == place.id, m.night >= since, m.night <= until
    )
    measures = [Measure(**row) for row in conn.execute(wanted.order_by(m.at)).mappings()]
    ran = {night.night for night in nights(conn, tenant, place.id, since, until)}
    down = sorted(night for night in ran if _was_down([one for one in measures if one.night == night]))
    off = _off(ran, until)  # the night of the last day may still be to come
    checks = filter_checks(conn, tenant, place.id, since, until)
    bands = [*_bands(off, "off"), *_bands(down, "outage")]
    return LineYear(since, until, measures, levels(place, until), bands, down, off, checks)


def _was_down(measures: Sequence[Measure]) -> bool:
    main = [one for one in measures if one.route != "backup"]
    return bool(main) and all(one.dead for one in main)


def _off(ran: set[date], until: date) -> list[date]:
    if not ran:
        return []
    first = min(ran)
    days = (first + timedelta(days=at) for at in range((until - first).days))
    return [on for on in days if on not in ran]


def _bands(days: Sequence[date], kind: str) -> list[Band]:
    bands: list[Band] = []
    for on in days:
        if bands and on - bands[-1].end == timedelta(days=1):
            bands[-1] = Band(bands[-1].start, on, kind)
        else:
            bands.append(Band(on, on, kind))
    return bands


def levels(place: Place, on: date) -> list[Level]:
    """What the rates are held against: the floor for this phase, as the clause of that day has it, and the contract."""
    found = []
    for clause in clauses(on, place.phase).values():
        asked = clause.check.with_.get("down_mbps") if clause.check and clause.area == "broadband" else None
        if asked is not None:
            found.append(Level(float(asked), "floor", f"Standard {float(asked):,.0f}"))
    contract = place.said.contracted_down_mbps if place.said else None
    if contract is not None:
        found.append(Level(contract, "contract", f"Contract {contract:,.0f}"))
    return found


def filter_checks(conn: Connection, tenant: str, site: str, since: date, until: date) -> list[Check]:
    """The filter checks of a site between two days, newest first."""
    c = t.filter_check.c
    wanted = select(*(c[name] for name in _CHECK)).where(
        c.tenant == tenant, c.site == site, c.night >= since, c.night <= until
    )
    return [Check(**row) for row in conn.execute(wanted.order_by(c.night.desc(), c.vantage, c.name)).mappings()]
