"""A whole night of damaged recordings is still understood, judged and written as a report."""

import gzip
import json
import os
import random
from functools import cache

import pytest

from agent.config import Config
from agent.report import compose
from baselines.standards import load_standards
from baselines.vocabulary import Report
from probes.vocabulary import Recording
from tests.conftest import ROOT
from tests.probes.test_decoder_fuzz import damage

NIGHTS = int(os.environ.get("CARETAKER_DAMAGED_NIGHTS", "20"))


@cache
def night() -> tuple[dict[str, object], list[Recording]]:
    """The head and the recordings of the virtual school's recorded night."""
    with gzip.open(ROOT / "tests/lab/recorded/night.jsonl.gz", "rt") as lines:
        return json.loads(next(lines)), [Recording.model_validate_json(line) for line in lines]


def damaged(recordings: list[Recording], chance: random.Random) -> list[Recording]:
    """The same with a twentieth, a third or all of the recordings damaged in one to three places."""
    share, found = chance.choice((0.05, 0.3, 1.0)), []
    for one in recordings:
        answers = list(one.answers)
        if answers and chance.random() < share:
            for _ in range(chance.randrange(1, 4)):
                answers = damage(answers, chance)
        found.append(one.model_copy(update={"answers": tuple(answers) if isinstance(answers, list) else (answers,)}))
    return found


@pytest.mark.parametrize("number", range(NIGHTS))
def test_a_damaged_night_still_gives_a_report_that_reads_back(number: int) -> None:
    head, recordings = night()
    config, scopes = Config.model_validate(head["config"]), head["scopes"]
    assert isinstance(scopes, list)
    report = compose(damaged(recordings, random.Random(number)), config, scopes, "agent-x", load_standards())
    assert report.assets
    assert Report.model_validate_json(report.model_dump_json(by_alias=True)) == report
