"""SSDP answers and notifications (UPnP Device Architecture 2.0, section 1).

"ssdp.ask" answers are `[address, datagram as hex]`. The description they point at is another probe's.
"""

from collections.abc import Callable, Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from probes.canonical import clean
from probes.errors import Undecodable
from probes.seen import Garbled, Seen, SsdpDevice
from probes.vocabulary import Recording
from probes.wire.heard import packets

_MOST_LINES = 64


def read_ssdp(payload: bytes, ip: str) -> SsdpDevice | None:
    """The device that answers or announces itself, or None for a question (M-SEARCH) and for a goodbye.

    A location that names another host than the one that answered is left out: nobody is sent elsewhere by it.
    Raises Undecodable when the datagram is no SSDP.
    """
    first, _, rest = payload[:4096].partition(b"\n")
    start = first.strip().upper()
    if start.startswith(b"M-SEARCH "):
        return None
    if not (start.startswith(b"NOTIFY ") or (start.startswith(b"HTTP/1.") and b" 200" in start)):
        raise Undecodable("A datagram on the SSDP port is neither an answer nor a notification.")
    fields = _headers(rest)
    if fields.get("nts", "").lower() == "ssdp:byebye":
        return None
    usn = fields.get("usn", "")
    return SsdpDevice(
        ip=ip,
        server=fields.get("server", ""),
        target=fields.get("st", "") or fields.get("nt", ""),
        usn=usn,
        location=fields.get("location", "") if _is_own(fields.get("location", ""), ip) else "",
        udn=usn.split("::")[0] if usn.startswith("uuid:") else "",
    )


def _headers(rest: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in rest.split(b"\n", _MOST_LINES)[:_MOST_LINES]:
        name, colon, value = line.partition(b":")
        if colon:
            found.setdefault(clean(name, 64).lower(), clean(value))
    return found


def _is_own(location: str, ip: str) -> bool:
    try:
        parts = urlsplit(location)
        return parts.scheme == "http" and ip_address(parts.hostname or "") == ip_address(ip) and (parts.port or 80) > 0
    except ValueError:
        return False


def decode(recording: Recording) -> Iterator[Seen]:
    """Each device and target once. Raises Undecodable when the recording is not of this shape."""
    return devices(packets(recording))


def devices(said: Iterator[tuple[str, bytes]]) -> Iterator[Seen]:
    """Each device and target once from datagrams `(address, datagram)`."""
    found: dict[SsdpDevice, None] = {}
    garbled = 0
    for ip, payload in said:
        try:
            device = read_ssdp(payload, ip)
        except Undecodable:
            garbled += 1
            continue
        if device:
            found[device] = None
    yield from found
    if garbled:
        yield Garbled("ssdp", garbled)


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"ssdp.ask": decode}
