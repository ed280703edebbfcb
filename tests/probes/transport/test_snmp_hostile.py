"""Agents that lie, flood and stall: each walk ends within its budget, says why, and believes nothing that misfits."""

import asyncio
import itertools
import resource
import socket
import time

import pytest

from probes.transport.snmp import Session, Walk
from probes.transport.snmp_ber import OBJECT, OCTETS, SEQUENCE, tlv
from probes.transport.snmp_credentials import SnmpBudget
from probes.vocabulary import Outcome
from tests.probes.transport.snmp_agents import Asked, Lie, agent, community, fast_guard, number, reply, text

BASE = (1, 3, 6, 1, 2, 1, 2, 2, 1, 2)
COLUMN = ".".join(map(str, BASE))
TIGHT = SnmpBudget(
    max_rows=2000, max_bytes=2**20, max_seconds=3, first_timeout=0.1, silent_retries=1, retries=1, longest_timeout=0.2
)


async def ask(lie: Lie, budget: SnmpBudget = TIGHT, columns: tuple[str, ...] = (COLUMN,)) -> tuple[Walk, int]:
    async with agent(lie) as rogue:
        made = Session(fast_guard(), "127.0.0.1", community(), budget, time.monotonic, rogue.port)
        async with made as session:
            return await session.walk(columns), len(rogue.received)


def following(asked: Asked, step: int = 1) -> list[tuple[int, ...]]:
    """The next OIDs after the first one asked for, as many as were asked."""
    at = asked.oids[0]
    start = at[len(BASE)] if len(at) > len(BASE) else 0
    return [(*BASE, start + step * n) for n in range(1, asked.repetitions + 1)]


def endless(asked: Asked) -> list[bytes]:
    return [reply(asked, [(oid, number(1)) for oid in following(asked)])]


def repeating(asked: Asked) -> list[bytes]:
    return [reply(asked, [((*BASE, 1), number(1))] * asked.repetitions)]


def cycling(asked: Asked) -> list[bytes]:
    turn = itertools.cycle(range(1, 8))
    return [reply(asked, [((*BASE, next(turn)), number(1)) for _ in range(asked.repetitions)])]


def shrinking(asked: Asked) -> list[bytes]:
    return [reply(asked, [((*BASE, 9), number(1)), ((*BASE, 3), number(1))])]


def huge(asked: Asked) -> list[bytes]:
    return [reply(asked, [(following(asked)[0], text(b"A" * 60_000))])]


def wrong_number(asked: Asked) -> list[bytes]:
    return [reply(asked, [((*BASE, 1), text(b"forged"))], request_id=asked.request_id ^ 1)]


def garbage(asked: Asked) -> list[bytes]:
    return [b"\x30\x84\xff\xff\xff\xff" + b"\x04" * 200, b"", b"\x30", bytes(range(256))]


def nested(asked: Asked) -> list[bytes]:
    deep = b"\x05\x00"
    for _ in range(4000):
        deep = tlv(SEQUENCE, deep)
    return [deep, b"\x30\x80" * 5000]


def too_big(asked: Asked) -> list[bytes]:
    return [reply(asked, [], status=1)]


def general_error(asked: Asked) -> list[bytes]:
    return [reply(asked, [(asked.oids[0], b"\x05\x00")], status=5, index=1)]


def nothing(asked: Asked) -> list[bytes]:
    return [reply(asked, [])]


def silence(asked: Asked) -> list[bytes]:
    return []


def flood(asked: Asked) -> list[bytes]:
    return [reply(asked, [((*BASE, 1), text(b"A" * 8000))], request_id=n) for n in range(200)]


def long_oid(asked: Asked) -> list[bytes]:
    oid = tlv(OBJECT, b"\x2b\x06" + b"\xff" * 2000 + b"\x01")
    raw = tlv(SEQUENCE, tlv(SEQUENCE, oid + tlv(OCTETS, b"x")))
    return [reply(asked, []).replace(b"\x30\x00", raw)]


@pytest.mark.parametrize(
    ("lie", "outcome", "words"),
    [
        (endless, Outcome.PARTIAL, "More than 2000 rows"),
        (repeating, Outcome.PARTIAL, "repeats itself"),
        (cycling, Outcome.PARTIAL, "repeats itself"),
        (shrinking, Outcome.PARTIAL, "repeats itself"),
        (huge, Outcome.PARTIAL, "More than 1048576 octets"),
        (wrong_number, Outcome.TIMED_OUT, "No answer"),
        (garbage, Outcome.GARBLED, ""),
        (nested, Outcome.GARBLED, ""),
        (too_big, Outcome.PARTIAL, "too big"),
        (general_error, Outcome.PARTIAL, "general error"),
        (nothing, Outcome.GARBLED, "nothing at all"),
        (silence, Outcome.TIMED_OUT, "No answer"),
        (flood, Outcome.TIMED_OUT, "No answer"),
        (long_oid, Outcome.GARBLED, ""),
    ],
)
def test_a_lying_agent_ends_the_walk_within_its_budget(lie: Lie, outcome: Outcome, words: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    found, asked = asyncio.run(ask(lie))
    assert time.monotonic() - began < TIGHT.max_seconds + 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024
    assert found.outcome is outcome
    assert words in found.reason
    assert len(found.rows) <= TIGHT.max_rows
    assert asked < 200


def test_a_device_that_dribbles_one_row_a_second_is_left_when_its_time_is_spent() -> None:
    async def night() -> tuple[Walk, float]:
        began = time.monotonic()
        found, _ = await ask(slow, SnmpBudget(max_seconds=1.5, first_timeout=1, longest_timeout=1))
        return found, time.monotonic() - began

    def slow(asked: Asked) -> list[bytes]:
        time.sleep(0.3)
        return [reply(asked, [(following(asked)[0], number(1))])]

    found, took = asyncio.run(night())
    assert found.outcome is Outcome.PARTIAL
    assert "1.5 s allowed" in found.reason
    assert 0 < len(found.rows) < 8
    assert took < 3.5


def test_a_device_too_small_for_many_rows_is_asked_for_fewer_until_it_can() -> None:
    def small(asked: Asked) -> list[bytes]:
        if asked.repetitions * len(asked.oids) > 4:
            return too_big(asked)
        rows = [oid for oid in following(asked) if oid[-1] <= 10]
        after = [((1, 3, 6, 1, 2, 1, 2, 2, 1, 3, 1), number(1))] * (asked.repetitions - len(rows))
        return [reply(asked, [*((oid, number(1)) for oid in rows), *after])]

    found, _ = asyncio.run(ask(small))
    assert found.outcome is Outcome.COMPLETE
    assert [row[0] for row in found.rows] == [f"{COLUMN}.{n}" for n in range(1, 11)]


def test_a_device_too_small_for_many_columns_is_asked_for_fewer_at_once() -> None:
    def narrow(asked: Asked) -> list[bytes]:
        if len(asked.oids) > 3:
            return too_big(asked)
        first = [((*oid, 1), number(7)) if len(oid) == len(BASE) else ((2, 0), b"\x82\x00") for oid in asked.oids]
        return [reply(asked, first + [((2, 0), b"\x82\x00")] * len(asked.oids) * (asked.repetitions - 1))]

    columns = tuple(f"1.3.6.1.2.1.2.2.1.{n}" for n in range(1, 11))
    found, _ = asyncio.run(ask(narrow, columns=columns))
    assert found.outcome is Outcome.COMPLETE
    assert len({row[0] for row in found.rows}) == 10


def test_lost_datagrams_cost_time_but_no_rows() -> None:
    count = itertools.count()

    def lossy(asked: Asked) -> list[bytes]:
        if next(count) % 3 == 1:
            return []
        rows = [oid for oid in following(asked) if oid[-1] <= 300]
        return [reply(asked, [*((oid, number(1)) for oid in rows), ((1, 3, 7), number(1))][: asked.repetitions])]

    budget = SnmpBudget(first_timeout=0.05, longest_timeout=0.3)
    found, _ = asyncio.run(ask(lossy, budget))
    assert found.outcome is Outcome.COMPLETE
    assert len(found.rows) == 300


def test_a_walk_cut_short_by_silence_is_partial_and_never_complete() -> None:
    def tired(asked: Asked) -> list[bytes]:
        return endless(asked) if len(asked.oids[0]) == len(BASE) else []

    found, _ = asyncio.run(ask(tired))
    assert found.outcome is Outcome.PARTIAL
    assert found.rows


def test_a_device_that_hangs_on_one_table_is_still_asked_for_the_others() -> None:
    def moody(asked: Asked) -> list[bytes]:
        if asked.oids[0][-1] == 99:
            return []
        return [reply(asked, [((2, 0), b"\x82\x00")] * asked.repetitions)]

    async def night() -> list[Outcome]:
        async with agent(moody) as device:
            made = Session(fast_guard(), "127.0.0.1", community(), TIGHT, time.monotonic, device.port)
            async with made as session:
                wanted = ("1.3.6.1.1", "1.3.6.1.99", "1.3.6.1.2", "1.3.6.1.99", "1.3.6.1.99", "1.3.6.1.3")
                return [(await session.walk((column,))).outcome for column in wanted]

    good, silent = Outcome.COMPLETE, Outcome.TIMED_OUT
    assert asyncio.run(night()) == [good, silent, good, silent, silent, silent]


def test_a_forged_answer_from_another_port_changes_nothing() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:

        def spoofed(asked: Asked) -> list[bytes]:
            forged = reply(asked, [((*BASE, 666), text(b"forged"))])
            elsewhere.sendto(forged, ("127.0.0.1", client_port()))
            return []

        def client_port() -> int:
            return ports[0]

        ports: list[int] = []

        async def night() -> Walk:
            async with agent(spoofed) as silent:
                made = Session(fast_guard(), "127.0.0.1", community(), TIGHT, time.monotonic, silent.port)
                async with made as session:
                    ports.append(_local_port(silent.port))
                    return await session.walk((COLUMN,))

        found = asyncio.run(night())
    assert found == Walk((), Outcome.TIMED_OUT, found.reason)


def _local_port(remote: int) -> int:
    """The port of the socket that is connected to `remote`, from the kernel's own list."""
    with open("/proc/net/udp", encoding="ascii") as table:
        for line in table:
            fields = line.split()
            if fields[2] == f"0100007F:{remote:04X}":
                return int(fields[1].partition(":")[2], 16)
    raise AssertionError("no socket is connected")


def test_one_lying_agent_does_not_change_what_its_neighbour_answers() -> None:
    def honest(asked: Asked) -> list[bytes]:
        rows = [oid for oid in following(asked) if oid[-1] <= 20]
        return [reply(asked, [*((oid, number(1)) for oid in rows), ((1, 3, 7), number(1))][: asked.repetitions])]

    async def night() -> list[tuple[Walk, int]]:
        return await asyncio.gather(ask(honest), ask(endless), ask(garbage), ask(flood), ask(huge))

    (found, _), *_ = asyncio.run(night())
    assert found.outcome is Outcome.COMPLETE
    assert len(found.rows) == 20


def test_the_pace_of_the_guard_holds_below_every_datagram() -> None:
    async def night() -> tuple[float, int]:
        async with agent(endless) as rogue:
            guard = fast_guard(per_host_pps=50.0, bound_host_pps=50.0)
            made = Session(guard, "127.0.0.1", community(), SnmpBudget(max_rows=480), time.monotonic, rogue.port)
            began = time.monotonic()
            async with made as session:
                await session.walk((COLUMN,))
            return time.monotonic() - began, len(rogue.received)

    took, sent = asyncio.run(night())
    assert sent >= 10
    assert sent <= 50 * took + 1
