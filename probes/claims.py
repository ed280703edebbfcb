"""Claims about what a thing is, and how several of them become one value with a reason."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from probes.facts import why
from probes.vocabulary import Observation, Why

# Below this nothing is said: unknown rather than a guess.
ENOUGH = 0.3
_BELIEVED = 0.6


@dataclass(frozen=True, slots=True)
class Claim:
    """One value for one field of an identity, from one source, and how sure that source is.

    `tie` is what the claim depends on: the kind of a subkind, the maker of a model, the system of a version.
    """

    field: str
    value: str
    confidence: float
    source: str
    observation: Observation
    tie: str = ""

    def holding(self, value: str, tie: str) -> "Claim":
        """The same claim with another value and dependence."""
        return self if (value, tie) == (self.value, self.tie) else replace(self, value=value, tie=tie)


def heaviest(claims: Sequence[Claim], weigh: Callable[[Observation], float]) -> tuple[str, Why] | None:
    """The value with most weight and its reason, or None when no value has enough. Runners-up are in `also`.

    Sources that agree strengthen each other; two rules over the same text do not. A contradiction lowers confidence.
    """
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(_plain(claim.value), []).append(claim)
    ranked = sorted(
        ((_weight(held, weigh), plain, _best(held, weigh)) for plain, held in groups.items()),
        key=lambda row: (-row[0], -len(row[1]), row[1]),
    )
    if not ranked or ranked[0][0] < ENOUGH:
        return None
    weight, plain, best = _fuller(ranked)
    others = [row for row in ranked[1:] if row[1] not in plain and plain not in row[1]]
    doubt = 0.4 * others[0][0] if others else 0.0
    also = [f"{row[2].value} ({row[2].observation.probe}, {row[2].source})" for row in ranked[1:6]]
    seen_whole = max(weigh(claim.observation) for claim in groups[plain])
    return best.value, why(best.observation, min(weight, 0.99, seen_whole) * (1 - doubt), also)


def _fuller(ranked: Sequence[tuple[float, str, Claim]]) -> tuple[float, str, Claim]:
    """The heaviest; of a model number and the same with more words, the fuller when it is believed too."""
    weight, plain, best = ranked[0]
    fuller = [row for row in ranked[1:] if row[1].startswith(plain) and row[0] >= _BELIEVED]
    return (weight, fuller[0][1], fuller[0][2]) if fuller and best.field == "model" else ranked[0]


def _plain(value: str) -> str:
    return re.sub(r"[\W_]+", "", value.lower()) or value


def _best(held: Sequence[Claim], weigh: Callable[[Observation], float]) -> Claim:
    return max(held, key=lambda c: (c.confidence * weigh(c.observation), c.value, c.source))


def _weight(held: Sequence[Claim], weigh: Callable[[Observation], float]) -> float:
    by_source: dict[str, float] = {}
    for claim in held:
        by_source[claim.source] = max(by_source.get(claim.source, 0.0), claim.confidence * weigh(claim.observation))
    missing = 1.0
    for confidence in by_source.values():
        missing *= 1 - confidence
    return 1 - missing
