"""The words a TCP service says first: SSH, FTP, SMTP, telnet and their like. Probe `port.greeting`."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from probes.canonical import clean
from probes.errors import Undecodable
from probes.seen import OpenPort, Seen
from probes.transport.exchange import exchange
from probes.transport.guard import Guard
from probes.transport.tcp import never, opened
from probes.vocabulary import Json, Recording

_LIMIT = 1024
_KNOWN = (
    ("ssh", re.compile(rb"^SSH-\d")),
    ("telnet", re.compile(rb"^\xff[\xfb-\xfe]")),
    ("vnc", re.compile(rb"^RFB \d{3}\.\d{3}")),
    ("pop3", re.compile(rb"^\+OK")),
    ("imap", re.compile(rb"^\* OK")),
    ("mysql", re.compile(rb"^.\x00\x00\x00\x0a[3-9]\.", re.DOTALL)),
    ("smtp", re.compile(rb"^220[ -][^\r\n]*(?:smtp|mail|exim|postfix)", re.IGNORECASE)),
    ("ftp", re.compile(rb"^220[ -]")),
    ("http", re.compile(rb"^HTTP/1\.")),
    ("telnet", re.compile(rb"(?:login|username|user name|password)\s*:\s*$", re.IGNORECASE)),
)


async def collect(
    guard: Guard, ip: str, port: int, vantage: str, now: Callable[[], datetime], *, wall_s: float = 6
) -> Recording:
    """Listen to one port for 2 s; nothing is sent to it."""

    async def talk(answers: list[Json]) -> str:
        async with opened(guard, ip, port) as line:
            raw = await line.until(never, _LIMIT, quiet_s=2)
        answers.append({"port": port, "raw": raw.hex()})
        return ""

    return await exchange(guard, "port.greeting", ip, vantage, now, wall_s, talk)


def decode(recording: Recording) -> Iterator[Seen]:
    """An OpenPort with the greeting as its banner; the name only when the words prove it. Raises Undecodable."""
    for said in recording.answers:
        try:
            port, raw = int(said["port"]), bytes.fromhex(said["raw"])
        except (KeyError, TypeError, ValueError) as error:
            raise Undecodable("A greeting without its port or bytes.") from error
        name = next((name for name, pattern in _KNOWN if pattern.search(raw)), "")
        yield OpenPort(ip=recording.target, protocol="tcp", port=port, name=name, banner=clean(_text(raw)))


def _text(raw: bytes) -> bytes:
    """The greeting without telnet's option negotiation (RFC 854)."""
    return re.sub(rb"\xff(?:[\xfb-\xfe].|\xfa.{0,60}?\xff\xf0|[\xf0-\xf9])", b"", raw, flags=re.DOTALL)


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"port.greeting": decode}
