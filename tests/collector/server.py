"""A collector that can be killed and started again at once: this process has everything imported, and each server is a
fork of it. Reads "start DATABASE PORT" and answers with the child's process id; ends with its standard input."""

import os
import sys
import traceback
from pathlib import Path

import collector.pages.routes  # noqa: F401 - so that every fork has the pages already
from collector import serving
from collector.settings import Settings


def main() -> None:
    for line in sys.stdin:
        _, database, port = line.split()
        child = os.fork()
        if child == 0:
            settings = Settings(database=database, data_dir=Path(sys.argv[1]), port=int(port), requests_an_hour=10**6)
            try:
                serving.serve(settings)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main()
