"""Services through nmap: exactly the hosts and ports that are permitted, at no more than the permitted rate."""

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from probes.errors import OutOfScope, Undecodable
from probes.seen import ClosedHost, OpenPort
from probes.transport.guard import FORBIDDEN_PORTS
from probes.transport.nmap import ScanPlan, scan_ports
from probes.vocabulary import Outcome
from probes.wire.nmap_scan import PORTS, collect_services, collect_versions, decode
from tests.probes.transport.packet_lab import Lab
from tests.probes.wire.daemons import free_port
from tests.probes.wire.loopback import HOME, guard, mute, now, recording, run, saying, seen, serving
from tests.probes.wire.room import collected, two_rooms

COUNTERS = """
table ip watch {
  set quick { type ipv4_addr; size 1024; flags dynamic; }
  set silent { type ipv4_addr; flags interval; elements = { 10.77.0.10-10.77.0.31 } }
  set asked { type ipv4_addr; size 1024; flags dynamic; }
  counter forbidden {}
  counter above_rate {}
  counter syn {}
  counter all_above_rate {}
  chain in {
    type filter hook input priority 0;
    tcp dport { 515, 9100-9107 } counter name forbidden drop
    tcp flags & (syn|ack) == syn counter name syn
    tcp flags & (syn|ack) == syn add @asked { ip daddr }
    tcp flags & (syn|ack) == syn add @quick { ip daddr limit rate over 40/second burst 10 packets } \
      counter name above_rate
    limit rate over 500/second burst 250 packets counter name all_above_rate
    ip daddr @silent tcp dport != { 22, 445 } drop
  }
}
"""


def test_an_open_port_is_told_from_closed_ones_with_the_name_the_rest_uses() -> None:
    with serving(mute) as port:
        (recorded,) = run(collect_services(guard(), [HOME], "test", now, ports=[port, free_port()]))
    (opened,) = seen(recorded, decode)
    assert isinstance(opened, OpenPort)
    assert (opened.ip, opened.port, opened.protocol) == (HOME, port, "tcp")
    assert recorded.outcome is Outcome.COMPLETE


def test_a_host_without_open_ports_is_seen_and_was_asked() -> None:
    (recorded,) = run(collect_services(guard(), [HOME], "test", now, ports=[free_port()]))
    assert seen(recorded, decode) == [ClosedHost(HOME, 1)]


def test_a_port_that_no_probe_could_name_is_named_by_nmaps_light_versions() -> None:
    with serving(saying(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")) as port:
        (recorded,) = run(collect_versions(guard(), {HOME: [port]}, "test", now, seconds=40))
    (opened,) = seen(recorded, decode)
    assert isinstance(opened, OpenPort)
    assert (opened.name, opened.product) == ("ssh", "OpenSSH")
    assert opened.version.startswith("9.2p1")


@pytest.mark.parametrize(
    "target", ["127.0.0.1 -oN {file}", "-iL /etc/hosts", "127.0.0.1;id", "localhost", "127.0.0.0/24", "10.0.0.1", ""]
)
def test_only_permitted_address_literals_ever_reach_nmap(target: str, tmp_path: Path) -> None:
    file = tmp_path / "made-by-nmap"
    (recorded,) = run(collect_services(guard(), [target.format(file=file)], "test", now, ports=[80]))
    assert (recorded.outcome, recorded.answers) == (Outcome.SKIPPED, ())
    assert list(tmp_path.iterdir()) == []


def test_a_fragile_host_is_never_given_to_nmap() -> None:
    visits: list[str] = []

    async def visited(reader: Any, writer: Any) -> None:
        visits.append("visited")

    with serving(visited) as port:
        (recorded,) = run(collect_services(guard(fragile=(HOME,)), [HOME], "test", now, ports=[port]))
        with pytest.raises(OutOfScope):
            run(scan_ports(guard(fragile=(HOME,)), {HOME: [port]}, ScanPlan()))
    assert recorded.outcome is Outcome.SKIPPED
    assert visits == []


def test_printers_ports_are_left_out_of_every_scan_even_when_they_are_asked_for() -> None:
    assert not FORBIDDEN_PORTS & set(PORTS)
    with serving(mute) as port:
        (recorded,) = run(collect_services(guard(), [HOME], "test", now, ports=[port, 515, *range(9100, 9108)]))
    assert recorded.answers[0]["asked"] == 1


def test_nmap_itself_is_stopped_at_the_deadline() -> None:
    plan = ScanPlan(wall_s=0.2)
    (recorded,) = run(collect_services(guard(), [HOME], "test", now, ports=range(20000, 22000), plan=plan))
    assert recorded.outcome is Outcome.TIMED_OUT


@pytest.mark.lab
@pytest.mark.slow
def test_65_hosts_a_third_of_them_silent_take_under_40_seconds_within_both_rates() -> None:
    with Lab("nmap") as lab:
        here, there = two_rooms(lab, "10.77.0.254/24")
        hosts = [f"10.77.0.{n}" for n in range(10, 75)]
        for host in hosts:
            lab.run(there, "ip", "addr", "add", f"{host}/24", "dev", "lan")
        rules = lab.folder / "rules.nft"
        rules.write_text(COUNTERS)
        lab.run(there, "nft", "-f", str(rules))
        lab.start(there, sys.executable, "-m", "tests.probes.wire.many_ports", "22", "80", "443", "445", "9100")
        limits = {"scopes": ["10.77.0.0/24"], "exclude": ["10.77.0.74/32"]}
        cost, recorded = collected(
            here, "probes.wire.nmap_scan", "collect_services", [[*hosts, "10.78.0.1"]], limits=limits
        )
        counters = {
            one["counter"]["name"]: one["counter"]["packets"]
            for one in json.loads(lab.run(there, "nft", "-j", "list", "counters"))["nftables"] if "counter" in one
        }  # fmt: skip
        asked = lab.run(there, "nft", "list", "set", "ip", "watch", "asked")
    outcomes = {r.target: r.outcome for r in recorded}
    assert outcomes.pop("10.78.0.1") is Outcome.SKIPPED
    assert outcomes.pop("10.77.0.74") is Outcome.SKIPPED
    assert set(outcomes.values()) == {Outcome.COMPLETE}
    opened = [said for r in recorded for said in seen(r, decode)]
    silent, loud = 22, 42
    assert len(opened) == silent * 2 + loud * 4
    assert cost["wall_s"] < 40
    assert counters["forbidden"] == 0
    assert counters["above_rate"] <= counters["syn"] // 100
    assert counters["all_above_rate"] <= counters["syn"] // 100
    assert "10.77.0.74" not in asked


def test_rows_of_any_shape_are_undecodable_and_nothing_else() -> None:
    chance = random.Random(9)
    values: list[Any] = [None, -1, 70000, 22, True, "x", [], {}, 1.5, "\ud800"]
    keys = ["port", "protocol", "name", "product", "version", "extrainfo"]
    for _ in range(3000):
        row: Any = {key: chance.choice(values) for key in keys if chance.random() < 0.8}
        said: Any = {"open": [row] if chance.random() < 0.9 else chance.choice(values), "asked": chance.choice(values)}
        try:
            list(decode(recording("nmap.services", [said])))
        except Undecodable:
            pass


@pytest.mark.parametrize("said", [{}, 3, None, {"open": None}, {"open": [3]}, {"open": [{"port": "22"}]}])
def test_stored_answers_of_the_wrong_shape_are_undecodable(said: Any) -> None:
    with pytest.raises(Undecodable):
        seen(recording("nmap.services", [said]), decode)
