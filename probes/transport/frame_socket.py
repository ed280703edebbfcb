"""An Ethernet interface opened for raw frames: nothing is dropped while it is read, nothing is sent too fast."""

import ctypes
import errno
import fcntl
import os
import select
import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator

from probes.errors import CaretakerError

_SOL_PACKET, _STATISTICS, _ADD_MEMBERSHIP, _IGNORE_OUTGOING = 263, 6, 1, 23
_MR_ALLMULTI, _MR_UNICAST = 2, 3
_SO_ATTACH_FILTER, _SO_RCVBUFFORCE, _SO_SNDBUFFORCE = 26, 33, 32
_ETHERNET, _OUTGOING = 1, 4
BUFFER = 4 * 1024 * 1024
_SNAP = 2048
_GET_FLAGS, _UP_AND_RUNNING = 0x8913, 0x41
_EDP_GROUP = bytes.fromhex("00e02b000000")
# A wake-up sends what became due since the last, and never more than this many seconds' worth.
_TICK, _NAP, _SLOW_NAP = 0.015, 0.012, 0.05

Instruction = tuple[int, int, int, int]
_ACCEPT, _DROP = (0x06, 0, 0, _SNAP), (0x06, 0, 0, 0)
# Classic BPF (bpf(4)): frames to a group, or to the address of EDP, which is no group address.
GROUPS: tuple[Instruction, ...] = (
    (0x30, 0, 0, 0), (0x45, 2, 0, 1), (0x20, 0, 0, 0), (0x15, 0, 1, 0x00E02B00), _ACCEPT, _DROP,
)  # fmt: skip
# IPv4 UDP, no later fragment, to port 68.
DHCP_CLIENT: tuple[Instruction, ...] = (
    (0x28, 0, 0, 12), (0x15, 0, 8, 0x0800), (0x30, 0, 0, 23), (0x15, 0, 6, 17), (0x28, 0, 0, 20), (0x45, 4, 0, 0x1FFF),
    (0xB1, 0, 0, 14), (0x48, 0, 0, 16), (0x15, 0, 1, 68), _ACCEPT, _DROP,
)  # fmt: skip
# IPv6 whose next header is ICMPv6.
ICMP6: tuple[Instruction, ...] = (
    (0x28, 0, 0, 12), (0x15, 0, 3, 0x86DD), (0x30, 0, 0, 20), (0x15, 0, 1, 58), _ACCEPT, _DROP,
)  # fmt: skip


class Ended(CaretakerError):
    """The parent is gone or the time is up: the work stops where it is."""


class Leash:
    """Ends the packet process's work when its parent closes its input or the deadline (monotonic seconds) passes."""

    def __init__(self, parent: int, deadline: float, idle: Callable[[], None] = lambda: None) -> None:
        self._parent = parent
        self._idle = idle
        self.deadline = deadline

    def wait(self, seconds: float, readable: int | None = None) -> None:
        """Wait until something can be read or `seconds` have passed; `idle` is done first. Raises Ended."""
        self._idle()
        if time.monotonic() > self.deadline:
            raise Ended("the deadline passed")
        watched = [self._parent] if readable is None else [readable, self._parent]
        ready, _, _ = select.select(watched, [], [], max(seconds, 0))
        if self._parent in ready and not os.read(self._parent, 4096):
            raise Ended("the agent ended it")


class FrameSocket:
    """Raw frames of one Ethernet interface. `protocol` is an EtherType, or 3 for all of them."""

    def __init__(self, interface: str, protocol: int, program: tuple[Instruction, ...] = ()) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        enlarge(self._socket)
        if program:
            _attach(self._socket, program)
        self._socket.bind((interface, protocol))
        self._socket.setblocking(False)
        name = self._socket.getsockname()
        if name[3] != _ETHERNET:
            raise OSError(errno.EMEDIUMTYPE, "not an Ethernet interface")
        self.mac: bytes = name[4]
        self._name = interface

    def hear_groups(self, interface: str) -> None:
        """Let the card pass every multicast frame and EDP's address for as long as this socket is open."""
        index = socket.if_nametoindex(interface)
        for kind, address in ((_MR_ALLMULTI, b""), (_MR_UNICAST, _EDP_GROUP)):
            request = struct.pack("iHH8s", index, kind, len(address), address)
            self._socket.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, request)
        self._socket.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)

    def fileno(self) -> int:
        """The descriptor, to wait upon."""
        return self._socket.fileno()

    def send(self, frame: bytes) -> None:
        """Send one frame, waiting a little where the queue is full. Raises OSError."""
        for _ in range(50):
            try:
                self._socket.send(frame)
                return
            except OSError as error:
                if error.errno not in (errno.ENOBUFS, errno.EAGAIN):
                    raise
                time.sleep(0.002)
        raise OSError(errno.ENOBUFS, "the interface sends nothing")

    def waiting(self) -> Iterator[bytes]:
        """Every frame that has arrived, without those that this host sent itself."""
        while True:
            try:
                frame, sender = self._socket.recvfrom(_SNAP)
            except BlockingIOError:
                return
            if sender[2] != _OUTGOING:
                yield frame

    def is_up(self) -> bool:
        """Whether the interface is up and its cable is in (netdevice(7), IFF_RUNNING)."""
        answer = fcntl.ioctl(self._socket, _GET_FLAGS, struct.pack("16sh14x", self._name.encode(), 0))
        (flags,) = struct.unpack("16xh", answer[:18])
        return bool(flags & _UP_AND_RUNNING == _UP_AND_RUNNING)

    def dropped(self) -> int:
        """How many frames the kernel could not keep since this was last asked."""
        _, drops = struct.unpack("II", self._socket.getsockopt(_SOL_PACKET, _STATISTICS, 8))
        return int(drops)


def enlarge(opened: socket.socket) -> None:
    """Buffers of 4 MiB in both directions, or as near as this account may have."""
    for force, plain in ((_SO_RCVBUFFORCE, socket.SO_RCVBUF), (_SO_SNDBUFFORCE, socket.SO_SNDBUF)):
        try:
            opened.setsockopt(socket.SOL_SOCKET, force, BUFFER)
        except PermissionError:
            opened.setsockopt(socket.SOL_SOCKET, plain, BUFFER)


def _attach(opened: socket.socket, program: tuple[Instruction, ...]) -> None:
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    opened.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HL", len(program), ctypes.addressof(code)))


def pace(
    leash: Leash,
    readable: int | None,
    sends: Iterable[Callable[[], None]],
    pps: float,
    settle: float,
    read: Callable[[], None],
) -> None:
    """Do each send at no more than `pps` a second, reading all the while, then read for `settle` seconds more.

    Where `readable` is None nothing wakes it but the clock: what arrives waits up to a tick in the socket's buffer,
    which spares a wake-up for each answer. Raises Ended and OSError.
    """
    due = time.monotonic()
    for send in sends:
        while (wait := due - time.monotonic()) > 0:
            leash.wait(max(wait, _NAP), readable)
            read()
        send()
        due = max(due, time.monotonic() - _TICK) + 1 / pps
    until = time.monotonic() + settle
    while (wait := until - time.monotonic()) > 0:
        leash.wait(min(wait, _SLOW_NAP) if readable is None else wait, readable)
        read()
