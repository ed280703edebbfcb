"""The numbered and replaceable pieces of one thing (ENTITY-MIB): chassis, stack members, modules, supplies, optics."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from probes.facts import is_optic
from probes.identity import is_no_serial
from probes.seen import Entity, Seen
from probes.vocabulary import Part
from probes.wire.maker_parts import bare_serial, is_of_maker

_KEPT = {"chassis", "module", "powerSupply", "fan", "stack", "cpu", "energyObject", "battery", "storageDrive"}
_CALLED = {"board": "module", "memory": "module", "blade": "module", "frame": "chassis"}
_NOTHING = re.compile(r"n/?a|none|unknown|not (?:available|applicable)|<private>", re.IGNORECASE)
# Arista calls an optic a container; a port's own serial is that of what is plugged into it, unless it is a modem.
_CAGE = re.compile(r"\b(?:xcvr|transceiver|q?sfp\d*)\b", re.IGNORECASE)
_NO_CAGE = re.compile(r"modem|cellular|stack", re.IGNORECASE)
# Extreme (VOSS) writes an optic's serial against each of its sensors.
_SENSOR = re.compile(
    r"[ :-]*\b(?:temperature|supply voltage|voltage|bias current|[tr]x[ -]?power|(?:transmit|receive)r? power)\b.*",
    re.IGNORECASE,
)


def parts_of(seen: Iterable[Seen]) -> tuple[Part, ...]:
    """Parts in the device's own order. A part has a serial or a model; ports and containers without either are none."""
    entities = sorted((s for s in seen if isinstance(s, Entity)), key=lambda e: e.index)
    by_index = {entity.index: entity for entity in entities}
    stacked = sum(e.kind == "chassis" for e in entities) > 1
    return tuple(_part(entity, by_index, stacked) for entity in _kept(entities))


def _kept(entities: Sequence[Entity]) -> Iterator[Entity]:
    """The entities that are parts; a sensor or a maker's row only where nothing else has that serial."""
    numbered = {_serial(e) for e in entities if e.kind != "sensor" and not is_of_maker(e)}
    for entity in entities:
        serial = _serial(entity)
        if serial and (entity.kind == "sensor" or is_of_maker(entity)):
            if serial not in numbered:
                numbered.add(serial)
                yield entity
        elif serial or (entity.kind in _KEPT and _said(entity.model) and entity.kind != "fan"):
            yield entity


def _serial(entity: Entity) -> str:
    serial = bare_serial(entity.serial)
    return "" if is_no_serial(serial) else serial


def _said(text: str) -> str:
    return "" if _NOTHING.fullmatch(text.strip()) else text


def _part(entity: Entity, by_index: Mapping[int, Entity], stacked: bool) -> Part:
    parent = by_index.get(entity.parent) if entity.parent is not None else None
    kind, name = _kind(entity), entity.name or entity.descr
    return Part(
        kind="stack-member" if stacked and entity.kind == "chassis" else kind,
        name=_SENSOR.sub("", name) if entity.kind == "sensor" else name,
        model=_said(entity.model),
        serial=_serial(entity),
        version=_said(entity.software) or _said(entity.firmware) or _said(entity.hardware),
        maker=_said(entity.maker),
        position=(parent.name or parent.descr) if parent else "",
    )


def _kind(entity: Entity) -> str:
    words = f"{entity.name} {entity.descr}"
    cage = entity.kind == "container" and _CAGE.search(words)
    plugged = entity.kind == "port" and not _NO_CAGE.search(words)
    if is_optic(entity) or cage or plugged or (entity.kind == "sensor" and _SENSOR.search(words)):
        return "transceiver"
    return _CALLED.get(entity.kind, entity.kind)
