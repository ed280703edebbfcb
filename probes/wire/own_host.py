"""The agent's own host: it is an asset of the school like any other. Probe `own.host`."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from probes.canonical import clean, mac_text
from probes.errors import Undecodable
from probes.seen import OwnHost, Seen
from probes.transport.own_host import read_own_host
from probes.vocabulary import Json, Outcome, Recording


async def collect(vantage: str, now: Callable[[], datetime], *, state_dir: Path | None = None) -> Recording:
    """What the host says of itself; target "self"."""
    started = now()
    outcome, reason = Outcome.COMPLETE, ""
    answers: tuple[Json, ...] = ()
    try:
        answers = (read_own_host(state_dir),)
    except (OSError, RuntimeError) as error:
        outcome, reason = Outcome.REFUSED, f"The host would not say: {error}"[:200]
    return Recording(
        probe="own.host", target="self", vantage=vantage, started=started, ended=now(), outcome=outcome, reason=reason,
        answers=answers,
    )  # fmt: skip


def decode(recording: Recording) -> Iterator[Seen]:
    """The OwnHost of each answer. Raises Undecodable."""
    for said in recording.answers:
        try:
            yield OwnHost(
                hostname=clean(said["hostname"]),
                os=clean(said["os"]),
                version=clean(said["version"]),
                machine=clean(said["machine"]),
                memory_mb=int(said["memory_mb"]),
                disk_free_mb=int(said["disk_free_mb"]),
                boot=datetime.fromtimestamp(float(said["boot"]), UTC),
                interfaces=tuple(_interface(row) for row in said["interfaces"]),
                clock_synchronised=bool(told) if (told := said["clock_synchronised"]) is not None else None,
            )
        except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
            raise Undecodable("The agent's own host said something that is not what it should be.") from error


def _interface(row: Json) -> tuple[str, str, str, int]:
    name, mac, ip, speed = row
    return clean(name), mac_text(str(mac)) or "", clean(ip), int(speed)


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"own.host": decode}
