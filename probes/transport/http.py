"""A small HTTP/1.1 client for devices' own pages: one total deadline, a byte cap, and no step to another host."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from probes.errors import Undecodable
from probes.transport.guard import Guard
from probes.transport.tcp import any_tls, opened

LIMIT = 64 * 1024
_HEAD_LIMIT = 16 * 1024
# A page of 64 KiB is acknowledged in about 25 packets; the rest is the handshake.
_PAGE_PACKETS = 30


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `host` is the Host header's name; the address alone says where it goes."""

    ip: str
    port: int
    tls: bool = False
    path: str = "/"
    method: str = "GET"
    body: bytes = b""
    content_type: str = ""
    host: str = ""

    def encode(self) -> bytes:
        """The request's bytes."""
        name = self.host or (f"[{self.ip}]" if ":" in self.ip else self.ip)
        where = name if self.port in (80, 443) else f"{name}:{self.port}"
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {where}", "User-Agent: Caretaker", "Accept: */*"]
        lines += [f"Content-Type: {self.content_type}"] * bool(self.content_type)
        lines += [f"Content-Length: {len(self.body)}"] * (self.method == "POST")
        return "\r\n".join([*lines, "Accept-Encoding: identity", "Connection: close", "", ""]).encode() + self.body


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the headers in lower case, and at most `LIMIT` bytes of body."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """The first header of this name, as Latin-1 text, or ""."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.strip().lower() == name.lower().encode():
                return value.strip().decode("latin-1")
        return ""


async def fetch(guard: Guard, ask: Ask, limit: int = LIMIT) -> Reply:
    """One request and its answer. Raises OutOfScope, OSError, or Undecodable when the answer is not HTTP."""
    async with opened(guard, ask.ip, ask.port, any_tls() if ask.tls else None, packets=_PAGE_PACKETS) as line:
        await line.send(ask.encode(), packets=1)
        return parse_reply(await line.until(_whole, limit + _HEAD_LIMIT), limit)


def parse_reply(raw: bytes, limit: int = LIMIT) -> Reply:
    """An HTTP answer taken apart (RFC 9112): chunks joined, gzip opened, never past `limit`. Raises Undecodable."""
    head, _, body = raw.partition(b"\r\n\r\n") if b"\r\n\r\n" in raw else raw.partition(b"\n\n")
    words = head[:64].split(None, 2)
    if not head.startswith(b"HTTP/") or len(words) < 2 or not words[1][:3].isdigit():
        raise Undecodable("The answer is not HTTP.")
    reply = Reply(int(words[1][:3]), head[:_HEAD_LIMIT].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), b"")
    if "chunked" in reply.header("transfer-encoding").lower():
        body = _joined(body)
    if "gzip" in reply.header("content-encoding").lower():
        body = _inflated(body, limit)
    return Reply(reply.status, reply.head, body[:limit])


def _whole(raw: bytes) -> bool:
    head, gap, body = raw.partition(b"\r\n\r\n")
    if not gap:
        return len(raw) > _HEAD_LIMIT
    lowered = head.lower()
    if b"\r\ntransfer-encoding:" in lowered:
        return body.endswith(b"0\r\n\r\n")
    _, found, length = lowered.partition(b"\r\ncontent-length:")
    digits = length.split(b"\r\n")[0].strip()
    return bool(found) and digits.isdigit() and len(digits) < 10 and len(body) >= int(digits)


def _joined(body: bytes) -> bytes:
    parts: list[bytes] = []
    while body:
        size_line, _, rest = body.partition(b"\r\n")
        try:
            size = int(size_line.split(b";")[0].strip() or b"0", 16)
        except ValueError:
            break
        if size <= 0:
            break
        parts.append(rest[:size])
        body = rest[size + 2 :]
    return b"".join(parts)


def _inflated(body: bytes, limit: int) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(body, limit)
    except zlib.error as error:
        raise Undecodable(f"Damaged gzip in an HTTP answer: {error}") from error


def same_host_target(ask: Ask, location: str) -> Ask | None:
    """The request a redirect asks for, when it stays on the same address; None when it would leave it or is odd."""
    try:
        url = urlsplit(urljoin(_url(ask), location))
        port = url.port or {"http": 80, "https": 443}.get(url.scheme, 0)
    except ValueError:
        return None
    if url.hostname not in (ask.ip, ask.host) or url.scheme not in ("http", "https") or not port:
        return None
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    if not all("!" <= c <= "~" for c in path) or len(path) > 1024:
        return None
    return Ask(ask.ip, port, url.scheme == "https", path, host=ask.host)


def _url(ask: Ask) -> str:
    host = ask.host or (f"[{ask.ip}]" if ":" in ask.ip else ask.ip)
    return f"{'https' if ask.tls else 'http'}://{host}:{ask.port}{ask.path}"


async def follow(guard: Guard, ask: Ask, heard: Callable[[Ask, Reply], None], hops: int = 2) -> None:
    """Fetch and follow at most `hops` redirects that stay on the same address; `heard` is told each answer."""
    for _ in range(hops + 1):
        reply = await fetch(guard, ask)
        heard(ask, reply)
        onward = same_host_target(ask, reply.header("location")) if reply.status in (301, 302, 303, 307, 308) else None
        if onward is None or onward == ask:
            return
        ask = onward
