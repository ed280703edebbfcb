"""The far end of the broadband line: bytes to download, a sink for uploads, the caller's address, and a ping."""

import asyncio
import sys

CHUNK = bytes(65536)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serves one connection until its client closes it."""
    try:
        while request := await reader.readline():
            headers = {}
            while (line := await reader.readline()).strip():
                key, _, value = line.decode("latin-1").partition(":")
                headers[key.strip().lower()] = value.strip()
            await _serve(request.decode("latin-1").split(), headers, reader, writer)
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError, IndexError, ValueError):
        pass
    finally:
        writer.close()


async def _serve(
    request: list[str], headers: dict[str, str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    path = request[1]
    if path.startswith("/down"):
        await _down(int(path.partition("bytes=")[2] or 1_000_000), writer)
    elif path.startswith("/up"):
        _reply(writer, str(await _up(headers, reader)).encode())
    elif path.startswith("/ip"):
        _reply(writer, writer.get_extra_info("peername")[0].encode())
    else:
        _reply(writer, b"pong")


def _reply(writer: asyncio.StreamWriter, body: bytes) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


async def _down(count: int, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % count)
    while count > 0:
        writer.write(CHUNK[: min(count, len(CHUNK))])
        count -= len(CHUNK)
        await writer.drain()


async def _up(headers: dict[str, str], reader: asyncio.StreamReader) -> int:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _up_chunked(reader)
    total = left = int(headers.get("content-length", 0))
    while left > 0:
        left -= len(await reader.read(min(left, len(CHUNK))) or b"x" * left)
    return total


async def _up_chunked(reader: asyncio.StreamReader) -> int:
    total = 0
    while size := int((await reader.readline()).strip() or b"0", 16):
        await reader.readexactly(size)
        await reader.readline()
        total += size
    await reader.readline()
    return total


async def main(address: str, port: int) -> None:
    """Serves until ended."""
    server = await asyncio.start_server(answer, address, port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
