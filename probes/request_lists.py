"""Which system asks DHCP for such a list of options (option 55), where its list is known or one very like it is."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from probes.claims import Claim
from probes.device_files import Knowledge, Names
from probes.evidence import Evidence

# A client of the next version asks for one option more or in one other place; any less alike is another system's.
_ALIKE = 0.86
_LEAST = 8
_SURE = 0.55
Asked = tuple[int, ...]


def asked_claims(found: Sequence[Evidence], known: Knowledge) -> Iterator[Claim]:
    """Weak claims from lists that are no listed one, but closer to one system's than to any other's."""
    listed = _listed(known)
    for evidence in found:
        asked = _numbers(evidence.text)
        if len(asked) < _LEAST or any(asked == one for one, _, _ in listed):
            continue
        ranked = sorted(
            ((alikeness(asked, one), names, maker) for one, names, maker in listed), key=lambda row: -row[0]
        )
        near = [row for row in ranked if row[0] >= _ALIKE]
        if near and len({_means(names, maker) for _, names, maker in near}) == 1:
            yield from _claimed(near[0], evidence)


def alikeness(one: Asked, other: Asked) -> float:
    """From 0 to 1: the lesser of the share of options that both ask for, and of those asked for in one order."""
    either = len({*one, *other})
    if not either:
        return 0.0
    return min(len({*one} & {*other}) / either, _in_order(one, other) / max(len(one), len(other)))


def _in_order(one: Asked, other: Asked) -> int:
    """Length of the longest list of options that both have in the same order."""
    row = [0] * (len(other) + 1)
    for option in one:
        before = row
        row = [0]
        for at, against in enumerate(other):
            row.append(before[at] + 1 if option == against else max(row[at], before[at + 1]))
    return row[-1]


@lru_cache(maxsize=8)
def _listed(known: Knowledge) -> tuple[tuple[Asked, Names, str], ...]:
    lists = ((_numbers(text), names, maker) for (field, text), (names, _, maker) in known.names.items()
             if field == "dhcp.params")  # fmt: skip
    return tuple(row for row in lists if len(row[0]) >= _LEAST)


def _numbers(text: str) -> Asked:
    return tuple(int(word) for word in text.split(",") if word.isdigit())


def _means(names: Names, maker: str) -> tuple[str, str, str]:
    return maker.strip("-"), names.os, names.publisher


def _claimed(near: tuple[float, Names, str], evidence: Evidence) -> Iterator[Claim]:
    alike, names, maker = near
    kind = str(names.kind or "")
    said = (("kind", kind, ""), ("subkind", names.subkind, kind), ("maker", maker.strip("-"), ""), ("os", names.os, ""),
            ("publisher", names.publisher, ""))  # fmt: skip
    for name, value, tie in said:
        if value:
            yield Claim(name, value, _SURE * alike, "dhcp.params alike", evidence.observation, tie)
