"""Uninterruptible power supplies: UPS-MIB (RFC 1628) and APC's PowerNet-MIB."""

from collections.abc import Iterator

from probes.seen import Seen, Ups
from probes.wire.rows import Rows, Table

_UPS, _APC = "1.3.6.1.2.1.33.1", "1.3.6.1.4.1.318.1.1.1"
MAKER, MODEL, VERSION, AGENT = (f"{_UPS}.1.{n}.0" for n in (1, 2, 3, 4))
BATTERY, MINUTES, CHARGE, SOURCE = f"{_UPS}.2.1.0", f"{_UPS}.2.3.0", f"{_UPS}.2.4.0", f"{_UPS}.4.1.0"
LOAD = f"{_UPS}.4.4.1.5"
APC_MODEL, APC_VERSION, APC_SERIAL = f"{_APC}.1.1.1.0", f"{_APC}.1.2.1.0", f"{_APC}.1.2.3.0"
APC_BATTERY, APC_CHARGE, APC_RUNTIME, APC_REPLACE = (
    f"{_APC}.2.1.1.0", f"{_APC}.2.2.1.0", f"{_APC}.2.2.3.0", f"{_APC}.2.2.4.0",
)  # fmt: skip
APC_OUTPUT, APC_LOAD = f"{_APC}.4.1.1.0", f"{_APC}.4.2.3.0"
_BATTERIES = {1: "unknown", 2: "normal", 3: "low", 4: "depleted"}
_APC_BATTERIES = {1: "unknown", 2: "normal", 3: "low", 4: "fault"}
_SOURCES = {1: "other", 2: "none", 3: "normal", 4: "bypass", 5: "battery", 6: "booster", 7: "reducer"}
_APC_SOURCES = {
    2: "normal", 3: "battery", 4: "booster", 6: "bypass", 7: "none", 9: "bypass", 10: "bypass", 12: "reducer",
}  # fmt: skip
_TICKS_PER_MINUTE = 6000
_LONGEST_MINUTES = 100_000


def decode(rows: Rows) -> Iterator[Seen]:
    """UPS-MIB where it is answered, PowerNet for what it leaves out."""
    standard, apc = _standard(rows), _apc(rows)
    if standard is None or apc is None:
        yield from (found for found in (standard, apc) if found)
        return
    yield Ups(
        battery=standard.battery if standard.battery != "unknown" else apc.battery,
        minutes=_first(standard.minutes, apc.minutes),
        charge=_first(standard.charge, apc.charge),
        source=standard.source if standard.source != "unknown" else apc.source,
        load=_first(standard.load, apc.load),
        maker=standard.maker or apc.maker,
        model=apc.model or standard.model,
        serial=apc.serial,
        version=apc.version or standard.version,
        replace_battery=apc.replace_battery,
    )


def _standard(rows: Rows) -> Ups | None:
    loads = [load for index, load in rows.numbers(LOAD).items() if len(index) == 1]
    found = Ups(
        battery=_BATTERIES.get(rows.number(BATTERY) or 0, "unknown"),
        minutes=_sane(rows.number(MINUTES)),
        charge=_percent(rows.number(CHARGE)),
        source=_SOURCES.get(rows.number(SOURCE) or 0, "unknown"),
        load=_percent(max(loads, default=None)),
        maker=rows.text(MAKER),
        model=rows.text(MODEL),
        version=rows.text(VERSION) or rows.text(AGENT),
    )
    return None if found == Ups() else found


def _apc(rows: Rows) -> Ups | None:
    ticks, replace = rows.number(APC_RUNTIME), rows.number(APC_REPLACE)
    found = Ups(
        battery=_APC_BATTERIES.get(rows.number(APC_BATTERY) or 0, "unknown"),
        minutes=None if ticks is None else _sane(ticks // _TICKS_PER_MINUTE),
        charge=_percent(rows.number(APC_CHARGE)),
        source=_APC_SOURCES.get(rows.number(APC_OUTPUT) or 0, "unknown"),
        load=_percent(rows.number(APC_LOAD)),
        model=rows.text(APC_MODEL),
        serial=rows.text(APC_SERIAL),
        version=rows.text(APC_VERSION),
        replace_battery=None if replace not in (1, 2) else replace == 2,
    )
    return None if found == Ups() else found


def _first(one: int | None, other: int | None) -> int | None:
    return other if one is None else one


def _percent(value: int | None) -> int | None:
    return value if value is not None and 0 <= value <= 200 else None


def _sane(minutes: int | None) -> int | None:
    return minutes if minutes is not None and 0 <= minutes < _LONGEST_MINUTES else None


TABLES: tuple[Table, ...] = (
    Table(
        "snmp.ups",
        (
            MAKER, MODEL, VERSION, AGENT, BATTERY, MINUTES, CHARGE, SOURCE, LOAD, APC_MODEL, APC_VERSION, APC_SERIAL,
            APC_BATTERY, APC_CHARGE, APC_RUNTIME, APC_REPLACE, APC_OUTPUT, APC_LOAD,
        ),
        decode,
    ),
)  # fmt: skip
