"""Claims that need no maker's rule: what the standard MIBs and protocols say outright."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from probes.claims import Claim
from probes.identity import is_no_serial, whole_entities
from probes.seen import (
    BridgeBase,
    Chassis,
    CliRows,
    DhcpHeard,
    Entity,
    IppPrinter,
    MacMaker,
    MakerValue,
    ManagedAp,
    NameHeard,
    Neighbour,
    OwnHost,
    Printer,
    Smb,
    SsdpDevice,
    System,
    Ups,
)
from probes.vocabulary import Observation
from probes.wire.maker_parts import is_of_maker

_CAPABLE = (
    ("telephone", "phone", 0.75), ("phone", "phone", 0.75), ("wlan-ap", "ap", 0.7), ("wlan-access-point", "ap", 0.7),
    ("bridge", "switch", 0.4), ("switch", "switch", 0.4), ("router", "router", 0.32),
)  # fmt: skip
# A virtual machine's MAC names the hypervisor's maker, a network card's only the card's.
_VIRTUAL = ("00:50:56", "00:0c:29", "00:05:69", "00:15:5d", "08:00:27", "00:16:3e", "52:54:00", "02:")
_CARD_MAKERS = re.compile(
    r"intel corp|azurewave|lite-?on|hon hai|foxconn|chicony|rivet|realtek|cybertan|quanta computer|compal|wistron"
    r"|pegatron|lcfc|murata|microchip|espressif|texas instr|broadcom|mediatek|qualcomm|cloud network|universal global"
    r"|pc engines|asix|dallas semi|private$|ieee",
    re.IGNORECASE,
)
_PLATFORMS = {
    "cisco_ios": "ios", "cisco_xe": "iosxe", "cisco_nxos": "nxos", "hp_procurve": "procurve",
    "aruba_osswitch": "procurve", "aruba_aoscx": "arubaos-cx", "hp_comware": "comware", "juniper_junos": "junos",
    "extreme_exos": "xos",
    "mikrotik_routeros": "routeros", "huawei_vrp": "vrp",
}  # fmt: skip
_CLI_FIELDS = (
    (("version", "software_version", "os_version"), "version", 0.9),
    (("hardware", "model", "platform", "hardware_model"), "model", 0.8),
    (("serial", "serial_number", "serialnum"), "serial", 0.9),
    (("hostname", "system_name", "name"), "hostname", 0.85),
)
# Sellers of switch software, named in ENTITY-MIB by switches of many makers that never changed it.
_STACK_MAKERS = re.compile(r"aricent|broadcom|fastpath|vxworks|default|n/?a$|unknown|none", re.IGNORECASE)
# ADVA and Brocade give the maker's part number where the model name belongs.
_PART_NUMBER = re.compile(r"\d{2}-\d{7}-\d{2}$|\d{10}-\d{2}$")
_NUMBER = re.compile(r"(?<![\w.])[vV]?\d+(?:\.\w+)+(?:\(\w+\))?\w*")
_NAMES = {"dhcp": 0.8, "netbios": 0.75, "mdns": 0.7, "llmnr": 0.6, "ptr": 0.55, "ssdp": 0.4}
Values = Iterator[tuple[str, str, float]]


def standing_claims(observations: Sequence[Observation]) -> list[Claim]:
    """Claims from records whose fields mean the same for every maker."""
    claims = [
        Claim(field, value, confidence, type(observation.seen).__name__, observation)
        for observation in observations
        for field, value, confidence in _values(observation)
        if value
    ]
    return [*claims, *_chassis_claims(observations)]


def _chassis_claims(observations: Sequence[Observation]) -> Iterator[Claim]:
    """ENTITY-MIB: each field from the first entity of those that stand for the whole device."""
    by_entity = {o.seen: o for o in observations if isinstance(o.seen, Entity) and not is_of_maker(o.seen)}
    whole = whole_entities(by_entity)
    if not whole and len(by_entity) == 1:
        whole = list(by_entity)
    for field, sure in (("model", 0.85), ("serial", 0.95), ("maker", 0.55), ("software", 0.55), ("firmware", 0.31)):
        entity = next((e for e in whole if _says(e, field)), None)
        if entity:
            name = "version" if field in ("software", "firmware") else field
            value = _bare_version(getattr(entity, field)) if name == "version" else getattr(entity, field)
            yield Claim(name, value, sure, f"entity.{field}", by_entity[entity])
        elif field == "serial" and whole and (board := _only_board(by_entity, whole[0])):
            yield Claim("serial", board.serial, 0.6, "entity.board", by_entity[board])


def _bare_version(text: str) -> str:
    """The number in a revision that also names the product or says "Version"; the text as it is without one."""
    found = _NUMBER.search(text) if " " in text else None
    return found[0] if found else text


def _only_board(entities: Iterable[Entity], whole: Entity) -> Entity | None:
    """The one board with a serial in a chassis that has none of its own (Huawei's controllers and box switches)."""
    slots = {e.index for e in entities if e.parent == whole.index} | {whole.index}
    boards = [e for e in entities if e.kind == "module" and e.parent in slots and _says(e, "serial")]
    return boards[0] if len({e.serial for e in boards}) == 1 else None


def _says(entity: Entity, field: str) -> bool:
    value = getattr(entity, field)
    if field == "maker" and _STACK_MAKERS.match(value):
        return False
    if field == "model" and _PART_NUMBER.match(value):
        return False
    return bool(value) and not (field == "serial" and is_no_serial(value))


def _values(observation: Observation) -> Values:  # noqa: PLR0912 - one case per record
    match observation.seen:
        case MakerValue(name=name, value=value):
            field, _, place = name.partition(".")
            if place.isdigit() or not place:
                yield field, value, 0.92 - 0.04 * int(place or 1)
        case Ups() as u:
            yield from (("kind", "ups", 0.9), ("maker", u.maker, 0.5), ("model", u.model, 0.8))
            yield from (("serial", u.serial, 0.85), ("version", u.version, 0.7))
        case Printer() as p:
            # Windows and cameras list printers among their devices; only a printer counts pages or has a serial.
            yield from (
                ("kind", "printer", 0.85 if p.serial or p.pages is not None else 0.34),
                ("serial", p.serial, 0.85),
            )
        case IppPrinter() as i:
            yield from (("kind", "printer", 0.85), ("serial", i.serial, 0.85), ("version", i.firmware, 0.6))
            yield "hostname", i.name, 0.3
        case ManagedAp() as a:
            yield from (("kind", "ap", 0.9), ("model", a.model, 0.8), ("serial", a.serial, 0.9))
            yield from (("version", a.version, 0.8), ("hostname", a.name, 0.6))
        case SsdpDevice() as d:
            yield from (("maker", d.maker, 0.55), ("model", d.model, 0.5), ("serial", d.serial, 0.6))
        case MacMaker(mac=mac, maker=maker) if not mac.startswith(_VIRTUAL) and not _CARD_MAKERS.match(maker):
            yield "maker", maker, 0.35
        case Neighbour() as n:
            yield from _neighbour(n)
        case Chassis() as c:
            yield from _capable(c.capabilities)
            yield "hostname", c.name, 0.85
        case BridgeBase(ports=ports) if ports and ports > 4:
            yield "kind", "switch", 0.35
        case System(name=name):
            yield "hostname", name, 0.9
        case DhcpHeard(hostname=name):
            yield "hostname", name, _NAMES["dhcp"]
        case NameHeard(source=source, name=name):
            yield "hostname", name, _NAMES.get(source, 0.4)
        case Smb(name=name):
            yield "hostname", name, 0.7
        case CliRows(platform=platform, rows=rows, command=command) if "version" in command or "system" in command:
            yield from (("os", _PLATFORMS.get(platform, ""), 0.7), *_cli(rows[0] if rows else {}))
        case OwnHost() as own:
            yield from (("hostname", own.hostname, 0.95), ("version", own.version, 0.9))


def _cli(row: Mapping[str, str]) -> Values:
    """The first row of a show command, by the field names that ntc-templates use on several platforms."""
    said = {name.lower(): value for name, value in row.items() if isinstance(value, str)}
    for names, field, sure in _CLI_FIELDS:
        yield field, next((said[name] for name in names if said.get(name)), ""), sure


def _neighbour(neighbour: Neighbour) -> Values:
    yield from _capable(neighbour.capabilities)
    yield "hostname", neighbour.name, 0.8
    med = neighbour.med
    yield "model", med.get("model", ""), 0.8
    yield "serial", med.get("serial", ""), 0.85
    yield "maker", med.get("maker", "") or med.get("manufacturer", ""), 0.7
    yield "version", med.get("software", "") or med.get("firmware", ""), 0.6


def _capable(capabilities: Sequence[str]) -> Values:
    """The first capability that says most; a switch that also routes is a switch."""
    words = {word.lower() for word in capabilities}
    yield from next(([("kind", kind, sure)] for word, kind, sure in _CAPABLE if word in words), [])
