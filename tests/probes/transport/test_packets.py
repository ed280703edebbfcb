"""The packet process and its parent where no packet is sent: refusals, crashes, deadlines, makers."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from probes.errors import BadInput
from probes.oui import Makers
from probes.transport.guard import Guard, Limits
from probes.transport.packets import icmp_sweep, listen, oui_lookup, sweep
from probes.vocabulary import Outcome
from tests.conftest import ROOT


def now() -> datetime:
    return datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def guard(*scopes: str) -> Guard:
    return Guard(Limits(scopes=scopes), lambda: 0.0)


@pytest.mark.parametrize("network", ["10.0.0.0/8", "10.20.0.0/18", "0.0.0.0/0", "10.20.0/99", "not a network"])
def test_a_network_that_is_too_large_or_none_is_bad_input_before_anything_starts(network: str) -> None:
    before = psutil.Process().children()
    for asked in (
        sweep(guard("10.0.0.0/8"), "lo", [network], "v", now),
        icmp_sweep(guard("10.0.0.0/8"), [network], "v", now),
    ):
        with pytest.raises(BadInput, match=r"/19|such as"):
            asyncio.run(asked)
    assert psutil.Process().children() == before


def test_loopback_is_no_ethernet_and_says_so() -> None:
    recording = asyncio.run(listen(guard("127.0.0.0/8"), "lo", 1, "v", now))
    assert recording.outcome is Outcome.SKIPPED
    assert "not an Ethernet interface" in recording.reason or "CAP_NET_RAW" in recording.reason


def test_a_sweep_of_another_wire_is_skipped_without_a_process() -> None:
    recording = asyncio.run(sweep(guard("198.51.100.0/24"), "lo", ["198.51.100.0/24"], "v", now))
    assert (recording.outcome, recording.reason) == (Outcome.SKIPPED, "none of it is on the wire of lo")


def test_makers_are_found_by_their_longest_block() -> None:
    macs = ["70:b3:d5:00:10:00", "00:1b:c5:00:10:01", "00:55:da:01:00:00", "00:00:0c:11:22:33", "02:00:0c:11:22:33"]
    recording = asyncio.run(oui_lookup(macs, "v", now))
    makers = Makers.from_recording(recording)
    assert recording.outcome is Outcome.COMPLETE
    assert makers.maker_of("70:b3:d5:00:10:00").startswith("SOREDI")
    assert makers.maker_of("00:1b:c5:00:10:01").startswith("OpenRB")
    assert makers.maker_of("00:55:da:01:00:00").startswith("Shinko")
    assert makers.maker_of("00:00:0c:11:22:33").startswith("Cisco")
    assert makers.maker_of("02:00:0c:11:22:33") == ""


def child(order: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "probes.transport.packets_child"],
        input=order, capture_output=True, text=True, timeout=20, cwd=ROOT, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "order", ["", "{}", "[]", '{"do": "rm"}', '{"do":"arp","limits":{"scopes":[]},"rounds":99}', "\x00"]
)
def test_an_order_that_cannot_be_read_is_refused_in_words(order: str) -> None:
    done = child(order + "\n")
    assert done.returncode == 2
    assert '"garbled"' in done.stdout
    assert "could not be read" in done.stdout


def test_scapy_is_in_the_packet_process_alone_and_never_whole() -> None:
    script = (
        "import sys, probes.transport.packets, probes.oui, probes.wire.neighbour_frames\n"
        "assert not [name for name in sys.modules if name.startswith('scapy')]\n"
        "import probes.transport.packets_child as child\n"
        "assert not [name for name in sys.modules if name.startswith('scapy')]\n"
        "from probes.transport.packet_order import Bounds, Order\n"
        "order = Order('oui', Bounds(()), prefixes=('00000c',))\n"
        "assert child._work(order, child.Leash(0, 9e9), child._Answers(sys.stdout))[0] == 'complete'\n"
        "found = {name for name in sys.modules if name.startswith('scapy')}\n"
        "assert found == {'scapy', 'scapy.libs', 'scapy.libs.manuf'}, found\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, timeout=20)


def test_the_table_is_read_from_lines_of_every_length() -> None:
    script = (
        "from probes.transport.packets_child import _makers\n"
        "made = _makers('00:00:01       \\tXerox   \\tXerox Corporation\\n00:1B:C5:00:10/36\\tOpenRB\\tOpenRB.com\\n'\n"
        "             '00:55:DA:10/28  \\tKool  \\tKoolPOS Inc.\\njunk\\n\\n# x\\n00:00:02\\tNot\\tWanted\\n',\n"
        "             frozenset({'000001', '001bc5001', '0055da1', '0055da'}))\n"
        "assert dict(made) == {'000001': 'Xerox Corporation', '001bc5001': 'OpenRB.com', '0055da1': 'KoolPOS Inc.'}\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, timeout=20)


def test_a_night_that_is_cancelled_leaves_no_packet_process() -> None:
    async def cancelled() -> list[psutil.Process]:
        asking = asyncio.create_task(oui_lookup(["00:00:0c:11:22:33"], "v", now))
        while not (children := psutil.Process().children()):
            await asyncio.sleep(0.01)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        return children

    for child_process in asyncio.run(cancelled()):
        assert not child_process.is_running()


def test_the_repository_holds_no_table_of_makers() -> None:
    table = [path for path in (ROOT / "probes").rglob("*") if path.suffix in {".tsv", ".gz", ".txt", ".csv"}]
    assert table == []
    assert max(Path(path).stat().st_size for path in (ROOT / "probes").rglob("oui*.py")) < 10_000
