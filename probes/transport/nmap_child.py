"""The only importer of python-nmap (GPL-3): takes one order on stdin, runs nmap, answers one JSON line a host.

Order: targets {ip: [ports]} or targets [ips] with ports, raw (SYN or connect), delay_ms, total_pps, host_timeout_s,
wall_s, versions, batch, at_once, and the limits of the guard, which are checked again here.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from ipaddress import ip_address
from typing import Any

import nmap

from probes.transport.children import answer, begin_child
from probes.transport.guard import Guard, Limits

Batch = tuple[tuple[str, ...], tuple[int, ...]]


def scan(batch: Batch, order: dict[str, Any]) -> list[dict[str, Any]]:
    """Run nmap once over one batch of hosts that are asked the same ports."""
    hosts, ports = batch
    scanner = nmap.PortScanner()
    scanner.scan(
        hosts=" ".join(hosts),
        ports=",".join(str(port) for port in ports),
        arguments=" ".join(arguments(order, v6=":" in hosts[0])),
        timeout=order["wall_s"],
    )
    found = set(scanner.all_hosts())
    return [host_answer(host, scanner[host] if host in found else None, ports) for host in hosts]


def arguments(order: dict[str, Any], v6: bool) -> list[str]:
    """The options of nmap. Numbers only come from the order, so no word of a device can reach the command line.

    `--scan-delay` alone would also make nmap ask one port at a time in all; `--max-parallelism` undoes that, and the
    delay goes on holding each host to its rate.
    """
    raw = ["--privileged", "--send-eth", "-sS"] if order["raw"] else ["--unprivileged", "-sT"]
    delay = f"{int(order['delay_ms'])}ms"
    pace = ["--scan-delay", delay, "--max-scan-delay", delay, "--max-rate", str(max(1, int(order["rate"])))]
    patience = ["--max-retries", "1", "--initial-rtt-timeout", "300ms", "--max-rtt-timeout", "700ms"]
    width = ["--min-hostgroup", "64", "--max-parallelism", "300", "--host-timeout", f"{int(order['host_timeout_s'])}s"]
    versions = ["-sV", "--version-light"] if order["versions"] else []
    return ["-n", "-Pn", *raw, *(["-6"] if v6 else []), *pace, *patience, *width, *versions]


def host_answer(host: str, seen: dict[str, Any] | None, ports: Sequence[int]) -> dict[str, Any]:
    """One host's answer: its open ports with nmap's words, and whether nmap reported on the host at all."""
    tcp = (seen or {}).get("tcp", {})
    rows = [{"port": port, "protocol": "tcp", **said} for port, said in sorted(tcp.items()) if said["state"] == "open"]
    kept = ("port", "protocol", "name", "product", "version", "extrainfo", "reason", "conf", "cpe")
    up = seen is not None and seen.get("status", {}).get("state") == "up"
    return {
        "host": host,
        "up": up,
        "asked": len(ports),
        "open": [{key: row[key] for key in kept if key in row} for row in rows],
    }


def batches(order: dict[str, Any]) -> list[Batch]:
    """The order's targets in batches of hosts that are asked the same ports; each is checked against the guard again.

    Raises OutOfScope, and nothing is sent then.
    """
    guard = Guard(Limits.model_validate(order["limits"]), time.monotonic)
    groups: dict[tuple[bool, tuple[int, ...]], list[str]] = {}
    for text, ports in order["targets"].items():
        host = str(ip_address(text))
        for port in ports:
            guard.permit(host, int(port))
        groups.setdefault((":" in host, tuple(sorted(int(port) for port in ports))), []).append(host)
    size = int(order["batch"])
    return [(tuple(hosts[n : n + size]), key[1]) for key, hosts in groups.items() for n in range(0, len(hosts), size)]


def main() -> None:
    """Carry out one order."""
    order = begin_child()
    work = batches(order)
    at_once = max(1, min(int(order["at_once"]), len(work)))
    order["rate"] = order["total_pps"] / at_once
    with ThreadPoolExecutor(at_once) as pool:
        for done in as_completed([pool.submit(scan, batch, order) for batch in work]):
            try:
                for host in done.result():
                    answer(host)
            except nmap.PortScannerError as error:
                answer({"error": str(error)[:200]})


if __name__ == "__main__":
    main()
