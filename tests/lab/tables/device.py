"""All rows of one device, by what it is."""

import bz2
from importlib.resources import files

from tests.lab.model.nouns import Host, School, Switch
from tests.lab.tables import bridge, hostile, interfaces, lldp, poe, printer, system, ups, wireless
from tests.lab.tables.rows import Row, in_order


def switch_rows(model: School, switch: Switch) -> list[Row]:
    """All rows of a managed switch, in order."""
    return in_order((
        *system.switch_system(model, switch), *interfaces.interfaces(model, switch), *bridge.bridge(model, switch),
        *lldp.lldp(model, switch), *poe.poe(model, switch),
    ))  # fmt: skip


def host_rows(model: School, host: Host) -> list[Row]:
    """All rows of another SNMP host whose tables come from the model, in order."""
    if host.hostile == "words":
        return in_order(hostile.words(model, host))
    if host.hostile == "endless":
        return []
    make = {"printer": printer.printer, "ups": ups.ups, "wlc": wireless.controller}[host.kind]
    return in_order(make(model, host))


def recorded(path: str) -> str:
    """A real device's recording out of the package snmpsim-data (BSD-2), as snmprec text."""
    raw = files("snmpsim_data").joinpath("data", *path.split("/")).read_bytes()
    return (bz2.decompress(raw) if path.endswith(".bz2") else raw).decode("latin-1")
