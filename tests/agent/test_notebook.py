"""What the night has learned of whom it may ask next."""

from datetime import UTC, datetime

from agent.notebook import Notebook
from probes.seen import AddressPair, Neighbour, OwnAddress, System
from probes.vocabulary import Outcome, Recording

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
SEEN = (
    AddressPair("10.30.0.5", "00:11:22:00:00:01", "ipNetToMedia"),
    AddressPair("10.30.0.9", "00:11:22:00:00:02", "dhcp"),
    OwnAddress("10.30.0.1", 24),
    Neighbour("lldp", "12", addresses=("10.30.0.4", "fe80::1", "not an address", "")),
    System("switch", object_id="1.3.6.1.4.1.318.1"),
    System("agent that many build in", object_id="1.3.6.1.4.1.8072.3.2.10"),
)


def notebook() -> Notebook:
    held = Notebook({"probe": lambda _: iter(SEEN)})
    held.add(Recording(probe="probe", target="10.30.0.1", vantage="v", started=AT, ended=AT, outcome=Outcome.COMPLETE))
    return held


def test_whoever_a_router_a_lease_or_a_neighbour_names_can_be_asked_next() -> None:
    assert notebook().learned() == ("10.30.0.1", "10.30.0.4", "10.30.0.5", "10.30.0.9")


def test_the_enterprise_numbers_to_look_up_are_those_that_name_a_maker() -> None:
    assert notebook().enterprises() == (318,)
