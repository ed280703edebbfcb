"""Frames for tests: recorded ones of the corpus, scapy's, and mutations of both."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scapy.utils import RawPcapReader

from probes.seen import Seen
from probes.vocabulary import Outcome, Recording
from probes.wire.ethernet import kind_of
from probes.wire.neighbour_frames import decode

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def recording(probe: str, answers: list[Any], target: str = "eth0") -> Recording:
    return Recording(
        probe=probe, target=target, vantage="staff", started=AT, ended=AT, outcome=Outcome.COMPLETE, answers=answers
    )


def captured(path: Path) -> list[bytes]:
    """Every frame of a pcap or pcapng file."""
    reader = RawPcapReader(str(path))
    try:
        return [raw for raw, _ in reader]
    finally:
        reader.close()


def heard(frames: list[bytes]) -> Recording:
    """What the listener would have recorded of these frames, nothing left out."""
    answers = [[kind_of(raw), float(at), raw[6:12].hex(":"), raw.hex()] for at, raw in enumerate(frames)]
    return recording("frames.heard", [answer for answer in answers if answer[0]])


def seen(frames: list[bytes]) -> list[Seen]:
    return list(decode(heard(frames)))


def mutations(seeds: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Seeds with octets changed, cut, repeated, grown or joined to another; always the same ones."""
    chance = random.Random(seed)
    for _ in range(count):
        body = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 6)):
            _mutate(body, chance, seeds)
        yield bytes(body[:2048])


def _mutate(body: bytearray, chance: random.Random, seeds: list[bytes]) -> None:
    at = chance.randrange(len(body)) if body else 0
    match chance.randrange(7):
        case 0 | 1 if body:
            body[at] = chance.choice((0, 1, 0x7F, 0x80, 0xC0, 0xFF, chance.randrange(256)))
        case 2:
            del body[at:]
        case 3:
            body[at:at] = chance.randbytes(chance.randint(1, 16))
        case 4:
            body[at:at] = body[at : at + chance.randint(1, 64)] * chance.randint(1, 4)
        case 5:
            other = chance.choice(seeds)
            body[at:] = other[chance.randrange(len(other) + 1) :]
        case 6 if body:
            body[at] ^= 1 << chance.randrange(8)
