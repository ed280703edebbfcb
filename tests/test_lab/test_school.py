"""The model of the virtual school contradicts itself nowhere."""

import json
from collections import Counter
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from yaml import safe_load

from tests.lab.model.nouns import NETWORKS, School
from tests.lab.model.truth import SCOPES
from tests.lab.school import school
from tests.lab.tables.device import host_rows, recorded, switch_rows
from tests.lab.tables.places import bridge_ifindex, bridge_port, places, states
from tests.lab.tables.rows import index_of, oid_key

NIGHTS = (1, 2)
CONFLICT = "10.20.1.90"
BASELINES = Path(__file__).resolve().parents[2] / "baselines"


@pytest.fixture(scope="module", params=NIGHTS, ids=("night-1", "night-2"))
def model(request: pytest.FixtureRequest) -> School:
    return school(request.param)


def test_at_least_sixty_hosts_can_be_listed(model: School) -> None:
    assert sum(host["listed"] for host in model.truth()["hosts"]) >= 60


def test_names_and_mac_addresses_are_unique(model: School) -> None:
    names = [h.hostname for h in model.hosts] + [s.hostname for s in model.switches]
    macs = [h.mac for h in model.hosts] + [s.mac for s in model.switches]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert [mac for mac, count in Counter(macs).items() if count > 1] == []


def test_only_the_planted_conflict_shares_an_address(model: School) -> None:
    counts = Counter([h.ip for h in model.hosts] + [s.ip for s in model.switches])
    assert [ip for ip, count in counts.items() if count > 1] == [CONFLICT]


def test_every_address_lies_in_the_network_of_its_vlan(model: School) -> None:
    strays = [h.hostname for h in model.hosts if ip_address(h.ip) not in ip_network(NETWORKS[h.vlan])]
    assert strays == []


def test_every_host_is_on_a_port_its_switch_has(model: School) -> None:
    for host in model.hosts:
        assert model.switch(host.switch).port(host.port).number == host.port


def test_a_port_that_many_share_says_what_lies_between(model: School) -> None:
    direct = Counter((h.switch, h.port) for h in model.hosts if h.via == "")
    assert [place for place, count in direct.items() if count > 1] == []


def test_cables_and_hosts_do_not_share_a_port(model: School) -> None:
    ends = [(c.a, c.a_port) for c in model.cables] + [(c.b, c.b_port) for c in model.cables]
    assert len(ends) == len(set(ends))
    assert not set(ends) & {(h.switch, h.port) for h in model.hosts}


def test_both_ends_of_every_cable_tell_of_each_other(model: School) -> None:
    told = {
        (switch.hostname, state.port.name, *state.peer)
        for switch in model.switches
        for state in states(model, switch)
        if state.peer
    }
    assert told
    assert {(b, b_port, a, a_port) for a, a_port, b, b_port in told} == told


def test_each_host_is_learned_on_its_own_port_and_nowhere_else_on_its_switch(model: School) -> None:
    for host in model.awake():
        switch = model.switch(host.switch)
        found = {p.port for p in places(model, switch) if p.mac == host.mac}
        assert found == {bridge_port(switch, host.port)}, host.hostname


def test_other_switches_learn_a_host_on_an_uplink_or_not_at_all(model: School) -> None:
    for switch in model.switches:
        uplinks = {
            bridge_port(switch, n) for c in model.cables for s, n in ((c.a, c.a_port), (c.b, c.b_port))
            if s == switch.hostname
        }  # fmt: skip
        mine = {h.mac for h in model.hosts if h.switch == switch.hostname}
        assert all(p.port in uplinks for p in places(model, switch) if p.mac not in mine)


def test_switch_tables_are_in_order_and_say_nothing_twice(model: School) -> None:
    for switch in model.switches:
        oids = [oid_key(row[0]) for row in switch_rows(model, switch)]
        assert oids == sorted(set(oids))


def test_snmp_says_the_port_that_truth_says(model: School) -> None:
    names = {
        s.hostname: {row[0]: bytes.fromhex(row[2]).decode() for row in switch_rows(model, s) if row[1] == "4x"
                     and row[0].startswith("1.3.6.1.2.1.31.1.1.1.1.")} for s in model.switches
    }  # fmt: skip
    for told in model.truth()["hosts"]:
        if told["kind"] != "switch" and not told["asleep"]:
            switch = model.switch(told["switch"])
            host = model.host(told["hostname"])
            ifindex = bridge_ifindex(switch, bridge_port(switch, host.port))
            assert names[switch.hostname][f"1.3.6.1.2.1.31.1.1.1.1.{ifindex}"] == told["port"]


def test_forwarding_rows_of_a_switch_hold_every_mac_of_its_vlans(model: School) -> None:
    core = model.switches[0]
    oids = {row[0] for row in switch_rows(model, core)}
    missing = [h.hostname for h in model.awake()
               if f"1.3.6.1.2.1.17.7.1.2.2.1.2.{h.vlan}.{index_of(h.mac)}" not in oids]  # fmt: skip
    assert missing == []


def test_every_snmp_host_has_rows_or_a_real_recording(model: School) -> None:
    for host in model.awake():
        if host.snmp.startswith("dump:"):
            assert recorded(host.snmp.removeprefix("dump:")).startswith("1.3.6.1.2.1.1.1.0|")
        elif host.snmp in ("own", "simulator") and host.hostile != "endless":
            assert host_rows(model, host), host.hostname


def test_planted_faults_name_hosts_of_the_school(model: School) -> None:
    names = {h.hostname for h in model.hosts} | {s.hostname for s in model.switches} | {"site"}
    assert [p for p in model.plants if not {p.subject, *p.also} <= names] == []


def test_planted_faults_name_clauses_that_exist(model: School) -> None:
    files = [*BASELINES.glob("dfe/*.yaml"), BASELINES / "hardening.yaml"]
    known = {clause["id"] for path in files for clause in safe_load(path.read_text("utf-8"))["clauses"]}
    assert {p.id for p in model.plants} - known == set()
    assert {m.id for m in model.must_nots} - known <= {"asset", "probe"}


def test_nothing_is_both_planted_and_forbidden(model: School) -> None:
    assert not {(p.id, p.subject) for p in model.plants} & {(m.id, m.subject) for m in model.must_nots}


def test_truth_is_json_and_the_same_every_time(model: School) -> None:
    assert json.dumps(model.truth()) == json.dumps(school(model.night).truth())


def test_everything_that_may_be_asked_is_in_scope(model: School) -> None:
    scopes = [ip_network(scope) for scope in SCOPES]
    listed = [h for h in model.truth()["hosts"] if h["listed"]]
    assert [h["hostname"] for h in listed if not any(ip_address(h["ip"]) in s for s in scopes)] == []


def test_nights_differ_only_as_the_changes_say() -> None:
    one, two = ({h.hostname: h for h in school(night).hosts} for night in NIGHTS)
    differing = {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)}
    switches = {a.hostname for a, b in zip(school(1).switches, school(2).switches, strict=True) if a != b}
    told = {change.subject for change in school(1).changes} | {"off-bursar-02"}
    assert {name for name in differing if not name.startswith("guest-phone")} <= told
    assert switches <= told


def test_fifteen_changes_are_planted_and_some_are_benign() -> None:
    changes = school(2).changes
    assert len(changes) >= 15
    assert sum(change.benign for change in changes) >= 4
    assert {c.visible for c in changes if c.kind in ("removed", "moved", "link")} == {3}


def test_every_secret_of_the_school_can_be_searched_for() -> None:
    canaries = school().truth()["canaries"]
    assert canaries
    assert all("CANARY" in secret for secret in canaries)
