"""The real agent and the real collector, both killed at random while they deliver: nothing lost, nothing twice."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from collector import tables
from collector.rebuild import apply_waiting
from collector.settings import Settings
from collector.sites import add_site
from collector.store import Store
from tests.collector.nights import NOW
from tests.collector.test_delivery import Killed
from tests.conftest import ROOT

KILLS = int(os.environ.get("CARETAKER_KILLS", "8"))

# Keeps one report after another and delivers what waits, until it is killed. It says a number once that is durable.
AGENT = """
import sys
from pathlib import Path
from agent.deliver import deliver
from agent.nightly import keep
from agent.spool import Spool
from agent.state import State
from tests.agent.reports import unsealed

state = State(Path(sys.argv[1]))
while True:
    print(keep(unsealed(), state).seal.sequence, flush=True)
    deliver(Spool(state.spool), sys.argv[2], sys.argv[3], pause=lambda seconds: None, tries=1)
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_kill_9_of_agent_and_collector_loses_nothing_and_stores_nothing_twice(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'collector.db'}"
    with closing(Store(database)) as store:
        token = add_site(store, Settings(tenant="school"), "ashfield", "", "pi", NOW)
        with closing(Killed(tmp_path, database)) as server:
            said = kill_at_random(tmp_path, server, token)
        # What the last kill left stored and not yet in the register, as the collector does when it starts.
        assert apply_waiting(store, "school", "ashfield").failed == 0
        check(store, said)


def kill_at_random(folder: Path, server: Killed, token: str) -> list[int]:
    """The numbers of the reports that the agent said were durable."""
    dice = random.Random(3)
    said: list[int] = []
    server.start()
    for number in range(KILLS):
        with start_agent(folder, server.port, token) as agent:
            # One in four is killed while it starts, the others while they keep and deliver.
            said += [] if number % 4 == 3 else heard(agent, 2)
            time.sleep(dice.uniform(0, 1.1))
            if number % 2:
                server.kill()
                server.start()
                time.sleep(dice.uniform(0, 0.3))
            os.kill(agent.pid, signal.SIGKILL)
            said += [int(line) for line in agent.communicate()[0].split()]
    server.wait()
    with start_agent(folder, server.port, token) as last:
        # When it keeps its second report it has delivered all that waited when it kept its first.
        said += heard(last, 2)[:1]
        os.kill(last.pid, signal.SIGKILL)
        last.communicate()
    server.kill()
    return said


def heard(agent: "subprocess.Popen[str]", count: int) -> list[int]:
    """The next numbers that an agent says."""
    assert agent.stdout is not None
    return [int(agent.stdout.readline()) for _ in range(count)]


def start_agent(folder: Path, port: int, token: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", AGENT, str(folder / "state"), f"http://127.0.0.1:{port}", token]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def check(store: Store, said: list[int]) -> None:
    """Every number the agent said was durable is stored once, and the chain has no gap and no fork."""
    with store.reading() as connection:
        rows = connection.execute(select(tables.raw_report).order_by(tables.raw_report.c.sequence)).all()
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        assert connection.scalar(select(func.count()).select_from(tables.raw_report)) == len(rows)
    stored = [row.sequence for row in rows]
    print(f"{KILLS} kills of the agent, {KILLS // 2} of the collector: {len(said)} reports kept, {len(stored)} stored")
    assert len(said) >= KILLS
    assert len(said) == len(set(said))
    assert not set(said) - set(stored)
    assert stored == list(range(1, len(stored) + 1))
    assert {row.state for row in rows} == {"applied"}
