"""The far end of a line for the tests: GET /down?bytes=N, POST /up, GET /ip."""

import asyncio
import sys

CHUNK = bytes(65536)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if head.startswith("GET /down?bytes="):
            count = int(head.split("bytes=")[1].split()[0])
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % count)
            for _ in range(count // len(CHUNK) + 1):
                writer.write(CHUNK)
                await writer.drain()
        elif head.startswith("POST /up"):
            left = int(head.lower().split("content-length:")[1].split()[0])
            while left > 0 and (data := await reader.read(len(CHUNK))):
                left -= len(data)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        elif head.startswith("GET /ip"):
            address = writer.get_extra_info("peername")[0].encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(address) + address)
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main(address: str, port: int) -> None:
    server = await asyncio.start_server(serve, address, port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
