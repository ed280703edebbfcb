"""TCP services as nmap names them: `nmap.services` over all hosts, `nmap.versions` over few ports."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from probes.canonical import clean
from probes.errors import Undecodable
from probes.seen import ClosedHost, OpenPort, Seen
from probes.transport.guard import Guard
from probes.transport.nmap import Scan, ScanPlan, scan_ports
from probes.vocabulary import Json, Outcome, Recording

PORTS = (
    21, 22, 23, 25, 53, 80, 81, 88, 110, 111, 135, 139, 143, 389, 443, 445, 548, 554, 587, 631, 636, 873, 1433, 1883,
    2049, 3000, 3128, 3306, 3389, 4786, 5000, 5060, 5357, 5432, 5900, 5985, 8000, 8008, 8080, 8443, 8728, 10000,
)  # fmt: skip
"""What schools run: file shares, directories, printers' and cameras' pages, remote desktops, door and media boxes."""

# nmap's table names, said as the rest of Caretaker says them.
_NAMES = {
    "microsoft-ds": "smb", "netbios-ssn": "netbios", "domain": "dns", "ms-wbt-server": "rdp", "http-alt": "http",
    "http-proxy": "http", "https-alt": "https", "kerberos-sec": "kerberos", "msrpc": "rpc", "ldapssl": "ldaps",
    "smart-install": "smart-install", "wsman": "winrm", "afp": "afp", "ssl/http": "https", "squid-http": "proxy",
    "ppp": "http", "irdmi": "http", "hosts2-ns": "http", "upnp": "http", "snet-sensor-mgmt": "http",
}  # fmt: skip
_BY_PORT = {5985: "winrm", 5357: "wsd", 4786: "smart-install", 8728: "mikrotik-api"}


async def collect_services(
    guard: Guard,
    hosts: Sequence[str],
    vantage: str,
    now: Callable[[], datetime],
    *,
    ports: Sequence[int] = PORTS,
    plan: ScanPlan | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Recording]:
    """One `nmap.services` recording a host. Fragile or unpermitted hosts come back SKIPPED, and get no packet."""
    return await _collect(
        "nmap.services", guard, dict.fromkeys(hosts, ports), vantage, now, plan or ScanPlan(), progress
    )


async def collect_versions(
    guard: Guard,
    unnamed: Mapping[str, Sequence[int]],
    vantage: str,
    now: Callable[[], datetime],
    *,
    seconds: float = 60,
) -> list[Recording]:
    """One `nmap.versions` recording a host: nmap -sV --version-light over the ports no other probe could name."""
    plan = ScanPlan(wall_s=seconds, host_timeout_s=max(1, int(seconds) - 2), versions=True, batch=1, at_once=4)
    return await _collect("nmap.versions", guard, unnamed, vantage, now, plan, None)


async def _collect(
    probe: str,
    guard: Guard,
    targets: Mapping[str, Sequence[int]],
    vantage: str,
    now: Callable[[], datetime],
    plan: ScanPlan,
    progress: Callable[[int, int], None] | None,
) -> list[Recording]:
    started = now()
    refused = {ip: reason for ip in targets if (reason := _refusal(guard, ip))}
    asked = {ip: [p for p in ports if guard.permits(ip, p)] for ip, ports in targets.items() if ip not in refused}
    scan = await scan_ports(guard, asked, plan, progress) if asked else None
    ended = now()

    def record(ip: str) -> Recording:
        outcome, reason, answers = _result(scan, ip) if ip not in refused else (Outcome.SKIPPED, refused[ip], ())
        return Recording(
            probe=probe, target=ip, vantage=vantage, started=started, ended=ended, outcome=outcome, reason=reason,
            answers=answers,
        )  # fmt: skip

    return [record(ip) for ip in targets]


def _refusal(guard: Guard, ip: str) -> str:
    if not guard.permits(ip):
        return "This address is outside the scope, or excluded."
    return "This address is marked as fragile." if guard.is_fragile(ip) else ""


def _result(scan: Scan | None, ip: str) -> tuple[Outcome, str, tuple[Json, ...]]:
    said = scan.hosts.get(ip) if scan else None
    if said is None:
        ended = scan.end if scan else None
        late = ended is not None and ended.outcome is Outcome.TIMED_OUT
        reason = "; ".join(scan.errors) if scan and scan.errors else (ended.reason if ended else "")
        return Outcome.TIMED_OUT if late else Outcome.GARBLED, reason or "nmap did not report on this host.", ()
    if not said["up"] and not said["open"]:
        return Outcome.TIMED_OUT, "nmap gave this host up.", ()
    return Outcome.COMPLETE, "", (said,)


def decode(recording: Recording) -> Iterator[Seen]:
    """OpenPort for each open port, or ClosedHost when a completely asked host had none. Raises Undecodable."""
    for said in recording.answers:
        if not isinstance(said, dict) or not isinstance(said.get("open"), list):
            raise Undecodable("An nmap answer without its list of open ports.")
        ports = [_open_port(recording.target, row) for row in said["open"]]
        yield from ports
        if not ports and recording.outcome is Outcome.COMPLETE and recording.probe == "nmap.services":
            yield ClosedHost(ip=recording.target, asked=_number(said.get("asked")))


def _open_port(ip: str, row: Json) -> OpenPort:
    if not isinstance(row, dict):
        raise Undecodable("An nmap port that is not an object.")
    port = _number(row.get("port"))
    name = clean(str(row.get("name", "")), 40)
    return OpenPort(
        ip=ip,
        protocol="udp" if row.get("protocol") == "udp" else "tcp",
        port=port,
        name=_BY_PORT.get(port) or _NAMES.get(name, name),
        product=clean(str(row.get("product", ""))),
        version=clean(str(row.get("version", ""))),
        extra=clean(str(row.get("extrainfo", ""))),
    )


def _number(value: Json) -> int:
    if isinstance(value, int) and 0 <= value <= 65535:
        return int(value)
    raise Undecodable(f"{value!r:.40} is not a port number or count.")


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"nmap.services": decode, "nmap.versions": decode}
