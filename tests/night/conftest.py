"""One virtual school, walked for three nights by the real agent: night 1, then the planted changes, then once more."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from baselines.vocabulary import Report
from tests.lab.build import Lab
from tests.lab.school import school
from tests.night.running import Ran, run_in


@dataclass
class Nights:
    """What the three nights left behind."""

    folder: Path
    truths: list[dict[str, Any]] = field(default_factory=list)
    ran: list[Ran] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    counters: dict[str, dict[str, int]] = field(default_factory=dict)
    printed: dict[str, int] = field(default_factory=dict)
    pcap: Path = Path()
    stopped: Ran | None = None
    stopped_report: Report | None = None


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """Three nights, walked once for all tests of this folder; the school is gone before the tests look."""
    folder = tmp_path_factory.mktemp("school")
    made = Nights(folder)
    with Lab.up(school(1), folder / "lab", f"tn{os.getpid() % 10000}") as lab:
        shorten_listening(lab)
        made.pcap = folder / "night.pcap"
        dump = lab.capture(made.pcap)
        walk(lab, made, 1)
        lab.release(dump)
        for number in (2, 3):
            lab.apply(school(number))
            shorten_listening(lab)
            walk(lab, made, number)
        stop_early(lab, made)
        made.counters, made.printed = lab.counters(), lab.printed_bytes()
    yield made
    shutil.rmtree(folder, ignore_errors=True)


def stop_early(lab: Lab, made: Nights) -> None:
    """A night with the main broadband line cut, whose hard stop comes after nine seconds."""
    lab.cut_main_line()
    config, path = made.folder / "short.toml", made.folder / "report-short.json"
    words = lab.config.read_text("utf-8").replace("[agent]", "[agent]\nmax_minutes = 0.15")
    config.write_text(words.replace(str(lab.directory / "state"), str(made.folder / "short-state")), "utf-8")
    arguments = ["audit", "--config", config, "--credentials", lab.credentials, "--report", path]
    made.stopped = run_in(lab.agent_namespace, arguments)
    lab.mend_main_line()
    made.stopped_report = Report.model_validate_json(path.read_bytes())


def shorten_listening(lab: Lab) -> None:
    """The virtual switches send LLDP every few seconds; a real night listens for 35 s."""
    words = lab.config.read_text("utf-8")
    lab.config.write_text(words.replace("listen_seconds = 35", "listen_seconds = 8"), "utf-8")


def walk(lab: Lab, made: Nights, number: int) -> None:
    """One audit, as a person would run it."""
    path = made.folder / f"report-{number}.json"
    arguments = ["audit", "--config", lab.config, "--credentials", lab.credentials, "--report", path]
    made.ran.append(run_in(lab.agent_namespace, arguments))
    made.truths.append(json.loads(lab.truth.read_text()))
    assert made.ran[-1].code == 0, made.ran[-1].err[-2000:]
    made.reports.append(Report.model_validate_json(path.read_bytes()))
