"""Parts from makers' own tables."""

from datetime import UTC, datetime

from probes.identify import identify
from probes.parts import parts_of
from probes.seen import Entity
from probes.vocabulary import Observation
from probes.wire.entity import TABLES
from probes.wire.maker_parts import bare_serial
from probes.wire.rows import Rows

_ENTITY = "1.3.6.1.2.1.47.1.1.1.1"
_OPTICS = "1.3.6.1.4.1.2011.5.25.31.1.1.3.1"
_JUNIPER = "1.3.6.1.4.1.2636.3.1.8.1"
_IDRAC = "1.3.6.1.4.1.674.10892.5.5.1.20.130.4.1"


def _entities(*rows: tuple[str, str, str]) -> list[Entity]:
    asked = Rows([list(row) for row in rows])
    return [one for table in TABLES for one in table.decode(asked) if isinstance(one, Entity)]


def test_a_drive_of_the_makers_own_table_is_a_part() -> None:
    (part,) = parts_of(_entities((f"{_IDRAC}.2.1", "4", "Disk 0:1:0"), (f"{_IDRAC}.7.1", "4", "22323A6F2DE6")))
    assert (part.kind, part.name, part.serial) == ("storageDrive", "Disk 0:1:0", "22323A6F2DE6")


def test_an_optic_stands_in_the_port_that_entity_mib_names() -> None:
    seen = _entities(
        (f"{_ENTITY}.5.67", "2", "10"),
        (f"{_ENTITY}.7.67", "4", "GigabitEthernet0/0/1"),
        (f"{_OPTICS}.4.67", "4", "S1703243262"),
        (f"{_OPTICS}.25.67", "4", "GPB-3524L"),
    )
    (part,) = parts_of(seen)
    assert (part.kind, part.serial, part.model, part.position) == (
        "transceiver",
        "S1703243262",
        "GPB-3524L",
        "GigabitEthernet0/0/1",
    )


def test_a_serial_that_entity_mib_gave_is_not_said_twice() -> None:
    seen = _entities(
        (f"{_ENTITY}.5.67", "2", "10"),
        (f"{_ENTITY}.11.67", "4", "S1703243262"),
        (f"{_OPTICS}.4.67", "4", "S1703243262"),
    )
    assert [part.serial for part in parts_of(seen)] == ["S1703243262"]


def test_juniper_frames_supplies_and_boards_are_told_apart_and_builtin_is_none() -> None:
    seen = _entities(
        (f"{_JUNIPER}.7.1.1.0.0", "4", "S/N CAAG0822"),
        (f"{_JUNIPER}.6.2.1.1.0", "4", "Power Supply 0 @ 0/0/*"),
        (f"{_JUNIPER}.7.2.1.1.0", "4", "1GA16412345"),
        (f"{_JUNIPER}.6.7.1.0.0", "4", "FPC: QFX5100-48S-6Q @ 0/*/*"),
        (f"{_JUNIPER}.7.7.1.0.0", "4", "TA3716412345"),
        (f"{_JUNIPER}.6.8.1.1.0", "4", "PIC: 48x10G"),
        (f"{_JUNIPER}.7.8.1.1.0", "4", "BUILTIN"),
    )
    assert [(part.kind, part.serial) for part in parts_of(seen)] == [
        ("chassis", "CAAG0822"),
        ("powerSupply", "1GA16412345"),
        ("module", "TA3716412345"),
    ]


def test_quotes_and_labels_are_no_part_of_a_serial() -> None:
    assert [bare_serial(text) for text in ('"FDO25310ZXV "', "S/N CAAG0822", "BUILTIN", "1234")] == [
        "FDO25310ZXV",
        "CAAG0822",
        "",
        "1234",
    ]


def test_a_virtual_chassis_member_is_one_part_though_two_tables_name_it() -> None:
    member = "1.3.6.1.4.1.2636.3.40.1.4.1.1.1"
    seen = _entities(
        (f"{member}.2.0", "4", "TA3716412345"),
        (f"{member}.8.0", "4", "qfx5100-48s-6q"),
        (f"{_JUNIPER}.6.7.1.0.0", "4", "FPC: QFX5100-48S-6Q @ 0/*/*"),
        (f"{_JUNIPER}.7.7.1.0.0", "4", "TA3716412345"),
    )
    assert [(part.kind, part.model) for part in parts_of(seen)] == [("chassis", "qfx5100-48s-6q")]


def test_a_drive_alone_never_stands_for_the_whole_device() -> None:
    seen = _entities((f"{_IDRAC}.6.1", "4", "ST1200MM0099"), (f"{_IDRAC}.7.1", "4", "22323A6F2DE6"))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    found = identify([Observation("snmp.parts.dell", "10.0.0.1", "test", now, one) for one in seen])
    assert (found.model, found.serial) == ("", "")
