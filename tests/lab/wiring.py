"""The cables of the virtual school: which namespaces exist, and the ip commands that join them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.lab.model.nouns import CCTV, CURRICULUM, GUEST, NETWORKS, SCHOOL, Host, School

AGENT = "caretaker-pi"
ROUTER = "fw-01"
INTERNET = "internet"
CORE_MAC = "54:80:28:aa:10:00"
GATEWAYS = {SCHOOL: "10.20.0.1", CURRICULUM: "10.20.20.1", GUEST: "10.20.40.1", CCTV: "10.20.50.1"}
MAIN, BACKUP = ("203.0.113.2", "203.0.113.1"), ("198.51.100.2", "198.51.100.1")
SPEED_TEST, PUBLIC_DNS, PUBLIC_WEB = "203.0.113.10", "203.0.113.53", "203.0.113.80"
ROUTED = (SCHOOL, CURRICULUM, GUEST, CCTV)


@dataclass
class Wiring:
    """Commands by where they run: `links` in the root (they name both namespaces), `inside` by namespace."""

    namespaces: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    inside: dict[str, list[str]] = field(default_factory=dict)

    def add(self, namespace: str, *lines: str) -> None:
        self.inside.setdefault(namespace, []).extend(lines)

    def cable(self, a: tuple[str, str, str], b: tuple[str, str, str]) -> None:
        """A veth pair between (namespace, interface, MAC) and another; an empty MAC lets the kernel choose."""
        one, two = ((f"name {name} netns {space}" + (f" address {mac}" if mac else "")) for space, name, mac in (a, b))
        self.links.append(f"link add {one} type veth peer {two}")


def space_of(prefix: str, hostname: str) -> str:
    """The namespace of a host."""
    return f"{prefix}-{hostname.lower()}"


def wire(model: School, prefix: str) -> Wiring:
    """All commands that build the school's network."""
    wiring = Wiring()
    names = [s.hostname for s in model.switches] + [h.hostname for h in model.awake()] + [INTERNET]
    wiring.namespaces = [space_of(prefix, name) for name in names]
    for switch in model.switches:
        _switch(wiring, prefix, switch.hostname, switch.ip, switch.mac)
    for cable in {(c.a, c.b) for c in model.cables}:
        for vlan in ROUTED:
            _trunk(wiring, prefix, cable[0], cable[1], vlan)
    for host in model.awake():
        if host.hostname != ROUTER:
            add_host(wiring, prefix, host)
    _router(wiring, prefix, model.host(ROUTER))
    _internet(wiring, prefix)
    return wiring


def _switch(wiring: Wiring, prefix: str, name: str, ip: str, mac: str) -> None:
    space = space_of(prefix, name)
    for vlan in ROUTED:
        address = f" address {mac}" if vlan == SCHOOL else ""
        wiring.add(space, f"link add br{vlan}{address} type bridge forward_delay 0", f"link set br{vlan} up")
    wiring.add(space, f"addr add {ip}/22 dev br{SCHOOL}", "link set lo up", f"route add default via {GATEWAYS[SCHOOL]}")


def _trunk(wiring: Wiring, prefix: str, core: str, edge: str, vlan: int) -> None:
    a, b = space_of(prefix, core), space_of(prefix, edge)
    down, up = f"t{edge[-2:]}v{vlan}", f"upv{vlan}"
    wiring.cable((a, down, ""), (b, up, ""))
    wiring.add(a, f"link set {down} master br{vlan}", f"link set {down} up")
    wiring.add(b, f"link set {up} master br{vlan}", f"link set {up} up")


def port_name(host: Host) -> str:
    """The switch's interface for a host: unique in its switch even where many share a port."""
    return f"p{host.port}x{host.mac[-5:].replace(':', '')}{host.mac[9:11]}"


def add_host(wiring: Wiring, prefix: str, host: Host) -> None:
    """The commands for one host: its cable, address and route."""
    space, switch = space_of(prefix, host.hostname), space_of(prefix, host.switch)
    port = "p24" if host.hostname == AGENT else port_name(host)
    wiring.cable((space, "eth0", host.mac), (switch, port, CORE_MAC if host.hostname == AGENT else ""))
    wiring.add(switch, f"link set {port} master br{host.vlan}", f"link set {port} up")
    length = NETWORKS[host.vlan].split("/")[1]
    wiring.add(
        space, "link set lo up", f"addr add {host.ip}/{length} broadcast + dev eth0", "link set eth0 up",
        f"route add default via {GATEWAYS[host.vlan]}",
    )  # fmt: skip


def lan_name(vlan: int) -> str:
    """The router's interface on a VLAN: subinterfaces of eth1, which is untagged in the school's own."""
    return "eth1" if vlan == SCHOOL else f"eth1.{vlan}"


def _router(wiring: Wiring, prefix: str, host: Host) -> None:
    space, core = space_of(prefix, ROUTER), space_of(prefix, host.switch)
    for vlan in ROUTED:
        wiring.cable((space, lan_name(vlan), host.mac), (core, f"p47v{vlan}", ""))
        wiring.add(core, f"link set p47v{vlan} master br{vlan}", f"link set p47v{vlan} up")
        length = NETWORKS[vlan].split("/")[1]
        wiring.add(
            space,
            f"addr add {GATEWAYS[vlan]}/{length} broadcast + dev {lan_name(vlan)}",
            f"link set {lan_name(vlan)} up",
        )
    wiring.add(
        space, "link set lo up", f"addr add {MAIN[0]}/24 dev wan0", f"addr add {BACKUP[0]}/24 dev wan1",
        'link set wan0 alias "Leased line"', 'link set wan1 alias "Mobile backup"',
        "link set wan0 up", "link set wan1 up", f"route add default via {MAIN[1]} dev wan0 metric 10",
        f"route add default via {BACKUP[1]} dev wan1 metric 20",
    )  # fmt: skip


def _internet(wiring: Wiring, prefix: str) -> None:
    space, router = space_of(prefix, INTERNET), space_of(prefix, ROUTER)
    wiring.cable((router, "wan0", ""), (space, "main", ""))
    wiring.cable((router, "wan1", ""), (space, "backup", ""))
    wiring.add(
        space, "link set lo up", f"addr add {MAIN[1]}/24 dev main", f"addr add {BACKUP[1]}/24 dev backup",
        *(f"addr add {ip}/32 dev lo" for ip in (SPEED_TEST, PUBLIC_DNS, PUBLIC_WEB)), "link set main up",
        "link set backup up",
    )  # fmt: skip


def routes(host: Host) -> Iterator[str]:
    """The routes of a host whose address changed."""
    yield f"route replace default via {GATEWAYS[host.vlan]}"
