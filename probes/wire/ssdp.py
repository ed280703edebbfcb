"""SSDP answers and notifications, and the UPnP description they point at (UPnP Device Architecture 1.1 and 2.0).

"ssdp.ask" answers are `[address, datagram as hex]`; "ssdp.description" answers are `[address, location, XML as hex]`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from probes.canonical import clean
from probes.errors import Undecodable
from probes.seen import Garbled, Seen, SsdpDevice
from probes.vocabulary import Recording
from probes.wire.heard import packets

_MOST_LINES, _LARGEST_XML = 64, 262_144
_FIELDS = {
    "deviceType": "device_type", "friendlyName": "friendly_name", "manufacturer": "maker", "modelName": "model",
    "modelNumber": "model_number", "serialNumber": "serial", "UDN": "udn",
}  # fmt: skip


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


def describe(device: SsdpDevice, xml: bytes) -> SsdpDevice:
    """The device with what its description says of the root device. Raises Undecodable when it is no such XML."""
    if len(xml) > _LARGEST_XML:
        raise Undecodable(f"The UPnP description of {device.ip} is larger than any device needs.")
    try:
        root = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Undecodable(f"The UPnP description of {device.ip} is not XML that may be read.") from error
    found = _described(root)
    return replace(device, **found)


def _described(root: Element) -> dict[str, str]:
    """Each wanted element of the first `device`, whatever its namespace; embedded devices are other things."""
    device = next((child for child in root if _local(child) == "device"), None)
    if device is None:
        raise Undecodable("A UPnP description has no device.")
    found = {_FIELDS[_local(child)]: clean(child.text or "") for child in device if _local(child) in _FIELDS}
    return {name: text for name, text in found.items() if text}


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


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


def decode_description(recording: Recording) -> Iterator[Seen]:
    """The described devices. Raises Undecodable when the recording is not of this shape."""
    for answer in recording.answers:
        if not (isinstance(answer, list | tuple) and len(answer) == 3 and all(isinstance(v, str) for v in answer)):
            raise Undecodable("An answer of ssdp.description is not an address, a location and XML.")
        ip, location, xml = answer
        try:
            yield describe(SsdpDevice(ip=ip, location=clean(location)), bytes.fromhex(xml[: 2 * _LARGEST_XML + 2]))
        except (Undecodable, ValueError):
            yield Garbled("ssdp description", 1)


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {
    "ssdp.ask": decode,
    "ssdp.description": decode_description,
}
