"""Holding a report against the truth finds what is wrong with it, and nothing in a right one."""

from typing import Any

import pytest

from tests.lab.compare import compare
from tests.lab.school import school

Json = dict[str, Any]


@pytest.fixture
def truth() -> Json:
    return school(1).truth()


def perfect(truth: Json) -> Json:
    """A report that says exactly what is true."""
    assets = [
        {
            "id": host["hostname"], "hostname": host["hostname"], "kind": host["kind"], "macs": [host["mac"]],
            "ips": [host["ip"]], "private": False, "services": [], "version": "",
            "connected_to": {"asset": host["switch"], "port": host["port"]} if host["switch"] else None,
        }
        for host in truth["hosts"] if host["listed"]
    ]  # fmt: skip
    links = [
        {"a": {"asset": k["a"], "port": k["a_port"]}, "b": {"asset": k["b"], "port": k["b_port"]}}
        for k in truth["links"]
    ]
    findings = [{"clause": p["id"], "subject": p["subject"], "verdict": p["verdict"]} for p in truth["planted"]]
    return {"assets": assets, "links": links, "findings": findings}


def test_a_right_report_has_no_difference(truth: Json) -> None:
    found = compare(perfect(truth), truth)
    assert (found.missing, found.twice, found.kinds, found.ports, found.links) == ([], [], [], [], [])
    assert (found.unfound, found.forbidden) == ([], [])
    assert found.kinds_right() == found.ports_right() == 1


def test_a_missing_a_doubled_and_a_misplaced_host_are_told(truth: Json) -> None:
    report = perfect(truth)
    by_name = {asset["hostname"]: asset for asset in report["assets"]}
    report["assets"].remove(by_name["tv-foyer-01"])
    report["assets"].append({**by_name["cam-gate"], "id": "again"})
    by_name["off-pc-01"]["connected_to"]["port"] = "1/1/2"
    by_name["ups-01"]["kind"] = "server"
    found = compare(report, truth)
    assert (found.missing, found.twice) == (["tv-foyer-01"], ["cam-gate"])
    assert found.ports == [("off-pc-01", "sw-adm-03 1/1/1", "sw-adm-03 1/1/2")]
    assert found.kinds == [("ups-01", "ups", "server")]
    assert found.kinds_right() < 1


def test_a_plant_that_was_not_found_and_a_false_accusation_are_told(truth: Json) -> None:
    report = perfect(truth)
    report["findings"] = [f for f in report["findings"] if f["clause"] != "hardening.smb1"]
    report["findings"].append({"clause": "hardening.smb1", "subject": "srv-dc-01", "verdict": "not-met-now"})
    found = compare(report, truth)
    assert found.unfound == [("hardening.smb1", "nas-01")]
    assert found.forbidden == [("hardening.smb1", "srv-dc-01")]


def test_a_link_said_from_its_other_end_counts_and_a_wrong_port_does_not(truth: Json) -> None:
    report = perfect(truth)
    first, second = report["links"][:2]
    first["a"], first["b"] = first["b"], first["a"]
    second["b"]["port"] = "Gi1/0/28"
    assert compare(report, truth).links == [("sw-core-01", "46", "sw-sci-02", "Gi1/0/26")]


def test_a_guests_telephone_as_an_entry_and_an_excluded_host_with_services_are_told(truth: Json) -> None:
    report = perfect(truth)
    for host in truth["hosts"]:
        if host["hostname"] in ("guest-phone-1", "bms-01"):
            report["assets"].append({
                "id": host["hostname"], "hostname": "", "kind": "unknown", "macs": [host["mac"]], "ips": [],
                "private": False, "services": [{"port": 80}], "version": "", "connected_to": None,
            })  # fmt: skip
    assert sorted(compare(report, truth).forbidden) == [("asset", "guest-phone-1"), ("probe", "bms-01")]
