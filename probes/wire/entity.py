"""What a device is made of: ENTITY-MIB entPhysicalTable (RFC 6933), then the makers' own tables of parts."""

from collections.abc import Iterator

from probes.seen import Entity, Seen
from probes.wire import maker_parts
from probes.wire.rows import Rows, Table, indexes

_ENTRY = "1.3.6.1.2.1.47.1.1.1.1"
DESCR, PARENT, CLASS, POSITION = (f"{_ENTRY}.{n}" for n in (2, 4, 5, 6))
NAME, HARDWARE, FIRMWARE, SOFTWARE, SERIAL, MAKER, MODEL = (f"{_ENTRY}.{n}" for n in range(7, 14))
CLASSES = {
    1: "other", 2: "unknown", 3: "chassis", 4: "backplane", 5: "container", 6: "powerSupply", 7: "fan", 8: "sensor",
    9: "module", 10: "port", 11: "stack", 12: "cpu", 13: "energyObject", 14: "battery", 15: "storageDrive",
}  # fmt: skip


def decode(rows: Rows) -> Iterator[Seen]:
    """One Entity for each entPhysicalIndex; the class is unknown where the device did not say."""
    texts = {c: rows.texts(c) for c in (DESCR, NAME, HARDWARE, FIRMWARE, SOFTWARE, SERIAL, MAKER, MODEL)}
    classes, parents, positions = rows.numbers(CLASS), rows.numbers(PARENT), rows.numbers(POSITION)
    for index in indexes(1, *texts.values(), classes):
        yield Entity(
            index=index[0],
            kind=CLASSES.get(classes.get(index, 2), "unknown"),
            parent=parents.get(index),
            position=positions.get(index),
            name=texts[NAME].get(index, ""),
            descr=texts[DESCR].get(index, ""),
            model=texts[MODEL].get(index, ""),
            serial=texts[SERIAL].get(index, "").strip("\"' "),
            hardware=texts[HARDWARE].get(index, ""),
            firmware=texts[FIRMWARE].get(index, ""),
            software=texts[SOFTWARE].get(index, ""),
            maker=texts[MAKER].get(index, ""),
        )


TABLES: tuple[Table, ...] = (
    Table(
        "snmp.entity",
        (DESCR, PARENT, CLASS, POSITION, NAME, HARDWARE, FIRMWARE, SOFTWARE, SERIAL, MAKER, MODEL),
        decode,
    ),
    *maker_parts.TABLES,
)
