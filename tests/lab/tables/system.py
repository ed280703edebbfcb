"""System group (RFC 3418), ENTITY-MIB (RFC 6933), HOST-RESOURCES memory (RFC 2790), IP-MIB's own address."""

from collections.abc import Iterator

from tests.lab.model.nouns import Part, School, Switch
from tests.lab.tables.rows import Row, address, gauge, integer, name, text, ticks

SYSTEM = "1.3.6.1.2.1.1"
ENTITY = "1.3.6.1.2.1.47.1.1.1.1"


def system(descr: str, object_id: str, sysname: str, location: str, uptime_s: int) -> Iterator[Row]:
    yield text(f"{SYSTEM}.1.0", descr)
    yield name(f"{SYSTEM}.2.0", object_id)
    yield ticks(f"{SYSTEM}.3.0", uptime_s)
    yield text(f"{SYSTEM}.4.0", "ict@ashfield.example")
    yield text(f"{SYSTEM}.5.0", sysname)
    yield text(f"{SYSTEM}.6.0", location)
    yield integer(f"{SYSTEM}.7.0", 2)


def entity(maker: str, parts: tuple[Part, ...]) -> Iterator[Row]:
    for part in parts:
        yield text(f"{ENTITY}.2.{part.index}", part.descr or part.name)
        yield integer(f"{ENTITY}.4.{part.index}", part.inside)
        yield integer(f"{ENTITY}.5.{part.index}", part.kind)
        yield integer(f"{ENTITY}.6.{part.index}", 1)
        yield text(f"{ENTITY}.7.{part.index}", part.name)
        yield text(f"{ENTITY}.10.{part.index}", part.version)
        yield text(f"{ENTITY}.11.{part.index}", part.serial)
        yield text(f"{ENTITY}.12.{part.index}", maker)
        yield text(f"{ENTITY}.13.{part.index}", part.model)


def own_address(ip: str, ifindex: int, mask: str = "255.255.252.0") -> Iterator[Row]:
    yield address(f"1.3.6.1.2.1.4.20.1.1.{ip}", ip)
    yield integer(f"1.3.6.1.2.1.4.20.1.2.{ip}", ifindex)
    yield address(f"1.3.6.1.2.1.4.20.1.3.{ip}", mask)


def switch_system(model: School, switch: Switch) -> Iterator[Row]:
    yield from system(switch.description, switch.object_id, switch.hostname, switch.location, model.uptime_s)
    yield from entity(switch.maker, switch.parts)
    yield from own_address(switch.ip, 1000 + 10)
    yield integer("1.3.6.1.2.1.25.2.2.0", switch.memory_mb * 1024)
    if switch.family == "ios":
        yield text("1.3.6.1.4.1.9.9.48.1.1.1.2.1", "Processor")
        yield gauge("1.3.6.1.4.1.9.9.48.1.1.1.5.1", switch.memory_mb * 1024 * 512)
        yield gauge("1.3.6.1.4.1.9.9.48.1.1.1.6.1", switch.memory_mb * 1024 * 512)
