"""One night against the standards: exactly one finding for each clause in force and each subject it is about."""

from collections.abc import Iterator, Sequence

from baselines.judgement import SITE, Judgement, Says, Severity
from baselines.predicates import PREDICATES
from baselines.reading import Indexed, by_id, seen_tonight, unconfirmed
from baselines.standards import clauses_on
from baselines.vocabulary import Clause, Finding, Night, Standard, Strength, Trigger, Verdict

_PHASES = {
    "primary": "primary schools", "secondary": "secondary schools", "all-through": "all-through schools",
    "special": "special schools", "pru": "pupil referral units", "further": "further education colleges",
    "nursery": "nurseries", "other": "other settings",
}  # fmt: skip
_STANDING = {
    Says.HOLDS: Verdict.MET,
    Says.SILENT: Verdict.NOT_ASSESSED,
    Says.PERSON: Verdict.NEEDS_A_PERSON,
    Says.ABSENT: Verdict.NOT_APPLICABLE,
}


def judge(night: Night, standards: Sequence[Standard]) -> tuple[Finding, ...]:
    """Every finding of the night, in the order of standards, clauses and subjects. Pure: same night, same findings."""
    indexed = Indexed.of(night)
    return tuple(
        finding
        for standard in standards
        for clause in clauses_on(standard, night.on)
        for finding in judge_clause(indexed, clause)
    )


def judge_clause(night: Night, clause: Clause) -> tuple[Finding, ...]:
    """The findings of one clause: one per subject, the site's own first."""
    judgements: dict[str, Judgement] = {}
    for judgement in _judgements(night, clause):
        judgements.setdefault(judgement.subject, judgement)
    ordered = sorted(judgements.values(), key=lambda j: (j.subject != SITE, j.subject))
    return tuple(_finding(night, clause, judgement) for judgement in ordered)


def _judgements(night: Night, clause: Clause) -> Iterator[Judgement]:
    absent = _not_applicable(night, clause)
    if absent:
        yield Judgement(Says.ABSENT, absent)
    elif clause.check is None:
        yield _unchecked(clause)
    else:
        found = [_confirmed(night, j) for j in PREDICATES[clause.check.predicate].decide(night, clause)]
        yield from found or [Judgement(Says.SILENT, "Nothing that this clause is about was seen this night.")]


def _confirmed(night: Night, judgement: Judgement) -> Judgement:
    """The judgement, unless it accuses a device that is only remembered: then it is not assessed."""
    accused = by_id(night, judgement.subject) if judgement.says is Says.FAILS else None
    return unconfirmed(accused, "this") if accused and not seen_tonight(night, accused) else judgement


def _not_applicable(night: Night, clause: Clause) -> str:
    """Why a clause does not apply to this site, as a sentence, or ""."""
    site = night.site
    if clause.phases and site.phase not in clause.phases:
        asked = " and ".join(_PHASES[phase] for phase in clause.phases)
        return f"The standard sets this for {asked}; {site.name} is not one of them."
    if clause.applies_if == "has_servers" and site.has_servers is False:
        return f"{site.name} has no servers on site."
    if clause.applies_if == "hub_rooms" and site.hub_rooms == 0:
        return f"{site.name} has no cabinets away from the core."
    return ""


def _unchecked(clause: Clause) -> Judgement:
    if clause.attesting:
        return Judgement(Says.PERSON, f"No probe can see this; {_who(clause.attesting.role)} can attest it.")
    return Judgement(Says.SILENT, "This night's probes do not look at this.")


def _who(role: str) -> str:
    """A role as a sentence has it: IT support, the SLT digital lead, the head teacher."""
    if role == "IT support":
        return role
    return f"the {role if role[:2].isupper() else role[0].lower() + role[1:]}"


def _finding(night: Night, clause: Clause, judgement: Judgement) -> Finding:
    verdict = _verdict(night, clause, judgement)
    failing = verdict in (Verdict.NOT_MET_NOW, Verdict.NOT_MET_AT_REPLACEMENT)
    open_ = verdict in (Verdict.NOT_ASSESSED, Verdict.NEEDS_A_PERSON) or failing
    condition = (judgement.condition or "fails") if failing else verdict.value
    return Finding(
        key=f"{clause.id}:{judgement.subject}:{condition}",
        clause=clause.id,
        edition=clause.edition,
        subject=judgement.subject,
        label=judgement.label or night.site.name,
        verdict=verdict,
        sentence=judgement.sentence,
        evidence=judgement.evidence,
        closes_with=(judgement.closes_with or _closing(clause, failing)) if open_ else "",
        severity=_severity(clause, judgement, verdict),
        responsible=clause.responsible,
    )


def _closing(clause: Clause, failing: bool) -> str:
    return clause.remedy or clause.closes_with if failing else clause.closes_with


def _verdict(night: Night, clause: Clause, judgement: Judgement) -> Verdict:
    if judgement.says is Says.HOLDS and not _may_pass(clause):
        return Verdict.NEEDS_A_PERSON
    if judgement.says is not Says.FAILS:
        return _STANDING[judgement.says]
    if clause.trigger not in (Trigger.REPLACE, Trigger.NEW):
        return Verdict.NOT_MET_NOW
    return Verdict.NOT_MET_NOW if _replacement_due(night, judgement.subject) else Verdict.NOT_MET_AT_REPLACEMENT


def _may_pass(clause: Clause) -> bool:
    """Whether a probe alone may say that a clause is met; `passes: person` in the check says it may not."""
    return not clause.check or clause.check.with_.get("passes", "met") == "met"


def _replacement_due(night: Night, subject: str) -> bool:
    """Whether the date on which a person planned to replace this device has come."""
    asset = by_id(night, subject)
    keys = [subject, *([asset.serial] if asset and asset.serial else [])]
    dates = [night.site.replacement_dates[key] for key in keys if key in night.site.replacement_dates]
    return any(due <= night.on for due in dates)


def _severity(clause: Clause, judgement: Judgement, verdict: Verdict) -> Severity:
    if verdict is Verdict.NOT_MET_NOW:
        return judgement.severity or ("info" if clause.strength is Strength.MAY else clause.severity)
    return "low" if verdict is Verdict.NOT_MET_AT_REPLACEMENT and clause.strength is not Strength.MAY else "info"
