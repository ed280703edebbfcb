"""Short descriptions read whole: a product's name, and after it, set apart, the version of what runs on it."""

import re
from collections.abc import Iterator, Sequence

from probes.claims import Claim
from probes.device_files import Knowledge
from probes.seen import System
from probes.vocabulary import Observation

# What ends the product's name: a version with its word, a number of three parts, a part set apart by a mark.
_END = re.compile(
    r"\s*(?:[,;|(\[]|\s-\s|\s/\s|\bs/?n\b|\b(?:version|vers|ver|rev|release|firmware|software|fw|sw)\b[ .:]*v?\d"
    r"|\bver\.?\d|\bv\.?\d+\.|(?<![\w.])r?\d+\.\d+\.\d)",
    re.IGNORECASE,
)
_VERSION = re.compile(r"(?<![\w.:/-])[vV]?(\d{1,4}(?:\.\d{1,6}){2,4}[\w-]{0,12})(?![\w.:/])")
_WORD_VERSION = re.compile(r"\b(?:version|vers|ver|fw|firmware|sw|rel)[.:]? ?v?(\d+\.[\w.-]{1,20})", re.IGNORECASE)
# A count of ports, a transmitter's name for its listeners, a radio's mode, a bare version, an agent.
_NO_PRODUCT = re.compile(
    r"^\d+[- ]ports?\b|^v?\d+$|\b(?:tx|rx|snmp\w*|\d*v2c|mode|\w*_\d+q\w+|service|interface|test|onefs)\b|_\d+_|\d{6,}|"
    r"802\.11|[\\\[=]",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"^(?:pfsense|opnsense|truenas|routeros|linux|freebsd|netbsd|openbsd|sunos|darwin|windows|hardware:|unix|hp-ux|aix|"
    r"vmware|cisco ios|snmp|embedded|"
    r"device|system|unknown|generic|net-snmp|http|copyright)\b|\boperating system\b|\bagent\b|\bkernel\b",
    re.IGNORECASE,
)
_NO_VERSION_BEFORE = re.compile(
    r"(?:hardware|hw|boot\w*|rom|kernel|linux|freebsd|vxworks|smp)\W{0,3}\w*\W*$", re.IGNORECASE
)
_FIRM_WORDS = re.compile(r"^(?:networks?|technologies|systems?|communications?|corporation|inc\.?) ", re.IGNORECASE)
# Words after a product's name that say what it is.
_KIND_WORDS = re.compile(
    r"(?:\s(?:managed|gigabit|fast|poe|l[23]|ethernet|optical|catv|network|wireless|cloud|smart|device|switch|router|ap|"
    r"receiver|transmitter|gateway|firewall|series|hardware))+$",
    re.IGNORECASE,
)
LONGEST, MOST_WORDS = 36, 5


def segment_claims(observations: Sequence[Observation], known: Knowledge) -> Iterator[Claim]:
    """Weak claims from a sysDescr that is a product's name with a version; their fields are "plain model" and so on."""
    for observation in observations:
        if isinstance(observation.seen, System) and observation.seen.descr:
            text = observation.seen.descr.strip(' "=;\\\t')
            if name := _without_maker(product_in(text), known):
                yield Claim("plain model", name, 0.33, "plain descr", observation)
            if version := version_in(text):
                yield Claim("plain version", version, 0.31, "plain descr", observation)


def _without_maker(name: str, known: Knowledge) -> str:
    maker, bare = known.named_maker(name), name
    while maker and known.named_maker(bare) == maker:
        bare = _FIRM_WORDS.sub("", bare.partition(" ")[2])
    return bare if any(c.isdigit() for c in bare) else name


def product_in(text: str) -> str:
    """The name that a description begins with, when it is short and holds a digit; "" otherwise."""
    found = _END.search(text)
    name = _KIND_WORDS.sub("", (text[: found.start()] if found else text).strip(" ,;:-_="))
    words = name.split()
    short = 3 < len(name) <= LONGEST and len(words) <= MOST_WORDS and any(c.isdigit() for c in name)
    # "Room 12 sensor" is somebody's own name for it: a product's words are written large.
    short = short and all(word[:1].isupper() or any(c.isdigit() for c in word) for word in words)
    return name if short and not _NO_NAME.search(text[:60]) and not _NO_PRODUCT.search(name) else ""


def version_in(text: str) -> str:
    """The one number of three parts or more, or the first that a word introduces; never a kernel's or a board's."""
    if _NO_NAME.search(text[:60]):
        return ""
    numbers = {m[1]: m for m in _VERSION.finditer(text) if not _NO_VERSION_BEFORE.search(text[: m.start()])}
    if len(numbers) == 1:
        return next(iter(numbers))
    worded = (m for m in _WORD_VERSION.finditer(text) if not _NO_VERSION_BEFORE.search(text[: m.start()]))
    return next((m[1] for m in worded), "") if not numbers else ""
