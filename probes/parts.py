"""The numbered and replaceable pieces of one thing (ENTITY-MIB): chassis, stack members, modules, supplies, optics."""

from collections.abc import Iterable, Sequence

from probes.facts import is_optic
from probes.identity import is_junk_serial
from probes.seen import Entity, Seen
from probes.vocabulary import Part
from probes.wire.maker_parts import is_of_maker

_KEPT = {"chassis", "module", "powerSupply", "fan", "stack", "cpu", "energyObject", "battery", "storageDrive"}
_CALLED = {"board": "module", "memory": "module", "blade": "module", "frame": "chassis"}


def parts_of(seen: Iterable[Seen]) -> tuple[Part, ...]:
    """Parts in the device's own order. A part has a serial or a model; ports and containers without either are none."""
    entities = sorted((s for s in seen if isinstance(s, Entity)), key=lambda e: e.index)
    stacked = sum(e.kind == "chassis" for e in entities) > 1
    first = {e.serial: e.index for e in reversed(entities)}
    entities = [e for e in entities if not (is_of_maker(e) and e.serial) or first[e.serial] == e.index]
    return tuple(
        _part(entity, entities, stacked)
        for entity in entities
        if _serial(entity) or (entity.kind in _KEPT and entity.model and entity.kind != "fan")
    )


def _serial(entity: Entity) -> str:
    return "" if is_junk_serial(entity.serial) and len(entity.serial) < 3 else entity.serial


def _part(entity: Entity, entities: Sequence[Entity], stacked: bool) -> Part:
    parent = next((e for e in entities if e.index == entity.parent), None)
    kind = "transceiver" if is_optic(entity) else _CALLED.get(entity.kind, entity.kind)
    return Part(
        kind="stack-member" if stacked and entity.kind == "chassis" else kind,
        name=entity.name or entity.descr,
        model=entity.model,
        serial=_serial(entity),
        version=entity.software or entity.firmware or entity.hardware,
        maker=entity.maker,
        position=(parent.name or parent.descr) if parent else "",
    )
