"""Named exceptions for devices that lie about themselves: what is not to be believed, and what must be guessed."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from probes.claims import Claim
from probes.evidence import Evidence
from probes.seen import Interface
from probes.vocabulary import Observation

Quirk = Callable[[Claim, Mapping[str, Sequence[Evidence]]], bool]


def shares_net_snmp(claim: Claim, found: Mapping[str, Sequence[Evidence]]) -> bool:
    """Appliances on net-snmp carry its sysObjectID (enterprise 8072): that names the agent, never the maker."""
    return claim.field == "maker" and claim.source == "object_id" and claim.value.lower() in ("net-snmp", "ucd-snmp")


def lists_its_printers(claim: Claim, found: Mapping[str, Sequence[Evidence]]) -> bool:
    """Windows and net-snmp hosts list the printers they print to among their own devices (HOST-RESOURCES)."""
    hosts = ("1.3.6.1.4.1.311.", "1.3.6.1.4.1.8072.", "1.3.6.1.4.1.2021.")
    return claim.source in ("printer", "Printer") and any(e.text.startswith(hosts) for e in found.get("object_id", ()))


QUIRKS: tuple[Quirk, ...] = (shares_net_snmp, lists_its_printers)


_AXIS_MACS = ("00:40:8c", "ac:cc:8e", "b8:a4:4f", "e8:27:25")


def axis_serial(observations: Sequence[Observation]) -> Iterator[Claim]:
    """Axis prints the MAC address as the serial number, and has no object that says so on most cameras."""
    for observation in observations:
        match observation.seen:
            case Interface(mac=str(mac)) if mac.startswith(_AXIS_MACS):
                yield Claim("serial", mac.replace(":", "").upper(), 0.7, "axis mac", observation)
                return


def without_lies(claims: Sequence[Claim], found: Mapping[str, Sequence[Evidence]]) -> list[Claim]:
    """The claims that no quirk disbelieves."""
    return [claim for claim in claims if not any(quirk(claim, found) for quirk in QUIRKS)]
