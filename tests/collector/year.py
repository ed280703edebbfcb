"""A year of nights from one report: the same school, each night under its own date, sealed and taken in as usual."""

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from baselines.seal import seal
from baselines.vocabulary import Report
from collector.intake import take
from collector.sites import Agent
from collector.store import Store

DATED = frozenset({"at", "started", "ended", "night"})
Alter = Callable[[int, Report], Report]


def on_date(report: Report, night: date) -> Report:
    """The report as if it had been made on that night: only when things were seen moves, not what was seen."""
    words = json.loads(report.model_copy(update={"seal": None}).model_dump_json())
    return Report.model_validate(_shift(words, night - report.night))


def _shift(words: Any, by: timedelta) -> Any:
    if isinstance(words, list):
        return [_shift(word, by) for word in words]
    if not isinstance(words, dict):
        return words
    return {name: _later(value, by) if name in DATED else _shift(value, by) for name, value in words.items()}


def _later(value: Any, by: timedelta) -> Any:
    if not isinstance(value, str):
        return _shift(value, by)
    if len(value) == len("2026-09-07"):
        return (date.fromisoformat(value) + by).isoformat()
    return (datetime.fromisoformat(value) + by).isoformat()


def sealed_nights(
    report: Report, key: Ed25519PrivateKey, first: date, nights: int, alter: Alter | None = None, sequence: int = 1
) -> Iterator[Report]:
    """One sealed report a night from `first`, chained, with `alter(number, report)` between dating and sealing."""
    previous = ""
    for number in range(nights):
        made = on_date(report, first + timedelta(days=number))
        made = seal(alter(number, made) if alter is not None else made, key, sequence + number, previous)
        assert made.seal is not None
        previous = made.seal.sha256
        yield made


def replay_year(
    store: Store,
    agent: Agent,
    report: Report,
    key: Ed25519PrivateKey,
    first: date,
    *,
    nights: int = 365,
    alter: Alter | None = None,
    sequence: int = 1,
) -> None:
    """Take a year of nights in, each on the morning after it."""
    for made in sealed_nights(report, key, first, nights, alter, sequence):
        body = gzip.compress(made.model_dump_json().encode(), compresslevel=1, mtime=0)
        morning = datetime.combine(made.night, datetime.min.time()) + timedelta(hours=5)
        take(store, agent, body, morning)
