"""One device as a UniFi controller tells of it, and the clients on it. Probe `controller.unifi.device`."""

import re
from collections.abc import Callable, Iterator

from probes.seen import (
    AddressPair,
    Adopted,
    FdbEntry,
    Interface,
    LagMember,
    MakerValue,
    NameHeard,
    Neighbour,
    OwnAddress,
    PoeMain,
    PoePort,
    Seen,
    Stp,
    StpPort,
)
from probes.vocabulary import Json, Recording
from probes.wire.controllers import Keep, Row, is_away, rows_of, seen_of_client
from probes.wire.unifi_models import product

DEVICE_PROBE = "controller.unifi.device"
_UPLINK: Keep = dict.fromkeys(
    ("type", "name", "mac", "up", "speed", "full_duplex", "port_idx", "uplink_mac", "uplink_remote_port")
)
_LLDP: Keep = dict.fromkeys(
    ("chassis_id", "port_id", "system_name", "chassis_descr", "local_port_idx", "lldp_chassis_id", "lldp_port_id",
     "lldp_system_name")
)  # fmt: skip
_PORT: Keep = dict.fromkeys(
    ("port_idx", "name", "ifname", "mac", "ip", "netmask", "enable", "up", "speed", "full_duplex", "media", "rx_errors",
     "port_poe", "poe_enable", "poe_mode", "poe_class", "poe_power", "stp_state", "aggregated_by")
)  # fmt: skip
_RADIO: Keep = dict.fromkeys(("name", "radio", "channel", "is_11ac", "is_11ax", "is_11be"))
KEEP_LISTED: Keep = {
    **dict.fromkeys(
        ("mac", "name", "ip", "connect_request_ip", "type", "model", "serial", "version", "state", "adopted",
         "upgradable", "upgrade_to_firmware", "num_sta")
    ),
    "radio_table": _RADIO,
    "radio_table_stats": dict.fromkeys(("name", "channel")),
}  # fmt: skip
KEEP_DEVICE: Keep = {
    **KEEP_LISTED,
    **dict.fromkeys(("stp_version", "stp_priority", "total_max_power")),
    "uplink": _UPLINK,
    "last_uplink": _UPLINK,
    "lldp_table": _LLDP,
    "port_table": {**_PORT, "lldp_table": _LLDP, "mac_table": dict.fromkeys(("mac", "vlan"))},
}
KEEP_CLIENT: Keep = dict.fromkeys(
    ("mac", "ip", "hostname", "is_wired", "is_guest", "sw_mac", "sw_port", "ap_mac", "essid", "radio", "vlan")
)
_STATES = {
    0: "disconnected", 1: "connected", 2: "pending adoption", 4: "upgrading", 5: "provisioning", 6: "unreachable",
    7: "adopting", 9: "adoption error", 10: "adoption failed", 11: "isolated",
}  # fmt: skip
_STP = frozenset({"disabled", "blocking", "discarding", "listening", "learning", "forwarding", "broken"})
_BANDS = {"ng": "2.4", "na": "5", "6e": "6", "ad": "60"}
_MOST_PORT = 1024


def device_mac(row: Json) -> str:
    """The MAC a device is listed under, or ""."""
    return Row(row).mac("mac")


def listed(row: Json) -> Json:
    """What the controller's own recording keeps of a device."""
    return {name: row[name] for name in KEEP_LISTED if name in row}


def without_ports(row: Json) -> Json:
    """The device without the ports that it told of itself: two numberings of them would make twice the ports."""
    return {name: value for name, value in row.items() if name not in ("port_table", "lldp_table")} | {"bare": True}


def band_of_radio(word: str) -> str:
    """The band in GHz of what UniFi calls a radio."""
    return _BANDS.get(word, "")


def adopted(row: Row) -> Adopted:
    """The device as the controller lists it."""
    kind, _, model = product(row.text("model"), row.text("type"))
    number = row.number("state", 0, 99)
    running, offered = row.text("version"), row.text("upgrade_to_firmware")
    return Adopted(
        mac=row.mac("mac"),
        name=row.text("name"),
        ip=_address(row),
        kind=kind,
        model=model,
        serial=row.text("serial"),
        version=running,
        state=_STATES.get(number, str(number)) if number is not None else "",
        offered=offered if row.flag("upgradable") and offered != running else "",
    )


def _address(row: Row) -> str:
    """A gateway's `ip` is its address towards the internet; the one it talks to the controller from is its own here."""
    return (row.ip("connect_request_ip") if row.text("type") == "ugw" else "") or row.ip("ip")


def decode(recording: Recording) -> Iterator[Seen]:
    """The device, its ports, whom it sees there, and its clients; one that is away says nothing. Raises Undecodable."""
    rows = rows_of(recording)
    for row in rows.get("device", ())[:1]:
        device = adopted(row)
        if not device.mac or is_away(device.state):
            return
        yield from _identity(row, device)
        yield from _ports(row, device)
        yield from _neighbours(row, device)
        for client in rows.get("client", ()):
            yield from _client(client, device, bare=row.flag("bare") is True)


def _identity(row: Row, device: Adopted) -> Iterator[Seen]:
    yield device
    yield NameHeard("controller", device.name, mac=device.mac)
    if device.ip:
        yield AddressPair(device.ip, device.mac, "controller")
    subkind = product(row.text("model"), row.text("type"))[1]
    said = {"kind": device.kind, "subkind": subkind, "maker": "Ubiquiti", "model": device.model}
    said |= {"serial": device.serial, "version": device.version, "os": "unifi" if device.kind == "ap" else ""}
    for name, value in said.items():
        if value:
            yield MakerValue(name, value, "stat/device")


def _ports(row: Row, device: Adopted) -> Iterator[Seen]:
    if device.kind == "ap" and row.flag("bare") is not True:
        yield from _uplink_port(row.row("uplink"))
    if device.kind == "ap":
        return
    ports = [(port.number("port_idx", 1, _MOST_PORT), port) for port in row.rows("port_table")]
    for place, (number, port) in enumerate(ports, start=1):
        if number:
            yield from _switch_port(port, number)
        elif port.text("ifname"):
            yield from _gateway_port(port, place)
    used = [port.number("poe_power", 0, 10_000) for _, port in ports if port.flag("port_poe")]
    if used:
        budget = row.number("total_max_power", 1, 100_000)
        yield PoeMain(1, budget, sum(watts for watts in used if watts is not None))
    if row.text("stp_version") in ("stp", "rstp", "mstp"):
        yield Stp(row.text("stp_version"), priority=row.number("stp_priority", 0, 65535))


def _uplink_port(uplink: Row) -> Iterator[Seen]:
    """An access point's cable, which is its port 1."""
    if uplink.text("type") == "wire" and uplink.text("name"):
        up = uplink.flag("up")
        yield _interface(uplink, 1, uplink.text("name"), up, mac=uplink.mac("mac") or None)


def _interface(
    row: Row, index: int, name: str, up: bool | None, *, alias: str = "", mac: str | None = None, descr: str = ""
) -> Interface:
    full = row.flag("full_duplex")
    return Interface(
        index=index,
        name=name,
        descr=descr,
        alias=alias,
        type=6,
        mac=mac,
        speed_mbps=row.number("speed", 1, 1_000_000) if up else None,
        admin_up=row.flag("enable"),
        oper_up=up,
        connector=True,
        duplex=None if not up or full is None else "full" if full else "half",
        in_errors=row.number("rx_errors"),
    )


def _switch_port(port: Row, number: int) -> Iterator[Seen]:
    """A port is "Port 7" here whatever a person called it: that is how neighbours name it, as "0/7" by LLDP."""
    name, called = f"Port {number}", port.text("name")
    alias = called if called != name else ""
    yield _interface(port, number, name, port.flag("up"), alias=alias, descr=f"0/{number}")
    if port.text("stp_state") in _STP:
        yield StpPort(number, port.text("stp_state"))
    if port.flag("port_poe"):
        watts, grade = port.number("poe_power", 0, 10_000), re.search(r"[0-8]$", port.text("poe_class"))
        enabled = port.text("poe_mode") != "off" if port.text("poe_mode") else port.flag("poe_enable")
        delivering = None if watts is None else _draws(port)
        yield PoePort(1, number, enabled, delivering, int(grade[0]) if grade else None)
    master = port.number("aggregated_by", 1, _MOST_PORT)
    if master and master != number:
        yield LagMember(number, master)
    for learned in port.rows("mac_table"):
        if mac := learned.mac("mac"):
            yield FdbEntry(mac, number, learned.number("vlan", 1, 4094))


def _draws(port: Row) -> bool:
    return any(digit in "123456789" for digit in port.text("poe_power"))


def _gateway_port(port: Row, place: int) -> Iterator[Seen]:
    """A port of a gateway that numbers none: named by its interface."""
    mac = port.mac("mac") or None
    yield _interface(port, place, port.text("ifname"), port.flag("up"), alias=port.text("name"), mac=mac)
    if ip := port.ip("ip"):
        yield OwnAddress(ip, place, _prefix(port.ip("netmask")))


def _prefix(mask: str) -> int | None:
    octets = mask.split(".")
    if len(octets) != 4:
        return None
    bits = "".join(f"{int(octet):08b}" for octet in octets)
    return bits.count("1") if "01" not in bits else None


def _neighbours(row: Row, device: Adopted) -> Iterator[Seen]:
    for port in row.rows("port_table"):
        number = port.number("port_idx", 1, _MOST_PORT)
        yield from (_heard(entry, number) for entry in port.rows("lldp_table") if number)
    for entry in row.rows("lldp_table"):
        number = 1 if device.kind == "ap" else entry.number("local_port_idx", 0, _MOST_PORT)
        if number is not None:
            yield _heard(entry, number)
    yield from _uplink(row, device)


def _uplink(row: Row, device: Adopted) -> Iterator[Seen]:
    """The cable towards the gateway as the controller draws it. Port numbers of its own mean nothing beside SNMP's."""
    uplink, last, bare = row.row("uplink"), row.row("last_uplink"), row.flag("bare") is True
    to = uplink.mac("uplink_mac") or last.mac("uplink_mac")
    if uplink.text("type") == "wire" and to and to != device.mac:
        there = uplink.number("uplink_remote_port", 1, _MOST_PORT) or last.number("uplink_remote_port", 1, _MOST_PORT)
        numbered = 1 if device.kind == "ap" else uplink.number("port_idx", 1, _MOST_PORT)
        here = uplink.text("name") if device.kind == "ap" and bare else "" if bare or not numbered else str(numbered)
        if here:
            yield _told(to, here, there)


def _told(mac: str, here: str, there: int | None) -> Neighbour:
    return Neighbour(
        protocol="controller",
        local_port=here,
        chassis_subtype=4,
        chassis_id=mac,
        port_subtype=5 if there else None,
        port_id=f"Port {there}" if there else "",
        port_descr=f"0/{there}" if there else "",
    )


def _heard(entry: Row, number: int) -> Neighbour:
    """One LLDP neighbour; older controllers name the fields with "lldp_" before them."""
    chassis, port, name = (entry.text(w) or entry.text(f"lldp_{w}") for w in ("chassis_id", "port_id", "system_name"))
    mac = entry.mac("chassis_id") or entry.mac("lldp_chassis_id")
    port_mac = entry.mac("port_id") or entry.mac("lldp_port_id")
    return Neighbour(
        protocol="lldp",
        local_port=str(number),
        chassis_subtype=4 if mac else None,
        chassis_id=mac or chassis,
        port_subtype=3 if port_mac else None,
        port_id=port_mac or port.removeprefix("local "),
        name=name,
        descr=entry.text("chassis_descr"),
    )


def _client(row: Row, device: Adopted, bare: bool) -> Iterator[Seen]:
    """A client; the wired ones of a switch that told of its own forwarding table are left to that."""
    mac = row.mac("mac")
    wired = row.flag("is_wired") is True
    if not mac or (wired and (bare or device.kind == "ap")):
        return
    port = row.number("sw_port", 1, _MOST_PORT) if wired else None
    ssid = row.text("essid") if not wired else ""
    marked = Row({**row.raw, "guest": row.flag("is_guest") is True})
    yield from seen_of_client(marked, mac, port, ssid, band_of_radio(row.text("radio")))


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {DEVICE_PROBE: decode}
