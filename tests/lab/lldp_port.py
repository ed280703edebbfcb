"""Runs the real lldpd on the core switch's port that faces the agent, and tells it what the model says.

lldpd sends half-configured frames in its first seconds, and on a busy machine it sometimes loses an order or never
sends: the lab is up only when it repeats the model's words and has sent them; one that does not is started again.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

CONTROL = "/run/lldpd.socket"
STARTS = 4


def main(directory: str, interface: str) -> int:
    """Starts lldpd, configures it, writes `lldp.ready`, and stays until lldpd ends."""
    words = json.loads(Path(directory, "lldp.json").read_text())
    os.makedirs("/run/lldpd", exist_ok=True)
    for _ in range(STARTS):
        daemon = subprocess.Popen(
            ["lldpd", "-d", "-u", CONTROL, "-I", interface, "-C", interface, "-S", words["descr"]],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        if said := configured(words, interface):
            Path(directory, "lldp.ready").write_text(said)
            return daemon.wait()
        daemon.terminate()
        daemon.wait()
        Path(CONTROL).unlink(missing_ok=True)
    return 1


def configured(words: Mapping[str, str], interface: str) -> str:
    """Gives lldpd its orders. Returns what it then says of its port, or nothing when it does not send that in 3 s."""
    port = f"configure ports {interface} lldp"
    orders = (
        f"configure system hostname {words['name']}", f"{port} portidsubtype local {words['port']}",
        f"{port} portdescription {words['port']}", "configure lldp tx-interval 10",
        f"configure system ip management pattern {words['ip']}", "configure system capabilities enabled bridge",
    )  # fmt: skip
    if not all(tell(order) is not None for order in orders):
        return ""
    before, deadline = sent(), time.monotonic() + 3
    while time.monotonic() < deadline:
        tell("update")
        said = tell("show interfaces") or ""
        if words["name"] in said and words["ip"] in said and sent() > before:
            return said
        time.sleep(0.1)
    return ""


def sent() -> int:
    """How many frames lldpd has sent."""
    found = re.search(r"Transmitted: +(\d+)", tell("show statistics") or "")
    return int(found[1]) if found else 0


def tell(order: str) -> str | None:
    """One order and what lldpd answers, or None. It is asked again for 15 s, as it refuses while it starts."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            done = subprocess.run(
                ["lldpcli", "-u", CONTROL, *order.split()], capture_output=True, text=True, check=False, timeout=5
            )
        except subprocess.TimeoutExpired:
            continue
        if done.returncode == 0:
            return done.stdout
        time.sleep(0.05)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
