"""Discovery on a large network beside nmap -sn, arp-scan and scapy: python -m tests.lab.scale [--hosts N] [--runs 5].

Two namespaces and one cable; nothing touches the machine's own network.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from statistics import median

from agent.measuring_discovery import COLUMNS, discovery_marks
from agent.measuring_marks import Mark, columns_table
from baselines.vocabulary import Report
from probes.vocabulary import Recording
from tests.lab import netns, thresholds
from tests.lab.large import AGENT_MAC, COMMUNITY, Large
from tests.lab.netns import inside, run

ROOT = Path(__file__).resolve().parents[2]
NETWORKS = {700: "10.76.0.0/22", 1000: "10.60.0.0/20", 4000: "10.64.0.0/19"}


@dataclass(frozen=True)
class Cost:
    """What a finished program took: wall and CPU seconds, and what it printed."""

    wall_s: float
    cpu_s: float
    out: str


def large_lab(model: Large, folder: Path, prefix: str) -> AbstractContextManager[str]:
    """The network while the block runs; gives the agent's namespace."""
    return answering_network(model.network, model.agent_ip, _spec(model), folder, prefix)


@contextmanager
def answering_network(
    network: str, agent_ip: str, spec: Mapping[str, object], folder: Path, prefix: str
) -> Iterator[str]:
    """A network whose hosts and SNMP agents the spec names, while the block runs; gives the agent's namespace."""
    agent, wire = f"{prefix}-agent", f"{prefix}-wire"
    thresholds.raise_for(prefix)
    emulator = None
    try:
        _cable(network, agent_ip, agent, wire)
        path = folder / "frames.json"
        path.write_text(json.dumps(spec))
        command = inside(wire, sys.executable, "-m", "tests.lab.serve.frames", "eth0", str(path))
        emulator = subprocess.Popen(command, cwd=ROOT)
        _wait_for(folder / "frames.ready", emulator)
        yield agent
    finally:
        if emulator:
            emulator.terminate()
            emulator.wait(10)
        for name in netns.existing(prefix):
            run("ip", "netns", "del", name)
        thresholds.put_back(prefix)


def _cable(network: str, agent_ip: str, agent: str, wire: str) -> None:
    for name in (agent, wire):
        run("ip", "netns", "add", name)
        netns.batch(["link set lo up"], name)
    netns.batch([f"link add eth0 address {AGENT_MAC} type veth peer name eth0 netns {wire}"], agent)
    length = IPv4Network(network).prefixlen
    netns.batch([f"addr add {agent_ip}/{length} brd + dev eth0", "link set eth0 up"], agent)
    # The wire answers from one raw socket; its kernel has no address and says nothing.
    run("ip", "netns", "exec", wire, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
    netns.batch(["link set eth0 arp off up"], wire)


def _spec(model: Large) -> dict[str, object]:
    switches = (0, *model.switches)
    hosts = {host.ip: host.mac for host in model.hosts} | {model.switch_ip(n): model.switch_mac(n) for n in switches}
    agents = {model.switch_ip(n): model.rows(n) for n in switches}
    return {"community": COMMUNITY, "hosts": hosts, "agents": agents}


def _wait_for(path: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the emulator did not start")
        time.sleep(0.05)


def write_config(model: Large, folder: Path, pps: int) -> list[str]:
    """The agent's configuration and credentials for this network; the arguments of its audit."""
    config, secrets = folder / "agent.toml", folder / "credentials.toml"
    devices = [model.switch_ip(n) for n in (0, *model.switches)]
    config.write_text(
        '[site]\nid = "large"\nname = "A large school"\nphase = "secondary"\n'
        f'[agent]\ninterface = "eth0"\nscopes = ["{model.network}"]\nstate_dir = "{folder / "state"}"\n'
        f"listen_seconds = 3\ntotal_pps = {pps}\nbound_host_pps = 200\n"
        f'[[credentials]]\nname = "switches"\nkind = "snmp-v2c"\nsubnets = ["{model.network}"]\ndevices = {devices}\n'
        '[probes]\nskip = ["nmap.services", "dhcp.discover"]\n'
    )
    secrets.write_text(f'[switches]\ncommunity = "{COMMUNITY}"\n')
    secrets.chmod(0o600)
    return [
        "audit",
        "--yes",
        "--config",
        str(config),
        "--credentials",
        str(secrets),
        "--report",
        str(folder / "r.json"),
    ]


def timed(command: Sequence[str], stdin: str | None = None, timeout: float = 600) -> Cost:
    """Run a command to its end. Raises RuntimeError when it fails."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    out = run(*command, stdin=stdin, timeout=timeout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.monotonic() - began, cpu, out)


def audit(model: Large, agent: str, folder: Path, pps: int) -> tuple[Cost, Report]:
    """One night on the large network."""
    caretaker = str(Path(sys.executable).with_name("caretaker"))
    cost = timed(inside(agent, caretaker, *write_config(model, folder, pps)))
    return cost, Report.model_validate_json((folder / "r.json").read_bytes())


Row = tuple[str, Cost, int]

# Beyond this scapy's srp takes minutes and loses answers.
SRP_ADDRESSES = 1024
# What a script of a few lines does: scapy's own sending and matching, one question an address.
_SRP = """
import sys
from scapy.layers.l2 import ARP, Ether
from scapy.sendrecv import srp
found, _ = srp(Ether(dst="ff:ff:ff:ff:ff:ff") / ARP(pdst=sys.argv[1]), iface="eth0", timeout=2, verbose=0)
print(len({answer.psrc for _, answer in found}))
"""


def peers(model: Large, agent: str) -> Iterator[Row]:
    """The other programs over the same network: what each took, and how many hosts it found."""
    cost = timed(inside(agent, "nmap", "-sn", "-n", "-oG", "-", model.network))
    yield "nmap -sn -n", cost, cost.out.count("Status: Up") - 1  # itself
    cost = timed(inside(agent, "arp-scan", "-q", "-x", "-I", "eth0", model.network))
    yield "arp-scan", cost, len({line.split()[0] for line in cost.out.splitlines() if line})
    if IPv4Network(model.network).num_addresses <= SRP_ADDRESSES:
        cost = timed(inside(agent, sys.executable, "-c", _SRP, model.network))
        yield "scapy srp, 1 round", cost, int(cost.out)


def sweep_alone(model: Large, agent: str, pps: int) -> Iterator[Row]:
    """The ARP sweep of a night by itself: with the Python that orders it, and its packet process alone."""
    order = {
        "name": "sweep",
        "limits": {"scopes": [model.network], "total_pps": pps},
        "arguments": {"interface": "eth0", "networks": [model.network], "pps": pps},
    }
    cost = timed(inside(agent, sys.executable, "-m", "tests.probes.transport.run_probe"), json.dumps(order) + "\n")
    recording = Recording.model_validate_json(cost.out.splitlines()[0])
    found = len({answer[0] for answer in recording.answers})
    yield "its ARP sweep alone (3 rounds)", cost, found
    child = json.loads(cost.out.splitlines()[1])
    yield "of that, the packet process", Cost(cost.wall_s, child["cpu"], ""), found


def measured(model: Large, pps: int, runs: int = 1, keep: Path | None = None) -> tuple[list[str], list[Mark]]:
    """The whole comparison as lines of Markdown, and the marks of the last night."""
    folder = Path(tempfile.mkdtemp(prefix="scale"))
    rows: list[Row] = []
    try:
        with large_lab(model, folder, f"scale{os.getpid()}") as agent:
            for _ in range(runs):
                cost, report = audit(model, agent, folder, pps)
                marks = discovery_marks(report.assets, model.truth()["hosts"])
                rows.append(("caretaker audit, whole night", cost, _found(marks)))
                rows += [*sweep_alone(model, agent, pps), *peers(model, agent)]
        if keep:
            (keep / "truth.json").write_text(json.dumps(model.truth()))
            shutil.copy(folder / "r.json", keep / "report.json")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    living = len(model.hosts) + len(model.switches) + 1
    head = [f"### {living} hosts on {model.network}, {runs} runs", "", *columns_table(marks, COLUMNS), ""]
    return head + table(rows), marks


def _found(marks: Sequence[Mark]) -> int:
    return sum(mark.verdict == "right" for mark in marks if mark.column == COLUMNS[0])


def table(rows: Sequence[Row]) -> list[str]:
    """Each program's median wall and CPU seconds with the least and the most; and the fewest hosts it ever found."""
    lines = ["| program | hosts found | wall s | CPU s |", "| --- | ---: | ---: | ---: |"]
    for name in dict.fromkeys(name for name, _, _ in rows):
        costs = [cost for one, cost, _ in rows if one == name]
        fewest = min(hosts for one, _, hosts in rows if one == name)
        wall, cpu = _spread([c.wall_s for c in costs], 1), _spread([c.cpu_s for c in costs], 3)
        lines.append(f"| {name} | {fewest} | {wall} | {cpu} |")
    return lines


def _spread(values: Sequence[float], digits: int) -> str:
    middle = f"{median(values):.{digits}f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def main() -> int:
    """Prints the comparison; 0 when every host was found once."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab.scale", description=__doc__)
    parser.add_argument("--hosts", type=int, default=1000, choices=sorted(NETWORKS))
    parser.add_argument("--pps", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=1, help="How often each runs, in turn; medians are printed.")
    parser.add_argument("--keep", type=Path, help="Keep truth.json and report.json for caretaker measure discover.")
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    model = Large(asked.hosts, NETWORKS[asked.hosts], 1 if asked.hosts == 1000 else 8)
    lines, marks = measured(model, asked.pps, asked.runs, asked.keep)
    print("\n".join(lines))
    print(f"\nLoad average before: {load:.1f} on {os.cpu_count()} cores; at most {asked.pps} packets a second.")
    return int(any(mark.verdict != "right" for mark in marks if mark.column in COLUMNS[:2]))


if __name__ == "__main__":
    sys.exit(main())
