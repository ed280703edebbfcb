"""Agents to ask in tests, on loopback only: net-snmp's snmpd, snmpsim, and one of our own that lies as it is told."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from probes.errors import Undecodable
from probes.transport.guard import Guard, Limits
from probes.transport.snmp_ber import (
    INTEGER,
    OBJECT,
    OCTETS,
    SEQUENCE,
    Kind,
    Oid,
    decode_oid,
    enter,
    header,
    integer,
    object_id,
    read_integer,
    read_octets,
    tlv,
)
from probes.transport.snmp_credentials import Credential
from tests.lab.serve.snmp import Agent as Holder
from tests.lab.tables.rows import oid_key

AUTH, PRIV, COMMUNITY = "canary-auth-passphrase", "canary-priv-passphrase", "canary-community"
USERS = {
    "md5-des": ("MD5", "DES"), "sha-aes": ("SHA", "AES-128"), "sha224-aes": ("SHA-224", "AES-128"),
    "sha256-aes": ("SHA-256", "AES-128"), "sha384-aes": ("SHA-384", "AES-128"), "sha512-aes": ("SHA-512", "AES-128"),
    "sha256-aes192": ("SHA-256", "AES-192"), "sha512-aes256": ("SHA-512", "AES-256"),
}  # fmt: skip


def fast_guard(**more: Any) -> Guard:
    """A guard whose scope is loopback and whose pace does not slow a test down."""
    rates = {"per_host_pps": 20_000.0, "bound_host_pps": 20_000.0, "total_pps": 20_000.0}
    return Guard(Limits(**{"scopes": ("127.0.0.0/8",), **rates, **more}), time.monotonic)


def user(name: str, **more: Any) -> Credential:
    """The credential of one of snmpd's users."""
    auth, priv = USERS[name]
    fields = {
        "name": name, "version": "v3", "user": name, "auth_protocol": auth, "auth_passphrase": AUTH,
        "priv_protocol": priv, "priv_passphrase": PRIV,
    }  # fmt: skip
    return Credential.model_validate({**fields, **more})


def community(word: str = COMMUNITY, version: str = "v2c") -> Credential:
    return Credential.model_validate({"name": "community", "version": version, "community": word})


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def snmpd(folder: Path) -> Iterator[int]:
    """net-snmp's own agent on a free port of loopback, with a user for every protocol it knows."""
    port, config = free_port(), folder / "snmpd.conf"
    words = {"AES-128": "AES", "AES-192": "AES-192", "AES-256": "AES-256", "DES": "DES"}
    lines = [
        f"agentAddress udp:127.0.0.1:{port}",
        f"rocommunity {COMMUNITY}",
        "sysName sw-test",
        "sysLocation cabinet 3",
    ]
    for name, (auth, priv) in USERS.items():
        lines += [f'createUser {name} {auth} "{AUTH}" {words[priv]} "{PRIV}"', f"rouser {name} auth"]
    config.write_text("\n".join([*lines, "createUser nobody", "rouser nobody noauth", ""]))
    program = shutil.which("snmpd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "snmpd is not installed"
    command = [program, "-f", "-Lf", str(folder / "snmpd.log"), "-C", "-c", str(config), "-p", str(folder / "pid")]
    with _running(command, port, cwd=folder, env={**os.environ, "SNMP_PERSISTENT_DIR": str(folder), "MIBS": ""}):
        yield port


@contextmanager
def snmpsim(folder: Path, user: str = "") -> Iterator[int]:
    """snmpsim serving each .snmprec file of a folder under its name as community, and to a v3 user as context.

    self.snmprec is the context without a name. It must not run as root.
    """
    port = free_port()
    program = Path(sys.executable).with_name("snmpsim-command-responder")
    command = [
        str(program), f"--data-dir={folder}", f"--cache-dir={folder}/cache", f"--agent-udpv4-endpoint=127.0.0.1:{port}",
        "--log-level=error", "--logging-method=null",
    ]  # fmt: skip
    if user:
        command += [f"--v3-user={user}", f"--v3-auth-key={AUTH}", "--v3-auth-proto=SHA256", f"--v3-priv-key={PRIV}"]
        command += ["--v3-priv-proto=AES"]
    if os.geteuid() == 0:
        command += ["--process-user=nobody", "--process-group=nogroup"]
    with _running(command, port, cwd=folder, env=dict(os.environ)):
        yield port


@contextmanager
def _running(command: list[str], port: int, cwd: Path, env: dict[str, str]) -> Iterator[None]:
    with subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_until_bound(process, port)
            yield
        finally:
            process.terminate()
            process.wait(10)


def _wait_until_bound(process: "subprocess.Popen[bytes]", port: int) -> None:
    wanted = f"0100007F:{port:04X}"
    for _ in range(300):
        assert process.poll() is None, f"{process.args!r} ended with {process.returncode}"
        if wanted in Path("/proc/net/udp").read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"{process.args!r} opened no port")


@dataclass(frozen=True)
class Asked:
    """A request as our own agent saw it."""

    version: int
    community: bytes
    kind: int
    request_id: int
    repetitions: int
    oids: tuple[Oid, ...]
    whole: bytes = b""


Values = list[tuple[Oid, bytes]]
Lie = Callable[[Asked], list[bytes]]


def read_request(data: bytes) -> Asked:
    at, end = enter(data, 0, len(data), SEQUENCE)
    version, at = read_integer(data, at, end)
    word, at = read_octets(data, at, end)
    kind, at, end = header(data, at, end)
    request_id, at = read_integer(data, at, end)
    _, at = read_integer(data, at, end)
    repetitions, at = read_integer(data, at, end)
    at, end = enter(data, at, end, SEQUENCE)
    oids = []
    while at < end:
        start, at = enter(data, at, end, SEQUENCE)
        first, last = enter(data, start, at, OBJECT)
        oids.append(decode_oid(data[first:last]))
    return Asked(version, word, kind, request_id, repetitions, tuple(oids), data)


def reply(asked: Asked, values: Values, status: int = 0, index: int = 0, request_id: int | None = None) -> bytes:
    bindings = b"".join(tlv(SEQUENCE, object_id(oid) + value) for oid, value in values)
    number = asked.request_id if request_id is None else request_id
    pdu = tlv(Kind.RESPONSE, integer(number) + integer(status) + integer(index) + tlv(SEQUENCE, bindings))
    return tlv(SEQUENCE, integer(asked.version) + tlv(OCTETS, asked.community) + pdu)


def holding(held: Mapping[str, Sequence[tuple[str, str, str]]]) -> Lie:
    """No lie: the rows held for each community, and silence for any other."""
    agents = {word.encode(): Holder(word, sorted(rows, key=lambda row: oid_key(row[0]))) for word, rows in held.items()}

    def answer(asked: Asked) -> list[bytes]:
        found = agents[asked.community].answer(asked.whole) if asked.community in agents else None
        return [found] if found else []

    return answer


def text(words: bytes) -> bytes:
    return tlv(OCTETS, words)


def number(value: int) -> bytes:
    return tlv(INTEGER, integer(value)[2:])


class Agent(asyncio.DatagramProtocol):
    """Answers on loopback as its lie says, so many seconds late, and keeps everything it was sent."""

    def __init__(self, lie: Lie, delay_s: float) -> None:
        self.lie, self.received, self.port = lie, list[bytes](), 0
        self.delay_s = delay_s

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.received.append(data)
        try:
            asked = read_request(data)
        except Undecodable:
            return
        for answer in self.lie(asked):
            if self.delay_s:
                asyncio.get_running_loop().call_later(self.delay_s, self._send, answer, addr)
            else:
                self._send(answer, addr)

    def _send(self, answer: bytes, addr: Any) -> None:
        if not self.transport.is_closing():
            self.transport.sendto(answer, addr)


@asynccontextmanager
async def agent(lie: Lie, delay_s: float = 0) -> AsyncIterator[Agent]:
    made = Agent(lie, delay_s)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: made, local_addr=("127.0.0.1", 0))
    try:
        yield made
    finally:
        transport.close()
        await asyncio.sleep(0)
