"""One probe of probes.transport.packets: told on standard input; its Recording and its child's cost come out."""

import asyncio
import inspect
import json
import resource
import sys
import time
from datetime import UTC, datetime
from typing import Any

from probes.transport import packets
from probes.transport.guard import Guard, Limits
from probes.vocabulary import Recording


async def run(order: dict[str, Any]) -> Recording:
    function = getattr(packets, order["name"])
    arguments = {"vantage": "lab", "now": lambda: datetime.now(UTC), **order["arguments"]}
    if "guard" in inspect.signature(function).parameters:
        arguments["guard"] = Guard(Limits(**order["limits"]), time.monotonic)
    recording = await function(**arguments)
    assert isinstance(recording, Recording)
    return recording


if __name__ == "__main__":
    print(asyncio.run(run(json.loads(sys.stdin.readline()))).model_dump_json())
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({"mib": used.ru_maxrss / 1024, "cpu": used.ru_utime + used.ru_stime}))
