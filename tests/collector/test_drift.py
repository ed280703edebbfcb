"""What altered between nights: each change once, with its kind, and nothing from silence, sleep or half a night."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from sqlalchemy import select, update

from collector import tables as t
from probes.vocabulary import Asset, Coverage, Outcome, Port
from tests.collector.nights import (
    School,
    at,
    changed,
    fact,
    finding,
    link,
    night,
    plugged,
    service,
    small_school,
    thing,
    whole,
    why,
    without,
)

BASE = small_school()


def changes(school: School, *, benign: bool | None = None) -> list[tuple[str, str]]:
    """Kind and subject of every change so far, in the order of nights."""
    c = t.change.c
    with school.store.reading() as connection:
        rows = connection.execute(select(t.change).order_by(c.night, c.kind, c.subject)).all()
    return [(row.kind, row.subject) for row in rows if benign is None or row.benign is benign]


def one(school: School) -> Any:
    with school.store.reading() as connection:
        return connection.execute(select(t.change)).one()


def nights(school: School, *looks: Iterable[Asset] | dict[str, Asset]) -> None:
    for number, assets in enumerate(looks, 1):
        assert school.night(number, assets.values() if isinstance(assets, dict) else assets).receipt.applied


def test_the_first_night_is_what_later_ones_are_compared_with_and_changes_nothing(school: School) -> None:
    nights(school, BASE, BASE, BASE)
    assert changes(school) == []


NEW = thing("cam-gate", "camera", "10.20.0.90", "00:40:8c:00:00:90", serial="ACCC8E0001", connected_to=plugged(BASE["core"], "15"))  # fmt: skip  # noqa: E501
SWAPPED = thing("prn-office", "printer", "10.20.0.77", "00:17:c8:00:99:99", serial="VNB3R99999", connected_to=plugged(BASE["core"], "7"))  # fmt: skip  # noqa: E501
CERTIFICATE = {"port": 443, "subject": "CN=printer", "issuer": "CN=CA", "not_after": "2029-01-01T00:00:00Z"}

AT_ONCE: list[tuple[str, Callable[[], dict[str, Asset]], str, str, str]] = [
    ("new", lambda: BASE | {"camera": NEW}, "cam-gate", "", "ACCC8E0001, 10.20.0.90"),
    ("replaced", lambda: without(BASE, "printer") | {"swap": SWAPPED}, "prn-office", "CT-000005", "CT-000008"),
    ("firmware", lambda: changed(BASE, "core", version="15.2(7)E4"), "sw-core", "ios 15.0(2)SE11", "ios 15.2(7)E4"),
    ("renamed", lambda: changed(BASE, "printer", hostname="prn-head"), "prn-head", "prn-office", "prn-head"),
    ("address", lambda: changed(BASE, "printer", ips=("10.20.0.78",)), "prn-office", "10.20.0.77", "10.20.0.78"),
    (
        "service-opened",
        lambda: changed(BASE, "printer", services=(*BASE["printer"].services, service(23, "telnet"))),
        "prn-office",
        "",
        "telnet (tcp/23)",
    ),
    (
        "certificate",
        lambda: changed(BASE, "printer", facts=(fact("tls", [CERTIFICATE]),)),
        "prn-office",
        "CN=printer, until 2027-01-01, by CN=printer",
        "CN=printer, until 2029-01-01, by CN=CA",
    ),
    (
        "speed",
        lambda: changed(BASE, "core", ports=(Port(name="Gi1/0/24", speed_mbps=1000, oper_up=True, uplink=True),)),
        "sw-core",
        "10000 Mbit/s",
        "1000 Mbit/s",
    ),
    (
        "vlan-added",
        lambda: changed(BASE, "core", facts=(fact("vlans", [{"vid": v, "name": ""} for v in (10, 20, 99)]),)),
        "sw-core",
        "",
        "VLAN 99",
    ),
    (
        "vlan-removed",
        lambda: changed(BASE, "core", facts=(fact("vlans", [{"vid": 10, "name": ""}]),)),
        "sw-core",
        "VLAN 20",
        "",
    ),
    (
        "wifi-added",
        lambda: changed(
            BASE,
            "ap",
            facts=(
                fact(
                    "wifi.ssids", [{"name": n, "security": "wpa2-enterprise"} for n in ("Ashfield", "Ashfield-Guest")]
                ),
            ),
        ),
        "Ashfield-Guest",
        "",
        "wpa2-enterprise",
    ),
    (
        "wifi-changed",
        lambda: changed(BASE, "ap", facts=(fact("wifi.ssids", [{"name": "Ashfield", "security": "open"}]),)),
        "Ashfield",
        "wpa2-enterprise",
        "open",
    ),
    (
        "ups",
        lambda: changed(BASE, "ups", facts=(fact("ups.on-battery", True), fact("ups.source", "normal"))),
        "ups-core",
        "on-battery false",
        "on-battery true",
    ),
    (
        "configuration",
        lambda: changed(
            BASE,
            "core",
            facts=(
                fact("config.digest", {"sha256": "b" * 64, "lines": 9}),
                fact("config.diff", {"lines": ["-ip http server", "+ntp server 10.20.0.1"], "cut": 0}),
            ),
        ),
        "sw-core",
        "ip http server",
        "ntp server 10.20.0.1",
    ),
]


@pytest.mark.parametrize(("kind", "after", "subject", "was", "now"), AT_ONCE, ids=[row[0] for row in AT_ONCE])
def test_what_is_said_at_once_is_said_once(
    school: School, kind: str, after: Callable[[], dict[str, Asset]], subject: str, was: str, now: str
) -> None:
    nights(school, BASE, after(), after(), after())
    row = one(school)
    assert (row.kind, row.subject, row.before, row.after, row.night) == (kind, subject, was, now, night(2))
    assert row.sentence.endswith(".")
    assert not row.benign


PATIENT: list[tuple[str, Callable[[], dict[str, Asset]], str]] = [
    ("removed", lambda: without(BASE, "printer"), "prn-office"),
    ("moved", lambda: changed(BASE, "ap", connected_to=plugged(BASE["hall"], "4")), "ap-sci-1"),
    ("service-closed", lambda: changed(BASE, "printer", services=(service(443, "https"),)), "prn-office"),
    ("wifi-removed", lambda: changed(BASE, "ap", facts=(fact("wifi.ssids", []),)), "Ashfield"),
]


@pytest.mark.parametrize(("kind", "after", "subject"), PATIENT, ids=[row[0] for row in PATIENT])
def test_what_could_be_chance_needs_two_looks_that_agree(
    school: School, kind: str, after: Callable[[], dict[str, Asset]], subject: str
) -> None:
    nights(school, BASE, after())
    assert changes(school) == []
    school.night(3, after().values())
    school.night(4, after().values())
    row = one(school)
    assert (row.kind, row.subject, row.night, row.benign) == (kind, subject, night(3), False)


@pytest.mark.parametrize(("kind", "after", "subject"), PATIENT, ids=[row[0] for row in PATIENT])
def test_what_was_back_after_one_night_was_nothing(
    school: School, kind: str, after: Callable[[], dict[str, Asset]], subject: str
) -> None:
    nights(school, BASE, after(), BASE, after(), BASE)
    assert changes(school) == []


def test_a_cable_between_two_switches_that_moved_is_one_change(school: School) -> None:
    core, hall = BASE["core"], BASE["hall"]
    on_24 = changed(BASE, "hall", connected_to=plugged(core, "24"))
    on_23 = changed(BASE, "hall", connected_to=plugged(core, "23"))
    school.night(1, on_24.values(), links=(link(core, "24", hall, "1"),))
    for number in (2, 3, 4):
        school.night(number, on_23.values(), links=(link(core, "23", hall, "1"),))
    row = one(school)
    assert (row.kind, row.night) == ("link-moved", night(3))
    assert row.after == "sw-core port 23 to sw-hall port 1"


@pytest.mark.parametrize(("into", "port"), [("hall", ""), ("core", "24")], ids=["behind it", "on the way to it"])
def test_a_switch_whose_table_was_not_read_moves_nobody(school: School, into: str, port: str) -> None:
    beyond = changed(BASE, "pc", connected_to=plugged(BASE[into], port))
    school.night(1, BASE.values())
    for number in (2, 3, 4):
        lacking = Coverage(
            probe="snmp.fdb", target="10.20.0.3", vantage="staff", at=at(night(number)), outcome=Outcome.TIMED_OUT
        )
        school.night(number, beyond.values(), coverage=(*whole(beyond.values(), night(number)), lacking))
    assert changes(school) == []
    with school.store.reading() as connection:
        row = connection.execute(select(t.entry).where(t.entry.c.hostname == "pc-lib-01")).one()
    assert (row.on_name, row.port) == ("sw-hall", "3")


def test_a_thing_first_seen_behind_a_switch_has_not_moved_when_its_port_is_known(school: School) -> None:
    behind = changed(BASE, "pc", connected_to=plugged(BASE["hall"], ""))
    nights(school, behind, BASE, BASE, BASE)
    assert changes(school) == []
    with school.store.reading() as connection:
        row = connection.execute(select(t.entry).where(t.entry.c.hostname == "pc-lib-01")).one()
    assert (row.on_name, row.port) == ("sw-hall", "3")


def test_a_night_that_lost_a_switch_s_name_does_not_rename_where_things_are(school: School) -> None:
    nights(school, BASE, changed(BASE, "hall", hostname=""), changed(BASE, "hall", hostname=""))
    with school.store.reading() as connection:
        row = connection.execute(select(t.entry).where(t.entry.c.hostname == "pc-lib-01")).one()
    assert (row.on_name, row.port) == ("sw-hall", "3")


def test_what_was_removed_and_comes_back_has_returned(school: School) -> None:
    nights(school, BASE, without(BASE, "ap"), without(BASE, "ap"), BASE, BASE)
    assert changes(school) == [("removed", "ap-sci-1"), ("returned", "ap-sci-1")]


def test_a_serial_number_that_differs_in_the_same_thing_is_a_replacement(school: School) -> None:
    """The network card was moved to the new chassis: the MAC agrees, the serial number does not."""
    core = BASE["core"]
    keys = [key for key in core.keys if key.kind != "serial"]
    bare = changed(BASE, "core", keys=tuple(keys))
    nights(school, bare, changed(bare, "core", serial="FOC9999X999"))
    row = one(school)
    assert (row.kind, row.before, row.after) == ("replaced", "FOC1234X001", "FOC9999X999")


def test_laptops_that_sleep_or_are_carried_about_never_raise_an_alert(school: School) -> None:
    elsewhere = changed(BASE, "laptop", connected_to=plugged(BASE["core"], "5"), ips=("10.20.1.99",))
    nights(
        school, BASE, without(BASE, "laptop"), without(BASE, "laptop"), without(BASE, "laptop"), elsewhere, elsewhere
    )
    assert changes(school, benign=False) == []
    assert changes(school) == [("address", "lt-staff-4"), ("moved", "lt-staff-4")]


def test_a_dhcp_address_that_changed_is_recorded_and_raises_nothing(school: School) -> None:
    nights(school, BASE, changed(BASE, "pc", ips=("10.20.1.88",)))
    assert changes(school) == [("address", "pc-lib-01")]
    assert changes(school, benign=False) == []


def test_a_telephone_with_thirty_made_up_addresses_in_thirty_nights_is_no_asset_and_no_change(school: School) -> None:
    for number in range(1, 31):
        guest = Asset(
            id=f"a-{number:012x}", kind="endpoint", macs=(f"da:00:00:00:00:{number:02x}",), ips=("10.20.2.9",)
        )
        school.night(number, [*BASE.values(), guest])
    assert changes(school) == []
    with school.store.reading() as connection:
        assert len(connection.execute(select(t.entry)).all()) == len(BASE)
        assert set(connection.scalars(select(t.night.c.private_devices))) == {1}


@pytest.mark.parametrize(
    "how",
    [
        {"coverage": ()},
        {"coverage": whole(BASE.values(), night(2), Outcome.PARTIAL)},
        {"coverage": whole(BASE.values(), night(2), Outcome.TIMED_OUT)},
        {"stopped_early": True},
    ],
    ids=["nothing said of coverage", "partial", "timed out", "stopped early"],
)
def test_a_blind_half_or_stopped_night_erases_and_removes_nothing(school: School, how: dict[str, Any]) -> None:
    bare = {
        name: asset.model_copy(update={"services": (), "facts": (), "serial": "", "version": "", "connected_to": None})
        for name, asset in without(BASE, "printer", "hall", "pc").items()
    }
    school.night(1, BASE.values())
    for number in (2, 3, 4, 5):
        school.night(number, bare.values(), **how)
    assert changes(school) == []
    with school.store.reading() as connection:
        core = connection.execute(select(t.entry).where(t.entry.c.hostname == "sw-core")).one()
    assert (core.serial, core.version) == ("FOC1234X001", "15.0(2)SE11")
    assert core.dated["serial"] == night(1).isoformat()
    assert core.dated["ips"] == night(5).isoformat()


def test_a_guess_overrules_no_certainty(school: School) -> None:
    guess = changed(BASE, "core", kind="endpoint", why=BASE["core"].why | {"kind": why("oui", night(2), 0.3)})
    sure = changed(BASE, "core", why=BASE["core"].why | {"kind": why("snmp.system", night(1), 0.95)})
    nights(school, sure, guess)
    with school.store.reading() as connection:
        assert connection.scalar(select(t.entry.c.kind).where(t.entry.c.hostname == "sw-core")) == "switch"


def test_in_the_holidays_an_endpoint_is_not_missed_and_a_core_switch_is(school: School) -> None:
    school.night(1, BASE.values())
    terms = [[night(1).isoformat(), night(1).isoformat()]]
    with school.store.writing() as connection:
        connection.execute(update(t.site).values(terms=terms))
    for number in range(2, 44):
        school.night(number, without(BASE, "pc", "laptop", "core").values())
    assert changes(school) == [("removed", "sw-core")]


def test_another_name_from_another_source_is_no_new_name(school: School) -> None:
    by_dns = changed(
        BASE, "pc", hostname="host-15.school.example", why=BASE["pc"].why | {"hostname": why("dns.ptr", night(2), 0.9)}
    )
    nights(school, BASE, by_dns, BASE, by_dns)
    assert changes(school) == []


def test_two_vantages_that_see_the_same_change_tell_it_once(school: School) -> None:
    for number, printer in ((1, BASE["printer"]), (2, BASE["printer"].model_copy(update={"ips": ("10.20.0.78",)}))):
        school.night(number, (BASE | {"printer": printer}).values())
        school.night(number, [printer], vantage="guest")
    assert changes(school) == [("address", "prn-office")]


def test_what_only_another_vantage_sees_is_not_missed_by_the_first(school: School) -> None:
    guest = thing("kiosk", "endpoint", "10.20.0.200", "d8:9e:f3:00:02:00", subkind="desktop")
    for number in range(1, 6):
        school.night(number, BASE.values())
        school.night(number, [guest], vantage="guest")
    assert changes(school) == []


def test_a_disposed_thing_that_is_seen_again_is_said_and_gets_no_new_entry(school: School) -> None:
    nights(school, BASE, without(BASE, "printer"), without(BASE, "printer"))
    with school.store.writing() as connection:
        entry = connection.scalar(select(t.entry.c.entry).where(t.entry.c.hostname == "prn-office"))
        row = {"name": "disposal", "value": "Recycled 1 September", "person": "tess", "at": night(3)}
        connection.execute(t.owned_field.insert().values(tenant=school.tenant, entry=entry, **row))
    school.night(4, BASE.values())
    school.night(5, BASE.values())
    assert changes(school) == [("removed", "prn-office"), ("disposed-seen", "prn-office"), ("returned", "prn-office")]
    with school.store.reading() as connection:
        rows = connection.execute(select(t.entry).where(t.entry.c.hostname == "prn-office")).all()
    assert [(row.entry, row.state) for row in rows] == [(entry, "disposed")]


def test_a_second_look_on_the_same_night_counts_as_a_look(school: School) -> None:
    """An audit that a person starts by hand the same day is compared like any other."""
    school.night(1, BASE.values())
    school.night(1, (BASE | {"camera": NEW}).values())
    assert changes(school) == [("new", "cam-gate")]


def test_a_finding_that_opens_and_closes_is_told_each_time_once(school: School) -> None:
    def with_telnet(number: int, verdict: str) -> None:
        school.night(number, BASE.values(), findings=(finding("hardening.telnet", BASE["core"].id, verdict),))

    for number, verdict in enumerate(("met", "not-met-now", "not-met-now", "not-assessed", "not-met-now", "met"), 1):
        with_telnet(number, verdict)
    assert [kind for kind, _ in changes(school)] == ["finding-opened", "finding-closed"]


def test_ten_nights_with_a_tenth_of_the_things_missing_by_turns_give_no_change(school: School) -> None:
    names = list(BASE)
    for number in range(1, 15):
        lost = names[number % len(names)]
        school.night(number, without(BASE, lost).values() if number > 1 else BASE.values())
    assert changes(school) == []


def test_a_device_whose_address_another_claims_is_not_renamed_by_whoever_answered(school: School) -> None:
    contested = fact("address.conflict", [{"ip": "10.20.1.15", "macs": ["d8:9e:f3:00:01:15", "00:0d:b9:00:00:01"]}])
    looks = [changed(BASE, "pc", hostname=name, facts=(contested,)) for name in ("pc-lib-01", "till-01")]
    nights(school, *looks)
    assert changes(school) == []
