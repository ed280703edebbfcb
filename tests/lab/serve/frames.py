"""One process that is every host of a large network: it answers ARP, echo, SYN and SNMP from one raw socket."""

import json
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.lab.serve.snmp import Agent

ARP, IPV4 = b"\x08\x06", b"\x08\x00"
ICMP, TCP, UDP = 1, 6, 17
_RCVBUFFORCE, _SNDBUFFORCE, _BUFFER = 33, 32, 64 * 1024 * 1024
_PIECE = 1480


def checksum(data: bytes) -> int:
    """The internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return int(~(total + (total >> 16)) & 0xFFFF)


class Wire:
    """The hosts by address with their MACs, and the switches' SNMP agents."""

    def __init__(self, macs: dict[str, str], agents: dict[str, Agent]) -> None:
        self._macs = {socket.inet_aton(ip): bytes.fromhex(mac.replace(":", "")) for ip, mac in macs.items()}
        self._agents = {socket.inet_aton(ip): agent for ip, agent in agents.items()}
        self._number = 0

    def answers(self, frame: bytes) -> Iterator[bytes]:
        """The frames that this frame is answered with."""
        if frame[12:14] == ARP and frame[20:22] == b"\0\1":
            yield from self._arp(frame)
        elif frame[12:14] == IPV4 and len(frame) >= 34 and frame[:6] == self._macs.get(frame[30:34]):
            yield from self._ip(frame, 14 + (frame[14] & 15) * 4)

    def _arp(self, frame: bytes) -> Iterator[bytes]:
        mac = self._macs.get(frame[38:42])
        if mac:
            yield frame[6:12] + mac + frame[12:20] + b"\0\2" + mac + frame[38:42] + frame[22:32] + bytes(18)

    def _ip(self, frame: bytes, at: int) -> Iterator[bytes]:
        size = 14 + int.from_bytes(frame[16:18], "big")
        body = frame[at:size]
        if frame[23] == ICMP and body[:1] == b"\x08":
            rest = b"\0\0" + b"\0\0" + body[4:]
            yield from self._reply(frame, ICMP, rest[:2] + checksum(rest).to_bytes(2, "big") + rest[4:])
        elif frame[23] == TCP and body[13] & 0x16 == 0x02:
            yield from self._reply(frame, TCP, self._reset(frame, body))
        elif frame[23] == UDP and body[2:4] == b"\0\xa1" and frame[30:34] in self._agents:
            answer = self._agents[frame[30:34]].answer(body[8:])
            if answer:
                head = body[2:4] + body[:2] + struct.pack("!HH", len(answer) + 8, 0)
                yield from self._reply(frame, UDP, head + answer)

    def _reset(self, frame: bytes, body: bytes) -> bytes:
        number = (int.from_bytes(body[4:8], "big") + 1) % 2**32
        head = body[2:4] + body[:2] + struct.pack("!IIBBHHH", 0, number, 0x50, 0x14, 0, 0, 0)
        pseudo = frame[30:34] + frame[26:30] + struct.pack("!HH", TCP, len(head))
        return head[:16] + checksum(pseudo + head).to_bytes(2, "big") + head[18:]

    def _reply(self, frame: bytes, protocol: int, body: bytes) -> Iterator[bytes]:
        """The answer as one packet, or as many pieces as an Ethernet wire needs."""
        self._number = (self._number + 1) % 65536
        for at in range(0, len(body), _PIECE):
            piece = body[at : at + _PIECE]
            part = at // 8 | (0x2000 if at + _PIECE < len(body) else 0)
            head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(piece), self._number, part, 64, protocol, 0)
            head += frame[30:34] + frame[26:30]
            head = head[:10] + checksum(head).to_bytes(2, "big") + head[12:]
            yield frame[6:12] + frame[:6] + IPV4 + head + piece


def main(interface: str, spec_file: str) -> None:
    """Answers on this interface until it is ended."""
    spec = json.loads(Path(spec_file).read_text())
    agents = {ip: Agent(spec["community"], [tuple(row) for row in rows]) for ip, rows in spec["agents"].items()}
    wire = Wire(spec["hosts"], agents)
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    opened.setsockopt(socket.SOL_SOCKET, _RCVBUFFORCE, _BUFFER)
    opened.setsockopt(socket.SOL_SOCKET, _SNDBUFFORCE, _BUFFER)
    opened.bind((interface, 3))
    opened.setsockopt(263, 1, struct.pack("iHH8s", socket.if_nametoindex(interface), 1, 0, b""))  # promiscuous
    Path(spec_file).with_name("frames.ready").write_text("ready")
    while True:
        frame, sender = opened.recvfrom(2048)
        if sender[2] != socket.PACKET_OUTGOING:
            for answer in wire.answers(frame):
                opened.send(answer)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
