"""The quiet listener of the packet process."""

import time

from probes.transport.frame_socket import FrameSocket, Leash, pace
from probes.transport.kept import Kept
from probes.transport.packet_jobs import PARTIAL, Emit, End, whole
from probes.transport.packet_order import Order


def listen(order: Order, leash: Leash, emit: Emit, opened: FrameSocket) -> End:
    """Keep what neighbours, servers and hosts say to everybody, for so many seconds; send nothing."""
    kept, began = Kept(), time.monotonic()
    emit(["interface", 0.0, opened.mac.hex(":"), order.interface])

    def read() -> None:
        for frame in opened.waiting():
            kind = kept.take(frame)
            if kind:
                emit([kind, round(time.monotonic() - began, 3), frame[6:12].hex(":"), frame.hex()])

    pace(leash, opened.fileno(), (), 1, order.seconds, read)
    for what, count in kept.refused.items():
        emit(["flood", round(time.monotonic() - began, 3), what, count])
    if kept.refused:
        return PARTIAL, "more was said than is kept: " + ", ".join(sorted(kept.refused))
    return whole(opened)
