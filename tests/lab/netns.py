"""Network namespaces: made and removed in batches, and entered by threads that open sockets in them."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

CLONE_NEWNET = 0x40000000
NAMES = Path("/run/netns")
_libc = ctypes.CDLL(None, use_errno=True)
Made = TypeVar("Made")


def run(*command: str, stdin: str | None = None, timeout: float = 60) -> str:
    """Runs a command to its end and returns what it printed. Raises RuntimeError with its words when it fails."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()[:600]}")
    return done.stdout


def batch(lines: Iterable[str], namespace: str = "") -> None:
    """Runs `ip` commands in one process, in a namespace or in the root."""
    text = "".join(f"{line}\n" for line in lines)
    if text:
        run("ip", *(("-n", namespace) if namespace else ()), "-batch", "-", stdin=text)


def inside(namespace: str, *command: str) -> list[str]:
    """The command line that runs a command in a namespace."""
    return ["ip", "netns", "exec", namespace, *command]


@contextmanager
def entered(namespace: str) -> Iterator[None]:
    """This thread is in the namespace inside the block. Sockets made there stay there. Raises OSError."""
    here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(NAMES / namespace, os.O_RDONLY)
    try:
        _set(there)
        yield
    finally:
        _set(here)
        os.close(here)
        os.close(there)


def _set(descriptor: int) -> None:
    if _libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def made_in(namespace: str, make: Callable[[], Made]) -> Made:
    """What `make` returns when it is called inside the namespace."""
    with entered(namespace):
        return make()


def bound(namespace: str, kind: socket.SocketKind, address: tuple[str, int], device: str = "") -> socket.socket:
    """A socket of a namespace, bound to an address and optionally to a device; TCP ones listen."""

    def make() -> socket.socket:
        made = socket.socket(socket.AF_INET, kind)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if device:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        if kind is socket.SOCK_DGRAM:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        made.bind(address)
        if kind is socket.SOCK_STREAM:
            made.listen(32)
        made.setblocking(False)
        return made

    return made_in(namespace, make)


def existing(prefix: str) -> list[str]:
    """The namespaces whose names begin with the prefix and a dash."""
    return sorted(path.name for path in NAMES.glob(f"{prefix}-*")) if NAMES.exists() else []


def pids_in(namespaces: Iterable[str]) -> set[int]:
    """The processes that live in these namespaces."""
    inodes = {os.stat(NAMES / name).st_ino for name in namespaces}
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if os.stat(path / "ns" / "net").st_ino in inodes:
                found.add(int(path.name))
        except OSError:
            continue
    return found


def session_of(leader: int) -> set[int]:
    """The processes of the session that this process leads, itself included."""
    found = {leader}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rsplit(")", 1)[1].split()[3]) == leader:
                found.add(int(path.parent.name))
        except OSError:
            continue
    return found


def listens(namespace: str, protocol: str, port: int) -> bool:
    """Whether some process has this port open ("tcp" or "udp") in a namespace."""
    with entered(namespace):
        lines = Path("/proc/thread-self/net", protocol).read_text().splitlines()[1:]
    return any(line.split()[1].endswith(f":{port:04X}") for line in lines)


def end(pids: Iterable[int], patience: float = 3.0) -> None:
    """Ends processes: a word first, then without asking. Waits until they are gone."""
    left = set(pids)
    for sent, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        for pid in left:
            _signal(pid, sent)
        deadline = time.monotonic() + wait
        while left and time.monotonic() < deadline:
            left = {pid for pid in left if alive(pid)}
            time.sleep(0.02)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
