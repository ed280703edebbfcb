"""The recorded night, which the demo replays where no namespaces can be made, is understood as a live one is."""

from agent.recordings import read_recordings
from agent.report import compose
from baselines.standards import load_standards
from tests.lab.compare import compare
from tests.lab.record import KEPT
from tests.lab.school import school


def test_the_recorded_night_still_gives_the_school_it_was_recorded_of() -> None:
    header, recordings = read_recordings(KEPT)
    report = compose(recordings, header.config, header.scopes, "replay", load_standards())
    # The two devices that attack whoever reads them are not in the demo's school.
    truth = school(1).truth()
    truth["hosts"] = [host for host in truth["hosts"] if host["hostname"] not in ("loop-240", "words-241")]
    found = compare(report.model_dump(mode="json"), truth)
    assert (found.missing, found.twice) == ([], [])
    assert found.kinds_right() >= 0.95
    assert found.ports_right() >= 0.95
    assert not found.links


def test_the_recorded_night_holds_no_secret_and_no_path_of_a_machine() -> None:
    header, recordings = read_recordings(KEPT)
    words = header.model_dump_json() + "".join(recording.model_dump_json() for recording in recordings)
    assert not [canary for canary in school(1).truth()["canaries"] if canary in words]
    assert str(header.config.agent.state_dir) == "/var/lib/caretaker"
