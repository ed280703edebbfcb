"""A UniFi Network controller: what it lists of devices, wireless networks and clients. Probe `controller.unifi`.

The self-hosted application (port 8443, /api/login) and UniFi OS consoles (443, /api/auth/login, paths under
/proxy/network) are told apart by their first page. Only GETs beside login and logout; one refused login a night.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import quote

from probes.canonical import clean
from probes.errors import Refused, Undecodable
from probes.seen import MakerValue, ManagedAp, OpenPort, Radio, Seen, Ssid, Vlan
from probes.transport.controller import WALL_S, ControllerLogin, Place, Talk, read_json
from probes.transport.exchange import exchange
from probes.transport.guard import Guard
from probes.vocabulary import Json, Recording
from probes.wire.controllers import (
    MOST_CLIENTS,
    MOST_DEVICES,
    MOST_ROWS,
    Keep,
    Row,
    Told,
    cut,
    is_away,
    rows_of,
    took,
    unique_names,
)
from probes.wire.unifi_device import (
    DEVICE_PROBE,
    KEEP_CLIENT,
    KEEP_DEVICE,
    adopted,
    band_of_radio,
    device_mac,
    listed,
    without_ports,
)
from probes.wire.unifi_models import product

PROBE = "controller.unifi"
KEEP_INFO: Keep = dict.fromkeys(("version", "name", "hostname", "ubnt_device_type", "console_display_version"))
KEEP_NETWORK: Keep = dict.fromkeys(("_id", "name", "purpose", "vlan", "vlan_enabled", "attr_hidden_id", "enabled"))
KEEP_WLAN: Keep = dict.fromkeys(
    ("name", "enabled", "security", "wpa_mode", "wpa_enc", "wpa3_support", "wpa3_transition", "pmf_mode", "is_guest",
     "l2_isolation", "hide_ssid", "vlan", "vlan_enabled", "networkconf_id")
)  # fmt: skip
_PMF = {"required": "required", "optional": "optional", "disabled": "disabled"}


async def collect(
    guard: Guard,
    place: Place,
    login: ControllerLogin,
    site: str,
    vantage: str,
    now: Callable[[], datetime],
    *,
    numbered: Callable[[str], bool] = lambda _: False,
    wall_s: float = WALL_S,
) -> list[Recording]:
    """One talk with one controller: its own recording, then one for each device it lists, under the device's MAC.

    `numbered` tells of an address whether that device numbers its ports itself; the controller's are left out then.
    """
    told = Told()

    async def talk(answers: list[Json]) -> str:
        line = Talk(guard, place)
        prefix, leave = await _enter(line, login)
        try:
            await _read(line, f"{prefix}/api/s/{quote(site, safe='')}", answers, told, numbered)
        finally:
            if leave:
                await line.leave(leave)
        return told.lacks()

    own = await exchange(guard, PROBE, place.ip, vantage, now, wall_s, talk)
    return [own, *told.recordings(DEVICE_PROBE, own)]


async def _enter(line: Talk, login: ControllerLogin) -> tuple[str, str]:
    """Log in; what stands before the paths, and the path that ends the session. Raises Refused."""
    if key := login.key.get_secret_value():
        line.headers["X-API-KEY"] = key
        return "/proxy/network", ""
    if not login.username:
        raise Refused("A UniFi controller takes a username and password, or a key; nothing was sent.")
    console = (await line.get("/")).status == 200
    said = {"username": login.username, "password": login.password.get_secret_value()}
    reply = await line.post("/api/auth/login" if console else "/api/login", said)
    if reply.status != 200:
        raise Refused(_why_refused(reply.status, reply.body))
    if token := reply.header("x-csrf-token") or reply.header("x-updated-csrf-token"):
        line.headers["X-CSRF-Token"] = token
    return ("/proxy/network", "/api/auth/logout") if console else ("", "/api/logout")


def _why_refused(status: int, body: bytes) -> str:
    if b"2fa" in body[:4096].lower() or status == 499:
        return "The controller asks this user for a second factor; give a local view-only user without one."
    if status == 429:
        return "The controller refuses logins for now, after too many of them; no other was tried."
    if status in (400, 401, 403):
        return "The controller refused the login; correct the user and password in the credentials file."
    return f"The controller did not take the login (HTTP status {status})."


async def _read(line: Talk, base: str, answers: list[Json], told: Told, numbered: Callable[[str], bool]) -> None:
    wanted = (
        ("controller", "stat/sysinfo", KEEP_INFO),
        ("network", "rest/networkconf", KEEP_NETWORK),
        ("wlan", "rest/wlanconf", KEEP_WLAN),
    )
    for what, path, keep in wanted:
        try:
            rows = took(told, f"{what}s", await _list(line, f"{base}/{path}"), MOST_ROWS)
        except (Refused, Undecodable) as error:
            told.missing.append(f"{path} ({str(error).rstrip('.')})")
            continue
        answers += [{"what": what, **cut(row, keep)} | ({"port": line.place.port} if what == "controller" else {})
                    for row in rows]  # fmt: skip
    for raw in took(told, "devices", await _list(line, f"{base}/stat/device"), MOST_DEVICES):
        row = cut(raw, KEEP_DEVICE)
        mac = device_mac(row)
        if mac:
            answers.append({"what": "device", **listed(row)})
            told.device(mac, without_ports(row) if numbered(Row(row).ip("ip")) else row)
    for raw in took(told, "clients", await _list(line, f"{base}/stat/sta"), MOST_CLIENTS):
        row = cut(raw, KEEP_CLIENT)
        told.client(Row(row).mac("sw_mac" if row.get("is_wired") else "ap_mac"), row)


async def _list(line: Talk, path: str) -> list[Json]:
    """The list in one answer. Raises Refused when the controller says no, Undecodable when it is no such answer."""
    reply = await line.get(path)
    if reply.status in (401, 403):
        raise Refused("The controller does not let this user or key read it; give a view-only user of this site.")
    said = read_json(reply)
    meta = said.get("meta") if isinstance(said, dict) else None
    if isinstance(meta, dict) and meta.get("rc") == "error":
        raise Refused(f"The controller said {clean(str(meta.get('msg', 'no')), 60)}; is the site's name right?")
    if reply.status != 200 or not isinstance(said, dict) or not isinstance(said.get("data"), list):
        raise Undecodable(
            f"No list came for {path.rsplit('/', 2)[-2]}/{path.rsplit('/', 1)[-1]} (HTTP {reply.status})."
        )
    data: list[Json] = said["data"]
    return data


def decode(recording: Recording) -> Iterator[Seen]:
    """What the controller says of itself, its networks and the devices it lists. Raises Undecodable."""
    rows = rows_of(recording)
    for row in rows.get("controller", ()):
        yield from _itself(row, recording.target)
    vlans: dict[str, int | None] = {}
    for row in rows.get("network", ()):
        vid = _vlan(row) or (1 if row.text("attr_hidden_id") == "LAN" else None)
        vlans[row.text("_id")] = vid
        if vid:
            yield Vlan(vid, row.text("name"))
    for row in rows.get("wlan", ()):
        if row.flag("enabled") is not False and row.text("name"):
            yield _ssid(row, vlans)
    yield from _devices(rows.get("device", []))


def _itself(row: Row, ip: str) -> Iterator[Seen]:
    port, version, code = row.number("port", 1, 65535), row.text("version"), row.text("ubnt_device_type")
    if port:
        yield OpenPort(ip, "tcp", port, "https", product="UniFi Network", version=version)
    kind, _, model = product(code)
    if kind:
        for name, value in (("kind", kind), ("maker", "Ubiquiti"), ("model", model)):
            yield MakerValue(name, value, "ubnt_device_type")


def _vlan(row: Row) -> int | None:
    return row.number("vlan", 1, 4094) if row.flag("vlan_enabled") is not False else None


def _ssid(row: Row, vlans: dict[str, int | None]) -> Ssid:
    return Ssid(
        row.text("name"),
        security=wlan_security(row),
        vlan=_vlan(row) or vlans.get(row.text("networkconf_id")),
        guest=row.flag("is_guest") or False,
        isolated=row.flag("l2_isolation"),
        pmf=_PMF.get(row.text("pmf_mode"), ""),
    )


def wlan_security(row: Row) -> str:
    """The weakest that a client may use: a network in transition from WPA2 to WPA3 is as strong as WPA2."""
    kind, mode = row.text("security"), row.text("wpa_mode")
    only_wpa3 = row.flag("wpa3_support") is True and row.flag("wpa3_transition") is False
    if kind == "open":
        # Protected management frames need a cipher: an open network that requires them is enhanced open (OWE).
        return "owe" if row.text("pmf_mode") == "required" else "open"
    if kind == "wep":
        return "wep"
    if kind not in ("wpapsk", "wpaeap"):
        return ""
    if only_wpa3:
        return "wpa3-sae" if kind == "wpapsk" else "wpa3-enterprise"
    if mode in ("auto", "wpa1"):
        return "wpa"
    return {"wpapsk": "wpa2-psk", "wpaeap": "wpa2-enterprise"}[kind] if mode == "wpa2" else ""


def _devices(rows: list[Row]) -> Iterator[Seen]:
    names = unique_names((row.mac("mac"), row.text("name")) for row in rows)
    for row in rows:
        device = adopted(row)
        if not device.mac:
            continue
        yield device
        if is_away(device.state):
            continue
        if device.kind == "ap" and row.flag("adopted") is not False:
            yield ManagedAp(
                names[device.mac], device.mac, device.ip, device.model, device.serial, device.version, device.state,
                row.number("num_sta", 0, 10_000),
            )  # fmt: skip
        yield from _radios(row, names[device.mac])


def _radios(row: Row, name: str) -> Iterator[Radio]:
    live = {one.text("name"): one.number("channel", 1, 253) for one in row.rows("radio_table_stats")}
    for radio in row.rows("radio_table"):
        flags = (("is_11be", "be"), ("is_11ax", "ax"), ("is_11ac", "ac"))
        standard = next((word for flag, word in flags if radio.flag(flag)), "")
        channel = live.get(radio.text("name")) or radio.number("channel", 1, 253)
        yield Radio(radio.text("name"), standard, channel, band_of_radio(radio.text("radio")), name)


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {PROBE: decode}
