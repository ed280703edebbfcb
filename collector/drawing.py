"""Small SVG drawings without style attributes, so a strict content security policy holds: bars and lines over time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from markupsafe import Markup, escape

WIDTH, HEIGHT = 920, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 118, 26, 34


def tag(name: str, body: str | Markup = "", /, **attributes: object) -> Markup:
    """One SVG element; every attribute and plain-string body is escaped. `class_` and `view_box` are spelt for SVG."""
    names = {
        "class_": "class",
        "view_box": "viewBox",
        "text_anchor": "text-anchor",
        "aria_hidden": "aria-hidden",
        "aria_label": "aria-label",
    }
    pairs = Markup("").join(Markup(' {}="{}"').format(names.get(k, k), _short(v)) for k, v in attributes.items())
    return Markup("<{}{}>{}</{}>").format(Markup(name), pairs, escape(body), Markup(name))  # noqa: S704


def _short(value: object) -> object:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value


def join(parts: Iterable[Markup]) -> Markup:
    """Elements one after another."""
    return Markup("").join(parts)


def bar(parts: Sequence[tuple[str, int]]) -> Markup:
    """One stacked bar of (class suffix, count). It is decoration: the numbers must stand beside it as text."""
    total = sum(count for _, count in parts) or 1
    at, drawn = 0.0, []
    for kind, count in parts:
        width = 100 * count / total
        drawn.append(tag("rect", class_=f"b-{kind}", x=at, y=0, width=width, height=10))
        at += width
    return tag(
        "svg", join(drawn), class_="draw bar", view_box="0 0 100 10", preserveAspectRatio="none", aria_hidden="true"
    )


class _Point(Protocol):
    """What the chart needs of one measurement: when, and Mbit/s each way."""

    @property
    def at(self) -> datetime: ...
    @property
    def down(self) -> float | None: ...
    @property
    def up(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Band:
    """A span of days drawn behind the lines: `kind` is outage (the line was down) or off (the agent was off)."""

    start: date
    end: date
    kind: str


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line with its name: the phase's floor or the contracted rate, in Mbit/s."""

    mbps: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Rates over time, what they are held against, and the days that say nothing about the line."""

    points: Sequence[_Point]
    start: date
    end: date
    levels: Sequence[Level] = ()
    bands: Sequence[Band] = ()
    title: str = "Broadband over time"
    peak: float = field(default=0.0)


def line_chart(chart: Chart) -> Markup:
    """Down and up rates over days. Days without a measurement break the line; they are never drawn as zero."""
    top = _nice(max([*_rates(chart), *(level.mbps for level in chart.levels), chart.peak, 1.0]) * 1.05)
    body = [
        tag("title", chart.title),
        *(_band(chart, band) for band in chart.bands),
        *_axes(chart, top),
        *_levels(chart, top),
        *_path(chart, top, "down"),
        *_path(chart, top, "up"),
    ]
    return tag(
        "svg", join(body), class_="draw roomy", view_box=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=chart.title
    )


def _rates(chart: Chart) -> list[float]:
    return [rate for p in chart.points for rate in (p.down, p.up) if rate is not None]


def _nice(value: float) -> float:
    step = 10 ** (len(str(int(value))) - 1)
    return next(float(m * step) for m in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if m * step >= value)


def _x(chart: Chart, on: date | datetime) -> float:
    days = max((chart.end - chart.start).days + 1, 1)
    day = on.date() if isinstance(on, datetime) else on
    hours = on.hour / 24 if isinstance(on, datetime) else 0.0
    return LEFT + ((day - chart.start).days + hours) / days * (WIDTH - LEFT - RIGHT)


def _y(top: float, mbps: float) -> float:
    return TOP + (1 - mbps / top) * (HEIGHT - TOP - BOTTOM)


def _band(chart: Chart, band: Band) -> Markup:
    left, right = _x(chart, band.start), _x(chart, band.end + timedelta(days=1))
    words = "Line down" if band.kind == "outage" else "Agent off"
    return tag(
        "rect", tag("title", f"{words}, {band.start:%d %b} to {band.end:%d %b}"),
        class_=f"band-{band.kind}", x=left, y=TOP, width=max(right - left, 1.5), height=HEIGHT - TOP - BOTTOM,
    )  # fmt: skip


def _axes(chart: Chart, top: float) -> list[Markup]:
    drawn = []
    for part in range(5):
        value = top * part / 4
        y = _y(top, value)
        drawn.append(tag("line", class_="axis" if part == 0 else "grid", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y))
        drawn.append(tag("text", f"{value:,.0f}", class_="t-soft t-right", x=LEFT - 8, y=y + 4))
    drawn.append(tag("text", "Mbps", class_="t-soft t-right", x=LEFT - 8, y=12))
    return [*drawn, *(_day_mark(chart, on, far) for on, far in _dates(chart))]


def _day_mark(chart: Chart, on: date, far: bool) -> Markup:
    words = f"{on:%b %Y}" if far else f"{on.day} {on:%b}"
    return tag("text", words, class_="t-soft t-mid", x=_x(chart, on), y=HEIGHT - 12)


def _dates(chart: Chart) -> list[tuple[date, bool]]:
    days = (chart.end - chart.start).days
    steps = min(6, max(days, 1))
    return [(chart.start + timedelta(days=round(days * i / steps)), days > 200) for i in range(steps + 1)]


def _levels(chart: Chart, top: float) -> list[Markup]:
    drawn, last = [], 1e9
    for level in sorted(chart.levels, key=lambda found: found.mbps):
        y = _y(top, level.mbps)
        last = min(y + 4, last - 14)
        drawn.append(tag("line", class_=f"line-{level.kind}", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y))
        drawn.append(tag("text", level.label, class_="t-soft", x=WIDTH - RIGHT + 6, y=last))
    return drawn


def _path(chart: Chart, top: float, way: str) -> list[Markup]:
    drawn: list[Markup] = []
    for run in _runs(chart, way):
        spots = [(_x(chart, at), _y(top, rate)) for at, rate in run]
        if len(spots) == 1:
            drawn.append(tag("circle", class_=f"dot-{way}", cx=spots[0][0], cy=spots[0][1], r=2.5))
        else:
            drawn.append(tag("polyline", class_=f"line-{way}", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in spots)))
    return drawn


def _runs(chart: Chart, way: str) -> list[list[tuple[datetime, float]]]:
    """Stretches of measurements with no gap of more than two days, so that a hole in the record stays a hole."""
    runs: list[list[tuple[datetime, float]]] = []
    for point in sorted(chart.points, key=lambda found: found.at):
        rate = point.down if way == "down" else point.up
        if rate is None:
            continue
        if runs and point.at - runs[-1][-1][0] <= timedelta(days=2):
            runs[-1].append((point.at, rate))
        else:
            runs.append([(point.at, rate)])
    return runs
