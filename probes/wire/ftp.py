"""Whether an FTP server lets an anonymous user in (RFC 959, RFC 1635). Probe `ftp.anonymous`; no other name."""

from collections.abc import Callable, Iterator
from datetime import datetime

from probes.canonical import clean
from probes.errors import Undecodable
from probes.seen import FtpAnonymous, OpenPort, Seen
from probes.transport.exchange import exchange
from probes.transport.guard import Guard
from probes.transport.tcp import Line, opened
from probes.vocabulary import Json, Recording

_LIMIT = 4096


async def collect(
    guard: Guard, ip: str, vantage: str, now: Callable[[], datetime], *, port: int = 21, wall_s: float = 12
) -> Recording:
    """Greeting, `USER anonymous`, its customary password where one is asked for, then `QUIT`. No file is listed."""

    async def talk(answers: list[Json]) -> str:
        async with opened(guard, ip, port) as line:
            answers.append(_said(port, "", await _reply(line)))
            answers.append(_said(port, "USER", await _asked(line, b"USER anonymous\r\n")))
            if answers[-1]["reply"].startswith("331"):
                answers.append(_said(port, "PASS", await _asked(line, b"PASS anonymous@\r\n")))
            await line.send(b"QUIT\r\n")
        return ""

    return await exchange(guard, "ftp.anonymous", ip, vantage, now, wall_s, talk)


def _said(port: int, command: str, reply: bytes) -> dict[str, Json]:
    return {"port": port, "command": command, "reply": reply.decode("latin-1")}


async def _asked(line: Line, command: bytes) -> bytes:
    await line.send(command)
    return await _reply(line)


async def _reply(line: Line) -> bytes:
    raw = await line.until(_whole, _LIMIT)
    if not raw[:3].isdigit():
        raise Undecodable("The port does not speak FTP.")
    return raw


def _whole(raw: bytes) -> bool:
    """A reply ends with a line whose code is followed by a space (RFC 959, 4.2)."""
    lines = raw.split(b"\n")
    return len(lines) > 1 and lines[-1] == b"" and lines[-2][:3].isdigit() and lines[-2][3:4] != b"-"


def decode(recording: Recording) -> Iterator[Seen]:
    """The greeting as an OpenPort, and FtpAnonymous when the server decided. Raises Undecodable."""
    replies: dict[str, str] = {}
    for said in recording.answers:
        try:
            replies[str(said["command"])] = said["reply"][:_LIMIT]
            port = int(said["port"])
        except (KeyError, TypeError, ValueError) as error:
            raise Undecodable("An FTP answer without its command or reply.") from error
    if "" in replies:
        yield OpenPort(ip=recording.target, protocol="tcp", port=port, name="ftp", banner=clean(replies[""][4:]))
    last = replies.get("PASS", replies.get("USER", ""))[:3]
    if last in ("230", "232", "430", "501", "504", "530", "534", "550"):
        yield FtpAnonymous(ip=recording.target, allowed=last in ("230", "232"))


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"ftp.anonymous": decode}
