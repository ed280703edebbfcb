"""A school of a thousand hosts on a /20: every one found, none twice, each on its port, in bounded time."""

import os
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from agent.measuring_discovery import HOSTS, KINDS, ONCE, PORTS, discovery_marks
from agent.measuring_marks import tally
from baselines.vocabulary import Report
from probes.picture import picture
from probes.registry import DECODERS, SNMP_TABLES
from probes.vocabulary import Outcome, Recording
from tests.lab.large import Large
from tests.lab.scale import Cost, audit, large_lab

MODEL = Large(1000, "10.60.0.0/20")
AT = datetime(2026, 9, 7, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cost, Report]:
    """One night on that network, at two thousand packets a second."""
    folder: Path = tmp_path_factory.mktemp("large")
    with large_lab(MODEL, folder, f"large{os.getpid()}") as agent:
        return audit(MODEL, agent, folder, pps=2000)


@pytest.mark.lab
@pytest.mark.slow
def test_every_one_of_a_thousand_hosts_is_found_once_on_its_port(walked: tuple[Cost, Report]) -> None:
    cost, report = walked
    marks = discovery_marks(report.assets, MODEL.truth()["hosts"])
    assert [mark for mark in marks if mark.verdict != "right"] == []
    counted = {column: tally(m for m in marks if m.column == column).right for column in (HOSTS, ONCE, PORTS, KINDS)}
    assert counted == {HOSTS: 1022, ONCE: 1022, PORTS: 1000, KINDS: 22}
    assert len(report.assets) == 1022 + 1  # the agent's own host
    assert not report.stopped_early
    assert cost.wall_s < 120


@pytest.mark.lab
@pytest.mark.slow
def test_every_cable_between_its_switches_is_a_link(walked: tuple[Cost, Report]) -> None:
    names = {asset.id: asset.hostname for asset in walked[1].assets}
    found = {frozenset({(names[end.asset], end.port) for end in (link.a, link.b)}) for link in walked[1].links}
    wanted = {frozenset({("sw-core", str(n)), (MODEL.switch_name(n), "49")}) for n in MODEL.switches}
    assert wanted <= found


def recordings(model: Large) -> list[Recording]:
    """A whole night's sweep and SNMP tables of this network, without a packet."""

    def recorded(probe: str, target: str, answers: list[list[str]]) -> Recording:
        return Recording(
            probe=probe, target=target, vantage="staff", started=AT, ended=AT, outcome=Outcome.COMPLETE,
            answers=tuple(answers),
        )  # fmt: skip

    switches = (0, *model.switches)
    pairs = [[host.ip, host.mac] for host in model.hosts] + [
        [model.switch_ip(n), model.switch_mac(n)] for n in switches
    ]
    found = [recorded("arp.sweep", model.network, pairs)]
    for number in switches:
        rows = model.rows(number)
        for table in SNMP_TABLES:
            below = tuple(f"{column}." for column in table.columns)
            answers = [list(row) for row in rows if f"{row[0]}.".startswith(below)]
            found.append(recorded(table.name, model.switch_ip(number), answers))
    return found


def test_understanding_grows_with_the_answers_and_not_with_their_square() -> None:
    seconds, rows = [], []
    for model in (Large(500, "10.60.0.0/20", 8), MODEL):
        night = recordings(model)
        began = time.process_time()
        made = picture(night, DECODERS, date(2026, 9, 7), scopes=(model.network,))
        seconds.append(time.process_time() - began)
        rows.append(sum(len(recording.answers) for recording in night))
        assert len(made.assets) == model.count + len(model.switches) + 2  # the core, and the agent that it learned
    assert seconds[1] < 3, "a thousand hosts take longer than three seconds of one core"
    assert seconds[1] / seconds[0] < 2 * rows[1] / rows[0]
