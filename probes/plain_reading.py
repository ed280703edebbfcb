"""What a description says to anyone who reads it, where no maker's rule knows better: model, version, serial."""

import re
from collections.abc import Iterator, Sequence

from probes.claims import Claim
from probes.device_files import Knowledge
from probes.seen import System
from probes.vocabulary import Observation

_TOKEN = re.compile(r"[A-Za-z]{1,8}[-\w/+.]*\d[-\w/+.]*(?: [A-Z0-9+-]{1,6})?")
_VERSION = re.compile(
    r"\b(?:version|ver|rev|revision|v|release|firmware|fw|software|sw)\b[.:,]? ?(?:version |ver |v)?:?"
    r"(\d+(?:\.\d+)+[\w()-]*)",
    re.IGNORECASE,
)
_NO_VERSION = re.compile(r"(?:hardware|hw|boot|rom|kernel|linux|freebsd|bootcode|bootrom)\W*$", re.IGNORECASE)
_SERIAL = re.compile(r"\b(?:S/?N|serial(?: ?(?:no|number|num))?)[.:#]* ?([A-Z0-9][A-Z0-9-]{5,20})\b", re.IGNORECASE)


def plain_claims(observations: Sequence[Observation], known: Knowledge) -> Iterator[Claim]:
    """Weak claims from the words of sysDescr."""
    for observation in observations:
        if isinstance(observation.seen, System) and observation.seen.descr:
            yield from _words(observation, observation.seen.descr, known)


def _words(observation: Observation, descr: str, known: Knowledge) -> Iterator[Claim]:
    text = descr.strip(' "')
    maker = known.named_maker(text)
    bare = text
    while maker and known.named_maker(bare) == maker:
        bare = bare.partition(" ")[2]
    if len(bare) > 4 and _TOKEN.fullmatch(bare):
        yield Claim("model", bare, 0.4 if maker else 0.36, "plain descr", observation)
    if (found := _VERSION.search(text)) and not _NO_VERSION.search(text[: found.start()]):
        yield Claim("version", found[1], 0.34, "plain descr", observation)
    if (found := _SERIAL.search(text)) and any(c.isdigit() for c in found[1]):
        yield Claim("serial", found[1], 0.5, "plain descr", observation)
