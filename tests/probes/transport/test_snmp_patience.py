"""How a walk fits itself to one device: how long it waits, how much it asks for, and what silence costs."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from probes.registry import SNMP_TABLES
from probes.transport.snmp import Session, Walk, collect
from probes.transport.snmp_credentials import Credential, SnmpBudget
from probes.vocabulary import Outcome
from tests.lab.big_switch import OBJECTS, big_switch
from tests.probes.transport.snmp_agents import (
    Agent,
    Asked,
    Lie,
    agent,
    community,
    fast_guard,
    holding,
    read_request,
    reply,
    user,
)
from tests.timing import TRIES

TABLE = "1.3.6.1.2.1.2.2.1"
NAME = "1.3.6.1.2.1.1.5.0"
WORD = "canary-community"


def session_with(port: int, budget: SnmpBudget | None = None, credential: Credential | None = None) -> Session:
    made = credential or community(WORD)
    return Session(fast_guard(), "127.0.0.1", made, budget or SnmpBudget(), time.monotonic, port)


def rows_of(columns: int, rows: int) -> list[tuple[str, str, str]]:
    return [(f"{TABLE}.{c}.{r}", "2", str(r)) for c in range(1, columns + 1) for r in range(1, rows + 1)]


def names() -> Lie:
    return holding({WORD: [(NAME, "4", "sw-1")]})


def asked_of(device: Agent) -> list[Asked]:
    return [read_request(data) for data in device.received]


def test_a_slow_device_is_soon_asked_each_question_once() -> None:
    async def night() -> Counter[int]:
        async with agent(names(), delay_s=0.6) as slow, session_with(slow.port) as session:
            for _ in range(5):
                assert (await session.get((NAME,))).outcome is Outcome.COMPLETE
            return Counter(asked.request_id for asked in asked_of(slow))

    sent = list(asyncio.run(night()).values())
    assert sent[0] > 1, "it answers later than an unknown device is waited for"
    assert sent[2:] == [1, 1, 1]


def test_a_device_that_becomes_slow_on_the_way_is_not_asked_twice_for_long() -> None:
    async def night() -> list[int]:
        async with agent(names()) as device, session_with(device.port) as session:
            for turn in range(12):
                device.delay_s = 0.4 if turn >= 6 else 0
                await session.get((NAME,))
            return list(Counter(asked.request_id for asked in asked_of(device)).values())

    sent = asyncio.run(night())
    assert sent[:6] == [1] * 6
    assert sent[6] > 1
    assert sent[9:] == [1, 1, 1]


def test_a_lost_answer_of_a_fast_device_is_missed_soon_and_of_a_slow_one_late() -> None:
    async def waited(delay_s: float) -> float:
        lost: list[int] = []

        def once(asked: Asked) -> list[bytes]:
            if len(lost) == 8:
                lost.append(asked.request_id)
                return []
            lost.append(asked.request_id)
            return names()(asked)

        async with agent(once, delay_s) as device, session_with(device.port) as session:
            for _ in range(8):
                await session.get((NAME,))
            began = time.monotonic()
            assert (await session.get((NAME,))).outcome is Outcome.COMPLETE
            return time.monotonic() - began

    fast, slow = asyncio.run(waited(0)), asyncio.run(waited(0.3))
    assert 0.2 < fast < 0.35
    assert slow > 0.3 + 0.5


def limited(most: int, columns: int, rows: int, refused: list[int]) -> Lie:
    """Answers tooBig to a question for more than so many rows of the first column; other columns have no limit."""
    honest = holding({WORD: rows_of(columns, rows)})

    def answer(asked: Asked) -> list[bytes]:
        first = any(oid[:10] == (1, 3, 6, 1, 2, 1, 2, 2, 1, 1) for oid in asked.oids)
        if first and asked.repetitions * len(asked.oids) > most:
            refused.append(asked.repetitions)
            return [reply(asked, [], status=1)]
        return honest(asked)

    return answer


async def walked(lie: Lie, *columns: tuple[str, ...], budget: SnmpBudget | None = None) -> tuple[list[Walk], Agent]:
    async with agent(lie) as device, session_with(device.port, budget) as session:
        return [await session.walk(some) for some in columns], device


def test_a_device_that_refuses_large_replies_is_refused_seldom_and_asked_for_as_much_as_it_can() -> None:
    refused: list[int] = []
    (found,), device = asyncio.run(walked(limited(20, 1, 600, refused), (f"{TABLE}.1",)))
    assert (found.outcome, len(found.rows)) == (Outcome.COMPLETE, 600)
    assert len(refused) <= 3
    assert max(asked.repetitions for asked in asked_of(device)[-10:]) >= 12


def test_it_is_asked_for_more_again_where_its_rows_are_smaller() -> None:
    refused: list[int] = []
    lie = limited(6, 2, 600, refused)
    (large, small), device = asyncio.run(walked(lie, (f"{TABLE}.1",), (f"{TABLE}.2",)))
    assert large.outcome is small.outcome is Outcome.COMPLETE
    assert len(large.rows) == len(small.rows) == 600
    first = [asked.repetitions for asked in asked_of(device) if asked.oids[0][9] == 1]
    second = [asked.repetitions for asked in asked_of(device) if asked.oids[0][9] == 2]
    assert len(refused) <= 4
    assert max(first[-10:]) <= 6
    assert second[-5:] == [48] * 5


def test_replies_that_are_cut_short_cost_no_rows_and_no_retreat() -> None:
    honest = holding({WORD: rows_of(1, 400)})

    def cutting(asked: Asked) -> list[bytes]:
        return honest(read_request(asked.whole.replace(bytes((2, 1, asked.repetitions)), b"\x02\x01\x14", 1)))

    (found,), device = asyncio.run(walked(cutting, (f"{TABLE}.1",)))
    assert (found.outcome, len(found.rows)) == (Outcome.COMPLETE, 400)
    assert {asked.repetitions for asked in asked_of(device)} == {48}


def test_a_path_that_carries_no_large_reply_is_walked_whole_and_met_with_silence_once() -> None:
    honest = holding({WORD: [*rows_of(2, 60), (NAME, "4", "sw-1")]})
    swallowed: list[int] = []

    def narrow(asked: Asked) -> list[bytes]:
        if asked.repetitions * len(asked.oids) > 12:
            swallowed.append(asked.request_id)
            return []
        return honest(asked)

    async def night() -> Walk:
        budget = SnmpBudget(first_timeout=0.05, retries=1, silent_retries=1, longest_timeout=0.1)
        async with agent(narrow) as device, session_with(device.port, budget) as session:
            await session.get((NAME,))
            return await session.walk((f"{TABLE}.1", f"{TABLE}.2"))

    found = asyncio.run(night())
    assert (found.outcome, len(found.rows)) == (Outcome.COMPLETE, 120)
    assert len(set(swallowed)) == 1


@pytest.mark.parametrize("credential", [community(WORD), user("sha256-aes")], ids=["v2c", "v3"])
def test_dead_devices_cost_three_seconds_together_and_no_cpu(credential: Credential) -> None:
    async def one(port: int) -> Outcome:
        async with session_with(port, credential=credential) as session:
            return (await session.get((NAME,))).outcome

    async def night() -> set[Outcome]:
        async with contextlib.AsyncExitStack() as stack:
            dead = [await stack.enter_async_context(agent(lambda _: [])) for _ in range(40)]
            return set(await asyncio.gather(*(one(device.port) for device in dead)))

    def measured() -> tuple[float, float]:
        cpu, wall = time.process_time(), time.monotonic()
        assert asyncio.run(night()) == {Outcome.TIMED_OUT}
        return time.monotonic() - wall, time.process_time() - cpu

    nights: list[tuple[float, float]] = []
    while len(nights) < TRIES and not any(wall < 3.2 and cpu / 40 < 0.01 for wall, cpu in nights):
        nights.append(measured())
    assert min(wall for wall, _ in nights) < 3.2
    assert min(cpu for _, cpu in nights) / 40 < 0.01


def test_five_percent_loss_costs_no_row_of_any_device() -> None:
    chance = random.Random(5)
    honest = holding({WORD: rows_of(8, 120)})
    lost = Counter[str]()

    def lossy(asked: Asked) -> list[bytes]:
        # One loss in twenty on the way there, and one in twenty on the way back.
        if chance.random() < 0.05 or chance.random() < 0.05:
            lost["answers"] += 1
            return []
        return honest(asked)

    async def one(port: int) -> Walk:
        async with session_with(port) as session:
            return await session.walk(tuple(f"{TABLE}.{c}" for c in range(1, 9)))

    async def night() -> list[Walk]:
        async with contextlib.AsyncExitStack() as stack:
            devices = [await stack.enter_async_context(agent(lossy, 0.005)) for _ in range(20)]
            return await asyncio.gather(*(one(device.port) for device in devices))

    found = asyncio.run(night())
    assert lost["answers"] > 20
    assert {(walk.outcome, len(walk.rows)) for walk in found} == {(Outcome.COMPLETE, 960)}


def test_a_big_switch_is_read_for_the_register_with_half_the_questions_of_a_whole_walk_and_four_at_a_time() -> None:
    most = 0
    honest = holding({WORD: big_switch()})

    async def night() -> int:
        async with agent(honest, delay_s=0.01) as device, session_with(device.port) as session:
            watch = asyncio.create_task(watching(device))
            found = [r async for r in collect(session, SNMP_TABLES, "staff", lambda: datetime(2026, 11, 3, tzinfo=UTC))]
            watch.cancel()
            assert {recording.outcome for recording in found} == {Outcome.COMPLETE}
            assert sum(len(recording.answers) for recording in found) > 7000
            return len(device.received)

    async def watching(device: Agent) -> None:
        nonlocal most
        while True:
            before = len(device.received)
            await asyncio.sleep(0.01)
            most = max(most, len(device.received) - before)

    asked = asyncio.run(night())
    assert asked < OBJECTS / 50 / 2
    assert most >= SnmpBudget().window
