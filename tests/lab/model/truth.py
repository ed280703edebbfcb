"""The truth about the school, as JSON values, for tests that compare a report with it."""

from dataclasses import asdict
from typing import Any

from tests.lab.model.nouns import Host, School
from tests.lab.secrets import CANARIES
from tests.lab.tables.interfaces import short_name

SCOPES = ("10.20.0.0/22", "10.20.20.0/24", "10.20.50.0/24")


def truth(model: School) -> dict[str, Any]:
    """All that is true of the school this night, as JSON values."""
    return {
        "night": model.night,
        "site": "ashfield",
        "scopes": list(SCOPES),
        "hosts": [_host_truth(model, host) for host in model.hosts] + _switch_truths(model),
        "links": _link_truths(model),
        "ssids": [asdict(ssid) for ssid in model.ssids],
        "planted": [asdict(plant) for plant in model.plants],
        "must_not": [asdict(item) for item in model.must_nots],
        "changes": [asdict(change) for change in model.changes],
        "canaries": sorted(CANARIES),
    }


def _host_truth(model: School, host: Host) -> dict[str, Any]:
    row = asdict(host)
    port = model.switch(host.switch).port(host.port).name
    row["port"], row["port_long"] = short_name(port), port
    row["services"] = [{"port": s.port, "name": s.name, "protocol": s.protocol} for s in host.services]
    row["listed"] = not (host.excluded or host.private or host.asleep)
    row["may_be_listed"] = row["listed"] or host.excluded
    for left_out in ("community", "dhcp_parameters", "hostile", "description"):
        row.pop(left_out)
    return row


def _switch_truths(model: School) -> list[dict[str, Any]]:
    return [
        {
            "hostname": s.hostname, "kind": "switch", "ip": s.ip, "mac": s.mac, "maker": s.maker, "model": s.model,
            "serial": s.serial, "os": s.os, "version": s.version, "vlan": 10, "ports": len(s.ports), "listed": True,
            "location": s.location, "switch": "", "port": "", "via": "", "subkind": "", "snmp": "simulator",
        }
        for s in model.switches
    ]  # fmt: skip


def _link_truths(model: School) -> list[dict[str, Any]]:
    between = [
        {
            "a": c.a, "a_port": _short(model, c.a, c.a_port), "b": c.b,
            "b_port": _short(model, c.b, c.b_port), "speed_mbps": c.speed,
        }
        for c in model.cables
    ]  # fmt: skip
    told = [
        {
            "a": host.switch, "a_port": _short(model, host.switch, host.port), "b": host.hostname,
            "b_port": host.port_id, "speed_mbps": host.speed,
        }
        for host in model.awake() if host.lldp and host.hostile == ""
    ]  # fmt: skip
    return between + told


def _short(model: School, switch: str, port: int) -> str:
    """A port's name as IF-MIB's ifName gives it: what a report is expected to say."""
    return short_name(model.switch(switch).port(port).name)
