"""Whom to ask what, decided without a socket."""

import pytest

from agent.config import Config, CredentialUse
from agent.plan import SERVICE_PORTS, credentials_for, split_scope, tls_ports, web_ports
from baselines.vocabulary import Site
from probes.seen import OpenPort
from probes.transport.guard import FORBIDDEN_PORTS

SITE = Site(id="a", name="A", phase="primary")


@pytest.mark.parametrize(
    ("scopes", "own", "on_link", "routed"),
    [
        (["10.20.0.0/24"], ["10.20.0.5/24"], ("10.20.0.0/24",), ()),
        (["10.20.0.0/22"], ["10.20.0.5/24"], ("10.20.0.0/24",), ("10.20.1.0/24", "10.20.2.0/23")),
        (["10.20.0.0/25"], ["10.20.0.5/24"], ("10.20.0.0/25",), ()),
        (["10.30.0.0/24"], ["10.20.0.5/24"], (), ("10.30.0.0/24",)),
        (["fd12::/64"], ["10.20.0.5/24"], (), ()),
    ],
)
def test_a_scope_is_split_by_how_it_can_be_reached(
    scopes: list[str], own: list[str], on_link: tuple[str, ...], routed: tuple[str, ...]
) -> None:
    ground = split_scope(scopes, own)
    assert (ground.on_link, ground.routed) == (on_link, routed)


def test_snmp_v3_is_offered_before_v2c_and_only_where_a_person_allowed_it() -> None:
    uses = (
        CredentialUse(name="old", kind="snmp-v2c", subnets=("10.20.0.0/24",)),
        CredentialUse(name="new", kind="snmp-v3", subnets=("10.20.0.0/24",), devices=("10.20.0.2",)),
    )
    config = Config(site=SITE, credentials=uses)
    kinds = ("snmp-v3", "snmp-v2c")
    assert [use.name for use in credentials_for("10.20.0.2", config, kinds)] == ["new", "old"]
    assert [use.name for use in credentials_for("10.20.0.3", config, kinds)] == ["old"]
    assert credentials_for("10.20.1.2", config, kinds) == ()


def test_no_printing_port_is_among_the_ports_that_are_scanned() -> None:
    assert not FORBIDDEN_PORTS & set(SERVICE_PORTS)


def test_follow_ups_go_by_port_and_by_what_nmap_called_it() -> None:
    ports = [
        OpenPort("10.20.0.2", "tcp", n, name) for n, name in ((443, "https"), (7443, "https"), (8080, ""), (22, "ssh"))
    ]
    assert [port.port for port in tls_ports(ports)] == [443, 7443]
    assert [port.port for port in web_ports(ports)] == [443, 7443, 8080]
