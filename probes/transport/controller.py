"""A talk with one controller over HTTPS: its certificate is pinned or signed by a named CA before any secret is sent.

Bounded in bytes, requests and (by the caller) time; paced by the guard; no redirect is followed; nothing is logged.
"""

import asyncio
import hashlib
import json
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from pydantic import SecretStr, model_validator

from probes.errors import CaretakerError, Refused, Undecodable
from probes.transport.guard import Guard
from probes.transport.http import Reply, parse_reply
from probes.transport.tcp import Line, opened
from probes.vocabulary import Json, Noun

ANSWER_LIMIT = 16 * 1024 * 1024
TALK_LIMIT = 48 * 1024 * 1024
MOST_REQUESTS = 200
WALL_S = 240.0
_LEAVE_S = 2
_HEAD_LIMIT = 16 * 1024
_PIECE = 64 * 1024
# 64 KiB are acknowledged in about 25 packets; connection, TLS handshake and request are some 12.
_PIECE_PACKETS, _OPEN_PACKETS = 25, 12


class ControllerLogin(Noun):
    """What lets us in: user and password, API key (UniFi), or client id and secret (Omada). They print as stars."""

    username: str = ""
    password: SecretStr = SecretStr("")
    key: SecretStr = SecretStr("")
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        ways = (
            bool(self.username and self.password.get_secret_value()),
            bool(self.key.get_secret_value()),
            bool(self.client_id and self.client_secret.get_secret_value()),
        )
        if sum(ways) != 1:
            raise ValueError("give username and password, or key, or client_id and client_secret")
        if not all("!" <= letter <= "~" for letter in self.key.get_secret_value()):
            raise ValueError("the key holds characters that no key has")
        return self


@dataclass(frozen=True, slots=True)
class Place:
    """Where the controller is and how it proves itself: the SHA-256 of its certificate, or a CA that signed it.

    `name` is the host name the CA's certificate is for; the address without it.
    """

    ip: str
    port: int
    fingerprint: str = ""
    ca_file: Path | None = None
    name: str = ""


@dataclass
class Talk:
    """One night's talk with one controller. `cookies` and `headers` go with every request."""

    guard: Guard
    place: Place
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    left: int = TALK_LIMIT
    requests: int = 0

    async def get(self, path: str) -> Reply:
        """One GET. Raises Refused, Undecodable, OutOfScope and OSError."""
        return await self._request("GET", path, b"")

    async def post(self, path: str, body: Json) -> Reply:
        """One POST of JSON: only ever a login or a logout. Raises as `get` does."""
        return await self._request("POST", path, json.dumps(body).encode())

    async def leave(self, path: str) -> None:
        """End the session, in two seconds or not at all: a controller ends it by itself too."""
        with suppress(CaretakerError, OSError, TimeoutError):
            async with asyncio.timeout(_LEAVE_S):
                await self.post(path, {})

    async def _request(self, method: str, path: str, body: bytes) -> Reply:
        self.requests += 1
        if self.requests > MOST_REQUESTS:
            raise Undecodable(f"It would have taken more than {MOST_REQUESTS} requests.")
        place = self.place
        try:
            line = opened(self.guard, place.ip, place.port, _context(place), _OPEN_PACKETS, place.name)
            async with line as open_line:
                _check_pin(place, open_line.certificate())
                await open_line.send(self._encode(method, path, body), packets=1)
                reply = await self._read(open_line)
        except ssl.SSLCertVerificationError as error:
            said = f"{error.verify_message or error.reason}"[:100]
            words = f"The controller's certificate was not accepted ({said}), so nothing secret was sent."
            raise Refused(words) from None
        self._keep_cookies(reply)
        return reply

    def _encode(self, method: str, path: str, body: bytes) -> bytes:
        place = self.place
        host = place.name or (f"[{place.ip}]" if ":" in place.ip else place.ip)
        head = {"Host": host if place.port == 443 else f"{host}:{place.port}", "User-Agent": "Caretaker"}
        head |= {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close", **self.headers}
        if self.cookies:
            head["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            head |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body

    async def _read(self, line: Line) -> Reply:
        """The whole answer, paid for piece by piece. Raises Undecodable past a cap: half a list is not believed."""
        limit = min(ANSWER_LIMIT, self.left) + _HEAD_LIMIT
        raw = bytearray()
        paid = 0
        while not _whole(raw):
            piece = await line.more(_PIECE)
            if not piece:
                break
            raw += piece
            if len(raw) > limit:
                raise Undecodable(f"The answer is longer than {(limit - _HEAD_LIMIT) // 1024} KiB.")
            if len(raw) - paid >= _PIECE:
                paid += _PIECE
                await self.guard.pace(self.place.ip, _PIECE_PACKETS)
        self.left -= len(raw)
        return _reply(bytes(raw))

    def _keep_cookies(self, reply: Reply) -> None:
        for line in reply.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.strip().lower() == b"set-cookie" and len(self.cookies) < 16:
                name, equals, text = value.split(b";")[0].strip().partition(b"=")
                if equals and len(value) < 8192:
                    self.cookies[name.decode("latin-1")] = text.decode("latin-1")


def _context(place: Place) -> ssl.SSLContext:
    """A context that checks the named CA; with a pin the certificate is compared before a byte is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if place.ca_file:
        try:
            context.load_verify_locations(place.ca_file)
        except OSError as error:
            raise Refused(f"{place.ca_file} cannot be read as a certificate authority, so nothing was sent.") from error
    elif place.fingerprint:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        raise Refused("Neither a certificate's fingerprint nor a CA is named for this controller, so nothing was sent.")
    return context


def _check_pin(place: Place, certificate: bytes) -> None:
    if place.fingerprint:
        found = hashlib.sha256(certificate).hexdigest()
        if found != place.fingerprint:
            raise Refused(
                f"The certificate of {place.ip}:{place.port} is not the pinned one, so nothing secret was sent. If the "
                f"controller was given a new one, compare and pin its SHA-256: {found}."
            )


def _whole(raw: bytearray) -> bool:
    """Whether the length that the head names has come, or the last chunk."""
    end = raw.find(b"\r\n\r\n", 0, _HEAD_LIMIT + 4)
    if end < 0:
        return len(raw) > _HEAD_LIMIT
    head = bytes(raw[:end]).lower()
    if b"\r\ntransfer-encoding:" in head:
        return raw.endswith(b"0\r\n\r\n")
    length = _length(head)
    return length is not None and len(raw) - end - 4 >= length


def _length(head: bytes) -> int | None:
    _, found, rest = head.partition(b"\r\ncontent-length:")
    digits = rest.split(b"\r\n")[0].strip()
    return int(digits) if found and digits.isdigit() and len(digits) < 10 else None


def _reply(raw: bytes) -> Reply:
    """The answer taken apart in linear time. Raises Undecodable for what is not HTTP, broke off, or was compressed."""
    if raw.find(b"\r\n\r\n", 0, _HEAD_LIMIT + 4) < 0:
        raise Undecodable("The answer is not HTTP.")
    head, _, body = raw.partition(b"\r\n\r\n")
    bare = parse_reply(head + b"\r\n\r\n")
    if "gzip" in bare.header("content-encoding").lower():
        raise Undecodable("The answer is compressed although that was not asked for.")
    length = _length(head.lower())
    if bare.header("transfer-encoding"):
        body = _joined(body)
    elif length is not None and len(body) < length:
        raise Undecodable("The answer broke off.")
    return Reply(bare.status, bare.head, body)


def _joined(body: bytes) -> bytes:
    """The chunks of a body put together (RFC 9112, 7.1)."""
    parts: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at, at + 32)
        digits = body[at:end].split(b";")[0].strip() if end >= 0 else b""
        if not digits or len(digits) > 8 or not all(digit in b"0123456789abcdefABCDEF" for digit in digits):
            raise Undecodable("The answer broke off.")
        size = int(digits, 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


def read_json(reply: Reply) -> Json:
    """The JSON of an answer. Raises Undecodable for what is none, nests too deep, or holds endless numbers."""
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise Undecodable(f"The controller's answer is not JSON (HTTP status {reply.status}).") from error
