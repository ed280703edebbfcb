"""A UPnP device's description, read from the address that advertised it. Probe `upnp.description`.

UPnP Device Architecture 2.0, section 2.3.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from probes.canonical import clean
from probes.errors import OutOfScope, Undecodable
from probes.seen import Seen, SsdpDevice
from probes.transport.exchange import exchange
from probes.transport.guard import Guard
from probes.transport.http import Ask, fetch
from probes.vocabulary import Json, Recording

_FIELDS = {
    "device_type": "deviceType", "friendly_name": "friendlyName", "maker": "manufacturer", "model": "modelName",
    "model_number": "modelNumber", "serial": "serialNumber", "udn": "UDN",
}  # fmt: skip


async def collect(
    guard: Guard, ip: str, location: str, vantage: str, now: Callable[[], datetime], *, wall_s: float = 6
) -> Recording:
    """Fetch the description at `location`, but only from the address that advertised it."""

    async def talk(answers: list[Json]) -> str:
        reply = await fetch(guard, _ask(ip, location))
        answers.append({"location": location, "status": reply.status, "body": reply.body.decode("latin-1")})
        return "" if reply.status == 200 else f"The device answered with status {reply.status}."

    return await exchange(guard, "upnp.description", ip, vantage, now, wall_s, talk)


def _ask(ip: str, location: str) -> Ask:
    try:
        url = urlsplit(location)
        host, port = str(ip_address(url.hostname or "")), url.port or 80
    except ValueError as error:
        raise OutOfScope("The advertised description is not at an address; it was not fetched.") from error
    path = url.path + (f"?{url.query}" if url.query else "")
    if host != ip or url.scheme != "http" or not path.startswith("/") or not all("!" <= c <= "~" for c in path):
        raise OutOfScope("The advertised description lies on another host; it was not fetched.")
    return Ask(ip, port, path=path)


def decode(recording: Recording) -> Iterator[Seen]:
    """The SsdpDevice a description describes. Raises Undecodable for anything that is not plain XML."""
    for said in recording.answers:
        if not isinstance(said, dict) or not isinstance(said.get("body"), str):
            raise Undecodable("A UPnP answer without a body.")
        if said.get("status") == 200:
            words = _words(_device(said["body"].encode("latin-1", "replace")))
            yield SsdpDevice(ip=recording.target, location=clean(str(said.get("location", ""))), **words)


def _device(body: bytes) -> Element:
    try:
        # Many gateways end their description with NULs.
        root = fromstring(body.rstrip(b"\x00\r\n "))
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Undecodable(f"The UPnP description is not plain XML: {error}"[:200]) from error
    device = next((element for element in root.iter() if element.tag.rpartition("}")[2] == "device"), None)
    if device is None:
        raise Undecodable("The UPnP description describes no device.")
    return device


def _words(device: Element) -> dict[str, str]:
    said = {child.tag.rpartition("}")[2]: clean(child.text or "") for child in device if isinstance(child.tag, str)}
    return {field: said.get(tag, "") for field, tag in _FIELDS.items()}


DECODERS: dict[str, Callable[[Recording], Iterator[Seen]]] = {"upnp.description": decode}
