"""What a capture of the agent's wire shows: how fast each host was spoken to, and who was told a secret."""

import struct
from collections import defaultdict, deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_HEADER = 24
_IP, _ARP = 0x0800, 0x0806


class Packet(NamedTuple):
    """One captured frame: time in seconds, addresses (empty when it has none) and the whole frame."""

    at: float
    source: str
    target: str
    frame: bytes


def packets(path: Path) -> Iterator[Packet]:
    """The frames of a pcap file in Ethernet format, as tcpdump writes it on this machine."""
    data = path.read_bytes()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    at = _HEADER
    while at + 16 <= len(data):
        seconds, parts, size, _ = struct.unpack(f"{order}IIII", data[at : at + 16])
        frame = data[at + 16 : at + 16 + size]
        source, target = _addresses(frame)
        yield Packet(seconds + parts / 1e6, source, target, frame)
        at += 16 + size


def _addresses(frame: bytes) -> tuple[str, str]:
    kind = int.from_bytes(frame[12:14], "big")
    if kind == _IP and len(frame) >= 34:
        return _dotted(frame[26:30]), _dotted(frame[30:34])
    if kind == _ARP and len(frame) >= 42:
        return _dotted(frame[28:32]), _dotted(frame[38:42])
    return "", ""


def _dotted(octets: bytes) -> str:
    return ".".join(map(str, octets))


def busiest(path: Path, source: str = "10.20.0.100") -> dict[str, int]:
    """The most packets that `source` sent to each address within any one second."""
    recent: dict[str, deque[float]] = defaultdict(deque)
    most: dict[str, int] = defaultdict(int)
    for packet in packets(path):
        if packet.source != source or not packet.target:
            continue
        window = recent[packet.target]
        window.append(packet.at)
        while window[0] <= packet.at - 1:
            window.popleft()
        most[packet.target] = max(most[packet.target], len(window))
    return dict(most)


def told(path: Path, secret: str, source: str = "10.20.0.100") -> set[str]:
    """The addresses to which `source` sent these words in the clear."""
    word = secret.encode()
    return {packet.target for packet in packets(path) if packet.source == source and word in packet.frame}
