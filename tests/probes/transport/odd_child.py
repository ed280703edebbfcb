"""Children that misbehave in one way each, for the tests of the parent."""

import os
import subprocess
import sys
import time
from pathlib import Path

from probes.transport.children import answer, begin_child


def main() -> None:
    order = begin_child()
    way = order["way"]
    answer({"pid": os.getpid()})
    if way == "hang":
        time.sleep(60)
    elif way == "leave a grandchild":
        grandchild = subprocess.Popen(["sleep", "60"])
        answer({"grandchild": grandchild.pid})
    elif way == "flood":
        while True:
            answer({"more": "x" * 10_000})
    elif way == "babble":
        print("this is not JSON", flush=True)
    elif way == "eat memory":
        bytearray(1_000_000_000)
    elif way == "crash":
        sys.exit(3)
    elif way == "tell":
        answer({"argv": Path("/proc/self/cmdline").read_text(), "environ": Path("/proc/self/environ").read_text()})


if __name__ == "__main__":
    main()
