"""One night's recordings become one sealed report: understood, judged, put together. Pure but for its arguments."""

import platform
from collections.abc import Sequence
from datetime import date, datetime
from importlib.metadata import version

from agent.config import Config
from baselines.judge import judge
from baselines.vocabulary import AgentInfo, Night, Report, Standard, Versions
from probes.picture import picture
from probes.registry import DECODERS
from probes.vocabulary import Picture, Recording

DISTRIBUTION = "school-caretaker"


def caretaker_version() -> str:
    """The version of the installed distribution."""
    return version(DISTRIBUTION)


def understand(recordings: Sequence[Recording], config: Config, scopes: Sequence[str], on: date) -> Picture:
    """What the recordings say, through the same fold that a replay uses."""
    return picture(recordings, DECODERS, on, site=config.site, scopes=tuple(scopes))


def night_of(seen: Picture, config: Config, on: date) -> Night:
    """What the judge may look at."""
    return Night(
        site=config.site,
        vantage=config.agent.vantage,
        on=on,
        assets=seen.assets,
        links=seen.links,
        line=seen.line,
        filtering=seen.filtering,
        dhcp=seen.dhcp,
        coverage=seen.coverage,
    )


def compose(
    recordings: Sequence[Recording],
    config: Config,
    scopes: Sequence[str],
    agent_id: str,
    standards: Sequence[Standard],
    stopped_early: bool = False,
) -> Report:
    """The unsealed report of these recordings. The night's date is the date on which it ended."""
    started, ended = _span(recordings)
    on = ended.date()
    seen = understand(recordings, config, scopes, on)
    return Report(
        site=config.site,
        agent=AgentInfo(id=agent_id, name=config.agent.name, vantage=config.agent.vantage),
        scopes=tuple(scopes),
        night=on,
        started=started,
        ended=ended,
        stopped_early=stopped_early,
        versions=_versions(standards),
        assets=seen.assets,
        links=seen.links,
        findings=judge(night_of(seen, config, on), standards),
        line=seen.line,
        filtering=seen.filtering,
        dhcp=seen.dhcp,
        coverage=seen.coverage,
        blind_spots=seen.blind_spots,
        private_devices=seen.private_devices,
    )


def _span(recordings: Sequence[Recording]) -> tuple[datetime, datetime]:
    return min(r.started for r in recordings), max(r.ended for r in recordings)


def _versions(standards: Sequence[Standard]) -> Versions:
    return Versions(
        caretaker=caretaker_version(),
        python=platform.python_version(),
        standards={standard.id: standard.edition for standard in standards},
    )
