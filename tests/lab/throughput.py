"""SNMP walks of sixty devices beside snmpbulkwalk: python -m tests.lab.throughput --responder "COMMAND".

COMMAND is run in a namespace that owns sixty addresses and must answer UDP 161 on all of them, 20 ms late, community
"perf", v3 user "perf" (SHA authpass123, AES privpass123). Without it a slower responder of our own answers v2c. With
--big it is one switch of 20,820 objects instead, and only what the register needs of it is held against a walk of all.
Nothing touches the machine's own network.
"""

import argparse
import asyncio
import json
import os
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import psutil

from agent.managing import SNMP_AT_ONCE
from probes.registry import SNMP_TABLES
from probes.transport.guard import Guard, Limits
from probes.transport.snmp import Session, collect
from probes.transport.snmp_credentials import Credential, SnmpBudget
from probes.vocabulary import Outcome
from tests.lab import netns
from tests.lab.big_switch import big_switch
from tests.lab.large import Large
from tests.lab.netns import inside, run
from tests.night.running import run_in

ROOT = Path(__file__).resolve().parents[2]
DEVICES = tuple(f"10.71.0.{n}" for n in range(10, 70))
SCOPE = "10.71.0.0/24"
# ifTable, ifXTable, dot1dTp, LLDP's remote table, entPhysicalTable: all that the recorded switch holds.
TREES = ("1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1", "1.3.6.1.2.1.17.4.3.1", "1.0.8802.1.1.2.1.4.1.1",
         "1.3.6.1.2.1.47.1.1.1.1")  # fmt: skip
V3 = ("-v3", "-l", "authPriv", "-u", "perf", "-a", "SHA", "-A", "authpass123", "-x", "AES", "-X", "privpass123")


@contextmanager
def answering_devices(prefix: str, responder: Sequence[str], devices: Sequence[str] = DEVICES) -> Iterator[str]:
    """Addresses that the responder answers for, while the block runs; gives the agent's namespace."""
    agent, wire = f"{prefix}-agent", f"{prefix}-wire"
    answering = None
    try:
        for name in (agent, wire):
            run("ip", "netns", "add", name)
            netns.batch(["link set lo up"], name)
        netns.batch([f"link add eth0 type veth peer name eth0 netns {wire}"], agent)
        netns.batch(["addr add 10.71.0.1/24 dev eth0", "link set eth0 up"], agent)
        netns.batch([*(f"addr add {ip}/24 dev eth0" for ip in devices), "link set eth0 up"], wire)
        answering = subprocess.Popen(inside(wire, *responder), cwd=ROOT, stderr=subprocess.DEVNULL)
        time.sleep(1.5)
        yield agent
    finally:
        if answering:
            answering.terminate()
            answering.wait(10)
        for name in netns.existing(prefix):
            run("ip", "netns", "del", name)


def credential(version: str) -> Credential:
    """What the responder lets in."""
    if version == "v2c":
        return Credential.model_validate({"name": "perf", "version": "v2c", "community": "perf"})
    fields = {"auth_passphrase": "authpass123", "priv_passphrase": "privpass123", "auth_protocol": "SHA"}
    return Credential.model_validate({"name": "perf", "version": "v3", "user": "perf", **fields})


async def walk_all(version: str, what: str, at_once: int, devices: Sequence[str] = DEVICES) -> dict[str, float]:
    """Walk every device: its trees whole, or the tables of a night, `paced` as the agent is without further words.

    How many rows, and how many walks were complete.
    """
    unpaced = {"per_host_pps": 1e5, "bound_host_pps": 1e5, "total_pps": 1e6}
    limits = Limits(scopes=(SCOPE,), **({} if what == "paced" else unpaced))
    guard, turns = Guard(limits, time.monotonic), asyncio.Semaphore(at_once)
    found = {"rows": 0, "walks": 0, "complete": 0}

    def count(outcome: Outcome, rows: int) -> None:
        found["rows"] += rows
        found["walks"] += 1
        found["complete"] += outcome is Outcome.COMPLETE

    async def one(ip: str) -> None:
        async with turns, Session(guard, ip, credential(version), SnmpBudget(), time.monotonic) as session:
            if what == "trees":
                walk = await session.walk(TREES)
                count(walk.outcome, len(walk.rows))
                return
            async for recording in collect(session, SNMP_TABLES, "lab", _now):
                count(recording.outcome, len(recording.answers))

    await asyncio.gather(*(one(ip) for ip in devices))
    return dict(found)


def _now() -> datetime:
    return datetime.now(UTC)


def client(version: str, what: str, at_once: int, devices: int) -> None:
    """One measurement in a process of its own; prints it as JSON."""
    before, began = time.process_time(), time.monotonic()
    found = asyncio.run(walk_all(version, what, at_once, DEVICES[:devices]))
    found |= {"wall": time.monotonic() - began, "cpu": time.process_time() - before}
    found["mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found))


@dataclass(frozen=True)
class Line:
    """One line of the comparison."""

    name: str
    rows: int
    wall_s: float
    cpu_s: float
    mib: float


WORDS = {
    "trees": "the whole trees",
    "night": "the tables of a night",
    "paced": "the tables of a night at the agent's pace",
}


def ours(agent: str, version: str, what: str, at_once: int, devices: int = len(DEVICES)) -> Line:
    """One measurement of our own walks."""
    asked = (version, what, str(at_once), str(devices))
    found = json.loads(
        run(*inside(agent, sys.executable, "-m", "tests.lab.throughput", "--client", *asked), timeout=300)
    )
    named = f"caretaker {version}, {WORDS[what]}, {at_once} at once"
    if found["complete"] != found["walks"]:
        named += f" ({found['walks'] - found['complete']:.0f} of {found['walks']:.0f} walks not complete)"
    return Line(named, int(found["rows"]), found["wall"], found["cpu"], found["mib"])


def theirs(agent: str, version: str, at_once: int, devices: Sequence[str] = DEVICES) -> Line:
    """snmpbulkwalk over the same trees, so many devices at once."""
    how = shlex.join(V3 if version == "v3" else ("-v2c", "-c", "perf"))
    walks = "; ".join(f"snmpbulkwalk {how} -m '' -On -Cr50 {{}} .{tree}" for tree in TREES)
    shell = f"printf '%s\\n' {' '.join(devices)} | xargs -P{at_once} -I{{}} sh -c {shlex.quote(walks)} | wc -l"
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    rows = int(run(*inside(agent, "sh", "-c", shell), timeout=300))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Line(f"snmpbulkwalk {version}, the whole trees, {at_once} at once", rows, time.monotonic() - began, cpu, 0)


def compared(agent: str, versions: Sequence[str]) -> Iterator[Line]:
    """Ours and theirs in turn."""
    for version in versions:
        yield theirs(agent, version, 16)
        yield ours(agent, version, "trees", 16)
        yield ours(agent, version, "trees", SNMP_AT_ONCE)
        yield ours(agent, version, "night", 16)
        yield ours(agent, version, "night", SNMP_AT_ONCE)


def compared_on_one(agent: str, versions: Sequence[str]) -> Iterator[Line]:
    """One big switch: all of it one question after the other, and what the register needs of it."""
    for version in versions:
        full = theirs(agent, version, 1, DEVICES[:1])
        register = ours(agent, version, "night", 1, 1)
        yield full
        yield register
        yield ours(agent, version, "paced", 1, 1)
        yield ours(agent, version, "trees", 1, 1)


def whole_night(agent: str, folder: Path, version: str) -> Line:
    """A whole audit over the sixty devices, without port scans; the memory is that of its whole process tree."""
    config, secrets = folder / "agent.toml", folder / "credentials.toml"
    kind = "snmp-v3" if version == "v3" else "snmp-v2c"
    config.write_text(
        '[site]\nid = "sixty"\nname = "Sixty devices"\nphase = "secondary"\n'
        f'[agent]\ninterface = "eth0"\nscopes = ["{SCOPE}"]\nstate_dir = "{folder / "state"}"\nlisten_seconds = 1\n'
        "total_pps = 2000\nbound_host_pps = 1000\n"
        f'[[credentials]]\nname = "perf"\nkind = "{kind}"\nsubnets = ["{SCOPE}"]\n'
        '[probes]\nskip = ["nmap.services", "dhcp.discover"]\n'
    )
    user = 'user = "perf"\nauth_protocol = "SHA"\nauth_passphrase = "authpass123"\npriv_passphrase = "privpass123"\n'
    secrets.write_text("[perf]\n" + (user if version == "v3" else 'community = "perf"\n'))
    secrets.chmod(0o600)
    arguments = ["audit", "--config", str(config), "--credentials", str(secrets), "--report", str(folder / "r.json")]
    ran = run_in(agent, arguments)
    assets = len(json.loads((folder / "r.json").read_text())["assets"]) if not ran.code else 0
    return Line(f"caretaker audit {version}, the whole night ({assets} assets)", 0, ran.wall_s, ran.cpu_s, ran.peak_mib)


def own_responder(folder: Path, big: bool) -> list[str]:
    """A responder of our own for v2c: one small switch at every address, or the big one."""
    rows = folder / "rows.json"
    rows.write_text(json.dumps(big_switch() if big else Large(180, "10.72.0.0/20").rows(1)))
    return [sys.executable, "-m", "tests.lab.serve.many", str(rows)]


def main() -> int:
    """Prints the comparison as a Markdown table."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab.throughput", description=__doc__)
    parser.add_argument("--responder", type=shlex.split)
    parser.add_argument("--big", action="store_true")
    parser.add_argument("--client", nargs=4)
    parser.add_argument("--times", type=int, default=1)
    asked = parser.parse_args()
    if asked.client:
        client(asked.client[0], asked.client[1], int(asked.client[2]), int(asked.client[3]))
        return 0
    versions = ("v2c", "v3") if asked.responder else ("v2c",)
    print(f"Load average before: {os.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores.\n")
    with tempfile.TemporaryDirectory() as folder:
        responder = asked.responder or own_responder(Path(folder), asked.big)
        with answering_devices(f"thr{os.getpid()}", responder) as agent:
            what = "one switch of 20,820 objects" if asked.big else "60 devices"
            print(f"| walk of {what} | rows | wall s | CPU s | MiB |\n| --- | ---: | ---: | ---: | ---: |")
            work = compared_on_one if asked.big else compared
            lines = [line for _ in range(asked.times) for line in work(agent, versions)]
            if not asked.big:
                lines += [whole_night(agent, Path(folder), versions[-1]) for _ in range(asked.times)]
            print("\n".join(spread(lines)))
    return 0


def spread(lines: Sequence[Line]) -> Iterator[str]:
    """One row a measurement: medians over its repetitions, the least and the most; the fewest rows, the most memory."""
    for name in dict.fromkeys(line.name for line in lines):
        same = [line for line in lines if line.name == name]
        rows, mib = min(line.rows for line in same), max(line.mib for line in same)
        wall, cpu = _middle([line.wall_s for line in same]), _middle([line.cpu_s for line in same])
        yield f"| {name} | {rows} | {wall} | {cpu} | {mib:.0f} |"


def _middle(values: Sequence[float]) -> str:
    middle = f"{median(values):.2f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.2f} to {max(values):.2f})"


if __name__ == "__main__":
    sys.exit(main())
