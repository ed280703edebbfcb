"""What UniFi and Omada have in common: answers cut down to what is kept, and one recording for each device told of.

A controller's answers hold passphrases, keys and people's names. Only the fields that a `Keep` names are recorded.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

from probes.canonical import clean, is_private_mac, mac_text
from probes.errors import Undecodable
from probes.seen import AddressPair, Associated, FdbEntry, NameHeard, Seen
from probes.vocabulary import Json, Outcome, Recording

MOST_DEVICES, MOST_CLIENTS, MOST_ROWS = 1_000, 20_000, 256
_MOST_TEXT, _LARGEST = 256, 2**53

Keep = Mapping[str, "Keep | None"]
"""The fields that are kept of an object; None for a plain value, another Keep for an object or a list of objects."""


def cut(raw: Json, keep: Keep) -> dict[str, Json]:
    """The kept fields of one object: texts, numbers and truth values, at the depth that `keep` names, never more."""
    if not isinstance(raw, dict):
        return {}
    found: dict[str, Json] = {}
    for name, inner in keep.items():
        value = raw.get(name)
        if inner is None:
            if isinstance(value, bool | int | float | str) and _is_sane(value):
                found[name] = _storable(value) if isinstance(value, str) else value
        elif isinstance(value, dict):
            found[name] = cut(value, inner)
        elif isinstance(value, list):
            found[name] = [cut(one, inner) for one in value[:MOST_ROWS] if isinstance(one, dict)]
    return found


def _storable(text: str) -> str:
    """JSON can spell half a character (a lone surrogate), which no file can hold."""
    return text[:_MOST_TEXT].encode("utf-8", "replace").decode()


def _is_sane(value: bool | int | float | str) -> bool:
    return isinstance(value, str) or (value == value and abs(value) < _LARGEST)  # noqa: PLR0124 - NaN is unlike itself


@dataclass(frozen=True, slots=True)
class Row:
    """One object of an answer, read without trust: a field of another type than asked for was not said."""

    raw: Mapping[str, Json]

    def text(self, name: str) -> str:
        """A field's text, cleaned; a number as its digits."""
        value = self.raw.get(name)
        if isinstance(value, str):
            return clean(value)
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""

    def number(self, name: str, least: int = 0, most: int = _LARGEST) -> int | None:
        """A whole number between `least` and `most`, also when it comes as a text or with decimals."""
        value = self.raw.get(name)
        if isinstance(value, str) and len(value) < 20:
            try:
                value = float(value)
            except ValueError:
                return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            return None
        return int(value)

    def flag(self, name: str) -> bool | None:
        """A truth value, or None when it was not said."""
        value = self.raw.get(name)
        return value if isinstance(value, bool) else None

    def mac(self, name: str) -> str:
        """A MAC address in canonical form, or ""."""
        value = self.raw.get(name)
        return (mac_text(value) or "") if isinstance(value, str) and len(value) < 32 else ""

    def ip(self, name: str) -> str:
        """An address that can be a host's, or ""."""
        try:
            found = ip_address(str(self.raw.get(name, "")))
        except ValueError:
            return ""
        return "" if found.is_unspecified or found.is_loopback or found.is_multicast else str(found)

    def row(self, name: str) -> "Row":
        """An inner object; an empty one when it was not said."""
        value = self.raw.get(name)
        return Row(value if isinstance(value, dict) else {})

    def rows(self, name: str) -> "list[Row]":
        """A list of inner objects."""
        value = self.raw.get(name)
        return [Row(one) for one in value[:MOST_ROWS] if isinstance(one, dict)] if isinstance(value, list) else []


def rows_of(recording: Recording) -> dict[str, list[Row]]:
    """The rows of a recording by what they are. Raises Undecodable when an answer is no such row."""
    found: dict[str, list[Row]] = {}
    for said in recording.answers:
        if not isinstance(said, dict) or not isinstance(said.get("what"), str):
            raise Undecodable("A controller's row that does not say what it is.")
        found.setdefault(said["what"], []).append(Row(said))
    return found


@dataclass
class Told:
    """What a controller told in one talk: devices by MAC, the clients on them, and what did not come."""

    devices: dict[str, list[Json]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def device(self, mac: str, row: Json) -> None:
        """Keep a device, up to the most that are kept."""
        if mac in self.devices or len(self.devices) < MOST_DEVICES:
            self.devices.setdefault(mac, []).append({"what": "device", **row})
        elif not any("devices" in words for words in self.missing):
            self.missing.append(f"more than {MOST_DEVICES} devices")

    def client(self, device: str, row: Json) -> None:
        """Keep a client with the device it is on; one on a device that was not told of is left out."""
        if device in self.devices:
            self.devices[device].append({"what": "client", **row})

    def recordings(self, probe: str, of: Recording) -> Iterator[Recording]:
        """One complete recording for each device, made of the controller's own."""
        for mac, answers in self.devices.items():
            yield Recording(
                probe=probe, target=mac, vantage=of.vantage, started=of.started, ended=of.ended,
                outcome=Outcome.COMPLETE, answers=tuple(answers),
            )  # fmt: skip

    def lacks(self) -> str:
        """What is missing, as one sentence, or ""."""
        return f"Not all of it came: {'; '.join(self.missing)}."[:300] if self.missing else ""


def took(told: Told, what: str, rows: Sequence[Json], most: int) -> Sequence[Json]:
    """At most `most` of these rows; that there were more is noted."""
    if len(rows) > most:
        told.missing.append(f"more than {most} {what}")
    return rows[:most]


def seen_of_client(row: Row, mac: str, port: int | None, ssid: str, band: str) -> Iterator[Seen]:
    """Where a client is and which address it has. Names of guests, and of what makes up its MAC, are not kept."""
    vlan = row.number("vlan", 1, 4094)
    ip = row.ip("ip")
    if ip and ip_address(ip).is_private:
        yield AddressPair(ip, mac, "controller")
    if (name := row.text("hostname")) and not is_private_mac(mac) and not row.flag("guest"):
        yield NameHeard("dhcp", name, mac=mac)
    if port is not None:
        yield FdbEntry(mac, port, vlan)
    elif ssid:
        yield Associated(mac, ssid, band, vlan)


def is_away(state: str) -> bool:
    """Whether a device in this state was not reached: it is on the controller's list and makes no asset this night."""
    return state in ("disconnected", "unreachable", "adoption failed")


def unique_names(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    """By MAC, the name under which a device's radios are listed: its own where no other has it, else its MAC."""
    listed = list(rows)
    count: dict[str, int] = {}
    for _, name in listed:
        count[name.lower()] = count.get(name.lower(), 0) + 1
    return {mac: name if name and count[name.lower()] == 1 else mac for mac, name in listed}
