"""Wireless networks, radios and the access points a controller manages.

IEEE802dot11-MIB, AIRESPACE-WIRELESS-MIB (Cisco), WLSX-WLAN-MIB and AI-AP-MIB (Aruba), UBNT-UniFi-MIB,
RUCKUS-ZD-WLAN-MIB, RUCKUS-SZ-WLAN-MIB. Keys and passphrases are objects of some of these; they are never asked for.
"""

from collections.abc import Callable, Iterator

from probes.canonical import clean, mac_text
from probes.seen import ManagedAp, Radio, Seen, Ssid
from probes.wire.rows import Index, Rows, Table, Value, indexes

_DOT11 = "1.2.840.10036"
DOT11_SSID, DOT11_CHANNEL, DOT11_FREQUENCY = f"{_DOT11}.1.1.1.9", f"{_DOT11}.4.5.1.1", f"{_DOT11}.4.11.1.1"
_ESS, _AP, _APIF = "1.3.6.1.4.1.14179.2.1.1.1", "1.3.6.1.4.1.14179.2.2.1.1", "1.3.6.1.4.1.14179.2.2.2.1"
_ARUBA, _INSTANT = "1.3.6.1.4.1.14823.2.2.1.5.2.1", "1.3.6.1.4.1.14823.2.3.3.1"
_UNIFI = "1.3.6.1.4.1.41112.1.6"
_ZD_WLAN, _ZD_AP = "1.3.6.1.4.1.25053.1.2.2.1.1.1.1.1", "1.3.6.1.4.1.25053.1.2.2.1.1.2.1.1"
_SZ_AP = "1.3.6.1.4.1.25053.1.4.2.1.1.2.2.1"
_LAST_24, _FIRST_5, _LAST_5 = 14, 32, 177


def band_of(channel: int | None) -> str:
    """The band in GHz of a channel number that does not say its band; 6 GHz channels look like the others."""
    if channel is None or channel <= 0:
        return ""
    return "2.4" if channel <= _LAST_24 else "5" if _FIRST_5 <= channel <= _LAST_5 else ""


def decode_dot11(rows: Rows) -> Iterator[Seen]:
    """A stand-alone access point's own networks and radios, by interface."""
    for name in dict.fromkeys(rows.texts(DOT11_SSID).values()):
        yield Ssid(name)
    radios = {**rows.numbers(DOT11_FREQUENCY), **rows.numbers(DOT11_CHANNEL)}
    for index, channel in sorted(radios.items()):
        if len(index) == 1 and channel > 0:
            yield Radio(str(index[0]), channel=channel, band=band_of(channel))


def decode_airespace(rows: Rows) -> Iterator[Seen]:
    """A Cisco wireless controller's WLANs, access points and radios."""
    yield from _airespace_ssids(rows)
    clients: dict[Index, int] = {}
    for index, count in rows.numbers(f"{_APIF}.15").items():
        clients[index[:6]] = clients.get(index[:6], 0) + count
    names = rows.texts(f"{_AP}.3")
    states = {1: "associated", 2: "disassociating", 3: "downloading"}
    cells = {"model": "16", "serial": "17", "version": "8", "ip": "19", "state": "6"}
    yield from _aps(rows, _AP, names, cells, states, clients)
    bands = {1: "2.4", 2: "5", 4: "6"}
    channels, types = rows.numbers(f"{_APIF}.4"), rows.numbers(f"{_APIF}.2")
    for index in indexes(7, channels, types):
        channel, ap = channels.get(index), names.get(index[:6], "")
        yield Radio(str(index[6]), channel=channel, band=bands.get(types.get(index, 0)) or band_of(channel), ap=ap)


def _airespace_ssids(rows: Rows) -> Iterator[Seen]:
    flags = {n: rows.numbers(f"{_ESS}.{n}") for n in (6, 8, 13, 15, 53, 56)}
    for index, name in rows.texts(f"{_ESS}.2").items():
        cell = {n: column.get(index) for n, column in flags.items()}
        if cell[6] != 0:
            yield Ssid(name, security=_airespace_security(cell))


def _airespace_security(cell: dict[int, int | None]) -> str:
    if cell[53] == 1:
        return {1: "wpa2-psk", 0: "wpa2-enterprise"}.get(-1 if cell[56] is None else cell[56], "")
    if cell[15] == 1:
        return "wpa"
    if cell[8] == 1 or cell[13] == 1:
        return "wep"
    return "open" if all(cell[n] == 0 for n in (8, 13, 15, 53)) else ""


_ARUBA_BITS = {
    1: "wep", 2: "wep", 3: "wpa", 4: "wpa", 5: "wpa2-psk", 6: "wpa2-enterprise", 9: "wpa", 10: "wpa", 11: "wpa2-psk",
    12: "wpa2-enterprise", 16: "owe", 17: "wpa3-sae", 18: "wpa3-enterprise", 19: "wpa3-enterprise", 21: "wpa2-psk",
    22: "wpa3-enterprise",
}  # fmt: skip


def decode_aruba(rows: Rows) -> Iterator[Seen]:
    """An Aruba controller's networks, access points and radios."""
    vlans = {index[:-1]: index[-1] for index in rows.column(f"{_ARUBA}.9.1.2")}
    security = {index: aruba_security(bits) for index, bits in rows.strings(f"{_ARUBA}.8.1.5").items()}
    for index in sorted(security.keys() | vlans.keys()):
        name = _length_prefixed(index)
        if name:
            yield Ssid(name, security=security.get(index, ""), vlan=vlans.get(index))
    if not security and not vlans:
        yield from (Ssid(name) for name in dict.fromkeys(rows.texts(f"{_ARUBA}.7.1.2").values()))
    names = rows.texts(f"{_ARUBA}.4.1.3")
    cells = {"model": "13", "serial": "6", "version": "34", "ip": "2", "state": "19"}
    yield from _aps(rows, f"{_ARUBA}.4.1", names, cells, {1: "up", 2: "down"}, {})
    channels = rows.numbers(f"{_ARUBA}.5.1.3")
    for index, channel in channels.items():
        if len(index) == 7 and channel > 0:
            yield Radio(str(index[6]), channel=channel, band=band_of(channel), ap=names.get(index[:6], ""))


def aruba_security(bits: bytes) -> str:
    """The weakest of ArubaEncryptionMethods (ARUBA-TC) that is switched on: a network is as strong as that."""
    on = {n for n in range(8 * len(bits[:4])) if bits[n // 8] & 0x80 >> n % 8}
    words = [_ARUBA_BITS[n] for n in sorted(on) if n in _ARUBA_BITS]
    order = ("wep", "wpa", "wpa2-psk", "wpa2-enterprise", "owe", "wpa3-sae", "wpa3-enterprise")
    return next((word for word in order if word in words), "open" if on == {0} else "")


def _length_prefixed(index: Index) -> str:
    """A name that is an index: its length, then its octets."""
    octets = index[1:]
    return clean(bytes(octets)) if index[:1] == (len(octets),) and all(octet < 256 for octet in octets) else ""


def decode_instant(rows: Rows) -> Iterator[Seen]:
    """An Aruba Instant cluster, as its conductor lists it."""
    hidden = rows.numbers(f"{_INSTANT}.1.7.1.3")
    for index, name in rows.texts(f"{_INSTANT}.1.7.1.2").items():
        if hidden.get(index, 0) in (0, 1):
            yield Ssid(name)
    names = rows.texts(f"{_INSTANT}.2.1.1.2")
    version = rows.text(f"{_INSTANT}.1.4.0")
    cells = {"model": "6", "serial": "4", "ip": "3", "state": "11"}
    for found in _aps(rows, f"{_INSTANT}.2.1.1", names, cells, {1: "up", 2: "down"}, {}):
        yield ManagedAp(found.name, found.mac, found.ip, found.model, found.serial, version, found.state, found.clients)
    for index, text in rows.texts(f"{_INSTANT}.2.2.1.4").items():
        digits = "".join(c for c in text[:3] if c.isascii() and c.isdigit())
        if len(index) == 7 and digits and int(digits):
            yield Radio(str(index[6]), channel=int(digits), band=band_of(int(digits)), ap=names.get(index[:6], ""))


def decode_unifi(rows: Rows) -> Iterator[Seen]:
    """A UniFi access point's own networks and radios. Which security they have is not in this MIB."""
    usage = {index: text.casefold() for index, text in rows.texts(f"{_UNIFI}.1.2.1.23").items()}
    seen: set[str] = set()
    for index, name in rows.texts(f"{_UNIFI}.1.2.1.6").items():
        if name not in seen:
            seen.add(name)
            yield Ssid(name, guest=usage[index] == "guest" if index in usage else None)
    channels, kinds = rows.numbers(f"{_UNIFI}.1.2.1.4"), rows.texts(f"{_UNIFI}.1.2.1.9")
    names = {kind: channels[index] for index, kind in kinds.items() if channels.get(index, 0) > 0}
    for kind, channel in sorted(names.items()):
        band = {"ng": "2.4", "na": "5", "6e": "6"}.get(kind) or band_of(channel)
        yield Radio(kind, channel=channel, band=band)


def decode_ruckus(rows: Rows) -> Iterator[Seen]:
    """A Ruckus ZoneDirector's or SmartZone's networks and access points."""
    secrets, ciphers = rows.texts(f"{_ZD_WLAN}.3"), rows.texts(f"{_ZD_WLAN}.4")
    for index, name in rows.texts(f"{_ZD_WLAN}.1").items():
        yield Ssid(name, security=_ruckus_security(secrets.get(index, ""), ciphers.get(index, "")))
    states = {0: "disconnected", 1: "connected", 2: "approval pending", 3: "upgrading", 4: "provisioning"}
    cells = {"mac": "1", "state": "3", "model": "4", "serial": "5", "version": "7", "ip": "10"}
    yield from _aps(rows, _ZD_AP, rows.texts(f"{_ZD_AP}.2"), cells, states, rows.numbers(f"{_ZD_AP}.15"))
    cells = {"mac": "1", "state": "16", "model": "8", "serial": "9", "ip": "10"}
    yield from _aps(rows, _SZ_AP, rows.texts(f"{_SZ_AP}.5"), cells, {}, rows.numbers(f"{_SZ_AP}.15"))


def _ruckus_security(secret: str, cipher: str) -> str:
    kind, how = cipher.casefold(), secret.casefold()
    if "wep" in kind:
        return "wep"
    if "wpa" not in kind:
        return "open" if kind == "none" else ""
    enterprise = "eap" in how or "802.1x" in how
    if "wpa3" in kind:
        return "wpa3-enterprise" if enterprise else "wpa3-sae"
    if "wpa2" in kind:
        return "wpa2-enterprise" if enterprise else "wpa2-psk"
    return "wpa"


def _aps(
    rows: Rows,
    entry: str,
    names: dict[Index, str],
    cells: dict[str, str],
    states: dict[int, str],
    clients: dict[Index, int],
) -> Iterator[ManagedAp]:
    columns = {field: rows.column(f"{entry}.{arc}") for field, arc in cells.items()}
    for index in sorted({*names, *(i for column in columns.values() for i in column)}):
        cell = {field: column.get(index) for field, column in columns.items()}
        state = cell.get("state")
        yield ManagedAp(
            name=names.get(index, ""),
            mac=_mac(cell.get("mac"), index),
            ip=_words(cell.get("ip")),
            model=_words(cell.get("model")),
            serial=_words(cell.get("serial")),
            version=_words(cell.get("version")),
            state=states.get(state, str(state)) if isinstance(state, int) else _words(state),
            clients=clients.get(index),
        )


def _mac(value: Value | None, index: Index) -> str:
    """The access point's MAC: said in a column, or the end of the row's index."""
    octets = value if isinstance(value, bytes) and len(value) == 6 else b""
    if not octets and len(index) >= 6 and all(arc < 256 for arc in index[-6:]):
        octets = bytes(index[-6:])
    return mac_text(octets) or ""


def _words(value: Value | None) -> str:
    return "" if value is None else clean(str(value) if isinstance(value, int) else value)


def _table(name: str, decode: Callable[[Rows], Iterator[Seen]], makers: tuple[int, ...], *columns: str) -> Table:
    return Table(f"snmp.wireless_{name}", columns, decode, tuple(f"1.3.6.1.4.1.{number}" for number in makers))


TABLES: tuple[Table, ...] = (
    _table("dot11", decode_dot11, (), DOT11_SSID, DOT11_CHANNEL, DOT11_FREQUENCY),
    _table(
        "airespace", decode_airespace, (9, 14179), *(f"{_ESS}.{n}" for n in (2, 6, 8, 13, 15, 53, 56)),
        *(f"{_AP}.{n}" for n in (3, 6, 8, 16, 17, 19)), *(f"{_APIF}.{n}" for n in (2, 4, 15)),
    ),
    _table(
        "aruba", decode_aruba, (14823,), f"{_ARUBA}.9.1.2", f"{_ARUBA}.8.1.5", f"{_ARUBA}.7.1.2",
        f"{_ARUBA}.5.1.3", *(f"{_ARUBA}.4.1.{n}" for n in (2, 3, 6, 13, 19, 34)),
    ),
    _table(
        "instant", decode_instant, (14823,), f"{_INSTANT}.1.4.0", f"{_INSTANT}.1.7.1.2",
        f"{_INSTANT}.1.7.1.3", f"{_INSTANT}.2.2.1.4", *(f"{_INSTANT}.2.1.1.{n}" for n in (2, 3, 4, 6, 11)),
    ),
    _table("unifi", decode_unifi, (41112, 10002, 8072), *(f"{_UNIFI}.1.2.1.{n}" for n in (4, 6, 9, 23))),
    _table(
        "ruckus", decode_ruckus, (25053,), *(f"{_ZD_WLAN}.{n}" for n in (1, 3, 4)),
        *(f"{_ZD_AP}.{n}" for n in (1, 2, 3, 4, 5, 7, 10, 15)), *(f"{_SZ_AP}.{n}" for n in (1, 5, 8, 9, 10, 15, 16)),
    ),
)  # fmt: skip
