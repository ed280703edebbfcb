"""Makers by IANA's enterprise numbers: a last resort, and only for a name that says who it is."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from probes.enterprises import decode, enterprise_of, trade_name
from probes.errors import Undecodable
from probes.identify import identify
from probes.seen import NumberHolder, Seen, System
from probes.sightings import gather
from probes.transport.registry_file import holders, number_lookup
from probes.vocabulary import Json, Observation, Outcome, Recording

AT = datetime(2026, 3, 1, tzinfo=UTC)


def of(*seen: Seen) -> list[Observation]:
    return [Observation("snmp.system", "10.0.0.2", "staff", AT, one) for one in seen]


def unknown(descr: str, holder: str) -> str:
    return identify(of(System(descr=descr, object_id="1.3.6.1.4.1.99999.1.2"), NumberHolder(99999, holder))).maker


@pytest.mark.parametrize(
    ("holder", "name"),
    [
        ("Janitza electronics GmbH", "Janitza"),
        ("Hangzhou Example Communication Technology Co., Ltd.", "Example"),
        ("Pan Example Direkt GmbH (formerly 'Pan Example Networking AG')", "Pan Example Direkt"),
        ("Networks", "Networks"),
        ("", ""),
    ],
)
def test_a_holder_is_named_without_its_legal_form(holder: str, name: str) -> None:
    assert trade_name(holder) == name


def test_the_holder_of_the_number_is_the_maker_of_a_device_that_nothing_else_names() -> None:
    assert unknown("Model 7 controller", "Accentra Electronics GmbH") == "Accentra"
    assert unknown("ACCENTRA gateway", "Accentra Electronics GmbH") == "Accentra"


def test_two_words_are_believed_only_when_the_device_says_them() -> None:
    assert unknown("gateway", "Blue Lion Controls Inc.") == ""
    assert unknown("Blue Lion Controls gateway", "Blue Lion Controls Inc.") == "Blue Lion Controls"


def test_a_word_that_names_nobody_is_not_stated() -> None:
    assert unknown("gateway", "Global Networks Inc") == ""


def test_what_a_rule_knows_is_never_outdone_by_the_holder() -> None:
    seen = of(System(descr="RouterOS hEX S", object_id="1.3.6.1.4.1.14988.1"), NumberHolder(14988, "Holders Ltd"))
    assert identify(seen).maker == "MikroTik"


def test_numbers_of_agents_that_many_makers_build_in_name_no_maker() -> None:
    assert enterprise_of("1.3.6.1.4.1.8072.3.2.10") is None
    assert enterprise_of(".1.3.6.1.4.1.318.1.3.27") == 318
    assert enterprise_of("1.3.6.1.2.1.1") is None


def test_the_registry_gives_only_the_numbers_that_were_asked(tmp_path: Path) -> None:
    registry = tmp_path / "enterprise_numbers.txt"
    registry.write_bytes(
        b"# comment\n9\tciscoSystems\n318\tAmerican Power Conversion Corp.\n7\xe9\tx\nno tab\n99\tM\xe9\n"
    )
    assert holders([318, 99, 5], registry) == {318: "American Power Conversion Corp.", 99: "M\N{REPLACEMENT CHARACTER}"}
    assert holders([318], None) == {}


def test_nmaps_copy_of_the_registry_is_found_on_a_machine_with_nmap() -> None:
    recording = asyncio.run(number_lookup([9, 318], "staff", lambda: AT))
    assert recording.outcome is Outcome.COMPLETE, recording.reason
    assert [seen.number for seen in decode(recording)] == [9, 318]
    assert "isco" in next(decode(recording)).name


def test_a_holder_reaches_the_thing_whose_number_it_is_and_no_other() -> None:
    def says(ip: str, number: int) -> Observation:
        return Observation("snmp.system", ip, "staff", AT, System("Model 7", object_id=f"1.3.6.1.4.1.{number}.1"))

    held = [
        Observation("number.lookup", "self", "staff", AT, one)
        for one in (NumberHolder(99999, "Accentra GmbH"), NumberHolder(99998, "Brixel Oy"))
    ]
    things = gather([says("10.0.0.2", 99999), says("10.0.0.3", 99998), *held], ("10.0.0.0/24",))
    assert {thing.ips[0]: identify(thing.own()).maker for thing in things} == {
        "10.0.0.2": "Accentra",
        "10.0.0.3": "Brixel",
    }


@pytest.mark.parametrize("answer", [3, [], ["9", "x"], [9], [9, 9], [-1, "x"]])
def test_stored_answers_of_the_wrong_shape_are_undecodable(answer: Json) -> None:
    recording = Recording(
        probe="number.lookup", target="self", vantage="v", started=AT, ended=AT, outcome=Outcome.COMPLETE,
        answers=(answer,),
    )  # fmt: skip
    with pytest.raises(Undecodable):
        list(decode(recording))
