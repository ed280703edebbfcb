"""Controllers on loopback that answer as UniFi Network, a UniFi OS console and Omada do, and a made school for them."""

import asyncio
import hashlib
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from probes.transport.controller import Place
from tests.probes.wire.loopback import HOME, serving

USER, PASSWORD, KEY = "viewer-of-this-school", "correct-horse-battery", "k" * 32
CLIENT, CLIENT_SECRET = "client-1", "client-secret-of-omada"
PASSPHRASES = ("passphrase of the staff network", "radius-shared-secret", "authkey-of-a-device", "ipsec-preshared")
CORE, ACCESS, AP, PDU, AWAY, NEW = (f"24:5a:4c:00:00:{n:02x}" for n in range(1, 7))
PC, LAPTOP, PHONE, GUEST = "f4:8e:38:00:00:01", "f4:8e:38:00:00:02", "da:a1:19:00:00:03", "f4:8e:38:00:00:04"
OMADA_ID, SITE_ID = "c21f969b5f03d33d43e04f8f136e7682", "663a01aa11"


class Papers:
    """A self-signed certificate of a name and loopback's address, with its key, in one file."""

    def __init__(self, folder: Path, name: str = "unifi.school.example") -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        start = datetime(2026, 1, 1, tzinfo=UTC)
        made = (
            x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=3650))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        self.certificate = folder / f"{name}.pem"
        self.certificate.write_bytes(made.public_bytes(pem))
        both = folder / f"{name}.both.pem"
        plain = serialization.NoEncryption()
        both.write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + self.certificate.read_bytes()
        )
        self.fingerprint = hashlib.sha256(made.public_bytes(serialization.Encoding.DER)).hexdigest()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(both)


Reply = tuple[int, dict[str, str], Any]


class Server:
    """Takes one request a connection, remembers what came, and answers in chunks as such servers do."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.heads: list[str] = []
        self.secrets: list[Any] = []
        self.sessions: set[str] = set()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head.split("\r\n")[1:])}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, path, _ = head.split(" ", 2)
        self.asked.append(f"{method} {path}")
        self.heads.append(head)
        status, more, said = self.answer(method, path, headers, json.loads(body) if body else None)
        raw = said if isinstance(said, bytes) else json.dumps(said).encode()
        lines = [f"HTTP/1.1 {status} X", "Content-Type: application/json", "Transfer-Encoding: chunked"]
        writer.write("\r\n".join([*lines, *(f"{k}: {v}" for k, v in more.items()), "", ""]).encode())
        for at in range(0, len(raw), 1000):
            piece = raw[at : at + 1000]
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)

    def answer(self, method: str, path: str, headers: dict[str, str], body: Any) -> Reply:
        raise NotImplementedError


class Unifi(Server):
    """`console` is UniFi OS: another login, another cookie, and a prefix before every path of the application."""

    def __init__(self, console: bool = False, data: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.console = console
        self.data = data or unifi_school()

    def answer(self, method: str, path: str, headers: dict[str, str], body: Any) -> Reply:
        if path == "/":
            return (200, {}, b"<html>UniFi OS</html>") if self.console else (302, {"Location": "/manage"}, b"")
        if method == "POST":
            return self._session(path, headers, body)
        prefix = "/proxy/network" if self.console else ""
        if not path.startswith(f"{prefix}/api/s/"):
            return 404, {}, b"not found"
        if not (self.sessions & set(_cookies(headers)) or (self.console and headers.get("x-api-key") == KEY)):
            return 401, {}, {"meta": {"rc": "error", "msg": "api.err.LoginRequired"}, "data": []}
        site, _, what = path.removeprefix(f"{prefix}/api/s/").partition("/")
        if site != "default":
            return 200, {}, {"meta": {"rc": "error", "msg": "api.err.NoSiteContext"}, "data": []}
        said = self.data[what]
        return said if isinstance(said, tuple) else (200, {}, {"meta": {"rc": "ok"}, "data": said})

    def _session(self, path: str, headers: dict[str, str], body: Any) -> Reply:
        login = "/api/auth/login" if self.console else "/api/login"
        if path != login:
            ends = path in ("/api/logout", "/api/auth/logout") and (not self.console or "x-csrf-token" in headers)
            self.sessions.clear()
            return (200, {}, {"meta": {"rc": "ok"}}) if ends else (404, {}, b"")
        self.secrets.append(body)
        if body.get("username") != USER or body.get("password") != PASSWORD:
            said = {"code": "AUTHENTICATION_FAILED_INVALID_CREDENTIALS"}
            return (403, {}, said) if self.console else (400, {}, {"meta": {"rc": "error", "msg": "api.err.Invalid"}})
        name, more = ("TOKEN", {"X-CSRF-Token": "c" * 36}) if self.console else ("unifises", {})
        self.sessions.add(f"{name}=s3ss10n")
        return 200, {"Set-Cookie": f"{name}=s3ss10n; Path=/; Secure; HttpOnly", **more}, {"meta": {"rc": "ok"}}


class Omada(Server):
    """Both ways in: the user's, with a token beside the cookie, and the application's."""

    def __init__(self, pages_of: int = 2) -> None:
        super().__init__()
        self.pages_of = pages_of
        self.data = omada_school()

    def answer(self, method: str, path: str, headers: dict[str, str], body: Any) -> Reply:
        if path == "/api/info":
            return _omada({"controllerVer": "5.14.26", "apiVer": "3", "omadacId": OMADA_ID, "configured": True})
        if path == f"/{OMADA_ID}/api/v2/login" and method == "POST":
            self.secrets.append(body)
            if body != {"username": USER, "password": PASSWORD}:
                return 200, {}, {"errorCode": -30109, "msg": "Invalid username or password."}
            self.sessions.add("TPOMADA_SESSIONID=abc")
            status, _, said = _omada({"token": "t0ken"})
            return status, {"Set-Cookie": "TPOMADA_SESSIONID=abc; Path=/; Secure"}, said
        if path == f"/{OMADA_ID}/api/v2/logout":
            self.sessions.clear()
            return _omada(None)
        if path.startswith("/openapi/authorize/token?grant_type=client_credentials"):
            self.secrets.append(body)
            right = body == {"omadacId": OMADA_ID, "client_id": CLIENT, "client_secret": CLIENT_SECRET}
            return _omada({"accessToken": "AT-1"}) if right else (200, {}, {"errorCode": -44106, "msg": "bad client"})
        return self._read(path, headers)

    def _read(self, path: str, headers: dict[str, str]) -> Reply:
        user = bool(self.sessions & set(_cookies(headers))) and headers.get("csrf-token") == "t0ken"
        application = headers.get("authorization") == "AccessToken=AT-1"
        where, _, query = path.partition("?")
        words = dict(pair.partition("=")[::2] for pair in query.split("&"))
        for let_in, root, networks, page_word in (
            (user, f"/{OMADA_ID}/api/v2/sites", "setting/wlans", "currentPage"),
            (application, f"/openapi/v1/{OMADA_ID}/sites", "wireless-network/wlans", "page"),
        ):
            if let_in and where.startswith(root):
                key = where.removeprefix(root).replace(networks, "wlans") or "/"
                said = self.data.get(f"{page_word}{key}", self.data.get(key))
                if said is None:
                    return 200, {}, {"errorCode": -1001, "msg": "Unsupported request path."}
                return _omada(self._page(said, int(words[page_word])) if isinstance(said, list) else said)
        return 200, {}, {"errorCode": -1200, "msg": "Your session has expired."}

    def _page(self, rows: list[Any], page: int) -> Any:
        first = (page - 1) * self.pages_of
        return {"totalRows": len(rows), "currentPage": page, "data": rows[first : first + self.pages_of]}


def _omada(result: Any) -> Reply:
    return 200, {}, {"errorCode": 0, "msg": "Success.", "result": result}


def _cookies(headers: dict[str, str]) -> list[str]:
    return [one.strip() for one in headers.get("cookie", "").split(";")]


@contextmanager
def controller(server: Server, papers: Papers) -> Iterator[Place]:
    """The server behind TLS on a port of loopback, and where it is with its pin."""
    with serving(server, papers.context) as port:
        yield Place(HOME, port, papers.fingerprint)


def _port(number: int, **more: Any) -> dict[str, Any]:
    plain = {"port_idx": number, "name": f"Port {number}", "enable": True, "up": False, "speed": 0, "media": "GE"}
    return {**plain, "full_duplex": True, "stp_state": "disabled", "port_poe": False, "aggregated_by": False, **more}


def _device(mac: str, kind: str, model: str, name: str, host: int, **more: Any) -> dict[str, Any]:
    plain = {"mac": mac, "type": kind, "model": model, "name": name, "ip": f"10.20.0.{host}", "version": "6.5.59.14777"}
    state = {"serial": mac.replace(":", "").upper(), "adopted": True, "state": 1, "upgradable": False}
    return {**plain, **state, "x_authkey": PASSPHRASES[2], "x_ssh_hostkey_fingerprint": "aa:bb", **more}


def unifi_school() -> dict[str, Any]:
    """Two switches in a row, an access point and a PDU; one access point is away and one waits to be adopted."""
    up = {"up": True, "speed": 1000, "stp_state": "forwarding"}
    poe = {"port_poe": True, "poe_enable": True, "poe_mode": "auto", "poe_class": "Class 4", "poe_power": "5.61"}
    to_access = {"lldp_chassis_id": ACCESS, "lldp_port_id": "0/2", "lldp_system_name": "sw-access"}
    to_ap = {"lldp_chassis_id": AP, "lldp_port_id": AP, "lldp_system_name": "ap-hall"}
    core = [_port(n, **(up | {"lldp_table": [to_access]} if n == 24 else {})) for n in range(1, 27)]
    access = [_port(n, **{2: up, 4: up | {"speed": 100}, 6: up | poe | {"lldp_table": [to_ap]}}.get(n, {}))
              for n in range(1, 9)]  # fmt: skip
    radios = [{"name": "wifi0", "radio": "ng", "channel": "auto"},
              {"name": "wifi1", "radio": "na", "channel": "auto", "is_11ac": True}]  # fmt: skip
    wire = {"type": "wire", "up": True, "speed": 1000, "full_duplex": True, "name": "eth0"}
    ap = {"radio_table": radios, "radio_table_stats": [{"name": "wifi1", "channel": 36}], "num_sta": 2}
    devices = [
        _device(CORE, "usw", "US24P250", "sw-core", 2, port_table=core, total_max_power=250, stp_version="rstp"),
        _device(ACCESS, "usw", "US8", "sw-access", 3, port_table=access, upgradable=True,
                upgrade_to_firmware="6.6.61.15189",
                uplink={**wire, "port_idx": 2, "uplink_mac": CORE, "uplink_remote_port": 24}),
        _device(AP, "uap", "U7PG2", "ap-hall", 4, **ap,
                uplink={**wire, "mac": AP, "uplink_mac": ACCESS, "uplink_remote_port": 6}),
        _device(PDU, "usw", "USPPDUP", "pdu-core", 5, port_table=[_port(1, **up)]),
        _device(AWAY, "uap", "U7LT", "ap-attic", 6, state=0, **ap),
        _device(NEW, "uap", "U7NHD", "", 7, state=2, adopted=False),
    ]  # fmt: skip
    joined = {"is_wired": False, "ap_mac": AP, "radio": "na", "essid": "Staff", "vlan": 20}
    clients = [
        {"mac": PC, "ip": "10.20.0.30", "hostname": "office-pc", "is_wired": True, "sw_mac": ACCESS, "sw_port": 4},
        {"mac": LAPTOP, "ip": "10.20.0.31", "hostname": "laptop-7", "1x_identity": "j.smith@school.example", **joined},
        {"mac": PHONE, "ip": "10.20.0.32", "hostname": "Janes-iPhone", "note": "Jane's", **joined},
        {"mac": GUEST, "ip": "10.20.40.9", "hostname": "Visitors-iPad", **joined, "essid": "Guest", "is_guest": True},
        {"mac": "f4:8e:38:00:00:05", "is_wired": True, "sw_mac": "00:11:22:33:44:55", "sw_port": 9},
    ]
    secret = {"x_passphrase": PASSPHRASES[0], "x_iapp_key": "0" * 32}
    psk = {"enabled": True, "security": "wpapsk", "wpa_mode": "wpa2", **secret}
    wlans = [
        {**psk, "name": "Staff", "wpa3_support": True, "wpa3_transition": False, "pmf_mode": "required",
         "networkconf_id": "n20"},
        {**psk, "name": "Guest", "is_guest": True, "l2_isolation": True, "networkconf_id": "n40"},
        {**psk, "name": "Old", "enabled": False, "wpa_mode": "auto"},
    ]  # fmt: skip
    networks = [
        {"_id": "n1", "name": "Default", "purpose": "corporate", "attr_hidden_id": "LAN", "vlan_enabled": False},
        {"_id": "n20", "name": "Staff", "vlan_enabled": True, "vlan": 20, "x_radius_secret": PASSPHRASES[1]},
        {"_id": "n40", "name": "Guests", "vlan_enabled": True, "vlan": "40", "x_ipsec_pre_shared_key": PASSPHRASES[3]},
    ]
    info = [{"version": "8.0.28", "name": "Ashfield", "hostname": "unifi", "ubnt_device_type": ""}]
    return {"stat/sysinfo": info, "stat/device": devices, "stat/sta": clients, "rest/wlanconf": wlans,
            "rest/networkconf": networks}  # fmt: skip


def omada_school() -> dict[str, Any]:
    """A switch with an access point on port 3, a wired and a wireless client; paths without their beginning."""
    dash = {mac: mac.replace(":", "-").upper() for mac in (CORE, AP, PC, LAPTOP)}
    whole = {"firmwareVersion": "1.0.12 Build 20230203 Rel.36545", "statusCategory": 1, "needUpgrade": True}
    switch = {"type": "switch", "mac": dash[CORE], "name": "sw-core", "ip": "10.20.0.2", "model": "TL-SG3210XHP-M2"}
    ap = {"type": "ap", "mac": dash[AP], "name": "ap-hall", "ip": "10.20.0.4", "model": "EAP660 HD", "clientNum": 1}
    linked = {"linkStatus": 1, "linkSpeed": 4, "duplex": 2, "poe": True, "poePower": 9.8}
    quiet = {"linkStatus": 0, "linkSpeed": 0, "duplex": 0, "poe": False, "poePower": 0.0}
    ports = [{"port": n, "name": f"Port{n}", "portStatus": linked if n == 3 else quiet} for n in range(1, 11)]
    down = {"port": 3, "mac": dash[AP], "name": "ap-hall", "model": "EAP660 HD"}
    whole_switch = {**switch, "sn": "Y220000000001", "ports": ports, "poeRemain": 200.5, "downlinkList": [down]}
    staff = {"name": "Staff", "security": 3, "vlanEnable": True, "vlanId": 20, "guestNetEnable": False, "pmfMode": 1}
    psk = {"pskSetting": {"securityKey": PASSPHRASES[0], "versionPsk": 4}}
    wired = {"mac": dash[PC], "ip": "10.20.0.30", "hostName": "office-pc", "wireless": False, "switchMac": dash[CORE]}
    joined = {"mac": dash[LAPTOP], "ip": "10.20.0.31", "wireless": True, "ssid": "Staff", "apMac": dash[AP]}
    return {
        "/": [{"id": SITE_ID, "name": "Ashfield", "siteId": SITE_ID}, {"id": "other", "name": "Oakwood"}],
        f"/{SITE_ID}/devices": [{**switch, **whole}, {**ap, **whole}],
        f"/{SITE_ID}/clients": [{**wired, "port": 5}, {**joined, "radioId": 1, "vid": 20, "dot1xIdentity": "j.smith"}],
        f"/{SITE_ID}/switches/{dash[CORE]}": whole_switch,
        f"/{SITE_ID}/wlans": [{"id": "g1", "wlanId": "g1", "name": "Default"}],
        f"currentPage/{SITE_ID}/wlans/g1/ssids": [{"id": "s1", **staff, **psk}],
        f"page/{SITE_ID}/wlans/g1/ssids": [{"ssidId": "s1", "name": "Staff", "security": 3}],
        f"page/{SITE_ID}/wlans/g1/ssids/s1": {"ssidId": "s1", **staff, **psk},
    }
