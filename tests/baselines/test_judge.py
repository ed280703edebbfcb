"""Every check on examples in each direction, and the promises the judge makes for any night."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

import pytest

from baselines.judge import judge, judge_clause
from baselines.standards import clauses_on, load_standards
from baselines.vocabulary import Clause, Finding, Night, Standard, Verdict
from probes.vocabulary import Asset, Outcome
from tests.baselines.nights import NIGHT, Example, examples, night

EXAMPLES = tuple(examples())
FAILING = (Verdict.NOT_MET_NOW, Verdict.NOT_MET_AT_REPLACEMENT)
# What these look for is either seen or not said: no night proves the school wrong.
CANNOT_FAIL = {
    "checks_made", "core_power", "documented", "ends_recorded", "failover_seen", "firewall_present", "lldp_med",
    "managed_by_tool", "monitored", "personal_devices", "register_current", "register_filled",
}  # fmt: skip
# No model in the data is known to have a blocking fabric.
NO_EXAMPLE = {"switching.nonblocking"}
# Clearing these takes a look that one agent does not have; their best is silence.
CANNOT_HOLD = {
    "admin_pages_reached", "cameras_with_staff", "isolated", "lldp_heard_by_guests", "open_resolver",
    "unwanted_openings",
}  # fmt: skip


@pytest.fixture(scope="module")
def standards() -> tuple[Standard, ...]:
    return load_standards()


def in_force(standards: Sequence[Standard], clause_id: str, on: date) -> Clause:
    return next(c for s in standards for c in clauses_on(s, on) if c.id == clause_id)


def checked(standards: Sequence[Standard]) -> list[Clause]:
    return [c for s in standards for c in clauses_on(s, NIGHT) if c.check]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_the_example_gets_its_verdict_and_sentence(example: Example, standards: tuple[Standard, ...]) -> None:
    clause = in_force(standards, example.clause, example.night.on)
    found = {f.subject: f for f in judge_clause(example.night, clause)}
    assert example.subject in found, f"{example.clause} says nothing of {example.subject}: {found}"
    finding = found[example.subject]
    assert (finding.verdict, finding.sentence) == (example.verdict, finding.sentence)
    assert example.says in finding.sentence


def test_every_check_has_an_example_in_each_direction(standards: tuple[Standard, ...]) -> None:
    lacking = []
    for clause in checked(standards):
        assert clause.check
        shown = {e.verdict for e in EXAMPLES if e.clause == clause.id}
        name, settings = clause.check.predicate, clause.check.with_
        best = Verdict.NEEDS_A_PERSON if settings.get("passes") == "person" else Verdict.MET
        if name not in CANNOT_FAIL and clause.id not in NO_EXAMPLE and not shown & set(FAILING):
            lacking.append(f"{clause.id}: none where it is not met")
        if name not in CANNOT_HOLD and not settings.get("never_clear") and not shown & {best, Verdict.NEEDS_A_PERSON}:
            lacking.append(f"{clause.id}: none where it is met")
    assert not lacking


def test_no_clause_is_met_by_a_silent_night(standards: tuple[Standard, ...]) -> None:
    for phase in ("primary", "secondary", "special"):
        silent = night(site={"phase": phase, "has_servers": True, "hub_rooms": 2})
        assert not [f for f in judge(silent, standards) if f.verdict in (Verdict.MET, *FAILING)]


def test_at_least_25_clauses_of_the_dfe_are_decided_by_predicates(standards: tuple[Standard, ...]) -> None:
    decided = {e.clause for e in EXAMPLES if e.verdict in (Verdict.MET, *FAILING)}
    assert len([c for c in decided if not c.startswith("hardening.")]) >= 40


def thinned(full: Night) -> Iterator[Night]:
    """The night with one thing less: a fact, a reason, a word, an answer, or an answer's completeness."""
    for n, entry in enumerate(full.coverage):
        rest = full.coverage[:n] + full.coverage[n + 1 :]
        yield full.model_copy(update={"coverage": rest})
        for outcome in (Outcome.PARTIAL, Outcome.TIMED_OUT):
            yield full.model_copy(update={"coverage": (*rest, entry.model_copy(update={"outcome": outcome}))})
    for part in ("assets", "links", "line", "filtering", "dhcp", "coverage"):
        yield full.model_copy(update={part: ()})
    for n, asset in enumerate(full.assets):
        for thinner in _thinned_asset(asset):
            yield full.model_copy(update={"assets": (*full.assets[:n], thinner, *full.assets[n + 1 :])})


def _thinned_asset(asset: Asset) -> Iterator[Asset]:
    for n, fact in enumerate(asset.facts):
        rest = asset.facts[:n] + asset.facts[n + 1 :]
        yield asset.model_copy(update={"facts": rest})
        half = fact.model_copy(update={"why": fact.why.model_copy(update={"confidence": 0.5})})
        yield asset.model_copy(update={"facts": (*rest, half)})
    for field in ("maker", "model", "os", "version", "hostname", "serial"):
        yield asset.model_copy(update={field: ""})
    yield asset.model_copy(update={"why": {}, "facts": ()})
    yield asset.model_copy(update={"connected_to": None})
    yield asset.model_copy(update={"ports": tuple(p.model_copy(update={"speed_mbps": None}) for p in asset.ports)})
    yield asset.model_copy(
        update={"ports": tuple(p.model_copy(update={"duplex": None, "stp_state": None}) for p in asset.ports)}
    )


def met(findings: Sequence[Finding]) -> set[tuple[str, str]]:
    return {(f.clause, f.subject) for f in findings if f.verdict is Verdict.MET}


def test_knowing_less_never_turns_a_clause_to_met(standards: tuple[Standard, ...]) -> None:
    nights = {e.night.model_dump_json(): e.night for e in EXAMPLES}
    clauses = {
        on: [c for c in [c for s in standards for c in clauses_on(s, on)] if c.check]
        for on in {n.on for n in nights.values()}
    }
    for full in nights.values():
        before = met([f for c in clauses[full.on] for f in judge_clause(full, c)])
        for less in thinned(full):
            gained = met([f for c in clauses[full.on] for f in judge_clause(less, c)]) - before
            assert not gained, f"{gained} became met when something was taken from {full}"


def test_an_old_night_gets_the_old_answer(standards: tuple[Standard, ...]) -> None:
    said = {}
    for on in (date(2024, 5, 1), date(2026, 2, 1), date(2026, 11, 23)):
        wifi6 = night(on=on, assets={"ap": {"kind": "ap", "hostname": "ap-1", "maker": "Aruba", "model": "AP-515"}})
        finding = next(f for f in judge(wifi6, standards) if f.clause == "wireless.wifi7" and f.subject == "ap")
        said[on.year, on.month] = (finding.edition, finding.verdict)
    assert said == {
        (2024, 5): ("2022-03", Verdict.MET),
        (2026, 2): ("2025-11", Verdict.NOT_MET_AT_REPLACEMENT),
        (2026, 11): ("2026-09", Verdict.NOT_MET_AT_REPLACEMENT),
    }


def test_unknown_firmware_is_not_assessed_never_met(standards: tuple[Standard, ...]) -> None:
    clauses = ("switching.supported-firmware", "cyber.lic.supported", "cyber.fw.firmware", "servers.replace-eol")
    kinds = ("switch", "firewall", "server", "endpoint")
    unknown = night(
        assets={k: {"kind": k, "hostname": k, "maker": "Unheard", "model": "Z-1", "version": "1"} for k in kinds}
    )
    found = [f for f in judge(unknown, standards) if f.clause in clauses]
    assert found
    assert {f.verdict for f in found} == {Verdict.NOT_ASSESSED}


def test_each_clause_has_exactly_one_finding_for_each_subject(standards: tuple[Standard, ...]) -> None:
    for _, group in groupby(EXAMPLES, key=lambda e: e.name.split("-")[0]):
        for example in group:
            found = judge(example.night, standards)
            slots = [(f.clause, f.subject) for f in found]
            assert len(slots) == len(set(slots))
            assert {f.clause for f in found} == {c.id for s in standards for c in clauses_on(s, example.night.on)}
            assert len({f.key for f in found}) == len(found)


def test_an_open_finding_says_what_would_close_it(standards: tuple[Standard, ...]) -> None:
    for example in EXAMPLES[:60]:
        for finding in judge(example.night, standards):
            if finding.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE):
                assert len(finding.closes_with) > 20, finding
            assert finding.sentence.endswith("."), finding
            assert "complian" not in f"{finding.sentence} {finding.closes_with}".lower()


def test_a_verdict_on_what_was_seen_carries_evidence(standards: tuple[Standard, ...]) -> None:
    bare = [
        (e.name, f.clause, f.sentence)
        for e in EXAMPLES
        for f in judge(e.night, standards)
        if f.verdict in (Verdict.MET, *FAILING) and not f.evidence and f.clause not in ("broadband.backup-exists",)
    ]
    assert not bare


def test_the_same_night_gives_the_same_findings(standards: tuple[Standard, ...]) -> None:
    full = next(e.night for e in EXAMPLES if len(e.night.assets) > 1)
    turned = full.model_copy(
        update={"assets": full.assets[::-1], "links": full.links[::-1], "coverage": full.coverage[::-1]}
    )
    assert judge(full, standards) == judge(turned, standards)


def test_a_finding_ends_when_its_condition_does(standards: tuple[Standard, ...]) -> None:
    clause = in_force(standards, "hardening.certificate-expired", NIGHT)
    keys = []
    for ends in ("2026-10-14", "2026-11-01"):
        row = {"port": 443, "subject": "x", "issuer": "x", "not_before": "2025-01-01T00:00:00+00:00",
               "not_after": f"{ends}T00:00:00+00:00", "protocols": [], "self_signed": False}  # fmt: skip
        one = night(assets={"nas": {"kind": "nas", "ips": ["10.20.0.12"], "facts": {"tls": [row]}}})
        keys.append(judge_clause(one, clause)[0].key)
    assert keys == [
        "hardening.certificate-expired:nas:443-2026-10-14",
        "hardening.certificate-expired:nas:443-2026-11-01",
    ]


def test_a_remembered_device_accuses_nobody(standards: tuple[Standard, ...]) -> None:
    for example in EXAMPLES:
        if example.verdict not in FAILING or example.subject == "site":
            continue
        old = {"at": example.night.assets[0].why["kind"].at.replace(year=2025)}
        aged = tuple(
            a.model_copy(
                update={
                    "why": {k: w.model_copy(update=old) for k, w in a.why.items()},
                    "facts": tuple(f.model_copy(update={"why": f.why.model_copy(update=old)}) for f in a.facts),
                }
            )
            for a in example.night.assets
        )
        remembered = example.night.model_copy(update={"assets": aged})
        clause = in_force(standards, example.clause, remembered.on)
        guilty = [f for f in judge_clause(remembered, clause) if f.verdict in FAILING]
        assert not guilty or example.clause == "hardening.dhcp-rogue", guilty
