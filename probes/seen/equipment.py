"""What other kit says: UPS, printers, hosts, radios, wireless networks, command lines."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from probes.seen.record import record


@record
class Ups:
    """UPS-MIB (RFC 1628) or PowerNet-MIB. Charge and load in percent, time in minutes."""

    battery: str = "unknown"
    minutes: int | None = None
    charge: int | None = None
    source: str = "unknown"
    load: int | None = None
    maker: str = ""
    model: str = ""
    serial: str = ""
    version: str = ""
    replace_battery: bool | None = None


@record
class Printer:
    """Printer-MIB (RFC 3805) and HOST-RESOURCES device description."""

    descr: str = ""
    serial: str = ""
    status: str = ""
    pages: int | None = None


@record
class Supply:
    """prtMarkerSuppliesTable: a consumable and how full it is, in percent or None."""

    name: str
    percent: int | None


@record
class HostResources:
    """HOST-RESOURCES-MIB (RFC 2790): memory in MiB, storage and processor names."""

    memory_mb: int | None = None
    disks: tuple[tuple[str, int, int], ...] = ()
    processors: int | None = None
    date: str = ""


@record
class Radio:
    """A radio: `standard` as in 802.11 (a b g n ac ax be), channel, band in GHz."""

    name: str
    standard: str = ""
    channel: int | None = None
    band: str = ""
    ap: str = ""


@record
class Ssid:
    """A wireless network. `security` open, wep, wpa, wpa2-psk, wpa2-enterprise, wpa3-sae, wpa3-enterprise, owe."""

    name: str
    security: str = ""
    vlan: int | None = None
    guest: bool | None = None
    isolated: bool | None = None
    pmf: str = ""
    ap: str = ""


@record
class ManagedAp:
    """An access point as its controller lists it."""

    name: str
    mac: str = ""
    ip: str = ""
    model: str = ""
    serial: str = ""
    version: str = ""
    state: str = ""
    clients: int | None = None


@record
class Adopted:
    """A device as its controller lists it: its state, and the firmware the controller offers instead of its own."""

    mac: str
    name: str = ""
    ip: str = ""
    kind: str = ""
    model: str = ""
    serial: str = ""
    version: str = ""
    state: str = ""
    offered: str = ""


@record
class Associated:
    """A wireless client and the network of the answering access point that it is joined to. `band` in GHz."""

    mac: str
    ssid: str
    band: str = ""
    vlan: int | None = None


@record
class IppPrinter:
    """Get-Printer-Attributes (RFC 8011): make and model, serial or device id, firmware."""

    ip: str
    make_model: str = ""
    device_id: str = ""
    serial: str = ""
    firmware: str = ""
    name: str = ""


@record
class CliRows:
    """A show command's rows as ntc-templates parsed them. `platform` is netmiko's device type."""

    platform: str
    command: str
    rows: tuple[Mapping[str, str], ...]


@record
class ConfigDigest:
    """A running configuration as a SHA-256 over its redacted lines.

    `diff` are the redacted lines that went ("-") and came ("+") since the agent's last look; `cut` more are left out.
    """

    sha256: str
    lines: int
    facts: Mapping[str, str] = field(default_factory=dict)
    diff: tuple[str, ...] = ()
    cut: int = 0


@record
class OwnHost:
    """The agent's own host through psutil."""

    hostname: str
    os: str
    version: str
    machine: str = ""
    memory_mb: int | None = None
    disk_free_mb: int | None = None
    boot: datetime | None = None
    interfaces: tuple[tuple[str, str, str, int], ...] = ()
    clock_synchronised: bool | None = None
