"""One agent's namespace joined by a cable to one school's, and a probe's collect run inside the first."""

import json
import subprocess
import sys
from typing import Any

from probes.vocabulary import Recording
from tests.conftest import ROOT
from tests.probes.transport.packet_lab import Lab


def two_rooms(lab: Lab, school: str, agent: str = "10.77.0.1/24") -> tuple[str, str]:
    """The agent's and the school's namespaces, with an address each on the cable between them."""
    here, there = lab.room("a"), lab.room("b")
    lab.cable(here, "lan", there, "lan")
    lab.run(here, "ip", "addr", "add", agent, "dev", "lan")
    lab.run(there, "ip", "addr", "add", school, "dev", "lan")
    return here, there


def collected(
    room: str, module: str, function: str, args: list[Any], **order: Any
) -> tuple[dict[str, float], list[Recording]]:
    """What a collect brought in a namespace, and what it cost: wall_s, cpu_s, rss_mb."""
    done = subprocess.run(
        ["ip", "netns", "exec", room, sys.executable, "-m", "tests.probes.wire.run_collect"],
        input=json.dumps({"module": module, "function": function, "args": args, **order}),
        check=False, capture_output=True, text=True, cwd=ROOT, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    return said, [Recording.model_validate(one) for one in said.pop("recordings")]
