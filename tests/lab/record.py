"""Keeps one night for machines that cannot build the virtual school: `python -m tests.lab.record NIGHT`."""

import sys
from pathlib import Path

from agent.recordings import NightHeader, read_recordings, write_recordings

KEPT = Path(__file__).parent / "recorded/night.jsonl.gz"


def record(source: Path, target: Path = KEPT) -> None:
    """Copy a night's recordings, without the paths of the machine that made them."""
    header, recordings = read_recordings(source)
    agent = header.config.agent.model_copy(update={"state_dir": Path("/var/lib/caretaker")})
    clean = header.model_copy(update={"config": header.config.model_copy(update={"agent": agent})})
    write_recordings(target, NightHeader.model_validate(clean.model_dump()), recordings)
    target.chmod(0o644)


if __name__ == "__main__":
    record(Path(sys.argv[1]))
