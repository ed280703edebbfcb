"""What a switch's own command line shows, by netmiko and ntc-templates. Probe `ssh.cli`.

Only show commands of an allow-list, only behind a known host key, at most one refused login a device and night.
"""

from collections.abc import Callable, Iterator, MutableSet, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from probes.canonical import clean
from probes.errors import OutOfScope, Undecodable
from probes.seen import CliRows, ConfigDigest, Seen
from probes.transport.guard import Guard
from probes.transport.ssh import WALL_S, CliOrder, SshLogin, run_session
from probes.vocabulary import Json, Outcome, Recording

COMMANDS = {
    "cisco_ios": (
        "show version", "show inventory", "show lldp neighbors detail", "show interfaces status", "show running-config",
    ),
    "hp_procurve": ("show system", "show lldp info remote-device", "show running-config"),
    "aruba_osswitch": ("show system", "show lldp info remote-device", "show running-config"),
    "hp_comware": ("display version", "display device", "display current-configuration"),
}  # fmt: skip
_DEFAULT = ("show version", "show running-config")


def commands_for(platform: str) -> tuple[str, ...]:
    """The commands this platform is asked; those of most platforms when it is not listed."""
    return COMMANDS.get(platform, _DEFAULT)


async def collect(
    guard: Guard,
    ip: str,
    platform: str,
    username: str,
    password: SecretStr,
    known_hosts: str | Path,
    vantage: str,
    now: Callable[[], datetime],
    *,
    refused: MutableSet[str] | None = None,
    enable: SecretStr | None = None,
    port: int = 22,
    commands: Sequence[str] | None = None,
    wall_s: float = WALL_S,
    kept: Path | None = None,
) -> Recording:
    """One session with one device. `refused` holds the addresses that refused a login this night, and grows here.

    `kept` is the folder of last night's redacted configurations; with it the lines that changed since are told.
    """
    started = now()
    login = SshLogin(username=username, password=password, enable=enable or SecretStr(""))
    asked = tuple(commands if commands is not None else commands_for(platform))
    order = CliOrder(ip, platform, asked, Path(known_hosts), port, wall_s, kept)
    outcome, reason, answers = await _session(guard, login, order, refused if refused is not None else set())
    return Recording(
        probe="ssh.cli", target=ip, vantage=vantage, started=started, ended=now(), outcome=outcome,
        reason=reason, answers=answers,
    )  # fmt: skip


async def _session(
    guard: Guard, login: SshLogin, order: CliOrder, refused: MutableSet[str]
) -> tuple[Outcome, str, tuple[Json, ...]]:
    if order.ip in refused:
        return Outcome.SKIPPED, "The device refused a login earlier this night; it is not tried again.", ()
    try:
        end = await run_session(guard, login, order)
    except OutOfScope as error:
        return Outcome.SKIPPED, str(error), ()
    answers = tuple(message for message in end.messages if "command" in message)
    last = next((message for message in end.messages if "end" in message), None)
    if last is None:
        outcome = Outcome.PARTIAL if answers else end.outcome
        return (Outcome.GARBLED if outcome is Outcome.COMPLETE else outcome), end.reason, answers
    if last["failed_login"]:
        refused.add(order.ip)
    outcome = Outcome.PARTIAL if answers and last["end"] != Outcome.COMPLETE else Outcome(last["end"])
    return outcome, str(last["reason"]), answers


def decode(recording: Recording) -> Iterator[Seen]:
    """CliRows for each parsed command, ConfigDigest for a running configuration. Raises Undecodable."""
    for said in recording.answers:
        try:
            if "sha256" in said:
                facts = {clean(str(name), 40): clean(str(value), 40) for name, value in said["facts"].items()}
                diff = tuple(clean(str(line), 200) for line in said.get("diff", ()))
                yield ConfigDigest(
                    clean(str(said["sha256"]), 64), int(said["lines"]), facts, diff=diff, cut=int(said.get("cut", 0))
                )
            else:
                rows = tuple({clean(k, 60): clean(v) for k, v in row.items()} for row in said["rows"])
                yield CliRows(platform=clean(said["platform"], 40), command=clean(said["command"], 80), rows=rows)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Undecodable("A command's answer without its rows or digest.") from error


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"ssh.cli": decode}
