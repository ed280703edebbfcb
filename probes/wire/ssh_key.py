"""An SSH server's banner and host key, read before any login (RFC 4253). Probe `ssh.host-key`."""

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from probes.canonical import clean
from probes.errors import Undecodable
from probes.seen import Seen, SshHostKey
from probes.transport.guard import Guard
from probes.transport.ssh import fetch_keys
from probes.vocabulary import Json, Outcome, Recording


async def collect(
    guard: Guard, ip: str, vantage: str, now: Callable[[], datetime], *, port: int = 22, wall_s: float = 8
) -> Recording:
    """One server's key, in a child process of its own; for many servers `collect_all` costs far less."""
    return (await collect_all(guard, [(ip, port)], vantage, now, each_s=wall_s))[0]


async def collect_all(
    guard: Guard, hosts: Sequence[tuple[str, int]], vantage: str, now: Callable[[], datetime], *, each_s: float = 8
) -> list[Recording]:
    """One recording for each (address, port). Hosts out of scope, excluded or fragile are SKIPPED."""
    started = now()
    allowed = [(ip, port) for ip, port in hosts if guard.permits(ip, port) and not guard.is_fragile(ip)]
    end = await fetch_keys(guard, allowed, each_s) if allowed else None
    said = {(m["host"], m["port"]): m for m in end.messages} if end else {}

    def record(ip: str, port: int) -> Recording:
        message: Json = said.get((ip, port))
        if (ip, port) not in allowed:
            outcome, reason = Outcome.SKIPPED, "This address is out of scope, excluded or fragile."
        elif message is None:
            outcome, reason = Outcome.TIMED_OUT, (end.reason if end else "") or "The server did not answer."
        else:
            outcome, reason = Outcome(message["outcome"]), str(message["reason"])
            outcome = Outcome.PARTIAL if outcome is Outcome.GARBLED and message.get("banner") else outcome
        return Recording(
            probe="ssh.host-key", target=ip, vantage=vantage, started=started, ended=now(), outcome=outcome,
            reason=reason, answers=(message,) if message and message.get("banner") else (),
        )  # fmt: skip

    return [record(ip, port) for ip, port in hosts]


def decode(recording: Recording) -> Iterator[Seen]:
    """The SshHostKey of each server; no fingerprint when it only offered old key exchanges. Raises Undecodable."""
    for said in recording.answers:
        try:
            key = base64.b64decode(said.get("key", ""), validate=True)
            yield SshHostKey(
                ip=recording.target,
                banner=clean(str(said["banner"])),
                fingerprint=fingerprint(key) if key else "",
                key_type=clean(str(said.get("key_type", "")), 40),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Undecodable("An SSH answer without its banner or key.") from error


def fingerprint(key: bytes) -> str:
    """OpenSSH's SHA256 fingerprint of a key blob, without the "SHA256:" before it."""
    return base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def known_hosts_line(recording: Recording) -> str:
    """The OpenSSH known_hosts line for the key a recording holds, or "" when it holds none."""
    for said in recording.answers:
        if said.get("key"):
            host = recording.target if said["port"] == 22 else f"[{recording.target}]:{said['port']}"
            return f"{host} {said['key_type']} {said['key']}"
    return ""


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"ssh.host-key": decode}
