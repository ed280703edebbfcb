"""Runs a tool in a process of its own: orders as JSON on stdin, answers as JSON lines, and an end that always comes.

Secrets travel only on the pipe, never in argv or the environment. The child's whole process group is killed at the
deadline, at the byte cap, and when the caller is cancelled.
"""

import asyncio
import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from probes.vocabulary import Json, Outcome

_LINE_LIMIT = 4 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What a child may take: seconds of wall time, bytes of answers, MiB of address space."""

    wall_s: float = 60
    output_bytes: int = 2 * 1024 * 1024
    memory_mb: int = 768


@dataclass(frozen=True, slots=True)
class ChildEnd:
    """How a child ended, and every message it sent before that."""

    outcome: Outcome
    reason: str
    messages: tuple[Json, ...]


class _TooMuch(Exception):
    """The child said more than its byte cap."""


async def run_child(
    module: str, order: Mapping[str, Json], limits: ChildLimits, heard: Callable[[Json], None] | None = None
) -> ChildEnd:
    """Run `python -m module` with one order and collect the JSON lines it answers; `heard` is told each as it comes.

    COMPLETE when the child ended by itself with status 0; TIMED_OUT, PARTIAL (byte cap, crash after answers) or GARBLED
    (not JSON, or a crash without an answer) otherwise. Never raises for what the child does.
    """
    process = await _start(module)
    watch = asyncio.create_task(_clear_up_after(process))
    messages: list[Json] = []
    try:
        async with asyncio.timeout(limits.wall_s):
            await _send(process, {**order, "memory_mb": limits.memory_mb})
            await _read(process, limits.output_bytes, messages, heard)
            status = await process.wait()
    except TimeoutError:
        return ChildEnd(Outcome.TIMED_OUT, f"Stopped after {limits.wall_s:g} s.", tuple(messages))
    except _TooMuch:
        return ChildEnd(Outcome.PARTIAL, f"Stopped: more than {limits.output_bytes} bytes of answers.", tuple(messages))
    except ValueError as error:
        return ChildEnd(Outcome.GARBLED, f"The child process did not answer in JSON: {error}"[:200], tuple(messages))
    finally:
        watch.cancel()
        await _kill_group(process)
    if status == 0:
        return ChildEnd(Outcome.COMPLETE, "", tuple(messages))
    outcome = Outcome.PARTIAL if messages else Outcome.GARBLED
    return ChildEnd(outcome, f"The child process ended with status {status}.", tuple(messages))


async def _start(module: str) -> asyncio.subprocess.Process:
    kept = {name: os.environ[name] for name in ("PATH", "TZ", "COVERAGE_PROCESS_START") if name in os.environ}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
        limit=_LINE_LIMIT,
        env={
            **kept,
            "LANG": "C.UTF-8",
            "MALLOC_ARENA_MAX": "2",
            "PYTHONPATH": str(_PACKAGE_ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
    )  # fmt: skip


async def _send(process: asyncio.subprocess.Process, order: Mapping[str, Json]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(ConnectionError):
        process.stdin.write(json.dumps(order).encode() + b"\n")
        await process.stdin.drain()
        process.stdin.close()


async def _read(
    process: asyncio.subprocess.Process, cap: int, messages: list[Json], heard: Callable[[Json], None] | None
) -> None:
    assert process.stdout is not None
    taken = 0
    while line := await process.stdout.readline():
        taken += len(line)
        if taken > cap:
            raise _TooMuch
        message = json.loads(line)
        messages.append(message)
        if heard is not None:
            heard(message)


async def _clear_up_after(process: asyncio.subprocess.Process) -> None:
    """Once the child has ended, end what it left behind: a grandchild would hold its answers' pipe open."""
    while process.returncode is None:
        await asyncio.sleep(0.1)
    _signal_group(process)


def _signal_group(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


async def _kill_group(process: asyncio.subprocess.Process) -> None:
    # The leader may be gone while a grandchild (nmap) lives on in its group, so the group is killed in any case.
    _signal_group(process)
    await asyncio.shield(_bury(process))


async def _bury(process: asyncio.subprocess.Process) -> None:
    """Wait for the end and empty the pipes, so that nothing of the child stays in the event loop."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(2):
            while await process.stdout.read(_LINE_LIMIT):
                pass
    await process.wait()


def begin_child() -> Json:
    """In the child: read the one order from stdin, die with the parent, and give up memory beyond the order's limit.

    Core files are switched off: an order may hold a password. Raises ValueError when the order is not JSON.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    order = json.loads(sys.stdin.buffer.readline())
    limit = int(order.pop("memory_mb")) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    return order


def answer(message: Json) -> None:
    """In the child: send one message to the parent."""
    sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
    sys.stdout.buffer.flush()
