"""What the spool said it kept is there after anything; what is damaged is set aside and blocks nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agent.spool import Spool
from tests.agent.reports import sealed
from tests.conftest import ROOT


def test_reports_come_back_oldest_first_and_whole(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for number in (2, 1, 3):
        spool.put(sealed(number))
    assert [spooled.sequence for spooled in Spool(tmp_path).waiting()] == [1, 2, 3]


def test_a_sent_report_is_kept_a_while_and_never_sent_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for number in range(1, 21):
        spool.put(sealed(number))
    for spooled in list(spool.waiting()):
        spool.sent(spooled)
    assert list(spool.waiting()) == []
    assert len(list((tmp_path / "sent").iterdir())) == 14


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "not gzip"])
def test_a_damaged_file_is_set_aside_and_the_rest_goes(tmp_path: Path, damage: str) -> None:
    spool = Spool(tmp_path)
    first, _ = spool.put(sealed(1)), spool.put(sealed(2))
    whole = first.read_bytes()
    middle = len(whole) // 2
    first.write_bytes(
        {
            "flip": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            "cut": whole[:middle],
            "empty": b"",
            "not gzip": b"hello",
        }[damage]
    )
    assert [spooled.sequence for spooled in spool.waiting()] == [2]
    assert (tmp_path / "bad" / first.name).exists()
    assert (tmp_path / "bad" / f"{first.name}.reason.txt").read_text()


WRITER = """
import sys
from pathlib import Path
from agent.spool import Spool
from tests.agent.reports import sealed
spool = Spool(Path(sys.argv[1]))
for number in range(1, 6):
    spool.put(sealed(number))
    print(number, flush=True)
"""


@pytest.mark.parametrize("call", ["write", "fsync", "rename", "openat"])
def test_a_kill_at_any_system_call_loses_nothing_that_was_kept(tmp_path: Path, call: str) -> None:
    for when in range(1, 200, 9):
        folder = tmp_path / f"{call}{when}"
        kill = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject={call}:signal=SIGKILL:when={when}"]
        done = subprocess.run(
            [*kill, sys.executable, "-S", "-c", "import site; site.main()\n" + WRITER, str(folder)],
            cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        said = [int(word) for word in done.stdout.split()]
        kept = [spooled.sequence for spooled in Spool(folder).waiting()] if folder.exists() else []
        assert kept[: len(said)] == said
        assert len(kept) <= len(said) + 1
        if done.returncode not in (-signal.SIGKILL, 128 + signal.SIGKILL):
            assert said == [1, 2, 3, 4, 5], done.stderr
            break
