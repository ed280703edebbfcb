"""The annual review of IT support, drafted from a year of nights: one set of facts, as PDF, workbook and page."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Connection

from collector.api import now_utc
from collector.evidence import by_month, data_ages, digest, reports_between
from collector.read.findings import FAILING, FindingRow
from collector.read.morning import changes
from collector.read.places import NightRow, Place, last_nights, nights, places
from collector.read.standing import Standing, areas, standing
from collector.review_facts import AreaRow, Gap, Nights, Review
from collector.review_forecast import forecast_sentences
from collector.review_parts import performance, support, value
from collector.store import Store
from collector.words import PHASES, area_name, change_words, day, listed, number
from probes.errors import BadInput

MOST_DECISIONS = 6


def review(
    store: Store, year: int, pdf: Path | None, xlsx: Path | None = None, *, site: str | None = None, tenant: str,
    now: datetime | None = None,
) -> Review:  # fmt: skip
    """Draft the review of the school year that begins in September of `year`. Raises BadInput in one sentence."""
    from collector.review_pdf import write_pdf
    from collector.review_xlsx import write_xlsx

    made = now or now_utc()
    with store.reading() as conn:
        drafted = draft(conn, tenant, _one_site(places(conn, tenant), site), year, made.date())
    if pdf is not None:
        _write(pdf, write_pdf(drafted))
    if xlsx is not None:
        _write(xlsx, write_xlsx(drafted))
    return drafted


def _one_site(known: Sequence[Place], site: str | None) -> Place:
    chosen = [place for place in known if site is None or place.id == site]
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(place.id for place in known) or "none is set up yet"
    raise BadInput(f"Name one site with --site: {names}." if site is None else f"There is no site {site!r}: {names}.")


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error


def draft(conn: Connection, tenant: str, place: Place, year: int, today: date) -> Review:
    """The facts of the review. A school year that is still running is drafted up to yesterday's night."""
    since, end = school_year(year)
    if since > today:
        raise BadInput(f"The school year {year} to {year + 1} has not begun.")
    until = min(end, today)
    now = standing(conn, tenant, place, until, today=until == today)
    ran = nights(conn, tenant, place.id, since, until)
    reports = reports_between(conn, tenant, place.id, since, until)
    last = [night for night in last_nights(conn, tenant, place.id) if night.night >= since]
    held = support(conn, tenant, place, since, until, _scopes(last))
    gaps = open_gaps(now, until)
    expired = [one for one in now if one.verdict == "attestation-expired"]
    return Review(
        school=place.name, urn=place.urn, phase=PHASES.get(place.phase, place.phase), since=since, until=until,
        made=today, finished=today > end, nights=_nights(ran, since, until),
        areas=_areas(conn, tenant, place, now, since),
        blind=_blind(last, ran), decide=_decide(gaps, forecast_sentences(held.forecast), expired),
        support=held, gaps=gaps, attested=[one for one in now if one.verdict == "attested"], expired=expired,
        no_evidence=[one for one in now if one.verdict == "needs-a-person"],
        not_assessed=[one for one in now if one.verdict == "not-assessed"],
        performance=performance(conn, tenant, place, since, until), value=value(conn, tenant, place, since, until),
        changes=_changes(conn, tenant, place.id, since, until), months=by_month(reports), digest=digest(reports),
        ages=data_ages(conn, tenant, place.id), editions=sorted({one.clause.edition for one in now}),
        versions=sorted({f"Caretaker {night.versions.get('caretaker', 'of unknown version')}" for night in last}),
    )  # fmt: skip


def school_year(year: int) -> tuple[date, date]:
    """The first and last day of the school year that begins in `year`."""
    return date(year, 9, 1), date(year + 1, 8, 31)


def _scopes(last: Sequence[NightRow]) -> list[str]:
    return sorted({scope for night in last for scope in night.scopes})


def _nights(ran: Sequence[NightRow], since: date, until: date) -> Nights:
    """Nights on which at least one vantage reported, of all nights since the agent first did in this year."""
    days = sorted({night.night for night in ran})
    asked = sum(night.asked for night in ran)
    complete = sum(night.outcomes.get("complete", 0) for night in ran)
    return Nights(
        run=len(days), of=(until - since).days + 1, percent=100 * complete // asked if asked else None,
        stopped_early=sum(night.stopped_early for night in ran), dark=_dark(days, since, until),
        first=days[0] if days else None, last=days[-1] if days else None,
    )  # fmt: skip


def _dark(days: Sequence[date], since: date, until: date) -> list[tuple[date, date]]:
    """Spans of three nights and more without any report, the longest first."""
    edges = [since - timedelta(days=1), *days, until + timedelta(days=1)]
    one = timedelta(days=1)
    spans = [(a + one, b - one) for a, b in pairwise(edges) if (b - a).days > 3]
    return sorted(spans, key=lambda span: (span[0] - span[1], span[0]))


def _areas(conn: Connection, tenant: str, place: Place, now: Sequence[Standing], since: date) -> list[AreaRow]:
    looked = bool(nights(conn, tenant, place.id, since - timedelta(days=31), since + timedelta(days=31)))
    before = standing(conn, tenant, place, since + timedelta(days=31), today=False) if looked else []
    then = {area.id: area for area in areas(before)}
    return [
        AreaRow(
            area.id, area_name(area.id), area.core, area.counts, area.verdict,
            then[area.id].verdict if area.id in then else "",
            then[area.id].counts.get("not-met-now", 0) if area.id in then else None,
        )
        for area in areas(now)
    ]  # fmt: skip


def open_gaps(now: Sequence[Standing], on: date) -> list[Gap]:
    """Every open failing, gravest first, with who accepted it."""
    rows = [(one, row) for one in now for row in one.failing]
    order = {"high": 0, "medium": 1, "low": 2}
    rows.sort(
        key=lambda pair: (pair[1].verdict != FAILING[0], order.get(pair[1].severity, 3), pair[1].opened, pair[1].key)
    )
    return [
        Gap(
            one.clause.id, one.clause.requirement, row.verdict, row.name, row.sentence, row.opened, row.severity,
            row.responsible, _accepted(one, row),
        )
        for one, row in rows
    ]  # fmt: skip


def _accepted(one: Standing, row: FindingRow) -> str:
    held = [some for some in one.accepted if some.key == row.key]
    return f"Accepted by the {held[0].role} until {day(held[0].until)}" if held else ""


def _blind(last: Sequence[NightRow], ran: Sequence[NightRow]) -> list[tuple[str, str]]:
    """Blind spots of the last night of each vantage; no night at all is the greatest of them."""
    if not ran:
        return [("No night was reported in this school year: nothing is known.", "Get the agent running.")]
    spots = [(spot.get("sentence", ""), spot.get("closes_with", "")) for night in last for spot in night.blind_spots]
    return list(dict.fromkeys(spots))


def _decide(gaps: Sequence[Gap], forecast: Sequence[str], expired: Sequence[Standing]) -> list[str]:
    """The few things that leaders and governors have to decide, gravest first."""
    grave = [gap.sentence for gap in gaps if gap.severity == "high" and not gap.accepted and gap.verdict == FAILING[0]]
    found = [*grave[: MOST_DECISIONS - 2], *forecast]
    if len(grave) > MOST_DECISIONS - 2:
        found.append(f"{number(len(grave) - MOST_DECISIONS + 2, 'more grave failing')} in part 2.")
    if expired:
        names = listed([one.clause.id for one in expired[:3]])
        found.append(
            f"Renew {number(len(expired), 'expired attestation')}: {names}{' and others' if len(expired) > 3 else ''}."
        )
    return found


def _changes(conn: Connection, tenant: str, site: str, since: date, until: date) -> list[tuple[str, int]]:
    counted = Counter(change_words(one.kind) for one in changes(conn, tenant, site, since, until))
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
