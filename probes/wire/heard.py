"""Frames as a recording keeps them: `[kind, seconds after its start, source MAC, frame as hex]`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from probes.canonical import address_text
from probes.errors import Undecodable
from probes.vocabulary import Recording

_LONGEST_HEX = 20_000
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Heard:
    """One frame that was heard: its protocol, when in seconds, from which MAC, and its octets."""

    kind: str
    at: float
    source: str
    frame: bytes


def heard(recording: Recording) -> Iterator[Heard]:
    """The frames of a recording. Raises Undecodable when an answer is not of that shape."""
    for answer in recording.answers:
        if not (isinstance(answer, list | tuple) and len(answer) == 4 and isinstance(answer[0], str)):
            raise Undecodable(f"An answer of {recording.probe} is not a heard frame.")
        if answer[0] not in ("flood", "interface"):
            yield Heard(answer[0], _number(answer[1]), _source(answer[2]), octets(answer[3]))


def interface_of(recording: Recording) -> str:
    """The agent's interface that listened: the answer `["interface", 0, its MAC, its name]`, else the target."""
    whole = (answer for answer in recording.answers if isinstance(answer, list | tuple) and len(answer) == 4)
    return str(next((answer[3] for answer in whole if answer[0] == "interface"), recording.target))


def _source(value: Any) -> str:
    if not isinstance(value, str) or not _MAC.fullmatch(value):
        raise Undecodable("A heard frame's source is no MAC address.")
    return value


def octets(value: Any) -> bytes:
    """Octets written as hex. Raises Undecodable."""
    if not isinstance(value, str) or len(value) > _LONGEST_HEX:
        raise Undecodable("Octets are missing or longer than any packet.")
    try:
        return bytes.fromhex(value)
    except ValueError as error:
        raise Undecodable("Octets are not written as hex.") from error


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def packets(recording: Recording) -> Iterator[tuple[str, bytes]]:
    """Address and datagram of each answer `[address, datagram as hex]`. Raises Undecodable."""
    for answer in recording.answers:
        if not (isinstance(answer, list | tuple) and len(answer) == 2 and isinstance(answer[0], str)):
            raise Undecodable(f"An answer of {recording.probe} is not an address and a datagram.")
        address = address_text(answer[0])
        if address is None:
            raise Undecodable(f"An answer of {recording.probe} comes from no IP address.")
        yield address, octets(answer[1])
