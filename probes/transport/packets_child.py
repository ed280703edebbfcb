"""The packet process: the only code that imports scapy (GPL-2.0-only), and the only one that needs CAP_NET_RAW.

It takes one order as a JSON line on its standard input, answers in JSON lines on its standard output, checks the scope
itself before each packet, and ends when its input closes or the order's deadline passes. Once its socket is open it
gives up every capability, so what parses frames from the network can do nothing else. Each order imports its own work
alone: most of what a sweep cost was once the start of this process.
"""

import ctypes
import errno
import json
import resource
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any, TextIO

from probes.errors import BadInput
from probes.transport.frame_socket import DHCP_CLIENT, GROUPS, ICMP6, Ended, FrameSocket, Leash
from probes.transport.packet_jobs import ARP, COMPLETE, GARBLED, PARTIAL, SKIPPED, End, sweep_arp
from probes.transport.packet_order import Order, read_order

_LONGEST_ORDER = 4 * 1024 * 1024
_MEMORY = 192 * 1024 * 1024
_write_json = json.JSONEncoder(check_circular=False).encode
_IPV4, _IPV6, _ALL = 0x0800, 0x86DD, 3
_NO_NEW_PRIVILEGES, _CAPABILITY_VERSION = 38, 0x20080522
_REFUSED = {
    errno.EPERM: "raw sockets need the capability CAP_NET_RAW",
    errno.EACCES: "raw sockets need the capability CAP_NET_RAW",
    errno.ENODEV: "there is no such interface",
    errno.ENXIO: "there is no such interface",
    errno.EMEDIUMTYPE: "it is not an Ethernet interface",
}


def main() -> int:
    """Do one order and say how it ended. The exit code is 0 unless the order could not be read."""
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = _Answers(sys.stdout)
    try:
        order = read_order(sys.stdin.buffer.readline(_LONGEST_ORDER))
    except BadInput as error:
        answers.end((GARBLED, f"the order could not be read: {error}"))
        return 2
    signal.alarm(int(order.deadline) + 5)
    leash = Leash(sys.stdin.fileno(), time.monotonic() + order.deadline, answers.flush)
    answers.end(_work(order, leash, answers))
    return 0


def _work(order: Order, leash: Leash, answers: "_Answers") -> End:
    try:
        return _do(order, leash, answers)
    except Ended as ended:
        return PARTIAL, str(ended)
    except OSError as error:
        if answers.count == 0 and error.errno in _REFUSED:
            return SKIPPED, f"{order.interface or order.do}: {_REFUSED[error.errno]}"
        return PARTIAL, f"the interface failed: {error.strerror or error}"


def _do(order: Order, leash: Leash, answers: "_Answers") -> End:
    if order.do == "oui":
        return _look_up(order, answers)
    if order.do == "icmp":
        return _echo(order, leash, answers)
    opened = _open_frames(order)
    _give_up_capabilities()
    if order.do == "arp":
        return sweep_arp(order, leash, answers.emit, opened)
    if order.do == "listen":
        from probes.transport.packet_listen import listen

        return listen(order, leash, answers.emit, opened)
    from probes.transport.packet_ask import discover_dhcp, sweep_nd

    return (sweep_nd if order.do == "nd" else discover_dhcp)(order, leash, answers.emit, opened)


def _echo(order: Order, leash: Leash, answers: "_Answers") -> End:
    from probes.transport.packet_echo import EchoSocket, sweep_icmp

    opened = EchoSocket()
    _give_up_capabilities()
    return sweep_icmp(order, leash, answers.emit, opened)


def _open_frames(order: Order) -> FrameSocket:
    """The socket that an order needs. Raises OSError."""
    if order.do == "listen":
        opened = FrameSocket(order.interface, _ALL, GROUPS)
        opened.hear_groups(order.interface)
        return opened
    kinds = {"arp": (ARP, ()), "nd": (_IPV6, ICMP6), "dhcp": (_IPV4, DHCP_CLIENT)}
    protocol, program = kinds[order.do]
    return FrameSocket(order.interface, protocol, program)


class _Answers:
    """Writes answers as JSON lines and counts them."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self.count = 0

    def emit(self, answer: list[Any]) -> None:
        """Keep one answer for the next flush, which is before anything is waited for."""
        self.count += 1
        self._write({"answer": answer})

    def end(self, end: End) -> None:
        """Say how the work ended."""
        self._write({"end": end[0], "reason": end[1]})
        self.flush()

    def flush(self) -> None:
        """Hand over what has been kept."""
        self._out.flush()

    def _write(self, line: dict[str, Any]) -> None:
        self._out.write(_write_json(line) + "\n")


def _look_up(order: Order, answers: _Answers) -> End:
    """The maker of each prefix, from the table that scapy ships; scapy's own look-up ignores /28 and /36."""
    from scapy.libs.manuf import DATA

    for prefix, maker in _makers(DATA, frozenset(order.prefixes)):
        answers.emit([prefix, maker])
    return COMPLETE, ""


def _makers(data: str, wanted: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Long names with the hex digits of the wanted prefixes, from lines `prefix[/bits] <tab> short <tab> long`."""
    at = 0
    while at < len(data):
        end = data.find("\n", at)
        line = data[at : end if end >= 0 else len(data)]
        at += len(line) + 1
        prefix, _, names = line.partition("\t")
        digits, _, bits = prefix.strip().replace(":", "").lower().partition("/")
        digits = digits[: int(bits or 24) // 4]
        if digits in wanted and names:
            yield digits, names.rpartition("\t")[2].strip() or names.strip()


def _give_up_capabilities() -> None:
    """Drop every capability of this process and any way to gain one (capabilities(7), prctl(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    if libc.capset(header, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), "the packet process cannot give up its capabilities")


if __name__ == "__main__":
    sys.exit(main())
