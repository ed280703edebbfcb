"""The tables of sysObjectIDs: no other file disagrees, every number is its maker's, recorded devices agree."""

import re
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import pytest

from agent.measuring_dumps import Dump, dumps_in, truth_of
from agent.measuring_marks import contains
from probes.device_files import GIVEN, DeviceFile, knowledge, read_device_file
from probes.seen import System

ENTERPRISES = "1.3.6.1.4.1."
FOLDER = files("probes").joinpath("devices")
FILES: dict[str, DeviceFile] = {
    entry.name: read_device_file(entry.name, entry.read_text("utf-8"))
    for entry in sorted(FOLDER.iterdir(), key=lambda one: one.name)
    if entry.name.endswith(".yaml")
}
TABLES = {name: one for name, one in FILES.items() if one.models}
PRODUCTS = {
    oid: model for name, one in FILES.items() if name.startswith("products-") for oid, model in one.models.items()
}
ENOUGH_DEVICES, ENOUGH_RIGHT = 20, 0.95


def test_no_two_files_give_an_object_id_different_models() -> None:
    claimed: dict[str, set[str]] = defaultdict(set)
    for one in TABLES.values():
        for oid, model in one.models.items():
            claimed[oid].add(model)
    assert {oid: models for oid, models in claimed.items() if len(models) > 1} == {}


@pytest.mark.parametrize("name", [name for name, one in TABLES.items() if one.maker])
def test_every_object_id_of_a_table_is_under_a_number_of_its_maker(name: str) -> None:
    table, makers = TABLES[name], knowledge().enterprises
    strangers = [oid for oid in table.models if _holder(oid, makers) != table.maker]
    assert strangers == []


def test_every_object_that_a_rule_reads_by_name_is_asked_of_the_devices_that_it_is_for() -> None:
    lost = [
        (prefix, name)
        for one in FILES.values()
        for ask in one.oids
        for prefix in ask.under
        for name, oid in ask.ask.items()
        if name.partition(".")[0] not in GIVEN and not oid.startswith(("here", "parent"))
        if knowledge().maker_oids(prefix).get(name) != oid
    ]
    assert lost == []


@pytest.mark.corpus
def test_recorded_devices_in_the_tables_are_the_models_that_their_truth_says(corpus: Path) -> None:
    truth = truth_of(corpus)
    asked = {
        dump.path.name: dump
        for dump in dumps_in(corpus)
        if truth.get(dump.path.name, {}).get("model") and _object_id(dump) in PRODUCTS
    }
    right = {name for name, dump in asked.items() if _is_same(dump.identity.model, truth[name]["model"])}
    assert len(asked) >= ENOUGH_DEVICES
    assert len(right) / len(asked) >= ENOUGH_RIGHT, sorted(asked.keys() - right)


def _holder(oid: str, makers: dict[int, str]) -> str:
    number = oid.removeprefix(ENTERPRISES).partition(".")[0]
    return makers.get(int(number), "") if oid.startswith(ENTERPRISES) else ""


def _object_id(dump: Dump) -> str:
    return next((seen.object_id.lstrip(".") for _, seen in dump.seen if isinstance(seen, System)), "")


def _is_same(said: str, truth: str) -> bool:
    """Containment, or the same words in another order: "J8697A 5406zl" is the "ProCurve 5406zl (J8697A)"."""
    return contains(said, truth) or (bool(said) and set(_words(said)) <= set(_words(truth)))


def _words(text: str) -> list[str]:
    return re.findall(r"[\w/+-]+", text.lower())
