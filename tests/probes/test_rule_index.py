"""The index of rules leaves out only rules that cannot match."""

import re

import pytest

from probes.device_files import DeviceFile, Rule, knowledge, read_device_file
from probes.evidence import evidence_of
from probes.rule_index import RuleIndex, heads_of
from tests.probes.test_devices import observations_of


@pytest.mark.parametrize(
    ("pattern", "heads"),
    [
        ("^HP LaserJet", (True, ("hp laserjet",))),
        ("^(A|Bc|C?d)x", None),
        ("^(A)?", None),
        ("^(?P<model>AB-|CD\\.e)\\d", (True, ("ab-", "cd.e"))),
        ("^abc?d", (True, ("ab",))),
        (r"\bSamsung DVR|^Web", (False, ("samsung dvr", "web"))),
        (r"^\W*abc", (False, ("abc",))),
        (r"^\W*(\d{3}[ -])?AXIS (?P<model>x)", (False, ("axis ",))),
        (r"^\s*abc", None),
        ("^(abc)?def", (True, ("abc", "def"))),
        ("^(abc )?(de|f)", (True, ("abc ", "de", "f"))),
        ("^(abc){0,2}def", None),
        ("^[Cc]isco", (True, ("cisco",))),
        ("^[CD]isco", None),
        ("^ab[|)]c|^de", (True, ("ab", "de"))),
        ("^abc|def", None),
        ("^a+b", (True, ("a",))),
    ],
)
def test_the_letters_that_a_pattern_begins_with_are_found_or_said_to_be_unknown(
    pattern: str, heads: tuple[bool, tuple[str, ...]] | None
) -> None:
    assert heads_of(pattern) == heads


def test_no_rule_that_matches_an_example_is_left_out() -> None:
    known = knowledge()
    checked = 0
    for example in (example for one in known.files for example in one.examples):
        for field, held in evidence_of(list(observations_of(example))).items():
            rules = known.rules.get(field, [])
            candidates = {id(rule) for _, rule in RuleIndex(rules).candidates(e.text for e in held)}
            for _, rule in rules:
                patterns = [p for p in rule.patterns[0][1] if isinstance(p, re.Pattern)]
                if any(p.search(e.text) for p in patterns for e in held):
                    checked += 1
                    assert id(rule) in candidates, rule
    assert checked > 300


def test_candidates_keep_the_order_of_the_rules() -> None:
    one: DeviceFile = read_device_file(
        "x.yaml", r"{rules: [{if: {title: '\bb'}, model: '1'}, {if: {title: '^b'}, model: '2'}], examples: []}"
    )
    held: list[tuple[DeviceFile, Rule]] = [(one, rule) for rule in one.rules]
    assert [rule.model for _, rule in RuleIndex(held).candidates(["Bb"])] == ["1", "2"]
    assert not list(RuleIndex(held).candidates(["xyz"]))
