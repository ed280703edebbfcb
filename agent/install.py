"""Puts Caretaker in place on a server or a Raspberry Pi: its own environment, users, units and first configuration.

Safe to run again: it upgrades the program and the units, and never touches a configuration that exists.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from probes.errors import BadInput, CaretakerError

Role = Literal["agent", "collector"]
Runner = Callable[[Sequence[str]], None]
PACKAGES = ("agent", "probes", "baselines", "collector")
UNITS: dict[Role, tuple[str, ...]] = {
    "agent": ("caretaker-agent.service", "caretaker-agent.timer"),
    "collector": ("caretaker-collector.service",),
}
STARTED: dict[Role, str] = {"agent": "caretaker-agent.timer", "collector": "caretaker-collector.service"}
# target name, example to start from, mode: the credentials file is its owner's only.
CONFIGURATION: dict[Role, tuple[tuple[str, str, int], ...]] = {
    "agent": (
        ("agent.toml", "docs/agent.example.toml", 0o644),
        ("credentials.toml", "docs/credentials.example.toml", 0o600),
    ),
    "collector": (("collector.toml", "docs/collector.example.toml", 0o644),),
}


@dataclass(frozen=True, slots=True)
class Places:
    """Where things go, under `root` (/ on a real machine)."""

    source: Path
    root: Path

    @property
    def program(self) -> Path:
        return self.root / "opt/caretaker"

    @property
    def configuration(self) -> Path:
        return self.root / "etc/caretaker"

    @property
    def units(self) -> Path:
        return self.root / "etc/systemd/system"

    @property
    def users(self) -> Path:
        return self.root / "etc/sysusers.d/caretaker.conf"


def source_folder() -> Path:
    """The checkout this runs from. Raises BadInput when it is an installed copy without its units."""
    folder = Path(__file__).resolve().parent.parent
    if not (folder / "systemd/caretaker-agent.service").exists():
        raise BadInput("install runs from the source checkout: ./caretaker install")
    return folder


def install(roles: Sequence[Role], places: Places, run: Runner, live: bool) -> Iterator[str]:
    """Do it, yielding a line for each step. `live` also makes the users and starts the units (root, systemd)."""
    yield from _program(places, run)
    for role in roles:
        yield from _configure(role, places)
        yield from _units(role, places)
    _copy(places.source / "systemd/caretaker.sysusers", places.users, 0o644)
    if live:
        yield from _bring_up(roles, places, run)


def _program(places: Places, run: Runner) -> Iterator[str]:
    venv = places.program / "venv"
    if not (venv / "bin/python").exists():
        places.program.mkdir(parents=True, exist_ok=True)
        run([getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(venv)])
        yield f"made a Python environment in {venv}"
    pip = [str(venv / "bin/python"), "-m", "pip", "-q", "--disable-pip-version-check", "install"]
    run([*pip, "--require-hashes", "-r", str(places.source / "requirements.lock")])
    yield "installed the locked packages"
    run([*pip, "--no-deps", "--no-build-isolation", "--force-reinstall", str(places.source)])
    shutil.copy(places.source / "README.md", places.program / "README.md")
    _link(places.root / "usr/local/bin/caretaker", Path("/opt/caretaker/venv/bin/caretaker"))
    yield f"installed Caretaker in {places.program}, and the command in {places.root / 'usr/local/bin'}"


def _link(link: Path, target: Path) -> None:
    try:
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    except OSError as error:
        raise BadInput(f"{link} cannot be made ({error.strerror}); run this as root.") from error


def _configure(role: Role, places: Places) -> Iterator[str]:
    for name, example, mode in CONFIGURATION[role]:
        target = places.configuration / name
        if target.exists():
            yield f"kept {target} as it is"
            continue
        _copy(places.source / example, target, mode)
        yield f"wrote {target}: edit it before the first night"


def _units(role: Role, places: Places) -> Iterator[str]:
    for unit in UNITS[role]:
        _copy(places.source / "systemd" / unit, places.units / unit, 0o644)
        yield f"wrote {places.units / unit}"


def _bring_up(roles: Sequence[Role], places: Places, run: Runner) -> Iterator[str]:
    run(["systemd-sysusers", str(places.users)])
    run(["systemctl", "daemon-reload"])
    for role in roles:
        run(["systemctl", "enable", "--now", STARTED[role]])
        yield f"enabled {STARTED[role]}"


def _copy(source: Path, target: Path, mode: int) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(source.read_bytes())
        target.chmod(mode)
    except OSError as error:
        raise BadInput(f"{target} cannot be written ({error.strerror}); run this as root.") from error


def run_or_explain(command: Sequence[str]) -> None:
    """Run one program. Raises CaretakerError with its own last words when it fails."""
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    except OSError as error:
        raise CaretakerError(f"{command[0]} cannot be run ({error.strerror}).") from error
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()
        raise CaretakerError(f"{command[0]} failed: {words[-1] if words else f'exit code {done.returncode}'}")
