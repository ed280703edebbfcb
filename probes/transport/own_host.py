"""What the agent's own host is, through psutil and the kernel: no packet is sent."""

import ctypes
import platform
import shutil
import socket
from pathlib import Path

import psutil

from probes.vocabulary import Json

_TIMEX_BYTES = 208
_STA_UNSYNC, _TIME_ERROR = 0x0040, 5


def read_own_host(state_dir: Path | None = None) -> Json:
    """Name, system, memory, free disk where `state_dir` lies, boot time, interfaces and clock, as plain values."""
    release = _os_release()
    place = state_dir if state_dir and state_dir.exists() else Path("/")
    return {
        "hostname": socket.gethostname(),
        "os": release.get("NAME", platform.system()),
        "version": release.get("VERSION_ID", platform.release()),
        "kernel": platform.release(),
        "machine": _machine(),
        "memory_mb": psutil.virtual_memory().total // 2**20,
        "disk_free_mb": shutil.disk_usage(place).free // 2**20,
        "boot": psutil.boot_time(),
        "interfaces": _interfaces(),
        "clock_synchronised": clock_synchronised(),
    }


def _os_release() -> dict[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}


def _machine() -> str:
    """The board's own name where there is one (a Raspberry Pi's device tree, a PC's DMI), else the processor kind."""
    for place in ("/proc/device-tree/model", "/sys/class/dmi/id/product_name"):
        try:
            text = Path(place).read_text(errors="replace").strip("\x00\n ")
        except OSError:
            continue
        if text:
            return f"{text} ({platform.machine()})"
    return platform.machine()


def _interfaces() -> list[list[str | int]]:
    """Name, MAC, IPv4 or IPv6 address and speed in Mbit/s (0 when it is not known) of each interface that is up."""
    stats = psutil.net_if_stats()
    rows: list[list[str | int]] = []
    for name, addresses in sorted(psutil.net_if_addrs().items()):
        if name == "lo" or not (stats.get(name) and stats[name].isup):
            continue
        macs = [address.address for address in addresses if address.family == psutil.AF_LINK]
        for address in addresses:
            if address.family in (socket.AF_INET, socket.AF_INET6):
                rows.append([name, macs[0] if macs else "", address.address.split("%")[0], stats[name].speed])
    return rows


def clock_synchronised() -> bool | None:
    """Whether the kernel's clock follows a time server (adjtimex(2)); None when the kernel does not say."""
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(timex)
    except (OSError, AttributeError):
        return None
    if state < 0:
        return None
    # struct timex: modes, offset, freq, maxerror, esterror, status; the longs are aligned to the word size.
    status = ctypes.c_int.from_buffer(timex, 5 * ctypes.sizeof(ctypes.c_long)).value
    return state != _TIME_ERROR and not status & _STA_UNSYNC
