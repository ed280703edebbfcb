"""Runs `caretaker audit` inside the virtual school as a process of its own, and measures its whole tree."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.conftest import ROOT

CARETAKER = Path(sys.executable).parent / "caretaker"


@dataclass
class Ran:
    """One finished run: wall seconds, the most MiB that its whole tree held at once, and every argv and environment."""

    code: int
    wall_s: float
    cpu_s: float
    peak_mib: float
    out: str
    err: str
    seen_argv: set[str] = field(default_factory=set)
    seen_environment: set[str] = field(default_factory=set)


def run_in(namespace: str, arguments: Sequence[str | Path], timeout: float = 240) -> Ran:
    """Run `caretaker` with these arguments inside a network namespace."""
    command = ["ip", "netns", "exec", namespace, str(CARETAKER), *map(str, arguments)]
    return run(command, timeout)


def run(command: Sequence[str], timeout: float = 240) -> Ran:
    """Run a command and watch its tree every 50 ms."""
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    watch = _Watch(process.pid)
    watch.start()
    try:
        out, err = process.communicate(timeout=timeout)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
        watch.stop()
    wall = time.monotonic() - began
    return Ran(process.returncode, wall, watch.cpu_s, watch.peak_mib, out, err, watch.argv, watch.environment)


class _Watch(threading.Thread):
    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_mib = 0.0
        self.argv: set[str] = set()
        self.environment: set[str] = set()
        self._pid = pid
        self._cpu: dict[int, float] = {}
        self._stopping = threading.Event()

    @property
    def cpu_s(self) -> float:
        return sum(self._cpu.values())

    def run(self) -> None:
        while not self._stopping.wait(0.05):
            self._look()

    def stop(self) -> None:
        self._stopping.set()
        self.join()

    def _look(self) -> None:
        total = 0.0
        try:
            root = psutil.Process(self._pid)
            for process in (root, *root.children(recursive=True)):
                total += self._of(process)
        except psutil.Error:
            return
        self.peak_mib = max(self.peak_mib, total)

    def _of(self, process: psutil.Process) -> float:
        try:
            with process.oneshot():
                times = process.cpu_times()
                self._cpu[process.pid] = times.user + times.system
                self.argv.add(" ".join(process.cmdline()))
                self.environment.update(f"{name}={value}" for name, value in process.environ().items())
                return process.memory_info().rss / 2**20
        except psutil.Error:
            return 0.0
