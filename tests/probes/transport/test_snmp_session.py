"""A real agent asked for real: every protocol, both backends, wrong secrets, and what is recorded of it."""

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from probes import seen
from probes.errors import OutOfScope
from probes.transport.snmp import Backend, Session, Walk, collect
from probes.transport.snmp_credentials import Credential, SnmpBudget
from probes.vocabulary import Outcome, Recording
from probes.wire import addresses, host_resources, interfaces, lldp, system
from tests.probes.transport.snmp_agents import (
    AUTH,
    USERS,
    agent,
    community,
    fast_guard,
    free_port,
    holding,
    reply,
    snmpd,
    text,
    user,
)
from tests.timing import least

NAME, IF_DESCR, IF_TYPE = "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.2.2.1.3"
IMPATIENT = SnmpBudget(first_timeout=0.1, silent_retries=1, retries=2, longest_timeout=0.3)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with snmpd(tmp_path_factory.mktemp("snmpd")) as port:
        yield port


async def walk(
    port: int, credential: Credential, columns: Sequence[str], backend: Backend | None = None,
    budget: SnmpBudget | None = None, expected: str | None = None,
) -> tuple[Walk, str]:  # fmt: skip
    made = Session(
        fast_guard(), "127.0.0.1", credential, budget or SnmpBudget(), time.monotonic, port,
        backend=backend, expected_engine=expected,
    )  # fmt: skip
    async with made as session:
        return await session.walk(columns), session.engine_id


def test_a_community_reads_scalars_and_columns(real: int) -> None:
    found, engine = asyncio.run(walk(real, community(), (NAME, IF_DESCR, IF_TYPE, "1.3.6.1.4.1.99999")))
    assert found.outcome is Outcome.COMPLETE
    assert found.rows[0] == (NAME, "4x", b"sw-test".hex())
    assert (f"{IF_DESCR}.1", "4x", b"lo".hex()) in found.rows
    assert (f"{IF_TYPE}.1", "2", "24") in found.rows
    assert engine == ""


@pytest.mark.parametrize("name", USERS)
def test_every_protocol_of_version_3_reads_the_same(real: int, name: str) -> None:
    found, engine = asyncio.run(walk(real, user(name), (NAME, IF_DESCR)))
    assert found.outcome is Outcome.COMPLETE
    assert found.rows[0] == (NAME, "4x", b"sw-test".hex())
    assert len(engine) >= 10


@pytest.mark.parametrize(
    "name", ["sha-aes", "sha224-aes", "sha256-aes", "sha384-aes", "sha512-aes", "md5-auth", "nobody"]
)
def test_both_backends_bring_the_same_rows(real: int, name: str) -> None:
    credential = user(name) if name in USERS else Credential(name="n", version="v3", user="nobody")
    if name == "md5-auth":
        credential = user("md5-des", priv_passphrase=None)
    columns = [c for t in (*interfaces.TABLES, *addresses.TABLES) for c in t.columns if ".14" not in c]
    (own, engine), (judge, same_engine) = (
        asyncio.run(walk(real, credential, columns, backend)) for backend in ("own", "pysnmp")
    )
    assert own.outcome is judge.outcome is Outcome.COMPLETE
    assert own.rows == judge.rows
    assert engine == same_engine
    assert len(own.rows) > 8


@pytest.mark.parametrize("version", ["v1", "v2c"])
def test_both_backends_agree_on_communities_too(real: int, version: str) -> None:
    columns = [NAME, "1.3.6.1.2.1.1.99.0", IF_DESCR, IF_TYPE]
    own, judge = (asyncio.run(walk(real, community(version=version), columns, b))[0] for b in ("own", "pysnmp"))
    assert own == judge
    assert own.outcome is Outcome.COMPLETE


@pytest.mark.parametrize(
    ("credential", "words"),
    [
        (user("sha-aes", user="stranger"), "does not know this user"),
        (user("sha-aes", auth_passphrase="not the passphrase"), "authentication passphrase"),
        (user("sha-aes", priv_passphrase="not the passphrase"), ""),
        (Credential(name="n", version="v3", user="sha-aes"), ""),
    ],
)
def test_a_wrong_secret_is_refused_with_the_reason_not_timed_out(real: int, credential: Credential, words: str) -> None:
    found, _ = asyncio.run(walk(real, credential, (NAME,), budget=IMPATIENT))
    assert found.rows == ()
    assert found.outcome is Outcome.REFUSED or not words
    assert words in found.reason


def test_a_wrong_community_is_silence(real: int) -> None:
    found, _ = asyncio.run(walk(real, community("not-it"), (NAME,), budget=IMPATIENT))
    assert found == Walk((), Outcome.TIMED_OUT, f"No answer from UDP port {real}.")


def test_a_place_is_read_whether_an_object_or_a_column_stands_there() -> None:
    instance, column, nothing = "1.3.6.1.4.1.9.5.1", "1.3.6.1.4.1.9.6", "1.3.6.1.4.1.9.7.2"
    rows = [
        (instance, "4", "WS-1"),
        (f"{instance}.1", "4", "not asked"),
        (f"{column}.1", "4", "a"),
        (f"{column}.2", "4", "b"),
    ]

    async def night() -> Walk:
        async with agent(holding({"canary-community": rows})) as device:
            made = Session(fast_guard(), "127.0.0.1", community(), SnmpBudget(), time.monotonic, device.port)
            async with made as session:
                return await session.walk((), (instance, column, nothing))

    found = asyncio.run(night())
    assert found.outcome is Outcome.COMPLETE
    assert [row[0] for row in found.rows] == [instance, f"{column}.1", f"{column}.2"]


@pytest.mark.parametrize("backend", ["own", "pysnmp"])
def test_a_closed_port_costs_no_wait(backend: Backend) -> None:
    def refused() -> float:
        began = time.monotonic()
        found, _ = asyncio.run(walk(free_port(), user("sha-aes"), (NAME,), backend))
        assert found.outcome is Outcome.REFUSED
        return time.monotonic() - began

    assert least(refused, 0.9) < 1


def test_a_dead_device_costs_at_most_three_seconds_and_is_asked_no_more() -> None:
    async def night() -> tuple[float, list[Recording], int]:
        async with agent(lambda _: []) as silent:
            began = time.monotonic()
            made = Session(fast_guard(), "127.0.0.1", community(), SnmpBudget(), time.monotonic, silent.port)
            async with made as session:
                tables = (*system.TABLES, *interfaces.TABLES, *lldp.TABLES)
                found = [r async for r in collect(session, tables, "staff", lambda: datetime.now(UTC))]
            return time.monotonic() - began, found, len(silent.received)

    assert least(lambda: asyncio.run(night())[0], 2.9) < 3
    _, found, asked = asyncio.run(night())
    assert [(r.probe, r.outcome) for r in found] == [("snmp.system", Outcome.TIMED_OUT)]
    assert asked == 3


def test_nothing_authenticated_reaches_an_engine_that_was_not_expected(real: int) -> None:
    found, engine = asyncio.run(walk(real, user("sha-aes"), (NAME,), expected="80001f8880deadbeef"))
    assert found.outcome is Outcome.REFUSED
    assert "80001f8880deadbeef" in found.reason
    assert engine == ""
    _, known = asyncio.run(walk(real, user("sha-aes"), (NAME,)))
    found, _ = asyncio.run(walk(real, user("sha-aes"), (NAME,), expected=known.upper()))
    assert found.outcome is Outcome.COMPLETE


def test_a_rogue_that_answers_no_discovery_learns_neither_user_nor_secret() -> None:
    async def ask(backend: Backend) -> list[bytes]:
        async with agent(lambda _: []) as rogue:
            await walk(rogue.port, user("sha-aes", user="canary-user"), (NAME,), backend, IMPATIENT)
            return rogue.received

    # The agent cannot read v3 requests; what it was sent is kept before it tries.
    for backend in ("own", "pysnmp"):
        heard = b"".join(asyncio.run(ask(backend)))
        assert heard
        assert b"canary" not in heard


def test_collect_asks_the_system_first_and_records_each_table(real: int) -> None:
    moments = itertools.count()

    def now() -> datetime:
        return datetime(2026, 11, 3, 22, tzinfo=UTC) + timedelta(seconds=next(moments))

    async def night() -> list[Recording]:
        made = Session(fast_guard(), "127.0.0.1", user("sha256-aes"), SnmpBudget(), time.monotonic, real)
        tables = (*interfaces.TABLES, *host_resources.TABLES, *lldp.TABLES, *system.TABLES)
        async with made as session:
            return [recording async for recording in collect(session, tables, "staff", now)]

    found = asyncio.run(night())
    assert [r.probe for r in found] == [
        "snmp.system", "snmp.access", "snmp.interfaces", "snmp.host_resources", "snmp.lldp", "snmp.lldp_med",
    ]  # fmt: skip
    assert {r.outcome for r in found} == {Outcome.COMPLETE}
    assert found[4].answers == ()
    (described,) = system.SYSTEM.seen(found[0])
    assert isinstance(described, seen.System)
    assert (described.name, described.location) == ("sw-test", "cabinet 3")
    (access,) = system.decode_access(found[1])
    assert isinstance(access, seen.SnmpAccess)
    assert (access.version, access.level, access.credential) == ("v3", "authPriv", "sha256-aes")
    assert access.engine_id.startswith("8000")
    loopback = next(i for i in interfaces.TABLES[0].seen(found[2]) if isinstance(i, seen.Interface) and i.index == 1)
    assert (loopback.descr, loopback.oper_up) == ("lo", True)
    assert AUTH not in "".join(r.model_dump_json() for r in found)
    replayed = [Recording.model_validate_json(r.model_dump_json()) for r in found]
    assert replayed == found


def test_a_fragile_device_gets_one_question() -> None:
    async def night() -> tuple[list[Recording], int]:
        async with agent(lambda asked: [reply(asked, [(asked.oids[0], text(b"old door controller"))])]) as door:
            guard = fast_guard(fragile=("127.0.0.1/32",))
            async with Session(guard, "127.0.0.1", community(), SnmpBudget(), time.monotonic, door.port) as session:
                tables = (*system.TABLES, *interfaces.TABLES)
                found = [r async for r in collect(session, tables, "staff", lambda: datetime.now(UTC))]
                again = await session.get((NAME,))
                assert again.outcome is Outcome.SKIPPED
            return found, len(door.received)

    found, asked = asyncio.run(night())
    assert asked == 1
    assert [(r.probe, r.outcome) for r in found] == [
        ("snmp.system", Outcome.COMPLETE), ("snmp.access", Outcome.COMPLETE), ("snmp.interfaces", Outcome.SKIPPED),
    ]  # fmt: skip


def test_an_address_outside_the_scope_gets_not_even_a_socket() -> None:
    async def enter() -> None:
        guard = fast_guard(scopes=("127.0.0.2/32",))
        async with Session(guard, "127.0.0.1", community(), SnmpBudget(), time.monotonic, 161):
            pass

    with pytest.raises(OutOfScope, match="outside the scope"):
        asyncio.run(enter())


@pytest.mark.parametrize(
    "fields",
    [
        {"version": "v2c"},
        {"version": "v3"},
        {"version": "v3", "user": "u", "priv_passphrase": "long enough"},
        {"version": "v3", "user": "u", "auth_passphrase": "short"},
    ],
)
def test_a_credential_that_cannot_work_is_refused_in_words(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="'switches'"):
        Credential.model_validate({"name": "switches", **fields})


def test_no_secret_shows_in_a_credential_or_its_json() -> None:
    shown = repr(user("sha-aes")) + user("sha-aes").model_dump_json() + repr(community())
    assert "canary" not in shown
