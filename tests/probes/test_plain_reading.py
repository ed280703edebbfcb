"""What is read where no maker's rule knows better: versions, models, a chassis's one board, short serials."""

from datetime import UTC, datetime

import pytest

from probes.device_files import Knowledge, knowledge, maker_oids, read_device_file
from probes.identify import identify
from probes.seen import Entity, Seen, System
from probes.vocabulary import Observation

AT = datetime(2026, 9, 3, tzinfo=UTC)


def of(*seen: Seen) -> tuple[Observation, ...]:
    return tuple(Observation("snmp.system", "10.0.0.9", "staff", AT, one) for one in seen)


@pytest.mark.parametrize(
    ("descr", "model", "version"),
    [
        ("ZX-2400 Managed Switch, V1.2.3", "ZX-2400", "1.2.3"),
        ("QX8024 24-Port Gigabit Switch, 6.1.1.7, Linux 3.6.5", "QX8024", "6.1.1.7"),
        ("Industrial router (model: IR-305, FW: 2.0, SW: 3.4.1)", "IR-305", "3.4.1"),
        ("Linux gateway 5.4.0-91 #102 SMP x86_64", "", ""),
        ("Box with Hardware Version 2.1 and SNMP V1.0", "", ""),
        ("Line unit; Model: 9788; S/W Release: 02.00.06", "9788", "02.00.06"),
    ],
)
def test_a_description_of_no_known_maker_gives_only_what_it_says(descr: str, model: str, version: str) -> None:
    found = identify(of(System(descr=descr, object_id="1.3.6.1.4.1.99999.1")), Knowledge(()))
    assert (found.model, found.version) == (model, version)


def test_a_lone_board_gives_its_serial_to_a_chassis_without_one() -> None:
    chassis = Entity(3, "chassis", name="AC6605")
    slot, board = Entity(5, "container", parent=3), Entity(9, "module", parent=5, serial="21023579169W")
    assert identify(of(chassis, slot, board)).serial == "21023579169W"
    other = Entity(10, "module", parent=5, serial="21023579170W")
    assert identify(of(chassis, slot, board, other)).serial == ""


@pytest.mark.parametrize("serial", ["239", "SG05XXXXXX", "1234567890"])
def test_short_and_masked_serials_are_said(serial: str) -> None:
    assert identify(of(Entity(1, "chassis", serial=serial))).serial == serial


@pytest.mark.parametrize("serial", ["0", "00000000", "#########", "None", "Default string", "<private>"])
def test_what_means_no_serial_is_not_said(serial: str) -> None:
    assert identify(of(Entity(1, "chassis", serial=serial))).serial == ""


def test_a_part_number_is_no_model() -> None:
    assert identify(of(Entity(1, "chassis", model="40-1000832-08"))).model == ""


def test_two_files_that_ask_for_one_thing_are_both_heard_the_more_particular_first() -> None:
    wide = read_device_file("wide.yaml", "oids: [{under: [1.3.6.1.4.1.9], ask: {serial: 1.3.1}}]")
    narrow = read_device_file("narrow.yaml", "oids: [{under: [1.3.6.1.4.1.9.1], ask: {serial: 1.3.2}}]")
    assert Knowledge((wide, narrow)).maker_oids("1.3.6.1.4.1.9.1.5") == {"serial": "1.3.2", "serial.2": "1.3.1"}


def test_a_device_that_hides_its_system_group_is_asked_for_one_object_of_each_maker() -> None:
    asked = maker_oids("")
    assert asked["sign.fortigate"] == "1.3.6.1.4.1.12356.101.4.1.1.0"
    assert len(asked) == len(set(asked.values()))


def test_no_sign_of_a_hidden_device_is_asked_of_one_that_names_itself() -> None:
    named = [oid for family in list(knowledge().families)[:200] for oid in maker_oids(family) if "sign." in oid]
    assert named == []
