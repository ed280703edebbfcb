"""The network map as SVG: a tree from the gateway outwards, left to right, with spare links dashed across it."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from collector.drawing import join, tag

BOX_W, BOX_H, GAP_X, GAP_Y, EDGE = 186, 46, 84, 12, 8
_DEEPEST = 24
_FIRST = {"firewall": 0, "router": 1, "switch": 2, "wlc": 3, "ap": 4}
_WORDS = {
    "ap": "Access point",
    "wlc": "Wi-Fi controller",
    "firewall": "Firewall",
    "router": "Router",
    "switch": "Switch",
}


@dataclass(frozen=True, slots=True)
class Node:
    """One box of the map. `under` is its second line; `dark` means it was not seen on the last night."""

    id: str
    name: str
    kind: str
    under: str = ""
    href: str = ""
    dark: bool = False


@dataclass(frozen=True, slots=True)
class Wire:
    """One link between two boxes, with the words shown when it is pointed at."""

    a: str
    b: str
    label: str = ""
    fat: bool = False


@dataclass(frozen=True, slots=True)
class _Plan:
    spots: Mapping[str, tuple[float, float]]
    tree: frozenset[tuple[str, str]]
    width: float
    height: float


def draw_map(nodes: Sequence[Node], wires: Sequence[Wire]) -> Markup:
    """The drawing; the same nodes in any order give the same drawing. Its facts must also stand in a table."""
    plan = _lay_out(nodes, wires)
    title = f"Network map: {len(nodes)} devices, {len(wires)} links"
    body = [tag("title", title), *(_wire(plan, wire) for wire in wires), *(_box(plan, node) for node in nodes)]
    return tag(
        "svg",
        join(body),
        class_="draw roomy",
        view_box=f"0 0 {plan.width:.0f} {plan.height:.0f}",
        width=f"{plan.width:.0f}",
    )


def _lay_out(nodes: Sequence[Node], wires: Sequence[Wire]) -> _Plan:
    near = _neighbours(nodes, wires)
    order = sorted(nodes, key=lambda node: (_FIRST.get(node.kind, 9), -len(near[node.id]), node.name, node.id))
    children: dict[str, list[str]] = {node.id: [] for node in nodes}
    seen: dict[str, int] = {}
    roots = [_spread(node.id, near, seen, children) for node in order if node.id not in seen]
    rank = {node.id: (-len(children[node.id]), node.name, node.id) for node in nodes}
    grown, bottom = _Tree(children, rank, {}), EDGE + 0.0
    for root in roots:
        bottom = grown.place(root, 0, bottom)
    spots = grown.spots
    tree = frozenset((a, b) for a, below in children.items() for b in below)
    right = max((x for x, _ in spots.values()), default=0.0) + BOX_W + EDGE
    return _Plan(spots, tree, right, bottom + EDGE)


def _neighbours(nodes: Sequence[Node], wires: Sequence[Wire]) -> dict[str, list[str]]:
    known = {node.id: node for node in nodes}
    near: dict[str, set[str]] = {node.id: set() for node in nodes}
    for wire in wires:
        if wire.a in known and wire.b in known and wire.a != wire.b:
            near[wire.a].add(wire.b)
            near[wire.b].add(wire.a)
    return {key: sorted(found, key=lambda other: (known[other].name, other)) for key, found in near.items()}


def _spread(root: str, near: Mapping[str, list[str]], seen: dict[str, int], children: dict[str, list[str]]) -> str:
    seen[root] = 0
    queue = deque([root])
    while queue:
        at = queue.popleft()
        for other in near[at]:
            if other not in seen and seen[at] < _DEEPEST:
                seen[other] = seen[at] + 1
                children[at].append(other)
                queue.append(other)
    return root


@dataclass(slots=True)
class _Tree:
    """Hands out places from the top down; depth is bounded by `_DEEPEST`."""

    children: Mapping[str, list[str]]
    rank: Mapping[str, tuple[int, str, str]]
    spots: dict[str, tuple[float, float]]

    def place(self, root: str, depth: int, top: float) -> float:
        """Give `root` and all below it a place from `top` down; returns where the next may start."""
        below = sorted(self.children[root], key=lambda child: self.rank[child])
        x, bottom = EDGE + depth * (BOX_W + GAP_X), top
        for child in below:
            bottom = self.place(child, depth + 1, bottom)
        if not below:
            self.spots[root] = (x, top)
            return top + BOX_H + GAP_Y
        self.spots[root] = (x, (self.spots[below[0]][1] + self.spots[below[-1]][1]) / 2)
        return bottom


def _wire(plan: _Plan, wire: Wire) -> Markup:
    if wire.a == wire.b or wire.a not in plan.spots or wire.b not in plan.spots:
        return Markup("")
    (ax, ay), (bx, by) = sorted((plan.spots[wire.a], plan.spots[wire.b]))
    in_tree = (wire.a, wire.b) in plan.tree or (wire.b, wire.a) in plan.tree
    mid_a, mid_b = ay + BOX_H / 2, by + BOX_H / 2
    if ax == bx:
        out = ax + BOX_W + GAP_X / 3
        path = (
            f"M{ax + BOX_W:.0f} {mid_a:.0f} C{out:.0f} {mid_a:.0f} {out:.0f} {mid_b:.0f} {ax + BOX_W:.0f} {mid_b:.0f}"
        )
    else:
        bend = ax + BOX_W + GAP_X / 2
        path = f"M{ax + BOX_W:.0f} {mid_a:.0f} C{bend:.0f} {mid_a:.0f} {bend:.0f} {mid_b:.0f} {bx:.0f} {mid_b:.0f}"
    kinds = ["wire", "wire-fat" if wire.fat else "", "" if in_tree else "wire-spare"]
    return tag("path", tag("title", wire.label), class_=" ".join(filter(None, kinds)), d=path)


def _box(plan: _Plan, node: Node) -> Markup:
    x, y = plan.spots[node.id]
    kind = f"box box-{node.kind}" if node.kind in _FIRST else "box"
    body = join((
        tag("title", f"{node.name}, {_WORDS.get(node.kind, node.kind)}, {node.under}"),
        tag("rect", class_=f"{kind} box-dark" if node.dark else kind, x=x, y=y, width=BOX_W, height=BOX_H, rx=3),
        tag("text", clip(node.name, 22), class_="t-bold", x=x + 10, y=y + 19),
        tag("text", clip(node.under, 30), class_="t-soft", x=x + 10, y=y + 36),
    ))  # fmt: skip
    return tag("a", body, href=node.href) if node.href else body


def clip(text: str, most: int) -> str:
    """Text short enough for its box, with an ellipsis where it was cut; the whole stays in the title and the table."""
    return text if len(text) <= most else text[: most - 1] + "…"
