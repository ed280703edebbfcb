"""`caretaker measure` over small corpora made here: what is right, stated and wrong, blank, and not asked."""

import csv
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.measuring_banners import seen_of
from agent.measuring_discovery import COLUMNS, HOSTS, KINDS, ONCE, discovery_marks, read_truth
from agent.measuring_discovery import PORTS as PLACES
from agent.measuring_dumps import Dump, dumps_in
from agent.measuring_identity import agrees
from agent.measuring_marks import Mark, columns_table, contains, groups_table, is_kept_apart, tally
from agent.measuring_strangers import without
from agent.measuring_topology import Cable
from probes.device_files import knowledge
from probes.errors import BadInput
from probes.registry import DECODERS
from probes.seen import MakerValue, OpenPort, SshHostKey, System, WebPage
from probes.vocabulary import Asset, Connection
from tests.conftest import ROOT
from tests.lab.school import school

CARETAKER = Path(sys.executable).parent / "caretaker"
CORPUS = Path(os.environ.get("CARETAKER_CORPUS", ROOT.parent / "shared" / "corpus"))
SWITCH = (
    "1.3.6.1.2.1.1.1.0|4|Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.0(2)EX5, "
    "RELEASE SOFTWARE (fc1)\n"
    "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1208\n"
    "1.3.6.1.2.1.2.2.1.1.1|2|1\n1.3.6.1.2.1.2.2.1.2.1|4|GigabitEthernet1/0/1\n1.3.6.1.2.1.2.2.1.3.1|2|6\n"
    "1.3.6.1.2.1.2.2.1.8.1|2|1\n1.3.6.1.2.1.31.1.1.1.1.1|4|Gi1/0/1\n"
    "1.3.6.1.2.1.47.1.1.1.1.2.1|4|WS-C2960X-48FPS-L\n1.3.6.1.2.1.47.1.1.1.1.5.1|2|3\n"
    "1.3.6.1.2.1.47.1.1.1.1.7.1|4|1\n1.3.6.1.2.1.47.1.1.1.1.11.1|4|FOC1752X0AB\n"
    "1.3.6.1.2.1.47.1.1.1.1.13.1|4|WS-C2960X-48FPS-L\n"
)
TRUTH = (
    "file,kind,vendor,vendor_alt,model,os,os_text,version,serial,literal,n_oids\n"
    "d1.snmprec,switch,Cisco,Cisco|Cisco Systems,WS-C2960X-48FPS-L,ios,,15.0(2)EX5,FOC1752X0AB,"
    "model version serial,12\n"
    "d2.snmprec,other,,,,,,,,,1\n"
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "devices").mkdir()
    (tmp_path / "devices/d1.snmprec").write_text(SWITCH)
    (tmp_path / "devices/d2.snmprec").write_text("1.3.6.1.2.1.1.1.0|4|something\n")
    (tmp_path / "devices/d1@10.snmprec").write_text("1.3.6.1.2.1.17.1.1.0|4x|001122334455\n")
    (tmp_path / "truth.csv").write_text(TRUTH)
    return tmp_path


def measure(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [str(CARETAKER), "measure", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def lines_of(out: str, first: str) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in out.splitlines() if line.startswith(f"| {first} |")]


def test_a_known_switch_is_right_in_every_column_and_blank_truth_is_not_asked(corpus: Path) -> None:
    done = measure("identify", "--against", corpus)
    assert done.returncode == 0, done.stderr
    for column in ("maker", "kind", "os", "version", "model", "serial"):
        assert lines_of(done.stdout, column)[0] == [column, "1", "100.0", "0.0", "0.0"]
        assert lines_of(done.stdout, column)[1] == [column, "0", "-", "-", "-"]


def test_what_a_switch_answered_vlan_by_vlan_is_read_and_its_learned_addresses_are_marked(corpus: Path) -> None:
    mac = "0.17.34.51.68.85"
    (corpus / "devices/d1.snmprec").write_text(SWITCH + "1.3.6.1.4.1.9.9.46.1.3.1.1.2.1.10|2|1\n")
    (corpus / "devices/d1@10.snmprec").write_text(
        f"1.3.6.1.2.1.17.1.4.1.2.7|2|1\n1.3.6.1.2.1.17.4.3.1.2.{mac}|2|7\n1.3.6.1.2.1.17.4.3.1.3.{mac}|2|3\n"
    )
    truth = "file,mac_address,ifIndex,vlan_vlan\nd1.snmprec,001122334455,1,10\nd1.snmprec,001122334466,1,10\n"
    (corpus / "truth").mkdir()
    (corpus / "truth/fdb.csv.gz").write_bytes(gzip.compress(truth.encode()))
    done = measure("identify", "--against", corpus)
    name = "learned addresses on their port"
    assert lines_of(done.stdout, name)[0] == [name, "2", "50.0", "50.0", "0.0"]


def test_answers_hold_one_row_a_device_and_contexts_are_no_devices(corpus: Path, tmp_path: Path) -> None:
    answers = tmp_path / "out.csv"
    (corpus / "truth.csv").unlink()
    done = measure("identify", "--against", corpus / "devices", "--answers", answers)
    assert "no truth.csv" in done.stdout
    rows = list(csv.DictReader(answers.read_text().splitlines()))
    assert list(rows[0]) == ["file", "kind", "maker", "model", "os", "version", "serial", "parts"]
    assert [row["file"] for row in rows] == ["d1.snmprec", "d2.snmprec"]
    assert (rows[0]["model"], rows[0]["serial"]) == ("WS-C2960X-48FPS-L", "FOC1752X0AB")
    assert json.loads(rows[0]["parts"])[0]["serial"] == "FOC1752X0AB"
    assert [rows[1][name] for name in ("kind", "maker", "model", "serial")] == ["", "", "", ""]


def test_a_truth_csv_leads_to_its_devices(corpus: Path) -> None:
    assert [dump.path.name for dump in dumps_in(corpus / "truth.csv")] == ["d1.snmprec", "d2.snmprec"]


def test_only_the_columns_that_a_night_asks_for_reach_a_decode(tmp_path: Path) -> None:
    path = tmp_path / "d.snmprec"
    path.write_text(SWITCH + "1.3.6.1.2.1.1.4.0|4|A Person\n1.3.6.1.2.1.1.10.0|4|more\n")
    asked = [row[0] for _, recording in Dump(path).tables() for row in recording.answers]
    assert "1.3.6.1.2.1.1.1.0" in asked
    assert "1.3.6.1.2.1.1.4.0" not in asked
    assert "1.3.6.1.2.1.1.10.0" not in asked


def test_a_night_reads_a_makers_own_objects_as_the_measure_does(tmp_path: Path) -> None:
    prefix, name, oid = next(
        (prefix, name, oid) for prefix, ask in knowledge().asks for name, oid in ask.items() if oid.startswith("here.")
    )
    object_id = f"{prefix}.7"
    path = tmp_path / "d.snmprec"
    path.write_text(
        f"1.3.6.1.2.1.1.1.0|4|a switch\n1.3.6.1.2.1.1.2.0|6|{object_id}\n"
        f"{object_id}{oid.removeprefix('here')}|4|AB-12\n"
    )
    (recording,) = [r for table, r in Dump(path).tables() if table.name == "snmp.maker_values"]
    said = [s for s in DECODERS["snmp.maker_values"](recording) if isinstance(s, MakerValue)]
    assert (name, "AB-12") in [(value.name, value.value) for value in said]
    assert said == [s for probe, s in Dump(path).seen if probe == "snmp.maker_values"]


def test_a_wrong_statement_is_listed_and_counted_apart_from_a_blank(corpus: Path) -> None:
    (corpus / "truth.csv").write_text(TRUTH.replace("FOC1752X0AB", "FOC0000OTHER"))
    done = measure("identify", "--against", corpus, "--wrong", "serial")
    assert lines_of(done.stdout, "serial")[0] == ["serial", "1", "0.0", "0.0", "100.0"]
    assert "said 'FOC1752X0AB'  is 'FOC0000OTHER'" in done.stdout


def test_tables_are_written_between_their_comments_and_the_rest_of_the_page_stays(corpus: Path, tmp_path: Path) -> None:
    page = tmp_path / "accuracy.md"
    page.write_text("# How often\n\n<!-- measure identify -->\nold\n<!-- end identify -->\n\nThe end.\n")
    for _ in range(2):
        assert measure("identify", "--against", corpus, "--write", page).returncode == 0
    text = page.read_text()
    assert text.startswith("# How often\n\n<!-- measure identify -->\nMeasured on ")
    assert text.endswith("<!-- end identify -->\n\nThe end.\n")
    assert "old" not in text
    assert text.count("### Per maker") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("guess", "--against", "."), "nothing to measure"),
        (("identify", "--against", "/nowhere/at/all"), "does not exist"),
        (("identify", "--against", str(ROOT / "docs")), "no .snmprec files"),
        (("topology", "--against", str(ROOT / "docs")), "no topologies"),
        (("discover", "--against", str(ROOT / "pyproject.toml")), "no report"),
    ],
)
def test_what_cannot_be_measured_is_one_sentence_and_exit_2(arguments: tuple[str, ...], words: str) -> None:
    done = measure(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_containment_counts_either_way_but_never_for_an_empty_text() -> None:
    assert contains("WS-C2960X", "ws-c2960x-48fps-l")
    assert contains("AOS v6.6.4 / App v6.6.4", "v6.6.4")
    assert not contains("", "v1")
    assert not contains("WS-C3750", "WS-C2960")


def test_every_spelling_of_a_maker_is_accepted_and_only_those() -> None:
    row = {"vendor": "HPE", "vendor_alt": "HP|HPE|Aruba"}
    assert agrees("maker", row, "aruba")
    assert not agrees("maker", row, "Aruba Networks")


def test_makers_with_few_devices_are_counted_together() -> None:
    marks = [Mark("maker", "right", f"d{n}", maker="Cisco") for n in range(3)] + [Mark("maker", "wrong", "d9", "Odd")]
    assert groups_table(marks, ("maker",), lambda mark: mark.maker, "maker", least=3)[2:] == [
        "| Cisco | 3 | 100.0 |",
        "| each fewer than 3 | 1 | 0.0 (100.0 wrong) |",
    ]
    assert (tally(marks).right, tally(marks).wrong, tally(marks).blank) == (3, 1, 0)
    assert columns_table([], ("maker",))[2] == "| maker | 0 | - | - | - |"


def test_the_same_third_is_kept_apart_whoever_runs_it() -> None:
    kept = [name for name in (f"ssh_banners:{n}:0" for n in range(3000)) if is_kept_apart(name)]
    assert 900 < len(kept) < 1100
    assert [n for n in range(20) if is_kept_apart(f"ssh_banners:{n}:0")] == [2, 6, 9, 10, 11]


def test_banners_become_what_a_night_would_have_written_down() -> None:
    assert seen_of("snmp_sysobjid", "1.3.6.1.4.1.311.1 Windows") == System("Windows", "1.3.6.1.4.1.311.1")
    assert seen_of("ssh_banners", "OpenSSH_9.6") == SshHostKey("192.0.2.1", "SSH-2.0-OpenSSH_9.6")
    assert seen_of("http_wwwauth", 'Basic realm="monit"') == WebPage("192.0.2.1", 80, False, 401, realm="monit")
    assert seen_of("ftp_banners", "vsFTPd 3.0.5") == OpenPort("192.0.2.1", "tcp", 21, banner="vsFTPd 3.0.5")
    assert seen_of("mdns_workstation_txt", "x=1") is None


def test_a_cable_is_one_from_either_end_and_with_short_or_long_port_names() -> None:
    cable = Cable("sw1", "GigabitEthernet0/9", "sw2", "Gi0/1")
    assert cable.joins(Cable("sw2", "GigabitEthernet0/1", "sw1", "Gi0/9"))
    assert not cable.joins(Cable("sw2", "GigabitEthernet0/1", "sw1", "Fa0/9"))
    assert not cable.joins(Cable("sw2", "GigabitEthernet0/11", "sw1", "Gi0/9"))


def test_a_report_without_a_host_with_one_twice_and_one_on_a_wrong_port_says_so() -> None:
    def asset(made: str, ip: str, mac: str, port: str) -> Asset:
        return Asset(id=made, ips=(ip,), macs=(mac,), connected_to=Connection(asset="sw", port=port))

    switch = Asset(id="sw", hostname="sw-1", ips=("10.0.0.2",), macs=("02:00:00:00:00:02",))
    held = [
        switch,
        asset("a", "10.0.0.10", "02:00:00:00:00:10", "3"),
        asset("b", "10.0.0.10", "02:00:00:00:00:10", "3"),
        asset("c", "10.0.0.11", "02:00:00:00:00:11", "9"),
    ]
    hosts = [
        {"ip": f"10.0.0.{n}", "mac": f"02:00:00:00:00:{n}", "switch": "sw-1", "port": port}
        for n, port in ((10, "3"), (11, "4"), (12, "5"))
    ]
    marks = discovery_marks(held, hosts)
    assert columns_table(marks, COLUMNS)[2:] == [
        "| host found | 3 | 66.7 | 33.3 | 0.0 |",
        "| found once | 2 | 50.0 | 0.0 | 50.0 |",
        "| switch port | 3 | 33.3 | 33.3 | 33.3 |",
        "| kind | 0 | - | - | - |",
    ]
    assert {mark.name for mark in marks if mark.verdict == "wrong"} == {"10.0.0.10", "10.0.0.11"}
    assert {HOSTS, ONCE, PLACES} <= {mark.column for mark in marks}


def test_the_truth_of_the_virtual_school_can_be_measured_against(tmp_path: Path) -> None:
    path = tmp_path / "truth.json"
    path.write_text(json.dumps(school(1).truth()))
    hosts = read_truth(path)
    assert len(hosts) == sum(host["listed"] for host in school(1).truth()["hosts"]) > 70
    marks = discovery_marks((), hosts)
    assert {mark.verdict for mark in marks} == {"blank"}
    assert {mark.column for mark in marks} == {HOSTS, PLACES, KINDS}


def test_a_truth_that_is_no_truth_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "truth.json"
    path.write_text("[]")
    with pytest.raises(BadInput, match="is no truth"):
        read_truth(path)


def test_banners_and_parts_are_marked_beside_the_devices(corpus: Path) -> None:
    (corpus / "banners").mkdir()
    (corpus / "banners/snmp_sysdescr.csv").write_text(
        "id,example,all\n"
        + "".join(
            f'n:{n},"Cisco IOS Software, C2960 Software, Version 15.0(2)SE{n}","{{""os.vendor"": ""Cisco Systems""}}"\n'
            for n in range(12)
        )
    )
    (corpus / "truth").mkdir()
    names = "file,entPhysicalIndex,entPhysicalSerialNum"
    packed = gzip.compress(f"{names}\nd1.snmprec,1,FOC1752X0AB\nd1.snmprec,2,GONE123\nd1.snmprec,3,BUILTIN\n".encode())
    (corpus / "truth/entities.csv.gz").write_bytes(packed)
    done = measure("identify", "--against", corpus)
    assert lines_of(done.stdout, "parts with a serial number")[0][1:] == ["2", "50.0", "50.0", "0.0"]
    kept = sum(is_kept_apart(f"n:{n}") for n in range(12))
    assert [row[1:3] for row in lines_of(done.stdout, "maker")[-2:]] == [[str(kept), "100.0"], ["12", "100.0"]]


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason=f"the shared device corpus is not at {CORPUS}")
def test_the_cables_of_the_joined_devices_are_found_from_their_tables() -> None:
    done = measure("topology", "--against", CORPUS)
    rates = {row[0]: row[2] for name in ("campus17216", "dlink4930", "lab8000") for row in lines_of(done.stdout, name)}
    assert rates["dlink4930"] == "100.0"
    assert float(rates["campus17216"].split()[0]) >= 90


def test_a_stranger_is_known_by_standard_tables_and_not_by_its_makers_rules(corpus: Path) -> None:
    known, strange = measure("identify", "--against", corpus), measure("strangers", "--against", corpus)
    assert strange.returncode == 0, strange.stderr
    assert "| os | 1 | 100.0 | 0.0 | 0.0 |" in known.stdout
    assert "| os | 1 | 0.0 | 100.0 | 0.0 |" in strange.stdout
    assert "| serial | 1 | 100.0 | 0.0 | 0.0 |" in strange.stdout


def test_knowledge_without_a_maker_keeps_every_other() -> None:
    less = without(knowledge(), frozenset({"mikrotik"}), "routeros", "1.3.6.1.4.1.14988")
    assert less.enterprises.get(14988) is None
    assert less.enterprises[318] == "APC"
    assert not any(rule.os == "routeros" for held in less.rules.values() for _, rule in held)
    assert len(less.files) == len(knowledge().files) - sum(one.maker == "MikroTik" for one in knowledge().files)
