"""Named exceptions for devices that lie about themselves: claims that are not to be believed."""

from collections.abc import Callable, Mapping, Sequence

from probes.claims import Claim
from probes.evidence import Evidence

Quirk = Callable[[Claim, Mapping[str, Sequence[Evidence]]], bool]


def shares_net_snmp(claim: Claim, found: Mapping[str, Sequence[Evidence]]) -> bool:
    """Appliances on net-snmp carry its sysObjectID (enterprise 8072): that names the agent, never the maker."""
    return claim.field == "maker" and claim.source == "object_id" and claim.value.lower() in ("net-snmp", "ucd-snmp")


def lists_its_printers(claim: Claim, found: Mapping[str, Sequence[Evidence]]) -> bool:
    """Windows and net-snmp hosts list the printers they print to among their own devices (HOST-RESOURCES)."""
    hosts = ("1.3.6.1.4.1.311.", "1.3.6.1.4.1.8072.", "1.3.6.1.4.1.2021.")
    return claim.source in ("printer", "Printer") and any(e.text.startswith(hosts) for e in found.get("object_id", ()))


QUIRKS: tuple[Quirk, ...] = (shares_net_snmp, lists_its_printers)


def without_lies(claims: Sequence[Claim], found: Mapping[str, Sequence[Evidence]]) -> list[Claim]:
    """The claims that no quirk disbelieves."""
    return [claim for claim in claims if not any(quirk(claim, found) for quirk in QUIRKS)]
