"""A few network namespaces joined by cables of their own; none of them touches the machine's network."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from probes.vocabulary import Recording

ROOT = Path(__file__).resolve().parents[3]


class Lab:
    """Namespaces named after this process; everything started in them ends with it."""

    def __init__(self, name: str) -> None:
        self.prefix = f"pkt{os.getpid()}{name}"
        self._names: list[str] = []
        self._started: list[subprocess.Popen[bytes]] = []
        self._cables = 0
        self.cost: dict[str, float] = {}
        self.folder = Path(tempfile.mkdtemp(prefix=self.prefix))
        self.folder.chmod(0o755)  # lldpcli is another account by the time it opens lldpd's socket

    def __enter__(self) -> "Lab":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in reversed(self._started):
            process.terminate()
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for name in self._names:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        subprocess.run(["rm", "-rf", str(self.folder)], check=True)

    def room(self, name: str) -> str:
        """A new namespace with its loopback up."""
        full = f"{self.prefix}{name}"
        subprocess.run(["ip", "netns", "add", full], check=True)
        self._names.append(full)
        self.run(full, "ip", "link", "set", "lo", "up")
        return full

    def cable(self, a: str, a_port: str, b: str, b_port: str) -> None:
        """A cable between two namespaces, both ends up."""
        self._cables += 1
        one, two = f"p{os.getpid() % 100000}x{self._cables}", f"p{os.getpid() % 100000}y{self._cables}"
        self.run(a, "ip", "link", "add", one, "type", "veth", "peer", "name", two, "netns", b)
        self.run(a, "ip", "link", "set", one, "name", a_port, "up")
        self.run(b, "ip", "link", "set", two, "name", b_port, "up")

    def run(self, room: str, *command: str) -> str:
        """Run a command in a namespace and return what it printed."""
        done = subprocess.run(["ip", "netns", "exec", room, *command], check=False, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}: {done.stderr or done.stdout}"
        return done.stdout

    def start(self, room: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a daemon in a namespace; it is ended with the lab."""
        process = subprocess.Popen(
            ["ip", "netns", "exec", room, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._started.append(process)
        return process

    def probe(self, room: str, name: str, limits: dict[str, Any], **arguments: Any) -> Recording:
        """Run one function of probes.transport.packets in a namespace, as an agent that was started there would."""
        process = self.begin_probe(room, name, limits, **arguments)
        return self.end_probe(process)

    def end_probe(self, process: subprocess.Popen[bytes]) -> Recording:
        """Wait for a probe that was begun; what its packet process cost is in `cost` (MiB and CPU seconds)."""
        out, err = process.communicate(timeout=100)
        assert process.returncode == 0, err.decode()
        recording, cost = out.splitlines()
        self.cost = json.loads(cost)
        return Recording.model_validate_json(recording)

    def sniff(self, room: str, interface: str) -> Callable[[], list[tuple[float, bytes]]]:
        """Begin to record what arrives at an interface; what is returned ends it and gives times and frames."""
        process = subprocess.Popen(
            ["ip", "netns", "exec", room, sys.executable, "-m", "tests.probes.transport.run_sniffer", interface],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"

        def end() -> list[tuple[float, bytes]]:
            out, _ = process.communicate(timeout=20)
            return [(at, bytes.fromhex(frame)) for at, frame in json.loads(out)]

        return end

    def begin_probe(self, room: str, name: str, limits: dict[str, Any], **arguments: Any) -> subprocess.Popen[bytes]:
        """The same, not waited for."""
        process = subprocess.Popen(
            ["ip", "netns", "exec", room, sys.executable, "-m", "tests.probes.transport.run_probe"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps({"name": name, "limits": limits, "arguments": arguments}).encode() + b"\n")
        process.stdin.flush()
        return process


def wait_until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something to become true. Fails when it does not."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never became true"
        time.sleep(0.1)
