"""What may be asked of a command line, and what may leave the process that asked: rows, a digest, a few facts."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

ALLOWED = frozenset({
    "show version", "show inventory", "show lldp neighbors detail", "show cdp neighbors detail",
    "show running-config", "show interfaces status", "show vlan", "show vlans", "show mac address-table",
    "show mac-address", "show spanning-tree", "show power inline", "show system", "show modules",
    "show interfaces brief", "show lldp info remote-device", "show lldp info remote-device detail",
    "show switch", "show etherchannel summary", "show ip interface brief", "show ip ssh",
    "display version", "display device", "display current-configuration", "display lldp neighbor-information",
})  # fmt: skip

# ntc-templates' name of a platform, where netmiko's is another.
_TEMPLATES = {"aruba_osswitch": "hp_procurve", "cisco_xe": "cisco_ios", "hp_comware_telnet": "hp_comware"}

_SECRET = re.compile(
    r"(?i)\b([\w-]*(?:password|passwd|passphrase|secret|psk|community|credential)[\w-]*|key|key-string|"
    r"pre-shared-key|auth|priv|md5|sha|sha1|hash)\b.*"
)
# Commands whose last words are a community or a key without a word before it that says so.
_UNNAMED = re.compile(
    r"(?i)^(\s*(?:no )?(?:snmp-server host|snmp-agent target-host|trap2sink|rocommunity|rwcommunity|"
    r"tacacs-server host|radius-server host|wpa-\w+|username|user|local-user)\s+\S+)\s.*"
)
# What is long and no word is a hash, a key or a certificate, whatever stands before it.
_LONG = re.compile(r"(?=[\w+/=$.]{20,})(?=[\w+/=$.]*\d)[\w+/=$.]{20,}")
_PASSING = re.compile(
    r"(?i)^(!|;|#|building configuration|current configuration|running configuration|ntp clock-period|"
    r".*last configuration change|.*nvram config last updated|uptime)"
)

_CISCO = (
    ("ssh_version", re.compile(r"(?m)^ip ssh version (\d)")),
    ("stp_mode", re.compile(r"(?m)^spanning-tree mode (\S+)")),
    ("telnet", re.compile(r"(?m)^ transport input .*\b(telnet|all)\b")),
    ("telnet_off", re.compile(r"(?m)^ transport input (ssh|none)\s*$")),
    ("http_server", re.compile(r"(?m)^ip http (server)\b")),
    ("https_server", re.compile(r"(?m)^ip http (secure-server)\b")),
    ("snmp_community", re.compile(r"(?m)^snmp-server community\b")),
    ("snmp_v3", re.compile(r"(?m)^snmp-server (?:group \S+ v3|user)\b")),
    ("ntp_servers", re.compile(r"(?m)^(?:ntp|sntp) server\b")),
    ("syslog_servers", re.compile(r"(?m)^logging (?:host )?\d")),
    ("aaa", re.compile(r"(?m)^aaa new-model")),
    ("password_encryption", re.compile(r"(?m)^service password-encryption")),
    ("dhcp_snooping", re.compile(r"(?m)^ip dhcp snooping\b")),
    ("lldp", re.compile(r"(?m)^lldp run")),
)
_PROCURVE = (
    ("ssh_version", re.compile(r"(?m)^ip ssh version (\S+)")),
    ("stp_mode", re.compile(r"(?m)^spanning-tree mode (\S+)")),
    ("telnet_off", re.compile(r"(?m)^no telnet-server")),
    ("http_off", re.compile(r"(?m)^no web-management\s*$")),
    ("https_server", re.compile(r"(?m)^web-management ssl")),
    ("snmp_community", re.compile(r"(?m)^snmp-server community\b")),
    ("snmp_v3", re.compile(r"(?m)^snmpv3 enable")),
    ("ntp_servers", re.compile(r"(?m)^(?:sntp server|ntp server|timesync)\b")),
    ("syslog_servers", re.compile(r"(?m)^logging \d")),
    ("dhcp_snooping", re.compile(r"(?m)^dhcp-snooping\b")),
    ("spanning_tree", re.compile(r"(?m)^spanning-tree\s*$")),
)
_PERSONAL = frozenset({"contact", "system_contact", "user", "username"})
_COUNTED = frozenset({"ntp_servers", "syslog_servers"})
_VALUED = frozenset({"ssh_version", "stp_mode"})


def is_allowed(command: str) -> bool:
    """Whether a command only shows, and is one of those somebody has thought about."""
    return command in ALLOWED


def parse(platform: str, command: str, text: str) -> tuple[list[dict[str, str]], str]:
    """The rows of an output by its ntc-template, and what is wrong with it ("" when nothing is).

    Templates raise on outputs they do not know (hp_procurve `show version` is written for a controller).
    """
    from ntc_templates.parse import ParsingException, parse_output
    from textfsm import TextFSMError

    try:
        rows = parse_output(_TEMPLATES.get(platform, platform), command, text)
    except (TextFSMError, ParsingException) as error:
        return [], f"The answer to {command!r} could not be read: {type(error).__name__}."
    return [{str(key): _flat(value) for key, value in row.items() if key not in _PERSONAL} for row in rows[:2000]], ""


def _flat(value: Any) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def digest(platform: str, lines: Sequence[str], text: str) -> dict[str, Any]:
    """SHA-256 over the configuration's redacted lines, their number, and the facts of its text."""
    sha256 = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return {"sha256": sha256, "lines": len(lines), "facts": facts(platform, text)}


def redacted(text: str) -> list[str]:
    """The lines that stay the same while nobody changes anything, each cut off before what may be secret."""
    kept = [line.rstrip() for line in text.splitlines() if line.strip() and not _PASSING.match(line.strip())]
    named = (_UNNAMED.sub(r"\1 <redacted>", _SECRET.sub(r"\1 <redacted>", line)) for line in kept)
    return [_LONG.sub("<redacted>", line) for line in named]


def facts(platform: str, text: str) -> dict[str, str]:
    """Settings by name, never the configuration's own words: on, off, unknown, a count, a version or a mode."""
    if platform.startswith("cisco"):
        found = _matches(_CISCO, text)
        found.setdefault("telnet", "off" if found.pop("telnet_off", None) else "unknown")
        defaults: Sequence[str] = ("http_server", "https_server", "aaa", "password_encryption", "dhcp_snooping", "lldp")
    elif _TEMPLATES.get(platform, platform) == "hp_procurve":
        found = _matches(_PROCURVE, text)
        # ProCurve writes down only what differs from its defaults: telnet and web management are on unless refused.
        found["telnet"] = "off" if found.pop("telnet_off", None) else "on"
        found["http_server"] = "off" if found.pop("http_off", None) else "on"
        defaults = ("https_server", "dhcp_snooping", "spanning_tree")
    else:
        return {}
    absent = dict.fromkeys((*defaults, "snmp_community", "snmp_v3"), "off") | dict.fromkeys(_COUNTED, "0")
    found.pop("telnet_off", None)
    return absent | found


def _matches(patterns: Sequence[tuple[str, re.Pattern[str]]], text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, pattern in patterns:
        hits = pattern.findall(text)
        if not hits:
            continue
        found[name] = str(len(hits)) if name in _COUNTED else hits[0][:20] if name in _VALUED else "on"
    return found
