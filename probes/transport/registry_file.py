"""Reads IANA's registry of enterprise numbers from nmap's copy of it."""

import asyncio
import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from probes.vocabulary import Json, Outcome, Recording

_NAME = Path("nselib") / "data" / "enterprise_numbers.txt"


def registry_file() -> Path | None:
    """nmap's copy of the registry: below NMAPDIR or where packages put it; None when it is not there."""
    folders = (os.environ.get("NMAPDIR", ""), "/usr/share/nmap", "/usr/local/share/nmap")
    return next((path for folder in folders if folder and (path := Path(folder) / _NAME).is_file()), None)


def holders(numbers: Iterable[int], path: Path | None) -> dict[int, str]:
    """The holder of each number that has one. One pass over the file, a line at a time; {} without it."""
    wanted = {str(number).encode() for number in numbers}
    if path is None or not wanted:
        return {}
    with path.open("rb") as lines:
        rows = (line.rstrip(b"\r\n").split(b"\t", 1) for line in lines)
        return {int(row[0]): row[1].decode("utf-8", "replace") for row in rows if row[0] in wanted and len(row) == 2}


async def number_lookup(numbers: Iterable[int], vantage: str, now: Callable[[], datetime]) -> Recording:
    """ "number.lookup": the holder of each enterprise number, `[number, holder]`; nothing is sent."""
    started, path = now(), registry_file()
    found = await asyncio.to_thread(holders, set(numbers), path)
    answers: tuple[Json, ...] = tuple([number, name] for number, name in sorted(found.items()))
    outcome = Outcome.COMPLETE if path else Outcome.SKIPPED
    reason = "" if path else "nmap's copy of IANA's registry of enterprise numbers is not on this machine."
    return Recording(
        probe="number.lookup", target="self", vantage=vantage, started=started, ended=now(), outcome=outcome,
        reason=reason, answers=answers,
    )  # fmt: skip
