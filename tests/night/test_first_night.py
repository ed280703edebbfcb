"""The first night of the virtual school, against its exact truth."""

import subprocess
from collections import Counter

import pytest

from baselines.vocabulary import Verdict
from tests.night.conftest import Nights
from tests.night.matching import asset_of, listed, named, port_number

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]


def test_every_host_is_in_the_report_and_none_twice(nights: Nights) -> None:
    report, truth = nights.reports[0], nights.truths[0]
    found = {host["hostname"]: {asset.id for asset in asset_of(report, host)} for host in listed(truth)}
    assert len(found) >= 60
    assert not [name for name, ids in found.items() if not ids], "missing"
    assert not {name: ids for name, ids in found.items() if len(ids) > 1}, "twice"
    shared = Counter(next(iter(ids)) for ids in found.values() if ids)
    assert not {name for name, ids in found.items() if shared[next(iter(ids))] > 1}, "two hosts in one asset"


def test_nothing_is_in_the_report_that_is_not_in_the_school(nights: Nights) -> None:
    report, truth = nights.reports[0], nights.truths[0]
    known = {asset.id for host in truth["hosts"] for asset in asset_of(report, host)}
    extra = [
        (asset.id, asset.kind, asset.hostname, asset.ips, asset.macs)
        for asset in report.assets
        if asset.id not in known
    ]
    assert len(extra) <= 2, extra


def test_at_least_95_percent_of_the_kinds_are_right(nights: Nights) -> None:
    report, truth = nights.reports[0], nights.truths[0]
    wrong = {
        host["hostname"]: (host["kind"], asset.kind)
        for host in listed(truth)
        for asset in asset_of(report, host)[:1]
        if asset.kind != host["kind"]
    }
    share = 1 - len(wrong) / len(listed(truth))
    print(f"kinds right: {share:.1%} of {len(listed(truth))}")
    assert share >= 0.95, wrong


def test_every_link_that_lldp_tells_is_there(nights: Nights) -> None:
    report, truth = nights.reports[0], nights.truths[0]
    names = {asset.id: host["hostname"] for host in truth["hosts"] for asset in asset_of(report, host)}
    seen = {
        frozenset({(names.get(end.asset, end.asset), port_number(end.port)) for end in (link.a, link.b)})
        for link in report.links
    }
    wanted = {
        frozenset({(link["a"], port_number(link["a_port"])), (link["b"], port_number(link["b_port"]))})
        for link in truth["links"]
    }
    print(f"links: {len(wanted & seen)} of {len(wanted)}")
    assert not wanted - seen


def test_at_least_95_percent_of_the_hosts_are_on_the_right_port(nights: Nights) -> None:
    report, truth = nights.reports[0], nights.truths[0]
    names = {asset.id: host["hostname"] for host in truth["hosts"] for asset in asset_of(report, host)}
    wired = [host for host in listed(truth) if host["switch"]]
    wrong = {}
    for host in wired:
        asset = next(iter(asset_of(report, host)), None)
        place = asset.connected_to if asset else None
        got = (names.get(place.asset, place.asset), port_number(place.port)) if place else None
        if got != (host["switch"], port_number(host["port"])):
            wrong[host["hostname"]] = (host["switch"], host["port"], got)
    share = 1 - len(wrong) / len(wired)
    print(f"right port: {share:.1%} of {len(wired)}")
    assert share >= 0.95, wrong


def failing(nights: Nights) -> set[tuple[str, str, Verdict]]:
    report = nights.reports[0]
    bad = (Verdict.NOT_MET_NOW, Verdict.NOT_MET_AT_REPLACEMENT)
    return {(finding.clause, finding.subject, finding.verdict) for finding in report.findings if finding.verdict in bad}


def test_every_planted_fault_is_found_with_its_verdict(nights: Nights) -> None:
    report, truth = nights.reports[0], nights.truths[0]
    found = failing(nights)
    missed = []
    for plant in truth["planted"]:
        asset = None if plant["subject"] == "site" else named(report, truth, plant["subject"])
        subjects = {asset.id if asset else "site", "site"}
        if not any((plant["id"], subject, Verdict(plant["verdict"])) in found for subject in subjects):
            missed.append(plant)
    print(f"planted faults found: {len(truth['planted']) - len(missed)} of {len(truth['planted'])}")
    assert not missed


def test_nothing_on_the_must_not_list_is_reported(nights: Nights) -> None:
    report, truth = nights.reports[0], nights.truths[0]
    found = {(clause, subject) for clause, subject, _ in failing(nights)}
    present = {host["hostname"] for host in truth["hosts"]}
    for item in (item for item in truth["must_not"] if item["subject"] in present):
        asset = named(report, truth, item["subject"])
        if item["id"] == "asset":
            assert asset is None, item
        else:
            assert asset is None or (item["id"], asset.id) not in found, item


def test_at_least_25_clauses_are_decided_and_every_other_says_what_would_close_it(nights: Nights) -> None:
    findings = [finding for finding in nights.reports[0].findings if not finding.clause.startswith("hardening.")]
    undecided = (Verdict.NOT_ASSESSED, Verdict.NEEDS_A_PERSON, Verdict.NOT_APPLICABLE)
    decided = {finding.clause for finding in findings if finding.verdict not in undecided}
    print(f"clauses decided: {len(decided)} of {len({finding.clause for finding in findings})}")
    assert len({finding.clause for finding in findings}) == 312
    assert len(decided) >= 25
    silent = (Verdict.NOT_ASSESSED, Verdict.NEEDS_A_PERSON)
    assert not [finding.key for finding in findings if finding.verdict in silent and not finding.closes_with]
    assert not [finding.key for finding in findings if finding.verdict is Verdict.MET and not finding.evidence]


def test_every_value_has_its_source_time_and_confidence(nights: Nights) -> None:
    fields = ("kind", "maker", "model", "serial", "os", "version", "hostname")
    without = [
        (asset.id, name)
        for asset in nights.reports[0].assets
        for name in fields
        if getattr(asset, name) not in ("", "unknown") and name not in asset.why
    ]
    assert not without


def test_nothing_was_sent_outside_the_scope_or_to_printing_ports(nights: Nights) -> None:
    print(nights.counters, nights.printed)
    wrong = {name: count for name, count in nights.counters.items() if count["packets"] and name != "everything"}
    assert not wrong
    assert not {name: count for name, count in nights.printed.items() if count}


def test_the_night_keeps_to_its_time_and_memory(nights: Nights) -> None:
    ran = nights.ran[0]
    print(
        f"night: {ran.wall_s:.1f} s wall, {ran.cpu_s:.1f} s CPU, {ran.peak_mib:.0f} MiB at the most in the whole tree"
    )
    assert ran.wall_s <= 120
    assert ran.peak_mib <= 256


def test_no_secret_is_in_argv_environment_output_report_spool_or_recordings(nights: Nights) -> None:
    canaries = [word.encode() for word in nights.truths[0]["canaries"]]
    words = "\n".join(
        [nights.ran[0].out, nights.ran[0].err, *nights.ran[0].seen_argv, *nights.ran[0].seen_environment]
    ).encode()
    leaks = [canary for canary in canaries if canary in words]
    for path in nights.folder.rglob("*"):
        if (
            path.is_file()
            and path.name != "credentials.toml"
            and (path.name.startswith("report") or "state" in path.parts)
        ):
            raw = unpacked(path.read_bytes())
            leaks += [(canary, path.name) for canary in canaries if canary in raw]
    assert not leaks


def unpacked(raw: bytes) -> bytes:
    import gzip

    return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw


def test_no_secret_went_to_a_host_it_is_not_bound_to(nights: Nights) -> None:
    allowed = {"CANARY-v2c-ups": {"10.20.0.60", "10.20.0.61"}, "CANARY-v2c-cctv": {"10.20.50.20"}}
    for canary in nights.truths[0]["canaries"]:
        heard = destinations(nights, canary)
        if canary.startswith("CANARY-v2c-school"):
            assert all(ip.startswith(("10.20.1.", "10.20.0.24")) for ip in heard), heard
        else:
            assert heard <= allowed.get(canary, set()), (canary, heard)


def destinations(nights: Nights, secret: str) -> set[str]:
    """The addresses that got a packet with this secret in the clear."""
    listing = subprocess.run(
        ["tcpdump", "-nn", "-r", str(nights.pcap), "-A", "src 10.20.0.100"], capture_output=True, check=False
    ).stdout.decode("latin-1")
    heard: set[str] = set()
    target = ""
    for line in listing.splitlines():
        if " IP " in f" {line}" and " > " in line:
            target = ".".join(line.split(" > ")[1].split(":")[0].split(".")[:4])
        if secret in line:
            heard.add(target)
    return heard


def test_no_host_got_more_than_its_packets_a_second(nights: Nights) -> None:
    truth = nights.truths[0]
    bound = {host["ip"] for host in truth["hosts"] if host.get("snmp")}
    rates = packets_a_second(nights)
    fastest = {ip: max(seconds.values()) for ip, seconds in rates.items() if ip in {h["ip"] for h in truth["hosts"]}}
    print("most packets in one second:", dict(sorted(fastest.items(), key=lambda pair: -pair[1])[:5]))
    assert not {ip: most for ip, most in fastest.items() if most > (100 if ip in bound else 40)}


def packets_a_second(nights: Nights) -> dict[str, Counter[int]]:
    """Packets from the agent to each address in each whole second of the capture."""
    listing = subprocess.run(
        ["tcpdump", "-nn", "-tt", "-q", "-r", str(nights.pcap), "src 10.20.0.100 and ip"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    rates: dict[str, Counter[int]] = {}
    for line in listing.splitlines():
        stamp, _, rest = line.partition(" IP ")
        target = ".".join(rest.split(" > ")[1].split(":")[0].split(".")[:4]) if " > " in rest else ""
        rates.setdefault(target, Counter())[int(float(stamp))] += 1
    return rates
