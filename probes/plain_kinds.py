"""What kind of thing it is where no rule knows its maker: by the words of its description, and by what it does."""

import re
from collections.abc import Iterator, Sequence

from probes.claims import Claim
from probes.seen import BridgePort, Entity, FdbEntry, ManagedAp, PoePort, Radio, Stp, StpPort, System
from probes.vocabulary import Kind, Observation

# The first that matches a description names its kind; words that several kinds use come last and count less.
_WORDS: tuple[tuple[Kind, float, str], ...] = (
    ("printer", 0.5, r"printers?|mfp|multifunction|laserjet|print server|copier"),
    ("ups", 0.5, r"ups|uninterruptible power"),
    ("wlc", 0.5, r"(?:wireless|wlan|wi-?fi|mobility) (?:lan )?controller|wlc"),
    ("firewall", 0.5, r"firewall|utm|security (?:appliance|gateway)|ngfw"),
    ("camera", 0.5, r"ip ?cam(?:era)?|network camera|video recorder|nvr|dvr"),
    ("nas", 0.45, r"nas|network[- ]attached storage|storage (?:system|array|appliance)"),
    ("phone", 0.45, r"ip ?phone|voip phone|sip phone"),
    ("ap", 0.4, r"access point|wireless ap|wi-?fi ap"),
    ("switch", 0.45, r"switch|l[23] (?:gigabit|managed)|gigabit ethernet switch"),
    ("router", 0.35, r"router|routing engine|cpe|gateway"),
    ("server", 0.35, r"bmc|hypervisor|management controller|lights-out"),
)
_PATTERNS = tuple((kind, sure, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for kind, sure, words in _WORDS)
_NO_NAME = re.compile(
    r"virtual switch|switch(?:ed|ing) (?:rack )?(?:pdu|cdu|power|mode|outlet)|transfer switch", re.IGNORECASE
)
# So many ports that bridge, learn addresses, take part in a spanning tree or feed power make a switch.
_MANY_PORTS = 6


def kind_claims(observations: Sequence[Observation]) -> Iterator[Claim]:
    """Weak claims of the kind, for a thing of which nothing else says it; their field is "plain kind"."""
    for observation in observations:
        for text in _descriptions(observation):
            if found := _kind_in(text):
                yield Claim("plain kind", found[0], found[1], "plain descr", observation)
    yield from _does(observations)


def _descriptions(observation: Observation) -> Iterator[str]:
    match observation.seen:
        case System(descr=descr):
            yield descr
        case Entity(kind="chassis" | "stack", descr=descr):
            yield descr


def _kind_in(text: str) -> tuple[Kind, float] | None:
    bare = _NO_NAME.sub("", text)
    return next(((kind, sure) for kind, sure, words in _PATTERNS if words.search(bare)), None)


def _does(observations: Sequence[Observation]) -> Iterator[Claim]:
    """A controller manages access points, an access point has radios, a switch bridges between many ports."""
    radios = [o for o in observations if isinstance(o.seen, Radio)]
    served = {o.seen.ap for o in radios if isinstance(o.seen, Radio)}
    manages = [o for o in observations if isinstance(o.seen, ManagedAp)] or (radios if len(served) > 1 else [])
    ports = {_port(o): o for o in observations if isinstance(o.seen, BridgePort | FdbEntry | StpPort | PoePort)}
    if manages:
        yield Claim("plain kind", "wlc", 0.5, "managed", manages[0])
    elif radios:
        yield Claim("plain kind", "ap", 0.42, "radios", radios[0])
    elif len(ports) >= _MANY_PORTS:
        yield Claim("plain kind", "switch", 0.45, "ports", min(ports.values(), key=lambda o: repr(o.seen)))
    elif stp := next((o for o in observations if isinstance(o.seen, Stp)), None):
        yield Claim("plain kind", "switch", 0.32, "spanning tree", stp)


def _port(observation: Observation) -> str:
    return f"{type(observation.seen).__name__} {getattr(observation.seen, 'port', '')}"
