"""Blind spots: what was not seen is said, each with what would close it."""

from probes.assets import assets_of
from probes.blind_spots import blind_spots_of
from probes.seen import FdbEntry, Neighbour, OwnAddress, System, Vlan
from probes.vocabulary import BlindSpot, Coverage, Observation, Outcome
from tests.probes.sightings_school import AT, CORE, EDGE, alive, mac, seen_at, switch


def spots(
    observations: list[Observation], coverage: tuple[Coverage, ...] = (), scopes: tuple[str, ...] = ()
) -> dict[str, BlindSpot]:
    register = assets_of(observations, scopes=scopes)
    found = blind_spots_of(register.assets, register.links, coverage, observations, scopes)
    assert all(spot.closes_with and spot.sentence.endswith(".") for spot in found)
    return {spot.kind: spot for spot in found}


def cover(probe: str, outcome: Outcome, target: str = "10.20.0.2") -> Coverage:
    return Coverage(probe=probe, target=target, vantage="staff", at=AT, outcome=outcome, reason="stopped at its limit")


def test_a_scope_in_which_nothing_answered_is_a_blind_spot() -> None:
    found = spots(alive("10.20.0.9", mac(9)), scopes=("10.20.0.0/24", "10.20.40.0/24"))
    assert found["subnet"].subject == "10.20.40.0/24"


def test_a_switch_seen_only_by_its_neighbour_is_a_blind_spot() -> None:
    seen = switch(
        "10.20.0.2",
        CORE,
        "sw-core",
        4,
        Neighbour("lldp", "4", 4, EDGE, 7, "1", name="sw-dark", capabilities=("bridge",)),
    )
    assert "sw-dark" in spots(seen)["switch"].sentence


def test_a_crowded_port_without_a_neighbour_is_a_blind_spot_and_an_uplink_is_not() -> None:
    crowd = [FdbEntry(mac(n), 2, 20) for n in range(5)]
    assert "port 2 of sw-core" in spots(switch("10.20.0.2", CORE, "sw-core", 4, *crowd))["port"].sentence
    linked = Neighbour("lldp", "2", 4, EDGE, 7, "1", name="sw-a", capabilities=("bridge",))
    assert "port" not in spots(switch("10.20.0.2", CORE, "sw-core", 4, linked, *crowd))


def test_a_vlan_without_any_reached_device_is_a_blind_spot() -> None:
    seen = [
        *switch("10.20.0.2", CORE, "sw-core", 4, Vlan(20, "Staff"), Vlan(60, "CCTV"), FdbEntry(mac(1), 2, 20)),
        *alive("10.20.1.1", mac(1)),
    ]
    found = spots(seen)
    assert found["vlan"].subject == "vlan 60"
    assert "CCTV" in found["vlan"].sentence


def test_a_routers_network_outside_the_scopes_is_a_blind_spot() -> None:
    router = seen_at(
        "10.20.0.1",
        System(name="r"),
        OwnAddress("10.20.0.1", 1, 24),
        OwnAddress("10.50.0.1", 2, 24),
        OwnAddress("81.2.3.4", 3, 30),
    )
    assert spots(router, scopes=("10.20.0.0/24",))["network"].subject == "10.50.0.0/24"


def test_a_controller_that_listed_nothing_and_a_half_read_table_are_blind_spots() -> None:
    controller = seen_at("10.20.0.9", System(descr="Cisco Controller", object_id="1.3.6.1.4.1.14179.1.1.4.3"))
    found = spots(controller, (cover("snmp.fdb", Outcome.PARTIAL), cover("snmp.lldp", Outcome.COMPLETE)))
    assert "did not list" in found["controller"].sentence
    assert found["partial"].subject == "10.20.0.2"
    assert found["partial"].closes_with
