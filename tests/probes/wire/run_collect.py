"""One collect of a probe, told on standard input, its recordings on standard output: for use inside a namespace."""

import asyncio
import json
import resource
import sys
import time
from datetime import UTC, datetime
from importlib import import_module

from probes.transport.guard import Guard, Limits
from probes.vocabulary import Recording


async def main() -> None:
    order = json.loads(sys.stdin.readline())
    module = import_module(order["module"])
    if "endpoint" in order:
        order["args"] = [module.Endpoint(**order["endpoint"]), *order["args"]]
    guard = Guard(Limits(**order["limits"]), time.monotonic)
    began, cpu = time.monotonic(), time.process_time()
    work = getattr(module, order["function"])
    got = await work(guard, *order["args"], "lab", lambda: datetime.now(UTC), **order.get("kwargs", {}))
    recordings = [got] if isinstance(got, Recording) else got
    said = {
        "wall_s": time.monotonic() - began,
        "cpu_s": time.process_time() - cpu + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "recordings": [json.loads(recording.model_dump_json()) for recording in recordings],
    }
    print(json.dumps(said))


if __name__ == "__main__":
    asyncio.run(main())
