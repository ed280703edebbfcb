"""Who an enterprise number below 1.3.6.1.4.1 was assigned to by IANA: a maker for what no device file knows.

The registry is read at run time from nmap's copy of it; "number.lookup" answers are `[number, holder]`. Nothing of the
registry is kept in this repository.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from probes.canonical import clean
from probes.claims import Claim
from probes.errors import Undecodable
from probes.seen import Entity, NumberHolder, Seen, System
from probes.vocabulary import Observation, Recording

_PREFIX = re.compile(r"\.?1\.3\.6\.1\.4\.1\.(\d{1,9})\b")
# Agents and chips that many makers build in: their numbers say nothing of who made the device.
_BUILT_IN = frozenset({311, 1575, 2021, 4413, 6603, 8072, 9400, 12325, 14851, 26381})
_FORMER = re.compile(r"\([^)]*\)|\bprevious(?:ly)?\b.*", re.IGNORECASE)
_LEGAL = re.compile(
    r"[,.]? *\b(?:inc|incorporated|ltd|limited|corp|corporation|co|gmbh|ag|llc|lp|plc|kg|oy|oyj|ab|as|a/s|sa|srl|spa|"
    r"sro|bv|nv|pty|pte|sarl|sas|aps|company|[a-z]\.[a-z](?:\.[a-z])?)\b\.?",
    re.IGNORECASE,
)
_TRADE = re.compile(
    r"[ ,&]*\b(?:and )?(?:networks?|networking|technolog(?:y|ies)|communications?|systems?|electronics?|computers?|"
    r"international|group|telecom(?:munications?)?|products?|software|labs?|laboratories|solutions?|industries|"
    r"instruments?|engineering|wireless|devices?|hardware|elektronik|enterprises?|holdings?|power|data|deutschland|"
    r"usa|america|europe|uk|japan|korea|china)[ ,.]*$",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"^(?:the|hangzhou|shenzhen|beijing|wuhan|guangzhou|guangdong|shanghai|nanjing|chengdu) ", re.IGNORECASE
)
# First words of holders' names that name nobody by themselves.
_NOBODY = frozenset({
    "american", "applied", "advanced", "china", "cyber", "data", "digital", "embedded", "european", "extended",
    "first", "general", "global", "innovative", "institute", "integrated", "national", "network", "nippon",
    "open", "pacific", "power", "rapid", "research", "server", "snmp", "standard", "telecom", "united",
    "universal", "university", "western",
})  # fmt: skip


def enterprise_of(object_id: str) -> int | None:
    """The enterprise number that a sysObjectID is under (RFC 3418), or None when it names no maker's own."""
    found = _PREFIX.match(object_id)
    number = int(found[1]) if found else 0
    return number if number and number not in _BUILT_IN else None


def decode(recording: Recording) -> Iterator[NumberHolder]:
    """Each number with its holder. Raises Undecodable."""
    for answer in recording.answers:
        match answer:
            case [int(number), str(name)] if number > 0:
                yield NumberHolder(number, clean(name))
            case _:
                raise Undecodable("An answer of number.lookup is not a number and a name.")


def trade_name(holder: str) -> str:
    """A holder's name without its legal form and the words that every such firm's name ends with."""
    name = _PLACE.sub("", _LEGAL.sub("", _FORMER.sub("", holder))).strip(" ,.&-")
    while (shorter := _TRADE.sub("", name).strip(" ,.&-")) != name and shorter:
        name = shorter
    return name


def holder_claims(observations: Sequence[Observation]) -> Iterator[Claim]:
    """The maker by its number: believed when the device says the name too, weakly when it is one telling word."""
    said = " ".join(_texts(observations)).lower()
    for observation in observations:
        if isinstance(observation.seen, NumberHolder):
            name = trade_name(observation.seen.name)
            first = name.partition(" ")[0]
            believed = next((word for word in (name, first) if len(word) > 3 and _says(said, word)), "")
            if believed:
                yield Claim("holder", believed, 0.55, "number holder", observation)
            elif name == first and len(name) > 3 and name.lower() not in _NOBODY:
                yield Claim("holder", name, 0.4, "number holder", observation)


def _texts(observations: Sequence[Observation]) -> Iterator[str]:
    for observation in observations:
        match observation.seen:
            case System() as system:
                yield from (system.descr, system.name)
            case Entity() as entity:
                yield from (entity.maker, entity.descr)


def _says(text: str, name: str) -> bool:
    return name.lower() not in _NOBODY and re.search(rf"\b{re.escape(name.lower())}\b", text) is not None


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"number.lookup": decode}
