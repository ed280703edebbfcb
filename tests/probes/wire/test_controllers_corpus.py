"""Recorded answers of real controllers, as they are, and three thousand that were damaged."""

import copy
import gc
import json
import random
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from probes.errors import Undecodable
from probes.registry import DECODERS
from probes.seen import (
    Adopted,
    Associated,
    FdbEntry,
    Interface,
    ManagedAp,
    Neighbour,
    OwnAddress,
    PoePort,
    Radio,
    Seen,
    Ssid,
    Vlan,
)
from probes.transport.controller import read_json
from probes.transport.http import Reply
from probes.vocabulary import Json, Recording
from probes.wire import omada, omada_device, unifi, unifi_device
from probes.wire.controllers import Row, cut
from probes.wire.unifi_models import product
from tests.probes.wire.controller_servers import CORE, OMADA_ID, omada_school, unifi_school
from tests.probes.wire.loopback import recording, seen
from tests.timing import least, thread_seconds

COUNT, SLOWEST_S = 3_000, 0.05


def stored(corpus: Path, name: str) -> Any:
    return json.loads((corpus / "controllers" / name).read_text())


def unifi_rows(corpus: Path, name: str) -> tuple[list[Seen], list[Seen]]:
    """What the controller's own recording and the device's say of one recorded device."""
    row = cut(stored(corpus, name), unifi_device.KEEP_DEVICE)
    listed = recording(unifi.PROBE, [{"what": "device", **unifi_device.listed(row)}])
    whole = recording(unifi_device.DEVICE_PROBE, [{"what": "device", **row}], target=unifi_device.device_mac(row))
    return seen(listed, unifi.decode), seen(whole, unifi_device.decode)


def of(found: list[Seen], kind: type) -> list[Any]:
    return [one for one in found if isinstance(one, kind)]


@pytest.mark.corpus
def test_each_recorded_unifi_device_has_the_kind_that_the_index_gives_it(corpus: Path) -> None:
    index = (corpus / "controllers" / "index.csv").read_text().splitlines()[1:]
    checked = 0
    for name, _, kind, maker, model in (line.split(",") for line in index):
        if name.startswith("unifi") and kind:
            (device,) = of(unifi_rows(corpus, name)[0], Adopted)
            assert (device.kind, maker) == (kind, "Ubiquiti"), name
            assert device.model == product(model)[2] != model, name
            checked += 1
    assert checked == 9


@pytest.mark.corpus
def test_a_recorded_access_point_has_its_radios_its_cable_and_the_firmware_it_is_offered(corpus: Path) -> None:
    listed, own = unifi_rows(corpus, "unifi-aiounifi-access_point_ac_pro.json")
    (ap,), (uplink,) = of(listed, ManagedAp), of(own, Neighbour)
    assert (ap.name, ap.model, ap.ip, ap.state) == ("ACCESS POINT AC PRO", "UAP-AC-Pro", "192.168.0.4", "connected")
    assert [(r.band, r.channel, r.standard) for r in of(listed, Radio)] == [("2.4", 1, ""), ("5", 44, "ac")]
    assert (uplink.chassis_id, uplink.port_id, uplink.local_port) == ("f0:9f:11:22:33:44", "Port 6", "1")
    assert of(own, Adopted)[0].offered == "4.0.80.10875"
    assert not of(own, FdbEntry)


@pytest.mark.corpus
def test_a_recorded_switch_has_its_ports_and_neighbours(corpus: Path) -> None:
    _, own = unifi_rows(corpus, "unifi-aiounifi-switch_8_port.json")
    ports = of(own, Interface)
    assert [port.speed_mbps for port in ports if port.oper_up] == [1000, 100, 1000, 1000, 1000]
    heard = {(n.local_port, n.chassis_id, n.port_id, n.name) for n in of(own, Neighbour) if n.protocol == "lldp"}
    assert ("5", "fc:ec:da:33:22:44", "0/1", "Switch16") in heard
    assert ("6", "80:2a:a8:55:44:33", "80:2a:a8:55:44:33", "UAPACPRO") in heard


@pytest.mark.corpus
def test_a_recorded_24_port_switch_has_its_power_over_ethernet(corpus: Path) -> None:
    _, own = unifi_rows(corpus, "unifi-unpoller-usw.json")
    raw = {port["port_idx"]: port for port in stored(corpus, "unifi-unpoller-usw.json")["port_table"]}
    powered = {port.port: port for port in of(own, PoePort)}
    assert powered.keys() == {number for number, port in raw.items() if port["port_poe"]}
    assert {n for n, port in powered.items() if port.delivering} == {n for n in powered if raw[n]["poe_good"]}
    assert len(of(own, Interface)) == len(raw) == 26


@pytest.mark.corpus
def test_a_recorded_gateway_has_the_address_of_its_inside_not_of_the_internet(corpus: Path) -> None:
    listed, own = unifi_rows(corpus, "unifi-aiounifi-gateway_usg3.json")
    assert of(listed, Adopted)[0].ip == "192.168.0.1"
    assert {(one.ip, one.prefix) for one in of(own, OwnAddress)} == {("1.2.3.4", 23), ("192.168.0.1", 24)}
    assert [port.name for port in of(own, Interface)] == ["eth0", "eth1", "eth2"]


@pytest.mark.corpus
def test_a_recorded_strip_that_calls_itself_an_access_point_is_none(corpus: Path) -> None:
    listed, own = unifi_rows(corpus, "unifi-aiounifi-strip_up6.json")
    assert not of(listed, ManagedAp)
    assert not of(own, Interface)


@pytest.mark.corpus
def test_recorded_networks_are_read_and_their_passphrases_are_not_kept(corpus: Path) -> None:
    rows = [{"what": "wlan", **cut(row, unifi.KEEP_WLAN)} for row in stored(corpus, "unifi-aiounifi-wlans.json")]
    kept = recording(unifi.PROBE, rows)
    assert seen(kept, unifi.decode) == [Ssid("SSID 1", security="wpa2-psk", guest=False)]
    assert "clear text" not in kept.model_dump_json()


@pytest.mark.corpus
def test_a_recorded_omada_switch_has_its_ports_power_and_what_is_below_it(corpus: Path) -> None:
    whole = stored(corpus, "omada-ha-switch-TL-SG3210XHP-M2.abridged.json")
    device = next(one for one in stored(corpus, "omada-ha-devices.json") if one["type"] == "switch")
    answers = [
        {"what": "device", **cut(device, omada_device.KEEP_DEVICE)},
        {"what": "switch", **cut(whole, omada_device.KEEP_SWITCH)},
    ]
    own = seen(recording(omada_device.DEVICE_PROBE, answers, target="54:af:97:00:00:01"), omada_device.decode)
    ports = {port.index: port for port in of(own, Interface)}
    assert {n: port.speed_mbps for n, port in ports.items() if port.oper_up} == {
        1: 100, 2: 1000, 3: 2500, 5: 1000, 6: 1000, 8: 1000, 10: 10_000,
    }  # fmt: skip
    assert (ports[3].alias, ports[1].alias, ports[10].duplex) == ("Primary AP", "", "full")
    assert [port.port for port in of(own, PoePort) if port.delivering] == [1, 3, 5, 8]
    # The second access point's MAC was shortened by hand in this recording and is none.
    assert [(n.local_port, n.chassis_id) for n in of(own, Neighbour)] == [("3", "b4:b0:24:00:00:01")]


@pytest.mark.corpus
def test_recorded_omada_devices_and_clients_are_read(corpus: Path) -> None:
    rows = [{"what": "device", **cut(one, omada_device.KEEP_DEVICE)} for one in stored(corpus, "omada-ha-devices.json")]
    devices = of(seen(recording(omada.PROBE, rows), omada.decode), Adopted)
    assert [(d.kind, d.model, d.state) for d in devices] == [
        ("router", "ER7212PC", "connected"),
        ("switch", "TL-SG3210XHP-M2", "connected"),
    ]
    clients = [cut(one, omada_device.KEEP_CLIENT) for one in stored(corpus, "omada-ha-connected-clients.json")]
    ap = {"what": "device", "type": "ap", "mac": "C0-C9-E3-4B-AF-0E", "statusCategory": 1, "model": "EAP225"}
    answers = [ap, *({"what": "client", **row} for row in clients)]
    own = seen(recording(omada_device.DEVICE_PROBE, answers), omada_device.decode)
    assert of(own, Associated)[1] == Associated("2e:dc:e1:c4:37:d3", "ROAMING_SSID", "5")
    assert "Apple" not in repr(own)


@pytest.mark.parametrize(
    ("row", "security"),
    [
        ({"security": "open"}, "open"),
        ({"security": "open", "pmf_mode": "required"}, "owe"),
        ({"security": "wep"}, "wep"),
        ({"security": "wpapsk", "wpa_mode": "wpa2"}, "wpa2-psk"),
        ({"security": "wpapsk", "wpa_mode": "auto"}, "wpa"),
        ({"security": "wpapsk", "wpa_mode": "wpa2", "wpa3_support": True, "wpa3_transition": True}, "wpa2-psk"),
        ({"security": "wpapsk", "wpa_mode": "wpa2", "wpa3_support": True, "wpa3_transition": False}, "wpa3-sae"),
        ({"security": "wpaeap", "wpa_mode": "wpa2"}, "wpa2-enterprise"),
        ({"security": "wpaeap", "wpa_mode": "wpa2", "wpa3_support": True, "wpa3_transition": False}, "wpa3-enterprise"),
        ({"security": "wpapsk"}, ""),
        ({"security": "new word"}, ""),
    ],
)
def test_a_unifi_network_is_as_strong_as_the_weakest_that_it_lets_in(row: Json, security: str) -> None:
    assert unifi.wlan_security(Row(row)) == security


@pytest.mark.parametrize(
    ("row", "security"),
    [
        ({"security": 0}, "open"),
        ({"security": 0, "oweEnable": True}, "owe"),
        ({"security": 2, "entSetting": {"versionEnt": 2}}, "wpa2-enterprise"),
        ({"security": 2, "entSetting": {"versionEnt": 3}}, "wpa"),
        ({"security": 2, "entSetting": {"versionEnt": 4}, "pmfMode": 1}, "wpa3-enterprise"),
        ({"security": 2, "entSetting": {"versionEnt": 4}, "pmfMode": 2}, ""),
        ({"security": 3, "pskSetting": {"versionPsk": 2}}, "wpa2-psk"),
        ({"security": 3, "pskSetting": {"versionPsk": 3}}, "wpa"),
        ({"security": 3, "pskSetting": {"versionPsk": 4}, "pmfMode": 2}, "wpa2-psk"),
        ({"security": 3, "pskSetting": {"versionPsk": 4}, "pmfMode": 1}, "wpa3-sae"),
        ({"security": 3}, ""),
        ({"security": 5}, ""),
    ],
)
def test_an_omada_network_is_as_strong_as_the_weakest_that_it_lets_in(row: Json, security: str) -> None:
    assert omada.ssid_security(Row(row)) == security


def test_a_code_that_is_not_known_is_no_model_of_an_access_point() -> None:
    assert product("U7PG9", "uap") == ("ap", "", "")
    assert product("USWX99", "usw") == ("switch", "", "USWX99")
    assert product("UP6", "uap") == ("other", "pdu", "USP-Strip")


SEEDS: dict[str, list[Json]] = {
    unifi.PROBE: [
        {"what": what, **row}
        for what, path in (("controller", "stat/sysinfo"), ("network", "rest/networkconf"), ("wlan", "rest/wlanconf"),
                           ("device", "stat/device"))
        for row in unifi_school()[path]
    ],
    unifi_device.DEVICE_PROBE: [
        {"what": "device", **unifi_school()["stat/device"][1]},
        *({"what": "client", **row} for row in unifi_school()["stat/sta"]),
    ],
    omada.PROBE: [
        *({"what": "device", **row} for row in omada_school()["/663a01aa11/devices"]),
        *({"what": "ssid", **row} for row in omada_school()["currentPage/663a01aa11/wlans/g1/ssids"]),
    ],
    omada_device.DEVICE_PROBE: [
        {"what": "device", **omada_school()["/663a01aa11/devices"][0]},
        {"what": "switch", **omada_school()[f"/663a01aa11/switches/{CORE.replace(':', '-').upper()}"]},
        *({"what": "client", **row} for row in omada_school()["/663a01aa11/clients"]),
    ],
}  # fmt: skip
JUNK = (
    None, True, False, -1, 0, 7, 2**63, 10**400, 1e308, float("nan"), float("inf"), "", "x" * 5000, "\x00\u202e\ud800",
    "255.255.255.255", "0.0.0.0", "::ffff:1.2.3.4", "ff:ff:ff:ff:ff:ff", "1" * 30, [], {}, [[]], [None] * 400,
    {"a": {}}, "9" * 5000, "1e400", "-0", OMADA_ID,
)  # fmt: skip


def places(raw: Json) -> Iterator[tuple[Any, Any]]:
    """Every container in a value with every key or index in it."""
    for key in list(raw) if isinstance(raw, dict) else range(len(raw)):
        yield raw, key
        if isinstance(raw[key], dict | list):
            yield from places(raw[key])


def damaged(seed: list[Json], chance: random.Random) -> list[Json]:
    found = copy.deepcopy(seed)
    spots = list(places(found))
    for _ in range(chance.randint(1, 12)):
        container, key = chance.choice(spots)
        if isinstance(container, dict) or key < len(container):
            container[key] = copy.deepcopy(chance.choice(JUNK))
    return found


@pytest.mark.parametrize("probe", SEEDS)
def test_damaged_rows_are_decoded_or_refused_and_never_slow(probe: str) -> None:
    assert len(list(DECODERS[probe](recording(probe, SEEDS[probe])))) >= 4
    chance, accepted = random.Random(20261125), 0
    cases = [recording(probe, damaged(SEEDS[probe], chance)) for _ in range(COUNT // len(SEEDS))]

    def taken(case: Recording) -> bool:
        try:
            return bool(list(DECODERS[probe](case)))
        except Undecodable:
            return False

    gc.disable()
    try:
        for case in cases:
            began = time.thread_time()
            accepted += taken(case)
            took = time.thread_time() - began
            assert took <= SLOWEST_S or least(partial(thread_seconds, partial(taken, case)), SLOWEST_S) <= SLOWEST_S
    finally:
        gc.enable()
    assert accepted > len(cases) / 4


def test_damaged_answers_are_cut_to_rows_that_can_be_written_and_read_again_or_refused() -> None:
    chance, seed = random.Random(7), json.dumps(unifi_school()["stat/device"]).encode()
    kept = 0
    for _ in range(COUNT // 3):
        raw = bytearray(seed)
        for _ in range(chance.randint(1, 8)):
            raw[chance.randrange(len(raw))] = chance.choice(b'"{}[]:,0-9e\\\xff\x00')
        try:
            said = read_json(Reply(200, b"", bytes(raw)))
        except Undecodable:
            continue
        rows = [cut(one, unifi_device.KEEP_DEVICE) for one in said] if isinstance(said, list) else []
        case = recording(unifi_device.DEVICE_PROBE, [{"what": "device", **row} for row in rows])
        assert Recording.model_validate_json(case.model_dump_json()) == case
        kept += bool(list(unifi_device.decode(case)))
    assert kept > 20


def test_half_a_character_in_an_answer_does_not_lose_the_nights_recordings() -> None:
    said = read_json(Reply(200, b"", b'{"mac": "24:5a:4c:00:00:01", "type": "usw", "name": "sw-\\ud800-1"}'))
    kept = recording(unifi_device.DEVICE_PROBE, [{"what": "device", **cut(said, unifi_device.KEEP_DEVICE)}])
    assert of(seen(kept, unifi_device.decode), Adopted)[0].name == "sw-?-1"


def test_an_odd_name_and_vlan_are_cleaned() -> None:
    row = {"what": "network", "_id": "n", "name": "a\u202eb\x00", "vlan": "20", "vlan_enabled": True}
    assert seen(recording(unifi.PROBE, [row]), unifi.decode) == [Vlan(20, "ab")]


@pytest.mark.parametrize("said", [7, None, [], {}, {"what": 3}])
@pytest.mark.parametrize("probe", SEEDS)
def test_a_stored_row_of_the_wrong_shape_is_undecodable(probe: str, said: Any) -> None:
    with pytest.raises(Undecodable):
        list(DECODERS[probe](recording(probe, [said])))
