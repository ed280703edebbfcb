"""A school as large as the goals ask for: thousands of hosts on one network, a core, and access switches that know."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network
from typing import Any

from tests.lab.tables.interfaces import ETHERNET, interface, port_mac
from tests.lab.tables.lldp import LLDP
from tests.lab.tables.rows import Row, in_order, index_of, integer, mac, octets, text
from tests.lab.tables.system import own_address, system

PER_SWITCH = 48
UPLINK = PER_SWITCH + 1
AGENT_MAC = "00:16:3e:5c:a1:e0"
COMMUNITY = "scale-lab"
_MAKERS = ("3c5282", "d89ef3", "f4ce46", "001b63", "001e8f", "000b82", "b827eb", "accc8e")
_BRIDGE, _QBRIDGE, _ARP = "1.3.6.1.2.1.17", "1.3.6.1.2.1.17.7.1", "1.3.6.1.2.1.4.22.1"
_DESCR = "HP J9772A 2530-48G-PoEP Switch, revision YA.16.10.0012, ROM YA.15.20"
_BRIDGES = bytes([0x20, 0])


@dataclass(frozen=True)
class Host:
    """One host: where it answers, and the access switch (from 1) and port it is plugged into."""

    ip: str
    mac: str
    switch: int
    port: int


@dataclass(frozen=True)
class Large:
    """So many hosts on one network; switch 0 is the core and the router.

    The core has learned every host, an access switch its own and every `nth` of the others, at its uplink.
    """

    count: int
    network: str
    nth: int = 1

    @cached_property
    def hosts(self) -> tuple[Host, ...]:
        """The hosts, at addresses spread over the network. The last port of the last switch is the agent's."""
        chance = random.Random(self.count)
        offsets = sorted(chance.sample(range(300, IPv4Network(self.network).num_addresses - 2), self.count))
        places = [(n // PER_SWITCH + 1, n % PER_SWITCH + 1) for n in range(self.count)]
        chance.shuffle(places)
        base = IPv4Network(self.network).network_address
        return tuple(
            Host(str(base + offset), self._mac(n), *place)
            for n, (offset, place) in enumerate(zip(offsets, places, strict=True))
        )

    def _mac(self, number: int) -> str:
        return bytes.fromhex(f"{_MAKERS[number % len(_MAKERS)]}{number * 97 % 2**24:06x}").hex(":")

    @property
    def switches(self) -> range:
        """The access switches by number; the last has a port to spare for the agent."""
        return range(1, self.count // PER_SWITCH + 2)

    @property
    def agent_ip(self) -> str:
        """The agent's own address."""
        return str(IPv4Network(self.network).network_address + 250)

    def switch_ip(self, number: int) -> str:
        """A switch's address; number 0 is the core's."""
        return str(IPv4Network(self.network).network_address + 1 + number)

    def switch_mac(self, number: int) -> str:
        """A switch's base address."""
        return bytes.fromhex(f"9457a5{number * 256:06x}").hex(":")

    def switch_name(self, number: int) -> str:
        """A switch's host name."""
        return f"sw-{number:03d}" if number else "sw-core"

    def rows(self, number: int) -> list[Row]:
        """All that one switch answers by SNMP."""
        return in_order([*self._common(number), *self._learned(number), *(self._arp() if not number else ())])

    def _ports(self, number: int) -> range:
        return range(1, UPLINK + 1) if number else range(1, len(self.switches) + 1)

    def _common(self, number: int) -> Iterator[Row]:
        base, name = self.switch_mac(number), self.switch_name(number)
        yield from system(_DESCR, "1.3.6.1.4.1.11.2.3.7.11.146", name, "cabinet", 86_400)
        yield from own_address(self.switch_ip(number), 1, str(IPv4Network(self.network).netmask))
        for port in self._ports(number):
            yield from interface(port, str(port), str(port), ETHERNET, port_mac(base, port), 1000, True, "")
            yield integer(f"{_BRIDGE}.1.4.1.1.{port}", port)
            yield integer(f"{_BRIDGE}.1.4.1.2.{port}", port)
            yield integer(f"{LLDP}.3.7.1.2.{port}", 7)
            yield text(f"{LLDP}.3.7.1.3.{port}", str(port))
            yield text(f"{LLDP}.3.7.1.4.{port}", str(port))
        yield mac(f"{_BRIDGE}.1.1.0", base)
        yield integer(f"{_BRIDGE}.1.2.0", len(self._ports(number)))
        yield integer(f"{LLDP}.3.1.0", 4)
        yield mac(f"{LLDP}.3.2.0", base)
        yield text(f"{LLDP}.3.3.0", name)
        yield octets(f"{LLDP}.3.6.0", _BRIDGES)
        for there in self.switches if not number else (0,):
            yield from self._neighbour(UPLINK if number else there, there, number if number else UPLINK)

    def _neighbour(self, port: int, other: int, other_port: int) -> Iterator[Row]:
        row = f"0.{port}.1"
        yield integer(f"{LLDP}.4.1.1.4.{row}", 4)
        yield mac(f"{LLDP}.4.1.1.5.{row}", self.switch_mac(other))
        yield integer(f"{LLDP}.4.1.1.6.{row}", 7)
        yield text(f"{LLDP}.4.1.1.7.{row}", str(other_port))
        yield text(f"{LLDP}.4.1.1.9.{row}", self.switch_name(other))
        yield octets(f"{LLDP}.4.1.1.12.{row}", _BRIDGES)

    def _learned(self, number: int) -> Iterator[Row]:
        agent = Host(self.agent_ip, AGENT_MAC, self.switches[-1], PER_SWITCH)
        for turn, host in enumerate((*self.hosts, agent)):
            if number not in (0, host.switch) and turn % self.nth:
                continue
            port = host.switch if not number else host.port if host.switch == number else UPLINK
            index = index_of(host.mac)
            yield mac(f"{_BRIDGE}.4.3.1.1.{index}", host.mac)
            yield integer(f"{_BRIDGE}.4.3.1.2.{index}", port)
            yield integer(f"{_BRIDGE}.4.3.1.3.{index}", 3)
            yield integer(f"{_QBRIDGE}.2.2.1.2.1.{index}", port)
            yield integer(f"{_QBRIDGE}.2.2.1.3.1.{index}", 3)

    def _arp(self) -> Iterator[Row]:
        for host in self.hosts:
            yield mac(f"{_ARP}.2.1.{host.ip}", host.mac)
            yield integer(f"{_ARP}.4.1.{host.ip}", 3)

    def truth(self) -> dict[str, Any]:
        """Every host with its port, as `caretaker measure discover` reads it."""
        infrastructure = [
            {"ip": self.switch_ip(n), "mac": self.switch_mac(n), "hostname": self.switch_name(n), "kind": "switch"}
            for n in (0, *self.switches)
        ]
        ends = [
            {"ip": h.ip, "mac": h.mac, "switch": self.switch_name(h.switch), "port": str(h.port)} for h in self.hosts
        ]
        return {"hosts": [*infrastructure, *ends]}
