"""Installing below a folder: everything in its place, a configuration that exists left alone, nothing started."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent.install import Places, install, run_or_explain
from probes.errors import CaretakerError
from tests.conftest import ROOT


def put(root: Path, commands: list[Sequence[str]]) -> list[str]:
    return list(install(["agent", "collector"], Places(ROOT, root), commands.append, live=False))


def test_everything_is_put_in_its_place_and_nothing_is_started(tmp_path: Path) -> None:
    commands: list[Sequence[str]] = []
    put(tmp_path, commands)
    placed = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {
        "etc/caretaker/agent.toml",
        "etc/caretaker/credentials.toml",
        "etc/caretaker/collector.toml",
        "etc/systemd/system/caretaker-agent.service",
        "etc/systemd/system/caretaker-agent.timer",
        "etc/systemd/system/caretaker-collector.service",
        "etc/sysusers.d/caretaker.conf",
    } <= placed
    assert (tmp_path / "etc/caretaker/credentials.toml").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "usr/local/bin/caretaker").readlink() == Path("/opt/caretaker/venv/bin/caretaker")
    assert not [command for command in commands if "systemctl" in command[0]]
    assert any("--require-hashes" in command for command in commands)


def test_a_configuration_that_exists_is_never_touched(tmp_path: Path) -> None:
    put(tmp_path, [])
    mine = tmp_path / "etc/caretaker/agent.toml"
    mine.write_text("# mine\n")
    lines = put(tmp_path, [])
    assert mine.read_text() == "# mine\n"
    assert f"kept {mine} as it is" in lines


def test_a_program_that_fails_is_told_in_its_own_words() -> None:
    with pytest.raises(CaretakerError, match="No such file or directory"):
        run_or_explain(["ls", "/no/such/folder"])


@pytest.mark.parametrize(("unit", "ceiling"), [("caretaker-agent.service", 20), ("caretaker-collector.service", 15)])
def test_the_units_are_hardened_as_systemd_measures_it(unit: str, ceiling: int) -> None:
    """Exposure in tenths: an unhardened unit scores 96."""
    if shutil.which("systemd-analyze") is None:
        pytest.fail("systemd-analyze is missing; the set-up installs systemd for the tests.")
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={ceiling}", str(ROOT / "systemd" / unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_the_timer_makes_up_for_missed_nights_and_keeps_its_minute() -> None:
    words = (ROOT / "systemd/caretaker-agent.timer").read_text()
    assert "Persistent=true" in words or "Persistent=yes" in words
    assert "FixedRandomDelay=yes" in words
