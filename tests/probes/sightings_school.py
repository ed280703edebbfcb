"""A small made-up school as observations: what the decoders would have seen, for the tests of meaning."""

from datetime import UTC, datetime

from probes.seen import (
    Alive,
    BridgeBase,
    BridgePort,
    Chassis,
    DhcpHeard,
    FdbEntry,
    Interface,
    LocalPort,
    Neighbour,
    OwnAddress,
    Seen,
    SnmpAccess,
    System,
)
from probes.vocabulary import Observation

AT = datetime(2026, 9, 3, 2, 30, tzinfo=UTC)
CORE, EDGE, ROUTER, AP, PHONE = (f"00:1b:21:00:00:{n:02x}" for n in (2, 3, 1, 0x40, 0x50))


def mac(number: int) -> str:
    """The global MAC of host `number`."""
    return f"00:1b:21:00:01:{number:02x}"


def seen_at(target: str, *seen: Seen, probe: str = "snmp.test", vantage: str = "staff") -> list[Observation]:
    """Observations of one target."""
    return [Observation(probe, target, vantage, AT, one) for one in seen]


def alive(ip: str, hardware: str) -> list[Observation]:
    """An address that answered the ARP sweep."""
    return seen_at(ip, Alive(ip, "arp", hardware), probe="arp.sweep")


def switch(ip: str, base: str, name: str, ports: int, *more: Seen, first: int = 1) -> list[Observation]:
    """A switch whose ifIndex starts at `first`, so that bridge ports and LLDP ports differ from it."""
    return seen_at(
        ip,
        System(descr="HP J9772A 2530-48G-PoEP Switch, revision YA.16.04.0008, ROM YA.15.20", name=name,
               object_id="1.3.6.1.4.1.11.2.3.7.11.181", location="Cabinet A"),
        SnmpAccess("v3", "authPriv"),
        BridgeBase(base, ports),
        Chassis(4, base, name),
        *(Interface(first + n, name=str(n + 1), type=6, speed_mbps=1000, oper_up=True) for n in range(ports)),
        *(BridgePort(n + 1, first + n) for n in range(ports)),
        *(LocalPort(n + 1, 7, str(n + 1), str(n + 1)) for n in range(ports)),
        *more,
    )  # fmt: skip


def school() -> list[Observation]:
    """Two switches, a router, an access point, a telephone with a PC behind it, and hosts.

    sw-core port 24 - sw-a port 1; the router on core 1, the AP on core 7, the telephone and its PC on core 9.
    """
    core = switch(
        "10.20.0.2", CORE, "sw-core", 24,
        Neighbour("lldp", "24", 4, EDGE, 7, "1", port_descr="1", name="sw-a", capabilities=("bridge",)),
        Neighbour("lldp", "7", 4, AP, 3, AP, port_descr="eth0", name="ap-1", capabilities=("wlan-ap", "bridge")),
        Neighbour("lldp", "9", 5, "10.20.0.80", 3, PHONE, name="SEP001B21000050", capabilities=("telephone",),
                  med={"model": "T46S", "maker": "Yealink", "serial": "YL12345678"}),
        FdbEntry(ROUTER, 1, 1), FdbEntry(EDGE, 24, 1), FdbEntry(mac(0x20), 24, 20), FdbEntry(mac(0x21), 5, 20),
        FdbEntry(AP, 7, 10), FdbEntry(mac(0x41), 7, 30), FdbEntry(PHONE, 9, 40), FdbEntry(mac(0x51), 9, 20),
        FdbEntry(mac(0x60), 6, 20), FdbEntry(mac(0x61), 6, 20), FdbEntry(mac(0x62), 6, 20),
        first=101,
    )  # fmt: skip
    edge = switch(
        "10.20.0.3", EDGE, "sw-a", 24,
        Neighbour("lldp", "1", 4, CORE, 7, "24", name="sw-core", capabilities=("bridge", "router")),
        FdbEntry(CORE, 1, 1), FdbEntry(mac(0x20), 9, 20), FdbEntry(mac(0x21), 1, 20), FdbEntry(ROUTER, 1, 1),
        first=201,
    )  # fmt: skip
    router = seen_at(
        "10.20.0.1",
        System(descr="Linux router 5.10.0 #1 SMP x86_64", name="router"),
        OwnAddress("10.20.0.1", 2, 24), OwnAddress("10.20.40.1", 3, 24), OwnAddress("10.30.0.1", 4, 24),
    )  # fmt: skip
    hosts = [
        *alive("10.20.0.1", ROUTER), *alive("10.20.0.2", CORE), *alive("10.20.0.3", EDGE), *alive("10.20.0.64", AP),
        *alive("10.20.0.80", PHONE), *alive("10.20.40.1", "00:1b:21:00:00:04"),
        *(o for n in (0x20, 0x21, 0x41, 0x51, 0x60, 0x61, 0x62) for o in alive(f"10.20.1.{n}", mac(n))),
    ]  # fmt: skip
    heard = seen_at("self", DhcpHeard(mac(0x21), "request", "LAPTOP-07", "MSFT 5.0"), probe="dhcp.heard")
    return [*core, *edge, *router, *hosts, *heard]
