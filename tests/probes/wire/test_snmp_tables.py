"""Rows of real shapes in, records out: one example a table, with the lies that devices are known to tell."""

from datetime import UTC, datetime

import pytest

from probes import seen
from probes.vocabulary import Outcome, Recording
from probes.wire import (
    addresses,
    bridge,
    cdp,
    entity,
    fdb,
    host_resources,
    interfaces,
    lag,
    lldp,
    maker_values,
    poe,
    printer,
    stp,
    system,
    tplink,
    ups,
    wireless,
)
from probes.wire.rows import Rows

IF, IFX = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
LLDP = "1.0.8802.1.1.2.1"


def rows(*lines: str) -> Rows:
    return Rows(line.split("|", 2) for line in lines)


def test_the_system_group_is_cleaned_and_the_contact_is_not_asked_for() -> None:
    found = list(system.decode(rows(
        "1.3.6.1.2.1.1.1.0|4|Cisco\x07 IOS\r\nSoftware", "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1208",
        "1.3.6.1.2.1.1.3.0|67|123456", "1.3.6.1.2.1.1.4.0|4|someone@example.org", "1.3.6.1.2.1.1.5.0|4|sw-core-01",
    )))  # fmt: skip
    assert found == [seen.System("Cisco IOS Software", "1.3.6.1.4.1.9.1.1208", "sw-core-01", "", 1234)]
    assert "1.3.6.1.2.1.1.4.0" not in system.SYSTEM.columns


def test_access_is_told_from_its_recording() -> None:
    now = datetime(2026, 11, 3, 22, tzinfo=UTC)
    answer = {"version": "v3", "level": "authPriv", "engine_id": "80001f88", "credential": "switches"}
    recording = Recording(
        probe="snmp.access", target="127.0.0.1", vantage="staff", started=now, ended=now, outcome=Outcome.COMPLETE,
        answers=(answer, "not a mapping"),
    )  # fmt: skip
    assert list(system.decode_access(recording)) == [seen.SnmpAccess("v3", "authPriv", "80001f88", "switches", False)]


def test_an_interface_takes_its_speed_from_the_high_column_and_its_duplex_from_etherlike() -> None:
    found = list(interfaces.decode(rows(
        f"{IF}.2.10101|4|GigabitEthernet1/0/1", f"{IF}.3.10101|2|6", f"{IF}.5.10101|66|4294967295",
        f"{IF}.6.10101|4x|001122334455", f"{IF}.7.10101|2|1", f"{IF}.8.10101|2|2", f"{IF}.14.10101|65|7",
        f"{IFX}.1.10101|4|Gi1/0/1", f"{IFX}.15.10101|66|10000", f"{IFX}.17.10101|2|1", f"{IFX}.18.10101|4|to hall",
        "1.3.6.1.2.1.10.7.2.1.19.10101|2|3", "1.3.6.1.2.1.26.2.1.1.3.10101.1|6|1.3.6.1.2.1.26.4.54",
    )))  # fmt: skip
    assert found == [
        seen.Interface(
            10101, "Gi1/0/1", "GigabitEthernet1/0/1", "to hall", 6, "00:11:22:33:44:55", 10000, True, False, True,
            "full", "10GBASE-T", 7,
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("high", "low", "mbps"),
    [("0", "100000000", 100), ("1000000000", "", 1000), ("", "4294967295", None), ("0", "0", 0)],
)
def test_a_speed_in_the_wrong_unit_or_column_is_still_right(high: str, low: str, mbps: int | None) -> None:
    found = list(interfaces.decode(rows(f"{IF}.2.1|4|eth0", f"{IFX}.15.1|66|{high}", f"{IF}.5.1|66|{low}")))
    assert [interface.speed_mbps for interface in found if isinstance(interface, seen.Interface)] == [mbps]


def test_duplex_comes_from_the_mau_type_where_etherlike_is_silent() -> None:
    found = list(interfaces.decode(rows(f"{IF}.2.1|4|eth0", "1.3.6.1.2.1.26.2.1.1.3.1.1|6|1.3.6.1.2.1.26.4.15")))
    assert isinstance(found[0], seen.Interface)
    assert (found[0].duplex, found[0].mau) == ("half", "100BASE-TX HD")


def test_own_addresses_come_from_the_old_table_and_the_new_one_once_each() -> None:
    found = list(addresses.decode_own(rows(
        "1.3.6.1.2.1.4.20.1.2.10.20.0.2|2|7", "1.3.6.1.2.1.4.20.1.3.10.20.0.2|64|255.255.255.0",
        "1.3.6.1.2.1.4.34.1.3.1.4.10.20.0.2|2|7",
        "1.3.6.1.2.1.4.34.1.3.2.16.254.128.0.0.0.0.0.0.2.0.0.255.254.0.0.1|2|7",
        "1.3.6.1.2.1.4.34.1.5.2.16.254.128.0.0.0.0.0.0.2.0.0.255.254.0.0.1|6|"
        "1.3.6.1.2.1.4.32.1.5.7.2.16.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.0.64",
    )))  # fmt: skip
    assert found == [seen.OwnAddress("10.20.0.2", 7, 24), seen.OwnAddress("fe80::200:ff:fe00:1", 7, 64)]


def test_neighbours_of_both_tables_count_once_and_invalid_ones_not_at_all() -> None:
    found = list(addresses.decode_neighbours(rows(
        "1.3.6.1.2.1.4.22.1.2.3.10.20.1.5|4x|001122334455", "1.3.6.1.2.1.4.22.1.4.3.10.20.1.5|2|3",
        "1.3.6.1.2.1.4.22.1.2.3.10.20.1.6|4x|001122334456", "1.3.6.1.2.1.4.22.1.4.3.10.20.1.6|2|2",
        "1.3.6.1.2.1.4.35.1.4.3.1.4.10.20.1.5|4x|001122334455", "1.3.6.1.2.1.4.22.1.2.3.10.20.1.7|4x|000000000000",
    )))  # fmt: skip
    assert found == [seen.AddressPair("10.20.1.5", "00:11:22:33:44:55", "ipNetToMedia", 3)]


def test_an_entity_says_its_class_in_words() -> None:
    base = "1.3.6.1.2.1.47.1.1.1.1"
    found = list(entity.decode(rows(
        f"{base}.2.1001|4|WS-C2960X-48FPS-L", f"{base}.5.1001|2|3", f"{base}.4.1001|2|0", f"{base}.6.1001|2|1",
        f"{base}.11.1001|4|FOC1932X0K1", f"{base}.13.1001|4|WS-C2960X-48FPS-L", f"{base}.5.9|2|77",
    )))  # fmt: skip
    assert found[1] == seen.Entity(1001, "chassis", 0, 1, "", "WS-C2960X-48FPS-L", "WS-C2960X-48FPS-L", "FOC1932X0K1")
    assert isinstance(found[0], seen.Entity)
    assert found[0].kind == "unknown"


def test_an_lldp_neighbour_keeps_the_local_port_number_and_reads_ids_by_subtype() -> None:
    remote, row = f"{LLDP}.4.1.1", "0.12.1"
    found = list(lldp.decode(rows(
        f"{LLDP}.3.1.0|2|4", f"{LLDP}.3.2.0|4x|aabbccddeeff", f"{LLDP}.3.3.0|4|sw-core-01", f"{LLDP}.3.6.0|4x|28",
        f"{LLDP}.3.7.1.2.12|2|5", f"{LLDP}.3.7.1.3.12|4|Gi1/0/12", f"{LLDP}.3.7.1.4.12|4|GigabitEthernet1/0/12",
        f"{remote}.4.{row}|2|4", f"{remote}.5.{row}|4x|24dec6000031", f"{remote}.6.{row}|2|3",
        f"{remote}.7.{row}|4x|24dec6000032", f"{remote}.8.{row}|4|eth0", f"{remote}.9.{row}|4|ap-sci-1",
        f"{remote}.11.{row}|4x|20", f"{remote}.12.{row}|4x|10", f"{LLDP}.4.2.1.3.{row}.1.4.10.20.1.31|2|2",
        f"{LLDP}.5.4795.1.3.3.1.4.{row}|4|CNC2J0", f"{LLDP}.5.4795.1.3.2.1.2.{row}.1|2|30",
    )))  # fmt: skip
    assert found == [
        seen.Chassis(4, "aa:bb:cc:dd:ee:ff", "sw-core-01", "", ("bridge", "router")),
        seen.LocalPort(12, 5, "Gi1/0/12", "GigabitEthernet1/0/12"),
        seen.Neighbour(
            "lldp", "12", 4, "24:de:c6:00:00:31", 3, "24:de:c6:00:00:32", "eth0", "ap-sci-1",
            capabilities=("wlan-ap",), addresses=("10.20.1.31",), med={"serial": "CNC2J0", "voice_vlan": "30"},
        ),
    ]  # fmt: skip


def test_the_second_edition_of_the_lldp_mib_is_read_too() -> None:
    base, row = "1.3.111.2.802.1.1.13.1.4.1.1", "0.5.1.1"
    found = list(lldp.decode(rows(f"{base}.5.{row}|2|4", f"{base}.6.{row}|4x|24dec6000031", f"{base}.10.{row}|4|far")))
    assert found == [seen.Neighbour("lldp", "5", 4, "24:de:c6:00:00:31", name="far")]


def test_capabilities_in_the_frames_own_bit_order_are_understood() -> None:
    assert lldp.capabilities(bytes.fromhex("0014")) == ("bridge", "router")
    assert lldp.capabilities(bytes.fromhex("2800")) == ("bridge", "router")
    assert lldp.capabilities(b"") == ()


def test_an_lldp_port_number_is_an_interface_only_by_what_it_announces() -> None:
    known = [seen.Interface(10112, "Gi1/0/12"), seen.Interface(12, "Vlan12"), seen.Interface(3, "eth2")]
    ports = {12: seen.LocalPort(12, 5, "gi1/0/12"), 3: seen.LocalPort(3, 7, "no such name")}
    assert lldp.interface_of("12", ports, known) == 10112
    assert lldp.interface_of("3", ports, known) == 3
    assert lldp.interface_of("1", {}, known, [seen.BridgePort(1, 10112)]) == 10112
    assert lldp.interface_of("eth0", ports, known) is None


def test_a_cdp_neighbour_has_an_address_a_voice_vlan_and_capabilities_in_lldps_words() -> None:
    base = "1.3.6.1.4.1.9.9.23.1.2.1.1"
    found = list(cdp.decode(rows(
        f"{base}.4.10101.3|4x|0a140205", f"{base}.5.10101.3|4|SIP 9.4", f"{base}.6.10101.3|4|SEP001122334455",
        f"{base}.7.10101.3|4|Port 1", f"{base}.8.10101.3|4|Cisco IP Phone 7942", f"{base}.9.10101.3|4x|00000490",
        f"{base}.11.10101.3|2|20", f"{base}.12.10101.3|2|2", f"{base}.14.10101.3|66|30",
    )))  # fmt: skip
    assert found == [
        seen.Neighbour(
            "cdp", "10101", None, "SEP001122334455", None, "Port 1", "", "SEP001122334455", "", "Cisco IP Phone 7942",
            "SIP 9.4", ("station", "telephone"), ("10.20.2.5",), 20, "half", {"voice_vlan": "30"},
        )
    ]  # fmt: skip


def test_a_foundry_switch_tells_what_it_heard_by_cdp_apart() -> None:
    base = "1.3.6.1.4.1.1991.1.1.3.20.1.2.1.1"
    found = list(cdp.decode_fdp(rows(
        f"{base}.3.1.1|4|far-1", f"{base}.7.1.1|4|ethernet1/1/1", f"{base}.10.1.1|2|1",
        f"{base}.3.2.1|4|far-2", f"{base}.10.2.1|2|2",
    )))  # fmt: skip
    assert [(n.protocol, n.name) for n in found if isinstance(n, seen.Neighbour)] == [
        ("fdp", "far-1"),
        ("cdp", "far-2"),
    ]


def test_learned_addresses_take_the_vlan_of_their_filtering_database() -> None:
    q = "1.3.6.1.2.1.17.7.1"
    found = list(fdb.decode(rows(
        f"{q}.2.2.1.2.7.0.17.34.51.68.85|2|12", f"{q}.2.2.1.3.7.0.17.34.51.68.85|2|3",
        f"{q}.2.2.1.2.7.0.17.34.51.68.86|2|0", f"{q}.2.2.1.3.7.0.17.34.51.68.86|2|4",
        f"{q}.2.2.1.2.7.0.17.34.51.68.87|2|3", f"{q}.2.2.1.3.7.0.17.34.51.68.87|2|2",
        f"{q}.4.2.1.3.0.20|66|7", "1.3.6.1.2.1.17.4.3.1.2.0.17.34.51.68.85|2|12",
        "1.3.6.1.2.1.17.4.3.1.2.0.17.34.51.68.88|2|9",
    )))  # fmt: skip
    assert found == [
        seen.FdbEntry("00:11:22:33:44:55", 12, 20), seen.FdbEntry("00:11:22:33:44:56", 0, 20, own=True),
        seen.FdbEntry("00:11:22:33:44:58", 9),
    ]  # fmt: skip


def test_an_address_whose_length_is_written_before_it_is_still_read() -> None:
    q = "1.3.6.1.2.1.17.7.1"
    found = list(fdb.decode(rows(f"{q}.2.2.1.2.90.6.0.17.34.51.68.85|2|48", f"{q}.4.2.1.3.0.90|66|90")))
    assert found == [seen.FdbEntry("00:11:22:33:44:55", 48, 90)]


def test_vlans_that_share_a_filtering_database_leave_the_vlan_open() -> None:
    q = "1.3.6.1.2.1.17.7.1"
    found = list(fdb.decode(rows(
        f"{q}.2.2.1.2.1.0.17.34.51.68.85|2|12", f"{q}.4.2.1.3.0.20|66|1", f"{q}.4.2.1.3.0.30|66|1",
    )))  # fmt: skip
    assert found == [seen.FdbEntry("00:11:22:33:44:55", 12, None)]


def test_port_membership_is_tagged_unless_the_untagged_list_has_the_port() -> None:
    q = "1.3.6.1.2.1.17.7.1.4"
    found = list(bridge.decode_vlans(rows(
        f"{q}.3.1.1.20|4|Staff", f"{q}.3.1.2.20|4x|c0", f"{q}.3.1.4.20|4x|40", f"{q}.5.1.1.2|66|20",
    )))  # fmt: skip
    assert found == [
        seen.Vlan(20, "Staff"), seen.PortVlan(1, 20, tagged=True), seen.PortVlan(2, 20, tagged=False, pvid=True),
    ]  # fmt: skip


def test_cisco_access_ports_are_named_by_interface() -> None:
    found = list(bridge.decode_vlans(rows(
        "1.3.6.1.4.1.9.9.46.1.3.1.1.4.1.20|4|Staff", "1.3.6.1.4.1.9.9.68.1.2.2.1.2.10101|2|20",
        "1.3.6.1.4.1.9.9.46.1.6.1.1.14.10148|2|1", "1.3.6.1.4.1.9.9.46.1.6.1.1.5.10148|2|99",
    )))  # fmt: skip
    assert found == [
        seen.Vlan(20, "Staff"), seen.PortVlan(0, 20, tagged=False, pvid=True, ifindex=10101),
        seen.PortVlan(0, 99, tagged=False, pvid=True, ifindex=10148),
    ]  # fmt: skip


def test_tp_links_two_numberings_of_one_port_both_lead_to_the_interface() -> None:
    found = list(
        bridge.decode_ports(rows("1.3.6.1.2.1.17.1.4.1.2.49153|2|49153", "1.3.6.1.2.1.17.1.1.0|4x|001122334455"))
    )
    assert found == [
        seen.BridgeBase("00:11:22:33:44:55", None), seen.BridgePort(49153, 49153), seen.BridgePort(1, 49153),
    ]  # fmt: skip


def test_tp_links_own_tables_name_ports_in_words() -> None:
    root = "1.3.6.1.4.1.11863.6"
    found = list(tplink.decode_vlans(rows(
        f"{root}.14.1.1.1.1.1.49153|4|1/0/1", f"{root}.14.1.1.1.1.1.49154|4|1/0/2", f"{root}.14.1.1.1.1.2.49154|2|20",
        f"{root}.14.1.2.1.1.2.20|4|Staff", f"{root}.14.1.2.1.1.3.20|4|1/0/1,LAG1", f"{root}.14.1.2.1.1.4.20|4|1/0/2-9",
    )))  # fmt: skip
    assert found == [
        seen.Vlan(20, "Staff"), seen.PortVlan(49153, 20, tagged=True, ifindex=49153),
        seen.PortVlan(49154, 20, tagged=False, pvid=True, ifindex=49154),
    ]  # fmt: skip
    assert list(tplink.port_names("1/0/5-6,LAG3")) == ["1/0/5", "1/0/6", "LAG3"]


def test_a_tp_link_neighbour_is_on_an_interface_by_its_number() -> None:
    base, row = "1.3.6.1.4.1.11863.6.35.1.2.2.1", "49168.1"
    found = list(tplink.decode_neighbours(rows(
        f"{base}.4.{row}|4|48:A9:8A:C0:3C:40", f"{base}.6.{row}|4|eth1", f"{base}.9.{row}|4|w104",
        f"{base}.12.{row}|4|Bridge Router ", f"{base}.13.{row}|4|::169.254.2.104",
    )))  # fmt: skip
    assert found == [
        seen.Neighbour(
            "lldp", "49168", 4, "48:a9:8a:c0:3c:40", None, "eth1", name="w104", capabilities=("bridge", "router"),
            addresses=("169.254.2.104",),
        )
    ]  # fmt: skip


def test_spanning_tree_names_its_root_and_the_state_of_each_port() -> None:
    base = "1.3.6.1.2.1.17.2"
    found = list(stp.decode(rows(
        f"{base}.1.0|2|3", f"{base}.2.0|2|32768", f"{base}.4.0|65|3", f"{base}.5.0|4x|1000001122334455",
        f"{base}.7.0|2|24", f"{base}.16.0|2|2", f"{base}.15.1.3.24|2|5", f"{base}.15.1.3.25|2|9",
    )))  # fmt: skip
    assert found == [seen.Stp("rstp", "00:11:22:33:44:55", 24, 32768, 3), seen.StpPort(24, "forwarding")]


def test_no_spanning_tree_says_nothing() -> None:
    assert list(stp.decode(rows("1.3.6.1.2.1.17.2.1.0|2|1", "1.3.6.1.2.1.17.2.2.0|2|32768"))) == []


def test_poe_classes_count_from_zero() -> None:
    found = list(poe.decode(rows(
        "1.3.6.1.2.1.105.1.3.1.1.2.1|66|370", "1.3.6.1.2.1.105.1.3.1.1.3.1|2|1", "1.3.6.1.2.1.105.1.3.1.1.4.1|66|41",
        "1.3.6.1.2.1.105.1.1.1.3.1.5|2|1", "1.3.6.1.2.1.105.1.1.1.6.1.5|2|3", "1.3.6.1.2.1.105.1.1.1.10.1.5|2|5",
    )))  # fmt: skip
    assert found == [seen.PoeMain(1, 370, 41, True), seen.PoePort(1, 5, True, True, 4)]


def test_a_port_attached_to_itself_is_no_lag_member() -> None:
    base = "1.2.840.10006.300.43.1.2.1.1.13"
    found = list(lag.decode(rows(f"{base}.10101|2|5001", f"{base}.10102|2|0", f"{base}.5001|2|5001")))
    assert found == [seen.LagMember(10101, 5001)]


def test_an_apc_ups_adds_its_serial_and_battery_verdict_to_the_standard_table() -> None:
    found = list(ups.decode(rows(
        "1.3.6.1.2.1.33.1.1.1.0|4|APC", "1.3.6.1.2.1.33.1.2.1.0|2|2", "1.3.6.1.2.1.33.1.2.3.0|2|22",
        "1.3.6.1.2.1.33.1.2.4.0|2|100", "1.3.6.1.2.1.33.1.4.1.0|2|3", "1.3.6.1.2.1.33.1.4.4.1.5.1|2|31",
        "1.3.6.1.4.1.318.1.1.1.1.1.1.0|4|Smart-UPS 1500", "1.3.6.1.4.1.318.1.1.1.1.2.3.0|4|AS1234",
        "1.3.6.1.4.1.318.1.1.1.2.2.4.0|2|2",
    )))  # fmt: skip
    assert found == [seen.Ups("normal", 22, 100, "normal", 31, "APC", "Smart-UPS 1500", "AS1234", "", True)]


def test_a_supply_that_only_says_some_is_left_has_no_percentage() -> None:
    base = "1.3.6.1.2.1.43.11.1.1"
    found = list(printer.decode(rows(
        "1.3.6.1.2.1.25.3.2.1.2.1|6|1.3.6.1.2.1.25.3.1.5", "1.3.6.1.2.1.25.3.2.1.3.1|4|HP LaserJet 400",
        "1.3.6.1.2.1.43.5.1.1.17.1|4|PHGFD1", "1.3.6.1.2.1.25.3.5.1.1.1|2|3", "1.3.6.1.2.1.43.10.2.1.4.1.1|65|4711",
        f"{base}.6.1.1|4|Black", f"{base}.8.1.1|2|100", f"{base}.9.1.1|2|28",
        f"{base}.6.1.2|4|Waste", f"{base}.8.1.2|2|100", f"{base}.9.1.2|2|-3",
    )))  # fmt: skip
    assert found == [
        seen.Printer("HP LaserJet 400", "PHGFD1", "idle", 4711), seen.Supply("Black", 28), seen.Supply("Waste", None),
    ]  # fmt: skip


def test_a_host_tells_memory_disks_processors_and_its_clock() -> None:
    base = "1.3.6.1.2.1.25"
    found = list(host_resources.decode(rows(
        f"{base}.1.2.0|4x|07ea0b0316000000", f"{base}.2.2.0|2|4194304", f"{base}.2.3.1.2.31|6|{base}.2.1.4",
        f"{base}.2.3.1.3.31|4|/", f"{base}.2.3.1.4.31|2|4096",
        f"{base}.2.3.1.5.31|2|262144", f"{base}.2.3.1.6.31|2|65536",
        f"{base}.3.3.1.2.196608|2|1", f"{base}.3.3.1.2.196609|2|1",
    )))  # fmt: skip
    assert found == [seen.HostResources(4096, (("/", 1024, 256),), 2, "2026-11-03T22:00:00")]


def test_a_cisco_controller_lists_networks_access_points_and_radios() -> None:
    ess, ap, radio = "1.3.6.1.4.1.14179.2.1.1.1", "1.3.6.1.4.1.14179.2.2.1.1", "1.3.6.1.4.1.14179.2.2.2.1"
    mac = "36.222.198.0.0.49"
    found = list(wireless.decode_airespace(rows(
        f"{ess}.2.1|4|Staff", f"{ess}.6.1|2|1", f"{ess}.8.1|2|0", f"{ess}.13.1|2|0", f"{ess}.15.1|2|0",
        f"{ess}.53.1|2|1", f"{ess}.56.1|2|0", f"{ess}.2.2|4|Old", f"{ess}.6.2|2|0",
        f"{ap}.3.{mac}|4|ap-sci-1", f"{ap}.6.{mac}|2|1", f"{ap}.16.{mac}|4|AIR-AP1852I", f"{ap}.17.{mac}|4|KWC1",
        f"{ap}.19.{mac}|64|10.20.1.31", f"{radio}.2.{mac}.0|2|1", f"{radio}.4.{mac}.0|2|6", f"{radio}.15.{mac}.0|65|3",
    )))  # fmt: skip
    assert found == [
        seen.Ssid("Staff", "wpa2-enterprise"),
        seen.ManagedAp("ap-sci-1", "24:de:c6:00:00:31", "10.20.1.31", "AIR-AP1852I", "KWC1", "", "associated", 3),
        seen.Radio("0", channel=6, band="2.4", ap="ap-sci-1"),
    ]


def test_an_aruba_controllers_network_is_as_strong_as_its_weakest_method() -> None:
    base = "1.3.6.1.4.1.14823.2.2.1.5.2.1"
    found = list(wireless.decode_aruba(rows(
        f"{base}.8.1.5.5.83.116.97.102.102|4x|0600", f"{base}.9.1.2.5.83.116.97.102.102.20|2|1",
    )))  # fmt: skip
    assert found == [seen.Ssid("Staff", "wpa2-psk", 20)]
    assert wireless.aruba_security(bytes.fromhex("8000")) == "open"
    assert wireless.aruba_security(bytes.fromhex("00004000")) == "wpa3-sae"
    assert wireless.aruba_security(b"") == ""


def test_ruckus_words_about_security_are_understood() -> None:
    base = "1.3.6.1.4.1.25053.1.2.2.1.1.1.1.1"
    found = list(wireless.decode_ruckus(rows(
        f"{base}.1.1|4|Guest", f"{base}.3.1|4|open", f"{base}.4.1|4|none", f"{base}.1.2|4|Staff",
        f"{base}.3.2|4|802.1x-eap", f"{base}.4.2|4|wpa2-aes",
    )))  # fmt: skip
    assert found == [seen.Ssid("Guest", "open"), seen.Ssid("Staff", "wpa2-enterprise")]


def test_a_unifi_access_point_marks_its_guest_network() -> None:
    base = "1.3.6.1.4.1.41112.1.6.1.2.1"
    found = list(wireless.decode_unifi(rows(
        f"{base}.6.1|4|Staff", f"{base}.4.1|2|11", f"{base}.9.1|4|ng", f"{base}.23.1|4|user", f"{base}.6.2|4|Guest",
        f"{base}.23.2|4|guest",
    )))  # fmt: skip
    assert found == [
        seen.Ssid("Staff", guest=False), seen.Ssid("Guest", guest=True), seen.Radio("ng", channel=11, band="2.4"),
    ]  # fmt: skip


def test_maker_values_take_a_whole_instance_or_the_first_of_a_column() -> None:
    table = maker_values.table(
        [("model", "1.3.6.1.4.1.1.2.0"), ("serial", "1.3.6.1.4.1.1.3"), ("version", "1.3.6.1.4.1.1.9")]
    )
    found = list(table.decode(rows("1.3.6.1.4.1.1.2.0|4|SG2218P", "1.3.6.1.4.1.1.3.1|4|", "1.3.6.1.4.1.1.3.2|4|222C0")))
    assert found == [
        seen.MakerValue("model", "SG2218P", "1.3.6.1.4.1.1.2.0"),
        seen.MakerValue("serial", "222C0", "1.3.6.1.4.1.1.3.2"),
    ]  # fmt: skip


def test_a_makers_table_is_asked_only_of_that_maker() -> None:
    aruba = next(table for table in wireless.TABLES if table.name == "snmp.wireless_aruba")
    assert aruba.suits("1.3.6.1.4.1.14823.1.1.9")
    assert not aruba.suits("1.3.6.1.4.1.148230.1")
    assert aruba.suits("")
