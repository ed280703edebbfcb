"""The virtual school runs, answers as its model says, and leaves nothing behind."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import netns, secrets, thresholds
from tests.lab.build import Lab
from tests.lab.school import school
from tests.lab.tables.device import switch_rows
from tests.lab.traffic import busiest, told

pytestmark = pytest.mark.lab
V3 = ("-v3", "-l", "authPriv", "-u", secrets.V3_USER, "-a", "SHA", "-A", secrets.V3_AUTH, "-x", "AES", "-X")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    before, prefix = thresholds.originals(), f"tl{os.getpid()}"
    started = time.monotonic()
    with Lab.up(school(1), tmp_path_factory.mktemp("lab"), prefix) as built:
        assert time.monotonic() - started < 25
        processes = netns.pids_in(netns.existing(prefix))
        yield built
    assert netns.existing(prefix) == []
    assert [pid for pid in processes if netns.alive(pid)] == []
    assert thresholds.settings() == before or thresholds.others(prefix)
    assert not Path("/etc/netns", built.agent_namespace).exists()


def test_its_processes_fit_in_memory(lab: Lab) -> None:
    total = 0
    for pid in netns.pids_in(netns.existing(lab.prefix)):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    assert total < 400 * 1024


def test_nothing_of_it_touches_the_root_namespace(lab: Lab) -> None:
    links = netns.run("ip", "-o", "link")
    assert "veth" not in links.replace("@eth0", "")
    assert lab.run("ip", "-o", "-4", "addr", "show", "eth0").split()[3] == "10.20.0.100/22"


@pytest.mark.parametrize("address", ["10.20.0.3", "10.20.20.101", "10.20.50.11", "203.0.113.10"])
def test_hosts_of_every_network_answer_a_ping(lab: Lab, address: str) -> None:
    assert "1 received" in lab.run("ping", "-c1", "-W2", address)


@pytest.mark.parametrize("address", ["10.20.2.11", "10.20.40.51"])
def test_quiet_laptops_and_guests_do_not_all_answer(lab: Lab, address: str) -> None:
    done = subprocess.run(
        netns.inside(lab.agent_namespace, "ping", "-c1", "-W1", address), capture_output=True, check=False
    )
    assert (done.returncode == 0) == (address != "10.20.2.11")


def test_net_snmp_walks_a_switch_with_v3_and_reads_what_the_model_says(lab: Lab) -> None:
    model = school(1)
    walked = lab.run("snmpbulkwalk", "-On", *V3, secrets.V3_PRIV, "10.20.0.3", "1")
    rows = switch_rows(model, model.switch("sw-sci-02"))
    oids = {line.split(" ")[0] for line in walked.splitlines() if line.startswith(".")}
    assert oids == {f".{row[0]}" for row in rows}
    assert f'.1.3.6.1.2.1.47.1.1.1.1.11.1001 = STRING: "{model.switch("sw-sci-02").serial}"' in walked


def test_the_router_is_a_real_agent_with_a_real_arp_table(lab: Lab) -> None:
    lab.run("ping", "-c1", "-W2", "10.20.50.11")
    walked = lab.run("snmpbulkwalk", "-On", *V3, secrets.V3_PRIV, "10.20.0.1", "1.3.6.1.2.1.4.22.1.2")
    assert "44 19 B6 32 00 01" in walked.upper()


def test_a_device_serves_a_real_recording(lab: Lab) -> None:
    community = secrets.COMMUNITIES["ups"]
    said = lab.run("snmpget", "-Oqv", "-v2c", "-c", community, "10.20.0.61", "1.3.6.1.2.1.1.5.0")
    assert said.strip('"\n') == "pwr-dc01-temp-rack1-01"


def test_the_agent_hears_the_core_switch_by_lldp(lab: Lab, tmp_path: Path) -> None:
    dump = lab.capture(tmp_path / "lldp.pcap", "ether", "proto", "0x88cc")
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and (tmp_path / "lldp.pcap").stat().st_size < 100:
        time.sleep(0.2)
    lab.release(dump)
    frame = (tmp_path / "lldp.pcap").read_bytes()
    assert b"sw-core-01" in frame
    assert bytes.fromhex("0207045480 28aa1000 0403073234".replace(" ", "")) in frame


def test_the_line_has_its_rates_and_fails_over(lab: Lab) -> None:
    url = "http://203.0.113.10:8080"
    assert lab.run("curl", "-s", "-m5", f"{url}/ip") == "203.0.113.2"
    speed = lab.run("curl", "-s", "-m9", "-o", "/dev/null", "-w", "%{speed_download}", f"{url}/down?bytes=30000000")
    assert 100 < float(speed) * 8 / 1e6 < 260
    lab.cut_main_line()
    try:
        assert lab.run("curl", "-s", "-m9", "--retry", "3", "--retry-all-errors", f"{url}/ip") == "198.51.100.2"
    finally:
        lab.mend_main_line()


def test_the_filter_blocks_all_but_the_planted_category(lab: Lab) -> None:
    ask = ("dig", "+short", "+time=2", "@10.20.0.10")
    assert lab.run(*ask, "blocked.filter-test.example").strip() == "10.20.0.9"
    assert lab.run(*ask, "violence.filter-test.example").strip() == "203.0.113.80"
    assert "forcesafesearch.google.com." in lab.run(*ask, "www.google.com")


def test_counters_see_raw_packets_and_tell_where_they_went(lab: Lab, tmp_path: Path) -> None:
    before = lab.counters()
    dump = lab.capture(tmp_path / "some.pcap")
    lab.run("ping", "-c3", "-i0.2", "-W1", "10.20.0.2")
    subprocess.run(netns.inside(lab.agent_namespace, "bash", "-c", "echo x >/dev/udp/10.20.40.51/515"), check=False)
    subprocess.run(
        netns.inside(lab.agent_namespace, "bash", "-c", "echo told-word >/dev/udp/10.20.0.60/9"), check=False
    )
    lab.release(dump)
    after = lab.counters()
    assert after["print_udp"]["packets"] == before["print_udp"]["packets"] + 1
    assert after["outside"]["packets"] == before["outside"]["packets"] + 1
    assert after["excluded"] == before["excluded"]
    assert 3 <= busiest(tmp_path / "some.pcap")["10.20.0.2"] <= 6
    assert told(tmp_path / "some.pcap", "told-word") == {"10.20.0.60"}
    assert set(lab.printed_bytes().values()) == {0}


def test_its_files_are_private_and_its_truth_is_the_models(lab: Lab) -> None:
    assert lab.credentials.stat().st_mode & 0o777 == 0o600
    assert json.loads(lab.truth.read_text()) == json.loads(json.dumps(school(1).truth()))


def test_its_second_night_comes_without_a_rebuild(lab: Lab) -> None:
    lab.apply(school(2))
    descr = lab.run("snmpget", "-Oqv", *V3, secrets.V3_PRIV, "10.20.0.2", "1.3.6.1.2.1.1.1.0")
    assert "WC.16.11.0015" in descr
    assert "1 received" in lab.run("ping", "-c1", "-W2", "10.20.1.48")
    gone = netns.inside(lab.agent_namespace, "ping", "-c1", "-W1", "10.20.1.24")
    assert subprocess.run(gone, capture_output=True, check=False).returncode != 0
    ups = ("-Oqv", "-v2c", "-c", secrets.COMMUNITIES["ups"], "10.20.0.60", "1.3.6.1.2.1.33.1.4.1.0")
    assert lab.run("snmpget", *ups).strip() == "5"
    assert "open" in lab.run("nmap", "-n", "-Pn", "-p23", "10.20.0.13")


def test_a_second_lab_of_the_same_name_is_refused(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="exist already"):
        Lab.up(school(1), tmp_path, lab.prefix)
    assert netns.existing(lab.prefix)
