"""Identity: which keys things have, which are junk, what is joined and what is refused."""

import random

import pytest

from probes.identity import asset_id, is_junk_serial, keys_of, mac_key, name_key, serial_key
from probes.joining import Held, Sighting, join, match
from probes.seen import BridgeBase, Entity, Interface, SnmpAccess, SsdpDevice, System
from probes.vocabulary import Key

A, B = "00:1b:21:00:00:01", "00:1b:21:00:00:02"


def key(kind: str, value: str, strong: bool = True) -> Key:
    return Key.model_validate({"kind": kind, "value": value, "strong": strong})


def sighting(name: str, *keys: Key, live: bool = True, **bound: str) -> Sighting:
    return Sighting(name, keys, live, {k.replace("_", "."): v for k, v in bound.items()})


@pytest.mark.parametrize(
    "serial",
    [
        "To be filled by O.E.M.",
        "0000000000",
        "Default string",
        "None",
        "123456789",
        "<private>",
        "xxxxxxxx",
        "N/A",
        "1234",
        "System Serial Number",
        "Not Specified",
        "........",
        "AB12xxxx34",
        "serial_number",
    ],
)
def test_filler_is_no_serial_number(serial: str) -> None:
    assert is_junk_serial(serial)
    assert serial_key(serial) is None


@pytest.mark.parametrize("serial", ["FCW1929B68S", "3005AWL999111", "CN0000X0000", "SG707SU03Y", "210235A1ABC"])
def test_a_real_serial_number_is_a_strong_key(serial: str) -> None:
    found = serial_key(serial)
    assert found is not None
    assert found.strong


def test_a_made_up_mac_is_weak_and_a_shared_one_is_no_key() -> None:
    private = mac_key("da:a1:19:00:00:01")
    assert private is not None
    assert not private.strong
    assert mac_key("00:00:5e:00:01:0a") is None
    assert mac_key("00:00:0c:07:ac:01") is None
    assert mac_key("01:00:5e:00:00:01") is None
    virtual_machine = mac_key("52:54:00:12:34:56")
    assert virtual_machine is not None
    assert virtual_machine.strong


@pytest.mark.parametrize("mac", ["00:00:01:00:00:01", "00:50:56:c0:00:08", "50:50:54:50:30:30", "20:41:53:59:4e:ff"])
def test_a_mac_that_every_box_of_a_kind_has_inside_is_no_key(mac: str) -> None:
    assert keys_of([Interface(index=4, name="nlp_int_tap", type=6, mac=mac)]) == ()
    assert keys_of([Interface(index=4, name="outside", type=6, mac="4c:e1:76:32:22:01")])


@pytest.mark.parametrize("mac", ["00:1b:17:00:01:30", "00:09:0f:09:00:02", "00:1a:8c:f0:00:01", "00:10:db:ff:10:00"])
def test_the_address_that_a_pair_of_firewalls_shares_is_no_key(mac: str) -> None:
    assert mac_key(mac) is None


def test_a_name_that_devices_come_with_is_no_key() -> None:
    assert name_key("iPad") is None
    assert name_key("switch") is None
    assert name_key("sw-core-01.school.internal") == key("hostname", "sw-core-01", strong=False)


def test_the_asset_id_comes_from_the_strongest_key_whatever_the_order() -> None:
    keys = list(
        keys_of(
            [
                SnmpAccess("v3", engine_id="80001f88801122334455"),
                BridgeBase(A),
                System(name="sw-1"),
                Entity(1, "chassis", serial="SG707SU03Y"),
            ],
            ips=["10.0.0.2"],
        )
    )
    assert keys[0] == key("serial", "SG707SU03Y")
    made = asset_id(keys)
    random.Random(7).shuffle(keys)
    assert asset_id(keys) == made
    assert made.startswith("a-")
    assert len(made) == 14


def test_a_stack_has_the_serial_of_its_first_member() -> None:
    stack = [
        Entity(1, "stack"),
        Entity(2001, "chassis", 1, 2, serial="FOC22222222"),
        Entity(1001, "chassis", 1, 1, serial="FOC11111111"),
    ]
    assert [k.value for k in keys_of(stack) if k.kind == "serial"] == ["FOC11111111"]


def test_a_router_with_five_addresses_is_one_thing() -> None:
    engine = key("engine", "80001f88801122334455")
    groups = join([sighting(f"10.0.{n}.1", engine, key("mac", f"00:1b:21:00:00:1{n}")) for n in range(5)])
    assert len(groups) == 1
    assert len(groups[0].members) == 5
    assert any("engine" in reason for reason in groups[0].reasons)


def test_one_serial_on_two_live_chassis_joins_neither_and_says_why() -> None:
    shared = key("serial", "ABC1234567")
    groups = join([sighting("10.0.0.1", shared, key("bridge", A)), sighting("10.0.0.2", shared, key("bridge", B))])
    assert len(groups) == 2
    assert all(any("not joined" in reason for reason in group.reasons) for group in groups)


def test_thirty_computers_with_one_filler_serial_stay_thirty() -> None:
    machines = [
        sighting(
            f"10.0.0.{n}",
            *keys_of([Entity(1, "chassis", serial="To be filled by O.E.M.")], [f"00:1b:21:00:01:{n:02x}"]),
        )
        for n in range(30)
    ]
    assert len(join(machines)) == 30


def test_thirty_computers_with_one_copied_serial_stay_thirty_by_their_names() -> None:
    machines = [
        sighting(f"10.0.0.{n}", key("serial", "OEM7654321X"), key("hostname", f"room1-pc{n}", strong=False))
        for n in range(30)
    ]
    assert len(join(machines)) == 30


def test_a_server_and_its_management_card_share_a_serial_but_are_two() -> None:
    serial = key("serial", "CZ270746S1")
    groups = join(
        [
            sighting("10.0.0.5", serial, key("hostname", "files01", strong=False)),
            sighting("10.0.0.6", serial, key("hostname", "ilocz270746s1", strong=False)),
        ]
    )
    assert len(groups) == 2


def test_a_docked_laptop_is_one_thing_by_the_name_only_its_two_adapters_have() -> None:
    name = key("hostname", "laptop-07", strong=False)
    groups = join([sighting(A, key("mac", A), name), sighting(B, key("mac", B), name)])
    assert len(groups) == 1
    three = join([sighting(f"m{n}", key("mac", f"00:1b:21:00:02:0{n}"), name) for n in range(3)])
    assert len(three) == 3


def test_two_managed_devices_that_came_with_one_name_stay_two() -> None:
    name = key("hostname", "hp-2530-24g", strong=False)
    pair = [Sighting(f"10.0.0.{n}", (key("mac", f"94:57:a5:00:10:0{n}"), name), managed=True) for n in (1, 2)]
    assert [group.members for group in join(pair)] == [("10.0.0.1",), ("10.0.0.2",)]


def test_cloned_upnp_identities_join_nothing() -> None:
    device = SsdpDevice("10.0.0.1", udn="uuid:2f402f80-da50-11e1-9b23-001788200000")
    groups = join([sighting(f"10.0.0.{n}", *keys_of([device])) for n in range(3)])
    assert len(groups) == 3


def test_joining_does_not_depend_on_order() -> None:
    things = [sighting(f"10.0.0.{n}", key("mac", f"00:1b:21:00:00:{n // 2:02x}")) for n in range(20)]
    expected = join(things)
    random.Random(3).shuffle(things)
    assert join(things) == expected


HELD = {
    "e1": [key("serial", "SG707SU03Y"), key("bridge", A), key("hostname", "sw-1", strong=False)],
    "e2": [key("mac", B), key("hostname", "printer-lib", strong=False)],
    "e3": [key("hostname", "twin", strong=False)],
    "e4": [key("hostname", "twin", strong=False)],
}


def test_a_night_without_the_serial_still_finds_the_entry_by_another_key() -> None:
    assert match([key("bridge", A)], HELD).entry == "e1"
    assert match([key("mac", A)], HELD).entry == "e1"
    assert match([key("mac", B)], Held(HELD)).reason == f"same mac {B}"


def test_a_replaced_switch_of_the_same_name_is_new_and_says_why() -> None:
    found = match([key("serial", "SG999999ZZ"), key("hostname", "sw-1", strong=False)], HELD)
    assert found.entry is None
    assert found.ambiguous == ()
    assert match([key("bridge", A), key("serial", "SG999999ZZ")], HELD).reason.startswith("new: e1 has bridge")


def test_a_name_alone_matches_one_entry_and_is_ambiguous_with_two() -> None:
    assert match([key("hostname", "printer-lib", strong=False)], HELD).entry == "e2"
    assert match([key("hostname", "twin", strong=False)], HELD).ambiguous == ("e3", "e4")
    assert match([key("ip", "10.0.0.9", strong=False)], HELD).entry is None
