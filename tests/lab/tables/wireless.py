"""WLSX-WLAN-MIB of the Aruba controller: its access points, radios, networks and BSSIDs."""

from collections.abc import Iterator

from tests.lab.model.nouns import Host, School, Ssid
from tests.lab.model.servers import AP_MODELS
from tests.lab.tables.interfaces import ETHERNET, interface, port_mac
from tests.lab.tables.rows import Row, address, gauge, index_of, integer, mac, octets, text
from tests.lab.tables.system import own_address, system

WLAN = "1.3.6.1.4.1.14823.2.2.1.5.2.1"
SYSTEM_EXT = "1.3.6.1.4.1.14823.2.2.1.2.1"
# The bits of wlanESSIDEncryptionMethod, as real ArubaOS answers carry them.
ENCRYPTION = {"open": 0x8000, "wep": 0x4000, "wpa2-psk": 0x0400, "wpa2-enterprise": 0x0200}
BANDS = ((1, 36), (2, 6))


def controller(model: School, host: Host) -> Iterator[Row]:
    """All rows of the wireless controller."""
    yield from system(host.description, "1.3.6.1.4.1.14823.1.1.40", host.hostname, host.location, model.uptime_s)
    yield from own_address(host.ip, 1)
    yield from interface(1, "GE0/0/1", "GE0/0/1", ETHERNET, host.mac, 1000, True, "uplink")
    yield text(f"{SYSTEM_EXT}.1.2.0", host.model)
    yield text(f"{SYSTEM_EXT}.1.29.0", host.serial)
    yield text("1.3.6.1.2.1.47.1.1.1.1.2.1", host.model)
    yield integer("1.3.6.1.2.1.47.1.1.1.1.4.1", 0)
    yield integer("1.3.6.1.2.1.47.1.1.1.1.5.1", 3)
    yield text("1.3.6.1.2.1.47.1.1.1.1.11.1", host.serial)
    yield text("1.3.6.1.2.1.47.1.1.1.1.13.1", host.model)
    points = [h for h in model.awake() if h.kind == "ap"]
    for point in points:
        yield from _point(point)
        for slot, (radio, channel) in enumerate(BANDS):
            yield from _radio(point, radio, channel)
            for offset, ssid in enumerate(model.ssids):
                yield from _bssid(point, radio, port_mac(point.mac, 0x100 + slot * 16 + offset), ssid, channel)
    for ssid in model.ssids:
        yield from _network(ssid, len(points))


def _point(point: Host) -> Iterator[Row]:
    row = index_of(point.mac)
    table = f"{WLAN}.4.1"
    yield address(f"{table}.2.{row}", point.ip)
    yield text(f"{table}.3.{row}", point.hostname)
    yield text(f"{table}.4.{row}", "ashfield")
    yield text(f"{table}.6.{row}", point.serial)
    yield integer(f"{table}.9.{row}", 2)
    yield text(f"{table}.13.{row}", point.model)
    yield integer(f"{table}.19.{row}", 1)
    yield text(f"{table}.34.{row}", point.version)


def _radio(point: Host, radio: int, channel: int) -> Iterator[Row]:
    row = f"{index_of(point.mac)}.{radio}"
    yield integer(f"{WLAN}.5.1.2.{row}", 1 if radio == 1 else 2)
    yield gauge(f"{WLAN}.5.1.3.{row}", channel)
    yield gauge(f"{WLAN}.5.1.7.{row}", 3)
    yield integer(f"{WLAN}.5.1.15.{row}", {"ac": 3, "ax": 4}[AP_MODELS[point.model][0]])


def _bssid(point: Host, radio: int, bssid: str, ssid: Ssid, channel: int) -> Iterator[Row]:
    row = f"{index_of(point.mac)}.{radio}.{index_of(bssid)}"
    yield mac(f"{WLAN}.7.1.1.{row}", bssid)
    yield text(f"{WLAN}.7.1.2.{row}", ssid.name)
    yield gauge(f"{WLAN}.7.1.3.{row}", channel)


def _network(ssid: Ssid, points: int) -> Iterator[Row]:
    name = ssid.name.encode()
    row = ".".join(str(octet) for octet in (len(name), *name))
    yield gauge(f"{WLAN}.8.1.2.{row}", 4)
    yield gauge(f"{WLAN}.8.1.3.{row}", points)
    yield integer(f"{WLAN}.9.1.2.{row}.{ssid.vlan}", 1)
    yield octets(f"{WLAN}.8.1.5.{row}", ENCRYPTION[ssid.security].to_bytes(2, "big"))
