"""What a listener keeps of the frames that reach it: each distinct one once, and never more than is good for memory."""

from collections import Counter
from hashlib import blake2b

from probes.wire.ethernet import kind_of, open_frame, open_udp, snap

# What a night reads of a recording (probes.wire.neighbour_frames, whose imports would cost this process 20 MiB).
MOST_NEIGHBOURS, MOST_FRAMES = 64, 2000
_NEIGHBOURS = ("lldp", "cdp", "fdp", "edp")
_MOST_OF_ONE, _MOST_VERSIONS = 250, 8


class Kept:
    """Decides frame by frame; counts what it refuses by kind."""

    def __init__(self) -> None:
        self._digests: set[bytes] = set()
        self._neighbours: Counter[bytes] = Counter()
        self._sources: Counter[bytes] = Counter()
        self.refused: Counter[str] = Counter()

    def take(self, frame: bytes) -> str:
        """The kind of a frame that is to be kept, or an empty string."""
        kind = kind_of(frame)
        if not kind or _asks(kind, frame):
            return ""
        # Whoever asks for many addresses by ARP says only one thing of itself.
        said = frame[:12] + open_frame(frame).payload[8:18] if kind == "arp" else frame
        digest = blake2b(said, digest_size=12).digest()
        if digest in self._digests:
            return ""
        if not self._has_room(kind, frame):
            self.refused["neighbours" if kind in _NEIGHBOURS else kind] += 1
            return ""
        self._digests.add(digest)
        return kind

    def _has_room(self, kind: str, frame: bytes) -> bool:
        if len(self._digests) >= MOST_FRAMES:
            return False
        if kind not in _NEIGHBOURS:
            self._sources[frame[6:12]] += 1
            return self._sources[frame[6:12]] <= _MOST_OF_ONE
        key = kind.encode() + _neighbour(kind, frame)
        if key not in self._neighbours and len(self._neighbours) >= MOST_NEIGHBOURS:
            return False
        self._neighbours[key] += 1
        return self._neighbours[key] <= _MOST_VERSIONS


def _asks(kind: str, frame: bytes) -> bool:
    """Whether a frame is a question for somebody else, which says nothing of who sent it."""
    if kind not in ("mdns", "llmnr", "ssdp", "netbios"):
        return False
    datagram = open_udp(open_frame(frame))
    if kind == "ssdp":
        return datagram.payload.startswith(b"M-SEARCH")
    if kind == "netbios":
        return datagram.port == 137 and datagram.payload[2:3] <= b"\x07"
    return datagram.payload[2:3] < b"\x80"


def _neighbour(kind: str, frame: bytes) -> bytes:
    """Source MAC and first TLV, which names the device in every one of these protocols."""
    opened = open_frame(frame)
    if kind == "lldp":
        length = int.from_bytes(opened.payload[:2], "big") & 0x01FF
        return frame[6:12] + opened.payload[: 2 + length]
    _, payload = snap(opened)
    if kind == "edp":
        return frame[6:12] + payload[10:16]
    return frame[6:12] + payload[4 : 4 + int.from_bytes(payload[6:8], "big")]
