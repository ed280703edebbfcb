"""Printer-MIB (RFC 3805) and HOST-RESOURCES-MIB (RFC 2790) of a printer."""

from collections.abc import Iterator

from tests.lab.model.nouns import Host, School
from tests.lab.tables.rows import Row, counter, gauge, integer, mac, name, text
from tests.lab.tables.system import own_address, system

OBJECT_IDS = {
    "HP": "1.3.6.1.4.1.11.2.3.9.1", "Kyocera": "1.3.6.1.4.1.1347.41", "Brother": "1.3.6.1.4.1.2435.2.3.9.1",
    "KONICA MINOLTA": "1.3.6.1.4.1.18334.1.1.1.2.1.136.3.1",
}  # fmt: skip
PRINTER = "1.3.6.1.2.1.43"


def printer(model: School, host: Host) -> Iterator[Row]:
    """A printer that is idle, with one half-used toner."""
    yield from system(host.description, OBJECT_IDS[host.maker], host.hostname, host.location, model.uptime_s)
    yield from own_address(host.ip, 1)
    yield integer("1.3.6.1.2.1.2.1.0", 1)
    yield integer("1.3.6.1.2.1.2.2.1.1.1", 1)
    yield text("1.3.6.1.2.1.2.2.1.2.1", "eth0")
    yield integer("1.3.6.1.2.1.2.2.1.3.1", 6)
    yield gauge("1.3.6.1.2.1.2.2.1.5.1", host.speed * 1_000_000)
    yield mac("1.3.6.1.2.1.2.2.1.6.1", host.mac)
    yield integer("1.3.6.1.2.1.2.2.1.8.1", 1)
    yield integer("1.3.6.1.2.1.25.3.2.1.1.1", 1)
    yield name("1.3.6.1.2.1.25.3.2.1.2.1", "1.3.6.1.2.1.25.3.1.5")
    yield text("1.3.6.1.2.1.25.3.2.1.3.1", host.model)
    yield integer("1.3.6.1.2.1.25.3.2.1.5.1", 2)
    yield integer("1.3.6.1.2.1.25.3.5.1.1.1", 3)
    yield text(f"{PRINTER}.5.1.1.16.1", host.hostname)
    yield text(f"{PRINTER}.5.1.1.17.1", host.serial)
    yield integer(f"{PRINTER}.10.2.1.3.1.1", 7)
    yield counter(f"{PRINTER}.10.2.1.4.1.1", 20_817)
    yield integer(f"{PRINTER}.11.1.1.5.1.1", 3)
    yield text(f"{PRINTER}.11.1.1.6.1.1", "Black toner")
    yield integer(f"{PRINTER}.11.1.1.8.1.1", 100)
    yield integer(f"{PRINTER}.11.1.1.9.1.1", 46)
