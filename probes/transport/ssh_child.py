"""The only importer of paramiko and netmiko: host keys without a login, and show commands behind a strict host key.

One order on stdin, JSON lines back. A password is sent only after the host key was found in the known-hosts file.
A running configuration never leaves this process: it answers with a digest, a few facts, and the
redacted lines that changed since the last look, which it keeps in the agent's state.
"""

import os
import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import netmiko
import paramiko

from probes.transport.children import answer, begin_child
from probes.transport.cli_output import digest, is_allowed, parse, redacted
from probes.transport.config_kept import change_since
from probes.transport.guard import Guard, Limits
from probes.vocabulary import Outcome

RECEIVED_CAP = 2 * 1024 * 1024
_OUTPUT_CAP = 512 * 1024
_SESSION_ENDS = (netmiko.NetmikoBaseException, paramiko.SSHException, OSError, EOFError, ValueError)


class MeteredSocket:
    """A connected socket that ends, as if the device had closed it, at a byte cap or a deadline."""

    def __init__(self, inner: socket.socket, cap: int, until: float) -> None:
        self._inner = inner
        self._left = cap
        self._until = until
        self.ended = ""

    def recv(self, size: int) -> bytes:
        """Bytes from the device, or b"" when it has sent too much or taken too long."""
        if self._left <= 0:
            self.ended = f"The device sent more than {RECEIVED_CAP} bytes."
        if self.ended or time.monotonic() > self._until:
            return b""
        data = self._inner.recv(size)
        self._left -= len(data)
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def connect(ip: str, port: int, wall_s: float) -> MeteredSocket:
    """A metered connection. Raises OSError."""
    inner = socket.create_connection((ip, port), timeout=min(10, wall_s))
    return MeteredSocket(inner, RECEIVED_CAP, time.monotonic() + wall_s)


def fetch_key(ip: str, port: int, wall_s: float) -> dict[str, Any]:
    """The banner and host key of one server; the connection ends before any authentication."""
    said: dict[str, Any] = {"host": ip, "port": port}
    try:
        line = connect(ip, port, wall_s)
    except OSError as error:
        return said | {"outcome": _connection_outcome(error), "reason": str(error)[:200]}
    transport = paramiko.Transport(line)  # type: ignore[arg-type]
    transport.banner_timeout = min(8.0, wall_s)
    try:
        transport.start_client(timeout=wall_s)
        key = transport.get_remote_server_key()
        said |= {"key_type": key.get_name(), "key": key.get_base64(), "outcome": Outcome.COMPLETE, "reason": ""}
    except (paramiko.SSHException, OSError, EOFError) as error:
        said |= {"outcome": Outcome.GARBLED, "reason": f"No host key: {error}"[:200]}
    finally:
        transport.close()
        line.close()
    return said | {"banner": transport.remote_version}


def _connection_outcome(error: OSError) -> Outcome:
    return Outcome.TIMED_OUT if isinstance(error, TimeoutError) else Outcome.REFUSED


def fetch_keys(order: dict[str, Any]) -> None:
    """Host keys of many servers, eight at a time."""
    with ThreadPoolExecutor(8) as pool:
        for said in pool.map(lambda host: fetch_key(host[0], int(host[1]), float(order["each_s"])), order["hosts"]):
            answer(said)


def end_with(line: MeteredSocket, until: float) -> None:
    """Ends this process soon after its line ended: netmiko goes on waiting for a prompt that cannot come."""

    def watch() -> None:
        while not line.ended and time.monotonic() < until:
            time.sleep(0.2)
        late = _end(Outcome.TIMED_OUT, "The session passed its deadline.")
        answer(_end(Outcome.PARTIAL, line.ended) if line.ended else late)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def run_commands(order: dict[str, Any]) -> dict[str, Any]:
    """Log in behind a strict host key and run the allowed commands; returns how it ended."""
    commands = [command for command in order["commands"] if is_allowed(command)]
    ip, port = order["host"], int(order["port"])
    try:
        line = connect(ip, port, float(order["wall_s"]))
    except OSError as error:
        return _end(_connection_outcome(error), f"No connection: {error}")
    end_with(line, time.monotonic() + float(order["wall_s"]) - 1)
    try:
        session = netmiko.ConnectHandler(
            device_type=order["platform"], host=ip, port=port, sock=line, username=order["username"],
            password=order["password"], secret=order["enable"], ssh_strict=True, system_host_keys=False,
            alt_host_keys=True, alt_key_file=order["known_hosts"], use_keys=False, allow_agent=False,
            conn_timeout=10, auth_timeout=15, banner_timeout=10, fast_cli=True,
        )  # fmt: skip
    except netmiko.NetmikoAuthenticationException:
        return _end(Outcome.REFUSED, "The device refused the login.", failed_login=True)
    except _SESSION_ENDS as error:
        return _failed_start(error, line)
    return _run_all(session, commands, order, line)


def _failed_start(error: Exception, line: MeteredSocket) -> dict[str, Any]:
    cause = error.__context__ or error
    if isinstance(cause, paramiko.BadHostKeyException):
        return _end(Outcome.REFUSED, "The device's SSH host key has changed. No password was sent.", key="changed")
    if "not found in known_hosts" in str(cause):
        return _end(Outcome.REFUSED, "The device's SSH host key is not known. No password was sent.", key="unknown")
    return _end(Outcome.GARBLED, line.ended or f"No session: {cause}")


def _run_all(session: Any, commands: Sequence[str], order: dict[str, Any], line: MeteredSocket) -> dict[str, Any]:
    missing: list[str] = []
    for command in commands:
        try:
            output = session.send_command(command, read_timeout=25)
        except _SESSION_ENDS as error:
            return _end(Outcome.PARTIAL, line.ended or f"{command!r} did not end: {type(error).__name__}")
        said = _output(order, command, str(output)[:_OUTPUT_CAP])
        if "problem" in said:
            missing.append(said.pop("problem"))
        answer(said)
    line.close()
    return _end(Outcome.PARTIAL, "; ".join(missing)) if missing else _end(Outcome.COMPLETE, "")


def _output(order: dict[str, Any], command: str, text: str) -> dict[str, Any]:
    platform = str(order["platform"])
    if "run" in command.split():
        command = "show running-config"
    if command in ("show running-config", "display current-configuration"):
        lines = redacted(text)
        said = {"command": command, "platform": platform, **digest(platform, lines, text)}
        return said | _changed(order, lines)
    rows, problem = parse(platform, command, text)
    said = {"command": command, "platform": platform, "rows": rows}
    return said | {"problem": problem} if problem else said


def _changed(order: dict[str, Any], lines: Sequence[str]) -> dict[str, Any]:
    if not order["kept"] or not lines:
        return {}
    try:
        return change_since(Path(order["kept"]), order["host"], lines)
    except OSError as error:
        return {"problem": f"Last night's configuration could not be kept: {error.strerror}."}


def _end(outcome: Outcome, reason: str, *, failed_login: bool = False, key: str = "") -> dict[str, Any]:
    return {"end": outcome, "reason": reason[:300], "failed_login": failed_login, "key": key}


def main() -> None:
    """Carry out one order: `keys` or `commands`."""
    # Each session has threads of its own, and the address space is limited.
    threading.stack_size(512 * 1024)
    order = begin_child()
    guard = Guard(Limits.model_validate(order["limits"]), time.monotonic)
    for ip, port in order["hosts"] if order["do"] == "keys" else [(order["host"], order["port"])]:
        guard.permit(ip, int(port))
    if order["do"] == "keys":
        fetch_keys(order)
    else:
        answer(run_commands(order))


if __name__ == "__main__":
    main()
