"""Every example inside every device file, and the rules that a device file must keep."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files

import pytest
import yaml

from probes.device_files import Example, knowledge, maker_oids, read_device_file
from probes.errors import BadInput
from probes.identify import identify
from probes.seen import (
    Certificate,
    Chassis,
    DhcpHeard,
    Entity,
    IppPrinter,
    MacMaker,
    MakerValue,
    ManagedAp,
    MdnsService,
    NameHeard,
    Neighbour,
    OpenPort,
    OwnHost,
    Printer,
    Seen,
    Smb,
    SsdpDevice,
    SshHostKey,
    System,
    Ups,
    WebPage,
)
from probes.vocabulary import Observation

AT = datetime(2026, 9, 3, tzinfo=UTC)
IP, MAC = "10.0.0.9", "00:1b:21:00:00:09"


def _seen(field: str, text: str) -> Seen:
    before, _, after = text.partition("=")
    made: dict[str, Seen] = {
        "sysname": System(name=text), "entity.maker": Entity(1, "chassis", maker=text),
        "entity.model": Entity(1, "chassis", model=text), "entity.descr": Entity(1, "chassis", descr=text),
        "printer": Printer(text), "ups": Ups(model=text), "banner": OpenPort(IP, "tcp", 23, banner=text),
        "service": OpenPort(IP, "tcp", 80, product=text), "title": WebPage(IP, 80, False, 200, title=text),
        "server": WebPage(IP, 80, False, 200, server=text), "realm": WebPage(IP, 80, False, 401, realm=text),
        "ssh": SshHostKey(IP, text), "mdns": MdnsService(IP, text, ""),
        "txt": MdnsService(IP, "_x._tcp", "", txt={before: after}),
        "ssdp.maker": SsdpDevice(IP, maker=text), "ssdp.model": SsdpDevice(IP, model=text),
        "ssdp.server": SsdpDevice(IP, server=text), "ssdp.type": SsdpDevice(IP, device_type=text),
        "dhcp.vendor": DhcpHeard(MAC, "request", vendor_class=text),
        "dhcp.name": DhcpHeard(MAC, "request", hostname=text),
        "dhcp.params": DhcpHeard(MAC, "request", parameters=tuple(int(n) for n in text.split(",") if n.isdigit())),
        "ipp": IppPrinter(IP, text), "tls.subject": Certificate(IP, 443, text, "", AT, AT, True),
        "tls.issuer": Certificate(IP, 443, "", text, AT, AT, True), "oui": MacMaker(MAC, text),
        "name": NameHeard("mdns", text, IP), "smb": Smb(IP, (), os=text),
        "platform": Neighbour("cdp", "1", platform=text),
        "neighbour": Neighbour("lldp", "1", descr=text), "capability": Chassis(None, "", capabilities=(text,)),
        "managed": ManagedAp("", model=text), "value": MakerValue(before, after, "1.3"), "own": OwnHost("", text, ""),
    }  # fmt: skip
    if field == "port":
        return OpenPort(IP, before.split("/")[0], int(before.split("/")[1]))
    return made[field]


def observations_of(example: Example) -> Iterator[Observation]:
    """An example's inputs as the observations that would have carried them."""
    texts = {f: (t,) if isinstance(t, str) else t for f, t in example.given.items()}
    seen: list[Seen] = [System(descr="".join(texts.pop("descr", ())), object_id="".join(texts.pop("object_id", ())))]
    seen += [_seen(field, text) for field, held in texts.items() for text in held]
    return (Observation("test.example", IP, "staff", AT, one) for one in seen)


EXAMPLES = [
    (one.maker or "others", number, example) for one in knowledge().files for number, example in enumerate(one.examples)
]


@pytest.mark.parametrize(("maker", "number", "example"), EXAMPLES, ids=[f"{m} {n}" for m, n, _ in EXAMPLES])
def test_every_example_is_identified_as_its_file_says(maker: str, number: int, example: Example) -> None:
    identity = identify(tuple(observations_of(example)))
    assert {name: getattr(identity, name) for name in example.expect} == dict(example.expect)


@pytest.mark.parametrize(
    "name", sorted(p.name for p in files("probes").joinpath("devices").iterdir() if p.name.endswith(".yaml"))
)
def test_every_device_file_has_an_example(name: str) -> None:
    text = files("probes").joinpath("devices").joinpath(name).read_text("utf-8")
    assert read_device_file(name, text).examples
    assert yaml.safe_load(text)["examples"]


def test_what_is_known_of_a_maker_with_a_file_of_its_own_stands_there() -> None:
    by_subject = {
        path.name: read_device_file(path.name, path.read_text("utf-8"))
        for path in files("probes").joinpath("devices").iterdir()
        if path.name.endswith(".yaml") and not path.name.startswith(("banners-", "products-"))
    }
    homes = {one.maker: name for name, one in by_subject.items() if one.maker not in ("", "-")}
    elsewhere = {
        (name, what.maker)
        for name, one in by_subject.items()
        for what in (*one.rules, *one.families.values())
        if homes.get(what.maker, name) != name
    }
    assert not elsewhere


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("maker: X\ncolour: red", "colour"),
        ("maker: X\nrules: [{if: {descr: '^(a+)+$'}}]", "repeats a repeat"),
        ("maker: X\nrules: [{if: {descr: 'anywhere'}}]", "does not start with"),
        ("maker: X\nrules: [{if: {smell: '^a'}}]", "smell"),
        ("maker: X\nrules: [{if: {descr: '^(?P<price>a)'}}]", "no rule can give"),
        ("maker: X\nrules: [{if: {object_id: '.1.3'}}]", "numeric OID"),
        ("maker: X\nrules: [{if: {descr: '^(a'}}]", "not a regular expression"),
        ("maker: [", "cannot be used"),
    ],
)
def test_a_bad_device_file_is_refused_with_the_file_and_the_reason(text: str, complaint: str) -> None:
    with pytest.raises(BadInput, match=r"devices/bad\.yaml") as refused:
        read_device_file("bad.yaml", text)
    assert complaint in str(refused.value)


def test_makers_own_oids_are_asked_only_of_their_devices() -> None:
    assert maker_oids("1.3.6.1.4.1.11863.5.33")["serial"] == "1.3.6.1.4.1.11863.6.1.1.8.0"
    assert "serial" not in maker_oids("1.3.6.1.4.1.99999.1")


def test_an_oid_below_the_products_own_number_follows_it() -> None:
    assert maker_oids("1.3.6.1.4.1.8691.7.84")["version"] == "1.3.6.1.4.1.8691.7.84.1.4.0"
    assert maker_oids("1.3.6.1.4.1.259.10.1.45.105")["serial"] == "1.3.6.1.4.1.259.10.1.45.1.1.3.1.10"
