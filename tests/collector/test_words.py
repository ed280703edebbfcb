"""What people read for what a machine says."""

import re
from typing import Any

import pytest
import yaml

from collector.words import SUBKINDS, kind_words
from tests.conftest import ROOT

DEVICES = sorted((ROOT / "probes" / "devices").glob("*.yaml"))


def subkinds_in(data: Any) -> set[str]:
    """Every subkind that a device file names, wherever it stands."""
    if isinstance(data, list):
        return set().union(*map(subkinds_in, data)) if data else set()
    if not isinstance(data, dict):
        return set()
    here = {data["subkind"]} if isinstance(data.get("subkind"), str) else set()
    return here.union(*map(subkinds_in, data.values())) if data else here


SAID = sorted(set().union(*(subkinds_in(yaml.safe_load(path.read_text())) for path in DEVICES)))


@pytest.mark.parametrize("subkind", SAID)
def test_a_finer_kind_reads_as_words(subkind: str) -> None:
    words = kind_words("other", subkind)
    assert re.fullmatch(r"[A-Z][\w'-]*( [\w'-]+)*", words)
    assert len(words) >= 4 or words == "Mac"


def test_no_finer_kind_is_worded_that_no_device_file_says() -> None:
    assert set(SUBKINDS) <= set(SAID)


def test_without_a_finer_kind_it_is_the_kind() -> None:
    assert kind_words("ap") == "Access point"
    assert kind_words("ap", "") == "Access point"
