"""Small sealed reports for the tests of spool and delivery."""

from datetime import UTC, date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from baselines.seal import seal
from baselines.vocabulary import AgentInfo, Report, Site, Versions

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def unsealed(note: str = "") -> Report:
    """A small report without its seal."""
    moment = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    return Report(
        site=Site(id="ashfield", name=f"Ashfield School{note}", phase="secondary"),
        agent=AgentInfo(id="agent-1", name="pi", vantage="staff"),
        scopes=("10.20.0.0/22",),
        night=date(2026, 11, 24),
        started=moment,
        ended=moment,
        versions=Versions(caretaker="0", python="3"),
    )


def sealed(sequence: int, previous: str = "", note: str = "") -> Report:
    """A report with this number, chained to `previous`."""
    return seal(unsealed(note), KEY, sequence, previous)
