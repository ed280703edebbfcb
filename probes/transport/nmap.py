"""Asks nmap, in a process of its own, which TCP ports of which hosts are open."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from probes.errors import OutOfScope
from probes.transport.children import ChildEnd, ChildLimits, run_child
from probes.transport.guard import FORBIDDEN_PORTS, Guard
from probes.vocabulary import Json

_CAP_NET_RAW = 13


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """How one scan goes about it. Times in seconds; `batch` hosts are given to each of `at_once` nmap processes.

    `versions` lets nmap ask each open port for its product, which is slow: only for few ports that stay unnamed.
    """

    wall_s: float = 90
    host_timeout_s: int = 60
    versions: bool = False
    batch: int = 24
    at_once: int = 2


@dataclass(slots=True)
class Scan:
    """What a scan brought: nmap's answer for each host, how the child ended, and the words of nmap's own failures."""

    end: ChildEnd
    hosts: dict[str, Json] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


async def scan_ports(
    guard: Guard,
    targets: Mapping[str, Sequence[int]],
    plan: ScanPlan,
    progress: Callable[[int, int], None] | None = None,
) -> Scan:
    """Scan these ports of these addresses within the guard's rates; `progress` hears (hosts done, hosts in all).

    Addresses must be literals that the guard permits and are not fragile: raises OutOfScope otherwise.
    """
    clean = {str(ip_address(ip)): _permitted(guard, ip, ports) for ip, ports in targets.items()}
    hosts: dict[str, Json] = {}

    def hear(message: Json) -> None:
        if "host" in message:
            hosts[message["host"]] = message
            if progress is not None:
                progress(len(hosts), len(clean))

    end = await run_child("probes.transport.nmap_child", _order(guard, clean, plan), _limits(plan), hear)
    return Scan(end, hosts, [message["error"] for message in end.messages if "error" in message])


def _permitted(guard: Guard, ip: str, ports: Sequence[int]) -> list[int]:
    if guard.is_fragile(ip):
        raise OutOfScope(f"{ip} is marked as fragile: its ports are not scanned.")
    for port in ports:
        guard.permit(ip, port)
    return [port for port in ports if port not in FORBIDDEN_PORTS]


def _order(guard: Guard, targets: Mapping[str, Sequence[int]], plan: ScanPlan) -> dict[str, Json]:
    return {
        "targets": targets,
        "limits": guard.limits.model_dump(),
        "raw": has_net_raw(),
        # Well below the cap: nmap measures the gap before a busy machine sends the packet.
        "delay_ms": math.ceil(1500 / guard.limits.per_host_pps),
        # nmap counts its SYNs only, not the resets that follow them, and starts with a burst.
        "total_pps": guard.limits.total_pps * 0.75,
        "host_timeout_s": plan.host_timeout_s,
        "wall_s": plan.wall_s,
        "versions": plan.versions,
        "batch": plan.batch,
        "at_once": plan.at_once,
    }


def _limits(plan: ScanPlan) -> ChildLimits:
    return ChildLimits(wall_s=plan.wall_s, output_bytes=16 * 1024 * 1024, memory_mb=768)


def has_net_raw() -> bool:
    """Whether this process, and so its child, may send raw packets (CAP_NET_RAW in effect)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> _CAP_NET_RAW & 1)
    return False
