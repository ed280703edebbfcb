"""Lists of options that DHCP clients ask for, where they are nearly a known system's."""

from datetime import UTC, datetime

import pytest

from probes.device_files import Knowledge, read_device_file
from probes.identify import Identity, identify
from probes.request_lists import alikeness
from probes.seen import DhcpHeard
from probes.vocabulary import Observation

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LISTS = """
maker: '-'
names:
  - {field: dhcp.params, os: orchid, publisher: Orchid, models: {"": ["1,3,6,15,31,33,43,44,46,47"]}}
  - {field: dhcp.params, os: heather, models: {"": ["1,28,2,3,15,6,119,12,44,47", "1,3,6,15,31,33,43,44,46,252"]}}
"""
KNOWN = Knowledge([read_device_file("lists.yaml", LISTS)])


def asked(*options: int) -> Identity:
    heard = DhcpHeard("02:00:00:00:00:01", "discover", parameters=options)
    return identify([Observation("dhcp", "02:00:00:00:00:01", "lab", NOW, heard)], KNOWN)


def test_a_list_with_one_option_more_is_still_the_systems() -> None:
    identity = asked(1, 28, 2, 3, 15, 6, 119, 12, 44, 47, 26)
    assert (identity.os, identity.maker) == ("heather", "")


def test_a_list_as_near_to_another_system_says_nothing() -> None:
    assert asked(1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 252).os == ""


def test_the_same_options_in_another_order_say_nothing() -> None:
    assert asked(47, 44, 12, 119, 6, 15, 3, 2, 28, 1).os == ""


def test_a_short_list_says_nothing_unless_it_is_listed_whole() -> None:
    assert asked(1, 28, 2, 3, 15, 6, 119).os == ""


def test_a_list_nearly_known_is_less_sure_than_a_known_one() -> None:
    known, near = asked(1, 28, 2, 3, 15, 6, 119, 12, 44, 47), asked(1, 28, 2, 3, 15, 6, 119, 12, 44, 47, 26)
    assert known.whys["os"].confidence > near.whys["os"].confidence


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [((), (), 0.0), ((1, 3, 6), (1, 3, 6), 1.0), ((1, 3, 6, 15), (1, 3, 6), 0.75), ((1, 3), (3, 1), 0.5)],
)
def test_lists_are_as_alike_as_their_options_and_order(
    one: tuple[int, ...], other: tuple[int, ...], alike: float
) -> None:
    assert alikeness(one, other) == alike
