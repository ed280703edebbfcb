"""Records what arrives at an interface until its standard input closes: times and the frames' first octets."""

import json
import select
import socket
import struct
import sys


def main(interface: str) -> None:
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    opened.setsockopt(socket.SOL_SOCKET, 33, 16 * 1024 * 1024)
    opened.setsockopt(socket.SOL_SOCKET, 35, 1)  # the kernel's own arrival times: a busy machine reads late
    opened.bind((interface, 3))
    found = []
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([opened, sys.stdin], [], [])
        if opened in ready:
            frame, extra, _, sender = opened.recvmsg(2048, 64)
            if sender[2] != 4:
                seconds, nanoseconds = struct.unpack("qq", extra[0][2][:16])
                found.append([seconds + nanoseconds / 1e9, frame[:64].hex()])
        elif sys.stdin in ready:
            break
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
