"""Every registered decode over damaged recordings: each may refuse them as undecodable, none may fail otherwise.

CARETAKER_FUZZ sets how many damaged recordings each decode is given.
"""

import copy
import gzip
import json
import os
import random
import re
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import Any

import pytest

from probes.errors import Undecodable
from probes.registry import DECODERS, SNMP_TABLES
from probes.seen import Seen
from probes.vocabulary import Json, Recording
from probes.wire.rows import Table
from tests.conftest import ROOT
from tests.probes.wire.loopback import recording
from tests.timing import least, thread_seconds

COUNT = int(os.environ.get("CARETAKER_FUZZ", "400"))
MOST_ANSWERS = 24
MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", re.ASCII)
SLOWEST_S = 0.1
HOSTILE: tuple[Json, ...] = (
    None, True, -1, 0, 2**31, 2**64, 1.5, float("nan"), "", "x" * 4000, "\ud800", "\x00", "0x", "00" * 300, "1.3.6.1",
    "1.3.6.1.2.1.1.1.0", "999.999.999.999", "fe80::1%eth0", "ff:ff:ff:ff:ff:ff", "2026-13-45T99:99:99Z", [], {}, [[]],
    {"": None}, ["4", "x"], "4x", "65", "\u202e<script>", "-1", "1e999", "٣",
)  # fmt: skip
TAGS = ("2", "4", "4x", "5", "6", "64", "64x", "65", "66", "67", "70", "999", "")
MADE: dict[str, list[Json]] = {
    "nmap.versions": [{"open": [{"port": 22, "protocol": "tcp", "name": "ssh", "version": "9.2"}], "asked": 1}],
    "number.lookup": [[318, "American Power Conversion Corp."]],
    "dhcp.leases": [["10.20.1.7", "3c:52:82:00:00:07", "LIB-PC07"]],
    "controller.unifi": [
        {"what": "network", "_id": "n1", "vlan": 20},
        {"what": "wlan", "name": "Staff", "security": "wpapsk", "enabled": True, "networkconf_id": "n1"},
        {"what": "device", "mac": "24:5a:4c:00:00:01", "type": "uap", "model": "U7PG2", "state": 1},
    ],
    "controller.unifi.device": [
        {
            "what": "device",
            "mac": "24:5a:4c:00:00:01",
            "type": "usw",
            "model": "US8P60",
            "version": "7.0.50",
            "port_table": [{"port_idx": 1, "up": True, "speed": 1000, "poe_enable": True}],
            "lldp_table": [{"local_port_idx": 1, "chassis_id": "24:5a:4c:00:00:02", "port_id": "Port 2"}],
        },
        {"what": "client", "mac": "f4:8e:38:00:00:01", "sw_port": 3, "vlan": 20, "ip": "10.0.0.5"},
    ],
    "controller.omada": [
        {"what": "controller", "port": 8043, "controllerVer": "5.13"},
        {"what": "ssid", "name": "Staff", "security": 3},
        {"what": "device", "mac": "24-5A-4C-00-00-01", "type": "switch", "model": "TL-SG3210", "statusCategory": 1},
    ],
    "controller.omada.device": [
        {"what": "device", "mac": "24-5A-4C-00-00-01", "type": "switch", "model": "TL-SG3210"},
        {"what": "switch", "ports": [{"port": 1, "portStatus": {"linkStatus": 1, "linkSpeed": 3}}]},
        {"what": "client", "mac": "F4-8E-38-00-00-01", "port": 3, "vid": 20},
    ],
}


@cache
def recorded() -> dict[str, list[Recording]]:
    """The recordings of the virtual school's night, by probe, at most three of each."""
    found: dict[str, list[Recording]] = {}
    with gzip.open(ROOT / "tests/lab/recorded/night.jsonl.gz", "rt") as lines:
        next(lines)  # the head: which night this is
        for line in lines:
            one = Recording.model_validate_json(line)
            if one.answers and len(found.setdefault(one.probe, [])) < 3:
                found[one.probe].append(one)
    return found


def rows_of(table: Table, chance: random.Random) -> list[Json]:
    """Rows below a table's own columns, of any type."""
    indexes = ("0", "1", "2", "1.4.10.20.0.2", "12.3", "0.17.34.51.68.85", ".".join(["9"] * 40))
    asked = (*table.columns, *table.places)
    return [
        [f"{chance.choice(asked)}.{chance.choice(indexes)}", chance.choice(TAGS), str(chance.choice(HOSTILE))]
        for _ in range(MOST_ANSWERS)
    ]


def seeds_of(name: str) -> list[Recording]:
    if name in recorded():
        return recorded()[name]
    table = next((table for table in SNMP_TABLES if table.name == name), None)
    if table is not None:
        return [recording(name, rows_of(table, random.Random(1)))]
    return [recording(name, MADE[name])]


def damaged(name: str, count: int) -> Iterator[Recording]:
    chance = random.Random(zlib.crc32(name.encode()))
    seeds = seeds_of(name)
    table = next((table for table in SNMP_TABLES if table.name == name), None)
    for number in range(count):
        seed = seeds[number % len(seeds)]
        start = chance.randrange(max(1, len(seed.answers) - MOST_ANSWERS + 1))
        answers = copy.deepcopy(list(seed.answers[start : start + MOST_ANSWERS]))
        if table is not None and number % 3 == 0:
            answers = rows_of(table, chance)
        for _ in range(chance.randrange(1, 5)):
            answers = damage(answers, chance)
        yield seed.model_copy(update={"answers": tuple(answers) if isinstance(answers, list) else (answers,)})


def damage(node: Any, chance: random.Random) -> Any:
    """The same with one place of it, however deep, replaced, taken out, doubled or cut."""
    if not node or chance.random() < 0.1:
        return chance.choice(HOSTILE)
    match node:
        case list():
            return _damaged_list(node, chance)
        case dict():
            key = chance.choice(sorted(node))
            rest = {name: value for name, value in node.items() if name != key}
            return rest if chance.random() < 0.15 else rest | {key: damage(node[key], chance)}
        case str() if chance.random() < 0.6:
            place = chance.randrange(len(node))
            return node[:place] + chance.choice(("", "\x00", "9", "f", ".", "\ud800", node)) + node[place + 1 :]
        case _:
            return chance.choice(HOSTILE)


def _damaged_list(node: list[Any], chance: random.Random) -> list[Any]:
    place = chance.randrange(len(node))
    middle = ([], [node[place]] * 2, *[[damage(node[place], chance)]] * 6)[chance.randrange(8)]
    return [*node[:place], *middle, *node[place + 1 :]]


@pytest.mark.parametrize("name", sorted(DECODERS))
def test_damaged_recordings_are_decoded_or_refused(name: str) -> None:
    decode, accepted = DECODERS[name], 0
    for seed in seeds_of(name):
        list(decode(seed))
    for one in damaged(name, COUNT):
        began = time.thread_time()
        found = taken(decode, one)
        accepted += found is not None
        took = time.thread_time() - began
        if took > SLOWEST_S:
            took = least(partial(thread_seconds, partial(taken, decode, one)), SLOWEST_S)
        assert took <= SLOWEST_S, f"{took * 1000:.0f} ms for {json.dumps(one.answers)[:2000]}"
        for seen in found or ():
            assert not (wrong := sorted(unfit(seen))), f"{wrong} of {seen!r}"[:2000]
    assert accepted


def taken(decode: Callable[[Recording], Iterable[Seen]], one: Recording) -> list[Seen] | None:
    """What a decode says of a recording, or nothing when it refuses it."""
    try:
        return list(decode(one))
    except Undecodable:
        return None


def unfit(seen: Seen) -> Iterator[str]:
    """The fields of a record that the rest of a night cannot bear: text that is no Unicode, a MAC that is none."""
    for name in seen.__slots__:
        value = getattr(seen, name)
        if name in ("mac", "source_mac") and value and not MAC.fullmatch(str(value)):
            yield name
        try:
            repr(value).encode()
            json.dumps(value, default=str, ensure_ascii=False, allow_nan=False).encode()
        except (UnicodeEncodeError, ValueError):
            yield name
