"""The packet process: the only code that imports scapy (GPL-2.0-only), and the only one that needs CAP_NET_RAW.

It takes one order as a JSON line on its standard input, answers in JSON lines on its standard output, checks the scope
itself before each packet, and ends when its input closes or the order's deadline passes. Once its socket is open it
gives up every capability, so what parses frames from the network can do nothing else.
"""

import ctypes
import errno
import importlib
import json
import re
import resource
import signal
import sys
import time
import types
from typing import Any, TextIO

from pydantic import ValidationError

from probes.oui import longest_prefix, prefixes
from probes.transport import packet_jobs as jobs
from probes.transport.frame_socket import Ended, Leash
from probes.transport.packet_order import Order
from probes.vocabulary import Json, Outcome

_LONGEST_ORDER = 4 * 1024 * 1024
_MEMORY = 192 * 1024 * 1024
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
        order = Order.model_validate_json(sys.stdin.buffer.readline(_LONGEST_ORDER))
    except ValidationError as error:
        answers.end((Outcome.GARBLED, f"the order could not be read: {error.error_count()} mistakes"))
        return 2
    signal.alarm(int(order.deadline) + 5)
    answers.end(_work(order, Leash(sys.stdin.fileno(), time.monotonic() + order.deadline), answers))
    return 0


def _work(order: Order, leash: Leash, answers: "_Answers") -> tuple[Outcome, str]:
    try:
        return _do(order, leash, answers)
    except Ended as ended:
        return Outcome.PARTIAL, str(ended)
    except OSError as error:
        if answers.count == 0 and error.errno in _REFUSED:
            return Outcome.SKIPPED, f"{order.interface or order.do}: {_REFUSED[error.errno]}"
        return Outcome.PARTIAL, f"the interface failed: {error.strerror or error}"


def _do(order: Order, leash: Leash, answers: "_Answers") -> tuple[Outcome, str]:
    if order.do == "oui":
        return _look_up(order, answers)
    template = _arp_template if order.do == "arp" else None
    if template:
        _import_scapy()
    if order.do == "icmp":
        echo = jobs.EchoSocket()
        _give_up_capabilities()
        return jobs.sweep_icmp(order, leash, answers.emit, echo)
    opened = jobs.open_frames(order)
    _give_up_capabilities()
    if template:
        return jobs.sweep_arp(order, leash, answers.emit, opened, template)
    work = {"nd": jobs.sweep_nd, "listen": jobs.listen, "dhcp": jobs.discover_dhcp}[order.do]
    return work(order, leash, answers.emit, opened)


class _Answers:
    """Writes answers as JSON lines and counts them."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self.count = 0

    def emit(self, answer: list[Json]) -> None:
        self.count += 1
        self._write({"answer": answer})

    def end(self, end: tuple[Outcome, str]) -> None:
        self._write({"end": end[0].value, "reason": end[1]})

    def _write(self, line: dict[str, Any]) -> None:
        self._out.write(json.dumps(line) + "\n")
        self._out.flush()


def _import_scapy() -> types.ModuleType:
    """scapy's layer 2 alone, without the maker and Bluetooth tables that it would unpack for it (40 MiB, 0.3 s)."""
    for name, data in (("scapy.libs.manuf", ""), ("scapy.libs.bluetoothids", {})):
        empty = types.ModuleType(name)
        empty.__dict__["DATA"] = data
        sys.modules.setdefault(name, empty)
    return importlib.import_module("scapy.layers.l2")


def _arp_template(mac: bytes, source: str) -> bytes:
    """A broadcast ARP request from this MAC and address; its target, the last four octets, is to be filled in."""
    from scapy.layers.l2 import ARP, Ether

    sender = mac.hex(":")
    return bytes(Ether(dst="ff:ff:ff:ff:ff:ff", src=sender) / ARP(hwsrc=sender, psrc=source, pdst="0.0.0.0"))  # noqa: S104


def _look_up(order: Order, answers: _Answers) -> tuple[Outcome, str]:
    """The maker of each MAC, from the table that scapy ships; scapy's own look-up ignores its /28 and /36 entries."""
    from scapy.libs.manuf import DATA

    table = _maker_table(DATA, frozenset(prefix for mac in order.macs for prefix in prefixes(mac)))
    for mac in order.macs:
        maker = longest_prefix(mac, table)
        if maker:
            answers.emit([mac, maker])
    return Outcome.COMPLETE, ""


def _maker_table(data: str, wanted: frozenset[str]) -> dict[str, str]:
    """Long names keyed by the hex digits of the wanted prefixes, from lines `prefix[/bits] <tab> short <tab> long`."""
    table: dict[str, str] = {}
    for line in re.finditer(r"[^\n]+", data):
        prefix, _, names = line[0].partition("\t")
        digits, _, bits = prefix.strip().replace(":", "").lower().partition("/")
        digits = digits[: int(bits or 24) // 4]
        if digits in wanted and names:
            table[digits] = names.rpartition("\t")[2].strip() or names.strip()
    return table


def _give_up_capabilities() -> None:
    """Drop every capability of this process and any way to gain one (capabilities(7), prctl(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    if libc.capset(header, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), "the packet process cannot give up its capabilities")


if __name__ == "__main__":
    sys.exit(main())
