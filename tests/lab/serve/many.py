"""SNMP answers at every address of this namespace: python -m tests.lab.serve.many ROWS.json [MS].

ROWS.json holds the rows of one device that is at every address, or the rows of each device by address.
"""

import asyncio
import json
import socket
import sys
from pathlib import Path

from tests.lab.serve.snmp import Agent

_PKTINFO = 8


def main(rows_file: str, milliseconds: str = "20") -> None:
    """Answers from the address that was asked, so many milliseconds later, until ended."""
    held = json.loads(Path(rows_file).read_text())
    by_ip = held if isinstance(held, dict) else {"": held}
    agents = {ip: Agent("perf", [tuple(row) for row in rows]) for ip, rows in by_ip.items()}
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setsockopt(socket.SOL_IP, _PKTINFO, 1)
    opened.bind(("", 161))
    opened.setblocking(False)
    loop = asyncio.new_event_loop()

    def say(answer: bytes, local: bytes, to: tuple[str, int]) -> None:
        try:
            opened.sendmsg([answer], [(socket.SOL_IP, _PKTINFO, bytes(4) + local + bytes(4))], 0, to)
        except PermissionError:
            pass  # a rule of the test drops it

    def read() -> None:
        while True:
            try:
                data, extra, _, sender = opened.recvmsg(65_536, 256)
            except BlockingIOError:
                return
            local = extra[0][2][4:8]
            agent = agents.get(socket.inet_ntoa(local)) or agents.get("")
            if agent and (answer := agent.answer(data)):
                loop.call_later(int(milliseconds) / 1000, say, answer, local, sender)

    loop.add_reader(opened, read)
    loop.run_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
