"""What a quiet listener learned from the frames that reached it: neighbours, names, services, DHCP, ARP.

"frames.heard" answers are `[kind, seconds, source MAC, frame as hex]`; one of kind `interface` names the listening
interface and one of kind `flood` is `["flood", seconds, what, how many were dropped]`.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from probes.canonical import clean
from probes.errors import Undecodable
from probes.seen import AddressPair, Alive, Flood, Garbled, Neighbour, Seen
from probes.vocabulary import Recording
from probes.wire import dhcp, mdns, netbios, ssdp
from probes.wire.arp_sweep import read_arp
from probes.wire.cdp_frame import read_cdp, read_edp
from probes.wire.ethernet import open_frame, open_udp, snap
from probes.wire.heard import Heard, heard, interface_of
from probes.wire.lldp_frame import read_lldp

MOST_NEIGHBOURS, MOST_FRAMES = 64, 2000


def decode(recording: Recording) -> Iterator[Seen]:
    """Everything the frames say, each thing once; at most 64 neighbours. Raises Undecodable on another shape."""
    interface = interface_of(recording)
    frames = list(heard(recording))
    found: dict[str, Seen] = {}
    garbled: Counter[str] = Counter()
    for frame in frames[:MOST_FRAMES]:
        try:
            found.update((_key(seen), seen) for seen in list(_one(frame, interface)))
        except Undecodable:
            garbled[frame.kind] += 1
    found.update((repr(seen), seen) for seen in _gathered(frames[:MOST_FRAMES]))
    yield from _bounded(list(found.values()))
    yield from _floods(recording, len(frames) - MOST_FRAMES)
    for kind, count in garbled.items():
        yield Garbled(clean(kind, 16), count)


def _key(seen: Seen) -> str:
    """Equal things are one thing; and of one neighbour the last frame counts, since the first may be half made."""
    if isinstance(seen, Neighbour):
        return f"{seen.protocol} {seen.source_mac} {seen.chassis_subtype} {seen.chassis_id}"
    return repr(seen)


def _one(frame: Heard, interface: str) -> Iterator[Seen]:
    """What one frame says by itself. Raises Undecodable."""
    outer = open_frame(frame.frame)
    if frame.kind == "lldp":
        neighbour = read_lldp(outer.payload, interface, frame.source)
        yield from () if neighbour is None else (neighbour,)
    elif frame.kind in ("cdp", "fdp"):
        yield read_cdp(snap(outer)[1], interface, frame.source, frame.kind)
    elif frame.kind == "edp":
        yield read_edp(snap(outer)[1], interface, frame.source)
    elif frame.kind == "arp":
        _, ip, mac = read_arp(outer)
        yield from () if ip == dhcp.NOWHERE else (Alive(ip, "arp", mac), AddressPair(ip, mac, "arp"))
    elif frame.kind in _DATAGRAMS:
        yield from _DATAGRAMS[frame.kind](frame)


def _dhcp(frame: Heard) -> Iterator[Seen]:
    return dhcp.seen_in(open_udp(open_frame(frame.frame)), frame.source)


def _netbios(frame: Heard) -> Iterator[Seen]:
    datagram = open_udp(open_frame(frame.frame))
    if datagram.port == 138:
        return netbios.read_datagram_service(datagram, frame.source)
    return netbios.read_name_service(datagram, frame.source)


def _llmnr(frame: Heard) -> Iterator[Seen]:
    datagram = open_udp(open_frame(frame.frame))
    return mdns.read_llmnr(datagram.source, frame.source, datagram.payload)


_DATAGRAMS: dict[str, Callable[[Heard], Iterator[Seen]]] = {"dhcp": _dhcp, "netbios": _netbios, "llmnr": _llmnr}


def _gathered(frames: list[Heard]) -> Iterator[Seen]:
    """What only all frames of a sender together say: mDNS services, SSDP devices."""
    yield from mdns.services(_said(frames, "mdns"))
    yield from ssdp.devices((ip, payload) for ip, _, payload in _said(frames, "ssdp"))


def _said(frames: list[Heard], kind: str) -> Iterator[tuple[str, str | None, bytes]]:
    for frame in frames:
        if frame.kind == kind:
            try:
                datagram = open_udp(open_frame(frame.frame))
            except Undecodable:
                continue
            yield datagram.source, frame.source, datagram.payload


def _bounded(found: list[Seen]) -> Iterator[Seen]:
    """All of it, but at most 64 neighbours; what is over is a Flood."""
    neighbours = [seen for seen in found if isinstance(seen, Neighbour)]
    yield from neighbours[:MOST_NEIGHBOURS]
    yield from (seen for seen in found if not isinstance(seen, Neighbour))
    if len(neighbours) > MOST_NEIGHBOURS:
        yield Flood("neighbours", len(neighbours) - MOST_NEIGHBOURS)


def _floods(recording: Recording, over: int) -> Iterator[Seen]:
    if over > 0:
        yield Flood("frames", over)
    for answer in recording.answers:
        if answer[0] == "flood" and isinstance(answer[3], int):
            yield Flood(clean(str(answer[2]), 64), answer[3])


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"frames.heard": decode}
