"""Makers by the longest prefix."""

from datetime import UTC, datetime

import pytest

from probes.errors import Undecodable
from probes.oui import Makers, decode, longest_prefix
from probes.seen import MacMaker
from probes.vocabulary import Outcome, Recording

TABLE = {
    "70b3d5": "IEEE",
    "70b3d500": "too odd a length",
    "70b3d50": "Block",
    "70b3d5001": "Soredi",
    "000c29": "VMware",
}
AT = datetime(2026, 11, 24, tzinfo=UTC)


def looked_up(*answers: object) -> Recording:
    return Recording(
        probe="oui.lookup", target="self", vantage="v", started=AT, ended=AT, outcome=Outcome.COMPLETE, answers=answers
    )


@pytest.mark.parametrize(
    ("mac", "maker"),
    [
        ("70:b3:d5:00:10:99", "Soredi"),
        ("70-B3-D5-00-20-99", "Block"),
        ("70b3.d5ff.2099", "IEEE"),
        ("00:0c:29:aa:bb:cc", "VMware"),
        ("00:0d:29:aa:bb:cc", ""),
        ("nonsense", ""),
        ("ff:ff:ff:ff:ff:ff", ""),
    ],
)
def test_the_longest_prefix_wins(mac: str, maker: str) -> None:
    assert longest_prefix(mac, TABLE) == maker


def test_a_locally_administered_mac_has_no_maker_even_where_the_table_has_one() -> None:
    assert longest_prefix("02:0c:29:aa:bb:cc", {"020c29": "Nobody"}) == ""
    assert list(decode(looked_up(["02:0c:29:aa:bb:cc", "Nobody"]))) == []


def test_makers_come_from_a_recording_and_take_any_spelling_of_a_mac() -> None:
    makers = Makers.from_recording(looked_up(["00:0C:29:AA:BB:CC", "VM\x00ware\u202e"]))
    assert makers.maker_of("000c.29aa.bbcc") == "VMware"
    assert makers.maker_of("00:0c:29:aa:bb:cd") == ""
    assert len(makers) == 1


def test_each_lookup_is_one_record() -> None:
    assert list(decode(looked_up(["00:0c:29:aa:bb:cc", "VMware"]))) == [MacMaker("00:0c:29:aa:bb:cc", "VMware")]


@pytest.mark.parametrize("answer", [["00:0c:29:aa:bb:cc"], "x", [1, 2], None])
def test_an_answer_of_another_shape_is_undecodable(answer: object) -> None:
    with pytest.raises(Undecodable):
        list(decode(looked_up(answer)))
