"""Nights on which SNMP answers are lost: nothing is taken for whole that is not, nothing is removed or erased."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from agent.config import Config
from agent.report import compose
from baselines.seal import seal
from baselines.vocabulary import Site
from collector import tables as t
from collector.store import Store
from probes.registry import SNMP_TABLES
from probes.transport.guard import Guard, Limits
from probes.transport.snmp import Session, collect
from probes.transport.snmp_credentials import Credential, SnmpBudget
from probes.vocabulary import Outcome, Recording
from tests.collector.nights import School, night
from tests.conftest import ROOT
from tests.lab.large import Large
from tests.lab.netns import inside, run
from tests.lab.throughput import answering_devices

pytestmark = pytest.mark.lab
MODEL = Large(120, "10.71.0.0/22")
SWITCHES = {MODEL.switch_ip(n).replace("10.71.0.", "10.71.0.1"): n for n in (0, *MODEL.switches)}
FIRST = datetime.combine(night(1), datetime.min.time(), UTC) + timedelta(hours=2)


@pytest.fixture(scope="module")
def devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A core and its access switches; gives the agent's namespace."""
    rows = tmp_path_factory.mktemp("loss") / "rows.json"
    rows.write_text(json.dumps({ip: MODEL.rows(n) for ip, n in SWITCHES.items()}))
    responder = [sys.executable, "-m", "tests.lab.serve.many", str(rows), "0"]
    with answering_devices(f"loss{os.getpid()}", responder, tuple(SWITCHES)) as agent:
        yield agent


@contextmanager
def losing(agent: str, percent: int) -> Iterator[None]:
    """So many percent of the questions and of the answers are dropped while the block runs."""
    wire = agent.replace("-agent", "-wire")
    lost = f"numgen random mod 100 < {percent} drop"
    run(*inside(wire, "nft", "add table ip loss; add chain ip loss in { type filter hook input priority 0; }; "
        f"add rule ip loss in udp dport 161 {lost}; add chain ip loss out {{ type filter hook output priority 0; }}; "
        f"add rule ip loss out udp sport 161 {lost}"))  # fmt: skip
    try:
        yield
    finally:
        run(*inside(wire, "nft", "delete table ip loss"))


def asked(agent: str, number: int, seconds: float = 20) -> list[Recording]:
    """Every table of every switch on night N, asked from a process inside the namespace."""
    command = inside(agent, sys.executable, "-m", "tests.night.test_snmp_loss", str(number), str(seconds))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [Recording.model_validate_json(line) for line in done.stdout.splitlines()]


async def ask_all(number: int, seconds: float) -> list[Recording]:
    """What the agent does on a night, with a budget of so many seconds a device."""
    fast = {"per_host_pps": 2000.0, "bound_host_pps": 2000.0, "total_pps": 2000.0}
    guard = Guard(Limits(scopes=("10.71.0.0/24",), **fast), time.monotonic)
    credential = Credential.model_validate({"name": "perf", "version": "v2c", "community": "perf"})
    at = FIRST + timedelta(days=number - 1)

    async def one(ip: str) -> list[Recording]:
        async with Session(guard, ip, credential, SnmpBudget(max_seconds=seconds), time.monotonic) as session:
            return [recording async for recording in collect(session, SNMP_TABLES, "staff", lambda: at)]

    return [recording for found in await asyncio.gather(*map(one, SWITCHES)) for recording in found]


def swept(number: int) -> Recording:
    """The ARP sweep of that night: every switch and host answered."""
    at = FIRST + timedelta(days=number - 1)
    pairs = [[ip, MODEL.switch_mac(n)] for ip, n in SWITCHES.items()] + [[h.ip, h.mac] for h in MODEL.hosts]
    return Recording(
        probe="arp.sweep", target="10.71.0.0/22", vantage="staff", started=at, ended=at, outcome=Outcome.COMPLETE,
        answers=tuple(pairs),
    )  # fmt: skip


def by_walk(recordings: Sequence[Recording]) -> dict[tuple[str, str], Recording]:
    return {(recording.target, recording.probe): recording for recording in recordings}


def rows_of(recording: Recording) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in recording.answers if isinstance(row, list | tuple)}


@pytest.fixture(scope="module")
def nights(devices: str) -> dict[int, list[Recording]]:
    """Night 1 without loss, 2 with 5 %, 3 with 20 %, 4 and 5 with 50 %, 6 without."""
    found = {1: asked(devices, 1)}
    for number, percent, seconds in ((2, 5, 20), (3, 20, 10), (4, 50, 5), (5, 50, 5)):
        with losing(devices, percent):
            found[number] = asked(devices, number, seconds)
    return found | {6: asked(devices, 6)}


def test_every_walk_is_whole_or_says_that_it_is_not(nights: dict[int, list[Recording]]) -> None:
    whole = by_walk(nights[1])
    assert all(recording.outcome is Outcome.COMPLETE for recording in whole.values())
    lost = 0
    for number in range(2, 6):
        for slot, recording in by_walk(nights[number]).items():
            assert rows_of(recording) <= rows_of(whole[slot]), slot
            if recording.outcome is Outcome.COMPLETE:
                assert rows_of(recording) == rows_of(whole[slot]), slot
            else:
                lost += 1
                assert recording.reason
    assert lost, "nothing was lost, so nothing was tested"
    assert len(by_walk(nights[4])) >= len(SWITCHES), "a switch that is silent is said to be silent"


def test_most_walks_are_complete_in_spite_of_five_percent(nights: dict[int, list[Recording]]) -> None:
    walks = nights[2]
    assert sum(recording.outcome is Outcome.COMPLETE for recording in walks) >= 0.99 * len(walks)


def test_a_register_that_is_told_of_these_nights_loses_nothing(
    nights: dict[int, list[Recording]], tmp_path: Path
) -> None:
    config = Config(site=Site(id="ashfield", name="Ashfield School", phase="secondary"))
    store = Store(str(tmp_path / "collector.db"))
    school = School(store)
    looks = []
    try:
        for number, recordings in nights.items():
            made = compose([swept(number), *recordings], config, ("10.71.0.0/22",), "any", ())
            assert school.send(seal(made, school.key("staff"), number, "")).receipt.applied
            looks.append(entries(store))
        with store.reading() as connection:
            changes = connection.execute(select(t.change.c.kind, t.change.c.subject, t.change.c.night)).all()
    finally:
        store.close()
    assert [tuple(row) for row in changes] == []
    assert all(look == looks[0] for look in looks[1:])
    assert sum(entry["kind"] == "switch" for entry in looks[0].values()) == len(SWITCHES)


def entries(store: Store) -> dict[str, dict[str, Any]]:
    """What the register knows of each thing, without the dates."""
    kept = ("state", "kind", "maker", "model", "serial", "os", "version", "hostname", "on_name", "port")
    with store.reading() as connection:
        rows = connection.execute(select(t.entry).where(t.entry.c.merged_into.is_(None))).mappings().all()
    return {row["entry"]: {name: row[name] for name in kept} for row in rows}


if __name__ == "__main__":
    for kept in asyncio.run(ask_all(int(sys.argv[1]), float(sys.argv[2]))):
        print(kept.model_dump_json())
