"""The fold: one night's recordings become assets, links, measurements, coverage and blind spots. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

from probes.assets import assets_of
from probes.blind_spots import blind_spots_of
from probes.errors import Undecodable
from probes.seen import DhcpServer, FilterAnswer, LineSample, Seen
from probes.sightings import order
from probes.vocabulary import (
    Coverage,
    DhcpOffer,
    FilterCheck,
    LineMeasure,
    Observation,
    Outcome,
    Picture,
    Recording,
)

Decode = Callable[[Recording], Iterator[Seen]]
# What a partial or garbled answer said is true as far as it goes, but it may be half of the truth.
_PARTIAL = 0.5


class Site(Protocol):
    """What the picture needs of what a person says of the site (baselines' Site has it)."""

    @property
    def dhcp_servers(self) -> Sequence[str]:
        """Addresses of the DHCP servers that the site runs."""


def picture(
    recordings: Sequence[Recording],
    decoders: Mapping[str, Decode],
    on: date,
    *,
    scopes: Sequence[str] = (),
    site: Site | None = None,
) -> Picture:
    """Everything that one night's recordings say. A recording that cannot be decoded is coverage all the same.

    `on` is the night's date. `site` is what a person says of it; with no DHCP server named, `authorised` is None.
    """
    observations: list[Observation] = []
    coverage: list[Coverage] = []
    outcomes: dict[tuple[str, str, str], Outcome] = {}
    for recording in recordings:
        seen, entry = _decoded(recording, decoders.get(recording.probe))
        observations += seen
        coverage.append(entry)
        slot = (recording.probe, recording.target, recording.vantage)
        outcomes[slot] = _worse(outcomes.get(slot, Outcome.COMPLETE), entry.outcome)
    observations = set_of(observations)
    coverage.sort(key=lambda c: (c.probe, c.target, c.vantage, c.at.isoformat(), c.outcome, c.reason))
    register = assets_of(observations, _weigher(outcomes), scopes)
    return Picture(
        assets=register.assets,
        links=register.links,
        line=_line(observations),
        filtering=_filtering(observations),
        dhcp=_dhcp(observations, site.dhcp_servers if site else ()),
        coverage=tuple(coverage),
        blind_spots=blind_spots_of(register.assets, register.links, coverage, observations, scopes),
        private_devices=register.private_devices,
    )


def set_of(observations: Sequence[Observation]) -> list[Observation]:
    """Observations each once, in order; records that hold mappings cannot be hashed, so their words are compared."""
    unique = {order(o): o for o in observations}
    return [unique[words] for words in sorted(unique)]


def _decoded(recording: Recording, decode: Decode | None) -> tuple[list[Observation], Coverage]:
    seen: list[Observation] = []
    outcome, reason = recording.outcome, recording.reason
    if decode is None and recording.answers:
        outcome, reason = Outcome.SKIPPED, f"no decoder for {recording.probe}"
    try:
        for one in decode(recording) if decode else ():
            seen.append(Observation(recording.probe, recording.target, recording.vantage, recording.ended, one))
    except Undecodable as error:
        outcome, reason = Outcome.GARBLED, str(error)
    entry = Coverage(
        probe=recording.probe,
        target=recording.target,
        vantage=recording.vantage,
        at=recording.ended,
        outcome=outcome,
        reason=reason,
        rows=len(seen),
    )
    return seen, entry


_BADNESS = (Outcome.COMPLETE, Outcome.SKIPPED, Outcome.REFUSED, Outcome.TIMED_OUT, Outcome.PARTIAL, Outcome.GARBLED)


def _worse(a: Outcome, b: Outcome) -> Outcome:
    return max(a, b, key=_BADNESS.index)


def _weigher(outcomes: Mapping[tuple[str, str, str], Outcome]) -> Callable[[Observation], float]:
    def weigh(observation: Observation) -> float:
        outcome = outcomes.get((observation.probe, observation.target, observation.vantage), Outcome.COMPLETE)
        return 1.0 if outcome == Outcome.COMPLETE else _PARTIAL

    return weigh


def _line(observations: Sequence[Observation]) -> tuple[LineMeasure, ...]:
    names = ("endpoint", "route", "egress", "down_mbps", "up_mbps", "latency_ms", "jitter_ms", "loss_percent",
             "loaded_ms", "nic_mbps", "reason")  # fmt: skip
    return tuple(
        LineMeasure(at=o.at, **{name: getattr(o.seen, name) for name in names})
        for o in observations
        if isinstance(o.seen, LineSample)
    )


def _filtering(observations: Sequence[Observation]) -> tuple[FilterCheck, ...]:
    names = ("resolver", "name", "category", "expected", "verdict", "answers", "reason")
    return tuple(
        FilterCheck.model_validate({"at": o.at, "vantage": o.vantage} | {name: getattr(o.seen, name) for name in names})
        for o in observations
        if isinstance(o.seen, FilterAnswer)
    )


def _dhcp(observations: Sequence[Observation], named: Sequence[str]) -> tuple[DhcpOffer, ...]:
    """Each DHCP server once a vantage, with what it hands out."""
    found: dict[tuple[str, str, str], DhcpOffer] = {}
    for o in observations:
        if isinstance(o.seen, DhcpServer):
            s = o.seen
            found.setdefault(
                (o.vantage, s.ip, s.mac),
                DhcpOffer(at=o.at, vantage=o.vantage, server=s.ip, mac=s.mac, router=s.router, dns=s.dns,
                          domain=s.domain, authorised=s.ip in named if named else None),
            )  # fmt: skip
    return tuple(found[slot] for slot in sorted(found))
