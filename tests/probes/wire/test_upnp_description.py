"""UPnP descriptions are read from the address that advertised them and from nowhere else."""

import random
from typing import Any

import pytest

from probes.errors import Undecodable
from probes.seen import SsdpDevice
from probes.vocabulary import Outcome, Recording
from probes.wire.upnp_description import collect, decode
from tests.probes.wire.loopback import HOME, guard, now, recording, run, saying, seen, serving

XML = b"""<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>
<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>
<friendlyName>Sci\xc3\xa9nce  router</friendlyName>
<manufacturer>Netgear</manufacturer><modelName>R7000</modelName><modelNumber>1</modelNumber><serialNumber>S1</serialNumber>
<UDN>uuid:1</UDN><deviceList><device><modelName>inner</modelName></device></deviceList></device></root>"""
BOMB = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><root><device><modelName>&b;</modelName></device></root>'
OUTSIDE = (
    b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]><root><device><modelName>&a;</modelName></device></root>'
)


def fetched(body: bytes, location: str = "http://127.0.0.1:{port}/d.xml") -> Recording:
    with serving(saying(b"HTTP/1.1 200 OK\r\n\r\n" + body, after=b"\r\n\r\n")) as port:
        return run(collect(guard(), HOME, location.format(port=port), "test", now))


def test_the_first_device_of_a_description_is_read() -> None:
    (device,) = seen(fetched(XML), decode)
    assert isinstance(device, SsdpDevice)
    assert (device.friendly_name, device.maker, device.model, device.serial) == (
        "Sciénce router",
        "Netgear",
        "R7000",
        "S1",
    )
    assert device.device_type.endswith("InternetGatewayDevice:1")
    assert device.udn == "uuid:1"


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.2:{port}/d.xml", "https://127.0.0.1:{port}/", "http://router.local/d.xml", "file:///etc/passwd",
     "http://127.0.0.1:9100/x", "http://[::1/", "http://127.0.0.1:{port}/a b"],
)  # fmt: skip
def test_a_location_elsewhere_is_not_fetched(location: str) -> None:
    recorded = fetched(XML, location)
    assert (recorded.outcome, recorded.answers) == (Outcome.SKIPPED, ())


@pytest.mark.parametrize("body", [BOMB, OUTSIDE, b"", b"<root/>", b"<a><b></a>", b"\x00\xff", XML[:200]])
def test_bombs_outside_entities_and_broken_xml_are_undecodable(body: bytes) -> None:
    recorded = fetched(body)
    with pytest.raises(Undecodable):
        seen(recorded, decode)


def test_a_trailing_nul_does_not_hide_a_description() -> None:
    assert seen(fetched(XML + b"\x00"), decode)


def test_damaged_descriptions_are_undecodable_and_nothing_else() -> None:
    chance = random.Random(11)
    for _ in range(1500):
        raw = bytearray(XML)
        for _ in range(chance.randint(1, 5)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        said: Any = {"location": "x", "status": 200, "body": bytes(raw).decode("latin-1")}
        try:
            list(decode(recording("upnp.description", [said])))
        except Undecodable:
            pass
