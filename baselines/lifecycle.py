"""When a maker stops supporting a model or a version: hand-kept dates, each with its source; unknown stays unknown."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path

from pydantic import ValidationError

from baselines.datafile import read_yaml
from probes.errors import BadInput
from probes.vocabulary import Asset, Kind, Noun

SHIPPED = Path(__file__).parent / "lifecycle.yaml"
_FRESH = timedelta(days=400)


class SupportEnd(Noun):
    """Until when a model or version has its maker's security fixes.

    `maker`, `model` and `software` are regular expressions; `software` is matched against "os version"; `kinds` narrows
    to kinds of device. `ends` is the last day of the longest supported edition, `ends_early` of the shortest; None with
    `supported_on` means that no end was announced on that day. `at_latest` says that `ends` may be later than it was.
    """

    what: str
    maker: str = ""
    model: str = ""
    software: str = ""
    kinds: tuple[Kind, ...] = ()
    ends: date | None = None
    ends_early: date | None = None
    supported_on: date | None = None
    at_latest: bool = False
    source: str

    def matches(self, asset: Asset) -> bool:
        """Whether every expression that this entry has is found in the asset; an entry without any matches nothing."""
        software = f"{asset.os} {asset.version}".strip()
        pairs = ((self.maker, asset.maker), (self.model, asset.model), (self.software, software))
        asked = [(pattern, text) for pattern, text in pairs if pattern]
        if self.kinds and asset.kind not in self.kinds:
            return False
        return bool(asked) and all(text and re.search(pattern, text, re.IGNORECASE) for pattern, text in asked)

    def supported(self, on: date) -> bool | None:
        """True or False on a date; None when the data do not say (an edition's difference, or data grown old)."""
        if self.ends is None:
            return True if self.supported_on and on <= self.supported_on + _FRESH else None
        if on > self.ends:
            return False
        return None if self.ends_early and on > self.ends_early else True


def load_lifecycle(path: Path = SHIPPED) -> tuple[SupportEnd, ...]:
    """The table. Raises BadInput naming the file, the entry and the key when something is wrong."""
    entries = []
    for number, raw in enumerate(read_yaml(path)["entries"], 1):
        try:
            entry = SupportEnd.model_validate(raw)
            for pattern in (entry.maker, entry.model, entry.software):
                re.compile(pattern)
        except (ValidationError, re.error) as error:
            name = raw.get("what", number) if isinstance(raw, dict) else number
            raise BadInput(f"{path.name}: entry {name}: {_first(error)}") from None
        entries.append(entry)
    return tuple(entries)


def _first(error: ValidationError | re.error) -> str:
    if isinstance(error, re.error):
        return f"not a regular expression: {error}"
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


@cache
def shipped() -> tuple[SupportEnd, ...]:
    """The table that comes with Caretaker."""
    return load_lifecycle()


def support_by_shipped(asset: Asset, on: date) -> SupportEnd | None:
    """`support_of` with the table that comes with Caretaker; a school's many equal computers are looked up once."""
    return _looked_up(asset.kind, asset.maker, asset.model, asset.os, asset.version, on)


@lru_cache(maxsize=4096)
def _looked_up(kind: Kind, maker: str, model: str, os: str, version: str, on: date) -> SupportEnd | None:
    return support_of(Asset(id="", kind=kind, maker=maker, model=model, os=os, version=version), shipped(), on)


def support_of(asset: Asset, table: Sequence[SupportEnd], on: date) -> SupportEnd | None:
    """The entry that decides about an asset: one that has ended before one that has not; None when nothing is known."""
    found = [entry for entry in table if entry.matches(asset)]
    ended = [e for e in found if e.supported(on) is False]
    known = ended or [e for e in found if e.supported(on)] or found
    return min(known, key=lambda e: (e.ends or date.max, e.what), default=None)
