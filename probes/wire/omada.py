"""A TP-Link Omada controller (software, OC200, OC300): devices, networks and clients. Probe `controller.omada`.

Two ways in. A user's: POST /{id}/api/v2/login, whose token goes with every GET as Csrf-Token beside the session cookie.
An application's (Open API, version 5.9 and later): client id and secret for an access token. Both begin with
GET /api/info, which says the controller's id. One refused login a night.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from probes.canonical import clean
from probes.errors import Refused, Undecodable
from probes.seen import ManagedAp, OpenPort, Seen, Ssid
from probes.transport.controller import WALL_S, ControllerLogin, Place, Talk, read_json
from probes.transport.exchange import exchange
from probes.transport.guard import Guard
from probes.transport.http import Reply
from probes.vocabulary import Json, Recording
from probes.wire.controllers import (
    MOST_CLIENTS,
    MOST_DEVICES,
    Keep,
    Row,
    Told,
    cut,
    is_away,
    rows_of,
    took,
    unique_names,
)
from probes.wire.omada_device import DEVICE_PROBE, KEEP_CLIENT, KEEP_DEVICE, KEEP_SWITCH, adopted

PROBE = "controller.omada"
KEEP_INFO: Keep = dict.fromkeys(("controllerVer", "apiVer"))
KEEP_SSID: Keep = {
    **dict.fromkeys(
        ("name", "security", "guestNetEnable", "vlanEnable", "vlanId", "pmfMode", "oweEnable", "ssidEnable")
    ),
    "pskSetting": {"versionPsk": None},
    "entSetting": {"versionEnt": None},
    "vlanSetting": {"mode": None, "customConfig": {"vlanId": None}},
}  # fmt: skip
_PAGE, _LEAST_PAGE, _MOST_SWITCHES, _MOST_GROUPS = 500, 100, 96, 24
_WRONG_LOGIN = frozenset({-30109, -30110, -30111, -44106})
_PMF = {1: "required", 2: "optional", 3: "disabled"}


@dataclass(frozen=True, slots=True)
class _Ways:
    """How the two interfaces name the same things: the path of a site, of its networks, and the words for pages."""

    site: str
    networks: str
    pages: str
    logout: str = ""


_USER = _Ways("{id}/api/v2/sites", "setting/wlans", "currentPage={page}&currentPageSize={size}", "{id}/api/v2/logout")
_APPLICATION = _Ways("openapi/v1/{id}/sites", "wireless-network/wlans", "page={page}&pageSize={size}")


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
        info = _result(await line.get("/api/info"), "/api/info")
        omadac = info.get("omadacId") if isinstance(info, dict) else None
        if not isinstance(omadac, str) or not omadac.isalnum() or not omadac.isascii() or len(omadac) > 64:
            raise Undecodable("The controller did not say its id (omadacId).")
        answers.append({"what": "controller", "port": place.port, **cut(info, KEEP_INFO)})
        ways = await _enter(line, login, omadac)
        try:
            await _read(_Reader(line, ways, omadac), site, answers, told, numbered)
        finally:
            if ways.logout:
                await line.leave(f"/{ways.logout.format(id=omadac)}")
        return told.lacks()

    own = await exchange(guard, PROBE, place.ip, vantage, now, wall_s, talk)
    return [own, *told.recordings(DEVICE_PROBE, own)]


async def _enter(line: Talk, login: ControllerLogin, omadac: str) -> _Ways:
    """Log in and keep what every later request must carry. Raises Refused."""
    if login.client_id:
        secret = login.client_secret.get_secret_value()
        said = {"omadacId": omadac, "client_id": login.client_id, "client_secret": secret}
        result = _result(
            await line.post("/openapi/authorize/token?grant_type=client_credentials", said), "", login=True
        )
        line.headers["Authorization"] = f"AccessToken={_token(result, 'accessToken')}"
        return _APPLICATION
    if not login.username:
        raise Refused("An Omada controller takes a username and password, or client_id and client_secret.")
    said = {"username": login.username, "password": login.password.get_secret_value()}
    result = _result(await line.post(f"/{omadac}/api/v2/login", said), "", login=True)
    line.headers["Csrf-Token"] = _token(result, "token")
    return _USER


def _token(result: Json, name: str) -> str:
    token = result.get(name) if isinstance(result, dict) else None
    if not isinstance(token, str) or not token or not all("!" <= letter <= "~" for letter in token):
        raise Undecodable("The controller took the login and gave no token.")
    return token


def _result(reply: Reply, path: str, login: bool = False) -> Json:
    """What is inside an answer's envelope. Raises Refused with a sentence when the controller says no."""
    if login and reply.status in (400, 401, 403):
        raise Refused("The controller refused the login; correct it in the credentials file.")
    said = read_json(reply)
    code = said.get("errorCode") if isinstance(said, dict) else None
    if code == 0:
        return said.get("result")
    words = clean(str(said.get("msg", "")), 100).rstrip(".") if isinstance(said, dict) else ""
    if login and isinstance(code, int):
        how = "" if code in _WRONG_LOGIN or not words else f" ({words})"
        raise Refused(f"The controller refused the login{how}; correct it in the credentials file.")
    if isinstance(code, int):
        raise Refused(f"The controller did not answer {path} ({words or code}).")
    raise Undecodable(f"No answer of an Omada controller came for {path or 'the login'} (HTTP status {reply.status}).")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one site after a login."""

    line: Talk
    ways: _Ways
    omadac: str

    async def get(self, path: str) -> Json:
        where = f"/{self.ways.site.format(id=self.omadac)}{path}"
        short = path.partition("?")[0].strip("/").rsplit("/", 1)[-1] or "sites"
        return _result(await self.line.get(where), short)

    async def pages(self, path: str, most: int) -> list[Json]:
        """A list that comes in pages, or whole, up to `most` and one more."""
        rows: list[Json] = []
        for page in range(1, most // _LEAST_PAGE + 2):
            tail = self.ways.pages.format(page=page, size=_PAGE)
            said = await self.get(f"{path}{'&' if '?' in path else '?'}{tail}")
            if isinstance(said, list):
                return [*rows, *said]
            new = said.get("data") if isinstance(said, dict) else None
            if not isinstance(new, list):
                raise Undecodable(f"No list came for {path.partition('?')[0].rsplit('/', 1)[-1]}.")
            rows += new
            if not new or len(rows) > most or len(rows) >= (Row(said).number("totalRows") or 0):
                break
        return rows


async def _read(reader: _Reader, site: str, answers: list[Json], told: Told, numbered: Callable[[str], bool]) -> None:
    place = f"/{quote(await _site_id(reader, site), safe='')}"
    try:
        answers += [{"what": "ssid", **cut(row, KEEP_SSID)} for row in await _ssids(reader, place)]
    except (Refused, Undecodable) as error:
        told.missing.append(f"the wireless networks ({str(error).rstrip('.')})")
    devices = took(told, "devices", await reader.pages(f"{place}/devices", MOST_DEVICES), MOST_DEVICES)
    switches: list[tuple[str, str]] = []
    for raw in devices:
        row = cut(raw, KEEP_DEVICE)
        mac = Row(row).mac("mac")
        if mac:
            answers.append({"what": "device", **row})
            told.device(mac, row)
            if row.get("type") == "switch" and not numbered(Row(row).ip("ip")):
                switches.append((mac, str(row["mac"])))
    await _clients(reader, place, told)
    for mac, written in took(told, "switches", switches, _MOST_SWITCHES):
        await _ports(reader, f"{place}/switches/{quote(written, safe='')}", mac, told)


async def _site_id(reader: _Reader, site: str) -> str:
    """The id of the site of this name; of the only site where none is named. Raises Refused."""
    rows = [Row(one) for one in await reader.pages("", 1000) if isinstance(one, dict)]
    ids = {row.text("name"): row.text("id") or row.text("siteId") for row in rows}
    if site in ids:
        return ids[site]
    if not site and len(ids) == 1:
        return next(iter(ids.values()))
    if not site:
        raise Refused(f"The controller has {len(ids)} sites; name this school's in agent.toml (site = ...).")
    raise Refused("The controller has no site of the name that agent.toml gives, or does not show it to this user.")


async def _ssids(reader: _Reader, place: str) -> list[Json]:
    """Every network of every group. The Open API's lists say less than its single entries, so those are asked."""
    groups = f"{place}/{reader.ways.networks}"
    found: list[Json] = []
    for group in (await reader.pages(groups, _MOST_GROUPS))[:_MOST_GROUPS]:
        row = Row(group if isinstance(group, dict) else {})
        path = f"{groups}/{quote(row.text('id') or row.text('wlanId'), safe='')}/ssids"
        for listed in (await reader.pages(path, _MOST_GROUPS))[:_MOST_GROUPS]:
            number = Row(listed if isinstance(listed, dict) else {}).text("ssidId")
            found.append(await reader.get(f"{path}/{quote(number, safe='')}") if number else listed)
    return found


async def _clients(reader: _Reader, place: str, told: Told) -> None:
    path = f"{place}/clients" + ("?filters.active=true" if reader.ways is _USER else "")
    try:
        rows = await reader.pages(path, MOST_CLIENTS)
    except (Refused, Undecodable) as error:
        told.missing.append(f"the clients ({str(error).rstrip('.')})")
        return
    for raw in took(told, "clients", rows, MOST_CLIENTS):
        row = cut(raw, KEEP_CLIENT)
        told.client(Row(row).mac("apMac" if row.get("wireless") else "switchMac"), row)


async def _ports(reader: _Reader, path: str, mac: str, told: Told) -> None:
    try:
        said = cut(await reader.get(path), KEEP_SWITCH)
        if reader.ways is _APPLICATION and not said.get("ports"):
            ports = await reader.get(f"{path}/ports")
            said |= cut({"ports": ports}, KEEP_SWITCH)
    except (Refused, Undecodable) as error:
        told.missing.append(f"the ports of {mac} ({str(error).rstrip('.')})")
        return
    told.devices[mac].append({"what": "switch", **said})


def decode(recording: Recording) -> Iterator[Seen]:
    """What the controller says of itself, its networks and the devices it lists. Raises Undecodable."""
    rows = rows_of(recording)
    for row in rows.get("controller", ()):
        if port := row.number("port", 1, 65535):
            version = row.text("controllerVer")
            yield OpenPort(recording.target, "tcp", port, "https", product="Omada Controller", version=version)
    for row in rows.get("ssid", ()):
        if row.text("name") and row.flag("ssidEnable") is not False:
            yield Ssid(
                row.text("name"),
                security=ssid_security(row),
                vlan=_vlan(row),
                guest=row.flag("guestNetEnable"),
                pmf=_PMF.get(row.number("pmfMode", 0, 9) or 0, ""),
            )
    devices = [(adopted(row), row) for row in rows.get("device", ())]
    names = unique_names((device.mac, device.name) for device, _ in devices if device.mac)
    for device, row in devices:
        if device.mac:
            yield device
            if device.kind == "ap" and device.state != "pending adoption" and not is_away(device.state):
                yield ManagedAp(
                    names[device.mac], device.mac, device.ip, device.model, device.serial, device.version,
                    device.state, row.number("clientNum", 0, 10_000),
                )  # fmt: skip


def _vlan(row: Row) -> int | None:
    custom = row.row("vlanSetting").row("customConfig").number("vlanId", 1, 4094)
    return custom or (row.number("vlanId", 1, 4094) if row.flag("vlanEnable") else None)


def ssid_security(row: Row) -> str:
    """The weakest that a client may use. "WPA3" without management frames that must be protected lets WPA2 in too."""
    kind, only_wpa3 = row.number("security", 0, 9), row.number("pmfMode", 0, 9) == 1
    if kind == 0:
        return "owe" if row.flag("oweEnable") else "open"
    if kind == 2:
        version = row.row("entSetting").number("versionEnt", 0, 9)
        return {1: "wpa", 2: "wpa2-enterprise", 3: "wpa", 4: "wpa3-enterprise" if only_wpa3 else ""}.get(
            version or 0, ""
        )
    if kind == 3:
        version = row.row("pskSetting").number("versionPsk", 0, 9)
        return {1: "wpa", 2: "wpa2-psk", 3: "wpa", 4: "wpa3-sae" if only_wpa3 else "wpa2-psk"}.get(version or 0, "")
    return ""


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {PROBE: decode}
