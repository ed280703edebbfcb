"""Gives the SSH child its orders: host keys without a login, and show commands for devices a credential is bound to."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from pydantic import SecretStr

from probes.errors import OutOfScope
from probes.transport.children import ChildEnd, ChildLimits, run_child
from probes.transport.guard import Guard
from probes.vocabulary import Noun

_MODULE = "probes.transport.ssh_child"
WALL_S = 60.0


class SshLogin(Noun):
    """A user and password for devices' command lines. They print as stars, and travel only on the child's pipe."""

    username: str
    password: SecretStr
    enable: SecretStr = SecretStr("")


@dataclass(frozen=True, slots=True)
class CliOrder:
    """One session: which device, as which netmiko platform, with which commands, and where its host key is kept.

    `kept` is the folder of last night's redacted configurations; None tells no changes.
    """

    ip: str
    platform: str
    commands: Sequence[str]
    known_hosts: Path
    port: int = 22
    wall_s: float = WALL_S
    kept: Path | None = None


async def fetch_keys(guard: Guard, hosts: Sequence[tuple[str, int]], each_s: float = 8) -> ChildEnd:
    """Banner and host key of each (address, port); one message a host. Raises OutOfScope before anything is sent."""
    clean = [(str(ip_address(ip)), port) for ip, port in hosts]
    for ip, port in clean:
        _permit(guard, ip, port)
        await guard.pace(ip, 12)
    order = {"do": "keys", "hosts": clean, "each_s": each_s, "limits": guard.limits.model_dump()}
    rounds = -(-len(clean) // 8)
    return await run_child(_MODULE, order, ChildLimits(wall_s=10 + rounds * (each_s + 1), output_bytes=1024 * 1024))


async def run_session(guard: Guard, login: SshLogin, order: CliOrder) -> ChildEnd:
    """One session in a child of its own, killed at the deadline. The last message has `end`, `failed_login`, `key`.

    Raises OutOfScope before anything is sent.
    """
    ip = str(ip_address(order.ip))
    _permit(guard, ip, order.port)
    await guard.pace(ip, 20)
    words = {
        "do": "commands",
        "host": ip,
        "port": order.port,
        "platform": order.platform,
        "commands": list(order.commands),
        "known_hosts": str(order.known_hosts),
        "kept": str(order.kept or ""),
        "wall_s": order.wall_s,
        "username": login.username,
        "password": login.password.get_secret_value(),
        "enable": login.enable.get_secret_value(),
        "limits": guard.limits.model_dump(),
    }
    return await run_child(_MODULE, words, ChildLimits(wall_s=order.wall_s, output_bytes=2 * 1024 * 1024))


def _permit(guard: Guard, ip: str, port: int) -> None:
    guard.permit(ip, port)
    if guard.is_fragile(ip):
        raise OutOfScope(f"{ip} is marked as fragile: no session is opened to it.")
