"""A printer's own words by IPP Get-Printer-Attributes (RFC 8011). Probe `ipp.printer`: port 631 only, never 9100."""

import struct
from collections.abc import Callable, Iterator
from datetime import datetime

from probes.canonical import clean
from probes.errors import Undecodable
from probes.seen import IppPrinter, Seen
from probes.transport.exchange import exchange
from probes.transport.guard import Guard
from probes.transport.http import Ask, fetch
from probes.vocabulary import Json, Recording

PORT = 631
_PATHS = ("/ipp/print", "/ipp")
_CHARSET, _LANGUAGE, _KEYWORD, _URI = 0x47, 0x48, 0x44, 0x45
_WITH_LANGUAGE = (0x35, 0x36)
_END, _MAX_ATTRIBUTES = 0x03, 2000
_WANTED = (
    "printer-make-and-model", "printer-device-id", "printer-name", "printer-info", "printer-serial-number",
    "printer-firmware-string-version", "printer-uuid",
)  # fmt: skip


async def collect(
    guard: Guard,
    ip: str,
    vantage: str,
    now: Callable[[], datetime],
    *,
    port: int = PORT,
    tls: bool = False,
    wall_s: float = 8,
) -> Recording:
    """Ask one printer for its attributes."""

    async def talk(answers: list[Json]) -> str:
        for path in _PATHS:
            body = request(f"ipp://{ip}:{port}{path}")
            reply = await fetch(guard, Ask(ip, port, tls, path, "POST", body, "application/ipp"))
            if reply.status == 200:
                answers.append({"port": port, "body": reply.body.hex()})
                return ""
        raise Undecodable(f"No IPP at this port: it answered with HTTP status {reply.status}.")

    return await exchange(guard, "ipp.printer", ip, vantage, now, wall_s, talk)


def request(uri: str) -> bytes:
    """A Get-Printer-Attributes request (operation 0x000B, IPP 1.1) for the attributes that name the printer."""
    parts = [struct.pack(">BBHI", 1, 1, 0x000B, 1), b"\x01"]
    parts += [_attribute(_CHARSET, "attributes-charset", "utf-8")]
    parts += [_attribute(_LANGUAGE, "attributes-natural-language", "en"), _attribute(_URI, "printer-uri", uri)]
    parts += [_attribute(_KEYWORD, "" if n else "requested-attributes", word) for n, word in enumerate(_WANTED)]
    return b"".join([*parts, bytes([_END])])


def _attribute(tag: int, name: str, value: str) -> bytes:
    return struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(value)) + value.encode()


def attributes(raw: bytes) -> dict[str, bytes]:
    """The first value of each attribute of an IPP answer, as it was sent. Raises Undecodable."""
    if len(raw) < 9:
        raise Undecodable("An IPP answer shorter than its header.")
    if int.from_bytes(raw[2:4], "big") >= 0x0400:
        raise Undecodable(f"The printer answered with IPP status 0x{int.from_bytes(raw[2:4], 'big'):04x}.")
    found: dict[str, bytes] = {}
    at, count = 8, 0
    while at < len(raw) and raw[at] != _END:
        if raw[at] < 0x10:
            at += 1
            continue
        name, value, at = _one_attribute(raw, at)
        if name and value:
            found.setdefault(name, value)
        count += 1
        if count > _MAX_ATTRIBUTES:
            raise Undecodable("More IPP attributes than any printer has.")
    return found


def _one_attribute(raw: bytes, at: int) -> tuple[str, bytes, int]:
    tag = raw[at]
    name, at = _counted(raw, at + 1)
    value, at = _counted(raw, at)
    if tag in _WITH_LANGUAGE:
        # Brother sends its words as textWithLanguage: the language, then the text, each with its length.
        value = _counted(value, _counted(value, 0)[1])[0]
    return name.decode("ascii", "replace"), value, at


def _counted(raw: bytes, at: int) -> tuple[bytes, int]:
    if at + 2 > len(raw):
        raise Undecodable("An IPP answer that ends within a length.")
    end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
    if end > len(raw):
        raise Undecodable("An IPP answer that ends within a value.")
    return raw[at + 2 : end], end


def decode(recording: Recording) -> Iterator[Seen]:
    """The IppPrinter an answer describes. Raises Undecodable."""
    for said in recording.answers:
        try:
            raw = bytes.fromhex(said["body"])
        except (KeyError, TypeError, ValueError) as error:
            raise Undecodable("An IPP answer without its bytes.") from error
        yield _printer(recording.target, attributes(raw))


def _printer(ip: str, said: dict[str, bytes]) -> IppPrinter:
    device_id = clean(said.get("printer-device-id", b""), 1024)
    keys = dict(pair.partition(":")[::2] for pair in device_id.split(";") if ":" in pair)
    ident = {key.strip().upper(): value.strip() for key, value in keys.items()}
    model = f"{ident.get('MFG') or ident.get('MANUFACTURER') or ''} {ident.get('MDL') or ident.get('MODEL') or ''}"
    return IppPrinter(
        ip=ip,
        make_model=clean(said.get("printer-make-and-model", b"")) or model.strip(),
        device_id=device_id[:256],
        serial=clean(said.get("printer-serial-number", b"")) or ident.get("SN") or ident.get("SERN") or "",
        firmware=clean(said.get("printer-firmware-string-version", b"")),
        name=clean(said.get("printer-name", b"") or said.get("printer-info", b"")),
    )


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"ipp.printer": decode}
