"""Several schools at once: first those we are blind in. A dark school is never shown in last month's green."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from collector import tables as t
from collector.read.places import DARK_AFTER, AgentRow, Place, agents
from collector.read.standing import standing
from collector.words import CORE, worst


@dataclass(frozen=True, slots=True)
class School:
    """One school of a trust: when it was last heard, and how its core areas stand. `areas` is empty when it is dark."""

    place: Place
    night: date | None
    agents: Sequence[AgentRow]
    devices: int
    unmet: int
    areas: Mapping[str, tuple[str, int]]
    blind_spots: int

    def dark(self, today: date) -> bool:
        """Whether nothing recent is known of it."""
        return self.night is None or today - self.night > DARK_AFTER


def schools(conn: Connection, tenant: str, places: Sequence[Place], today: date) -> list[School]:
    """Every school, the dark ones first and longest silent first, then by name."""
    heard = agents(conn, tenant)
    found = [_school(conn, tenant, place, [one for one in heard if one.site == place.id], today) for place in places]
    return sorted(found, key=lambda one: (not one.dark(today), one.night or date.min, one.place.name))


def _school(conn: Connection, tenant: str, place: Place, heard: Sequence[AgentRow], today: date) -> School:
    n, e = t.night.c, t.entry.c
    newest = conn.scalar(select(func.max(n.night)).where(n.tenant == tenant, n.site == place.id))
    devices = conn.scalar(
        select(func.count()).where(e.tenant == tenant, e.site == place.id, e.state.not_in(("disposed", "merged")))
    )
    spots = conn.scalars(select(n.blind_spots).where(n.tenant == tenant, n.site == place.id, n.night == newest))
    if newest is None or today - newest > DARK_AFTER:
        return School(place, newest, heard, devices or 0, 0, {}, 0)
    standings = standing(conn, tenant, place, today)
    areas = {area: _sum_up([one.verdict for one in standings if one.clause.area == area]) for area in CORE}
    unmet = Counter(one.verdict for one in standings)["not-met-now"]
    return School(place, newest, heard, devices or 0, unmet, areas, sum(len(some) for some in spots))


def _sum_up(verdicts: Sequence[str]) -> tuple[str, int]:
    """An area's worst state, and how many of its clauses are in it."""
    state = worst(verdicts)
    return state, verdicts.count(state)
