"""What the packet process asks a whole wire: IPv6 neighbours to say who they are, DHCP servers for an offer."""

import time
from collections.abc import Callable

from probes.transport import nd_frames as nd
from probes.transport.dhcp_frames import discover_frame, is_offer_to
from probes.transport.fence import Fence
from probes.transport.frame_socket import FrameSocket, Leash, pace
from probes.transport.packet_jobs import AFTER_LAST, MOST_PAIRS, SKIPPED, Emit, End, whole
from probes.transport.packet_order import Order


def sweep_nd(order: Order, leash: Leash, emit: Emit, opened: FrameSocket) -> End:
    """Ask all nodes for an echo from each own local address, then solicit every address that answered."""
    fence = order.fence()
    sources = nd.local_addresses(order.interface)
    if not sources:
        return SKIPPED, f"{order.interface} has no link-local or unique local IPv6 address"
    found: dict[tuple[bytes, bytes], None] = {}

    def read() -> None:
        for frame in opened.waiting():
            answer = nd.icmp6_answer(frame)
            if answer and answer[:2] not in found and answer[0] not in sources and len(found) < MOST_PAIRS:
                found[answer[:2]] = None
                emit([nd.text(answer[0]), answer[1].hex(":"), answer[2]])

    echoes = [_sends(opened, nd.echo_frame(opened.mac, source, order.number)) for source in sources]
    for _ in range(2):
        pace(leash, opened.fileno(), echoes, 10, order.seconds / 2, read)
    wanted = dict.fromkeys([*map(nd.packed, order.addresses), *(address for address, _ in found)])
    solicited = [address for address in wanted if _may_solicit(fence, address)]
    asks = [_sends(opened, nd.solicitation_frame(opened.mac, _source_for(ip, sources), ip)) for ip in solicited]
    pace(leash, opened.fileno(), asks, order.rate(), AFTER_LAST, read)
    return whole(opened)


def _may_solicit(fence: Fence, address: bytes) -> bool:
    """Local addresses are on this wire by definition, so only an exclusion can forbid them."""
    return nd.is_local(address) and not fence.excludes(nd.text(address))


def _source_for(address: bytes, sources: tuple[bytes, ...]) -> bytes:
    same = (source for source in sources if (source[0] == 0xFE) == (address[0] == 0xFE))
    return next(same, sources[0])


def discover_dhcp(order: Order, leash: Leash, emit: Emit, opened: FrameSocket) -> End:
    """Ask for an offer three times and keep every server's; nothing is ever requested."""
    began = time.monotonic()
    kept: set[bytes] = set()

    def read() -> None:
        for frame in opened.waiting():
            if frame not in kept and len(kept) < 200 and is_offer_to(frame, order.number):
                kept.add(frame)
                emit(["dhcp", round(time.monotonic() - began, 3), frame[6:12].hex(":"), frame.hex()])

    for seconds in (0, 1, 2):
        question = discover_frame(opened.mac, order.number, seconds)
        pace(leash, opened.fileno(), [_sends(opened, question)], 1, order.seconds / 3, read)
    return whole(opened)


def _sends(opened: FrameSocket, frame: bytes) -> Callable[[], None]:
    """The sending of one frame, to be paced."""
    return lambda: opened.send(frame)
