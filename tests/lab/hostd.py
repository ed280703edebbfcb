"""One process for all small services of the school: each socket is made inside its host's namespace."""

import asyncio
import json
import socket
import struct
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.lab.netns import bound, made_in
from tests.lab.serve import names, ssh, tcp, tls
from tests.lab.serve.snmp import Agent

Host = dict[str, Any]
Answer = Callable[[bytes], bytes | None]
EVERY = 25


class Datagrams(asyncio.DatagramProtocol):
    """Answers datagrams with a function; a multicast question gets its answer on the group too."""

    def __init__(self, answer: Answer, group: tuple[str, int] | None = None) -> None:
        self._answer, self._group = answer, group

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, sender: Any) -> None:
        try:
            response = self._answer(data)
        except (IndexError, ValueError, struct.error):
            return
        if response is not None:
            on_group = self._group is not None and sender[1] == self._group[1]
            self._transport.sendto(response, self._group if on_group else sender)


async def serve(host: Host, etc: Path) -> None:
    """Opens every service of a host."""
    for service in host["services"]:
        if service["name"] == "https":
            tls.serve_tls(host, service, etc)
        elif service["name"] == "ssh" and service["words"].startswith("SSH-"):
            ssh.serve_login(host, service)
        elif service["protocol"] == "tcp":
            await _serve_tcp(host, service)
    for port, answer, group in _datagram_services(host):
        await _serve_udp(host, port, answer, group)
    if "ssdp" in host["names"]:
        await _serve_tcp(host, {"port": 49152, "name": "http", "words": host["model"], "product": "", "version": ""})


async def _serve_tcp(host: Host, service: dict[str, Any]) -> None:
    made = bound(host["namespace"], socket.SOCK_STREAM, (host["ip"], service["port"]))
    talk = tcp.talk_of(host, service)

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError, ValueError, IndexError, struct.error):
            pass
        finally:
            writer.close()

    await asyncio.start_server(guarded, sock=made)


def _datagram_services(host: Host) -> list[tuple[int, Answer, str]]:
    found: list[tuple[int, Answer, str]] = []
    if "mdns" in host["names"]:
        found.append((5353, lambda data: names.mdns_answer(host, data), "224.0.0.251"))
    if "ssdp" in host["names"]:
        found.append((1900, lambda data: names.ssdp_answer(host, data), "239.255.255.250"))
    if "netbios" in host["names"]:
        found.append((137, lambda data: names.netbios_answer(host, data), ""))
    if host["community"]:
        found.append((161, Agent(host["community"], host["rows"], host["hostile"]).answer, ""))
    for service in host["services"]:
        if service["name"] == "sip":
            found.append((5060, partial(names.sip_answer, service["words"]), ""))
    return found


async def _serve_udp(host: Host, port: int, answer: Answer, group: str) -> None:
    made = bound(host["namespace"], socket.SOCK_DGRAM, ("" if group else host["ip"], port))
    if group:
        joined = socket.inet_aton(group) + socket.inet_aton(host["ip"])
        made_in(host["namespace"], lambda: made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined))
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(host["ip"]))
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255 if port == 5353 else 4)
    target = (group, port) if port == 5353 else None
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Datagrams(answer, target), sock=made)
    if port == 5353:
        _repeat(lambda: transport.sendto(names.announcement(host), target), offset=hash(host["mac"]) % 20)


def _repeat(say: Callable[[], object], offset: float) -> None:
    loop = asyncio.get_running_loop()

    def again() -> None:
        try:
            say()
        except OSError:
            return
        loop.call_later(EVERY, again)

    loop.call_later(1 + offset, again)


def speak_dhcp(host: Host, offset: float) -> None:
    """Lets a host ask for its lease again from time to time."""
    made = bound(host["namespace"], socket.SOCK_DGRAM, ("", 68), device="eth0")
    _repeat(lambda: made.sendto(names.dhcp_request(host), ("255.255.255.255", 67)), offset)


async def keep_count(path: Path) -> None:
    """Writes what the printers were given, once a second when it changed."""
    written: dict[str, int] | None = None
    while True:
        if written != tcp.printed:
            written = dict(tcp.printed)
            path.write_text(json.dumps(written))
        await asyncio.sleep(1)


async def main(spec_file: Path) -> None:
    """Serves the school until ended."""
    spec = json.loads(spec_file.read_text())
    etc = Path(spec["etc"])
    for number, host in enumerate(spec["hosts"]):
        await serve(host, etc)
        if "dhcp" in host["names"]:
            speak_dhcp(host, number % EVERY)
        if host.get("console"):
            ssh.serve_console(host)
    spec_file.with_name("hostd.ready").write_text("ready")
    await keep_count(etc / "printed.json")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
