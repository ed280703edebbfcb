"""Asks a device for what it keeps in a context for each VLAN: a few at a time, in bounds, saying what is missing."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from probes.transport.snmp_speakers import UNKNOWN_CONTEXT
from probes.vocabulary import Outcome
from probes.wire.rows import EachVlan, Rows

if TYPE_CHECKING:
    from probes.transport.snmp import Session, Walk

Answer = tuple[str | int, ...]
_V3 = " On a Catalyst the SNMPv3 group needs 'context vlan- match prefix'."


async def vlan_by_vlan(session: "Session", each: EachVlan, walk: "Walk") -> tuple["Walk", list[Answer]]:
    """How complete the table is after all, and what was learned besides: rows with their VLAN as a fourth element."""
    listed = await session.walk(each.lists)
    sure, others = each.choose(Rows(walk.rows), Rows(listed.rows))
    found, cut = await _ask(session, each.columns, (*sure, *others))
    reasons = [walk.reason, "" if listed.outcome is Outcome.COMPLETE else listed.reason, cut]
    reasons += _unread(found, sure, session.credential.version == "v3")
    answers: list[Answer] = [(*row, vlan) for vlan in sorted(found) for row in found[vlan].rows]
    if not any(reasons):
        return walk, answers
    return replace(walk, outcome=Outcome.PARTIAL, reason=" ".join(filter(None, reasons))), answers


async def _ask(session: "Session", columns: Sequence[str], vlans: Sequence[int]) -> tuple[dict[int, "Walk"], str]:
    """Each VLAN's walk, as far as the budget goes, and what was cut. The first few VLANs show whether it is of use."""
    budget = session.budget
    found: dict[int, Walk] = {}
    until = min(session.clock() + budget.vlan_seconds, session.deadline)
    asked = vlans[: budget.vlans]
    for first in range(0, len(asked), budget.window):
        if session.clock() >= until or (first and not _answers(found)):
            break
        batch = asked[first : first + budget.window]
        found.update(
            zip(batch, await asyncio.gather(*(session.walk_vlan(columns, vlan) for vlan in batch)), strict=True)
        )
    whole = all(vlan in found and found[vlan].outcome is Outcome.COMPLETE for vlan in asked)
    if session.clock() >= until and not whole:
        return found, f"Its {len(vlans)} VLANs took longer than {budget.vlan_seconds:g} s; the rest was left."
    if len(vlans) > len(asked):
        return found, f"It has {len(vlans)} VLANs; only {len(asked)} were asked for."
    return found, ""


def _lacks_bridge(walk: "Walk") -> bool:
    """A switch keeps no bridge for a VLAN that is on none of its ports; it says so, or is silent."""
    return walk.outcome is Outcome.TIMED_OUT or walk.reason == UNKNOWN_CONTEXT


def _answers(found: Mapping[int, "Walk"]) -> bool:
    return any(walk.rows or walk.outcome is Outcome.COMPLETE for walk in found.values())


def _unread(found: Mapping[int, "Walk"], sure: Sequence[int], v3: bool) -> Iterator[str]:
    """Which VLANs are not known and why, each reason once."""
    if found and not _answers(found):
        why = next(iter(found.values())).reason
        yield f"It does not answer for its VLANs one by one, so most of it is not known: {why}{_V3 if v3 else ''}"
        return
    failed: dict[str, list[str]] = {}
    for vlan, walk in found.items():
        if walk.outcome is not Outcome.COMPLETE and (vlan in sure or not _lacks_bridge(walk)):
            failed.setdefault(walk.reason, []).append(str(vlan))
    yield from (f"VLAN {', '.join(vlans)}: {reason}" for reason, vlans in failed.items())
