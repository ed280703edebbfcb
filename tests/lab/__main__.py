"""The virtual school by hand: python -m tests.lab up DIR | night2 DIR | night3 DIR | down DIR | truth [--night N]."""

import argparse
import json
import os
import sys
from pathlib import Path

from tests.lab.build import Lab, is_possible
from tests.lab.school import school


def main() -> int:
    """Runs one command; 0 when it worked, 2 when it cannot be done here."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("command", choices=("up", "night2", "night3", "down", "truth"))
    parser.add_argument("directory", nargs="?", type=Path)
    parser.add_argument("--night", type=int, default=1, choices=(1, 2, 3))
    parser.add_argument("--prefix", default=f"lab{os.getpid()}")
    asked = parser.parse_args()
    if asked.command == "truth":
        print(json.dumps(school(asked.night).truth(), indent=1))
        return 0
    if asked.directory is None or (why_not := is_possible()):
        print(why_not if asked.directory else f"name a directory: python -m tests.lab {asked.command} DIR")
        return 2
    directory = asked.directory.resolve()
    if asked.command == "up":
        lab = Lab.up(school(asked.night), directory, asked.prefix)
        print(f"agent: ip netns exec {lab.agent_namespace}\nconfig: {lab.config}\ncredentials: {lab.credentials}")
    elif asked.command.startswith("night"):
        Lab.found(directory).apply(school(int(asked.command[-1])))
    else:
        Lab.found(directory).down()
    return 0


if __name__ == "__main__":
    sys.exit(main())
