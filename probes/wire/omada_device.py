"""One device as an Omada controller tells of it, and the clients on it. Probe `controller.omada.device`."""

from collections.abc import Callable, Iterator

from probes.seen import (
    AddressPair,
    Adopted,
    Interface,
    MakerValue,
    NameHeard,
    Neighbour,
    PoeMain,
    PoePort,
    Seen,
)
from probes.vocabulary import Recording
from probes.wire.controllers import Keep, Row, is_away, rows_of, seen_of_client

DEVICE_PROBE = "controller.omada.device"
KEEP_DEVICE: Keep = dict.fromkeys(
    ("type", "mac", "name", "ip", "model", "modelVersion", "sn", "firmwareVersion", "version", "status",
     "statusCategory", "needUpgrade", "clientNum")
)  # fmt: skip
KEEP_SWITCH: Keep = {
    **dict.fromkeys(("sn", "ip", "poeRemain", "firmwareVersion")),
    "ports": {
        **dict.fromkeys(("port", "name", "type", "disable")),
        "portStatus": dict.fromkeys(("linkStatus", "linkSpeed", "duplex", "poe", "poePower", "stpDiscarding")),
    },
    "downlinkList": dict.fromkeys(("port", "mac", "name", "model", "linkSpeed", "duplex")),
}
KEEP_CLIENT: Keep = dict.fromkeys(
    ("mac", "ip", "hostName", "wireless", "ssid", "apMac", "radioId", "switchMac", "port", "vid", "guest")
)
_KINDS = {"ap": "ap", "switch": "switch", "gateway": "router", "olt": "other"}
_STATES = {0: "disconnected", 1: "connected", 2: "pending adoption", 3: "heartbeat missed", 4: "isolated"}
# What the port shows beside its number; 6 and above have no meaning that is sure.
_SPEEDS = {1: 10, 2: 100, 3: 1000, 4: 2500, 5: 10_000}
_DUPLEX = {1: "half", 2: "full"}
_BANDS = {0: "2.4", 1: "5", 2: "5", 3: "6"}
_MOST_PORT = 1024


def adopted(row: Row) -> Adopted:
    """The device as the controller lists it. It says that an upgrade waits, not which."""
    category = row.number("statusCategory", 0, 99)
    if category is None:
        category = row.number("status", 0, 4)  # the Open API's own word for the category
    return Adopted(
        mac=row.mac("mac"),
        name=_name(row),
        ip=row.ip("ip"),
        kind=_KINDS.get(row.text("type").lower(), ""),
        model=row.text("model"),
        serial=row.text("sn"),
        version=row.text("firmwareVersion") or row.text("version"),
        state=_STATES.get(category, str(category)) if category is not None else "",
        offered="newer" if row.flag("needUpgrade") else "",
    )


def _name(row: Row) -> str:
    """A device nobody named is called by its MAC."""
    return "" if row.mac("name") else row.text("name")


def decode(recording: Recording) -> Iterator[Seen]:
    """The device, its ports and its clients; one that is disconnected says nothing. Raises Undecodable."""
    rows = rows_of(recording)
    for row in rows.get("device", ())[:1]:
        device = adopted(row)
        if not device.mac or is_away(device.state):
            return
        yield device
        yield NameHeard("controller", device.name, mac=device.mac)
        if device.ip:
            yield AddressPair(device.ip, device.mac, "controller")
        switch = next(iter(rows.get("switch", ())), Row({}))
        said = {"kind": device.kind, "maker": "TP-Link", "model": device.model, "version": device.version}
        for name, value in {**said, "serial": device.serial or switch.text("sn")}.items():
            if value:
                yield MakerValue(name, value, "devices")
        yield from _switch(switch)
        for client in rows.get("client", ()):
            yield from _client(client, wired=bool(rows.get("switch")))


def _switch(switch: Row) -> Iterator[Seen]:
    draws: list[int] = []
    for port in switch.rows("ports"):
        number = port.number("port", 1, _MOST_PORT)
        if number:
            yield _interface(port, number)
            power = port.row("portStatus").number("poePower", 0, 1000)
            if (delivering := port.row("portStatus").flag("poe")) is not None and power is not None:
                yield PoePort(1, number, None, delivering, None)
                draws.append(power)
    remains = switch.number("poeRemain", 0, 100_000)
    if draws and remains is not None:
        yield PoeMain(1, remains + sum(draws), sum(draws))
    for down in switch.rows("downlinkList"):
        number, mac = down.number("port", 1, _MOST_PORT), down.mac("mac")
        if number and mac:
            yield Neighbour(
                protocol="controller",
                local_port=str(number),
                chassis_subtype=4,
                chassis_id=mac,
                name="" if down.mac("name") else down.text("name"),
            )


def _interface(port: Row, number: int) -> Interface:
    status, name, called = port.row("portStatus"), f"Port {number}", port.text("name")
    linked = status.number("linkStatus", 0, 1)
    up = None if linked is None else linked == 1
    disabled = port.flag("disable")
    return Interface(
        index=number,
        name=name,
        alias="" if called in (name, f"Port{number}") else called,
        type=6,
        speed_mbps=_SPEEDS.get(status.number("linkSpeed", 0, 99) or 0) if up else None,
        admin_up=None if disabled is None else not disabled,
        oper_up=up,
        connector=True,
        duplex=_DUPLEX.get(status.number("duplex", 0, 9) or 0) if up else None,
    )


def _client(row: Row, wired: bool) -> Iterator[Seen]:
    """A client; `wired` says whether the ports of this switch are told of, so that its numbers mean something."""
    mac, wireless = row.mac("mac"), row.flag("wireless") is True
    if not mac or not (wireless or wired):
        return
    port = None if wireless else row.number("port", 1, _MOST_PORT)
    named = Row({**row.raw, "hostname": row.raw.get("hostName"), "vlan": row.raw.get("vid")})
    radio = row.number("radioId", 0, 9)
    band = _BANDS.get(radio, "") if radio is not None else ""
    yield from seen_of_client(named, mac, port, row.text("ssid") if wireless else "", band)


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {DEVICE_PROBE: decode}
