"""Marks for answers held against the truth, and the tables that they are printed as."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

Verdict = Literal["right", "wrong", "blank"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One answer marked: of which column, of whose thing, what was said and what is true.

    `disputed` marks a wrong one whose truth the recording itself speaks against.
    """

    column: str
    verdict: Verdict
    name: str
    maker: str = ""
    kind: str = ""
    said: str = ""
    truth: str = ""
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of one column were right, stated and wrong, or left blank."""

    right: int
    wrong: int
    blank: int

    @property
    def total(self) -> int:
        return self.right + self.wrong + self.blank

    def share(self, count: int) -> str:
        """A share of the total in percent, or a dash when nothing was asked."""
        return f"{100 * count / self.total:.1f}" if self.total else "-"


def tally(marks: Iterable[Mark]) -> Tally:
    """How these marks fell."""
    found = [mark.verdict for mark in marks]
    return Tally(found.count("right"), found.count("wrong"), found.count("blank"))


def is_kept_apart(name: str) -> bool:
    """Whether an example is in the third that rules are not written from: by its SHA-256, so that nobody chooses."""
    return int(sha256(name.encode()).hexdigest(), 16) % 3 == 0


def plain(text: str) -> str:
    """Text without case and white space, for comparing."""
    return "".join(text.lower().split())


def contains(said: str, truth: str) -> bool:
    """Whether one of two texts contains the other, case and white space left out of account."""
    a, b = plain(said), plain(truth)
    return bool(a and b) and (a in b or b in a)


def columns_table(marks: Sequence[Mark], columns: Sequence[str], what: str = "column") -> list[str]:
    """One line a column: how many were asked, and the shares of right, blank, and stated and wrong in percent."""
    lines = [f"| {what} | asked | right % | blank % | stated and wrong % |", "| --- | ---: | ---: | ---: | ---: |"]
    for column in columns:
        found = tally(mark for mark in marks if mark.column == column)
        shares = " | ".join(found.share(count) for count in (found.right, found.blank, found.wrong))
        lines.append(f"| {column} | {found.total} | {shares} |")
    return lines


def groups_table(
    marks: Sequence[Mark], columns: Sequence[str], group: Callable[[Mark], str], what: str, least: int = 1
) -> list[str]:
    """One line a group, with right % and stated-and-wrong % of each column; groups under `least` things together."""
    groups = _grouped(marks, group, least)
    lines = [f"| {what} | things | {' | '.join(columns)} |", f"| --- | ---: |{' ---: |' * len(columns)}"]
    for name, (things, held) in sorted(groups.items(), key=lambda item: (-item[1][0], item[0])):
        cells = [_cell(tally(mark for mark in held if mark.column == column)) for column in columns]
        lines.append(f"| {name} | {things} | {' | '.join(cells)} |")
    return lines


def _grouped(marks: Sequence[Mark], group: Callable[[Mark], str], least: int) -> dict[str, tuple[int, list[Mark]]]:
    by_name: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_name[group(mark) or "not said"].append(mark)
    found: dict[str, list[Mark]] = defaultdict(list)
    for name, held in by_name.items():
        found[name if len({m.name for m in held}) >= least else f"each fewer than {least}"] += held
    return {name: (len({m.name for m in held}), held) for name, held in found.items()}


def _cell(found: Tally) -> str:
    if not found.total:
        return "-"
    return found.share(found.right) + (f" ({found.share(found.wrong)} wrong)" if found.wrong else "")
