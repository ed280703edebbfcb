"""What a night says of itself on a terminal."""

from agent.summary import WORST_SHOWN, summarise
from baselines.vocabulary import Finding
from probes.vocabulary import BlindSpot
from tests.agent.reports import unsealed
from tests.collector.nights import finding


def failing(number: int, severity: str) -> Finding:
    return finding(f"cyber.{number:02}", "site", "not-met-now", severity=severity, sentence=f"Failing {number}.")


def test_a_short_night_is_told_whole() -> None:
    report = unsealed().model_copy(update={"findings": (failing(1, "low"), failing(2, "high"))})
    lines = list(summarise(report))
    assert lines[0].startswith("Ashfield School, night of 24 November 2026, from staff: 0 min 0 s")
    assert lines[-3:] == ["Not met, due now (2):", "  Failing 2.  [cyber.02]", "  Failing 1.  [cyber.01]"]


def test_what_is_too_much_for_a_terminal_is_counted() -> None:
    spots = tuple(BlindSpot(kind="k", subject=str(n), sentence=f"Spot {n}.", closes_with="Look.") for n in range(30))
    found = tuple(failing(n, "high") for n in range(20))
    report = unsealed().model_copy(update={"findings": found, "blind_spots": spots})
    lines = list(summarise(report))
    assert f"  and {20 - WORST_SHOWN} more in the report" in lines
    assert lines[-1] == f"  and {30 - WORST_SHOWN} more in the report"
    assert len(lines) < 3 * WORST_SHOWN
