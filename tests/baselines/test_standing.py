"""Counts of clauses by area and verdict."""

from baselines.judge import judge
from baselines.standards import load_standards
from baselines.standing import standing, verdict_of
from baselines.vocabulary import Finding, Verdict
from tests.baselines.nights import NIGHT, night


def finding(verdict: Verdict) -> Finding:
    return Finding(key="k", clause="c", edition="e", subject="s", label="l", verdict=verdict, sentence="It is so.")


def test_the_worst_subject_stands_for_the_clause() -> None:
    assert verdict_of([finding(Verdict.MET), finding(Verdict.NOT_MET_NOW)]) is Verdict.NOT_MET_NOW
    assert verdict_of([finding(Verdict.MET), finding(Verdict.NOT_ASSESSED)]) is Verdict.NOT_ASSESSED
    assert verdict_of([finding(Verdict.NOT_APPLICABLE), finding(Verdict.MET)]) is Verdict.MET


def test_a_clause_without_findings_is_not_assessed() -> None:
    assert verdict_of([]) is Verdict.NOT_ASSESSED


def test_every_clause_is_counted_once_in_its_area() -> None:
    standards = load_standards()
    found = standing(judge(night(), standards), standards, NIGHT)
    assert {a.area: a.clauses for a in found}["cyber"] == 79
    assert sum(a.clauses for a in found if a.area != "hardening") == 312
    assert all(sum(a.counts.values()) == a.clauses for a in found)
    assert [a.area for a in found if a.core] == [
        "broadband",
        "cyber",
        "filtering",
        "governance",
        "switching",
        "wireless",
    ]
