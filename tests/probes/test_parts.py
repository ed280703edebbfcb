"""Parts of one thing."""

from probes.parts import parts_of
from probes.seen import Entity


def test_an_optic_whose_serial_stands_against_its_sensors_is_one_transceiver() -> None:
    seen = [
        Entity(index=1, kind="sensor", name="1/1 Temperature Sensor", serial="FNSRMYAS13587"),
        Entity(index=2, kind="sensor", name="1/1 Bias Current Sensor", serial="FNSRMYAS13587"),
    ]
    assert [(p.kind, p.name, p.serial) for p in parts_of(seen)] == [("transceiver", "1/1", "FNSRMYAS13587")]


def test_a_sensor_of_a_numbered_module_is_no_part() -> None:
    seen = [
        Entity(index=1, kind="sensor", name="Temperature", serial="FNSRMYAS13587"),
        Entity(index=2, kind="module", name="SFP 1/1", serial="FNSRMYAS13587"),
    ]
    assert [(p.kind, p.name) for p in parts_of(seen)] == [("transceiver", "SFP 1/1")]


def test_a_container_that_is_a_transceiver_is_called_one() -> None:
    seen = [Entity(index=1, kind="container", name="Xcvr for Ethernet2", model="SFP-1G-T", serial="AHN1721001BS")]
    assert [p.kind for p in parts_of(seen)] == ["transceiver"]


def test_a_port_with_a_serial_holds_a_transceiver_but_a_modem_is_a_port() -> None:
    seen = [
        Entity(index=1, kind="port", name="10GE1/0/1", serial="TC1603060008"),
        Entity(index=2, kind="port", name="Modem 0 on Cellular0", model="MC7304", serial="352761064656839"),
    ]
    assert [p.kind for p in parts_of(seen)] == ["transceiver", "port"]


def test_words_for_nothing_are_neither_serial_nor_model() -> None:
    seen = [
        Entity(index=1, kind="container", name="subslot 0/0/1", model="N/A", serial="N/A"),
        Entity(index=2, kind="module", name="Storage", model="N/A", serial="BUILTIN"),
        Entity(index=3, kind="powerSupply", name="PS1", model="PWR-1", serial="N/A"),
    ]
    assert [(p.name, p.model, p.serial) for p in parts_of(seen)] == [("PS1", "PWR-1", "")]
