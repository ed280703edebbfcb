"""Parts, ports and neighbours of recorded devices held against what their sources expect in detail."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from agent.measuring_dumps import Dump, Row, by_file, dumps_in, truth_of
from agent.measuring_marks import Mark, plain
from probes.identity import is_junk_serial
from probes.ports import PortTable, port_table, ports_of
from probes.seen import FdbEntry, Neighbour
from probes.topology import local_ifindex
from probes.vocabulary import Port

PARTS, OPTICS, PORTS, PORT_STATES, LEARNED, LINKS = (
    "parts with a serial number", "transceivers with a serial number", "Ethernet interfaces",
    "their operational state", "learned addresses on their port", "LLDP and CDP neighbours",
)  # fmt: skip
_ETHERNET = ("ethernetCsmacd", "gigabitEthernet", "fastEther")


def detail_marks(dump: Dump, truth: Mapping[str, Mapping[str, Sequence[Row]]], row: Row) -> list[Mark]:
    """Marks of one device's parts and ports; `truth` is keyed by the name of the truth file, then by dump."""
    name = dump.path.name
    whose = (row.get("vendor", ""), row.get("kind", ""))
    rows = {table: truth[table].get(name, ()) for table in truth}
    marks = [*_parts(dump, rows.get("entities", ()), whose), *_optics(dump, rows.get("transceivers", ()), whose)]
    marks += _learned(dump, rows.get("fdb", ()), whose)
    return [*marks, *_ports(dump, rows.get("ports", ()), whose)] if rows.get("ports") else marks


Whose = tuple[str, str]


def _parts(dump: Dump, rows: Sequence[Row], whose: Whose) -> Iterator[Mark]:
    wanted = [row for row in rows if _is_serial(row["entPhysicalSerialNum"])]
    held = {plain(part.serial) for part in dump.identity.parts} if wanted else set()
    for row in wanted:
        serial = row["entPhysicalSerialNum"]
        found = bool({plain(serial), plain(serial).removeprefix("s/n")} & held)
        yield Mark(
            PARTS, "right" if found else "blank", dump.path.name, *whose, truth=f"{row['entPhysicalIndex']} {serial}"
        )


def _is_serial(text: str) -> bool:
    """Whether it numbers a piece. Juniper writes BUILTIN where a piece has no number of its own."""
    return bool(text) and not is_junk_serial(text) and text != "BUILTIN"


def _optics(dump: Dump, rows: Sequence[Row], whose: Whose) -> Iterator[Mark]:
    wanted = [row for row in rows if row["serial"].strip()]
    held = {plain(part.serial) for part in dump.identity.parts} if wanted else set()
    for row in wanted:
        found = plain(row["serial"]) in held
        yield Mark(OPTICS, "right" if found else "blank", dump.path.name, *whose, truth=row["serial"])


def _ports(dump: Dump, rows: Sequence[Row], whose: Whose) -> Iterator[Mark]:
    held = {port.index: port for port in ports_of([seen for _, seen in dump.seen])}
    for row in rows:
        if row["ifType"] not in _ETHERNET:
            continue
        port = held.get(int(row["ifIndex"])) if row["ifIndex"].isdigit() else None
        said = port.name if port else ""
        right = port is not None and port.physical is not None and _is_named(port, row)
        yield Mark(
            PORTS, "right" if right else "wrong" if said else "blank", dump.path.name, *whose, said,
            f"{row['ifIndex']} {row['ifName'] or row['ifDescr']}",
        )  # fmt: skip
        if port and row["ifOperStatus"] in ("up", "down"):
            up = {True: "up", False: "down", None: ""}[port.oper_up]
            right = up == row["ifOperStatus"]
            yield Mark(PORT_STATES, "right" if right else "wrong" if up else "blank", dump.path.name, *whose, up)


def _learned(dump: Dump, rows: Sequence[Row], whose: Whose) -> Iterator[Mark]:
    """Whether each address was learned on the interface, and in the VLAN, that the source says."""
    seen = [one for _, one in dump.seen] if rows else []
    table = port_table(seen)
    held: dict[str, set[tuple[str, str]]] = {}
    for entry in seen:
        if isinstance(entry, FdbEntry):
            index = table.ifindex_of_bridge(entry.port) if entry.port else None
            where = str(entry.port if index is None else index), str(entry.vlan or "")
            held.setdefault(entry.mac.replace(":", ""), set()).add(where)
    for row in rows:
        places = held.get(row["mac_address"], set())
        right = any(row["ifIndex"] in ("", port) and row["vlan_vlan"] in ("", vlan) for port, vlan in places)
        said = " ".join(f"{port}/{vlan}" for port, vlan in sorted(places))
        truth = f"{row['mac_address']} {row['ifIndex']}/{row['vlan_vlan']}"
        yield Mark(LEARNED, "right" if right else "wrong" if places else "blank", dump.path.name, *whose, said, truth)


def _is_named(port: Port, row: Row) -> bool:
    return plain(port.name) in {plain(row["ifName"]), plain(row["ifDescr"]), row["ifIndex"]}


def details_of(truth: Path, dumps: Sequence[Dump]) -> Iterator[tuple[Dump, list[Mark]]]:
    """Each dump with its marks of parts and ports."""
    tables = {name: by_file(truth, name) for name in ("entities", "transceivers", "ports", "fdb")}
    rows = truth_of(truth)
    for dump in dumps:
        yield dump, detail_marks(dump, tables, rows.get(dump.path.name, {}))


def neighbour_marks(truth: Path) -> list[Mark]:
    """Marks of the neighbours in truth/links: the right local port, name and remote port of the same protocol."""
    links, rows = by_file(truth, "links"), truth_of(truth)
    dumps = [dump for dump in dumps_in(truth) if dump.path.name in links] if links else []
    return [
        mark
        for dump in dumps
        for mark in _neighbours(dump, links[dump.path.name], rows.get(dump.path.name, {}).get("vendor", ""))
    ]


def _neighbours(dump: Dump, wanted: Sequence[Row], maker: str) -> Iterator[Mark]:
    seen = [one for _, one in dump.seen]
    table = port_table(seen)
    said = [(_local_names(table, one), one) for one in seen if isinstance(one, Neighbour)]
    for row in wanted:
        here = [
            one for names, one in said if names & {plain(row["ifName"]), plain(row["ifDescr"])} and _spoken(one, row)
        ]
        right = any(_is_neighbour(one, row) for one in here)
        truth = f"{row['ifName']} {row['remote_hostname']} {row['remote_port']}"
        words = "; ".join(f"{one.name} {one.port_id} {one.port_descr}" for one in here)
        yield Mark(LINKS, "right" if right else "wrong" if here else "blank", dump.path.name, maker, "", words, truth)


def _local_names(table: PortTable, seen: Neighbour) -> set[str]:
    index = local_ifindex(table, seen)
    found = table.interfaces.get(index) if index is not None else None
    return {plain(text) for text in ((found.name, found.descr) if found else (seen.local_port,)) if text}


def _spoken(seen: Neighbour, row: Row) -> bool:
    return seen.protocol in row["protocol"] or row["protocol"] == "cdp-or-lldp"


def _is_neighbour(seen: Neighbour, row: Row) -> bool:
    """Whether this is the neighbour. Its source names one that is silent about its name by its description."""
    host, port = row["remote_hostname"], row["remote_port"]
    names = {_letters(seen.name), _letters(seen.chassis_id), _letters(seen.name.split("(")[0])}
    named = not host or _letters(host) in names or (not seen.name and _letters(host) in _letters(seen.descr))
    without = re.sub(r" \([0-9a-f]*\)$", "", port)
    # VMware ESX announces its card (vmnic3) as the chassis id, by interface name.
    card = seen.chassis_id if seen.chassis_subtype == 6 else ""
    said = {_letters(seen.port_id), _letters(seen.port_descr), _letters(card)}
    return named and (not port or bool(said & {_letters(port), _letters(without), _letters(_unhexed(without))}))


def _unhexed(text: str) -> str:
    """The words behind octets that a source left in hexadecimal: 31 2F 32 35 00 is 1/25."""
    try:
        return bytes.fromhex(text.replace(":", " ")).decode("ascii")
    except ValueError:
        return text


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())
