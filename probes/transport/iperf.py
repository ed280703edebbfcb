"""Runs iperf3 against an endpoint that a person named, and returns its JSON."""

import asyncio
import contextlib
import json
from ipaddress import ip_address

from probes.errors import Undecodable
from probes.transport.guard import Guard
from probes.vocabulary import Json

_LIMIT = 1024 * 1024


async def iperf3(guard: Guard, ip: str, port: int, seconds: float, *, down: bool) -> Json:
    """One test of at most `seconds`, down (-R) or up, over four streams.

    Raises OutOfScope, TimeoutError, FileNotFoundError without the program, and Undecodable with iperf3's own words.
    """
    guard.permit(ip, port)
    options = ["-c", str(ip_address(ip)), "-p", str(port), "-J", "-P", "4", "--connect-timeout", "3000"]
    options += ["-t", str(max(1, int(seconds)))] + ["-R"] * down
    process = await asyncio.create_subprocess_exec(
        "iperf3", *options, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(seconds + 6):
            raw = await process.stdout.read(_LIMIT)
            while more := await process.stdout.read(_LIMIT):
                raw = (raw + more)[:_LIMIT]
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return _read(raw)


def _read(raw: bytes) -> Json:
    try:
        said = json.loads(raw)
    except ValueError as error:
        raise Undecodable("iperf3 did not answer in JSON.") from error
    if said.get("error"):
        raise Undecodable(f"iperf3: {said['error']}"[:200])
    return {"sum": said.get("end", {}).get("sum_received", {}), "rtt": _round_trips(said)}


def _round_trips(said: Json) -> list[dict[str, float]]:
    """The kernel's round-trip times of each stream in ms, as its sender saw them; [] when it was the other end."""
    senders = [stream.get("sender", {}) for stream in said.get("end", {}).get("streams", [])]
    names = ("min_rtt", "mean_rtt")
    return [{name: sender[name] / 1000 for name in names} for sender in senders if sender.get("mean_rtt")]
