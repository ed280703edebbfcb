"""Runs the real lldpd on the core switch's port that faces the agent, and tells it what the model says.

lldpd sends half-configured frames in its first seconds: the lab is up only when `lldpcli` repeats the model's words.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main(directory: str, interface: str) -> int:
    """Starts lldpd, configures it, writes `lldp.ready`, and stays until lldpd ends."""
    words = json.loads(Path(directory, "lldp.json").read_text())
    control = "/run/lldpd.socket"
    os.makedirs("/run/lldpd", exist_ok=True)
    daemon = subprocess.Popen(
        ["lldpd", "-d", "-u", control, "-I", interface, "-C", interface, "-S", words["descr"]],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    port = f"configure ports {interface} lldp"
    orders = (
        f"configure system hostname {words['name']}", f"{port} portidsubtype local {words['port']}",
        f"{port} portdescription {words['port']}", "configure lldp tx-interval 10",
        f"configure system ip management pattern {words['ip']}", "configure system capabilities enabled bridge",
        "update",
    )  # fmt: skip
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and not os.path.exists(control):
        time.sleep(0.05)
    for order in orders:
        tell(control, order)
    said = tell(control, "show interfaces")
    Path(directory, "lldp.ready").write_text(said)
    return daemon.wait()


def tell(control: str, order: str) -> str:
    """One order and what lldpd answers; it is asked again while it is busy with its own start."""
    for _ in range(5):
        try:
            done = subprocess.run(
                ["lldpcli", "-u", control, *order.split()], capture_output=True, text=True, check=False, timeout=2
            )
        except subprocess.TimeoutExpired:
            continue
        return done.stdout
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
