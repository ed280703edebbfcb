"""SSH servers on loopback: a small switch, and rogues, each with one vice. They write down every password."""

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread

import paramiko
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED

from tests.probes.wire.loopback import HOME

IOS = {
    "show version": "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.0(2)SE11, "
    "RELEASE SOFTWARE (fc3)\n"
    "sw-core-01 uptime is 1 week\nSystem image file is \"flash:c2960x.bin\"\n"
    "cisco WS-C2960X-48FPS-L (APM86XXX) processor with 524288K bytes of memory.\nProcessor board ID FOC1234X0AB\n"
    "Configuration register is 0xF\n",
    "show inventory": 'NAME: "1", DESCR: "WS-C2960X-48FPS-L"\nPID: WS-C2960X-48FPS-L , VID: V02  , SN: FOC1234X0AB\n',
    "show interfaces status": "Port      Name               Status       Vlan       Duplex  Speed Type\n"
    "Gi1/0/1   office             connected    20         a-full a-1000 10/100/1000BaseTX\n",
    "show running-config": "Building configuration...\n\n"
    "Current configuration : 1234 bytes\n!\nversion 15.0\nhostname sw-core-01\n"
    "enable secret 5 $1$canary$secret\nusername admin privilege 15 password 7 0canary99\n"
    "ip ssh version 2\nip http server\n"
    "snmp-server community canary-community RO\nntp server 10.20.0.1\nntp server 10.20.0.2\nline vty 0 4\n"
    " transport input ssh\nend\n",
}  # fmt: skip
PROCURVE = {
    "show system": "\n Status and Counters - General System Information\n\n  System Name        : sw-sci\n"
    "  System Contact     : Ms Canary\n"
    "  System Location    : Science\n\n  MAC Age Time (sec) : 300\n\n  Time Zone          : 0\n"
    "  Daylight Time Rule : None\n\n  Software revision  : WB.16.10.0012        Base MAC Addr      : 00fd45-aabbcc\n"
    "  ROM Version        : WB.16.03             Serial Number      : CN12ABC123\n\n"
    "  Up Time            : 12 days              Memory   - Total   : 343,805,952\n"
    "  CPU Util (%)       : 7                               Free    : 215,000,000\n\n"
    "  IP Mgmt  - Pkts Rx : 39,808               Packet   - Total   : 6750\n"
    "             Pkts Tx : 4,524                Buffers    Free    : 5086\n"
    "                                                       Lowest  : 3416\n"
    "                                                       Missed  : 0\n",
    "show version": "Image stamp:    /ws/swbuildm\n                WB.16.10.0012\nBoot Image:     Primary\n",
    "show running-config": "Running configuration:\n\n"
    "; J9773A Configuration Editor; Created on release #WB.16.10.0012\n"
    'hostname "sw-sci"\nno telnet-server\nsnmp-server community "canary-community" unrestricted\n'
    "password manager sha1 canarycanary\n",
}  # fmt: skip
KEY = paramiko.ECDSAKey.generate()
OTHER_KEY = paramiko.ECDSAKey.generate()


class Door(paramiko.ServerInterface):
    """Takes one password, and writes down every one it is offered."""

    def __init__(self, password: str, offered: list[str]) -> None:
        self._password = password
        self._offered = offered
        self.shell = Event()

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        self._offered.append(password)
        return AUTH_SUCCESSFUL if password == self._password else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED

    def check_channel_pty_request(self, *_: object) -> bool:
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        self.shell.set()
        return True


class Server:
    """One SSH server: where it listens, and what it was offered and asked."""

    def __init__(self) -> None:
        self.offered: list[str] = []
        self.commands: list[str] = []
        self.connections = 0
        self._listener = socket.create_server((HOME, 0))
        self._listener.settimeout(0.1)
        self.port: int = self._listener.getsockname()[1]
        self.going = True

    def accept(self) -> socket.socket | None:
        while self.going:
            try:
                line, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            return line
        return None

    def close(self) -> None:
        self.going = False
        self._listener.close()


Behave = Callable[[Server, socket.socket], None]


@contextmanager
def ssh_server(behave: Behave) -> Iterator[Server]:
    """A server whose every connection is treated by `behave` in a thread of its own."""
    server = Server()
    threads: list[Thread] = []

    def serve() -> None:
        while (line := server.accept()) is not None:
            threads.append(Thread(target=_quietly, args=(behave, server, line)))
            threads[-1].start()

    main = Thread(target=serve)
    main.start()
    try:
        yield server
    finally:
        server.going = False
        main.join(5)
        for thread in threads:
            thread.join(10)
        server.close()


def _quietly(behave: Behave, server: Server, line: socket.socket) -> None:
    try:
        behave(server, line)
    except (OSError, EOFError, paramiko.SSHException):
        pass
    finally:
        line.close()


def switch(
    outputs: Mapping[str, str], prompt: str = "sw-core-01#", password: str = "right", key: paramiko.PKey = KEY,
    pages: Mapping[str, Callable[[paramiko.Channel, Server], None]] | None = None,
) -> Behave:  # fmt: skip
    """A switch's command line; `pages` holds commands that are answered by a function."""

    def behave(server: Server, line: socket.socket) -> None:
        transport = paramiko.Transport(line)
        transport.add_server_key(key)
        door = Door(password, server.offered)
        try:
            transport.start_server(server=door)
            channel = transport.accept(10)
            if channel is None or not door.shell.wait(5):
                return
            channel.settimeout(15)
            channel.sendall(f"\r\n{prompt}".encode())
            _converse(channel, server, outputs, prompt, pages or {})
        finally:
            transport.close()

    return behave


def _converse(
    channel: paramiko.Channel, server: Server, outputs: Mapping[str, str], prompt: str,
    pages: Mapping[str, Callable[[paramiko.Channel, Server], None]],
) -> None:  # fmt: skip
    typed = ""
    while data := channel.recv(1024):
        typed += data.decode()
        while "\n" in typed or "\r" in typed:
            command, _, typed = typed.replace("\r", "\n").partition("\n")
            channel.sendall(command.encode() + b"\r\n")
            if command.strip():
                server.commands.append(command.strip())
            if command.strip() in pages:
                pages[command.strip()](channel, server)
            body = outputs.get(command.strip(), "")
            channel.sendall(body.replace("\n", "\r\n").encode() + prompt.encode())


def flood(channel: paramiko.Channel, server: Server) -> None:
    """Output without an end."""
    while server.going:
        channel.sendall(b"interface GigabitEthernet1/0/1 is up, line protocol is up\r\n" * 200)


def hang(channel: paramiko.Channel, server: Server) -> None:
    """No output at all."""
    until = time.monotonic() + 30
    while server.going and time.monotonic() < until:
        time.sleep(0.05)


def dribble_banner(server: Server, line: socket.socket) -> None:
    """An SSH banner at ten characters a second, which never ends."""
    while server.going:
        line.sendall(b"S")
        time.sleep(0.1)


def say_nothing(server: Server, line: socket.socket) -> None:
    """Accepts, and that is all."""
    while server.going:
        time.sleep(0.05)


def flood_banner(server: Server, line: socket.socket) -> None:
    """Endless words before the banner."""
    while server.going:
        line.sendall(b"welcome to this switch\r\n" * 100)


def babble(server: Server, line: socket.socket) -> None:
    """Something that is not SSH."""
    line.sendall(b"220 ftp ready\r\n")
    time.sleep(0.2)
