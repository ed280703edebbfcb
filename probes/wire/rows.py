"""What an SNMP walk brought back, as columns; and what an SNMP table is to Caretaker."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probes.canonical import clean, mac_text
from probes.seen import Seen
from probes.vocabulary import Recording

Index = tuple[int, ...]
Value = int | bytes | str
_NUMBERS = {"2", "65", "66", "67", "70"}
_DIGITS = 20
_SIGNED_64 = 2**63


class Rows:
    """Rows `[oid, tag, value]` with the tags of the snmprec format, readable by column.

    A row with a fourth element was asked in the VLAN of that number, and is read through `of_vlans` alone. Rows of
    any other shape are left out; nothing here raises on what a device said.
    """

    def __init__(self, answers: Iterable[Any]) -> None:
        self._raw: dict[str, tuple[str, Any]] = {}
        apart: dict[int, list[Any]] = {}
        for row in answers:
            if not (isinstance(row, Sequence) and len(row) in (3, 4) and isinstance(row[0], str)):
                continue
            if len(row) == 3:
                self._raw[row[0]] = (row[1], row[2])
            elif isinstance(row[3], int):
                apart.setdefault(row[3], []).append(row[:3])
        self._order = sorted(self._raw)
        self.of_vlans: Mapping[int, Rows] = {vlan: Rows(rows) for vlan, rows in sorted(apart.items())}

    def __len__(self) -> int:
        return len(self._raw)

    @classmethod
    def from_snmprec(cls, path: Path) -> "Rows":
        """The rows of a recorded device, one `oid|tag|value` a line."""
        with path.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
            return cls(line.rstrip("\r\n").split("|", 2) for line in lines)

    def get(self, oid: str) -> Value | None:
        """The value of one object, or None when it was not answered or does not mean what its tag says."""
        row = self._raw.get(oid)
        return None if row is None else _value(*row)

    def column(self, base: str) -> dict[Index, Value]:
        """Every value below `base`, keyed by the rest of its OID, in the order of a walk."""
        first, last = bisect_left(self._order, base + "."), bisect_left(self._order, base + "/")
        found: dict[Index, Value] = {}
        for oid in self._order[first:last]:
            index, value = _index(oid[len(base) + 1 :]), _value(*self._raw[oid])
            if index and value is not None:
                found[index] = value
        return dict(sorted(found.items()))

    def number(self, oid: str) -> int | None:
        """One object as a whole number, or None."""
        value = self.get(oid)
        return value if isinstance(value, int) else None

    def text(self, oid: str) -> str:
        """One object as clean text, or an empty string."""
        return _text(self.get(oid))

    def octets(self, oid: str) -> bytes:
        """One object's octets, or none."""
        value = self.get(oid)
        return value if isinstance(value, bytes) else b""

    def numbers(self, base: str) -> dict[Index, int]:
        """The whole numbers of a column."""
        return {index: value for index, value in self.column(base).items() if isinstance(value, int)}

    def texts(self, base: str) -> dict[Index, str]:
        """The strings of a column as clean text; empty ones are left out."""
        found = ((index, _text(value)) for index, value in self.column(base).items())
        return {index: text for index, text in found if text}

    def strings(self, base: str) -> dict[Index, bytes]:
        """The octet strings of a column."""
        return {index: value for index, value in self.column(base).items() if isinstance(value, bytes)}

    def macs(self, base: str) -> dict[Index, str]:
        """The MAC addresses of a column, lower case with colons."""
        found = ((index, mac_of(value)) for index, value in self.column(base).items())
        return {index: mac for index, mac in found if mac}


@dataclass(frozen=True, slots=True)
class EachVlan:
    """Columns that some devices answer for one VLAN at a time only, each VLAN being an SNMP context of its own.

    `makers` are sysObjectID prefixes of such devices and `lists` the columns that name their VLANs. `needed` tells from
    the table's own rows whether more is to be had; `choose`, from these and those of `lists`, gives the VLANs that
    certainly have a context, and those that may have one.
    """

    makers: tuple[str, ...]
    lists: tuple[str, ...]
    columns: tuple[str, ...]
    needed: Callable[[Rows], bool]
    choose: Callable[[Rows, Rows], tuple[tuple[int, ...], tuple[int, ...]]]

    def suits(self, object_id: str) -> bool:
        """Whether a device with this sysObjectID is one of them; an unknown one is not."""
        return _is_of(object_id, self.makers)


@dataclass(frozen=True, slots=True)
class Table:
    """An SNMP table group: its name, the columns to ask for, and what its rows say.

    A column that ends in `.0` is a scalar. `places` are OIDs that may be an object or a column: got as they are, and
    walked where nothing stands at that very place. `makers` are sysObjectID prefixes of the only devices worth asking;
    empty means every device. `each_vlan` is what some devices are asked besides, VLAN by VLAN.
    """

    name: str
    columns: tuple[str, ...]
    decode: Callable[[Rows], Iterator[Seen]]
    makers: tuple[str, ...] = ()
    each_vlan: EachVlan | None = None
    places: tuple[str, ...] = ()

    def suits(self, object_id: str) -> bool:
        """Whether a device with this sysObjectID is worth asking; an unknown one is."""
        return not self.makers or not object_id or _is_of(object_id, self.makers)

    def seen(self, recording: Recording) -> Iterator[Seen]:
        """What a recording of this table says."""
        return self.decode(Rows(recording.answers))


def _is_of(object_id: str, makers: Iterable[str]) -> bool:
    return any(f"{object_id}.".startswith(f"{maker}.") for maker in makers)


def indexes(length: int, *columns: Mapping[Index, object]) -> list[Index]:
    """Every index of that many arcs that any of the columns has, in order."""
    return sorted({index for column in columns for index in column if len(index) == length})


def mac_of(value: Value | None) -> str | None:
    """A MAC address from six octets, or from the text some devices send instead."""
    if not isinstance(value, bytes):
        return None
    if len(value) == 6:
        return mac_text(value)
    return mac_text(value.decode("ascii", "replace")) if 11 <= len(value) <= 17 else None


def _text(value: Value | None) -> str:
    return "" if value is None else clean(str(value) if isinstance(value, int) else value)


def _index(text: str) -> Index:
    try:
        return tuple(map(int, text.split(".")))
    except ValueError:
        return ()


def _value(tag: Any, value: Any) -> Value | None:
    try:
        return _decode(str(tag), value)
    except (ValueError, TypeError):
        return None


def _decode(tag: str, value: Any) -> Value | None:
    if tag in _NUMBERS:
        text = str(value)
        number = int(text) if len(text) <= _DIGITS else _SIGNED_64
        return number if -_SIGNED_64 <= number < _SIGNED_64 else None
    if tag == "4":
        return str(value).encode("utf-8", "surrogateescape")
    if tag == "64x":
        return ".".join(map(str, bytes.fromhex(value)))
    if tag.endswith("x"):
        return bytes.fromhex(value)
    return None if tag == "5" else str(value)
