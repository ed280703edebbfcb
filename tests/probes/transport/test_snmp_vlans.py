"""A Catalyst asked VLAN by VLAN: by indexed community and by SNMPv3 context, within bounds, and no secret kept."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from probes import seen
from probes.picture import picture
from probes.registry import DECODERS, SNMP_TABLES
from probes.transport.snmp import Backend, Session, collect
from probes.transport.snmp_credentials import Credential, SnmpBudget
from probes.vocabulary import Outcome, Recording
from probes.wire import fdb
from tests.probes.transport.snmp_agents import Asked, Lie, agent, community, fast_guard, holding, snmpsim, user

Line = tuple[str, str, str]
WORD = "canary-community"
BRIDGE, VTP, MEMBERSHIP = "1.3.6.1.2.1.17", fdb.VTP_STATE, fdb.ACCESS_VLAN
LAPTOP, PHONE, PRINTER, UPSTREAM = "3c:52:82:00:00:10", "00:0b:82:00:00:20", "00:1b:a9:00:00:01", "00:1e:14:00:00:99"
QUICK = SnmpBudget(first_timeout=0.1, silent_retries=1, retries=2, longest_timeout=0.3)


def learned(mac: str, port: int) -> list[Line]:
    index = ".".join(str(octet) for octet in bytes.fromhex(mac.replace(":", "")))
    return [(f"{BRIDGE}.4.3.1.2.{index}", "2", str(port)), (f"{BRIDGE}.4.3.1.3.{index}", "2", "3")]


def in_vlan(ports: Mapping[int, int], *entries: tuple[str, int]) -> list[Line]:
    """One VLAN's BRIDGE-MIB: its ports with their interfaces, forwarding, and what was learned there."""
    rows = [(f"{BRIDGE}.1.4.1.2.{port}", "2", str(ifindex)) for port, ifindex in ports.items()]
    rows += [(f"{BRIDGE}.2.15.1.3.{port}", "2", "5") for port in ports]
    return rows + [row for entry in entries for row in learned(*entry)]


def catalyst(states: Mapping[int, int], access: Mapping[int, int], ports: Sequence[int] = (1, 2, 3, 24)) -> list[Line]:
    """What a Catalyst says with no VLAN named: its interfaces, its VLANs, and VLAN 1's bridge."""
    rows = [("1.3.6.1.2.1.1.1.0", "4", "Cisco IOS Software, C2960 Software"), ("1.3.6.1.2.1.1.5.0", "4", "sw-old")]
    rows += [("1.3.6.1.2.1.1.2.0", "6", "1.3.6.1.4.1.9.1.716"), (f"{BRIDGE}.1.1.0", "4x", "001e14aa0000")]
    for port in ports:
        index, name = 10100 + port, f"FastEthernet0/{port}"
        rows += [(f"1.3.6.1.2.1.2.2.1.2.{index}", "4", name), (f"1.3.6.1.2.1.2.2.1.3.{index}", "2", "6")]
        rows += [(f"1.3.6.1.2.1.2.2.1.8.{index}", "2", "1")]
    rows += [(f"{VTP}.1.{vlan}", "2", str(state)) for vlan, state in states.items()]
    rows += [(f"{MEMBERSHIP}.{10100 + port}", "2", str(vlan)) for port, vlan in access.items()]
    return rows


VLAN_1, VLAN_10 = in_vlan({1: 10101, 24: 10124}, (PRINTER, 1)), in_vlan({2: 10102, 24: 10124}, (LAPTOP, 2))
VLAN_20 = in_vlan({3: 10103, 24: 10124}, (PHONE, 3), (UPSTREAM, 24))
# VLAN 30 runs but is on no port, so no bridge answers for it; VLAN 40 is suspended; the others are no Ethernet.
STATES = {1: 1, 10: 1, 20: 1, 30: 1, 40: 2, 1002: 1, 1003: 1, 1004: 1, 1005: 1}
OWN = [*catalyst(STATES, {1: 1, 2: 10, 3: 20}), *VLAN_1]
SWITCH = {WORD: OWN, f"{WORD}@1": VLAN_1, f"{WORD}@10": VLAN_10, f"{WORD}@20": VLAN_20}


def now() -> datetime:
    return datetime(2026, 11, 3, 22, tzinfo=UTC)


async def asked(
    port: int, credential: Credential, budget: SnmpBudget = QUICK, backend: Backend | None = None
) -> list[Recording]:
    made = Session(fast_guard(), "127.0.0.1", credential, budget, time.monotonic, port, backend=backend)
    async with made as session:
        return [recording async for recording in collect(session, SNMP_TABLES, "staff", now)]


def ask(lie: Lie, budget: SnmpBudget = QUICK) -> tuple[Recording, list[Recording], list[str]]:
    """The forwarding table's recording, all of them, and every community that was sent."""
    words: list[str] = []

    def heard(question: Asked) -> list[bytes]:
        words.append(question.community.decode())
        return lie(question)

    async def night() -> list[Recording]:
        async with agent(heard) as switch:
            return await asked(switch.port, community(WORD), budget)

    found = asyncio.run(night())
    return next(r for r in found if r.probe == "snmp.fdb"), found, words


def entries(recording: Recording) -> set[tuple[str, int, int | None]]:
    return {(s.mac, s.port, s.vlan) for s in DECODERS["snmp.fdb"](recording) if isinstance(s, seen.FdbEntry)}


EVERY = {(PRINTER, 1, 1), (LAPTOP, 2, 10), (PHONE, 3, 20), (UPSTREAM, 24, 20)}


def test_each_vlan_is_asked_with_its_own_community_and_keeps_its_number() -> None:
    table, found, words = ask(holding(SWITCH))
    assert entries(table) == EVERY
    assert table.outcome is Outcome.COMPLETE
    assert set(words) == {WORD, *(f"{WORD}@{vlan}" for vlan in (1, 10, 20, 30))}
    assert found[-1] is table


def test_the_community_is_in_no_recording_neither_bare_nor_indexed() -> None:
    _, found, words = ask(holding(SWITCH))
    assert f"{WORD}@10" in words
    kept = "".join(recording.model_dump_json() for recording in found)
    assert "canary" not in kept
    assert "@10" not in kept


def test_endpoints_behind_such_a_switch_get_their_port_and_vlan() -> None:
    _, found, _ = ask(holding(SWITCH))
    pairs = [["10.20.0.31", LAPTOP], ["10.20.0.32", PHONE], ["10.20.0.33", PRINTER]]
    swept = Recording(
        probe="arp.sweep", target="10.20.0.0/24", vantage="staff", started=now(), ended=now(),
        outcome=Outcome.COMPLETE, answers=tuple(pairs),
    )  # fmt: skip
    drawn = picture([swept, *found], DECODERS, date(2026, 11, 3))
    places = {asset.ips[0]: asset.connected_to for asset in drawn.assets if asset.ips and asset.connected_to}
    switch = next(asset for asset in drawn.assets if asset.hostname == "sw-old")
    assert {ip: (place.asset, place.port, place.vlan) for ip, place in places.items()} == {
        "10.20.0.31": (switch.id, "FastEthernet0/2", 10),
        "10.20.0.32": (switch.id, "FastEthernet0/3", 20),
        "10.20.0.33": (switch.id, "FastEthernet0/1", 1),
    }
    assert {port.name: port.stp_state for port in switch.ports}["FastEthernet0/2"] == "forwarding"


@pytest.fixture(scope="module")
def simulated() -> Iterator[int]:
    """The same switch by snmpsim, an engine that is not ours: its contexts are named vlan-10."""
    folder = Path(tempfile.mkdtemp(prefix="caretaker-vlans-"))
    try:
        named = {WORD: OWN, "self": OWN, "bare": [*catalyst({50: 1, 60: 1}, {2: 50}), *VLAN_1]}
        for vlan, rows in ((1, VLAN_1), (10, VLAN_10), (20, VLAN_20)):
            named |= {f"{WORD}@{vlan}": rows, f"vlan-{vlan}": rows}
        for name, rows in named.items():
            ordered = sorted(rows, key=lambda row: tuple(map(int, row[0].split("."))))
            (folder / f"{name}.snmprec").write_text("".join(f"{'|'.join(row)}\n" for row in ordered))
        (folder / "cache").mkdir()
        folder.chmod(0o755)
        (folder / "cache").chmod(0o777)
        with snmpsim(folder, "sha256-aes") as port:
            yield port
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("backend", ["own", "pysnmp"])
@pytest.mark.parametrize("credential", [community(WORD), user("sha256-aes")], ids=["v2c", "v3"])
def test_an_independent_agent_answers_by_community_and_by_context(
    simulated: int, credential: Credential, backend: Backend
) -> None:
    patient = SnmpBudget(first_timeout=1.5, longest_timeout=3)
    found = asyncio.run(asked(simulated, credential, patient, backend))
    table = next(r for r in found if r.probe == "snmp.fdb")
    assert entries(table) == EVERY
    assert table.outcome is Outcome.COMPLETE


def test_an_snmpv3_group_without_the_vlan_contexts_is_told_what_it_lacks(simulated: int) -> None:
    found = asyncio.run(asked(simulated, user("sha256-aes", context="bare"), SnmpBudget(first_timeout=1.5)))
    table = next(r for r in found if r.probe == "snmp.fdb")
    assert table.outcome is Outcome.PARTIAL
    assert "context vlan- match prefix" in table.reason
    assert entries(table) == {(PRINTER, 1, None)}


def test_a_switch_that_names_vlans_itself_or_is_no_cisco_is_asked_in_no_vlan() -> None:
    told = [*OWN, (f"{fdb.Q_FDB_PORT}.10.60.82.130.0.0.16", "2", "2")]
    other = [row if row[2] != "1.3.6.1.4.1.9.1.716" else (*row[:2], "1.3.6.1.4.1.11.2.3.7.11.181.21") for row in OWN]
    alone = catalyst({1: 1, 1002: 1}, {1: 1})
    for rows in (told, other, alone):
        table, _, words = ask(holding({**SWITCH, WORD: rows}))
        assert set(words) == {WORD}
        assert table.outcome is Outcome.COMPLETE


def test_a_device_that_answers_in_no_vlan_is_partial_and_soon_left() -> None:
    vlans = dict.fromkeys(range(1, 40), 1)
    began = time.monotonic()
    table, found, words = ask(holding({WORD: [*catalyst(vlans, {1: 1, 2: 10}), *VLAN_1]}))
    assert time.monotonic() - began < 5
    assert table.outcome is Outcome.PARTIAL
    assert "VLANs one by one" in table.reason
    assert entries(table) == {(PRINTER, 1, None)}
    assert len({word for word in words if "@" in word}) <= QUICK.window
    assert all(r.outcome is Outcome.COMPLETE for r in found if r is not table)


def test_a_vlan_of_access_ports_that_stays_silent_makes_the_table_partial() -> None:
    table, _, _ = ask(holding({word: rows for word, rows in SWITCH.items() if word != f"{WORD}@20"}))
    assert table.outcome is Outcome.PARTIAL
    assert table.reason.startswith("VLAN 20: No answer")
    assert entries(table) == {(PRINTER, 1, 1), (LAPTOP, 2, 10)}


def test_no_more_vlans_are_asked_than_the_budget_has_and_those_of_access_ports_come_first() -> None:
    vlans = dict.fromkeys(range(100, 200), 1)
    held = {WORD: catalyst(vlans, {1: 190, 2: 199})} | {f"{WORD}@{v}": in_vlan({24: 10124}) for v in vlans}
    table, _, words = ask(holding(held))
    counted = {int(word.partition("@")[2]) for word in words if "@" in word}
    assert len(counted) == 64
    assert counted >= {190, 199}
    assert (table.outcome, table.reason) == (Outcome.PARTIAL, "It has 100 VLANs; only 64 were asked for.")


def test_the_time_for_vlans_is_bounded_and_the_rest_is_said_to_be_left() -> None:
    vlans = dict.fromkeys(range(100, 140), 1)
    slow = holding({WORD: catalyst(vlans, {}), **{f"{WORD}@{v}": in_vlan({24: 10124}) for v in vlans}})

    def dawdling(question: Asked) -> list[bytes]:
        time.sleep(0.05 if b"@" in question.community else 0)
        return slow(question)

    budget = SnmpBudget(first_timeout=2, vlan_seconds=0.4)
    began = time.monotonic()
    table, found, _ = ask(dawdling, budget)
    assert time.monotonic() - began < 4
    assert table.outcome is Outcome.PARTIAL
    assert "took longer than 0.4 s" in table.reason
    assert all(r.outcome is Outcome.COMPLETE for r in found if r is not table)


def test_a_fragile_switch_is_asked_in_no_vlan() -> None:
    words: list[bytes] = []

    def heard(question: Asked) -> list[bytes]:
        words.append(question.community)
        return holding(SWITCH)(question)

    async def night() -> None:
        async with agent(heard) as switch:
            guard = fast_guard(fragile=("127.0.0.1/32",))
            async with Session(guard, "127.0.0.1", community(WORD), QUICK, time.monotonic, switch.port) as session:
                assert [r async for r in collect(session, SNMP_TABLES, "staff", now)]

    asyncio.run(night())
    assert words == [WORD.encode()]


def test_a_port_number_that_is_another_interface_in_another_vlan_is_not_mixed_up() -> None:
    own = [[*row, 10] for row in in_vlan({1: 10101}, (LAPTOP, 1))] + [[*row, 20] for row in in_vlan({1: 10107})]
    other = [[*row, 20] for row in learned(PHONE, 1)]
    recording = Recording(
        probe="snmp.fdb", target="127.0.0.1", vantage="staff", started=now(), ended=now(), outcome=Outcome.COMPLETE,
        answers=(*own, *other),
    )  # fmt: skip
    said = list(DECODERS["snmp.fdb"](recording))
    ports = {s.port: s.ifindex for s in said if isinstance(s, seen.BridgePort)}
    places = {s.mac: ports[s.port] for s in said if isinstance(s, seen.FdbEntry)}
    assert places == {LAPTOP: 10101, PHONE: 10107}


def test_a_recording_with_vlans_is_read_back_as_it_was_written() -> None:
    table, _, _ = ask(holding(SWITCH))
    again = Recording.model_validate_json(table.model_dump_json())
    assert list(DECODERS["snmp.fdb"](again)) == list(DECODERS["snmp.fdb"](table))
