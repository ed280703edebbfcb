"""Named exceptions for devices that lie about themselves: claims that are not to be believed."""

from collections.abc import Callable, Mapping, Sequence

from probes.claims import Claim
from probes.evidence import Evidence

Quirk = Callable[[Claim, Mapping[str, Sequence[Evidence]]], bool]


def _says(found: Mapping[str, Sequence[Evidence]], field: str, words: str) -> bool:
    return any(words in evidence.text.lower() for evidence in found.get(field, ()))


def shares_net_snmp(claim: Claim, found: Mapping[str, Sequence[Evidence]]) -> bool:
    """Appliances on net-snmp carry its sysObjectID (enterprise 8072): that names the agent, never the maker."""
    return claim.field == "maker" and claim.source == "object_id" and claim.value.lower() in ("net-snmp", "ucd-snmp")


QUIRKS: tuple[Quirk, ...] = (shares_net_snmp,)


def without_lies(claims: Sequence[Claim], found: Mapping[str, Sequence[Evidence]]) -> list[Claim]:
    """The claims that no quirk disbelieves."""
    return [claim for claim in claims if not any(quirk(claim, found) for quirk in QUIRKS)]
