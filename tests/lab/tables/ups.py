"""UPS-MIB (RFC 1628) and APC's PowerNet-MIB of the school's UPS."""

from collections.abc import Iterator

from tests.lab.model.nouns import Host, School
from tests.lab.tables.rows import Row, gauge, integer, mac, text, ticks
from tests.lab.tables.system import own_address, system

UPS, APC = "1.3.6.1.2.1.33.1", "1.3.6.1.4.1.318.1.1.1"
NORMAL, ON_BATTERY = 3, 5


def ups(model: School, host: Host) -> Iterator[Row]:
    """A UPS whose battery wants replacing; on night 2 it runs on that battery."""
    yield from system(host.description, "1.3.6.1.4.1.318.1.3.27", host.hostname, host.location, model.uptime_s)
    yield from own_address(host.ip, 2)
    yield integer("1.3.6.1.2.1.2.2.1.1.2", 2)
    yield text("1.3.6.1.2.1.2.2.1.2.2", "veya")
    yield integer("1.3.6.1.2.1.2.2.1.3.2", 6)
    yield gauge("1.3.6.1.2.1.2.2.1.5.2", 100_000_000)
    yield mac("1.3.6.1.2.1.2.2.1.6.2", host.mac)
    yield integer("1.3.6.1.2.1.2.2.1.7.2", 1)
    yield integer("1.3.6.1.2.1.2.2.1.8.2", 1)
    on_battery = model.ups_on_battery
    yield from _standard(host, on_battery)
    yield from _powernet(host, on_battery)


def _standard(host: Host, on_battery: bool) -> Iterator[Row]:
    yield text(f"{UPS}.1.1.0", host.maker)
    yield text(f"{UPS}.1.2.0", host.model)
    yield text(f"{UPS}.1.3.0", "UPS 09.9 (ID20)")
    yield text(f"{UPS}.1.4.0", host.version)
    yield integer(f"{UPS}.2.1.0", 2)
    yield integer(f"{UPS}.2.2.0", 300 if on_battery else 0)
    yield integer(f"{UPS}.2.3.0", 9 if on_battery else 12)
    yield integer(f"{UPS}.2.4.0", 81 if on_battery else 100)
    yield integer(f"{UPS}.4.1.0", ON_BATTERY if on_battery else NORMAL)
    yield integer(f"{UPS}.4.4.1.5.1", 38)


def _powernet(host: Host, on_battery: bool) -> Iterator[Row]:
    yield text(f"{APC}.1.1.1.0", host.model)
    yield text(f"{APC}.1.2.1.0", "UPS 09.9 (ID20)")
    yield text(f"{APC}.1.2.3.0", host.serial)
    yield integer(f"{APC}.2.1.1.0", 2)
    yield text(f"{APC}.2.1.3.0", "10/14/16")
    yield gauge(f"{APC}.2.2.1.0", 81 if on_battery else 100)
    yield ticks(f"{APC}.2.2.3.0", 540 if on_battery else 720)
    yield integer(f"{APC}.2.2.4.0", 2)
    yield integer(f"{APC}.4.1.1.0", 3 if on_battery else 2)
    yield gauge(f"{APC}.4.2.3.0", 38)
