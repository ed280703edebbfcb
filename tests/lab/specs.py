"""What the lab's own server processes are told: JSON for hostd, and data directories for snmpsim."""

import json
import os
from pathlib import Path
from typing import Any

from tests.lab import secrets
from tests.lab.console import console
from tests.lab.model.nouns import Host, School, Switch
from tests.lab.tables.device import host_rows, recorded, switch_rows
from tests.lab.tables.rows import snmprec
from tests.lab.wiring import space_of


def write_specs(model: School, prefix: str, directory: Path) -> None:
    """Writes hostd.json, snmpsim.json with its data, and lldp.json."""
    core = model.switches[0]
    _dump(directory / "hostd.json", {"hosts": _served(model, prefix), "etc": str(directory / "etc")})
    _dump(
        directory / "snmpsim.json", {"cache": str(directory / "cache"), "devices": _simulated(model, prefix, directory)}
    )
    words = {"name": core.hostname, "descr": core.description, "port": "24", "ip": core.ip}
    _dump(directory / "lldp.json", words)


def _dump(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value))
    path.chmod(0o600)


def _served(model: School, prefix: str) -> list[dict[str, Any]]:
    return [_host(model, prefix, host) for host in model.awake()] + [_switch(model, prefix, s) for s in model.switches]


def _host(model: School, prefix: str, host: Host) -> dict[str, Any]:
    return {
        "hostname": host.hostname, "namespace": space_of(prefix, host.hostname), "ip": host.ip, "mac": host.mac,
        "kind": host.kind, "subkind": host.subkind, "maker": host.maker, "model": host.model, "serial": host.serial,
        "version": host.version, "names": host.names, "hostile": host.hostile, "vlan": host.vlan,
        "dhcp_class": host.dhcp_class, "dhcp_parameters": host.dhcp_parameters,
        "services": [_service(s) for s in host.services if s.by == "hostd"],
        "community": secrets.COMMUNITIES[host.community] if host.snmp == "own" else "",
        "rows": host_rows(model, host) if host.snmp == "own" else [],
    }  # fmt: skip


def _service(service: Any) -> dict[str, Any]:
    return {
        "port": service.port, "name": service.name, "words": service.words, "product": service.product,
        "version": service.version, "protocol": service.protocol,
    }  # fmt: skip


def _switch(model: School, prefix: str, switch: Switch) -> dict[str, Any]:
    return {
        "hostname": switch.hostname, "namespace": space_of(prefix, switch.hostname), "ip": switch.ip,
        "mac": switch.mac, "kind": "switch", "subkind": "", "maker": switch.maker, "model": switch.model, "serial": "",
        "version": switch.version, "names": [], "hostile": "", "vlan": 10, "dhcp_class": "", "dhcp_parameters": [],
        "services": [_service(s) for s in switch.services if s.by == "hostd"], "community": "", "rows": [],
        "console": console(model, switch) if switch.platform else {}, "platform": switch.platform,
    }  # fmt: skip


def _simulated(model: School, prefix: str, directory: Path) -> list[dict[str, str]]:
    found = []
    for switch in model.switches:
        found.append(
            _device(prefix, directory, switch.hostname, switch.ip, switch.mac, snmprec(switch_rows(model, switch)))
        )
    for host in model.awake():
        if host.snmp == "simulator":
            text = snmprec(host_rows(model, host))
        elif host.snmp.startswith("dump:"):
            text = recorded(host.snmp.removeprefix("dump:"))
        else:
            continue
        community = secrets.COMMUNITIES.get(host.community, "")
        found.append(_device(prefix, directory, host.hostname, host.ip, host.mac, text, community))
    return found


def _device(
    prefix: str, directory: Path, hostname: str, ip: str, mac: str, rows: str, community: str = ""
) -> dict[str, str]:
    data = directory / "snmp" / hostname
    data.mkdir(parents=True, exist_ok=True)
    for old in data.iterdir():
        old.unlink()
    first = data / (f"{community}.snmprec" if community else "self.snmprec")
    first.write_text(rows, encoding="latin-1")
    if community:
        os.link(first, data / "self.snmprec")
    return {
        "namespace": space_of(prefix, hostname), "ip": ip, "data": str(data),
        "engine": "80001f8803" + mac.replace(":", ""),
        "user": secrets.V3_USER if not community else "none", "auth": secrets.V3_AUTH, "priv": secrets.V3_PRIV,
    }  # fmt: skip
