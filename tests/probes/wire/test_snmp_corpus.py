"""Every recorded device through every decode: none raises, and what is decoded is what the recording's source says."""

import csv
import gzip
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

from probes import seen
from probes.wire import (
    addresses,
    bridge,
    cdp,
    entity,
    host_resources,
    interfaces,
    lag,
    lldp,
    poe,
    printer,
    stp,
    system,
    ups,
    wireless,
)
from probes.wire.rows import Rows

Record = TypeVar("Record")
CORPUS = Path(os.environ.get("CARETAKER_CORPUS", Path(__file__).resolve().parents[4] / "shared" / "corpus"))
MODULES = (
    system, interfaces, addresses, entity, lldp, cdp, bridge, stp, poe, lag, ups, printer, host_resources, wireless,
)  # fmt: skip
TABLES = tuple(table for module in MODULES for table in module.TABLES)
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason=f"The device corpus is not at {CORPUS} (set CARETAKER_CORPUS)."),
]

# What the source learned from tables of the maker's own, or from a device it had walked elsewhere.
ELSEWHERE = {
    "ports": {
        "d0304",
        "d0697",
        "d0468",
        "d0621",
        "d0481",
        "d0580",
        "d0550",
        "d1041",
        "d0370",
        "d0392",
        "d0189",
        "d0858",
    },
    "entities": {"d0137", "d0623", "d0470", "d0856", "d0404", "d0425", "d0630", "d0177", "d0545", "d0682", "d0519"},
    "vlans": {"d1009", "d0186"},
    "port_vlans": {"d0670", "d0908", "d1009", "d0568", "d0186", "d0426", "d0404"},
    "fdb": {"d0139"},
}


class Score:
    """How many of the source's statements the decodes agree with, and the first few that they do not."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.all: Counter[str] = Counter()
        self.wrong: dict[str, list[object]] = defaultdict(list)

    def note(self, what: str, right: bool, said: object) -> None:
        self.all[what] += 1
        self.right[what] += right
        if not right:
            self.wrong[what].append(said)

    def assert_at_least(self, share: float) -> None:
        for what, total in sorted(self.all.items()):
            print(f"{what}: {self.right[what]}/{total} = {100 * self.right[what] / total:.2f} %")
        short = {w: self.wrong[w][:5] for w, n in self.all.items() if self.right[w] < share * n}
        assert self.all
        assert not short


@cache
def everything() -> dict[str, list[seen.Seen]]:
    return {
        path.name: [found for table in TABLES for found in table.decode(rows)]
        for path in sorted((CORPUS / "devices").glob("*.snmprec"))
        for rows in [Rows.from_snmprec(path)]
    }


def truth(name: str) -> Iterator[tuple[str, list[dict[str, str]]]]:
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(CORPUS / "truth" / f"{name}.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows[row["file"]].append(row)
    for file_name, of_file in rows.items():
        if file_name.removesuffix(".snmprec") not in ELSEWHERE.get(name, set()):
            yield file_name, of_file


def of(file: str, kind: type[Record]) -> list[Record]:
    return [found for found in everything()[file] if isinstance(found, kind)]


def plain(text: str | None) -> str:
    """Words without case, white space, quotes and the dots that the source puts for what it could not print."""
    return "".join((text or "").replace('"', "").split()).rstrip(".").casefold()


def same(said: str, *found: str) -> bool:
    return plain(said) in {plain(text) for text in found} or "<private>" in found


def test_no_recorded_device_makes_a_decode_raise() -> None:
    assert len(everything()) > 1000
    assert sum(map(len, everything().values())) > 150_000


def test_ports_have_the_names_speeds_addresses_and_states_the_source_says() -> None:
    score = Score()
    for file, rows in truth("ports"):
        found = {interface.index: interface for interface in of(file, seen.Interface)}
        for row in rows:
            port = found.get(int(row["ifIndex"] or -1))
            score.note("port", port is not None, row)
            if port is not None:
                _port(score, row, port)
    score.assert_at_least(0.98)


def _port(score: Score, row: dict[str, str], port: seen.Interface) -> None:
    score.note("name", same(row["ifName"], port.name, port.descr, ""), (row, port))
    score.note("descr", same(row["ifDescr"], port.descr, port.name, port.alias, ""), (row, port))
    # The source keeps a full 32-bit gauge as if it were a speed, and shows ifHighSpeed's wrong units as they came.
    if row["ifSpeed"].isdigit() and 0 < int(row["ifSpeed"]) != 2**32 - 1:
        mbps = int(row["ifSpeed"]) // 10**6
        score.note("speed", port.speed_mbps in (mbps, mbps // 10**6) or not port.speed_mbps, (row, port))
    if len(row["ifPhysAddress"].replace("0", "")) and len(row["ifPhysAddress"]) == 12:
        score.note("mac", (port.mac or "").replace(":", "") == row["ifPhysAddress"], (row, port))
    if row["ifOperStatus"] in ("up", "down"):
        score.note("state", port.oper_up is (row["ifOperStatus"] == "up"), (row, port))


def test_entities_have_the_classes_models_and_serials_the_source_says() -> None:
    score = Score()
    fields = (("kind", "Class"), ("model", "ModelName"), ("serial", "SerialNum"), ("name", "Name"))
    for file, rows in truth("entities"):
        found = {str(part.index): part for part in of(file, seen.Entity)}
        for row in rows:
            part = found.get(row["entPhysicalIndex"])
            score.note("entity", part is not None, row)
            for field, column in fields if part else ():
                said = row[f"entPhysical{column}"]
                if said:
                    score.note(field, same(said, getattr(part, field)), (row, part))
    score.assert_at_least(0.98)


def test_own_addresses_and_neighbours_are_the_sources() -> None:
    score = Score()
    for file, rows in truth("ipv4"):
        own = {address.ip: address for address in of(file, seen.OwnAddress)}
        for row in rows:
            found = own.get(row["ipv4_address"])
            score.note("address", found is not None, row)
            if found is not None:
                score.note("interface", row["ifIndex"] in ("", str(found.ifindex)), (row, found))
                # Where the device named no mask, the source takes the class of the address; we say nothing.
                score.note("prefix", found.prefix in (None, 0, int(row["ipv4_prefixlen"])), (row, found))
    for file, rows in truth("arp"):
        pairs = {(pair.ip, pair.mac.replace(":", "")) for pair in of(file, seen.AddressPair)}
        for row in rows:
            score.note("arp", (row["ipv4_address"], row["mac_address"]) in pairs, row)
    score.assert_at_least(0.98)


def test_learned_addresses_are_on_the_ports_and_vlans_the_source_says() -> None:
    score = Score()
    for file, rows in truth("fdb"):
        ports = {port.port: port.ifindex for port in of(file, seen.BridgePort)}
        entries = defaultdict(list)
        for entry in of(file, seen.FdbEntry):
            entries[entry.mac.replace(":", "")].append(entry)
        for row in rows:
            found = entries[row["mac_address"]]
            score.note("entry", bool(found), row)
            score.note("port", row["ifIndex"] in {"", *(str(ports.get(e.port, e.port)) for e in found)}, (row, found))
            score.note("vlan", row["vlan_vlan"] in {"", *(str(e.vlan) for e in found)}, (row, found))
    score.assert_at_least(0.98)


def test_vlans_and_their_ports_are_the_sources() -> None:
    score = Score()
    for file, rows in truth("vlans"):
        names = {str(vlan.vid): vlan.name for vlan in of(file, seen.Vlan)}
        for row in rows:
            score.note("vlan", row["vlan_vlan"] in names, row)
            # A VLAN without a name is called "VLAN n" by the source.
            name = names.get(row["vlan_vlan"]) or f"VLAN {row['vlan_vlan']}"
            score.note("vlan name", same(row["vlan_name"], name), (row, names))
    for file, rows in truth("port_vlans"):
        members = {(str(member.port), str(member.vid)): member for member in of(file, seen.PortVlan)}
        for row in rows:
            member = members.get((row["baseport"], row["vlan"]))
            score.note("member", member is not None, row)
            if member is not None:
                score.note("untagged", member.tagged is (row["untagged"] != "1"), (row, member))
    score.assert_at_least(0.98)


def test_links_leave_the_port_and_reach_the_neighbour_the_source_says() -> None:
    score = Score()
    for file, rows in truth("links"):
        neighbours = list(_placed(file))
        for row in rows:
            here = [
                n
                for port, n in neighbours
                if same(row["ifName"], port.name, port.descr) or same(row["ifDescr"], port.descr)
            ]
            score.note("local port", bool(here), row)
            score.note(
                "neighbour", any(_is(row["remote_hostname"], n.name, n.chassis_id, n.descr) for n in here), (row, here)
            )
            said = row["remote_port"].partition(" (")[0]
            score.note("remote port", any(_is(said, n.port_id, n.port_descr) for n in here), (row, here))
    score.assert_at_least(0.97)


def _placed(file: str) -> Iterator[tuple[seen.Interface, seen.Neighbour]]:
    ports = {port.number: port for port in of(file, seen.LocalPort)}
    known, bridged = of(file, seen.Interface), of(file, seen.BridgePort)
    by_index = {interface.index: interface for interface in known}
    for neighbour in of(file, seen.Neighbour):
        own_number = neighbour.protocol == "lldp"
        index = (
            lldp.interface_of(neighbour.local_port, ports, known, bridged) if own_number else int(neighbour.local_port)
        )
        if index in by_index:
            yield by_index[index], neighbour


def _is(said: str, *found: str) -> bool:
    """Whether a name is the one found; the source writes MAC addresses with spaces, and VMware's port ids as words."""
    bare = plain(said).replace(":", "")
    return (
        "<private>" in found or not bare or bare in {plain(text).replace(":", "") for text in found} or "vmnic" in bare
    )


def test_a_sample_of_rows_damaged_in_every_way_makes_no_decode_raise() -> None:
    for path in sorted((CORPUS / "devices").glob("*.snmprec"))[::40]:
        lines = path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()[:3000]
        for damaged in _damaged(lines):
            rows = Rows(damaged)
            assert all(list(table.decode(rows)) is not None for table in TABLES)


def _damaged(lines: Iterable[str]) -> Iterator[list[list[str]]]:
    rows = [line.split("|", 2) for line in lines if line.count("|") >= 2]
    tags = ("2", "4", "4x", "6", "64", "64x", "65", "70", "5", "", "9z")
    yield [[oid, tags[n % len(tags)], value] for n, (oid, _, value) in enumerate(rows)]
    yield [[oid, tag, value[: len(value) // 2] + "\x00\ud800"] for oid, tag, value in rows]
    yield [
        [oid.rpartition(".")[0] if n % 2 else f"{oid}.4294967295.0", tag, value]
        for n, (oid, tag, value) in enumerate(rows)
    ]
    yield [
        [oid + ".x" if n % 3 else oid.replace(".", "..", 1), tag, "9" * 5000] for n, (oid, tag, _) in enumerate(rows)
    ]
    yield [row[: n % 4] for n, row in enumerate(rows)]
