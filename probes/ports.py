"""The ports of one thing: interfaces joined with bridge, VLAN, spanning tree, PoE and aggregate tables."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from probes.seen import (
    BridgePort,
    FdbEntry,
    Interface,
    LagMember,
    LocalPort,
    PoePort,
    PortVlan,
    Seen,
    StpPort,
)
from probes.vocabulary import Port, PortPoe

T = TypeVar("T")
ETHERNET = frozenset({6, 7, 26, 62, 69, 117})
AGGREGATE = frozenset({54, 161})
_VIRTUAL_NAMES = (
    "vlan",
    "lo",
    "null",
    "tunnel",
    "po",
    "trk",
    "ae",
    "lag",
    "bridge",
    "br",
    "cpu",
    "vl",
    "loopback",
    "mgmt0.",
)


@dataclass(frozen=True, slots=True)
class PortTable:
    """How one device numbers its ports: interfaces, bridge ports and LLDP port numbers, all leading to a port name."""

    interfaces: Mapping[int, Interface]
    bridge: Mapping[int, int]
    lldp: Mapping[int, LocalPort]
    aggregate: Mapping[int, int]

    def name(self, ifindex: int) -> str:
        """The port's name as a person reads it on the device."""
        found = self.interfaces.get(ifindex)
        return (found.name or found.descr or str(ifindex)) if found else str(ifindex)

    def ifindex_of_bridge(self, port: int) -> int | None:
        """The interface of a bridge port; the port number itself where the device has no table and it fits."""
        if self.bridge:
            return self.bridge.get(port)
        return port if port in self.interfaces else None

    def folded(self, ifindex: int) -> int:
        """The aggregate an interface belongs to, or itself."""
        return self.aggregate.get(ifindex, ifindex)

    def ifindex_named(self, text: str) -> int | None:
        """The interface with this name, description, alias or MAC, or None when none or several have it."""
        if not text:
            return None
        wanted = text.strip().lower()
        for field in ("name", "descr", "mac", "alias"):
            found = [i for i, one in self.interfaces.items() if (getattr(one, field) or "").lower() == wanted]
            if len(found) == 1:
                return found[0]
        short = _shortened(wanted)
        found = [i for i, one in self.interfaces.items() if short in (_shortened(one.name), _shortened(one.descr))]
        return found[0] if len(found) == 1 else None

    def ifindex_of_lldp(self, number: str) -> int | None:
        """The interface behind LLDP's own port number (not an ifIndex): by what lldpLocPortTable says of it."""
        if not number.isdigit():
            return self.ifindex_named(number)
        local = self.lldp.get(int(number))
        if local:
            # InterfaceAlias(1) PortComponent(2) Mac(3) InterfaceName(5) AgentCircuit(6) Local(7)
            for text in (local.id, local.descr):
                if (found := self.ifindex_named(text)) is not None:
                    return found
            if local.id.isdigit() and int(local.id) in self.interfaces:
                return int(local.id)
        if int(number) in self.bridge:
            return self.bridge[int(number)]
        return int(number) if int(number) in self.interfaces else None

    def ifindex_announced(self, port_id: str) -> int | None:
        """The interface that this device itself announces under a locally assigned port id (lldpLocPortId)."""
        local = next((one.number for one in self.lldp.values() if one.id == port_id), None)
        return self.ifindex_of_lldp(str(local) if local is not None else port_id)


def _shortened(name: str) -> str:
    """A port name without the differences between long and short forms: GigabitEthernet1/0/1, Gi1/0/1."""
    text = name.lower().replace(" ", "").replace("-", "")
    letters = text.rstrip("0123456789/.:")
    digits = text[len(letters) :]
    return f"{letters[:2]}{digits}" if letters and digits else text


def _all(seen: Iterable[Seen], kind: type[T]) -> list[T]:
    return [one for one in seen if isinstance(one, kind)]


def port_table(seen: Sequence[Seen]) -> PortTable:
    """The numbering of one device's ports."""
    return PortTable(
        interfaces={i.index: i for i in sorted(_all(seen, Interface), key=lambda i: i.index)},
        bridge={b.port: b.ifindex for b in _all(seen, BridgePort)},
        lldp={p.number: p for p in _all(seen, LocalPort)},
        aggregate={m.ifindex: m.aggregate for m in _all(seen, LagMember) if m.aggregate and m.aggregate != m.ifindex},
    )


def ports_of(seen: Sequence[Seen]) -> tuple[Port, ...]:
    """Every port of one thing in ifIndex order; an absent table leaves its fields None."""
    table = port_table(seen)
    vlans = _vlans(seen, table)
    states = {table.ifindex_of_bridge(s.port): s.state for s in _all(seen, StpPort)}
    poe = _poe(seen, table)
    macs: dict[int | None, set[str]] = defaultdict(set)
    for entry in _all(seen, FdbEntry):
        if not entry.own:
            macs[table.ifindex_of_bridge(entry.port)].add(entry.mac)
    aggregates = set(table.aggregate.values())
    return tuple(
        _port(one, table, vlans.get(index), states.get(index), poe.get(index)).model_copy(
            update={"macs": len(macs[index]) if index in macs else None, "lag_member": index in table.aggregate}
            | ({"lag": table.name(index)} if index in aggregates else {})
        )
        for index, one in table.interfaces.items()
    )


def _port(
    one: Interface,
    table: PortTable,
    vlans: "tuple[int | None, tuple[int, ...], tuple[int, ...]] | None",
    state: str | None,
    poe: PortPoe | None,
) -> Port:
    pvid, tagged, untagged = vlans or (None, (), ())
    duplex: Literal["full", "half"] | None = (
        "full" if one.duplex == "full" else "half" if one.duplex == "half" else None
    )
    return Port(
        name=table.name(one.index),
        index=one.index,
        alias=one.alias,
        type=one.type,
        mac=one.mac,
        speed_mbps=one.speed_mbps,
        duplex=duplex,
        admin_up=one.admin_up,
        oper_up=one.oper_up,
        physical=is_physical(one),
        lag=table.name(table.aggregate[one.index]) if one.index in table.aggregate else None,
        pvid=pvid,
        tagged=tagged,
        untagged=untagged,
        stp_state=state,
        poe=poe,
        in_errors=one.in_errors,
    )


def is_physical(one: Interface) -> bool | None:
    """Whether a cable can be put in: an Ethernet interface that is not named like a virtual one. None: not said."""
    if one.type is None:
        return one.connector
    if one.type not in ETHERNET:
        return False
    name = (one.name or one.descr).lower()
    if one.connector:
        return True
    return not name.startswith(_VIRTUAL_NAMES) and "." not in name.split("/")[-1]


def _vlans(
    seen: Sequence[Seen], table: PortTable
) -> dict[int | None, tuple[int | None, tuple[int, ...], tuple[int, ...]]]:
    rows: dict[int | None, list[PortVlan]] = defaultdict(list)
    for row in _all(seen, PortVlan):
        rows[row.ifindex if row.ifindex is not None else table.ifindex_of_bridge(row.port)].append(row)
    return {
        index: (
            next((r.vid for r in held if r.pvid), None),
            tuple(sorted({r.vid for r in held if r.tagged})),
            tuple(sorted({r.vid for r in held if not r.tagged})),
        )
        for index, held in rows.items()
    }


def _poe(seen: Sequence[Seen], table: PortTable) -> dict[int | None, PortPoe]:
    """PoE rows are numbered by group and port; the ports of group g in order are that unit's copper ports."""
    rows = sorted(_all(seen, PoePort), key=lambda p: (p.group, p.port))
    direct = {r.port for r in rows} if len({r.group for r in rows}) == 1 else set()
    found: dict[int | None, PortPoe] = {}
    for row in rows:
        index = table.ifindex_of_bridge(row.port) if row.port in direct else _unit_port(table, row.group, row.port)
        found[index] = PortPoe(enabled=row.enabled, delivering=row.delivering, power_class=row.power_class)
    found.pop(None, None)
    return found


def _unit_port(table: PortTable, group: int, port: int) -> int | None:
    endings = (f"{group}/0/{port}", f"{group}/{port}", f"{group}:{port}")
    return next((i for i in table.interfaces if table.name(i).endswith(endings)), None)
