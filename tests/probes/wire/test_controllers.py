"""Controllers walked from login to logout: what a school learns from them, and what never leaves them."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from probes.picture import picture
from probes.registry import DECODERS
from probes.transport.controller import ControllerLogin, Place
from probes.vocabulary import Asset, Outcome, Picture, Recording
from probes.wire import omada, unifi
from tests.probes.wire.controller_servers import (
    ACCESS,
    AP,
    AWAY,
    CLIENT,
    CLIENT_SECRET,
    CORE,
    GUEST,
    KEY,
    LAPTOP,
    NEW,
    OMADA_ID,
    PASSPHRASES,
    PASSWORD,
    PC,
    PDU,
    PHONE,
    USER,
    Omada,
    Papers,
    Unifi,
    controller,
    unifi_school,
)
from tests.probes.wire.loopback import AT, HOME, guard, now, recording, run

LOGIN = ControllerLogin.model_validate({"username": USER, "password": PASSWORD})
WRONG = ControllerLogin.model_validate({"username": USER, "password": "guessed-1"})
API_KEY = ControllerLogin.model_validate({"key": KEY})
APPLICATION = ControllerLogin.model_validate({"client_id": CLIENT, "client_secret": CLIENT_SECRET})
SECRETS = (PASSWORD, KEY, CLIENT_SECRET, USER, "guessed-1", "s3ss10n", "t0ken", "AT-1", *PASSPHRASES)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return Papers(tmp_path_factory.mktemp("papers"))


def ask_unifi(place: Place, login: ControllerLogin = LOGIN, site: str = "default", **more: Any) -> list[Recording]:
    return run(unifi.collect(more.pop("guard", guard()), place, login, site, "test", now, **more))


def ask_omada(place: Place, login: ControllerLogin = LOGIN, site: str = "Ashfield", **more: Any) -> list[Recording]:
    return run(omada.collect(guard(), place, login, site, "test", now, **more))


def seen_whole(recordings: list[Recording]) -> Picture:
    """What the night makes of them after they went to disk and came back."""
    kept = [Recording.model_validate_json(one.model_dump_json()) for one in recordings]
    return picture(kept, DECODERS, AT.date())


def by_mac(seen: Picture, mac: str) -> Asset:
    (found,) = [asset for asset in seen.assets if mac in asset.macs]
    return found


def value(asset: Asset, name: str) -> Any:
    fact = asset.fact(name)
    return fact.value if fact else None


@pytest.fixture(scope="module")
def school(papers: Papers) -> Picture:
    with controller(Unifi(), papers) as place:
        return seen_whole(ask_unifi(place))


def test_every_adopted_device_is_one_asset_with_its_kind_model_serial_and_version(school: Picture) -> None:
    found = {mac: by_mac(school, mac) for mac in (CORE, ACCESS, AP, PDU)}
    kinds = {mac: (asset.kind, asset.subkind, asset.model) for mac, asset in found.items()}
    assert kinds == {
        CORE: ("switch", "", "US-24-250W"),
        ACCESS: ("switch", "", "US-8"),
        AP: ("ap", "", "UAP-AC-Pro"),
        PDU: ("other", "pdu", "USP-PDU-Pro"),
    }
    assert {asset.maker for asset in found.values()} == {"Ubiquiti"}
    assert {asset.version for asset in found.values()} == {"6.5.59.14777"}
    assert [(found[mac].ips, found[mac].hostname) for mac in (ACCESS, AP)] == [
        (("10.20.0.3",), "sw-access"),
        (("10.20.0.4",), "ap-hall"),
    ]
    assert found[AP].serial == AP.replace(":", "").upper()


def test_an_upgrade_that_is_offered_is_a_fact_and_one_that_is_not_is_none(school: Picture) -> None:
    assert value(by_mac(school, ACCESS), "firmware.offered") == "6.6.61.15189"
    assert value(by_mac(school, CORE), "firmware.offered") is None
    assert value(by_mac(school, CORE), "controller.state") == "connected"


def test_a_device_that_is_away_is_only_listed_and_one_not_adopted_is_not_managed(school: Picture) -> None:
    (box,) = [asset for asset in school.assets if HOME in asset.ips]
    states = {row["mac"]: row["state"] for row in value(box, "controller.devices")}
    assert (states[AWAY], states[NEW], len(states)) == ("disconnected", "pending adoption", 6)
    assert {row["mac"] for row in value(box, "wifi.aps")} == {AP}
    assert not [asset for asset in school.assets if AWAY in asset.macs]
    assert value(by_mac(school, AP), "wifi.state") == "connected"
    assert value(by_mac(school, AP), "wifi.controller") == box.id
    assert value(by_mac(school, NEW), "wifi.controller") is None


def test_ports_have_their_speed_power_and_state(school: Picture) -> None:
    ports = {port.index: port for port in by_mac(school, ACCESS).ports}
    assert len(ports) == 8
    assert (ports[4].name, ports[4].speed_mbps, ports[4].duplex, ports[4].oper_up) == ("Port 4", 100, "full", True)
    assert (ports[1].speed_mbps, ports[1].oper_up) == (None, False)
    assert ports[6].poe is not None
    assert (ports[6].poe.enabled, ports[6].poe.delivering, ports[6].poe.power_class) == (True, True, 4)
    assert (ports[4].poe, ports[2].stp_state) == (None, "forwarding")


def test_each_cable_is_one_link_whoever_tells_of_it(school: Picture) -> None:
    names = {by_mac(school, mac).id: mac for mac in (CORE, ACCESS, AP)}
    links = {frozenset({(names[end.asset], end.port) for end in (link.a, link.b)}) for link in school.links}
    assert links == {
        frozenset({(CORE, "Port 24"), (ACCESS, "Port 2")}),
        frozenset({(ACCESS, "Port 6"), (AP, "eth0")}),
    }
    assert all(len(link.sources) == 2 for link in school.links)


def test_clients_are_on_their_port_or_on_their_access_point_and_network(school: Picture) -> None:
    pc, laptop = by_mac(school, PC), by_mac(school, LAPTOP)
    assert pc.connected_to is not None
    assert laptop.connected_to is not None
    assert (pc.connected_to.asset, pc.connected_to.port) == (by_mac(school, ACCESS).id, "Port 4")
    place = laptop.connected_to
    assert (place.asset, place.port, place.vlan, place.via) == (by_mac(school, AP).id, "Wi-Fi Staff", 20, "ap")
    assert (pc.hostname, pc.ips, laptop.hostname) == ("office-pc", ("10.20.0.30",), "laptop-7")


def test_a_telephone_with_a_made_up_mac_is_a_count_and_a_guests_name_is_not_kept(school: Picture) -> None:
    assert school.private_devices == 1
    assert not [asset for asset in school.assets if PHONE in asset.macs]
    assert by_mac(school, GUEST).hostname == ""


def test_networks_have_their_security_vlan_and_guests(school: Picture) -> None:
    (box,) = [asset for asset in school.assets if HOME in asset.ips]
    rows = {row["name"]: row for row in value(box, "wifi.ssids")}
    assert rows.keys() == {"Staff", "Guest"}
    assert [(rows[n]["security"], rows[n]["vlan"], rows[n]["guest"]) for n in ("Staff", "Guest")] == [
        ("wpa3-sae", 20, False),
        ("wpa2-psk", 40, True),
    ]
    assert (rows["Staff"]["pmf"], rows["Guest"]["isolated"]) == ("required", True)
    assert [row["vid"] for row in value(box, "vlans")] == [1, 20, 40]


def test_radios_have_a_standard_only_where_the_controller_says_it(school: Picture) -> None:
    rows = {row["name"]: row for row in value(by_mac(school, AP), "wifi.radios")}
    assert (rows["wifi0"]["standard"], rows["wifi0"]["band"]) == ("", "2.4")
    assert (rows["wifi1"]["standard"], rows["wifi1"]["band"], rows["wifi1"]["channel"]) == ("ac", "5", 36)
    assert value(by_mac(school, AP), "wifi.generation") == "5"


@pytest.mark.parametrize("console", [False, True])
def test_a_handful_of_requests_and_the_session_is_ended(papers: Papers, console: bool) -> None:
    server = Unifi(console)
    with controller(server, papers) as place:
        recordings = ask_unifi(place)
    assert [r.outcome for r in recordings] == [Outcome.COMPLETE] * 7, recordings[0].reason
    assert len(server.asked) == 8
    assert [one for one in server.asked if not one.startswith("GET")] == [
        "POST /api/auth/login" if console else "POST /api/login",
        "POST /api/auth/logout" if console else "POST /api/logout",
    ]
    assert server.sessions == set()


def test_a_key_needs_no_login_at_all(papers: Papers) -> None:
    server = Unifi(console=True)
    with controller(server, papers) as place:
        recordings = ask_unifi(place, API_KEY)
    assert recordings[0].outcome is Outcome.COMPLETE
    assert all(one.startswith("GET /proxy/network/api/s/default/") for one in server.asked)


@pytest.mark.parametrize("login", [LOGIN, WRONG, API_KEY])
def test_no_secret_and_no_persons_name_is_in_a_recording(papers: Papers, login: ControllerLogin) -> None:
    with controller(Unifi(console=True), papers) as place:
        text = "".join(recording.model_dump_json() for recording in ask_unifi(place, login))
    assert not [word for word in (*SECRETS, "smith", "Jane's") if word in text]


def test_no_secret_is_printed_with_a_login() -> None:
    printed = "".join(f"{login!r}{login}{login.model_dump_json()}" for login in (LOGIN, API_KEY, APPLICATION))
    assert not [word for word in (PASSWORD, KEY, CLIENT_SECRET) if word in printed]


@pytest.mark.parametrize("console", [False, True])
def test_a_wrong_password_is_one_clear_sentence_and_is_tried_once(papers: Papers, console: bool) -> None:
    server = Unifi(console)
    with controller(server, papers) as place:
        (recording,) = ask_unifi(place, WRONG)
    assert (recording.outcome, recording.answers) == (Outcome.REFUSED, ())
    assert recording.reason == (
        "The controller refused the login; correct the user and password in the credentials file."
    )
    assert len(server.secrets) == 1


def test_a_second_factor_is_said(papers: Papers) -> None:
    class Two(Unifi):
        def _session(self, path: str, headers: Any, body: Any) -> Any:
            return 400, {}, {"meta": {"rc": "error", "msg": "api.err.Ubic2faTokenRequired"}}

    with controller(Two(), papers) as place:
        (recording,) = ask_unifi(place)
    assert "second factor" in recording.reason


def test_another_certificate_gets_no_byte_and_the_reason_names_what_to_compare(papers: Papers, tmp_path: Path) -> None:
    server, new = Unifi(), Papers(tmp_path)
    with controller(server, new) as place:
        (recording,) = ask_unifi(Place(HOME, place.port, papers.fingerprint))
    assert recording.outcome is Outcome.REFUSED
    assert "is not the pinned one, so nothing secret was sent" in recording.reason
    assert new.fingerprint in recording.reason
    assert server.asked == []


def test_a_certificate_authority_may_vouch_instead_and_only_for_the_right_name(papers: Papers) -> None:
    server = Unifi()
    with controller(server, papers) as place:
        vouched = Place(HOME, place.port, ca_file=papers.certificate, name="unifi.school.example")
        assert ask_unifi(vouched)[0].outcome is Outcome.COMPLETE
        asked = len(server.asked)
        (other,) = ask_unifi(Place(HOME, place.port, ca_file=papers.certificate))
        (none,) = ask_unifi(Place(HOME, place.port))
    assert "certificate was not accepted" in other.reason
    assert "Neither a certificate's fingerprint nor a CA" in none.reason
    assert (other.outcome, none.outcome, len(server.asked)) == (Outcome.REFUSED, Outcome.REFUSED, asked)


@pytest.mark.parametrize("limits", [{"fragile": (HOME,)}, {"exclude": (HOME,)}, {"scopes": ("10.0.0.0/8",)}])
def test_a_controller_outside_the_scope_or_marked_fragile_gets_no_packet(papers: Papers, limits: Any) -> None:
    server = Unifi()
    with controller(server, papers) as place:
        (recording,) = ask_unifi(place, guard=guard(**limits))
    assert (recording.outcome, server.asked) == (Outcome.SKIPPED, [])


def test_a_site_that_is_not_there_is_said(papers: Papers) -> None:
    with controller(Unifi(), papers) as place:
        (recording,) = ask_unifi(place, site="oakwood")
    assert recording.outcome is Outcome.REFUSED
    assert "NoSiteContext" in recording.reason


def test_what_a_user_may_not_read_is_missing_and_the_rest_is_told(papers: Papers) -> None:
    data = unifi_school() | {"rest/wlanconf": (403, {}, {"meta": {"rc": "error", "msg": "api.err.NoPermission"}})}
    with controller(Unifi(data=data), papers) as place:
        recordings = ask_unifi(place)
    assert (recordings[0].outcome, len(recordings)) == (Outcome.PARTIAL, 7)
    assert "rest/wlanconf (The controller does not let this user" in recordings[0].reason
    assert [r.outcome for r in recordings[1:]] == [Outcome.COMPLETE] * 6


def test_a_device_that_numbers_its_ports_itself_keeps_its_own_numbering(papers: Papers) -> None:
    with controller(Unifi(), papers) as place:
        seen = seen_whole(ask_unifi(place, numbered=lambda ip: ip in ("10.20.0.3", "10.20.0.4")))
    assert by_mac(seen, ACCESS).ports == ()
    assert by_mac(seen, AP).ports == ()
    assert len(by_mac(seen, CORE).ports) == 26
    assert by_mac(seen, ACCESS).model == "US-8"
    laptop = by_mac(seen, LAPTOP)
    assert laptop.connected_to is not None
    assert laptop.connected_to.asset == by_mac(seen, AP).id


def test_an_omada_controller_tells_of_devices_ports_networks_and_clients(papers: Papers) -> None:
    server = Omada()
    with controller(server, papers) as place:
        recordings = ask_omada(place)
    assert recordings[0].outcome is Outcome.COMPLETE, recordings[0].reason
    seen = seen_whole(recordings)
    switch, ap, pc, laptop = (by_mac(seen, mac) for mac in (CORE, AP, PC, LAPTOP))
    assert (switch.kind, switch.maker, switch.model, switch.serial) == (
        "switch",
        "TP-Link",
        "TL-SG3210XHP-M2",
        "Y220000000001",
    )
    assert (ap.kind, ap.maker, ap.model, value(ap, "firmware.offered")) == ("ap", "TP-Link", "EAP660 HD", "newer")
    assert [port.speed_mbps for port in switch.ports if port.oper_up] == [2500]
    assert value(switch, "poe.budget-w") == 209
    assert [{(end.asset, end.port) for end in (link.a, link.b)} for link in seen.links] == [
        {(switch.id, "Port 3"), (ap.id, "?")}
    ]
    assert pc.connected_to is not None
    assert laptop.connected_to is not None
    assert (pc.connected_to.asset, pc.connected_to.port) == (switch.id, "Port 5")
    assert (laptop.connected_to.asset, laptop.connected_to.port) == (ap.id, "Wi-Fi Staff")
    (box,) = [asset for asset in seen.assets if HOME in asset.ips]
    assert value(box, "wifi.ssids")[0]["security"] == "wpa3-sae"
    text = "".join(recording.model_dump_json() for recording in recordings)
    assert not [word for word in (*SECRETS, "smith") if word in text]
    assert server.sessions == set()


def test_the_open_api_of_omada_tells_the_same_with_client_id_and_secret(papers: Papers) -> None:
    server = Omada()
    with controller(server, papers) as place:
        by_user, by_application = ask_omada(place), ask_omada(place, APPLICATION)
    assert by_application[0].outcome is Outcome.COMPLETE, by_application[0].reason
    first, second = ([DECODERS[r.probe](r) for r in one] for one in (by_user, by_application))
    assert [list(rows) for rows in first] == [list(rows) for rows in second]
    assert [one.partition("?")[0] for one in server.asked if not one.startswith("GET")] == [
        f"POST /{OMADA_ID}/api/v2/login",
        f"POST /{OMADA_ID}/api/v2/logout",
        "POST /openapi/authorize/token",
    ]


@pytest.mark.parametrize(
    "login", [WRONG, ControllerLogin.model_validate({"client_id": CLIENT, "client_secret": "guessed-1"})]
)
def test_a_refused_login_at_omada_is_one_clear_sentence(papers: Papers, login: ControllerLogin) -> None:
    server = Omada()
    with controller(server, papers) as place:
        (recording,) = ask_omada(place, login)
    assert recording.reason == "The controller refused the login; correct it in the credentials file."
    assert len(server.secrets) == 1
    assert OMADA_ID not in recording.reason


def test_one_of_several_sites_must_be_named(papers: Papers) -> None:
    with controller(Omada(), papers) as place:
        (unnamed,) = ask_omada(place, site="")
        (wrong,) = ask_omada(place, site="Elsewhere")
    assert "has 2 sites; name this school's in agent.toml" in unnamed.reason
    assert "has no site of the name" in wrong.reason


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"username": "u"},
        {"username": "u", "password": "p", "key": "k"},
        {"key": "k\r\nHost: elsewhere"},
        {"client_id": "c"},
    ],
)
def test_a_login_is_exactly_one_way_in_and_its_mistakes_do_not_repeat_it(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        ControllerLogin.model_validate(fields)
    assert "elsewhere" not in str(refused.value.errors(include_input=False, include_url=False))


def test_a_device_that_snmp_tells_of_too_is_one_asset_with_its_own_port_names(papers: Papers) -> None:
    """SNMP calls the ports 0/1 and so on; the controller's uplink of the access point names the same port."""
    names = [[f"1.3.6.1.2.1.31.1.1.1.1.{n}", "4", f"0/{n}"] for n in range(1, 9)]
    types = [[f"1.3.6.1.2.1.2.2.1.3.{n}", "2", "6"] for n in range(1, 9)]
    system = [["1.3.6.1.2.1.1.1.0", "4", "US-8, 6.5.59.14777, Linux 3.6.5"], ["1.3.6.1.2.1.1.5.0", "4", "sw-access"]]
    with controller(Unifi(), papers) as place:
        told = ask_unifi(place, numbered=lambda ip: ip == "10.20.0.3")
    own = [recording("snmp.system", system, target="10.20.0.3"), recording("snmp.interfaces", [*types, *names],
           target="10.20.0.3")]  # fmt: skip
    seen = seen_whole([*told, *own])
    switch = by_mac(seen, ACCESS)
    assert (switch.ips, switch.kind, len(switch.ports), switch.ports[0].name) == (("10.20.0.3",), "switch", 8, "0/1")
    assert value(switch, "firmware.offered") == "6.6.61.15189"
    ap = by_mac(seen, AP)
    assert ap.connected_to is not None
    assert (ap.connected_to.asset, ap.connected_to.port) == (switch.id, "0/6")
