"""SSH consoles of switches (paramiko): a prompt, an echo, and the output the model made for each command."""

import io
import socket
import threading
from typing import Any

import paramiko
from paramiko import common

from tests.lab import secrets
from tests.lab.keys import host_key, openssh
from tests.lab.netns import bound

QUIET = {"", "terminal length 0", "terminal width 511", "terminal width 1000", "no page", "enable", "terminal datadump"}


class Login(paramiko.ServerInterface):
    """Lets in the one user with the one password, to a shell."""

    def check_auth_password(self, username: str, password: str) -> int:
        right = (username, password) == (secrets.SSH_USER, secrets.SSH_PASSWORD)
        return int(common.AUTH_SUCCESSFUL if right else common.AUTH_FAILED)

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        refused = common.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        return int(common.OPEN_SUCCEEDED if kind == "session" else refused)

    def check_channel_pty_request(self, *_: Any) -> bool:
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        return True


def serve_console(host: dict[str, Any]) -> None:
    """Starts a thread that serves the console of one switch."""
    version = "SSH-2.0-Cisco-1.25" if host["platform"] == "cisco_ios" else "SSH-2.0-Mocana SSH 6.3"
    _listen(host, 22, version)


def serve_login(host: dict[str, Any], service: dict[str, Any]) -> None:
    """Starts a thread that serves SSH to whom nobody can log in: a banner, a host key, and no more."""
    _listen(host, service["port"], service["words"])


def _listen(host: dict[str, Any], port: int, version: str) -> None:
    listening = bound(host["namespace"], socket.SOCK_STREAM, (host["ip"], port))
    listening.setblocking(True)
    key = paramiko.Ed25519Key(file_obj=io.StringIO(openssh(host_key(host["hostname"])).decode()))
    threading.Thread(target=_accept, args=(listening, key, host, version), daemon=True).start()


def _accept(listening: socket.socket, key: paramiko.PKey, host: dict[str, Any], version: str) -> None:
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=_session, args=(connection, key, host, version), daemon=True).start()


def _session(connection: socket.socket, key: paramiko.PKey, host: dict[str, Any], version: str) -> None:
    try:
        transport = paramiko.Transport(connection)
    except (paramiko.SSHException, OSError):
        connection.close()
        return
    transport.local_version = version
    transport.add_server_key(key)
    try:
        transport.start_server(server=Login() if host.get("console") else paramiko.ServerInterface())
        channel = transport.accept(30)
        if channel is not None:
            channel.settimeout(60)
            _shell(channel, host)
    except (paramiko.SSHException, EOFError, OSError):
        pass
    finally:
        transport.close()


def _shell(channel: paramiko.Channel, host: dict[str, Any]) -> None:
    prompt = f"{host['hostname']}#".encode()
    channel.sendall((b"" if host["platform"] == "cisco_ios" else b"\r\nAruba console\r\n\r\n") + b"\r\n" + prompt)
    line = b""
    while octets := channel.recv(1024):
        for octet in octets:
            if octet in b"\r\n":
                command = " ".join(line.decode("latin-1").split())
                line = b""
                if command in ("exit", "logout", "quit"):
                    return
                channel.sendall(b"\r\n" + _output(command, host["console"]) + prompt)
            elif octet in (8, 127):
                line = line[:-1]
            else:
                line += bytes((octet,))
                channel.sendall(bytes((octet,)))


def _output(command: str, known: dict[str, str]) -> bytes:
    if command in QUIET:
        return b""
    text = known.get(command)
    if text is None:
        return b"% Invalid input detected at '^' marker.\r\n\r\n"
    return text.replace("\n", "\r\n").encode()
