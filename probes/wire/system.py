"""Who a device says it is: SNMPv2-MIB system group (RFC 3418), and how it let itself be asked."""

import re
from collections.abc import Iterator, Mapping

from probes.canonical import clean
from probes.seen import Seen, SnmpAccess, System
from probes.vocabulary import Recording
from probes.wire.rows import Rows, Table

_SYSTEM = "1.3.6.1.2.1.1"
DESCR, OBJECT_ID, UPTIME, NAME, LOCATION = (f"{_SYSTEM}.{n}.0" for n in (1, 2, 3, 5, 6))
_TICKS_PER_SECOND = 100


def decode(rows: Rows) -> Iterator[Seen]:
    """The system group, when any of it was answered. sysContact names a person and is never asked for."""
    ticks, object_id = rows.number(UPTIME), rows.get(OBJECT_ID)
    found = System(
        descr=rows.text(DESCR),
        object_id=_numeric(object_id),
        name=rows.text(NAME),
        location=rows.text(LOCATION),
        uptime_s=None if ticks is None else ticks // _TICKS_PER_SECOND,
    )
    if found != System():
        yield found


def _numeric(value: int | bytes | str | None) -> str:
    """An object identifier without its leading dot. An HPE power strip sends it as a string of octets."""
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else value
    if not isinstance(text, str) or not re.fullmatch(r"\.?\d+(\.\d+)+", text):
        return ""
    return text.lstrip(".")


def decode_access(recording: Recording) -> Iterator[Seen]:
    """How SNMP answered, from the `snmp.access` recording."""
    for answer in recording.answers:
        if isinstance(answer, Mapping):
            yield SnmpAccess(
                version=clean(str(answer.get("version", ""))),
                level=clean(str(answer.get("level", ""))),
                engine_id=clean(str(answer.get("engine_id", ""))),
                credential=clean(str(answer.get("credential", ""))),
                default_community=answer.get("default_community") is True,
            )


ACCESS = "snmp.access"
SYSTEM = Table("snmp.system", (DESCR, OBJECT_ID, UPTIME, NAME, LOCATION), decode)
TABLES: tuple[Table, ...] = (SYSTEM,)
