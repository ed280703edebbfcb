"""What the measures read offline is what a night would have been told on the wire."""

import asyncio
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.measuring_dumps import Dump, dumps_in
from probes.device_files import maker_oids
from probes.registry import DECODERS, SNMP_TABLES
from probes.seen import Seen, SnmpAccess, System
from probes.transport.snmp import Session, collect
from probes.transport.snmp_credentials import SnmpBudget
from probes.vocabulary import Outcome, Recording
from probes.wire import maker_values
from probes.wire.rows import Table
from tests.lab.serve.snmp import recorded_rows
from tests.probes.transport.snmp_agents import agent, community, fast_guard, holding

pytestmark = pytest.mark.corpus
WORD, EVERY = "canary-community", 32


async def asked(path: Path) -> list[Recording]:
    """What a night brings home from a device that answers as it was recorded."""
    async with agent(holding({WORD: recorded_rows(path)})) as device:
        made = Session(fast_guard(), "127.0.0.1", community(WORD), SnmpBudget(), time.monotonic, device.port)
        async with made as session:
            found = await brought(session, SNMP_TABLES)
            number = next((s.object_id for _, s in said(found) if isinstance(s, System)), "")
            own = maker_values.table(maker_oids(number).items())
            more = await brought(session, (own,))
    return [*found, *(one for one in more if one.probe == maker_values.NAME)]


async def brought(session: Session, tables: Iterable[Table]) -> list[Recording]:
    return [one async for one in collect(session, tables, "staff", lambda: datetime(2026, 1, 1, tzinfo=UTC))]


def said(recordings: Iterable[Recording]) -> list[tuple[str, Seen]]:
    return [(one.probe, seen) for one in recordings for seen in DECODERS[one.probe](one)]


def test_recorded_devices_say_on_the_wire_what_the_measure_reads(corpus: Path) -> None:
    alone = [one for one in dumps_in(corpus) if not list(one.path.parent.glob(f"{one.path.stem}@*"))]
    sample = [one for one in alone if any(isinstance(seen, System) for _, seen in one.seen)][::EVERY]
    assert len(sample) > 20
    own = 0
    for dump in sample:
        recordings = asyncio.run(asked(dump.path))
        # One that is recorded without its VLANs' contexts is silent there.
        assert {one.outcome for one in recordings if one.probe != "snmp.fdb"} == {Outcome.COMPLETE}, dump.path.name
        wire = [(probe, seen) for probe, seen in said(recordings) if not isinstance(seen, SnmpAccess)]
        assert sorted(map(repr, wire)) == sorted(map(repr, dump.seen)), dump.path.name
        own += any(probe == maker_values.NAME for probe, _ in wire)
    assert own > len(sample) / 4


def test_a_device_without_a_system_group_is_asked_what_gives_it_away(tmp_path: Path) -> None:
    path = tmp_path / "d.snmprec"
    path.write_text("1.3.6.1.4.1.12356.101.4.1.1.0|4|FGT60E4Q16000000\n")
    values = [seen for probe, seen in said(asyncio.run(asked(path))) if probe == maker_values.NAME]
    assert values == [seen for probe, seen in Dump(path).seen if probe == maker_values.NAME] != []
