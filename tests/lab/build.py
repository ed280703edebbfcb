"""Builds the virtual school out of network namespaces, changes it to its second night, and takes it down."""

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.lab import netns, thresholds
from tests.lab.daemons import Daemon, daemons, hosts_file, nftables, reservations
from tests.lab.keys import host_key, openssh, write_certificate
from tests.lab.model.nouns import Host, School
from tests.lab.school import school as school_of
from tests.lab.settings import agent_toml, credentials_toml, known_hosts
from tests.lab.specs import write_specs
from tests.lab.wiring import AGENT, INTERNET, ROUTER, Wiring, add_host, space_of, wire

ROOT = Path(__file__).resolve().parents[2]
READY = ("hostd.ready", "lldp.ready")
CHANGING = ("hostd", "snmpsim", "dns", "nginx", "lldpd")
LISTENING = (
    ("sw-core-01", "udp", 161), ("sw-mus-04", "udp", 161), ("fw-01", "udp", 161), ("srv-mis-01", "udp", 161),
    ("srv-mis-01", "tcp", 22), ("srv-dc-01", "udp", 53), ("srv-dc-01", "udp", 67), ("TL-WR841N", "udp", 67),
    ("nas-01", "tcp", 443), ("nas-01", "tcp", 445), ("srv-media-01", "tcp", 21), ("srv-media-01", "tcp", 22),
    (INTERNET, "udp", 53), (INTERNET, "tcp", 8080), (INTERNET, "tcp", 5201),
)  # fmt: skip


class Lab:
    """A virtual school that runs. `down` is safe to call at any time and leaves nothing behind."""

    def __init__(self, directory: Path, prefix: str) -> None:
        self.directory, self.prefix = directory, prefix
        self.agent_namespace = space_of(prefix, AGENT)
        self.config = directory / "agent.toml"
        self.credentials = directory / "credentials.toml"
        self.known_hosts = directory / "known_hosts"
        self.truth = directory / "truth.json"
        self.school: School | None = None
        self._pids: dict[str, int] = {}
        self._dumps: list[subprocess.Popen[bytes]] = []
        self._started: list[subprocess.Popen[bytes]] = []

    @classmethod
    def up(cls, school: School, directory: Path, prefix: str) -> "Lab":
        """Builds the school; raises RuntimeError when namespaces of this prefix exist or a part does not start."""
        if left := netns.existing(prefix):
            raise RuntimeError(f"namespaces of {prefix} exist already ({left[0]}, ...); take that lab down first")
        lab = cls(directory, prefix)
        try:
            lab._build(school)
        except BaseException:
            lab.down()
            raise
        return lab

    @classmethod
    def found(cls, directory: Path) -> "Lab":
        """The lab whose state is in this directory, built by another process."""
        state = json.loads((directory / "lab.json").read_text())
        lab = cls(directory, state["prefix"])
        lab._pids = state["pids"]
        lab.school = school_of(state["night"])
        return lab

    def __enter__(self) -> "Lab":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    def _build(self, model: School) -> None:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.directory / "etc").mkdir(exist_ok=True)
        thresholds.raise_for(self.prefix)
        self._save()
        self._write_files(model, datetime.now(UTC))
        wiring = wire(model, self.prefix)
        netns.batch(f"netns add {name}" for name in wiring.namespaces)
        self._quieten(wiring.namespaces)
        self._lay(wiring)
        self._settle_rules(model)
        for daemon in daemons(model, self.directory):
            self._start(daemon)
        self.school = model
        self._save()
        self._wait()

    def _write_files(self, model: School, now: datetime) -> None:
        write_specs(model, self.prefix, self.directory)
        etc = self.directory / "etc"
        (etc / "hosts").write_text(hosts_file(model))
        (etc / "reserved").write_text(reservations(model))
        write_certificate(etc, "nas-01", "10.20.0.12", now, model.certificate_days, old=True)
        for host in model.awake():
            if (
                any(s.name == "https" and s.by == "hostd" for s in host.services)
                and not (etc / f"{host.hostname}.crt").exists()
            ):
                write_certificate(etc, host.hostname, host.ip, now, 300, signed=host.hostname == "srv-mis-01")
        key = etc / "srv-mis-01.sshkey"
        key.write_bytes(openssh(host_key("srv-mis-01")))
        key.chmod(0o600)
        if not (etc / "dropbear-key").exists():
            netns.run("dropbearkey", "-t", "ed25519", "-f", str(etc / "dropbear-key"))
        self.config.write_text(agent_toml(model, self.directory / "state"))
        self.known_hosts.write_text(known_hosts(model))
        (self.directory / "state").mkdir(exist_ok=True, mode=0o700)
        (self.directory / "state" / "known_hosts").write_text(known_hosts(model))
        self.truth.write_text(json.dumps(model.truth(), indent=1))
        self.credentials.touch(0o600)
        self.credentials.write_text(credentials_toml())

    def _quieten(self, namespaces: list[str]) -> None:
        """No duplicate address detection: addresses work at once. The router forwards and notices a dead line."""
        for name in namespaces:
            router = name == space_of(self.prefix, ROUTER)
            with netns.entered(name):
                Path("/proc/sys/net/ipv6/conf/default/accept_dad").write_text("0")
                if not name.endswith(INTERNET):
                    Path("/proc/sys/net/ipv4/conf/default/arp_ignore").write_text("1")
                if router:
                    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
                    Path("/proc/sys/net/ipv4/conf/default/ignore_routes_with_linkdown").write_text("1")

    def _lay(self, wiring: Wiring) -> None:
        netns.batch(wiring.links)
        for name, lines in wiring.inside.items():
            netns.batch(lines, name)

    def _settle_rules(self, model: School) -> None:
        for hostname, rules in nftables(self.prefix).items():
            self._nft(hostname, rules)
        self._limit_line(model)
        self._resolver()
        for host in model.awake():
            if host.quiet:
                self._deafen(host)

    def _nft(self, hostname: str, rules: str) -> None:
        netns.run(*netns.inside(space_of(self.prefix, hostname), "nft", "-f", "-"), stdin=rules)

    def _deafen(self, host: Host) -> None:
        """A Windows firewall: pings and closed ports get no answer."""
        ports = ", ".join(str(s.port) for s in host.services if s.protocol == "tcp") or "1"
        self._nft(
            host.hostname,
            "table inet school { chain in { type filter hook input priority 0; policy drop; iif lo accept;"
            f" ct state established accept; tcp dport {{ {ports} }} accept; udp dport {{ 68, 137, 5353 }} accept\n"
            "}\n}\n",
        )

    def _limit_line(self, model: School) -> None:
        """Token buckets with a deep queue: the rates of the line, and its bufferbloat."""
        ends = ((ROUTER, "wan0", model.line_up_mbps), (INTERNET, "main", model.line_down_mbps),
                (ROUTER, "wan1", 8), (INTERNET, "backup", 30))  # fmt: skip
        for hostname, device, rate in ends:
            netns.run(
                "tc", "-n", space_of(self.prefix, hostname), "qdisc", "add", "dev", device, "root", "tbf", "rate",
                f"{rate}mbit", "burst", "256kb", "latency", "120ms",
            )  # fmt: skip

    def _resolver(self) -> None:
        path = Path("/etc/netns", self.agent_namespace)
        path.mkdir(parents=True, exist_ok=True)
        (path / "resolv.conf").write_text("nameserver 10.20.0.10\nsearch ashfield.example\n")
        # lldpd looks up the machine's own name, and would wait ten seconds where no resolver can be reached.
        switch = Path("/etc/netns", space_of(self.prefix, "sw-core-01"))
        switch.mkdir(parents=True, exist_ok=True)
        (switch / "hosts").write_text(f"127.0.0.1 localhost\n127.0.1.1 {os.uname().nodename}\n")

    def _start(self, daemon: Daemon) -> None:
        space = space_of(self.prefix, daemon.host)
        command = list(daemon.command)
        if daemon.private:
            command = [
                "unshare",
                "-m",
                "sh",
                "-c",
                'mount -t tmpfs lab /run && mkdir -p /run/sshd && exec "$@"',
                "sh",
                *command,
            ]
        with (self.directory / f"{daemon.name}.log").open("ab") as log:
            process = subprocess.Popen(
                netns.inside(space, *command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT,
                start_new_session=True,
            )  # fmt: skip
        self._pids[daemon.name] = process.pid
        self._started.append(process)

    def _wait(self, patience: float = 60) -> None:
        """Until every server listens and lldpd says what the model says."""
        deadline = time.monotonic() + patience
        while missing := self._missing():
            if time.monotonic() > deadline:
                raise RuntimeError(f"the lab did not come up: {missing}; see the logs in {self.directory}")
            time.sleep(0.1)

    def _missing(self) -> list[object]:
        """What does not listen, or has not said that it is ready."""
        unready: list[object] = [name for name in READY if not (self.directory / name).exists()]
        return unready or [
            item for item in LISTENING if not netns.listens(space_of(self.prefix, item[0]), item[1], item[2])
        ]

    def apply(self, night: School) -> None:
        """Changes the running school into this night's: hosts come and go, and its servers say new things."""
        before = {h.hostname: _essence(h) for h in self.school.awake()} if self.school else {}
        after = {h.hostname: h for h in night.awake()}
        gone = [name for name, was in before.items() if name not in after or _essence(after[name]) != was]
        come = [host for name, host in after.items() if before.get(name) != _essence(host)]
        self._stop(CHANGING)
        spaces = [space_of(self.prefix, name) for name in gone]
        netns.end(netns.pids_in(spaces))
        netns.batch(f"netns del {name}" for name in spaces)
        self._write_files(night, datetime.now(UTC))
        self._add(come)
        self.school = night
        for daemon in daemons(night, self.directory):
            if daemon.name in CHANGING:
                self._start(daemon)
        self._save()
        self._wait()

    def _stop(self, names: tuple[str, ...]) -> None:
        for name in names:
            if name in self._pids:
                netns.end(netns.session_of(self._pids.pop(name)))
        self._reap()
        for sign in READY:
            (self.directory / sign).unlink(missing_ok=True)

    def _add(self, hosts: list[Host]) -> None:
        wiring = Wiring()
        for host in hosts:
            wiring.namespaces.append(space_of(self.prefix, host.hostname))
            add_host(wiring, self.prefix, host)
        netns.batch(f"netns add {name}" for name in wiring.namespaces)
        self._quieten(wiring.namespaces)
        self._lay(wiring)
        for host in hosts:
            if host.quiet:
                self._deafen(host)

    def down(self) -> None:
        """Ends every process of the lab, removes its namespaces and puts the kernel's settings back."""
        for dump in self._dumps:
            dump.terminate()
            dump.communicate(timeout=10)
        spaces = netns.existing(self.prefix)
        netns.end(netns.pids_in(spaces))
        self._reap()
        netns.batch(f"netns del {name}" for name in spaces)
        for name in (self.agent_namespace, space_of(self.prefix, "sw-core-01")):
            shutil.rmtree(Path("/etc/netns", name), ignore_errors=True)
        thresholds.put_back(self.prefix)

    def _reap(self) -> None:
        self._started = [process for process in self._started if process.poll() is None]

    def _save(self) -> None:
        night = self.school.night if self.school else 1
        state = {"prefix": self.prefix, "pids": self._pids, "night": night}
        (self.directory / "lab.json").write_text(json.dumps(state))

    def run(self, *command: str, timeout: float = 120) -> str:
        """Runs a command in the agent's namespace and returns what it printed."""
        return netns.run(*netns.inside(self.agent_namespace, *command), timeout=timeout)

    def counters(self) -> dict[str, dict[str, int]]:
        """Packets and bytes that left the agent's interface, raw sockets included, by the name of the counter."""
        listed: dict[str, Any] = json.loads(self.run("nft", "-j", "list", "counters"))
        found = [item["counter"] for item in listed["nftables"] if "counter" in item]
        return {counter["name"]: {"packets": counter["packets"], "bytes": counter["bytes"]} for counter in found}

    def printed_bytes(self) -> dict[str, int]:
        """How many bytes each printer's port 9100 or 515 has received."""
        path = self.directory / "etc" / "printed.json"
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def capture(self, path: Path, *expression: str) -> subprocess.Popen[bytes]:
        """Starts tcpdump on the agent's interface into a pcap file; `release` ends it and flushes the file."""
        command = ("tcpdump", "--immediate-mode", "-i", "eth0", "-U", "-n", "-w", str(path), "-Z", "root", *expression)
        dump = subprocess.Popen(
            netns.inside(self.agent_namespace, *command), stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
        assert dump.stderr is not None
        while (line := dump.stderr.readline()) and b"listening" not in line:
            pass
        self._dumps.append(dump)
        return dump

    def release(self, dump: subprocess.Popen[bytes]) -> None:
        """Ends a capture."""
        time.sleep(0.2)
        dump.terminate()
        dump.communicate(timeout=10)
        self._dumps.remove(dump)

    def cut_main_line(self) -> None:
        """Takes the main broadband line down: traffic leaves by the backup within a second."""
        netns.batch(["link set main down"], space_of(self.prefix, INTERNET))

    def mend_main_line(self) -> None:
        """Brings the main line up again."""
        netns.batch(["link set main up"], space_of(self.prefix, INTERNET))


def _essence(host: Host) -> tuple[str, str, str, int, int]:
    return host.ip, host.mac, host.switch, host.port, host.vlan


def is_possible() -> str:
    """Why a lab cannot be built here, or nothing."""
    if os.geteuid() != 0:
        return "building the virtual school needs root"
    if sys.platform != "linux" or shutil.which("ip") is None:
        return "building the virtual school needs Linux and iproute2"
    return ""
