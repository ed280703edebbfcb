"""The kernel's neighbour table is one for the whole machine: raised while any lab runs, put back by the last one."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from tests.lab import netns

REGISTER = Path("/run/ashfield-lab.json")
THRESHOLDS = {f"net/{family}/neigh/default/gc_thresh{n}": 4096 * 2**n for family in ("ipv4", "ipv6") for n in (1, 2, 3)}


def raise_for(prefix: str) -> None:
    """Raises the thresholds and remembers what they were, and for which lab."""
    with _register() as state:
        state["original"] = state.get("original") or settings()
        state["labs"] = sorted({*state.get("labs", []), prefix})
        for name, wanted in THRESHOLDS.items():
            if int(_path(name).read_text()) < wanted:
                _path(name).write_text(str(wanted))


def put_back(prefix: str) -> None:
    """Takes a lab off the register; when it was the last that still has namespaces, the old values return."""
    with _register() as state:
        state["labs"] = [lab for lab in state.get("labs", []) if lab != prefix and netns.existing(lab)]
        if not state["labs"]:
            for name, value in state.pop("original", {}).items():
                _path(name).write_text(value)


def settings() -> dict[str, str]:
    """The thresholds as they stand at this moment."""
    return {name: _path(name).read_text().strip() for name in THRESHOLDS}


def originals() -> dict[str, str]:
    """What the thresholds were before any lab that runs now raised them."""
    with _register() as state:
        return dict(state.get("original") or settings())


def others(prefix: str) -> list[str]:
    """The other labs that run on this machine."""
    with _register() as state:
        return [lab for lab in state.get("labs", []) if lab != prefix and netns.existing(lab)]


@contextmanager
def _register() -> Iterator[dict[str, Any]]:
    with _locked() as file:
        file.seek(0)
        state = json.loads(file.read() or "{}")
        yield state
        file.seek(0)
        file.truncate()
        if state.get("labs"):
            json.dump(state, file)
        else:
            REGISTER.unlink(missing_ok=True)


def _locked() -> TextIO:
    """The register's file, locked: opened again when another lab removed it while this one waited."""
    while True:
        file = REGISTER.open("a+")
        fcntl.flock(file, fcntl.LOCK_EX)
        if REGISTER.exists() and os.fstat(file.fileno()).st_ino == REGISTER.stat().st_ino:
            return file
        file.close()


def _path(name: str) -> Path:
    return Path("/proc/sys", name)
