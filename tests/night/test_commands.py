"""What others script against: exit codes, one sentence on bad input, replay, verify."""

import gzip
import json
from pathlib import Path

import jsonschema
import pytest

from baselines.vocabulary import Report
from probes.vocabulary import Outcome
from tests.conftest import ROOT
from tests.night.conftest import Nights
from tests.night.running import CARETAKER, Ran, run


def caretaker(*arguments: str | Path) -> Ran:
    return run([str(CARETAKER), *map(str, arguments)], timeout=60)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["audit"], "No scope was named"),
        (["audit", "--scope", "8.8.8.0/24"], "public range"),
        (["audit", "--scope", "10.0.0.0/8", "--yes"], "16,777,216 addresses"),
        (["audit", "--scope", "10.0.0.0/18"], "add --yes"),
        (["audit", "--config", "no-such.toml"], "cannot be read"),
        (["replay", "no-such.jsonl.gz"], "does not exist"),
        (["verify", "no-such.json"], "cannot be read"),
        (["install", "--role", "cook", "--root", "nowhere"], "is no role"),
    ],
)
def test_bad_input_exits_2_with_one_sentence(arguments: list[str], words: str) -> None:
    ran = caretaker(*arguments)
    assert ran.code == 2
    assert words in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert not ran.out


@pytest.mark.lab
@pytest.mark.timeout(600)
def test_a_night_that_must_stop_early_exits_3_and_still_reports(nights: Nights) -> None:
    ran, report = nights.stopped, nights.stopped_report
    assert ran is not None
    assert report is not None
    assert ran.code == 3, ran.err
    assert ran.wall_s < 26
    assert report.stopped_early
    assert "had to stop before its work was done" in ran.err.strip().splitlines()[-1]
    skipped = [c for c in report.coverage if c.outcome is Outcome.SKIPPED and c.probe.startswith("night: ")]
    assert skipped
    assert report.assets


@pytest.mark.lab
@pytest.mark.timeout(600)
def test_a_night_on_the_backup_line_says_so(nights: Nights) -> None:
    assert nights.stopped_report is not None
    assert [measure.route for measure in nights.reports[0].line] == ["main"]
    assert [measure.route for measure in nights.stopped_report.line] == ["backup"]
    assert (nights.stopped_report.line[0].down_mbps or 0) < 60


@pytest.mark.lab
@pytest.mark.timeout(600)
def test_the_report_keeps_to_its_published_schema(nights: Nights) -> None:
    schema = json.loads((ROOT / "docs/report.schema.json").read_text())
    jsonschema.validate(json.loads((nights.folder / "report-1.json").read_text()), schema)


@pytest.mark.lab
@pytest.mark.timeout(600)
def test_a_replay_of_the_recordings_gives_the_same_report(nights: Nights, tmp_path: Path) -> None:
    recordings = sorted((nights.folder / "lab/state/recordings").glob("*.jsonl.gz"))[0]
    again = tmp_path / "again.json"
    assert caretaker("replay", recordings, "--report", again).code == 0
    first, second = (json.loads(path.read_text()) for path in (nights.folder / "report-1.json", again))
    for report in (first, second):
        report.pop("seal")
        report["agent"].pop("id")
    assert first == second


@pytest.mark.lab
@pytest.mark.timeout(600)
def test_verify_accepts_a_sealed_report_and_names_a_changed_one(nights: Nights, tmp_path: Path) -> None:
    spooled = sorted((nights.folder / "lab/state/spool/waiting").glob("*.json.gz"))
    assert len(spooled) == 3
    ran = caretaker("verify", spooled[0])
    assert ran.code == 0
    assert "unchanged since it was sealed" in ran.out
    changed = tmp_path / "changed.json"
    changed.write_bytes(gzip.decompress(spooled[0].read_bytes()).replace(b"Ashfield School", b"Ashfield Schoal", 1))
    refused = caretaker("verify", changed)
    assert refused.code == 2
    assert "changed after it was sealed" in refused.err


@pytest.mark.lab
@pytest.mark.timeout(600)
def test_the_reports_are_chained_one_to_the_next(nights: Nights) -> None:
    spooled = sorted((nights.folder / "lab/state/spool/waiting").glob("*.json.gz"))
    seals = [Report.model_validate_json(gzip.decompress(path.read_bytes())).seal for path in spooled]
    assert [seal.sequence for seal in seals if seal] == [1, 2, 3]
    assert [seal.previous for seal in seals if seal][1:] == [seal.sha256 for seal in seals if seal][:-1]
