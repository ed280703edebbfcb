"""Assets: one thing is one asset, with ports, services, parts, facts and a reason for each value."""

import json
import random
from datetime import UTC, datetime

from probes.assets import Register, assets_of
from probes.facts import catalogue, facts_of
from probes.seen import (
    AddressPair,
    Alive,
    Certificate,
    Conflict,
    DhcpHeard,
    Entity,
    FdbEntry,
    FtpAnonymous,
    Interface,
    LagMember,
    ManagedAp,
    MedCapable,
    NameHeard,
    Neighbour,
    OpenPort,
    OwnAddress,
    PoeMain,
    PoePort,
    PortVlan,
    Radio,
    SnmpAccess,
    SsdpDevice,
    Ssid,
    Stp,
    Supply,
    System,
    Ups,
    Vlan,
)
from probes.vocabulary import Asset, Observation
from tests.probes.sightings_school import AT, CORE, alive, mac, school, seen_at, switch


def by_ip(register: Register, ip: str) -> Asset:
    found = [asset for asset in register.assets if ip in asset.ips]
    assert len(found) == 1, (ip, [a.id for a in found])
    return found[0]


def test_every_host_of_the_school_is_one_asset() -> None:
    register = assets_of(school())
    addresses = [ip for asset in register.assets for ip in asset.ips]
    assert len(addresses) == len(set(addresses))
    assert len(register.assets) == 12
    assert register.private_devices == 0


def test_the_answer_does_not_depend_on_the_order_of_what_was_seen() -> None:
    observations = school()
    expected = assets_of(observations).model_dump_json()
    for seed in range(5):
        random.Random(seed).shuffle(observations)
        assert assets_of(observations).model_dump_json() == expected


def test_a_router_owns_all_its_addresses() -> None:
    router = by_ip(assets_of(school()), "10.20.0.1")
    assert router.ips == ("10.20.0.1", "10.20.40.1", "10.30.0.1")
    assert any("says that it owns 10.20.40.1" in reason for reason in router.merges)


def test_an_address_outside_the_scopes_makes_no_asset() -> None:
    router = seen_at(
        "10.20.0.1",
        System(name="r"),
        OwnAddress("10.20.0.1"),
        OwnAddress("81.2.3.4"),
        AddressPair("81.2.3.5", mac(9), "arp"),
        AddressPair("10.20.0.9", mac(8), "arp"),
    )
    register = assets_of(router, scopes=["10.20.0.0/22"])
    assert sorted(ip for a in register.assets for ip in a.ips) == ["10.20.0.1", "10.20.0.9"]


def test_a_telephone_known_only_by_lldp_is_an_asset_with_its_serial() -> None:
    register = assets_of(school())
    phone = next(a for a in register.assets if a.kind == "phone")
    assert (phone.maker, phone.model, phone.serial) == ("Yealink", "T46S", "YL12345678")
    assert phone.ips == ("10.20.0.80",)
    assert phone.why["serial"].target == "10.20.0.2"


def test_an_access_point_in_a_controllers_table_is_joined_with_its_lldp_neighbour() -> None:
    controller = seen_at(
        "10.20.0.9",
        System(descr="Ruckus Wireless ZD1200", name="zd", object_id="1.3.6.1.4.1.25053.3.1.5.15"),
        ManagedAp("ap-1", "00:1b:21:00:00:40", "10.20.0.64", "R510", "5123456789AB", "10.1", "connected", 7),
        Radio("r0", "802.11ax", 36, "5", "ap-1"),
        Ssid("School", "wpa2-enterprise", 20),
    )
    register = assets_of([*school(), *controller])
    point = by_ip(register, "10.20.0.64")
    assert (point.kind, point.model, point.serial, point.hostname) == ("ap", "R510", "5123456789AB", "ap-1")
    assert point.connected_to is not None
    assert point.connected_to.port == "7"
    zd = by_ip(register, "10.20.0.9")
    assert point.fact("wifi.controller").value == zd.id  # type: ignore[union-attr]
    assert zd.fact("wifi.generation").value == "6"  # type: ignore[union-attr]
    assert [row["name"] for row in zd.fact("wifi.aps").value] == ["ap-1"]  # type: ignore[union-attr]


def test_thirty_nights_of_one_telephone_with_new_macs_make_no_asset() -> None:
    for night in range(30):
        private = f"da:a1:19:00:00:{night:02x}"
        register = assets_of([*alive("10.20.1.77", private), *seen_at("self", DhcpHeard(private, "request", "iPhone"))])
        assert register.assets == ()
        assert register.private_devices == 1


def test_a_tablet_with_a_name_of_its_own_is_one_private_asset_over_nights() -> None:
    ids = set()
    for night in range(5):
        private = f"da:a1:19:00:00:{night:02x}"
        seen = [
            *alive("10.20.1.77", private),
            *seen_at("10.20.1.77", NameHeard("mdns", "Library-iPad-3", "10.20.1.77", private)),
        ]
        register = assets_of(seen)
        ids |= {asset.id for asset in register.assets}
        assert [asset.private for asset in register.assets] == [True]
    assert len(ids) == 1


def test_a_server_with_a_made_up_mac_that_serves_is_an_asset() -> None:
    seen = [*alive("10.20.1.5", "02:00:00:00:00:05"), *seen_at("10.20.1.5", OpenPort("10.20.1.5", "tcp", 443, "https"))]
    register = assets_of(seen)
    assert len(register.assets) == 1
    assert not register.assets[0].private


def test_a_shared_router_address_is_no_third_router() -> None:
    pair = [
        o
        for n in (2, 3)
        for o in (
            *alive(f"10.20.0.{n}", f"00:1b:21:00:00:0{n}"),
            *seen_at(
                f"10.20.0.{n}",
                System(
                    descr="Cisco IOS Software, ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.6.4",
                    name=f"r{n}",
                    object_id="1.3.6.1.4.1.9.1.2093",
                ),
            ),
        )
    ]
    register = assets_of([*pair, *alive("10.20.0.1", "00:00:5e:00:01:0a")])
    assert sorted(ip for a in register.assets for ip in a.ips) == ["10.20.0.2", "10.20.0.3"]


def test_a_contested_address_is_a_fact_of_both_claimants() -> None:
    seen = [
        *alive("10.20.1.9", mac(1)),
        *alive("10.20.1.9", mac(2)),
        *seen_at("10.20.0.0/22", Conflict("10.20.1.9", (mac(1), mac(2))), probe="arp.sweep"),
    ]
    register = assets_of(seen)
    assert len(register.assets) == 2
    for asset in register.assets:
        assert asset.fact("address.conflict").value == [{"ip": "10.20.1.9", "macs": [mac(1), mac(2)]}]  # type: ignore[union-attr]


def test_a_port_carries_what_every_table_says_of_it() -> None:
    rows = (
        FdbEntry(mac(1), 2, 20),
        FdbEntry(mac(2), 2, 20),
        Vlan(20, "Staff"),
        PortVlan(2, 20, False, True),
        PortVlan(2, 30, True),
        PoePort(1, 2, True, True, 4),
        LagMember(103, 149),
        LagMember(104, 149),
        Interface(149, "Trk1", type=161),
        Stp("rstp", "00:1b:21:00:00:02", None, 4096),
        PoeMain(1, 370, 45),
        MedCapable((2,)),
    )
    asset = by_ip(assets_of(switch("10.20.0.2", CORE, "sw-core", 24, *rows, first=101)), "10.20.0.2")
    port = next(p for p in asset.ports if p.name == "2")
    assert (port.index, port.pvid, port.untagged, port.tagged, port.macs, port.uplink) == (
        102,
        20,
        (20,),
        (30,),
        2,
        False,
    )
    assert port.poe is not None
    assert (port.poe.delivering, port.poe.power_class) == (True, 4)
    assert [p.name for p in asset.ports if p.lag_member] == ["3", "4"]
    assert {p.lag for p in asset.ports if p.lag_member} == {"Trk1"}
    assert asset.fact("stp.is-root").value is True  # type: ignore[union-attr]
    assert asset.fact("poe.budget-w").value == 370  # type: ignore[union-attr]
    assert asset.fact("lldp.med").value == [2]  # type: ignore[union-attr]
    assert asset.location == "Cabinet A"
    assert asset.why["location"].confidence == 0.9


def test_every_fact_is_in_the_catalogue_and_can_be_written_as_json() -> None:
    at = datetime(2026, 9, 3, tzinfo=UTC)
    seen = seen_at(
        "10.20.0.60",
        Ups("low", 12, 80, "battery", 40, "APC", "Smart-UPS", "AS1234567890", "1", True),
        SnmpAccess("v2c", default_community=True),
        Certificate("10.20.0.60", 443, "CN=a", "CN=a", at, at, True, 2048, ("TLSv1",)),
        FtpAnonymous("10.20.0.60", True),
        SsdpDevice("10.20.0.60", target="urn:schemas-upnp-org:device:InternetGatewayDevice:1"),
        Supply("Black", 10),
        Entity(1, "powerSupply", descr="PSU 1"),
        Entity(2, "chassis", serial="AS1234567890"),
        Radio("5 GHz", "ax", 1, "6"),
    )
    facts = facts_of(seen, lambda _: 1.0)
    assert {fact.name for fact in facts} <= set(catalogue())
    json.dumps([fact.value for fact in facts])
    values = {fact.name: fact.value for fact in facts}
    assert values["ups.on-battery"] is True
    assert values["snmp.default-community"] is True
    assert values["upnp.gateway"] is True
    assert values["tls"][0]["protocols"] == ["TLSv1"]
    assert values["wifi.generation"] == "6E"
    assert values["psu.count"] == 1


def test_services_are_listed_once_with_their_address() -> None:
    port = OpenPort("10.20.1.5", "tcp", 23, "", "Linux telnetd")
    asset = by_ip(assets_of([*alive("10.20.1.5", mac(5)), *seen_at("10.20.1.5", port, port)]), "10.20.1.5")
    assert [(s.name, s.port, s.product, s.ip) for s in asset.services] == [("telnet", 23, "Linux telnetd", "10.20.1.5")]


def test_two_cards_that_share_a_serial_get_two_ids() -> None:
    seen: list[Observation] = []
    for n, name in ((1, "files01"), (2, "ilo-files01")):
        seen += [
            *alive(f"10.20.0.{n}", mac(n)),
            *seen_at(f"10.20.0.{n}", System(name=name), Entity(1, "chassis", serial="CZ270746S1")),
        ]
    register = assets_of(seen)
    assert len({asset.id for asset in register.assets}) == 2
    assert all(any("not joined" in reason for reason in asset.merges) for asset in register.assets)


def test_a_partial_table_gives_what_it_has_with_less_confidence() -> None:
    seen = switch("10.20.0.2", CORE, "sw-core", 4, Vlan(20, "Staff"))
    asset = by_ip(assets_of(seen, weigh=lambda _: 0.5), "10.20.0.2")
    fact = asset.fact("vlans")
    assert fact is not None
    assert fact.value == [{"vid": 20, "name": "Staff"}]
    assert fact.why.confidence <= 0.5
    assert asset.why["hostname"].at == AT


def test_an_address_that_only_answered_ping_is_still_an_asset() -> None:
    assert by_ip(assets_of(seen_at("10.20.1.99", Alive("10.20.1.99", "icmp"))), "10.20.1.99").kind == "unknown"


def test_a_name_that_only_a_neighbour_gives_makes_no_asset() -> None:
    rogue = seen_at(
        "10.20.0.241", System(name="rogue"), ManagedAp("' OR 1=1 --"), Neighbour("cdp", "1", name="{{7*7}}")
    )
    assert [asset.hostname for asset in assets_of(rogue).assets] == ["rogue"]


def test_a_hosts_broadcast_address_is_no_asset() -> None:
    server = seen_at(
        "10.20.0.11", System(name="srv"), OwnAddress("10.20.0.11", 2, 22), OwnAddress("10.20.3.255", 2, 22)
    )
    other = seen_at("10.20.0.1", System(name="gw"), OwnAddress("10.20.0.1", 2, 22), OwnAddress("10.20.3.255", 2, 22))
    register = assets_of([*server, *other])
    assert sorted(ip for asset in register.assets for ip in asset.ips) == ["10.20.0.1", "10.20.0.11"]
