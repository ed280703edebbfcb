"""What has to be replaced, and in which year: a person's date first, then the end of support, then the standard."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from baselines.lifecycle import shipped, support_of
from collector.read.entries import Line
from collector.review_facts import Due
from collector.words import kinds, listed
from probes.vocabulary import Asset

YEARS = 5
OVERDUE = "Overdue"
LATER = "Later"


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing with the day it is due and the reason for that day."""

    line: Line
    on: date
    why: str


def plan(lines: Sequence[Line], assets: Mapping[str, Asset | None], today: date) -> list[Planned]:
    """Everything with a date: planned by a person, or out of its maker's support."""
    return [found for line in lines if (found := _due(line, assets.get(line.id), today)) is not None]


def _due(line: Line, asset: Asset | None, today: date) -> Planned | None:
    for name, why in (("replacement_date", "planned"), ("support_end", "end of support, as written")):
        on = _day(line.owned.get(name, ""))
        if on is not None:
            return Planned(line, on, why)
    found = support_of(asset, shipped(), today) if asset else None
    ends = found.ends if found else None
    return Planned(line, ends, f"support ends, by {found.source}") if ends and found else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def forecast(planned: Sequence[Planned], undated: int, today: date) -> list[Due]:
    """The plan by school year: overdue first, then five years, then later; those without any date are counted."""
    groups: dict[str, list[Planned]] = {}
    for one in sorted(planned, key=lambda found: (found.on, found.line.name)):
        groups.setdefault(_when(one.on, today), []).append(one)
    rows = [_row(when, some) for when, some in groups.items()]
    if undated:
        rows.append(Due("No date known", undated, "", "no date written, and no support date known for the model", ""))
    return rows


def _when(on: date, today: date) -> str:
    if on < today:
        return OVERDUE
    begins = on.year if on.month >= 9 else on.year - 1
    this = today.year if today.month >= 9 else today.year - 1
    return LATER if begins >= this + YEARS else f"{begins} to {begins + 1}"


def _row(when: str, some: Sequence[Planned]) -> Due:
    counted = Counter(one.line.kind for one in some)
    names = [one.line.name for one in some]
    return Due(
        when, len(some), listed([kinds(kind, count) for kind, count in counted.most_common()]),
        listed(sorted({one.why for one in some})),
        listed(names) if len(names) <= 6 else f"{', '.join(names[:6])} and {len(names) - 6} more",
    )  # fmt: skip


def forecast_sentences(rows: Sequence[Due]) -> list[str]:
    """What of the forecast is for page one: what is overdue, and the next year."""
    dated = [row for row in rows if row.kinds and row.when != LATER]
    return [
        f"Replace {row.kinds} that {'are' if row.count > 1 else 'is'} overdue." if row.when == OVERDUE
        else f"Budget for {row.kinds} due in {row.when}."
        for row in dated[:2]
    ]  # fmt: skip
