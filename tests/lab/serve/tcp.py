"""TCP services: a banner, a web page, a printer's IPP answer, an SMB 2 negotiation, a camera's RTSP."""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from typing import Any

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PATIENCE = 30
printed: dict[str, int] = {}


def talk_of(host: dict[str, Any], service: dict[str, Any]) -> Talk:
    """What a service says to whoever connects."""
    name = service["name"]
    if name in ("http", "ipp"):
        return web(host, service)
    if name == "rtsp":
        return rtsp(service)
    if name == "smb":
        return smb
    if name in ("jetdirect", "printer"):
        return sink(host["hostname"])
    return banner(service["words"])


def banner(words: str) -> Talk:
    """Says its words and listens to nobody."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words.encode())
        await writer.drain()
        await asyncio.wait_for(reader.read(), PATIENCE)

    return talk


def sink(hostname: str) -> Talk:
    """A printer's raw port: counts what it is given, so that a test can show it was given nothing."""
    printed.setdefault(hostname, 0)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while octets := await asyncio.wait_for(reader.read(65536), PATIENCE):
            printed[hostname] += len(octets)

    return talk


def web(host: dict[str, Any], service: dict[str, Any]) -> Talk:
    """A web server with one page, a UPnP description where the host has one, and IPP on printers."""
    page = f"<html><head><title>{service['words']}</title></head><body>{service['words']}</body></html>".encode()
    server = (
        f"Server: {service['product']}{'/' + service['version'] if service['version'] else ''}\r\n"
        if service["product"]
        else ""
    )

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        method, path = [*head.split(b" ", 2), b"", b""][:2]
        body, kind = page, "text/html"
        if method == b"POST" and host["kind"] == "printer":
            length = int(_header(head, b"content-length") or 0)
            asked = await reader.readexactly(min(length, 65536))
            body, kind = ipp(host, asked), "application/ipp"
        elif path == b"/rootDesc.xml":
            body, kind = description(host).encode(), "text/xml"
        line = f"HTTP/1.1 200 OK\r\n{server}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        writer.write(line.encode() + b"Connection: close\r\n\r\n" + (b"" if method == b"HEAD" else body))
        await writer.drain()

    return talk


def _header(head: bytes, name: bytes) -> bytes:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(name + b":"):
            return line.split(b":", 1)[1].strip()
    return b""


def description(host: dict[str, Any]) -> str:
    """The UPnP description of a gateway or a television."""
    kind = "InternetGatewayDevice:1" if host["kind"] == "router" else "MediaRenderer:1"
    return (
        '<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>0'
        f"</minor></specVersion><device><deviceType>urn:schemas-upnp-org:device:{kind}</deviceType>"
        f"<friendlyName>{host['hostname']}</friendlyName><manufacturer>{host['maker']}</manufacturer>"
        f"<modelName>{host['model']}</modelName><serialNumber>{host['serial']}</serialNumber>"
        f"<UDN>uuid:{udn(host)}</UDN></device></root>"
    )


def udn(host: dict[str, Any]) -> str:
    return f"00000000-0000-1000-8000-{host['mac'].replace(':', '')}"


def _attribute(tag: int, name: str, value: bytes) -> bytes:
    label = name.encode()
    return struct.pack(">BH", tag, len(label)) + label + struct.pack(">H", len(value)) + value


def ipp(host: dict[str, Any], asked: bytes) -> bytes:
    """The answer to Get-Printer-Attributes (RFC 8011)."""
    request = asked[4:8] if len(asked) >= 8 else b"\0\0\0\1"
    model, maker = host["model"], host["maker"]
    device_id = f"MFG:{maker};CMD:PJL,PCL;MDL:{model};CLS:PRINTER;SN:{host['serial']};"
    rows = (
        (0x41, "printer-make-and-model", model if model.startswith(maker) else f"{maker} {model}"),
        (0x42, "printer-name", host["hostname"]), (0x41, "printer-info", model), (0x41, "printer-device-id", device_id),
        (0x42, "printer-firmware-string-version", "2.71"),
    )  # fmt: skip
    return (
        b"\x02\x00\x00\x00" + request + b"\x01" + _attribute(0x47, "attributes-charset", b"utf-8")
        + _attribute(0x48, "attributes-natural-language", b"en") + b"\x04"
        + b"".join(_attribute(tag, name, value.encode()) for tag, name, value in rows)
        + _attribute(0x23, "printer-state", struct.pack(">I", 3)) + b"\x03"
    )  # fmt: skip


def rtsp(service: dict[str, Any]) -> Talk:
    """A camera that wants a password."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE):
            number = (_header(head, b"cseq") or b"1").decode("latin-1")
            writer.write(
                f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nServer: {service['words']}\r\n"
                "Public: OPTIONS, DESCRIBE, SETUP, PLAY\r\n\r\n".encode()
            )
            await writer.drain()

    return talk


async def smb(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """SMB 2 and 3 only: answers a negotiation with 3.0.2 or less, and hangs up on SMB 1."""
    while True:
        length = struct.unpack(">I", await asyncio.wait_for(reader.readexactly(4), PATIENCE))[0] & 0xFFFFFF
        message = await reader.readexactly(min(length, 65536))
        if message[:4] == b"\xffSMB" and b"SMB 2" in message:
            answer = _negotiated(0x02FF, 0)
        elif message[:4] == b"\xfeSMB" and message[12:14] == b"\0\0":
            count = struct.unpack("<H", message[66:68])[0]
            offered = [d for d in struct.unpack(f"<{count}H", message[100 : 100 + 2 * count]) if d <= 0x0302]
            answer = _negotiated(max(offered), struct.unpack("<Q", message[24:32])[0]) if offered else b""
        else:
            answer = b""
        if not answer:
            return
        writer.write(struct.pack(">I", len(answer)) + answer)
        await writer.drain()


def _negotiated(dialect: int, message_id: int) -> bytes:
    header = b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ", 64, 0, 0, 0, 1, 1, 0, message_id, 0xFEFF, 0, 0) + bytes(16)
    body = (
        struct.pack("<HHHH", 65, 3, dialect, 0)
        + bytes(range(16))
        + struct.pack("<IIII", 0x7F, 8 << 20, 8 << 20, 8 << 20)
    )
    return header + body + struct.pack("<QQHHI", 133_000_000_000_000_000, 0, 128, 0, 0)
