"""Identification as if nobody had ever written a rule for the device: its maker, system and number struck out.

What is left is what Caretaker says of a maker that it has never met, by the standard MIBs, the registry of enterprise
numbers and the words of descriptions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from agent.measuring_dumps import Dump, Row
from agent.measuring_identity import COLUMNS, known_of, marks_of
from agent.measuring_marks import Mark, columns_table, plain
from probes.device_files import DeviceFile, Knowledge, Rule, is_under, knowledge
from probes.enterprises import enterprise_of
from probes.seen import System

_ENTERPRISES = "1.3.6.1.4.1"


def stranger_marks(dumps: Sequence[Dump], truth: Mapping[str, Row]) -> tuple[list[Mark], list[Mark]]:
    """Marks as of `marks_of`, each device identified without what is known of its own maker, system and number."""
    less: dict[tuple[str, str, str], Knowledge] = {}
    known = []
    for dump in dumps:
        row = truth.get(dump.path.name, {})
        number = next((n for _, one in dump.seen if isinstance(one, System) and (n := enterprise_of(one.object_id))), 0)
        tree = f"{_ENTERPRISES}.{number}" if number else ""
        key = (row.get("vendor", ""), row.get("os", ""), tree)
        if key not in less:
            less[key] = without(knowledge(), _spellings(row), row.get("os", ""), tree)
        known.append(known_of(replace(dump, known=less[key]), row))
    return marks_of(known, truth)


def _spellings(row: Row) -> frozenset[str]:
    names = (row.get("vendor", ""), *row.get("vendor_alt", "").split("|"))
    return frozenset(plain(name) for name in names if name)


def without(known: Knowledge, makers: frozenset[str], system: str, tree: str) -> Knowledge:
    """The knowledge less these makers' files, rules and names, all of one system, and all under one number's tree."""
    kept = (one for one in known.files if plain(one.maker) not in makers)
    return Knowledge(_less(one, makers, system, tree) for one in kept)


def _less(one: DeviceFile, makers: frozenset[str], system: str, tree: str) -> DeviceFile:
    def stranger(oid: str) -> bool:
        return not tree or not is_under(oid, tree)

    def number_kept(number: int) -> bool:
        return f"{_ENTERPRISES}.{number}" != tree

    return one.model_copy(
        update={
            "rules": tuple(rule for rule in one.rules if not _speaks_of(rule, makers, system, tree)),
            "families": {
                oid: f for oid, f in one.families.items() if stranger(oid) and not (system and f.os == system)
            },
            "oids": tuple(ask for ask in one.oids if all(map(stranger, ask.under))),
            "models": {oid: model for oid, model in one.models.items() if stranger(oid)},
            "numbers": {number: maker for number, maker in one.numbers.items() if number_kept(number)},
            "enterprises": tuple(filter(number_kept, one.enterprises)),
            "makers": {name: more for name, more in one.makers.items() if plain(name) not in makers},
        }
    )


def _speaks_of(rule: Rule, makers: frozenset[str], system: str, tree: str) -> bool:
    wanted = rule.when.get("object_id", ())
    oids = (wanted,) if isinstance(wanted, str) else wanted
    under = bool(tree) and any(is_under(oid, tree) for oid in oids)
    return under or plain(rule.maker) in makers or bool(system and rule.os == system)


def stranger_tables(full: Sequence[Mark], thin: Sequence[Mark]) -> Iterator[str]:
    """The tables of the devices recorded in full, and of those with sysDescr and sysObjectID alone."""
    yield from (f"### {len({m.name for m in full})} devices recorded beyond sysDescr and sysObjectID, as strangers", "")
    yield from (*columns_table(full, COLUMNS), "")
    yield from (f"### {len({m.name for m in thin})} with sysDescr and sysObjectID alone, as strangers", "")
    yield from (*columns_table(thin, COLUMNS), "")
