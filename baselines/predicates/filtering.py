"""Filtering as names looked up from this agent's vantage: what was blocked, what was not, what must stay reachable."""

from collections.abc import Iterator, Sequence

from baselines.judgement import Judgement, Says
from baselines.reading import counted, listed, setting
from baselines.vocabulary import Clause, Evidence, Night
from probes.vocabulary import FilterCheck

_GOOD = {"blocked": ("blocked",), "safe-search": ("safe-search", "blocked"), "allowed": ("allowed", "safe-search")}
_BAD = {"blocked": ("allowed", "unsafe"), "safe-search": ("allowed", "unsafe"), "allowed": ("blocked",)}
_SAYS = {
    "blocked": ("were not blocked", "all blocked"),
    "safe-search": ("were answered without safe search", "all turned to safe search"),
    "allowed": ("were blocked although the school needs them", "all reached"),
}


def names_answered(night: Night, clause: Clause) -> Iterator[Judgement]:
    """Test names of one expectation (`expected`), all or those whose category holds one of `categories`."""
    expected = str(setting(clause, "expected", "blocked"))
    checks = _chosen(night, expected, setting(clause, "categories", []), setting(clause, "without", []))
    wrong = [c for c in checks if c.verdict in _BAD[expected]]
    right = [c for c in checks if c.verdict in _GOOD[expected]]
    bad, good = _SAYS[expected]
    where = f"From the {night.vantage} network"
    if wrong:
        names = sorted({c.name for c in wrong})
        text = f"{where}, {listed(names)} {bad if len(names) > 1 else bad.replace('were', 'was', 1)}."
        yield Judgement(Says.FAILS, text, condition="+".join(names[:4]), evidence=_shown(wrong))
    elif not checks:
        yield Judgement(Says.SILENT, f"{where}, no such test name was looked up this night.")
    elif len(right) < len(checks):
        unclear = next(c for c in checks if c.verdict not in _GOOD[expected])
        why = f": {unclear.reason}" if unclear.reason else ""
        text = f"{where}, what became of {unclear.name} could not be told{why}."
        yield Judgement(Says.SILENT, text, evidence=_shown(checks))
    else:
        text = f"{where}, {counted(len(checks), 'test name')} looked up: {good}."
        yield Judgement(Says.HOLDS, text, evidence=_shown(checks))


def _chosen(night: Night, expected: str, holding: Sequence[str], without: Sequence[str]) -> list[FilterCheck]:
    def fits(category: str) -> bool:
        words = category.lower()
        return (not holding or any(w in words for w in holding)) and not any(w in words for w in without)

    return [c for c in night.filtering if c.expected == expected and fits(c.category)]


def _shown(checks: Sequence[FilterCheck]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(what=c.name, value=c.verdict, source="dns.filter", target=c.resolver, vantage=c.vantage, at=c.at)
        for c in checks[:8]
    )


def checks_made(night: Night, _: Clause) -> Iterator[Judgement]:
    """That filter tests ran from this vantage; other networks and user groups need an agent or a person."""
    done = [c for c in night.filtering if c.verdict != "unknown"]
    if done:
        ran = f"{counted(len(done), 'filter test')} ran from the {night.vantage} network this night"
        text = f"{ran}; other networks need their own."
        yield Judgement(Says.PERSON, text, evidence=_shown(done))
    else:
        yield Judgement(Says.SILENT, f"No filter test ran from the {night.vantage} network this night.")


def from_wireless(night: Night, clause: Clause) -> Iterator[Judgement]:
    """The block tests, where this agent stands on a guest or wireless network."""
    if any(
        word in night.vantage.lower() for word in setting(clause, "vantages", ["guest", "wifi", "wireless", "byod"])
    ):
        yield from names_answered(night, clause)
    else:
        yield Judgement(Says.SILENT, f"This agent stands on the {night.vantage} network, not on Wi-Fi.")
