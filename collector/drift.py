"""What altered between one look at a site and the next. Pure: the same looks in one order give the same changes."""

from collections.abc import Mapping

from collector.changing import Change
from collector.memory import Memory
from collector.presence import Look, fold_presence
from collector.site_wide import BACKBONE, fold_cables, fold_networks
from probes.vocabulary import Link


def changes(
    memory: Memory, look: Look, links: tuple[Link, ...], entries: Mapping[str, str]
) -> tuple[Memory, tuple[Change, ...]]:
    """The memory after this look, and every change it made certain. `entries`: the report's asset ids to entries.

    The first look of a vantage is what later ones are compared with, and changes nothing.
    """
    held, found = fold_presence(memory, look)
    networks, wireless = fold_networks(memory, look)
    cables, moved = fold_cables(memory, look, links, entries)
    after = memory.model_copy(
        update={
            "night": look.night,
            "looks": memory.looks | {look.vantage: memory.looks.get(look.vantage, 0) + 1},
            "lasts": memory.lasts | {look.vantage: look.night},
            "entries": held,
            "networks": memory.networks | {look.vantage: networks},
            "cables": cables,
        }
    )
    return after, tuple(_once([*found, *wireless, *moved], look))


def _once(found: list[Change], look: Look) -> list[Change]:
    """A cable between two pieces of equipment that moved is one change, not one of the cable and one of each end."""
    equipment = {entry for entry, met in look.met.items() if met.thing.kind in BACKBONE}
    return [change for change in found if change.kind != "moved" or change.entry not in equipment]
