"""Drives, supplies, memory and optics with serial numbers, from makers' own tables where ENTITY-MIB leaves them out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from probes.seen import Entity, Seen
from probes.wire.rows import Index, Rows, Table

_PRIVATE = "1.3.6.1.4.1"
# Above every entPhysicalIndex (a positive Integer32), so that the two tables never meet.
FIRST = 1 << 31
_NO_SERIAL = ("BUILTIN", "UNKNOWN", "NOT AVAILABLE", "N/A")


@dataclass(frozen=True, slots=True)
class _Piece:
    """One maker's table: its entry, its columns by the Entity field each gives, and what its rows are."""

    kind: str
    entry: str
    columns: Mapping[str, int]
    by_entity: bool = field(default=False)


_DRIVE, _OPTIC, _BOARD, _BLADE, _FRAME = "storageDrive", "transceiver", "board", "blade", "frame"


def _areca(number: str) -> tuple[_Piece, ...]:
    frame = _Piece(_FRAME, f"{_PRIVATE}.{number}.1", {"maker": 1, "model": 2, "serial": 3, "firmware": 4})
    columns = {"name": 2, "model": 3, "serial": 4, "firmware": 5}
    return (frame, *(_Piece(_DRIVE, f"{_PRIVATE}.{number}.3.{n}.4.1", columns) for n in range(1, 9)))


_UCS_NUMBERS = ("9.1.1512", "9.1.1682", "9.1.1684", "9.1.2178", "9.1.2179", "9.1.2492", "9.1.3100", "9.12.3.1.3")
_UCS = tuple(f"{_PRIVATE}.{number}" for number in _UCS_NUMBERS)
# Each is public: the name of its MIB stands beside it.
_PIECES: Mapping[str, tuple[tuple[str, ...], tuple[_Piece, ...]]] = {
    # ARECA-SNMP-MIB hddEnclosureNNInfoTable, one to eight enclosures; Eurostor gives it another enterprise number.
    "areca": ((f"{_PRIVATE}.18928",), (*_areca("18928.1.2"), *_areca("18928.1.3"))),
    "eurostor": ((f"{_PRIVATE}.14752",), _areca("14752.1.3")),
    # SYNOLOGY-DISK-MIB diskTable, QNAP NAS-MIB SystemHdTable: models without serials.
    "synology": (
        (f"{_PRIVATE}.6574", f"{_PRIVATE}.8072"),
        (_Piece(_DRIVE, f"{_PRIVATE}.6574.2.1.1", {"name": 2, "model": 3}),),
    ),
    "qnap": ((f"{_PRIVATE}.24681",), (_Piece(_DRIVE, f"{_PRIVATE}.24681.1.2.11.1", {"name": 2, "model": 5}),)),
    # READYNASOS-MIB diskTable.
    "readynas": (
        (f"{_PRIVATE}.4526", f"{_PRIVATE}.8072"),
        (_Piece(_DRIVE, f"{_PRIVATE}.4526.22.3.1", {"name": 3, "serial": 4, "model": 5}),),
    ),
    # IDRAC-MIB-SMIv2 and StorageManagement-MIB physical disks, MIB-Dell-10892 memoryDeviceTable.
    "dell": (
        (f"{_PRIVATE}.674", f"{_PRIVATE}.8072", f"{_PRIVATE}.311"),
        (
            *(
                _Piece(_DRIVE, f"{_PRIVATE}.674.{entry}", {"name": 2, "maker": 3, "model": 6, "serial": 7})
                for entry in ("10892.5.5.1.20.130.4.1", "10893.1.20.130.4.1")
            ),
            *(
                _Piece("memory", f"{_PRIVATE}.674.{entry}", {"name": 8, "maker": 21, "model": 22, "serial": 23})
                for entry in ("10892.5.4.1100.50.1", "10892.1.1100.50.1")
            ),
        ),
    ),
    # CPQIDA-MIB cpqDaPhyDrvTable, CPQHLTH-MIB cpqHeFltTolPowerSupplyTable and cpqHeResMem2ModuleTable, CPQRACK-MIB.
    "hpe-server": (
        (f"{_PRIVATE}.232", f"{_PRIVATE}.8072", f"{_PRIVATE}.311"),
        (
            _Piece(_DRIVE, f"{_PRIVATE}.232.3.2.5.1.1", {"model": 3, "firmware": 4, "serial": 51, "name": 64}),
            _Piece("powerSupply", f"{_PRIVATE}.232.6.2.9.3.1", {"model": 10, "serial": 11}),
            _Piece("memory", f"{_PRIVATE}.232.6.2.14.13.1", {"maker": 9, "model": 10, "serial": 12, "name": 13}),
            _Piece(_BLADE, f"{_PRIVATE}.232.22.2.4.1.1.1", {"name": 4, "serial": 16, "model": 17}),
            _Piece("powerSupply", f"{_PRIVATE}.232.22.2.5.1.1.1", {"serial": 5, "model": 6}),
            _Piece(_BLADE, f"{_PRIVATE}.232.22.2.6.1.1.1", {"model": 6, "serial": 7}),
        ),
    ),
    # CISCO-UNIFIED-COMPUTING-MIB local disks, memory units and supplies, of Cisco's server controllers.
    "cisco-server": (
        _UCS,
        (
            _Piece(_DRIVE, f"{_PRIVATE}.9.9.719.1.45.4.1", {"name": 3, "serial": 12, "maker": 14}),
            _Piece("memory", f"{_PRIVATE}.9.9.719.1.30.11.1", {"name": 3, "serial": 19}),
            _Piece("powerSupply", f"{_PRIVATE}.9.9.719.1.15.56.1", {"name": 3, "model": 6, "serial": 13}),
        ),
    ),
    # HP-ICF-TRANSCEIVER-MIB hpicfXcvrInfoTable.
    "procurve-optics": (
        (f"{_PRIVATE}.11.2.3.7", f"{_PRIVATE}.11.2.14"),
        (_Piece(_OPTIC, f"{_PRIVATE}.11.2.14.11.5.1.82.1.1.1.1", {"name": 2, "model": 3, "serial": 4}),),
    ),
    # HH3C-TRANSCEIVER-INFO-MIB hh3cTransceiverInfoTable.
    "comware-optics": (
        (f"{_PRIVATE}.25506",),
        (_Piece(_OPTIC, f"{_PRIVATE}.25506.2.70.1.1.1", {"model": 2, "maker": 4, "serial": 5}),),
    ),
    # HUAWEI-ENTITY-EXTENT-MIB hwOpticalModuleInfoTable, by entPhysicalIndex.
    "huawei-optics": (
        (f"{_PRIVATE}.2011",),
        (_Piece(_OPTIC, f"{_PRIVATE}.2011.5.25.31.1.1.3.1", {"serial": 4, "maker": 24, "model": 25}, True),),
    ),
    # FOUNDRY-SN-SWITCH-GROUP-MIB snIfMediaInfoTable.
    "icx-optics": (
        (f"{_PRIVATE}.1991",),
        (_Piece(_OPTIC, f"{_PRIVATE}.1991.1.1.3.3.9.1", {"maker": 2, "model": 4, "serial": 5}),),
    ),
    # MIKROTIK-MIB mtxrOpticalTable.
    "mikrotik-optics": (
        (f"{_PRIVATE}.14988",),
        (_Piece(_OPTIC, f"{_PRIVATE}.14988.1.1.19.1.1", {"name": 2, "maker": 11, "serial": 12}),),
    ),
    # NMS-OPTICAL-PORT-MIB of BDCOM and RUIJIE-FIBER-MIB of Ruijie; FS sells both as its own.
    "fs-optics": (
        (f"{_PRIVATE}.52642", f"{_PRIVATE}.3320", f"{_PRIVATE}.4881"),
        (
            *(
                _Piece(_OPTIC, f"{_PRIVATE}.{maker}.9.63.1.7.1", {"maker": 7, "serial": 23})
                for maker in ("52642", "3320")
            ),
            *(
                _Piece(_OPTIC, f"{_PRIVATE}.{maker}.1.1.10.2.105.1.1.1", {"name": 2, "serial": 16})
                for maker in ("52642", "4881")
            ),
        ),
    ),
    # IPI-CMM-CHASSIS-MIB cmmStackUnitTable of OcNOS; SCHLEIFENBAUER-DATABUS-MIB, whose units stand on one ring.
    "ocnos": ((f"{_PRIVATE}.36673",), (_Piece(_FRAME, f"{_PRIVATE}.36673.100.1.2.1.1", {"model": 2, "serial": 3}),)),
    "schleifenbauer": (
        (f"{_PRIVATE}.31034",),
        (_Piece(_FRAME, f"{_PRIVATE}.31034.12.1.1.2.1.1.1", {"model": 5, "serial": 6}),),
    ),
    # JUNIPER-VIRTUALCHASSIS-MIB jnxVirtualChassisMemberTable, JUNIPER-MIB jnxContentsTable: its index starts with
    # the container.
    "juniper": (
        (f"{_PRIVATE}.2636",),
        (
            _Piece(_FRAME, f"{_PRIVATE}.2636.3.40.1.4.1.1.1", {"serial": 2, "firmware": 5, "model": 8}),
            _Piece(_BOARD, f"{_PRIVATE}.2636.3.1.8.1", {"descr": 6, "serial": 7, "hardware": 8, "model": 10}),
        ),
    ),
}  # fmt: skip


def _decode(rows: Rows, pieces: tuple[_Piece, ...]) -> Iterator[Seen]:
    place = FIRST
    for piece in pieces:
        texts = {name: rows.texts(f"{piece.entry}.{column}") for name, column in piece.columns.items()}
        for index in sorted({index for column in texts.values() for index in column}):
            said = {name: column.get(index, "") for name, column in texts.items()}
            if one := _entity(piece, index, place, said):
                yield one
                place += 1


def _entity(piece: _Piece, index: Index, place: int, said: Mapping[str, str]) -> Entity | None:
    serial = bare_serial(said.get("serial", ""))
    if not serial and (piece.kind != _DRIVE or not said.get("model")):
        return None
    kind = _board_kind(index, said.get("descr", "")) if piece.kind == _BOARD else piece.kind
    return Entity(
        index=place,
        kind=kind,
        parent=index[-1] if piece.by_entity else None,
        name=said.get("name", ""),
        descr=said.get("descr", ""),
        model=said.get("model", ""),
        serial=serial,
        hardware=said.get("hardware", ""),
        firmware=said.get("firmware", ""),
        maker=said.get("maker", ""),
    )


def _board_kind(index: Index, descr: str) -> str:
    """Juniper's container 1 is the frame of the chassis."""
    if index[0] == 1:
        return _FRAME
    words = descr.lower()
    if words.startswith(("power supply", "pem", "psu")):
        return "powerSupply"
    return _OPTIC if words.startswith(("sfp", "xfp", "qsfp", "xcvr")) else _BOARD


def bare_serial(serial: str) -> str:
    """A serial number without quotes and the label before it (Juniper's `S/N CAAG0822`), or "" for a word of none."""
    text = serial.strip("\"' ")
    text = text[4:].strip() if text.upper().startswith("S/N ") else text
    return "" if text.upper() in _NO_SERIAL else text


def is_of_maker(entity: Entity) -> bool:
    """Whether an entity came from a maker's table: a piece of the thing, never the thing."""
    return entity.index >= FIRST


def _table(name: str, makers: tuple[str, ...], pieces: tuple[_Piece, ...]) -> Table:
    columns = tuple(f"{piece.entry}.{column}" for piece in pieces for column in piece.columns.values())
    decode: Callable[[Rows], Iterator[Seen]] = partial(_decode, pieces=pieces)
    return Table(f"snmp.parts.{name}", columns, decode, makers)


TABLES: tuple[Table, ...] = tuple(_table(name, makers, pieces) for name, (makers, pieces) in _PIECES.items())
