"""DHCP servers' lease files: who has which address, though asleep tonight or behind a router. Probe `dhcp.leases`.

Four forms are told apart by their content: dnsmasq's, ISC dhcpd's, Kea's memfile (CSV) and what PowerShell's
`Get-DhcpServerv4Lease | Export-Csv` writes on Windows Server. Nothing is sent.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from probes.canonical import address_text, clean, mac_text
from probes.errors import Undecodable
from probes.seen import AddressPair, NameHeard, Seen
from probes.transport.guard import Guard
from probes.vocabulary import Json, Outcome, Recording

NAME = "dhcp.leases"
FILE_LIMIT = 16 * 1024 * 1024
LEASES_LIMIT = 20_000
_STANZA = re.compile(r"^lease ([\d.]+) \{(.*?)^\}", re.MULTILINE | re.DOTALL)
_ENDS = re.compile(r"^\s*ends (?:\d )?([\d/]+ [\d:]+|never)", re.MULTILINE)
_HARDWARE = re.compile(r"^\s*hardware ethernet ([0-9a-fA-F:]+)", re.MULTILINE)
_CALLED = re.compile(r'^\s*client-hostname "([^"]*)"', re.MULTILINE)
_STATE = re.compile(r"^\s*binding state (\w+)", re.MULTILINE)
_WINDOWS_TIMES = ("%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p")


@dataclass(frozen=True, slots=True)
class Lease:
    """One lease in force. `mac` has the register's form; `name` is what the client calls itself."""

    ip: str
    mac: str
    name: str


def leases_in(text: str, on: datetime) -> list[Lease]:
    """The leases of a file that are in force at `on`, the last word on each address. Raises Undecodable."""
    try:
        found = {lease.ip: lease for lease in _read(text, on) if lease is not None}
    except (ValueError, csv.Error) as error:
        raise Undecodable(f"a lease in it does not read as one ({error}).") from error
    return list(found.values())


def _read(text: str, on: datetime) -> Iterable[Lease | None]:
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    if not first:
        return ()
    columns = first.lower().replace('"', "")
    if columns.startswith("address,hwaddr,"):
        return _kea(text, on)
    if "ipaddress" in columns and "clientid" in columns:
        return _windows(text, on)
    if re.search(r"^lease [\d.]+ \{", text, re.MULTILINE):
        return _isc(text, on)
    if re.match(r"(\d+ [0-9a-f:]{17} [\d.]+ |duid )", first):
        return _dnsmasq(text, on)
    raise Undecodable("it is no lease file of dnsmasq, ISC dhcpd, Kea (CSV) or Windows Server (Export-Csv).")


def _lease(ip: str, mac: str, name: str) -> Lease | None:
    text = mac_text(mac)
    known = "" if name.strip("* ") == "" else clean(name.strip().rstrip("."), 200)
    return Lease(ip.strip(), text, known) if text and re.fullmatch(r"\d+(\.\d+){3}", ip.strip()) else None


def _dnsmasq(text: str, on: datetime) -> Iterator[Lease | None]:
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 4 and words[0].isdigit() and (words[0] == "0" or int(words[0]) > on.timestamp()):
            yield _lease(words[2], words[1], words[3])


def _isc(text: str, on: datetime) -> Iterator[Lease | None]:
    last = {match[1]: match[2] for match in _STANZA.finditer(text)}
    for ip, body in last.items():
        ends, hardware, name, state = (found.search(body) for found in (_ENDS, _HARDWARE, _CALLED, _STATE))
        over = ends is not None and ends[1] != "never" and _utc(ends[1], "%Y/%m/%d %H:%M:%S") <= on
        if hardware and not over and (state is None or state[1] == "active"):
            yield _lease(ip, hardware[1], name[1] if name else "")


def _kea(text: str, on: datetime) -> Iterator[Lease | None]:
    last = {row["address"]: row for row in csv.DictReader(text.splitlines()) if row.get("address")}
    for ip, row in last.items():
        expire, state = row.get("expire") or "", row.get("state") or "0"
        if state == "0" and expire.isdigit() and int(expire) > on.timestamp():
            yield _lease(ip, row.get("hwaddr") or "", row.get("hostname") or "")


def _windows(text: str, on: datetime) -> Iterator[Lease | None]:
    lines = [line for line in text.lstrip("\ufeff").splitlines() if not line.startswith("#")]
    for row in csv.DictReader(lines):
        named = {str(key).lower(): value or "" for key, value in row.items() if isinstance(value, str | None)}
        active = named.get("addressstate", "Active").lower().startswith("active")
        if active and not _is_over(named.get("leaseexpirytime", ""), on):
            yield _lease(named.get("ipaddress", ""), named.get("clientid", ""), named.get("hostname", ""))


def _is_over(text: str, on: datetime) -> bool:
    """Whether a local time is past by more than a day: the file's time zone and order of day and month may differ."""
    for form in _WINDOWS_TIMES:
        try:
            return (on - _utc(text, form)).total_seconds() > 86_400
        except ValueError:
            continue
    return False


def _utc(text: str, form: str) -> datetime:
    return datetime.strptime(text, form).replace(tzinfo=UTC)


def collect(guard: Guard, path: Path, vantage: str, now: Callable[[], datetime]) -> Recording:
    """Read one lease file: `[address, MAC, name]` for each lease in force of an address that the scope permits."""
    started = now()
    outcome, reason, answers = _answers(guard, path, started)
    return Recording(
        probe=NAME, target=path.name, vantage=vantage, started=started, ended=now(), outcome=outcome, reason=reason,
        answers=answers,
    )  # fmt: skip


def _answers(guard: Guard, path: Path, on: datetime) -> tuple[Outcome, str, tuple[Json, ...]]:
    try:
        if not path.is_file():
            return Outcome.REFUSED, f"{path.name} is not there, or is not a file; correct [dhcp] leases.", ()
        with path.open("rb") as file:
            raw = file.read(FILE_LIMIT + 1)
        leases = leases_in(_text(raw[:FILE_LIMIT]), on)
    except OSError as error:
        return Outcome.REFUSED, f"{path.name} cannot be read: {error.strerror}.", ()
    except Undecodable as error:
        return Outcome.GARBLED, f"{path.name} cannot be understood: {error}", ()
    kept = sorted((lease.ip, lease.mac, lease.name) for lease in leases if guard.permits(lease.ip))
    cut = len(raw) > FILE_LIMIT or len(kept) > LEASES_LIMIT
    reason = f"{path.name} is larger than is read; the rest was left out." if cut else ""
    return Outcome.PARTIAL if cut else Outcome.COMPLETE, reason, tuple([*row] for row in kept[:LEASES_LIMIT])


def _text(raw: bytes) -> str:
    wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    return raw.decode("utf-16" if wide else "utf-8-sig", "replace")


def decode(recording: Recording) -> Iterator[Seen]:
    """AddressPair for each lease, and the name the client gave. Raises Undecodable."""
    for answer in recording.answers:
        match answer:
            case [str(ip), str(mac), str(name)] if (text := mac_text(mac)) and (address := address_text(ip)):
                yield AddressPair(ip=address, mac=text, table="dhcp")
                if called := clean(name):
                    yield NameHeard(source="dhcp", name=called, ip=address, mac=text)
            case _:
                raise Undecodable("A DHCP lease is not an address, a MAC and a name.")


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {NAME: decode}
