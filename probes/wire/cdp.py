"""Who is plugged in where, by CDP (CISCO-CDP-MIB) and by Foundry's FDP (FOUNDRY-SN-SWITCH-GROUP-MIB)."""

from collections.abc import Iterator

from probes.canonical import clean
from probes.seen import Neighbour, Seen
from probes.wire.addresses import address_text
from probes.wire.lldp import port_text
from probes.wire.rows import Rows, Table, Value

_CDP, _FDP = "1.3.6.1.4.1.9.9.23.1.2.1.1", "1.3.6.1.4.1.1991.1.1.3.20.1.2.1.1"
_ADDRESS, _VERSION, _DEVICE, _PORT, _PLATFORM, _CAPABILITIES, _NATIVE, _DUPLEX = (4, 5, 6, 7, 8, 9, 11, 12)
_VOICE, _SYSNAME, _MANAGEMENT = 14, 17, 20
_FDP_DEVICE, _FDP_ADDRESS, _FDP_VERSION, _FDP_PORT, _FDP_PLATFORM, _FDP_VENDOR = (3, 5, 6, 7, 8, 10)
_CDP_HEARD_BY_FDP = 2
_CDP_BITS = (("router", 0x01), ("bridge", 0x0A), ("station", 0x10), ("repeater", 0x40), ("telephone", 0x80))
_VLANS = range(1, 4095)


def decode(rows: Rows) -> Iterator[Seen]:
    """The CDP cache; `local_port` is an ifIndex."""
    numbers = (
        _ADDRESS,
        _VERSION,
        _DEVICE,
        _PORT,
        _PLATFORM,
        _CAPABILITIES,
        _NATIVE,
        _DUPLEX,
        _VOICE,
        _SYSNAME,
        _MANAGEMENT,
    )
    columns = {n: rows.column(f"{_CDP}.{n}") for n in numbers}
    for index in sorted({i for n in (_DEVICE, _PORT, _PLATFORM) for i in columns[n] if len(i) == 2}):
        row = {n: column.get(index) for n, column in columns.items()}
        device, native = _octets(row[_DEVICE]), row[_NATIVE]
        yield Neighbour(
            protocol="cdp",
            local_port=str(index[0]),
            chassis_id=port_text(None, device),
            port_id=port_text(None, _octets(row[_PORT])),
            name=clean(_octets(row[_SYSNAME])) or port_text(None, device),
            platform=clean(_octets(row[_PLATFORM])),
            version=clean(_octets(row[_VERSION])),
            capabilities=capabilities(_octets(row[_CAPABILITIES])),
            addresses=_addresses(row[_ADDRESS], row[_MANAGEMENT]),
            vlan=native if isinstance(native, int) and native in _VLANS else None,
            duplex="full" if row[_DUPLEX] == 3 else "half" if row[_DUPLEX] == 2 else None,
            med={"voice_vlan": str(row[_VOICE])} if row[_VOICE] in _VLANS else {},
        )


def decode_fdp(rows: Rows) -> Iterator[Seen]:
    """The FDP cache, which also holds what a Foundry or Brocade switch heard by CDP."""
    numbers = (_FDP_DEVICE, _FDP_ADDRESS, _FDP_VERSION, _FDP_PORT, _FDP_PLATFORM, _FDP_VENDOR)
    columns = {n: rows.column(f"{_FDP}.{n}") for n in numbers}
    for index in sorted(i for i in columns[_FDP_DEVICE] if len(i) == 2):
        row = {n: column.get(index) for n, column in columns.items()}
        device = port_text(None, _octets(row[_FDP_DEVICE]))
        yield Neighbour(
            protocol="cdp" if row[_FDP_VENDOR] == _CDP_HEARD_BY_FDP else "fdp",
            local_port=str(index[0]),
            chassis_id=device,
            port_id=port_text(None, _octets(row[_FDP_PORT])),
            name=device,
            platform=clean(_octets(row[_FDP_PLATFORM])),
            version=clean(_octets(row[_FDP_VERSION])),
            addresses=_addresses(row[_FDP_ADDRESS]),
        )


def capabilities(bits: bytes) -> tuple[str, ...]:
    """CDP's capability flags in the words LLDP uses; they are in the last octet."""
    return tuple(name for name, mask in _CDP_BITS if bits and bits[-1] & mask)


def _octets(value: Value | None) -> bytes:
    return value if isinstance(value, bytes) else b""


def _addresses(*values: Value | None) -> tuple[str, ...]:
    found = (address_text(tuple(value)) for value in values if isinstance(value, bytes))
    return tuple(dict.fromkeys(ip for ip in found if ip and ip != "0.0.0.0"))  # noqa: S104  an address, not a bind


TABLES: tuple[Table, ...] = (
    Table("snmp.cdp", tuple(f"{_CDP}.{n}" for n in (4, 5, 6, 7, 8, 9, 11, 12, 14, 17, 20)), decode),
    Table("snmp.fdp", tuple(f"{_FDP}.{n}" for n in (3, 5, 6, 7, 8, 10)), decode_fdp, makers=("1.3.6.1.4.1.1991",)),
)
