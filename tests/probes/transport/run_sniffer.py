"""Records what arrives at an interface until its standard input closes: times and the frames' first octets."""

import json
import select
import socket
import sys
import time


def main(interface: str) -> None:
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    opened.setsockopt(socket.SOL_SOCKET, 33, 16 * 1024 * 1024)
    opened.bind((interface, 3))
    found = []
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([opened, sys.stdin], [], [])
        if opened in ready:
            frame, sender = opened.recvfrom(2048)
            if sender[2] != 4:
                found.append([time.monotonic(), frame[:64].hex()])
        elif sys.stdin in ready:
            break
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
