"""The site's internet line, measured against endpoints that the school named. Probe `broadband.line`."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from ipaddress import ip_address
from itertools import pairwise
from statistics import median
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field

from probes.canonical import clean
from probes.errors import OutOfScope, Undecodable
from probes.seen import LineSample, Seen
from probes.transport.dns import resolve
from probes.transport.exchange import failure
from probes.transport.guard import Guard
from probes.transport.http import Ask, fetch
from probes.transport.iperf import iperf3
from probes.transport.throughput import Server, download, during, handshakes, nic_towards, upload
from probes.vocabulary import Json, Noun, Outcome, Recording

_IDLE_PROBES, _IDLE_GAP_S = 20, 0.05


class Endpoint(Noun):
    """A server to measure against: `http` serves GET /down?bytes=N and takes POST /up; `iperf3` is iperf3's own.

    `max_seconds` is what both transfers together may take.
    """

    name: str
    host: str
    kind: Literal["http", "iperf3"] = "http"
    port: int = 8080
    tls: bool = False
    max_seconds: float = Field(default=6, gt=0, le=60)


async def collect(
    guard: Guard,
    endpoint: Endpoint,
    vantage: str,
    now: Callable[[], datetime],
    *,
    egress_url: str | None = None,
    main_egress: Sequence[str] = (),
    backup_egress: Sequence[str] = (),
) -> Recording:
    """Latency, download, upload, latency under load, egress address and the agent's own link speed.

    The endpoint's addresses must be among the guard's named hosts or in scope. Parts that fail are named in the reason.
    """
    started = now()
    said: dict[str, Json] = {"endpoint": endpoint.name, "route": "unknown"}
    missing: list[str] = []
    try:
        ip = await permitted_address(guard, endpoint.host, endpoint.port)
        said["nic"], said["nic_mbps"] = nic_towards(ip)
        await _part("egress address", missing, _egress(guard, egress_url, said))
        said["route"] = route(said.get("egress"), main_egress, backup_egress)
        measure = _http if endpoint.kind == "http" else _iperf
        await measure(guard, endpoint, ip, said, missing)
        outcome = Outcome.PARTIAL if missing else Outcome.COMPLETE
    except OutOfScope as error:
        outcome, missing = Outcome.SKIPPED, [str(error)]
    except TimeoutError:
        outcome, missing = Outcome.TIMED_OUT, [f"The name {endpoint.host} could not be looked up within 3 s."]
    if not {"down", "up", "idle_ms"} & said.keys() and outcome is Outcome.PARTIAL:
        outcome = Outcome.REFUSED
    said["reason"] = " ".join(missing)
    return Recording(
        probe="broadband.line", target=endpoint.name, vantage=vantage, started=started, ended=now(), outcome=outcome,
        reason=said["reason"], answers=(said,),
    )  # fmt: skip


async def permitted_address(guard: Guard, host: str, port: int) -> str:
    """The first address of a host that may be contacted. Raises TimeoutError without one, OutOfScope when none may."""
    addresses = await resolve(host)
    if not addresses:
        raise TimeoutError
    for address in addresses:
        if guard.permits(address, port):
            return address
    guard.permit(addresses[0], port)
    return addresses[0]


async def _part(name: str, missing: list[str], work: Awaitable[None]) -> bool:
    """Do one part of the measurement; a failure is put into `missing` as a sentence, and the rest goes on."""
    try:
        await work
    except TimeoutError:
        missing.append(f"No {name}: no answer in time.")
    except (OutOfScope, Undecodable) as error:
        missing.append(f"No {name}: {error}")
    except OSError as error:
        missing.append(f"No {name}: {failure(error)[1]}")
    else:
        return True
    return False


async def _egress(guard: Guard, url: str | None, said: dict[str, Json]) -> None:
    """The address that the line leaves from, as the school's own server sees it."""
    if not url:
        return
    parts = urlsplit(url)
    tls, host = parts.scheme == "https", parts.hostname or ""
    port = parts.port or (443 if tls else 80)
    async with asyncio.timeout(5):
        ip = await permitted_address(guard, host, port)
        reply = await fetch(guard, Ask(ip, port, tls, parts.path or "/", host=host), limit=512)
    said["egress"] = _address(reply.body.decode("latin-1"))


def _address(text: str) -> str:
    for word in text.replace('"', " ").replace("}", " ").replace(",", " ").split():
        try:
            return str(ip_address(word))
        except ValueError:
            continue
    raise Undecodable("The egress URL did not answer with an address.")


def route(egress: str | None, main: Sequence[str], backup: Sequence[str]) -> str:
    """Which line carried the traffic, by the egress addresses the site lists: main, backup or unknown."""
    return "main" if egress in main else "backup" if egress in backup else "unknown"


async def _http(guard: Guard, endpoint: Endpoint, ip: str, said: dict[str, Json], missing: list[str]) -> None:
    server = Server(ip, endpoint.port, endpoint.host, endpoint.tls)
    half = endpoint.max_seconds / 2

    async def idle() -> None:
        said["idle_ms"] = await handshakes(guard, ip, endpoint.port, _IDLE_PROBES, _IDLE_GAP_S)

    async def down() -> None:
        moved, times = await during(guard, ip, endpoint.port, download(guard, server, half))
        said["down"], said["down_loaded_ms"] = {"mbps": moved.mbps, "bytes": moved.moved, "s": moved.seconds}, times

    async def up() -> None:
        moved, times = await during(guard, ip, endpoint.port, upload(guard, server, half))
        said["up"], said["up_loaded_ms"] = {"mbps": moved.mbps, "bytes": moved.moved, "s": moved.seconds}, times

    if await _part("connection to the endpoint", missing, idle()):
        await _part("download rate", missing, down())
        await _part("upload rate", missing, up())


async def _iperf(guard: Guard, endpoint: Endpoint, ip: str, said: dict[str, Json], missing: list[str]) -> None:
    half = endpoint.max_seconds / 2

    async def one(name: str) -> None:
        answer = await iperf3(guard, ip, endpoint.port, half, down=name == "down")
        rate = float(answer["sum"].get("bits_per_second", 0)) / 1e6
        said[name] = {"mbps": round(rate, 2) or None, "bytes": answer["sum"].get("bytes")}
        if answer["rtt"]:
            said["idle_ms"] = [stream["min_rtt"] for stream in answer["rtt"]]
            said[f"{name}_loaded_ms"] = [stream["mean_rtt"] for stream in answer["rtt"]]

    if await _part("download rate", missing, one("down")):
        await _part("upload rate", missing, one("up"))


def decode(recording: Recording) -> Iterator[Seen]:
    """One LineSample, with its reason alone when nothing could be measured. Raises Undecodable."""
    said: Json = recording.answers[0] if recording.answers else {}
    try:
        idle = _times(said.get("idle_ms", []))
        loaded = [median(kept) for name in ("down", "up") if (kept := _kept(_times(said.get(f"{name}_loaded_ms", []))))]
        yield LineSample(
            endpoint=recording.target,
            route=clean(str(said.get("route", "unknown")), 10),
            egress=str(ip_address(said["egress"])) if said.get("egress") else None,
            down_mbps=_number((said.get("down") or {}).get("mbps")),
            up_mbps=_number((said.get("up") or {}).get("mbps")),
            latency_ms=round(median(_kept(idle)), 2) if _kept(idle) else None,
            jitter_ms=jitter(_kept(idle)) if _is_timed(idle) else None,
            loss_percent=round(100 * idle.count(None) / len(idle), 1) if _is_timed(idle) else None,
            loaded_ms=round(max(loaded), 2) if loaded else None,
            nic_mbps=int(said["nic_mbps"]) if said.get("nic_mbps") else None,
            reason=clean(recording.reason),
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise Undecodable("A line measurement with a value that is not a number or an address.") from error


def _is_timed(idle: Sequence[float | None]) -> bool:
    """Whether enough handshakes were timed for jitter and loss; iperf3 gives a round-trip time and neither."""
    return len(idle) >= _IDLE_PROBES // 2


def jitter(times: Sequence[float]) -> float | None:
    """Mean difference between one time and the next, in ms (as RFC 3550 has it, without its smoothing)."""
    steps = [abs(after - before) for before, after in pairwise(times)]
    return round(sum(steps) / len(steps), 2) if steps else None


def _times(values: Json) -> list[float | None]:
    return [_number(value) for value in list(values)[:1000]]


def _kept(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _number(value: Json) -> float | None:
    """A finite number, or None for none. Raises ValueError."""
    number = None if value is None else float(value)
    if number is not None and not math.isfinite(number):
        raise ValueError("not a finite number")
    return number


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"broadband.line": decode}
