"""Recorded devices served again by snmpsim: both backends bring home what the recording holds."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from probes.transport.snmp import Backend, Session, Walk
from probes.transport.snmp_credentials import SnmpBudget
from probes.vocabulary import Outcome
from probes.wire import bridge, cdp, entity, interfaces, lldp
from probes.wire.rows import Rows
from tests.probes.transport.snmp_agents import community, fast_guard, snmpsim

TABLES = (*interfaces.TABLES, *lldp.TABLES, *entity.TABLES, *bridge.TABLES, *cdp.TABLES)
DEVICES = ("d0006", "d0027", "d0084", "d0785")
pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def simulated(corpus: Path) -> Iterator[int]:
    """snmpsim drops to an ordinary account, so the folder must be open to it."""
    folder = Path(tempfile.mkdtemp(prefix="caretaker-snmpsim-"))
    try:
        for name in DEVICES:
            shutil.copyfile(corpus / "devices" / f"{name}.snmprec", folder / f"{name}.snmprec")
        (folder / "cache").mkdir()
        folder.chmod(0o755)
        (folder / "cache").chmod(0o777)
        with snmpsim(folder) as port:
            yield port
    finally:
        shutil.rmtree(folder)


async def walk(port: int, device: str, backend: Backend) -> Walk:
    columns = tuple(dict.fromkeys(column for table in TABLES for column in table.columns))
    budget = SnmpBudget(first_timeout=3, longest_timeout=8)
    made = Session(fast_guard(), "127.0.0.1", community(device), budget, time.monotonic, port, backend=backend)
    async with made as session:
        return await session.walk(columns)


@pytest.mark.parametrize("device", DEVICES)
def test_a_recorded_device_is_walked_the_same_by_both_backends_and_as_recorded(
    simulated: int, corpus: Path, device: str
) -> None:
    own, judge = (asyncio.run(walk(simulated, device, backend)) for backend in ("own", "pysnmp"))
    assert own.outcome is judge.outcome is Outcome.COMPLETE
    assert own.rows == judge.rows
    recorded = Rows.from_snmprec(corpus / "devices" / f"{device}.snmprec")
    walked = Rows(own.rows)
    for table in TABLES:
        assert list(table.decode(walked)) == list(table.decode(recorded))
    assert len(own.rows) > 100
