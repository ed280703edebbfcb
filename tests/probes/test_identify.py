"""Identification: evidence adds up, contradictions show, and unknown stays unknown."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from probes.identify import identify
from probes.seen import CliRows, Entity, MacMaker, NameHeard, OpenPort, Printer, Seen, Supply, System
from probes.vocabulary import Observation
from tests.probes.measure_identify import measure
from tests.timing import least, thread_seconds

AT = datetime(2026, 9, 3, tzinfo=UTC)


def of(*seen: Seen, probe: str = "snmp.system") -> tuple[Observation, ...]:
    return tuple(Observation(probe, "10.0.0.9", "staff", AT, one) for one in seen)


CATALYST = System(
    descr="Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E3, RELEASE SOFTWARE (fc3)",
    object_id="1.3.6.1.4.1.9.1.1208",
    name="sw-1.school.internal",
)


def test_a_catalyst_says_everything_with_a_reason_for_each_value() -> None:
    chassis = Entity(1001, "chassis", model="WS-C2960X-48FPS-L", serial="FCW1929B68S", maker="cisco")
    found = identify(of(CATALYST, chassis))
    assert (found.kind, found.maker, found.model) == ("switch", "Cisco", "WS-C2960X-48FPS-L")
    assert (found.os, found.version, found.serial) == ("ios", "15.2(7)E3", "FCW1929B68S")
    for field in ("kind", "maker", "model", "os", "version", "serial", "hostname"):
        assert found.whys[field].source == "snmp.system"
        assert found.whys[field].confidence > 0.3
    assert [(p.kind, p.serial) for p in found.parts] == [("chassis", "FCW1929B68S")]


def test_nothing_known_is_unknown_and_not_a_guess() -> None:
    found = identify(of(System(descr="Some box", object_id="1.3.6.1.4.1.99999.1.2"), OpenPort("10.0.0.9", "tcp", 80)))
    assert found.kind == "unknown"
    assert (found.maker, found.model, found.os, found.version, found.serial) == ("", "", "", "", "")


def test_a_contradiction_lowers_confidence_and_shows_the_other_value() -> None:
    juniper = System(descr="Juniper Networks, Inc. ex3400-48t Ethernet Switch, kernel JUNOS 15.1X53-D59.4, Build")
    agreed, disputed = identify(of(juniper)), identify(of(CATALYST, juniper))
    assert disputed.whys["os"].confidence < agreed.whys["os"].confidence
    assert disputed.whys["os"].also == ("ios (snmp.system, descr)",)


def test_a_version_belongs_to_the_system_that_was_chosen() -> None:
    appliance = System(descr="Linux fw 4.14.38 #2 SMP Fri Jun 5 2020 x86_64", object_id="1.3.6.1.4.1.2604.5")
    found = identify(of(appliance))
    assert (found.kind, found.maker, found.os) == ("firewall", "Sophos", "sophos-xg")
    assert found.version == ""


def test_a_junk_serial_is_not_a_serial() -> None:
    assert identify(of(Entity(1, "chassis", serial="To be filled by O.E.M."))).serial == ""


def test_a_partial_answer_is_believed_less() -> None:
    whole, half = identify(of(CATALYST)), identify(of(CATALYST), weigh=lambda _: 0.5)
    assert half.whys["version"].confidence < whole.whys["version"].confidence


def test_a_windows_print_server_is_not_a_printer() -> None:
    server = System(
        descr="Hardware: Intel64 Family 6 - Software: Windows Version 6.3 (Build 14393 Multiprocessor Free)",
        object_id="1.3.6.1.4.1.311.1.1.3.1.2",
    )
    assert identify(of(server, Printer("HP LaserJet 4"))).kind == "server"
    assert identify(of(Printer("HP LaserJet 4", serial="CNB1234567", pages=900), Supply("Black", 40))).kind == "printer"


def test_a_prefix_alone_names_the_maker_but_not_surely() -> None:
    found = identify(of(MacMaker("dc:a6:32:00:00:01", "Raspberry Pi Trading Ltd"), probe="oui.lookup"))
    assert found.maker == "Raspberry Pi"
    assert found.whys["maker"].confidence < 0.9


def test_a_name_that_many_devices_have_is_no_host_name() -> None:
    assert identify(of(NameHeard("mdns", "localhost", "10.0.0.9"))).hostname == ""
    assert identify(of(NameHeard("mdns", "lib-pi", "10.0.0.9"))).hostname == "lib-pi"


def test_hostile_text_takes_no_time_and_does_no_harm() -> None:
    texts = ["A" * 4096, "1." * 2000, "Cisco IOS Software, " + "(" * 2000, "-" * 3000 + " Version ", "a-b-" * 900]

    def identified() -> None:
        for text in texts:
            number = "1.3.6.1.4.1." + "9" * 300
            identify(of(System(descr=text, object_id=number), Printer(text), NameHeard("mdns", text, None)))

    assert least(lambda: thread_seconds(identified), 2) < 2


FLOORS = {"maker": 0.985, "kind": 0.975, "os": 0.98, "version": 0.96, "model": 0.91, "serial": 0.92}


@pytest.mark.corpus
def test_the_corpus_is_identified_at_least_as_well_as_last_time(corpus: Path) -> None:
    counts, _ = measure(corpus, "all")
    shares = {column: found["right"] / max(1, sum(found.values())) for column, found in counts.items()}
    assert {c: s for c, s in shares.items() if s < FLOORS[c]} == {}
    wrong = {column: found["wrong"] / max(1, sum(found.values())) for column, found in counts.items()}
    assert {c: s for c, s in wrong.items() if s > 0.04} == {}


def test_a_show_command_speaks_for_the_switch() -> None:
    rows = ({"hostname": "sw-sci-02", "version": "15.2(7)E8", "hardware": "WS-C2960X-24PS-L", "serial": "FOC2018Z0AB"},)
    found = identify(of(CliRows("cisco_ios", "show version", rows), probe="ssh.cli"))
    assert (found.os, found.version, found.serial, found.hostname) == ("ios", "15.2(7)E8", "FOC2018Z0AB", "sw-sci-02")


def test_a_network_cards_maker_is_not_the_computers() -> None:
    laptop = identify(
        of(MacMaker("a0:36:9f:00:00:01", "Intel Corporate"), NameHeard("netbios", "STAFF-LT-01", "10.0.0.9"))
    )
    assert (laptop.kind, laptop.subkind, laptop.maker) == ("endpoint", "laptop", "")
    virtual = identify(of(MacMaker("00:15:5d:00:00:01", "Microsoft Corporation")))
    assert virtual.maker == ""


@pytest.mark.parametrize(
    "words",
    ["TrueNAS-13.0-U5.3", "NetScaler NS13.0: Build 83.27.nc, Date: Dec 2 2021", "EPSON Built-in 11b/g/n Print Server"],
)
def test_the_name_of_a_system_or_of_a_print_server_card_is_no_model(words: str) -> None:
    number = {"T": "1.3.6.1.4.1.50536", "N": "1.3.6.1.4.1.5951.1", "E": "1.3.6.1.4.1.1248.1.1.2.1.3"}[words[0]]
    assert identify(of(System(descr=words, object_id=number))).model == ""
