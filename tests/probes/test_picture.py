"""The fold: recordings in, one picture out, the same every time."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace

from probes.errors import Undecodable
from probes.picture import Decode, picture
from probes.seen import DhcpServer, FilterAnswer, LineSample, Seen
from probes.vocabulary import Observation, Outcome, Recording
from tests.probes.sightings_school import AT, school

ON = date(2026, 9, 3)


def recorded(
    observations: list[Observation], outcome: Outcome = Outcome.COMPLETE
) -> tuple[list[Recording], dict[str, Decode]]:
    """Recordings whose answers number the observations, and decoders that give them back."""
    table = dict(enumerate(observations))

    def decode(recording: Recording) -> Iterator[Seen]:
        return (table[n].seen for n in recording.answers)

    recordings = [
        Recording(
            probe=o.probe, target=o.target, vantage=o.vantage, started=AT, ended=o.at, outcome=outcome, answers=(n,)
        )
        for n, o in table.items()
    ]
    return recordings, dict.fromkeys((o.probe for o in observations), decode)


def test_the_picture_is_byte_identical_twice_and_in_any_order() -> None:
    recordings, decoders = recorded(school())
    expected = picture(recordings, decoders, ON).model_dump_json()
    for seed in range(3):
        random.Random(seed).shuffle(recordings)
        assert picture(recordings, decoders, ON).model_dump_json() == expected


def test_a_recording_that_cannot_be_decoded_is_coverage_and_takes_nothing_with_it() -> None:
    def broken(recording: Recording) -> Iterator[Seen]:
        yield LineSample("trust")
        raise Undecodable("the answer ends in the middle of a row")

    recordings, decoders = recorded(school())
    bad = Recording(
        probe="bad", target="10.20.0.9", vantage="staff", started=AT, ended=AT, outcome=Outcome.COMPLETE, answers=(1,)
    )
    lost = bad.model_copy(update={"probe": "nobody"})
    found = picture([*recordings, bad, lost], decoders | {"bad": broken}, ON)
    outcomes = {c.probe: (c.outcome, c.reason) for c in found.coverage if c.probe in ("bad", "nobody")}
    assert outcomes["bad"] == (Outcome.GARBLED, "the answer ends in the middle of a row")
    assert outcomes["nobody"] == (Outcome.SKIPPED, "no decoder for nobody")
    assert len(found.assets) == 12
    assert [m.endpoint for m in found.line] == ["trust"]


def test_partial_recordings_lower_confidence_and_show_as_blind_spots() -> None:
    recordings, decoders = recorded(school(), Outcome.PARTIAL)
    found = picture(recordings, decoders, ON)
    core = next(a for a in found.assets if a.hostname == "sw-core")
    assert core.why["hostname"].confidence <= 0.5
    assert any(spot.kind == "partial" for spot in found.blind_spots)


def test_measurements_of_the_site_are_carried_over() -> None:
    at = datetime(2026, 9, 3, 3, tzinfo=UTC)
    seen = [
        Observation("broadband", "self", "staff", at, LineSample("trust", "main", down_mbps=940.0)),
        Observation(
            "filter", "10.20.0.10", "staff", at, FilterAnswer("10.20.0.10", "x.example", "test", "blocked", "blocked")
        ),
        Observation("dhcp.ask", "self", "staff", at, DhcpServer("10.20.0.10", "00:1b:21:00:00:10", "10.20.0.1")),
        Observation("dhcp.ask", "self", "staff", at, DhcpServer("10.20.0.66", "00:1b:21:00:00:66", "10.20.0.66")),
    ]
    recordings, decoders = recorded(seen)
    found = picture(recordings, decoders, ON, site=SimpleNamespace(dhcp_servers=("10.20.0.10",)))
    assert found.line[0].down_mbps == 940.0
    assert found.filtering[0].verdict == "blocked"
    assert [(o.server, o.authorised) for o in found.dhcp] == [("10.20.0.10", True), ("10.20.0.66", False)]
    assert [o.authorised for o in picture(recordings, decoders, ON).dhcp] == [None, None]
