"""Which maker a MAC address's prefix was assigned to: the longest of the IEEE's /36, /28 and /24 blocks.

The table itself is read at run time in the packet process (scapy carries one); "oui.lookup" answers are
`[MAC, maker]`. Nothing of the table is kept in this repository.
"""

from collections.abc import Callable, Iterator, Mapping

from probes.canonical import clean, is_private_mac, mac_text
from probes.errors import Undecodable
from probes.seen import MacMaker, Seen
from probes.vocabulary import Recording

_LENGTHS = (9, 7, 6)


def longest_prefix(mac: str, table: Mapping[str, str]) -> str:
    """The maker of a MAC from a table keyed by hex digits without colons (6, 7 or 9 of them), or an empty string.

    A locally administered, group or malformed MAC has no maker.
    """
    text = mac_text(mac)
    if text is None or is_private_mac(text) or int(text[:2], 16) & 1:
        return ""
    return next((table[prefix] for prefix in prefixes(text) if prefix in table), "")


def prefixes(mac: str) -> tuple[str, ...]:
    """The hex digits of the blocks that a MAC may be in, the longest first; none for a malformed MAC."""
    digits = (mac_text(mac) or "").replace(":", "")
    return tuple(digits[:length] for length in _LENGTHS) if digits else ()


class Makers:
    """The makers of one night's MAC addresses, as the packet process looked them up."""

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._pairs = dict(pairs)

    @classmethod
    def from_recording(cls, recording: Recording) -> "Makers":
        """The makers in an "oui.lookup" recording. Raises Undecodable."""
        return cls({seen.mac: seen.maker for seen in decode(recording)})

    def maker_of(self, mac: str) -> str:
        """The maker of this MAC, or an empty string when it has none or was not looked up."""
        text = mac_text(mac)
        return "" if text is None else self._pairs.get(text, "")

    def __len__(self) -> int:
        return len(self._pairs)


def decode(recording: Recording) -> Iterator[MacMaker]:
    """Each MAC with its maker; private and unknown ones are left out. Raises Undecodable."""
    for answer in recording.answers:
        if not (isinstance(answer, list | tuple) and len(answer) == 2 and all(isinstance(v, str) for v in answer)):
            raise Undecodable("An answer of oui.lookup is not a MAC and a maker.")
        mac, maker = mac_text(answer[0]), clean(answer[1])
        if mac and maker and not is_private_mac(mac):
            yield MacMaker(mac, maker)


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"oui.lookup": decode}
