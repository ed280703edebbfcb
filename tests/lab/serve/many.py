"""One switch's SNMP answers at every address of this namespace: python -m tests.lab.serve.many ROWS.json [MS]."""

import asyncio
import json
import socket
import sys
from pathlib import Path

from tests.lab.serve.snmp import Agent

_PKTINFO = 8


def main(rows_file: str, milliseconds: str = "20") -> None:
    """Answers from the address that was asked, so many milliseconds later, until ended."""
    agent = Agent("perf", [tuple(row) for row in json.loads(Path(rows_file).read_text())])
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setsockopt(socket.SOL_IP, _PKTINFO, 1)
    opened.bind(("", 161))
    opened.setblocking(False)
    loop = asyncio.new_event_loop()

    def read() -> None:
        while True:
            try:
                data, extra, _, sender = opened.recvmsg(65_536, 256)
            except BlockingIOError:
                return
            answer = agent.answer(data)
            if answer:
                to = [(socket.SOL_IP, _PKTINFO, bytes(4) + extra[0][2][4:8] + bytes(4))]
                loop.call_later(int(milliseconds) / 1000, opened.sendmsg, [answer], to, 0, sender)

    loop.add_reader(opened, read)
    loop.run_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
