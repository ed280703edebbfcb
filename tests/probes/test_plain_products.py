"""Makers and products that banners name by themselves, and who is the maker when only the system is known."""

from datetime import UTC, datetime

import pytest

from probes.device_files import Knowledge, knowledge, read_device_file
from probes.identify import Identity, identify
from probes.seen import Certificate, DhcpHeard, MacMaker, MdnsService, OpenPort, Seen, SshHostKey, System, WebPage
from probes.vocabulary import Observation

AT = datetime(2026, 9, 3, tzinfo=UTC)
IP, MAC = "10.0.0.9", "00:1b:21:00:00:09"


def said_of(*seen: Seen, known: Knowledge | None = None) -> Identity:
    return identify([Observation("test", IP, "staff", AT, one) for one in seen], known)


def test_a_product_after_its_makers_name_is_the_model() -> None:
    identity = said_of(OpenPort(IP, "tcp", 21, banner="220 Lantronix XQS48 Terminal Server Version 3.6 ready."))
    assert (identity.maker, identity.model) == ("Lantronix", "XQS48 Terminal Server")


def test_prose_of_an_agent_is_no_model() -> None:
    assert said_of(System(descr="Kyocera Printing System")).model == ""


def test_what_a_rule_knows_is_worth_more_than_words() -> None:
    identity = said_of(WebPage(IP, 80, False, 200, title="Net2 by Cisco partners"))
    assert identity.maker == "Paxton"


@pytest.mark.parametrize(
    "title",
    [
        "Welcome to Apache",
        "Delta Primary School",
        "Apple class",
        "Canon Slade School",
        "Sharp Lane Academy",
        "Brother Trust",
    ],
)
def test_a_word_that_is_also_a_maker_names_nobody_on_a_web_page(title: str) -> None:
    assert said_of(WebPage(IP, 80, False, 200, title=title)).maker == ""


def test_a_certificates_organisation_is_weak_evidence_of_the_maker() -> None:
    identity = said_of(Certificate(IP, 443, "CN=10.1.1.1,O=Perle Systems\\, Inc.,C=US", "", AT, AT, True))
    assert identity.maker == "Perle"
    assert identity.whys["maker"].confidence < 0.5


WHOLE = """
maker: Acme
rules: [{if: {dhcp.vendor: '^AcmeOS'}, maker: '-', os: acmeos, publisher: Acme Software}]
names:
  - {field: txt, before: "model=", kind: endpoint, models: {Acme One: ["A1", "B7"]}}
  - {field: dhcp.params, maker: '-', os: acmeos, models: {"": ["1,3,6"]}}
examples: []
"""


def test_a_listed_text_is_its_model_whatever_its_case() -> None:
    known = Knowledge([read_device_file("acme.yaml", WHOLE)])
    identity = said_of(MdnsService(IP, "_device-info._tcp", "", txt={"model": "b7"}), known=known)
    assert (identity.maker, identity.model, identity.kind) == ("Acme", "Acme One", "endpoint")
    assert said_of(MdnsService(IP, "_device-info._tcp", "", txt={"model": "b70"}), known=known).maker == ""


def test_a_listed_text_can_say_the_system_alone() -> None:
    known = Knowledge([read_device_file("acme.yaml", WHOLE)])
    identity = said_of(DhcpHeard(MAC, "request", parameters=(1, 3, 6)), known=known)
    assert (identity.os, identity.maker, identity.model) == ("acmeos", "", "")


def test_the_systems_publisher_is_the_maker_only_while_nothing_names_the_things_own() -> None:
    known = Knowledge([read_device_file("acme.yaml", WHOLE)])
    heard = DhcpHeard(MAC, "request", vendor_class="AcmeOS 5")
    alone = said_of(heard, known=known)
    assert (alone.maker, alone.whys["maker"].confidence) == ("Acme Software", 0.3)
    assert said_of(heard, MacMaker(MAC, "Stone Computers"), known=known).maker == "Stone Computers"


def test_a_maker_known_by_name_alone_is_named_by_any_of_its_spellings() -> None:
    known = Knowledge([read_device_file("acme.yaml", "makers: {Acme: [Acme Works]}\nexamples: []")])
    assert known.canonical_maker("ACME WORKS") == "Acme"
    identity = said_of(OpenPort(IP, "tcp", 23, banner="Acme Works Panel 7 login:"), known=known)
    assert (identity.maker, identity.model) == ("Acme", "Panel 7")


def test_a_coined_word_after_a_makers_name_in_sysdescr_is_its_product_and_a_common_one_is_not() -> None:
    assert said_of(System(descr="Lantronix GateLine II")).model == "GateLine II"
    assert said_of(System(descr="Lantronix Serial Line Terminal")).model == ""


def test_a_title_names_a_product_by_a_number_or_a_coined_word_only() -> None:
    assert said_of(WebPage(IP, 80, False, 200, title="Zenitel Applications")).model == ""
    assert said_of(WebPage(IP, 80, False, 200, title="Zenitel XQS48 Overview")).model == "XQS48 Overview"


def test_a_maker_joined_to_its_model_is_read_apart() -> None:
    identity = said_of(OpenPort(IP, "tcp", 5060, banner="Zenitel-XQ48/2.12.1"))
    assert (identity.maker, identity.model) == ("Zenitel", "XQ48")


def test_an_ssh_servers_name_is_read_by_its_words() -> None:
    assert said_of(SshHostKey(IP, "SSH-2.0-zenitel_1.0")).maker == "Zenitel"


def test_a_device_certificates_name_gives_the_product_and_an_authoritys_does_not() -> None:
    def certified(name: str) -> Identity:
        return said_of(Certificate(IP, 443, f"CN={name}", "", AT, AT, False))

    assert certified("Lantronix GateLine").model == "GateLine"
    assert certified("XQ-48-00204A000009,O=Lantronix Inc.").model == "XQ-48"
    assert (certified("Lantronix GateLine CA").maker, certified("Lantronix GateLine CA").model) == ("Lantronix", "")


def test_every_listed_text_is_listed_once() -> None:
    listed = [
        (names.field, f"{names.before}{text}".lower())
        for one in knowledge().files
        for names in one.names
        for texts in names.models.values()
        for text in texts
    ]
    assert len(listed) == len(set(listed))
