"""Topology: links from both sides, and the port of every endpoint with what lies between."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from probes.assets import Register, assets_of
from probes.ports import port_table
from probes.seen import BridgePort, FdbEntry, Interface, LagMember, LocalPort, Neighbour
from probes.topology import remote_ifindex
from probes.vocabulary import Asset, Observation
from probes.wire.rows import Rows
from tests.probes.measure_identify import seen_in
from tests.probes.sightings_school import CORE, EDGE, alive, mac, school, seen_at, switch


def of(register: Register, ip: str) -> Asset:
    return next(asset for asset in register.assets if ip in asset.ips)


def place(register: Register, ip: str) -> tuple[str, str, int | None, str] | None:
    asset = of(register, ip)
    if asset.connected_to is None:
        return None
    name = next(a.hostname for a in register.assets if a.id == asset.connected_to.asset)
    return name, asset.connected_to.port, asset.connected_to.vlan, asset.connected_to.via


def ends(register: Register) -> set[frozenset[tuple[str, str]]]:
    names = {asset.id: asset.hostname for asset in register.assets}
    return {
        frozenset({(names[link.a.asset], link.a.port), (names[link.b.asset], link.b.port)}) for link in register.links
    }


def test_a_link_that_both_sides_announce_is_one_link_with_both_sources() -> None:
    register = assets_of(school())
    assert ends(register) == {
        frozenset({("sw-core", "24"), ("sw-a", "1")}),
        frozenset({("sw-core", "7"), ("ap-1", "eth0")}),
        frozenset({("sw-core", "9"), ("SEP001B21000050", PHONE_PORT)}),
    }
    link = next(x for x in register.links if len(x.sources) == 2)
    assert link.sources == ("lldp 10.20.0.2", "lldp 10.20.0.3")
    assert link.confidence > 0.95
    assert (link.a_speed_mbps, link.b_speed_mbps) == (1000, 1000)


PHONE_PORT = "00:1b:21:00:00:50"


def test_an_endpoint_is_on_its_edge_port_and_not_on_an_uplink_that_learned_it_too() -> None:
    register = assets_of(school())
    assert place(register, "10.20.1.32") == ("sw-a", "9", 20, "")
    assert place(register, "10.20.1.33") == ("sw-core", "5", 20, "")
    assert place(register, "10.20.0.1") == ("sw-core", "1", 1, "")


def test_what_is_behind_a_telephone_or_an_access_point_says_so() -> None:
    register = assets_of(school())
    assert place(register, "10.20.0.80") == ("sw-core", "9", 40, "")
    assert place(register, "10.20.1.81") == ("sw-core", "9", 20, "phone")
    assert place(register, "10.20.0.64") == ("sw-core", "7", 10, "")
    assert place(register, "10.20.1.65") == ("sw-core", "7", 30, "ap")


def test_several_devices_on_one_port_without_a_neighbour_are_behind_an_unmanaged_switch() -> None:
    register = assets_of(school())
    for ip in ("10.20.1.96", "10.20.1.97", "10.20.1.98"):
        assert place(register, ip) == ("sw-core", "6", 20, "unmanaged switch")
        assert of(register, ip).connected_to.confidence < 0.9  # type: ignore[union-attr]


def test_uplinks_are_marked_on_the_switches_ports() -> None:
    register = assets_of(school())
    assert [p.name for p in of(register, "10.20.0.2").ports if p.uplink] == ["24"]
    assert [p.name for p in of(register, "10.20.0.3").ports if p.uplink] == ["1"]


def test_without_lldp_a_port_that_learned_another_switch_is_an_uplink() -> None:
    quiet = [o for o in school() if not isinstance(o.seen, Neighbour)]
    register = assets_of(quiet)
    assert place(register, "10.20.1.32") == ("sw-a", "9", 20, "")
    assert place(register, "10.20.1.33") == ("sw-core", "5", 20, "")


def test_an_aggregate_is_one_uplink_and_its_cables_are_two_links() -> None:
    cables = [
        *switch(
            "10.20.0.2",
            CORE,
            "sw-core",
            8,
            Interface(149, "Trk1", type=161),
            LagMember(107, 149),
            LagMember(108, 149),
            Neighbour("lldp", "7", 4, EDGE, 7, "1", name="sw-a", capabilities=("bridge",)),
            Neighbour("lldp", "8", 4, EDGE, 7, "2", name="sw-a", capabilities=("bridge",)),
            FdbEntry(EDGE, 7, 1),
            FdbEntry(mac(0x20), 7, 20),
            first=101,
        ),
        *switch(
            "10.20.0.3",
            EDGE,
            "sw-a",
            8,
            Neighbour("lldp", "1", 4, CORE, 7, "7", name="sw-core", capabilities=("bridge",)),
            FdbEntry(mac(0x20), 5, 20),
            first=201,
        ),
        *alive("10.20.1.32", mac(0x20)),
    ]
    register = assets_of(cables)
    assert ends(register) == {
        frozenset({("sw-core", "7"), ("sw-a", "1")}),
        frozenset({("sw-core", "8"), ("sw-a", "2")}),
    }
    assert all(link.lag for link in register.links)
    assert place(register, "10.20.1.32") == ("sw-a", "5", 20, "")


def test_the_agents_own_link_is_heard() -> None:
    heard = seen_at("self", Neighbour("lldp", "eth0", 4, CORE, 5, "12", name="sw-core", heard=True), probe="lldp.heard")
    own = seen_at("self", Interface(2, "eth0", type=6, mac=mac(0x77)), probe="own.host")
    register = assets_of(
        [*switch("10.20.0.2", CORE, "sw-core", 24, first=101), *heard, *own, *alive("10.20.0.99", mac(0x77))]
    )
    agent = of(register, "10.20.0.99")
    assert agent.connected_to is not None
    assert (agent.connected_to.port, agent.connected_to.source) == ("12", "lldp heard")


def test_two_devices_that_announce_each_other_are_joined_even_when_a_port_is_not_understood() -> None:
    seen = [
        *switch("10.20.0.2", CORE, "sw-core", 4, Neighbour("lldp", "4", 4, EDGE, 7, "?", name="sw-a"), first=101),
        *switch(
            "10.20.0.3", EDGE, "sw-a", 4, Neighbour("lldp", "1", 4, CORE, 7, "unit 1 port 4", name="sw-core"), first=201
        ),
    ]
    assert ends(assets_of(seen)) == {frozenset({("sw-core", "4"), ("sw-a", "1")})}


def test_a_host_behind_a_switch_that_was_not_read_is_placed_there_without_a_port() -> None:
    seen = [
        *switch(
            "10.20.0.2",
            CORE,
            "sw-core",
            4,
            Neighbour("lldp", "4", 4, EDGE, 7, "1", name="sw-a", capabilities=("bridge",)),
            FdbEntry(mac(0x20), 4, 20),
            first=101,
        ),
        *alive("10.20.1.32", mac(0x20)),
    ]
    register = assets_of(seen)
    assert place(register, "10.20.1.32") == ("sw-a", "", 20, "")
    assert of(register, "10.20.1.32").connected_to.confidence < 0.5  # type: ignore[union-attr]


def _recorded(folder: Path) -> tuple[Register, dict[str, str]]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    observations: list[Observation] = []
    with (folder / "nodes.csv").open(encoding="utf-8") as lines:
        nodes = {row["ip"]: row for row in csv.DictReader(lines)}
    for ip, node in nodes.items():
        observations += [
            Observation(probe, ip, "corpus", at, one)
            for probe, one in seen_in(Rows.from_snmprec(folder / node["file"]))
        ]
    register = assets_of(observations)
    walked = {a.id: nodes[ip]["device"] for a in register.assets for ip in a.ips if ip in nodes}
    return register, {a.id: a.hostname.split(".")[0] + " (not walked)" for a in register.assets if a.hostname} | walked


def test_a_locally_assigned_port_id_is_the_port_that_the_neighbour_itself_announces_by_it() -> None:
    # Junos: the bridge's port 516 is another interface than the one whose LLDP port id is "516".
    table = port_table(
        [
            Interface(516, name="ge-0/0/1"), Interface(519, name="ge-0/0/4"), BridgePort(516, 519),
            LocalPort(33, 7, "516", "ge-0/0/1"),
        ]
    )  # fmt: skip
    assert remote_ifindex(table, Neighbour("lldp", "1", port_subtype=7, port_id="516")) == 516
    assert remote_ifindex(table, Neighbour("lldp", "1", port_subtype=7, port_id="9")) is None
    assert remote_ifindex(table, Neighbour("lldp", "1", port_subtype=5, port_id="ge-0/0/4")) == 519


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["campus17216", "dlink4930", "lab8000"])
def test_recorded_networks_give_their_links(corpus: Path, name: str) -> None:
    register, names = _recorded(corpus / "topologies" / name)
    truth = links_in(corpus / "topologies" / name / "links.csv")
    found = {
        frozenset({(names[x.a.asset], shape(x.a.port)), (names[x.b.asset], shape(x.b.port))})
        for x in register.links
        if x.a.asset in names and x.b.asset in names
    }
    assert truth - found == set()
    assert found - truth == set()


def links_in(path: Path) -> set[frozenset[tuple[str, str]]]:
    with path.open(encoding="utf-8") as lines:
        return {
            frozenset({(r["a_device"], shape(r["a_port"])), (r["b_device"], shape(r["b_port"]))})
            for r in csv.DictReader(lines)
        }


def shape(port: str) -> str:
    """GigabitEthernet0/1 and Gi0/1 are one port."""
    letters = port.rstrip("0123456789/.:").lower()
    return letters[:2] + port[len(letters) :]
