"""The words and dates people read: how a verdict, a kind, a day or a rate is spelt, on paper and on screen."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

VERDICTS = {
    "met": "Met",
    "not-met-now": "Not met now",
    "not-met-at-replacement": "Due at replacement",
    "not-applicable": "Not applicable",
    "not-assessed": "Not assessed",
    "needs-a-person": "Needs a person",
    "attested": "Attested",
    "attestation-expired": "Attestation expired",
}
VERDICT_CLASSES = {
    "met": "met",
    "not-met-now": "bad",
    "not-met-at-replacement": "later",
    "not-applicable": "na",
    "not-assessed": "unknown",
    "needs-a-person": "person",
    "attested": "new",
    "attestation-expired": "bad",
}
WORST_FIRST = (
    "not-met-now", "attestation-expired", "not-met-at-replacement", "not-assessed", "needs-a-person",
    "attested", "met", "not-applicable",
)  # fmt: skip
AREAS = {
    "broadband": "Broadband internet",
    "switching": "Network switching",
    "wireless": "Wireless network",
    "cyber": "Cyber security",
    "filtering": "Filtering and monitoring",
    "governance": "Digital leadership and governance",
    "cabling": "Network cabling",
    "itsupport": "IT support",
    "servers": "Servers and storage",
    "cloud": "Cloud solutions",
    "accessibility": "Digital accessibility",
    "devices": "Laptops, desktops and tablets",
    "hardening": "Hardening, beyond the DfE standards",
}
CORE = ("broadband", "switching", "wireless", "cyber", "filtering", "governance")
KINDS = {
    "switch": "Switch", "ap": "Access point", "wlc": "Wi-Fi controller", "router": "Router", "firewall": "Firewall",
    "server": "Server", "nas": "Network storage", "printer": "Printer", "ups": "UPS", "phone": "Phone",
    "camera": "Camera", "endpoint": "Computer or tablet", "other": "Other", "unknown": "Not identified",
}  # fmt: skip
SUBKINDS = {
    "access-control": "Door access", "av": "Audio and video", "bmc": "Server's management board",
    "bms": "Building management", "cable-or-dsl-modem": "Broadband modem", "cellular-base": "Mobile network base",
    "console": "Games console", "controller": "Industrial controller", "dc-power": "DC power", "dect-base": "DECT base",
    "domestic": "Home router", "dslam": "DSL concentrator", "fibre-channel": "Fibre Channel switch",
    "headend": "Television head-end", "kvm": "KVM switch", "mac": "Mac", "media": "Media player",
    "mobile": "Mobile phone", "monitoring": "Monitoring device", "olt": "Fibre concentrator",
    "panel": "Interactive panel", "pbx": "Telephone system", "pdu": "Power distribution unit",
    "poe-midspan": "PoE injector", "power": "Power equipment", "rfid-reader": "RFID reader",
    "sd-wan": "SD-WAN router", "single-board": "Single-board computer", "timing": "Time server",
    "voip-gateway": "Telephone gateway", "vpn": "VPN gateway", "windows": "Windows server",
}  # fmt: skip
KEYS = {
    "serial": "Serial number", "chassis": "Chassis id", "bridge": "Bridge address", "engine": "SNMP engine",
    "mac": "MAC address", "hostname": "Name", "udn": "UPnP id", "ssh-key": "SSH key", "ip": "IP address",
}  # fmt: skip
SEVERAL = {
    "switch": "switches", "ap": "access points", "wlc": "Wi-Fi controllers", "router": "routers", "nas": "stores",
    "ups": "UPSs", "endpoint": "computers or tablets", "other": "others", "unknown": "not identified",
}  # fmt: skip
CHANGES = {
    "new": "New", "removed": "Gone", "returned": "Back", "moved": "Moved", "replaced": "Replaced",
    "firmware": "Version", "renamed": "Renamed", "address": "Address", "service-opened": "Service opened",
    "service-closed": "Service closed", "certificate": "Certificate", "speed": "Speed", "vlan-added": "VLAN added",
    "vlan-removed": "VLAN removed", "link-moved": "Link moved", "wifi-added": "Wi-Fi added",
    "wifi-removed": "Wi-Fi removed", "wifi-changed": "Wi-Fi changed", "ups": "UPS", "configuration": "Configuration",
    "disposed-seen": "Disposed, seen",
}  # fmt: skip
STATES = {"active": "In use", "not-seen": "Not seen", "removed": "Gone from the network", "disposed": "Disposed of"}
PHASES = {
    "primary": "primary", "secondary": "secondary", "all-through": "all-through", "special": "special",
    "pru": "pupil referral unit", "further": "further education", "nursery": "nursery", "other": "other",
}  # fmt: skip
TRIGGERS = {
    "now": "Now", "replace": "When replaced", "new": "New installations", "maintenance": "At maintenance",
    "term": "Each term", "year": "Each year", "legal": "By law",
}  # fmt: skip
OUTCOMES = {
    "complete": "answered in full", "partial": "answered in part", "refused": "refused", "timed-out": "no answer",
    "garbled": "unreadable", "skipped": "not asked",
}  # fmt: skip


def area_name(area: str) -> str:
    """An area's name on the screen; one we have no name for is shown as it is."""
    return AREAS.get(area, area.replace("-", " ").capitalize())


def change_words(kind: str) -> str:
    """A kind of change as its tag says it."""
    return CHANGES.get(kind, kind.replace("-", " ").capitalize())


def kind_words(kind: str, subkind: str = "") -> str:
    """What a thing is, by its finer word where there is one: "Telephone system" for other, pbx."""
    if subkind:
        return SUBKINDS.get(subkind, subkind.replace("-", " ").capitalize())
    return KINDS.get(kind, kind)


def kinds(kind: str, count: int) -> str:
    """A count of one kind: "1 printer", "4 computers or tablets"."""
    one = KINDS.get(kind, kind)
    word = one if one.isupper() or one.startswith("Wi-Fi") else one.lower()
    return f"{count} {word if count == 1 else SEVERAL.get(kind, f'{word}s')}"


def day(on: date | datetime | str | None) -> str:
    """A day as "24 November 2026"; ISO text is read; nothing gives an empty string, never a zero date."""
    if isinstance(on, str):
        try:
            return day(datetime.fromisoformat(on))
        except ValueError:
            return on
    return f"{on.day} {on:%B %Y}" if on else ""


def short_day(on: date | datetime | None) -> str:
    """A day as "24 Nov 2026", for narrow columns."""
    return f"{on.day} {on:%b %Y}" if on else ""


def moment(at: datetime | None) -> str:
    """A time as "24 November 2026, 2:14am" in the school's own zone; times without a zone are UTC."""
    if at is None:
        return ""
    here = _local(at)
    return f"{day(here)}, {_clock(here)}"


def clock(at: datetime | None) -> str:
    """The time of day as "2:14am" in the school's own zone."""
    return _clock(_local(at)) if at else ""


def _clock(here: datetime) -> str:
    return f"{here.hour % 12 or 12}:{here:%M}{'am' if here.hour < 12 else 'pm'}"


def _local(at: datetime) -> datetime:
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    try:
        return aware.astimezone(ZoneInfo("Europe/London"))
    except ZoneInfoNotFoundError:
        return aware


def ago(on: date | None, today: date) -> str:
    """How long before `today` a night was, in words a person would use."""
    if on is None:
        return "never"
    nights = (today - on).days
    if nights <= 1:
        return "last night"
    return "the night before last" if nights == 2 else f"{nights} nights ago"


def number(count: int, one: str, many: str = "") -> str:
    """A count with its noun: "1 switch", "3 switches"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def rate(mbps: float | None) -> str:
    """A rate in Mbps, without false precision; nothing measured is a dash, never a zero."""
    return "–" if mbps is None else f"{mbps:,.0f}" if mbps >= 10 else f"{mbps:.1f}"


def listed(things: Sequence[str]) -> str:
    """Words with commas and an "and": "a, b and c"."""
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}" if things else ""


def worst(verdicts: Sequence[str]) -> str:
    """What a clause comes to over all its subjects: the worst of them, and not assessed when nothing was judged."""
    return min(verdicts, key=WORST_FIRST.index, default="not-assessed")
