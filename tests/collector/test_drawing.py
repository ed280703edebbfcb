"""Drawings: true to their figures, inert whatever they are told, the same for the same facts."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from xml.dom.minidom import Document

from defusedxml import minidom

from collector.drawing import Band, Chart, Level, bar, line_chart
from collector.drawing_map import Node, Wire, clip, draw_map
from tests.collector.hostile import PAYLOADS

START = date(2026, 9, 1)


@dataclass(frozen=True)
class Point:
    """One measurement."""

    at: datetime
    down: float | None
    up: float | None = None


def points(days: list[int], down: float = 100.0) -> list[Point]:
    return [Point(datetime(2026, 9, 1, 2) + timedelta(days=day), down) for day in days]


def drawn(svg: str) -> Document:
    found: Document = minidom.parseString(svg)
    return found


def elements(svg: str, name: str, kind: str) -> int:
    return sum(kind in one.getAttribute("class").split() for one in drawn(svg).getElementsByTagName(name))


def test_a_bar_gives_each_part_its_share() -> None:
    widths = [
        float(one.getAttribute("width")) for one in drawn(bar([("met", 1), ("bad", 3)])).getElementsByTagName("rect")
    ]
    assert widths == [25, 75]
    assert bar([]).startswith("<svg")


def test_a_hole_in_the_record_breaks_the_line_and_is_never_drawn_as_zero() -> None:
    svg = line_chart(Chart(points([0, 1, 2, 9, 10]), START, START + timedelta(days=12)))
    assert elements(svg, "polyline", "line-down") == 2
    lowest = max(
        float(pair.split(",")[1])
        for one in drawn(svg).getElementsByTagName("polyline")
        for pair in one.getAttribute("points").split()
    )
    assert lowest < 100


def test_an_outage_and_an_agent_that_was_off_are_drawn_apart() -> None:
    bands = [Band(START, START, "outage"), Band(START + timedelta(days=3), START + timedelta(days=5), "off")]
    svg = line_chart(
        Chart(points([6, 7]), START, START + timedelta(days=9), [Level(100, "floor", "Standard 100")], bands)
    )
    assert elements(svg, "rect", "band-outage") == elements(svg, "rect", "band-off") == 1
    assert elements(svg, "line", "line-floor") == 1
    assert "Agent off, 04 Sep to 06 Sep" in svg


def test_a_chart_without_a_measurement_is_still_a_chart() -> None:
    assert elements(line_chart(Chart([], START, START)), "polyline", "line-down") == 0


def school() -> tuple[list[Node], list[Wire]]:
    nodes = [
        Node("fw", "fw-01", "firewall"),
        Node("core", "sw-core", "switch"),
        *(Node(f"s{n}", f"sw-{n}", "switch") for n in range(4)),
    ]
    wires = [
        Wire("fw", "core"),
        *(Wire("core", f"s{n}") for n in range(4)),
        Wire("s0", "s1"),
        Wire("s0", "nowhere"),
        Wire("s2", "s2"),
    ]
    return nodes, wires


def test_the_map_begins_at_the_gateway_and_dashes_the_second_way_round() -> None:
    svg = draw_map(*school())

    assert elements(svg, "path", "wire-spare") == 1
    assert elements(svg, "path", "wire") == 6


def test_the_same_network_in_any_order_gives_the_same_map() -> None:
    nodes, wires = school()
    first = draw_map(nodes, wires)
    for at in range(5):
        random.Random(at).shuffle(nodes)
        assert sorted(draw_map(nodes, wires)) == sorted(first)


def test_no_two_boxes_of_the_map_lie_on_each_other() -> None:
    nodes, wires = school()
    nodes += [Node(f"ap{n}", f"ap-{n}", "ap") for n in range(30)]
    wires += [Wire(f"s{n % 4}", f"ap{n}") for n in range(28)]
    boxes = [
        (float(one.getAttribute("x")), float(one.getAttribute("y")))
        for one in drawn(draw_map(nodes, wires)).getElementsByTagName("rect")
    ]
    assert len(boxes) == len(nodes)
    assert all(a == b or abs(a[0] - b[0]) > 100 or abs(a[1] - b[1]) >= 46 for a in boxes for b in boxes)


def test_a_chain_of_a_thousand_switches_ends_and_draws_them_all() -> None:
    nodes = [Node(str(n), f"sw-{n}", "switch") for n in range(1000)]
    svg = draw_map(nodes, [Wire(str(n), str(n + 1)) for n in range(999)])
    assert len(drawn(svg).getElementsByTagName("rect")) == 1000


def test_names_from_the_network_are_only_ever_text() -> None:
    nodes = [
        Node(str(n), words, "switch", words, f"/register/{n}")
        for n, words in enumerate(PAYLOADS)
        if words.isprintable()
    ]
    svg = draw_map(nodes, [Wire("0", "1", PAYLOADS[0])])
    assert not drawn(svg).getElementsByTagName("script")
    assert not drawn(svg).getElementsByTagName("img")
    assert clip("x" * 30, 10) == "x" * 9 + "…"
