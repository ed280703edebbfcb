"""Which entry a thing is: joined by proof, never by chance, and never overwriting what a person said."""

import pytest
from sqlalchemy import select

from collector import tables as t
from collector.register import disagreements, write_owned
from probes.errors import BadInput
from probes.vocabulary import Asset, Key
from tests.collector.nights import NOW, School, changed, night, plugged, small_school, thing, without

BASE = small_school()


def entries(school: School) -> dict[str, str]:
    """Entry ids by host name, without those that turned out to be another."""
    with school.store.reading() as connection:
        rows = connection.execute(select(t.entry).where(t.entry.c.merged_into.is_(None))).all()
    return {row.hostname or row.ips[0]: row.entry for row in rows}


def test_the_same_things_keep_their_numbers(school: School) -> None:
    school.night(1, BASE.values())
    first = entries(school)
    school.night(2, list(BASE.values())[::-1])
    assert entries(school) == first
    assert sorted(first.values()) == [f"CT-{number:06d}" for number in range(1, 8)]


def test_first_and_last_seen(school: School) -> None:
    school.night(1, BASE.values())
    school.night(2, without(BASE, "ap").values())
    with school.store.reading() as connection:
        rows = {row.hostname: row for row in connection.execute(select(t.entry))}
    assert (rows["ap-sci-1"].first_seen, rows["ap-sci-1"].last_seen) == (night(1), night(1))
    assert (rows["ap-sci-1"].state, rows["sw-core"].state) == ("not-seen", "active")
    assert rows["sw-core"].last_seen == night(2)


def test_where_a_thing_is_plugged_in(school: School) -> None:
    school.night(1, BASE.values())
    with school.store.reading() as connection:
        ap = connection.execute(select(t.entry).where(t.entry.c.hostname == "ap-sci-1")).one()
    assert (ap.on_entry, ap.on_name, ap.port, ap.vlan) == (entries(school)["sw-core"], "sw-core", "12", 20)
    assert ap.connected_since == night(1)


def test_a_new_network_card_in_a_known_chassis_is_no_new_thing(school: School) -> None:
    school.night(1, BASE.values())
    card = Key(kind="mac", value="00:17:c8:00:aa:aa", strong=True)
    printer = BASE["printer"]
    keys = tuple(key for key in printer.keys if key.kind != "mac")
    school.night(2, changed(BASE, "printer", keys=(*keys, card), macs=("00:17:c8:00:aa:aa",)).values())
    assert len(entries(school)) == len(BASE)


def test_a_laptop_on_a_new_dock_is_known_by_its_name(school: School) -> None:
    school.night(1, BASE.values())
    docked = thing("lt-staff-4", "endpoint", "10.20.1.60", "d8:9e:f3:00:99:99", subkind="laptop")
    school.night(2, (BASE | {"laptop": docked}).values())
    assert len(entries(school)) == len(BASE)


def test_thirty_computers_with_one_filler_serial_stay_thirty(school: School) -> None:
    shared = Key(kind="serial", value="SYSTEM-0001", strong=True)
    pcs = []
    for number in range(1, 31):
        pc = thing(f"pc-{number}", "endpoint", f"10.20.1.{number}", f"d8:9e:f3:00:03:{number:02x}")
        pcs.append(pc.model_copy(update={"keys": (*pc.keys, shared)}))
    school.night(1, pcs)
    school.night(2, pcs[::-1])
    assert len(entries(school)) == 30
    with school.store.reading() as connection:
        assert connection.execute(select(t.change)).all() == []


def test_two_pieces_of_one_thing_become_one_entry_and_the_elder_keeps_its_number(school: School) -> None:
    switch = thing("", "unknown", "10.20.0.9", "00:1c:73:00:00:09")
    printed = Asset(
        id="a-000000000009", kind="switch", hostname="sw-gym", ips=("10.20.0.9",), serial="FOC9X",
        keys=(Key(kind="serial", value="FOC999X009", strong=True),),
    )  # fmt: skip
    school.night(1, [switch])
    school.night(2, [printed])
    both = printed.model_copy(update={"keys": (*printed.keys, *switch.keys), "macs": switch.macs})
    for number in (3, 4, 5, 6):
        school.night(number, [both])
    assert entries(school) == {"sw-gym": "CT-000001"}
    with school.store.reading() as connection:
        merged = connection.scalars(select(t.entry.c.entry).where(t.entry.c.merged_into == "CT-000001")).all()
        assert merged == ["CT-000002"]
        kinds = connection.scalars(select(t.change.c.kind)).all()
    assert "removed" not in kinds


def test_another_serial_under_the_same_mac_is_another_thing(school: School) -> None:
    """A dock's MAC address goes from one laptop to the next; the serial numbers say that they are two."""
    first = thing("lt-1", "endpoint", "10.20.1.1", "d8:9e:f3:00:04:01", serial="PF0LAPTOP1", subkind="laptop")
    second = thing("lt-2", "endpoint", "10.20.1.2", "d8:9e:f3:00:04:01", serial="PF0LAPTOP2", subkind="laptop")
    school.night(1, [first])
    school.night(2, [second])
    assert set(entries(school)) == {"lt-1", "lt-2"}


def test_what_a_person_wrote_is_never_overwritten_and_a_difference_is_shown(school: School) -> None:
    school.night(1, BASE.values())
    entry = entries(school)["prn-office"]
    with school.store.writing() as connection:
        said = {"room": "Front office", "serial": "VNB3R54321"}
        write_owned(connection, "school", entry, said, "tess@ashfield.example", NOW)
    for number in (2, 3):
        school.night(number, changed(BASE, "printer", location="Cupboard").values())
    with school.store.reading() as connection:
        own = {row.name: row.value for row in connection.execute(select(t.owned_field))}
        seen = connection.execute(select(t.entry).where(t.entry.c.entry == entry)).mappings().one()
    assert own == said
    assert disagreements(own, seen) == [("serial", "VNB3R54321", "VNB3R12345")]


def test_an_emptied_field_is_taken_back_and_disposal_can_be_undone(school: School) -> None:
    school.night(1, BASE.values())
    entry = entries(school)["prn-office"]

    def state_after(fields: dict[str, str]) -> str:
        with school.store.writing() as connection:
            write_owned(connection, "school", entry, fields, "tess", NOW)
            return connection.scalar(select(t.entry.c.state).where(t.entry.c.entry == entry)) or ""

    assert state_after({"status": "In use", "room": "1"}) == "active"
    assert state_after({"status": "Disposed of"}) == "disposed"
    assert state_after({"status": ""}) == "not-seen"
    with school.store.reading() as connection:
        assert connection.scalars(select(t.owned_field.c.name)).all() == ["room"]


def test_words_about_an_entry_that_is_not_there_are_refused(school: School) -> None:
    with pytest.raises(BadInput, match="no CT-000999"), school.store.writing() as connection:
        write_owned(connection, "school", "CT-000999", {"room": "1"}, "tess", NOW)


def test_a_personal_device_is_a_count_and_never_an_entry(school: School) -> None:
    phone = thing("toms-iphone", "phone", "10.20.2.2", "3c:06:30:00:00:01", private=True, connected_to=plugged(BASE["hall"], "9"))  # fmt: skip  # noqa: E501
    school.night(1, [*BASE.values(), phone], private_devices=1)
    assert "toms-iphone" not in entries(school)
    with school.store.reading() as connection:
        assert connection.scalar(select(t.night.c.private_devices)) == 1
