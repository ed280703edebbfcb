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
# "V1.2.3", or a number of three parts that stands between commas.
_BARE_VERSION = re.compile(r"\bV?(?<![.\d])(\d+\.\d+\.\d+[\w.()-]*)(?=,|$)|\bV(\d+\.\d+[\w.()-]*)", re.IGNORECASE)
_LABELLED = re.compile(
    r"\b(?:model|product|mod|MDL|PID|MN)(?: name)?[:=] ?\(?([A-Za-z][\w/+.-]*\d[\w/+.-]*)|\bmodel: (\d[\w-]{3,})",
    re.IGNORECASE,
)
_NEAR = re.compile(
    r"([A-Za-z]{1,8}[\w/+.]{0,12}-?\d[\w/+.-]{1,24})[ ,:]{1,3}(?:[\w/+-]{1,16} ){0,5}"
    r"(?:switch|router|access point|gateway|firewall|controller|radio|modem|appliance|ethernet|wireless)\b",
    re.IGNORECASE,
)
_NO_VERSION = re.compile(
    r"(?:hardware|hw|fw|boot|rom|kernel|linux|freebsd|bootcode|bootrom|u-boot|bootloader|snmp|mb|platform|board)\W*$",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(r"V?\d+$|V\d|[A-Z]{1,2}\.\d|\w*OS\d*-", re.IGNORECASE)
# Descriptions that are a general system's own: their numbers are the kernel's.
_SYSTEM = re.compile(r"^(?:linux|freebsd|sunos|netbsd|openbsd|darwin|hardware:|windows|vmware)\b", re.IGNORECASE)
_SERIAL = re.compile(
    r"\b(?:S/?N(?![A-Za-z])|serial(?: ?(?:no|number|num))?)[.:#]* ?([A-Z0-9][A-Z0-9-]{5,20})\b", re.IGNORECASE
)


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
    if _NO_MODEL.match(bare):
        pass
    elif len(bare) > 4 and _TOKEN.fullmatch(bare):
        yield Claim("model", bare, 0.4 if maker else 0.36, "plain descr", observation)
    elif found := _LABELLED.search(text):
        yield Claim("model", found[1] or found[2], 0.36, "plain descr", observation)
    elif found := _NEAR.match(bare):
        yield Claim("model", found[1], 0.34, "plain descr", observation)
    yield from (Claim("version", said, sure, "plain descr", observation) for said, sure in _version(text))
    if (found := _SERIAL.search(text)) and any(c.isdigit() for c in found[1]):
        yield Claim("serial", found[1], 0.5, "plain descr", observation)


def _version(text: str) -> Iterator[tuple[str, float]]:
    """The first number that a word, or its form, says is the software's; and how sure that is."""
    for pattern, sure in ((_VERSION, 0.34), (_BARE_VERSION, 0.32)):
        if pattern is _BARE_VERSION and _SYSTEM.search(text):
            return
        for found in pattern.finditer(text):
            if not _NO_VERSION.search(text[: found.start()]) and not found[0].lower().startswith("fw"):
                said = next(group for group in found.groups() if group)
                yield (said if said.count("(") >= said.count(")") else said.rstrip(")")), sure
                return
