"""Parts 1, 3 and 4 of the review: what is looked after, how it ran, and what was paid for."""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, select

from collector import tables as t
from collector.read.entries import Line, lines
from collector.read.findings import FindingRow, failings_between
from collector.read.line import line_between
from collector.read.places import Place, nights
from collector.read.thing import read_asset, shown_ports
from collector.review_facts import Filled, Performance, Support, Value
from collector.review_forecast import forecast, plan
from collector.words import KINDS, day
from probes.vocabulary import Asset

ENDED = ("removed", "disposed")


def support(
    conn: Connection, tenant: str, place: Place, since: date, until: date, scopes: Sequence[str]
) -> Support:  # fmt: skip
    """Part 1: size and completeness of the register, ages, what came and went, and the replacement forecast."""
    every = [line for line in lines(conn, tenant, place.id) if line.first_seen <= until]
    held = [line for line in every if line.state not in ENDED or line.last_seen > until]
    planned = plan(held, _assets(conn, tenant, place.id), until)
    start = _first_night(conn, tenant, place, since, until)
    return Support(
        kinds=[(KINDS.get(kind, kind), n) for kind, n in Counter(one.kind for one in held).most_common()],
        filled=_filled(held), ages=_ages(held, until), size=len(held),
        new=sum(start is not None and max(start, since) < line.first_seen for line in every),
        gone=sum(line.state in ENDED and since <= line.last_seen <= until for line in every),
        forecast=forecast(planned, len(held) - len(planned), until), scopes=scopes,
    )  # fmt: skip


def _first_night(conn: Connection, tenant: str, place: Place, since: date, until: date) -> date | None:
    """The first night of all: what it saw was not new, only seen for the first time."""
    ran = nights(conn, tenant, place.id, date.min, until)
    return ran[0].night if ran else None


def _assets(conn: Connection, tenant: str, site: str) -> dict[str, Asset | None]:
    e = t.entry.c
    rows = conn.execute(select(e.entry, e.asset).where(e.tenant == tenant, e.site == site, e.merged_into.is_(None)))
    return {entry: read_asset(document) for entry, document in rows}


def _filled(held: Sequence[Line]) -> list[Filled]:
    columns = (("Serial number", "serial"), ("Make and model", "made"), ("Room", "room"), ("Asset tag", "tag"),
               ("Assigned to", "assigned_to"), ("Purchase date", "purchase_date"), ("Warranty end", "warranty_end"),
               ("End of support", "support_end"), ("Replacement date", "replacement_date"))  # fmt: skip
    return [Filled(what, sum(bool(_has(line, name)) for line in held), len(held)) for what, name in columns]


def _has(line: Line, name: str) -> str:
    return line.made if name == "made" else line.word(name)


def _ages(held: Sequence[Line], on: date) -> list[tuple[str, int]]:
    """How old things are by their purchase date; those without one are said to be of unknown age."""
    bands = Counter[str]()
    for line in held:
        bought = line.owned.get("purchase_date", "")[:4]
        years = on.year - int(bought) if bought.isdecimal() else None
        bands[_band(years)] += 1
    return [
        (band, bands[band]) for band in ("Under 3 years", "3 to 5 years", "6 to 8 years", "Over 8 years", "Not known")
    ]


def _band(years: int | None) -> str:
    if years is None:
        return "Not known"
    return (
        "Under 3 years"
        if years < 3
        else "3 to 5 years"
        if years < 6
        else "6 to 8 years"
        if years < 9
        else "Over 8 years"
    )


def performance(conn: Connection, tenant: str, place: Place, since: date, until: date) -> Performance:
    """Part 3: the line, what was put right and how soon, and what waits for whom."""
    line = line_between(conn, tenant, place, since, until)
    failings = failings_between(conn, tenant, place.id, since, until)
    fixed = [row for row in failings if row.closed is not None and since <= row.closed <= until]
    days = [(row.closed - row.opened).days for row in fixed if row.closed]
    return Performance(
        line=line, fixed=len(fixed), fixed_days=round(statistics.median(days)) if days else None,
        waiting=_waiting([row for row in failings if row.closed is None or row.closed > until], until),
        filtering=_filtering(line.checks),
    )  # fmt: skip


def _waiting(rows: Sequence[FindingRow], until: date) -> list[tuple[str, int, int]]:
    """Open failings by who has to act: how many, and how long the oldest has waited."""
    groups: dict[str, list[FindingRow]] = {}
    for row in rows:
        groups.setdefault(row.responsible, []).append(row)
    found = [(who, len(some), max((until - row.opened).days for row in some)) for who, some in groups.items()]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def _filtering(checks: Sequence[object]) -> list[tuple[str, str, int, int]]:
    counted: dict[tuple[str, str], list[bool | None]] = {}
    for check in checks:
        counted.setdefault((check.name, check.expected), []).append(check.good)  # type: ignore[attr-defined]
    return [(name, expected, found.count(False), len(found)) for (name, expected), found in sorted(counted.items())]


def value(conn: Connection, tenant: str, place: Place, since: date, until: date) -> Value:
    """Part 4: measured against contracted, warranties, ports that nobody uses, and lines never seen."""
    every = [line for line in lines(conn, tenant, place.id) if line.state != "disposed"]
    ended = [line for line in every if _ended(line.owned.get("warranty_end", ""), until)]
    ports = _ports(every, _assets(conn, tenant, place.id))
    return Value(
        contracted=place.said.contracted_down_mbps if place.said else None,
        typical=line_between(conn, tenant, place, since, until).typical("down"),
        out_of_warranty=[f"{line.name}, since {day(line.owned['warranty_end'])}" for line in ended],
        warranty_unknown=sum(not line.owned.get("warranty_end") for line in every),
        ports=len(ports), ports_unused=ports.count(False),
        never_seen=[line.name for line in every if line.registered and line.state in ("not-seen", "removed")],
    )  # fmt: skip


def _ended(text: str, on: date) -> bool:
    try:
        return bool(text) and date.fromisoformat(text) < on
    except ValueError:
        return False


def _ports(every: Sequence[Line], assets: Mapping[str, Asset | None]) -> list[bool]:
    """Whether each switch port that said so was up at the last look; idle then is not idle always."""
    switches = (assets.get(line.id) for line in every if line.kind == "switch")
    return [port.oper_up for asset in switches for port in shown_ports(asset) if port.oper_up is not None]
