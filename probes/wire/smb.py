"""Which SMB dialects a server takes, whether it signs, and its words about itself. Probe `smb.dialects`; no login."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime

from probes.canonical import clean
from probes.errors import Undecodable
from probes.seen import Seen, Smb
from probes.transport.exchange import exchange
from probes.transport.guard import Guard
from probes.transport.tcp import Line, opened
from probes.vocabulary import Json, Recording
from probes.wire.smb_negotiate import (
    SMB1,
    SMB2,
    Negotiated,
    read_challenge,
    read_smb1,
    read_smb2,
    smb1_negotiate,
    smb2_negotiate,
    smb2_session_setup,
)

_MESSAGE_LIMIT = 64 * 1024


async def collect(
    guard: Guard, ip: str, vantage: str, now: Callable[[], datetime], *, port: int = 445, wall_s: float = 20
) -> Recording:
    """Offer each dialect in a connection of its own, then ask the newest for the server's challenge."""

    async def talk(answers: list[Json]) -> str:
        answers.append({"dialect": SMB1, "raw": (await _first(guard, ip, port, smb1_negotiate())).hex()})
        for dialect, name in SMB2.items():
            raw = await _first(guard, ip, port, smb2_negotiate(dialect, os.urandom(48)))
            answers.append({"dialect": name, "raw": raw.hex()})
        newest = [code for code, name in SMB2.items() if _negotiated(answers, name).accepted and code < 0x0311]
        if newest:
            answers.append({"dialect": "", "raw": (await _challenge(guard, ip, port, newest[-1])).hex()})
        return ""

    return await exchange(guard, "smb.dialects", ip, vantage, now, wall_s, talk)


async def _first(guard: Guard, ip: str, port: int, message: bytes) -> bytes:
    """The server's answer to one message; b"" when it cut the connection, which is how SMB says no."""
    async with opened(guard, ip, port) as line:
        return await _asked(line, message)


async def _challenge(guard: Guard, ip: str, port: int, dialect: int) -> bytes:
    async with opened(guard, ip, port) as line:
        await _asked(line, smb2_negotiate(dialect, os.urandom(48)))
        return await _asked(line, smb2_session_setup())


async def _asked(line: Line, message: bytes) -> bytes:
    try:
        await line.send(message)
        size = int.from_bytes((await line.exactly(4))[1:], "big")
        return await line.exactly(min(size, _MESSAGE_LIMIT))
    except (ConnectionError, EOFError):
        return b""


def _negotiated(answers: list[Json], name: str) -> Negotiated:
    raw = next((bytes.fromhex(said["raw"]) for said in answers if said["dialect"] == name), b"")
    if not raw:
        return Negotiated(False)
    code = next((code for code, known in SMB2.items() if known == name), 0)
    try:
        return read_smb2(raw, code) if code else read_smb1(raw)
    except Undecodable:
        return Negotiated(False)


def decode(recording: Recording) -> Iterator[Seen]:
    """One Smb when the port spoke SMB at all; `dialects` oldest first, NT LM 0.12 being SMB 1. Raises Undecodable."""
    try:
        answers = [{"dialect": str(said["dialect"]), "raw": str(said["raw"])} for said in recording.answers]
        raws = {said["dialect"]: bytes.fromhex(said["raw"]) for said in answers}
    except (KeyError, TypeError, ValueError) as error:
        raise Undecodable("An SMB answer without its dialect or bytes.") from error
    spoke = [name for name in (SMB1, *SMB2.values()) if raws.get(name, b"")[:4] in (b"\xffSMB", b"\xfeSMB")]
    if not spoke:
        return
    taken = {name: said for name in (SMB1, *SMB2.values()) if (said := _negotiated(answers, name)).accepted}
    words = read_challenge(raws.get("", b""))
    yield Smb(
        ip=recording.target,
        dialects=tuple(taken),
        os=clean(words.get("os", "")),
        name=words.get("name", ""),
        domain=words.get("domain", ""),
        signing=list(taken.values())[-1].signing if taken else "",
    )


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"smb.dialects": decode}
