"""What makes a thing the same thing: identity keys, junk that is not identity, and the asset id."""

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256

from probes.canonical import is_private_mac
from probes.seen import (
    BridgeBase,
    Chassis,
    Entity,
    Interface,
    IppPrinter,
    MakerValue,
    ManagedAp,
    NameHeard,
    OwnHost,
    Printer,
    Seen,
    SnmpAccess,
    SsdpDevice,
    SshHostKey,
    System,
    Ups,
)
from probes.vocabulary import Key

# Strongest first; the asset id comes from the first that a thing has.
ORDER = ("serial", "chassis", "bridge", "engine", "mac", "udn", "ssh-key", "hostname", "ip")
STRONG = frozenset({"serial", "chassis", "bridge", "engine", "mac", "udn"})

_FILLER = (
    r"to be filled|o\.e\.m|default string|(system|chassis) serial|serial[ _-]?num|<?(private|redacted|removed)>?"
    r"|not (specified|available|applicable|set|present)|"
)
_JUNK_SERIAL = re.compile(
    _FILLER + r"x{4,}"
    r"|^(none|n/?a|null|unknown|invalid|empty|undefined|unset|default|oem|serial|0?123456789.*|[x*.\-_ #?]+)$",
    re.IGNORECASE,
)
_NO_SERIAL = re.compile(
    _FILLER + r"^(none|n/?a|null|unknown|invalid|empty|undefined|unset|default|oem|serial|[0x*.\-_ #?]+)$",
    re.IGNORECASE,
)
# Shared by several boxes at once (VRRP/CARP, HSRP 1 and 2, GLBP, Microsoft NLB; clusters of Fortinet, Palo Alto, Sophos
# and Juniper firewalls).
_VIRTUAL_MACS = ("00:00:5e:00:01", "00:00:5e:00:02", "00:00:0c:07:ac", "00:00:0c:9f:f", "00:07:b4:00", "02:bf:",
                 "03:bf:", "00:09:0f:09", "00:1b:17:00:0", "00:1a:8c:f0", "00:10:db:ff")  # fmt: skip
# Inside every box of a kind, never on a wire: Windows's dial-up ports, VMware Workstation's own networks.
_INTERNAL_MACS = ("20:41:53:59:4e", "50:50:54:50:30:30", "00:50:56:c0:00")
# Locally administered, yet given once to one virtual machine (QEMU, Parallels on older hosts, Xen in Citrix).
_VIRTUAL_MACHINES = ("52:54:00",)
_GENERIC_NAME = re.compile(
    r"^(localhost.*|unknown|none|n/?a|null|\(?none\)?|iphone|ipad|ipod|android([-_].*)?|galaxy.*|macbook(-?(pro|air))?"
    r"|imac|mac-?mini|apple-?tv|watch|switch|router|gateway|printer|server|system ?name|snmp|esp[-_].*|espressif"
    r"|openwrt|raspberrypi|desktop|laptop|pc|host|device|chromecast|google-home.*|amazon-.*|wlan0|eth0|[\d.:]+|.{0,2})$",
    re.IGNORECASE,
)


def is_no_serial(serial: str) -> bool:
    """Whether what stands for a serial number says that there is none. Short or masked ones are said, never joined."""
    text = serial.strip()
    return len(text) < 3 or bool(_NO_SERIAL.search(text))


def is_junk_serial(serial: str) -> bool:
    """Whether a serial number is a maker's filler or a redaction, which many devices share."""
    text = serial.strip()
    return len(text) < 5 or len(set(text.lower())) == 1 or bool(_JUNK_SERIAL.search(text))


def is_virtual_mac(mac: str) -> bool:
    """Whether a MAC belongs to a shared address (VRRP, HSRP, ...) or is a group address: it names no box."""
    return mac.startswith(_VIRTUAL_MACS) or bool(int(mac[:2], 16) & 1)


def is_internal_mac(mac: str) -> bool:
    """Whether an interface's MAC is the same in every box of its kind, as those between a firewall's own processors."""
    return mac.startswith(_INTERNAL_MACS) or mac.split(":").count("00") > 3


def is_random_mac(mac: str) -> bool:
    """Whether a MAC was made up by the device itself, as telephones and tablets do for privacy."""
    return is_private_mac(mac) and not mac.startswith(_VIRTUAL_MACHINES) and not is_virtual_mac(mac)


def is_generic_name(name: str) -> bool:
    """Whether a host name is one that many devices have out of the box."""
    return bool(_GENERIC_NAME.match(short_name(name)))


def short_name(name: str) -> str:
    """A host name in lower case without its domain."""
    text = name.strip().rstrip(".").lower()
    return text if re.fullmatch(r"[\d.]+", text) else text.split(".")[0]


def serial_key(serial: str) -> Key | None:
    """The key of a serial number, or None when it is junk. Few and only digits is too weak to join."""
    if is_junk_serial(serial):
        return None
    text = re.sub(r"\s+", "", serial).upper()
    return Key(kind="serial", value=text, strong=not (text.isdigit() and len(text) < 7))


def mac_key(mac: str | None, kind: str = "mac") -> Key | None:
    """The key of a MAC address; a made-up one is weak, a shared one is no key."""
    if not mac or is_virtual_mac(mac):
        return None
    return Key.model_validate({"kind": kind, "value": mac, "strong": not is_random_mac(mac)})


def engine_key(engine_id: str) -> Key | None:
    """The key of an SNMP engine id (hex, RFC 3411), or None when its unique part is empty."""
    text = engine_id.lower().removeprefix("0x")
    if len(text) < 10 or text[10:].strip("0") == "":
        return None
    return Key(kind="engine", value=text, strong=True)


def name_key(name: str) -> Key | None:
    """The key of a host name, always weak; None for names that devices come with."""
    return None if is_generic_name(name) else Key(kind="hostname", value=short_name(name), strong=False)


def udn_key(udn: str) -> Key | None:
    """The key of a UPnP unique device name, or None when it is all zero."""
    text = udn.lower().removeprefix("uuid:").split("::")[0]
    return None if len(text) < 8 or text.replace("-", "").strip("0") == "" else Key(kind="udn", value=text, strong=True)


def ip_key(ip: str) -> Key:
    """The key of an address, always weak: addresses move."""
    return Key(kind="ip", value=ip, strong=False)


def _keys_of_one(seen: Seen) -> Iterable[Key | None]:  # noqa: PLR0911 - one line per record
    match seen:
        case BridgeBase(mac=mac):
            return (mac_key(mac, "bridge"), mac_key(mac))
        case Chassis(subtype=4, id=mac) if _is_mac(mac):
            return (mac_key(mac, "chassis"), mac_key(mac))
        case SnmpAccess(engine_id=engine) if engine:
            return (engine_key(engine),)
        case Interface(mac=mac, type=kind) if mac and kind in (6, 7, 62, 69, 71, 117, 135, 136, 161, 53, None):
            return () if is_internal_mac(mac) else (mac_key(mac),)
        case MakerValue(name=name, value=value) if name.split(".")[0] == "serial":
            return (serial_key(value),)
        case Ups(serial=serial) | Printer(serial=serial) | IppPrinter(serial=serial) if serial:
            return (serial_key(serial),)
        case SsdpDevice(udn=udn, serial=serial):
            return (udn_key(udn), serial_key(serial))
        case ManagedAp(mac=mac, serial=serial, name=name):
            return (mac_key(mac), serial_key(serial), name_key(name))
        case SshHostKey(fingerprint=fingerprint) if fingerprint:
            return (Key(kind="ssh-key", value=fingerprint, strong=False),)
        case System(name=name) | NameHeard(name=name) | OwnHost(hostname=name) if name:
            return (name_key(name),)
        case _:
            return ()


def _is_mac(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", text))


_LESSER = re.compile(
    r"\b(fan|psu|power|supply|sfp|xfp|qsfp|transceiver|sensor|temp|port|slot|tray|optic|gbic|cpu|battery|disk|ssd|hdd)",
    re.IGNORECASE,
)


def whole_entities(seen: Iterable[Seen]) -> list[Entity]:
    """The entities that stand for the whole device, best first (ENTITY-MIB).

    The chassis in order; without one, the units of a stack, the stack itself, and last what has no class (a walk cut
    short) and no name of a lesser part. Edgecore and FS call a stack's units containers.
    """
    entities = sorted((s for s in seen if isinstance(s, Entity)), key=lambda e: e.index)
    stacks = {e.index for e in entities if e.kind == "stack"}
    chassis = [e for e in entities if e.kind == "chassis"]
    units = [e for e in entities if e.parent in stacks and e.kind in ("container", "module", "other") and e.serial]
    plain = [e for e in entities if e.kind in ("unknown", "other") and not _LESSER.search(f"{e.name} {e.descr}")]
    bare = [e for e in plain if e.serial or e.model]
    whole = [*chassis, *units, *(e for e in entities if e.kind == "stack"), *([] if chassis else bare[:2])]
    return whole or [e for e in entities if e.kind == "module" and e.model][:1]


def chassis_serial(seen: Iterable[Seen]) -> str:
    """The serial of the chassis, of a stack's first member where there are several (ENTITY-MIB), or ""."""
    return next((e.serial for e in whole_entities(seen) if e.serial and not is_junk_serial(e.serial)), "")


def keys_of(seen: Sequence[Seen], macs: Iterable[str] = (), ips: Iterable[str] = ()) -> tuple[Key, ...]:
    """Every identity key in what one thing said, with the MACs and addresses it was met by, strongest first."""
    found: set[Key] = {key for one in seen for key in _keys_of_one(one) if key}
    found |= {key for mac in macs if (key := mac_key(mac))}
    found |= {ip_key(ip) for ip in ips}
    if key := serial_key(chassis_serial(seen)):
        found.add(key)
    return sorted_keys(found)


def sorted_keys(keys: Iterable[Key]) -> tuple[Key, ...]:
    """Keys with the strongest first, then by value, each once. Of weak keys a name outlasts a made-up MAC."""
    return tuple(
        sorted(
            set(keys), key=lambda k: (not k.strong, not k.strong and k.kind != "hostname", ORDER.index(k.kind), k.value)
        )
    )


def asset_id(keys: Sequence[Key]) -> str:
    """ "a-" and twelve hex digits made from the strongest key; the same thing has the same id everywhere."""
    first = sorted_keys(keys)[0]
    return "a-" + sha256(f"{first.kind}:{first.value}".encode()).hexdigest()[:12]
