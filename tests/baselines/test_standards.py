"""The standards' files: all clauses there, dated, and bad files refused with words a person can act on."""

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from baselines.standards import clauses_on, load_standard, load_standards
from baselines.vocabulary import Clause, Standard, Strength, Trigger
from probes.errors import BadInput

MUST = ("switching.uplink-2x10g", "switching.poe-device-need", "switching.admin-accounts", "wireless.admin-accounts",
        "cyber.am.all-devices", "cyber.acc.unique", "cyber.acc.mfa-staff", "cyber.lic.patch-14d", "filtering.locked",
        "cloud.dpia")  # fmt: skip


@pytest.fixture(scope="module")
def standards() -> tuple[Standard, ...]:
    return load_standards()


@pytest.fixture(scope="module")
def now(standards: tuple[Standard, ...]) -> dict[str, Clause]:
    return {c.id: c for s in standards for c in clauses_on(s, date(2026, 11, 23))}


@pytest.mark.corpus
def test_every_clause_of_the_shared_list_is_here_once(now: dict[str, Clause], standards_folder: Path) -> None:
    with (standards_folder / "clauses.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    mine = {i: c for i, c in now.items() if c.area != "hardening"}
    assert {(r["id"], r["area"], r["verifiable"]) for r in rows} == {
        (c.id, c.area, c.verifiable) for c in mine.values()
    }
    assert len(mine) == len(rows) == 312


def test_the_dfe_has_312_clauses_in_12_areas_today(now: dict[str, Clause]) -> None:
    areas: dict[str, int] = defaultdict(int)
    for clause in now.values():
        areas[clause.area] += 1
    hardening = areas.pop("hardening")
    assert (sum(areas.values()), len(areas)) == (312, 12)
    assert areas["cyber"], areas["switching"] == (79, 32)
    assert hardening >= 23


def test_every_clause_says_what_would_close_it_in_a_sentence_of_its_own(standards: tuple[Standard, ...]) -> None:
    for standard in standards:
        for clause in standard.clauses:
            assert clause.closes_with.endswith("."), clause.id
            assert len(clause.closes_with.split()) >= 6, clause.id


def test_a_clause_no_probe_can_see_names_who_attests_it_and_with_what(now: dict[str, Clause]) -> None:
    unseen = [c for c in now.values() if c.verifiable == "no"]
    assert len(unseen) == 154
    assert not [c.id for c in unseen if not c.attesting or not c.attesting.evidence]


def test_must_is_kept_for_what_the_text_says_must_of(now: dict[str, Clause]) -> None:
    assert {now[i].strength for i in MUST} == {Strength.MUST}
    assert now["wireless.wpa3"].strength is Strength.MAY
    assert now["switching.edge-1g"].strength is Strength.SHOULD


def test_replacement_clauses_bite_at_replacement(now: dict[str, Clause]) -> None:
    assert now["switching.uplink-2x10g"].trigger is Trigger.REPLACE
    assert now["wireless.wifi7"].trigger is Trigger.REPLACE
    assert now["cyber.lic.supported"].trigger is Trigger.TERM
    assert now["broadband.speed-primary"].phases == ("primary",)


def test_a_changed_clause_has_one_edition_on_every_day(standards: tuple[Standard, ...]) -> None:
    said = {}
    for on in (date(2023, 1, 1), date(2025, 11, 16), date(2025, 11, 17), date(2026, 4, 30), date(2026, 5, 1)):
        found = [c for s in standards for c in clauses_on(s, on) if c.id == "wireless.wifi7"]
        assert len(found) == 1
        assert found[0].check
        said[on.isoformat()] = found[0].check.with_["generation"]
    assert list(said.values()) == ["6", "6", "6E", "6E", "7"]


def test_mfa_was_for_fewer_people_before_june_2026(standards: tuple[Standard, ...]) -> None:
    old, new = (
        next(c for s in standards for c in clauses_on(s, on) if c.id == "cyber.acc.mfa-staff")
        for on in (date(2026, 5, 31), date(2026, 6, 1))
    )
    assert "leaders" in old.requirement
    assert "all staff" in new.requirement


def test_nothing_was_asked_before_its_area_began(standards: tuple[Standard, ...]) -> None:
    areas = {c.area for s in standards for c in clauses_on(s, date(2022, 6, 1))}
    assert areas == {"broadband", "switching", "cabling", "wireless", "hardening"}


GOOD = """
standard: own
title: Our own
area: network
edition: "2026-01"
effective_from: 2026-01-01
clauses:
  - id: own.first
    requirement: It is so
    closes_with: A document that says so.
"""

BAD = {
    "unknown header": (GOOD + "colour: red\n", "own.yaml: colour: unknown key"),
    "no title": (GOOD.replace("title: Our own\n", ""), "own.yaml: title: missing"),
    "unknown key": (GOOD + "    wanted: yes\n", "own.yaml: clause own.first: wanted: Extra inputs are not permitted"),
    "no closing": (
        GOOD.replace("    closes_with: A document that says so.\n", ""),
        "own.yaml: clause own.first: closes_with: Field required",
    ),
    "empty closing": (
        GOOD.replace("A document that says so.", "' '"),
        "own.yaml: clause own.first: closes_with: empty; say what would close it",
    ),
    "bad date": (
        GOOD + "    effective_from: soon\n",
        "own.yaml: clause own.first: effective_from: Input should be a valid date or datetime, input is too short",
    ),
    "bad strength": (
        GOOD + "    strength: perhaps\n",
        "own.yaml: clause own.first: strength: Input should be 'must', 'should' or 'may'",
    ),
    "no such predicate": (
        GOOD + "    check: {predicate: guess}\n",
        "own.yaml: clause own.first: check.predicate: 'guess' is no predicate",
    ),
    "ends before it begins": (
        GOOD + "    effective_to: 2025-01-01\n",
        "own.yaml: clause own.first: effective_to: earlier than effective_from",
    ),
    "two editions at once": (
        GOOD + GOOD.split("clauses:\n")[1],
        "own.yaml: clause own.first: effective_to: edition 2026-01 overlaps edition 2026-01, "
        "which starts on 2026-01-01",
    ),
    "key twice": (GOOD + "    requirement: It is not\n", "own.yaml: line 11: requirement stands twice"),
    "not YAML": ("standard: own\ntitle: x: y\n", "own.yaml: line 2: not YAML"),
    "a list": ("- one\n", "own.yaml: is not a mapping with standard, title and clauses"),
    "no id": (
        GOOD.replace("  - id: own.first\n    requirement", "  - requirement"),
        "own.yaml: clause number 1: id: Field required",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_file_clause_and_key(name: str, tmp_path: Path) -> None:
    text, message = BAD[name]
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        load_standard([path])
    assert str(refused.value) == message


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(GOOD, encoding="utf-8")
    standard = load_standard([tmp_path / "own.yaml"])
    assert (standard.id, standard.edition, standard.clauses[0].area) == ("own", "2026-01", "network")


def test_files_of_one_standard_must_agree_on_its_title(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(
        GOOD.replace("Our own", "Another").replace("own.first", "own.second"), encoding="utf-8"
    )
    with pytest.raises(BadInput, match=r"b.yaml: title: 'Another' differs from 'Our own' in a.yaml"):
        load_standard(sorted(tmp_path.glob("*.yaml")))
