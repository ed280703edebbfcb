"""The agent's own host as an asset."""

import platform
import socket
from pathlib import Path
from typing import Any

import psutil
import pytest

from probes.errors import Undecodable
from probes.seen import OwnHost
from probes.transport.own_host import clock_synchronised
from probes.vocabulary import Outcome
from probes.wire.own_host import collect, decode
from tests.probes.wire.loopback import now, recording, run, seen


def test_the_host_says_what_it_is(tmp_path: Path) -> None:
    recorded = run(collect("test", now, state_dir=tmp_path))
    (host,) = seen(recorded, decode)
    assert isinstance(host, OwnHost)
    assert (recorded.outcome, recorded.target) == (Outcome.COMPLETE, "self")
    assert host.hostname == socket.gethostname()
    assert host.os == platform.freedesktop_os_release()["NAME"]
    assert host.memory_mb == psutil.virtual_memory().total // 2**20
    assert (host.disk_free_mb or 0) > 0
    assert host.boot is not None
    assert host.boot < now()
    assert "lo" not in {name for name, *_ in host.interfaces}


def test_the_clock_is_synchronised_or_not_or_the_kernel_will_not_say() -> None:
    assert clock_synchronised() in (True, False, None)


@pytest.mark.parametrize("said", [{}, 3, {"hostname": 1}])
def test_stored_answers_of_the_wrong_shape_are_undecodable(said: Any) -> None:
    with pytest.raises(Undecodable):
        seen(recording("own.host", [said], target="self"), decode)
