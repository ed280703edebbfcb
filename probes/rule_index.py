"""Which rules can match a text at all, by the letters that their patterns begin with: most are never tried."""

import re
from collections.abc import Iterable, Iterator, Sequence

from probes.device_files import DeviceFile, Rule

Held = tuple[DeviceFile, Rule]
Heads = tuple[bool, tuple[str, ...]]
_SPECIAL = ".^$*+?{}[]|()"
_AT_HAND = 4096
# Greetings may begin with signs and an answer code.
_LEADING = re.compile(r"\^(?:\\W\*)(?:\(\\d\{3\}\[ -\]\)\?)?")
_EITHER_CASE = re.compile(r"\[[A-Za-z]{2}\]")
_GROUP = re.compile(r"\((?:\?:|\?P<\w+>)?(?!\?)")


class RuleIndex:
    """The rules of one field, found by the beginning of a text; they keep the order of the device files."""

    def __init__(self, rules: Sequence[Held]) -> None:
        self.rules = rules
        self._always: list[int] = []
        # A school's hosts say the same few things: what was found for a text is kept for the next that says it.
        self._known: dict[str, tuple[int, ...]] = {}
        self._anywhere: list[tuple[tuple[str, ...], int]] = []
        self._by_letter: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for number, (_, rule) in enumerate(rules):
            wanted = next(iter(rule.when.values()))
            self._add(number, [heads_of(text) for text in ((wanted,) if isinstance(wanted, str) else wanted)])

    def _add(self, number: int, found: Sequence[Heads | None]) -> None:
        heads = [one for one in found if one is not None]
        if len(heads) < len(found):
            self._always.append(number)
        elif all(anchored for anchored, _ in heads):
            words = tuple(word for _, some in heads for word in some)
            for letter in sorted({word[0] for word in words}):
                self._by_letter.setdefault(letter, []).append((words, number))
        else:
            self._anywhere.append((tuple(word for _, some in heads for word in some), number))

    def candidates(self, texts: Iterable[str]) -> Iterator[Held]:
        """The rules whose first input may match one of the texts; every rule that does match is among them."""
        numbers = set(self._always)
        for text in texts:
            if text not in self._known:
                if len(self._known) >= _AT_HAND:
                    self._known.clear()
                self._known[text] = self._of(text.lower())
            numbers.update(self._known[text])
        return (self.rules[number] for number in sorted(numbers))

    def _of(self, low: str) -> tuple[int, ...]:
        begun = (n for words, n in self._by_letter.get(low[:1], ()) if low.startswith(words))
        held = (n for words, n in self._anywhere if any(word in low for word in words))
        return (*begun, *held)


def heads_of(pattern: str) -> Heads | None:
    """Whether a pattern stands only at the beginning, and the texts one of which it begins with; None if unknown."""
    anchored, found = True, []
    for branch in _branches(pattern):
        if leading := _LEADING.match(branch):
            body, anchored = branch[leading.end() :], False
        elif branch.startswith("^"):
            body = branch[1:]
        elif branch.startswith(r"\b"):
            body, anchored = branch[2:], False
        else:
            return None
        found += _heads(body)
    return (anchored, tuple(found)) if found and all(found) else None


def _branches(pattern: str) -> list[str]:
    """The alternatives of a pattern that stand outside any group."""
    depth, start, found, at = 0, 0, [], 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\":
            at += 1
        elif letter == "[":
            at = _class_end(pattern, at)
        elif letter == "|" and not depth:
            found.append(pattern[start:at])
            start = at + 1
        depth += (letter == "(") - (letter == ")")
        at += 1
    return [*found, pattern[start:]]


def _class_end(pattern: str, at: int) -> int:
    at += 2 if pattern[at + 1 : at + 2] in ("]", "^") else 1
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at


def _heads(body: str) -> list[str]:
    opened = _GROUP.match(body)
    if not opened:
        return [_letters(body)]
    end = _group_end(body)
    found = [head for branch in _branches(body[opened.end() : end]) for head in _heads(branch)]
    if body[end + 1 : end + 2] == "{":
        return [""]
    return [*found, *_heads(body[end + 2 :])] if body[end + 1 : end + 2] in ("?", "*") else found


def _group_end(body: str) -> int:
    depth, at = 0, 0
    while at < len(body):
        letter = body[at]
        if letter == "\\":
            at += 1
        elif letter == "[":
            at = _class_end(body, at)
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return at
        at += 1
    return at


def _letters(body: str) -> str:
    """The plain letters that a pattern begins with, in lower case; one that may be absent does not count."""
    found, at = "", 0
    while at < len(body):
        letter, step = body[at], 1
        if letter == "\\":
            letter, step = body[at + 1 : at + 2], 2
            if letter.isalnum():
                break
        elif either := _EITHER_CASE.match(body, at):
            if either[0][1].lower() != either[0][2].lower():
                break
            letter, step = either[0][1], 4
        elif letter in _SPECIAL:
            break
        if body[at + step : at + step + 1] in ("?", "*", "{"):
            break
        found += letter.lower()
        at += step
    return found
