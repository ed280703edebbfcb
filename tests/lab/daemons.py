"""The real daemons of the virtual school: their configuration files and command lines."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.lab import secrets
from tests.lab.model.nouns import CURRICULUM, GUEST, NETWORKS, SCHOOL, School
from tests.lab.model.truth import SCOPES
from tests.lab.wiring import (
    AGENT,
    BACKUP,
    GATEWAYS,
    INTERNET,
    MAIN,
    PUBLIC_DNS,
    PUBLIC_WEB,
    ROUTER,
    SPEED_TEST,
)

BLOCK_PAGE = "10.20.0.9"
BLOCKED = ("blocked.filter-test.example", "adult.filter-test.example", "extremism.filter-test.example")
NOT_BLOCKED = "violence.filter-test.example"
ALLOWED = ("www.bbc.example", "mis.ashfield.example")
SAFE = {
    "www.google.com": ("forcesafesearch.google.com", "216.239.38.120"),
    "www.bing.com": ("strict.bing.com", "204.79.197.220"),
    "duckduckgo.com": ("safe.duckduckgo.com", "52.142.126.100"),
    "www.youtube.com": ("restrict.youtube.com", "216.239.38.120"),
}
V3 = f"createUser {secrets.V3_USER} SHA {secrets.V3_AUTH} AES {secrets.V3_PRIV}\nrouser {secrets.V3_USER} priv\n"


@dataclass(frozen=True)
class Daemon:
    """A program to start in a host's namespace. `private` gives it its own empty /run."""

    host: str
    name: str
    command: tuple[str, ...]
    private: bool = False


def daemons(model: School, directory: Path) -> Iterator[Daemon]:
    """Writes every daemon's configuration below the directory, and names the programs to start."""
    etc = directory / "etc"
    etc.mkdir(exist_ok=True)
    yield _simulator(model, directory)
    yield Daemon(ROUTER, "hostd", (sys.executable, "-m", "tests.lab.hostd", str(directory / "hostd.json")))
    yield Daemon(INTERNET, "line", (sys.executable, "-m", "tests.lab.line", SPEED_TEST, "8080"))
    yield Daemon(INTERNET, "iperf3", ("iperf3", "-s", "-B", SPEED_TEST))
    yield Daemon(
        "sw-core-01", "lldpd", (sys.executable, "-m", "tests.lab.lldp_port", str(directory), "p24"), private=True
    )
    yield _names(etc)
    yield _public_names(etc)
    yield _rogue(etc)
    for name in (ROUTER, "srv-mis-01"):
        yield _snmpd(model, etc, name)
    yield from _files_and_pages(model, etc)


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _simulator(model: School, directory: Path) -> Daemon:
    return Daemon(ROUTER, "snmpsim", (sys.executable, "-m", "tests.lab.simulate", str(directory / "snmpsim.json")))


def _dnsmasq(host: str, name: str, conf: Path) -> Daemon:
    return Daemon(host, name, ("dnsmasq", "--keep-in-foreground", f"--conf-file={conf}"))


def _names(etc: Path) -> Daemon:
    """The school's DNS with its filter, and its DHCP server."""
    lines = [
        "no-resolv", f"server={PUBLIC_DNS}", "domain=ashfield.example", "user=root", "bind-interfaces",
        "listen-address=10.20.0.10", "interface=eth0", "except-interface=lo", f"addn-hosts={etc / 'hosts'}",
        f"dhcp-leasefile={etc / 'leases'}", "pid-file=", "dhcp-authoritative", "dhcp-range=10.20.3.100,10.20.3.200,8h",
        "dhcp-range=10.20.0.0,static,255.255.252.0,8h", f"dhcp-hostsfile={etc / 'reserved'}",
        f"dhcp-option=option:router,{GATEWAYS[SCHOOL]}", "dhcp-option=option:dns-server,10.20.0.10",
        *(f"address=/{name}/{BLOCK_PAGE}" for name in BLOCKED),
        *(f"host-record={forced},{address}" for forced, address in SAFE.values()),
        *(f"cname={name},{forced}" for name, (forced, _) in SAFE.items()),
        "local=/use-application-dns.net/",
        "log-facility=/dev/null", "expand-hosts",
    ]  # fmt: skip
    return _dnsmasq("srv-dc-01", "dns", _write(etc / "names.conf", "\n".join(lines) + "\n"))


def hosts_file(model: School) -> str:
    """Names of the school's hosts, for the DNS server's forward and reverse answers."""
    named = [(h.ip, h.hostname) for h in model.hosts if not h.private and not h.hostile and h.kind != "unknown"]
    named += [(s.ip, s.hostname) for s in model.switches]
    unique = {ip: name for ip, name in reversed(named) if name != "TL-WR841N"}
    return "".join(f"{ip} {name}.ashfield.example {name}\n" for ip, name in unique.items())


def reservations(model: School) -> str:
    """The DHCP server's reservations: what its clients on the school's network have already."""
    mine = [h for h in model.hosts if h.vlan == SCHOOL and "dhcp" in h.names and not h.hostile]
    return "".join(f"{h.mac},{h.ip},{h.hostname},8h\n" for h in mine if h.ip != "10.20.1.90")


def _public_names(etc: Path) -> Daemon:
    public = dict.fromkeys((*BLOCKED, NOT_BLOCKED, *ALLOWED, *SAFE), PUBLIC_WEB)
    public["speed.example"] = SPEED_TEST
    lines = [
        "no-resolv", "no-hosts", "user=root", "bind-interfaces", f"listen-address={PUBLIC_DNS}", "except-interface=lo",
        "pid-file=", "log-facility=/dev/null", *(f"address=/{name}/{ip}" for name, ip in public.items()),
    ]  # fmt: skip
    return _dnsmasq(INTERNET, "public-dns", _write(etc / "public.conf", "\n".join(lines) + "\n"))


def _rogue(etc: Path) -> Daemon:
    """A home router's DHCP and its DNS, which answers anybody."""
    lines = [
        "no-resolv", "no-hosts", f"server={PUBLIC_DNS}", "user=root", "bind-interfaces", "listen-address=10.20.1.200",
        "interface=eth0", "except-interface=lo", "dhcp-range=192.168.0.100,192.168.0.199,2h",
        "dhcp-range=10.20.3.220,10.20.3.230,2h", "dhcp-option=option:router,10.20.1.200",
        "dhcp-option=option:dns-server,10.20.1.200", f"dhcp-leasefile={etc / 'rogue-leases'}", "pid-file=",
        "log-facility=/dev/null",
    ]  # fmt: skip
    return _dnsmasq("TL-WR841N", "rogue", _write(etc / "rogue.conf", "\n".join(lines) + "\n"))


def _snmpd(model: School, etc: Path, name: str) -> Daemon:
    host = model.host(name)
    identity = "sysobjectid .1.3.6.1.4.1.8072.3.2.8\n" if name == ROUTER else ""
    conf = _write(
        etc / f"snmpd-{name}.conf",
        f"{V3}sysdescr {host.description}\nsysname {name}\nsyslocation Server room\nsysservices 76\n{identity}"
        f"agentaddress udp:{host.ip}:161\n",
    )
    state = etc / f"snmpd-{name}"
    state.mkdir(exist_ok=True)
    command = (
        "env",
        f"SNMP_PERSISTENT_DIR={state}",
        "snmpd",
        "-f",
        "-Lf",
        "/dev/null",
        "-C",
        "-c",
        str(conf),
        "-I",
        "-smux",
    )
    return Daemon(name, "snmpd", command)


def _files_and_pages(model: School, etc: Path) -> Iterator[Daemon]:
    yield Daemon("nas-01", "nginx", ("nginx", "-p", str(etc), "-c", str(_nginx(etc))))
    yield Daemon("nas-01", "smbd", ("smbd", "--foreground", "--no-process-group", "-s", str(_samba(etc))))
    yield Daemon("srv-media-01", "vsftpd", ("vsftpd", str(_ftp(etc))))
    key = etc / "dropbear-key"
    yield Daemon(
        "srv-media-01",
        "dropbear",
        (
            "dropbear",
            "-F",
            "-R" if not key.exists() else "-E",
            "-r",
            str(key),
            "-p",
            "22",
            "-P",
            str(etc / "dropbear.pid"),
        ),
    )
    yield Daemon("srv-mis-01", "sshd", ("/usr/sbin/sshd", "-D", "-f", str(_sshd(etc))), private=True)


def _nginx(etc: Path) -> Path:
    page = etc / "nas"
    _write(page / "index.html", "<html><head><title>QNAP TS-453D</title></head><body>QTS 5.0.1</body></html>")
    return _write(
        etc / "nginx.conf",
        f"daemon off; user root; worker_processes 1; pid {etc}/nginx.pid; error_log /dev/null;\n"
        "events { worker_connections 64; }\n"
        f"http {{ access_log off; client_body_temp_path {etc}/t1; proxy_temp_path {etc}/t2; fastcgi_temp_path {etc}/t3;"
        f" uwsgi_temp_path {etc}/t4; scgi_temp_path {etc}/t5;\n"
        f"server {{ listen 10.20.0.12:443 ssl; root {page}; ssl_certificate {etc}/nas-01.crt;"
        f" ssl_certificate_key {etc}/nas-01.key; ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;"
        " } }\n",
    )


def _samba(etc: Path) -> Path:
    state = etc / "samba"
    state.mkdir(exist_ok=True)
    places = "".join(
        f"{name} = {state}\n"
        for name in (
            "lock directory",
            "state directory",
            "cache directory",
            "pid directory",
            "private dir",
            "ncalrpc dir",
        )
    )
    return _write(
        etc / "smb.conf",
        f"[global]\nworkgroup = ASHFIELD\nnetbios name = NAS-01\nserver min protocol = NT1\nserver role = standalone\n"
        f"interfaces = eth0\nbind interfaces only = yes\nlog file = /dev/null\nload printers = no\n{places}"
        "disable spoolss = yes\n",
    )


def _ftp(etc: Path) -> Path:
    root = etc / "ftp"
    root.mkdir(exist_ok=True)
    root.chmod(0o555)
    return _write(
        etc / "vsftpd.conf",
        f"listen=YES\nlisten_address=10.20.0.13\nanonymous_enable=YES\nlocal_enable=NO\nanon_root={root}\nbackground=NO\n"
        f"seccomp_sandbox=NO\nsecure_chroot_dir={root}\nftpd_banner=Ashfield media store\nxferlog_enable=NO\n",
    )


def _sshd(etc: Path) -> Path:
    return _write(
        etc / "sshd_config",
        f"ListenAddress 10.20.0.11\nHostKey {etc}/srv-mis-01.sshkey\nPidFile none\nUsePAM no\n"
        "PasswordAuthentication yes\n"
        "PermitRootLogin no\nAllowUsers nobody\nLogLevel QUIET\n",
    )


def nftables(prefix: str) -> dict[str, str]:
    """Rules by host: NAT and isolation on the router, counters on the agent's wire."""
    return {ROUTER: _router_rules(), AGENT: _agent_rules()}


def _router_rules() -> str:
    inside = f"{{ {', '.join(NETWORKS[v] for v in (SCHOOL, CURRICULUM, 50))} }}"
    return (
        "table ip school { chain out { type nat hook postrouting priority 100;\n"
        f'oifname "wan0" masquerade\noifname "wan1" masquerade\n}}\n'
        "chain through { type filter hook forward priority 0; policy accept;\n"
        "ct state established,related accept\n"
        f"ip saddr {NETWORKS[GUEST]} ip daddr {inside} drop\n"
        f'iifname {{ "wan0", "wan1" }} ct state new drop\n}}\n}}\n'
    )


def _agent_rules() -> str:
    allowed = ", ".join((*SCOPES, SPEED_TEST, "224.0.0.0/4", "255.255.255.255", "169.254.0.0/16"))
    return (
        "table netdev school {\ncounter outside {}\ncounter print_tcp {}\ncounter print_udp {}\ncounter excluded {}\n"
        "counter arp_outside {}\ncounter everything {}\n"
        'chain out { type filter hook egress device "eth0" priority 0; policy accept;\ncounter name everything\n'
        f"ip daddr != {{ {allowed} }} counter name outside\n"
        f"arp daddr ip != {{ {SCOPES[0]}, 169.254.0.0/16 }} counter name arp_outside\n"
        "ip daddr { 10.20.0.250, 10.20.1.64/28 } counter name excluded\n"
        "arp daddr ip { 10.20.0.250, 10.20.1.64/28 } counter name excluded\n"
        "tcp dport { 515, 9100-9107 } counter name print_tcp\n"
        "udp dport { 515, 9100-9107 } counter name print_udp\n}\n}\n"
    )


def public_web() -> str:
    return json.dumps({"main": MAIN, "backup": BACKUP})
