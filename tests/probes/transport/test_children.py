"""A child process always ends, whatever it does, and no secret is where another user could read it."""

import asyncio
import time
from pathlib import Path

import pytest

from probes.transport.children import ChildEnd, ChildLimits, run_child
from probes.vocabulary import Outcome

MODULE = "tests.probes.transport.odd_child"


def end_of(way: str, **limits: float) -> ChildEnd:
    order = {"way": way, "password": "canary-7"}
    return asyncio.run(run_child(MODULE, order, ChildLimits(**{"wall_s": 20, **limits})))  # type: ignore[arg-type]


def lives(pid: int) -> bool:
    """Whether a process runs; one that was killed and that nobody has collected yet does not."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def gone_within_a_second(pid: int) -> bool:
    until = time.monotonic() + 1
    while lives(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not lives(pid)


def test_a_child_that_hangs_is_killed_at_its_deadline_and_what_it_said_is_kept() -> None:
    began = time.monotonic()
    end = end_of("hang", wall_s=3)
    assert 3 <= time.monotonic() - began < 5.5
    assert end.outcome is Outcome.TIMED_OUT
    assert gone_within_a_second(end.messages[0]["pid"])


def test_a_grandchild_that_outlives_its_parent_is_killed_too() -> None:
    end = end_of("leave a grandchild")
    assert end.outcome is Outcome.COMPLETE
    assert gone_within_a_second(end.messages[1]["grandchild"])


def test_a_flood_of_answers_ends_at_the_byte_cap_as_partial() -> None:
    end = end_of("flood", output_bytes=200_000)
    assert end.outcome is Outcome.PARTIAL
    assert "200000 bytes" in end.reason
    assert len(end.messages) < 21


def test_words_that_are_not_json_are_garbled() -> None:
    assert end_of("babble").outcome is Outcome.GARBLED


def test_a_child_that_wants_a_gigabyte_does_not_get_it() -> None:
    end = end_of("eat memory", memory_mb=256)
    assert end.outcome is Outcome.PARTIAL
    assert "status 1" in end.reason


def test_a_crash_is_told_with_its_status() -> None:
    end = end_of("crash")
    assert (end.outcome, end.reason) == (Outcome.PARTIAL, "The child process ended with status 3.")


def test_the_order_is_neither_in_argv_nor_in_the_environment() -> None:
    said = end_of("tell").messages[1]
    assert "odd_child" in said["argv"]
    assert "canary-7" not in said["argv"] + said["environ"]


def test_a_cancelled_caller_takes_its_child_along() -> None:
    pids: list[int] = []

    async def cancel_soon() -> None:
        work = asyncio.create_task(
            run_child(MODULE, {"way": "hang"}, ChildLimits(wall_s=30), lambda said: pids.append(said["pid"]))
        )
        while not pids:
            await asyncio.sleep(0.02)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(cancel_soon())
    assert gone_within_a_second(pids[0])
