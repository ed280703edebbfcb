"""Answers "why is it empty?": what this machine and configuration lack for a whole night, each with its remedy."""

import asyncio
import os
import shutil
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from ipaddress import ip_address, ip_network
from pathlib import Path

import psutil
import requests

from agent.config import Config
from agent.controlling import ask
from agent.credentials import read_secrets
from agent.scope import authorise, limits_of
from probes.errors import BadInput
from probes.transport.guard import Guard
from probes.vocabulary import Outcome, Recording

ENOUGH_DISK_MB = 500


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is well, what was seen, and what to do where it is not."""

    name: str
    well: bool
    seen: str
    remedy: str = ""


def examine(config: Config, credentials: Path | None) -> Iterator[Check]:
    """Look at everything, cheapest first. Sent are only a request to the collector and a talk with each controller."""
    yield _ours()
    yield _privilege()
    yield _nmap()
    yield _aes()
    yield _scope(config)
    yield _interface(config)
    yield _secrets(config, credentials)
    yield _state(config)
    yield _collector(config)
    yield from _controllers(config, credentials)


def _ours() -> Check:
    import agent

    place = Path(agent.__file__).parent
    ours = (place / "night.py").exists()
    return Check("program", ours, str(place), "another package called agent shadows ours; use Caretaker's own venv")


def _privilege() -> Check:
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
    except OSError:
        return Check(
            "raw sockets", False, "not allowed", "run as root or with CAP_NET_RAW, or ARP and LLDP are not seen"
        )
    return Check("raw sockets", True, "allowed")


def _nmap() -> Check:
    found = shutil.which("nmap") or ""
    return Check("nmap", bool(found), found or "not found", "sudo apt install nmap")


def _aes() -> Check:
    """The own codec and pysnmp both take AES from cryptography; pysnmp switches it off silently below version 47."""
    installed = version("cryptography")
    enough = int(installed.split(".")[0]) >= 47
    return Check("SNMPv3 AES", enough, f"cryptography {installed}", "install cryptography 47 or newer in the venv")


def _scope(config: Config) -> Check:
    try:
        scopes = authorise(config.agent.scopes, config.agent.owned_public, confirmed=True)
    except BadInput as error:
        return Check("scope", False, str(error), "correct agent.scopes")
    return Check("scope", True, ", ".join(scopes))


def interface_for(config: Config, scopes: tuple[str, ...]) -> str | None:
    """The interface to sweep from: the one configured, or the first whose address lies in a scope."""
    if config.agent.interface:
        return config.agent.interface
    networks = [ip_network(scope) for scope in scopes]
    for name, addresses in psutil.net_if_addrs().items():
        for entry in addresses:
            if entry.family in (socket.AF_INET, socket.AF_INET6):
                address = ip_address(entry.address.split("%")[0])
                if any(address.version == net.version and address in net for net in networks):
                    return name
    return None


def _interface(config: Config) -> Check:
    name = interface_for(config, config.agent.scopes)
    stats = psutil.net_if_stats().get(name or "")
    if name is None or stats is None:
        seen = f"{name} is not there" if name else "no interface has an address in the scope"
        return Check("interface", False, seen, "set agent.interface, or plug in where the scope is")
    return Check("interface", stats.isup, f"{name}, {stats.speed or '?'} Mbps", f"bring {name} up")


def _secrets(config: Config, credentials: Path | None) -> Check:
    try:
        secrets = read_secrets(credentials, config)
    except BadInput as error:
        return Check("credentials", False, str(error), "correct the credentials file")
    count = len(secrets.snmp) + len(secrets.ssh)
    remedy = "without a credential switches stay blind spots; add [[credentials]]"
    return Check("credentials", count > 0, f"{count} named", remedy)


def _state(config: Config) -> Check:
    folder = config.agent.state_dir
    near = next((place for place in (folder, *folder.parents) if place.exists()), Path("/"))
    free = psutil.disk_usage(str(near)).free // 2**20
    well = os.access(near, os.W_OK) and free >= ENOUGH_DISK_MB
    return Check("state folder", well, f"{folder}, {free:,} MB free", f"free space or make {folder} writable")


def _collector(config: Config) -> Check:
    address = config.delivery.collector
    if not address:
        return Check("collector", False, "none named", "set delivery.collector, or read reports with --report")
    verify: bool | str = str(config.delivery.ca_file) if config.delivery.ca_file else True
    return _ask(address, lambda url: requests.get(url, timeout=5, verify=verify, allow_redirects=False).status_code)


def _controllers(config: Config, credentials: Path | None) -> Iterator[Check]:
    """Each controller asked as a night asks it, so that a wrong pin or password shows by day."""
    try:
        secrets = read_secrets(credentials, config)
        scopes = authorise(config.agent.scopes, config.agent.owned_public, confirmed=True)
    except BadInput:
        return  # said above
    guard = Guard(limits_of(config, scopes, ()), time.monotonic)
    for use in config.controllers:
        talk = ask(use, secrets.controllers[use.name], guard, config.agent.vantage, lambda: datetime.now(UTC))
        own, *devices = asyncio.run(_told(talk))
        lists = f"{use.address} lists {len(devices)} devices"
        seen = " ".join(filter(None, (lists if devices or not own.reason else "", own.reason)))
        remedy = "see its [[controllers]] in the configuration and its part of the credentials file"
        yield Check(f"controller {use.name}", own.outcome is Outcome.COMPLETE, seen, remedy)


async def _told(talk: Awaitable[list[Recording]]) -> list[Recording]:
    return await talk


def _ask(address: str, get: Callable[[str], int]) -> Check:
    try:
        status = get(f"{address.rstrip('/')}/api/v1/health")
    except requests.RequestException as error:
        return Check("collector", False, type(error).__name__, f"see that {address} can be reached from here")
    return Check("collector", status == 200, f"{address} answered {status}", "look at the collector's own log")
