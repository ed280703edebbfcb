"""What a configuration was last night, without its secrets: kept on the agent alone, to tell tonight's change."""

import difflib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MOST_LINES = 60
LINE_LIMIT = 160


def change_since(folder: Path, host: str, lines: Sequence[str]) -> dict[str, Any]:
    """The lines that went ("-") and came ("+") since the last look at this host, and keeps tonight's for the next.

    `cut` counts the lines beyond 60 that are left out. {} at the first look, and when nothing changed. Raises OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{re.sub(r'[^0-9a-fA-F.]', '_', host)}.lines"
    before = path.read_text("utf-8").splitlines() if path.exists() else None
    if before == list(lines):
        return {}
    _write(path, lines)
    return _difference(before, lines) if before is not None else {}


def _difference(before: Sequence[str], after: Sequence[str]) -> dict[str, Any]:
    compared = difflib.unified_diff(before, after, n=0, lineterm="")
    changed = [line[:LINE_LIMIT] for line in compared if not line.startswith(("---", "+++", "@@"))]
    return {"diff": changed[:MOST_LINES], "cut": max(0, len(changed) - MOST_LINES)}


def _write(path: Path, lines: Sequence[str]) -> None:
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write("".join(f"{line}\n" for line in lines))
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
