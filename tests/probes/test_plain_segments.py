"""Short descriptions read whole, and kinds by words and by what a thing does: only where no rule knows better."""

from datetime import UTC, datetime

import pytest

from probes.identify import Identity, identify
from probes.plain_segments import product_in, version_in
from probes.seen import BridgePort, Entity, Radio, Seen, Stp, System
from probes.vocabulary import Observation

AT = datetime(2026, 3, 1, tzinfo=UTC)


def known(descr: str, *more: Seen) -> Identity:
    seen = (System(descr=descr, object_id="1.3.6.1.4.1.99999.1.2"), *more)
    return identify([Observation("snmp.system", "10.0.0.2", "staff", AT, one) for one in seen])


@pytest.mark.parametrize(
    ("descr", "product", "version"),
    [
        ("Example 5PX 3000", "Example 5PX 3000", ""),
        ("VX-9012 (4.1.4.1) (GA)", "VX-9012", "4.1.4.1"),
        ("XY650X, ExampleOS 10.0r7a build-232353", "XY650X", ""),
        ("Meter 240, fw:1.0.4_11717", "Meter 240", "1.0.4_11717"),
        ("AB-TQ4600 version 4.0.1.07", "AB-TQ4600", "4.0.1.07"),
        ("; CAM P1425-LE; Network Camera; 8.40.43; Feb 14 2024", "CAM P1425-LE", "8.40.43"),
        ("GW-24G Managed Ethernet Switch", "GW-24G", ""),
        ("Room Monitor 4E v4.2.4", "Room Monitor 4E", "4.2.4"),
    ],
)
def test_a_short_description_is_a_product_and_a_version(descr: str, product: str, version: str) -> None:
    identity = known(descr)
    assert (identity.model, identity.version) == (product, version)
    assert all(identity.whys[name].confidence < 0.5 for name in ("model", "version") if name in identity.whys)


@pytest.mark.parametrize(
    "descr",
    [
        "Linux host7 5.4.0 #1 SMP x86_64", "FM Tx HSRN 2", "24-port 10/100/1000 Gigabit Switch", "V220100",
        "FreeBSD gw1 9.2-RELEASE", "hx50_49_qpsk Omni", "Windows NT 4", "Generic SNMP agent 2", "",
        "A long sentence about a product 7 that somebody typed in by hand", "pfSense fw1 2.7.2-RELEASE",
        "Room 12 sensor", "Year 7 classroom", "ACME 802.11b/g Server",
    ],
)  # fmt: skip
def test_what_is_no_products_name_stays_unknown(descr: str) -> None:
    assert product_in(descr) == ""


@pytest.mark.parametrize("descr", ["Unit 7 Hardware 1.2.3", "Unit 7 Boot 1.2.3 Kernel 4.5.6", "Unit 1.2.3 and 4.5.6"])
def test_numbers_of_boards_kernels_and_of_two_things_are_no_version(descr: str) -> None:
    assert version_in(descr) == ""


@pytest.mark.parametrize(
    ("descr", "kind"),
    [
        ("Example 24 Port Gigabit Ethernet Switch", "switch"), ("Example VDSL Router", "router"),
        ("Example Security Appliance", "firewall"), ("Example Wireless Access Point", "ap"),
        ("Example WLAN Controller", "wlc"), ("Example Switched Rack PDU", "other"), ("Example Colour MFP", "printer"),
        ("Example Box", "unknown"),
    ],
)  # fmt: skip
def test_the_kind_of_an_unknown_makers_device_is_in_the_words_of_its_description(descr: str, kind: str) -> None:
    assert known(descr).kind == kind


def test_what_a_device_does_tells_its_kind_when_its_words_do_not() -> None:
    ports = [BridgePort(n, n) for n in range(1, 9)]
    assert known("Box", *ports).kind == "switch"
    assert known("Box", Stp("rstp")).kind == "switch"
    assert known("Box", Radio("wlan0"), *ports).kind == "ap"
    assert known("Box", Radio("wlan0", ap="AP-1"), Radio("wlan0", ap="AP-2")).kind == "wlc"
    assert known("Box", *ports[:2]).kind == "unknown"


def test_the_words_never_outdo_a_rule() -> None:
    seen = (System("RouterOS hEX S", object_id="1.3.6.1.4.1.14988.1"), *[BridgePort(n, n) for n in range(9)])
    found = identify([Observation("snmp.system", "10.0.0.2", "staff", AT, one) for one in seen])
    assert (found.kind, found.model) == ("router", "hEX S")


def test_a_revision_that_also_names_the_product_gives_its_number() -> None:
    chassis = Entity(1, "chassis", software="Example OS Version 5.170 V200R010")
    assert known("Box", chassis).version == "5.170"


def test_a_systems_name_or_its_version_is_no_model() -> None:
    seen = (System(descr="VyOS 1.4-rolling-202106", object_id="1.3.6.1.4.1.44641"),)
    found = identify([Observation("snmp.system", "10.0.0.2", "staff", AT, one) for one in seen])
    assert (found.model, found.os) == ("", "vyos")
