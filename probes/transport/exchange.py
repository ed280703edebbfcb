"""Turns a talk with one target into a Recording, whatever happens: the wall deadline here is the only one trusted."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime

from probes.errors import OutOfScope, Refused, Undecodable
from probes.transport.guard import Guard
from probes.vocabulary import Json, Outcome, Recording

Talk = Callable[[list[Json]], Awaitable[str]]
"""Appends answers as they come and returns what is missing of them: "" when nothing is."""


async def exchange(
    guard: Guard, probe: str, target: str, vantage: str, now: Callable[[], datetime], wall_s: float, talk: Talk
) -> Recording:
    """The recording of one talk. What was answered before a failure is kept, as PARTIAL.

    A target that is out of scope or fragile is SKIPPED and gets no packet.
    """
    started = now()
    answers: list[Json] = []
    outcome, reason = await _outcome(guard, target, wall_s, talk, answers)
    if answers and outcome is not Outcome.COMPLETE:
        outcome = Outcome.PARTIAL
    return Recording(
        probe=probe, target=target, vantage=vantage, started=started, ended=now(), outcome=outcome, reason=reason,
        answers=tuple(answers),
    )  # fmt: skip


async def _outcome(guard: Guard, target: str, wall_s: float, talk: Talk, answers: list[Json]) -> tuple[Outcome, str]:
    try:
        guard.permit(target)
        if guard.is_fragile(target):
            return Outcome.SKIPPED, "This address is marked as fragile."
        async with asyncio.timeout(wall_s):
            missing = await talk(answers)
    except TimeoutError:
        return Outcome.TIMED_OUT, f"No whole answer within {wall_s:g} s."
    except OutOfScope as error:
        return Outcome.SKIPPED, str(error)
    except (Refused, Undecodable) as error:
        return (Outcome.REFUSED if isinstance(error, Refused) else Outcome.GARBLED), str(error)
    except (ConnectionError, ssl.SSLError, OSError, asyncio.IncompleteReadError) as error:
        return failure(error)
    return (Outcome.PARTIAL, missing) if missing else (Outcome.COMPLETE, "")


def failure(error: Exception) -> tuple[Outcome, str]:
    """The outcome and sentence of a failed connection."""
    if isinstance(error, ssl.SSLError):
        return Outcome.GARBLED, f"No common TLS: {error.reason or error}"[:200]
    if isinstance(error, ConnectionRefusedError):
        return Outcome.REFUSED, "The port is closed."
    if isinstance(error, ConnectionResetError | BrokenPipeError | asyncio.IncompleteReadError):
        return Outcome.REFUSED, "The connection was cut."
    return Outcome.REFUSED, f"No connection: {error}"[:200]
