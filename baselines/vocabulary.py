"""The nouns of JUDGE: clauses with dates, verdicts with reasons, and one night's sealed report."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from probes.vocabulary import (
    Asset,
    BlindSpot,
    Coverage,
    DhcpOffer,
    FilterCheck,
    Json,
    LineMeasure,
    Link,
    Noun,
    Outcome,
)

SCHEMA = "caretaker-report/1"
Phase = Literal["primary", "secondary", "all-through", "special", "pru", "further", "nursery", "other"]


class Verdict(StrEnum):
    """What can be said of one clause about one subject. Only evidence makes MET; silence never does."""

    MET = "met"
    NOT_MET_NOW = "not-met-now"
    NOT_MET_AT_REPLACEMENT = "not-met-at-replacement"
    NOT_APPLICABLE = "not-applicable"
    NOT_ASSESSED = "not-assessed"
    NEEDS_A_PERSON = "needs-a-person"


class Strength(StrEnum):
    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class Trigger(StrEnum):
    """When a clause bites: already, when kit is replaced or new, at maintenance, or each term or year."""

    NOW = "now"
    REPLACE = "replace"
    NEW = "new"
    MAINTENANCE = "maintenance"
    TERM = "term"
    YEAR = "year"
    LEGAL = "legal"


class Check(Noun):
    """A named predicate (baselines/predicates/) and its parameters: thresholds are data."""

    predicate: str
    with_: dict[str, Json] = Field(default_factory=dict, alias="with")


class Attesting(Noun):
    """What a person must bring for a clause no probe can see, and for how long it holds."""

    role: str
    evidence: str
    valid_days: int = 365


class Clause(Noun):
    """One requirement in one dated edition of a standard."""

    id: str
    area: str
    requirement: str
    edition: str
    effective_from: date
    effective_to: date | None = None
    strength: Strength = Strength.SHOULD
    trigger: Trigger = Trigger.NOW
    when: str = ""
    phases: tuple[Phase, ...] = Field(default=(), description="Empty means every phase.")
    sources: str = ""
    source_confidence: Literal["P", "N", "S", ""] = ""
    verifiable: Literal["auto", "partly", "no"] = "no"
    how: str = ""
    risk: str = ""
    check: Check | None = None
    closes_with: str
    attesting: Attesting | None = None
    responsible: str = Field(default="IT support", description="Who acts: IT support, the provider, SLT, governors.")
    severity: Literal["info", "low", "medium", "high"] = Field(default="medium", description="Of a failing of it.")
    applies_if: Literal["", "has_servers", "hub_rooms"] = Field(default="", description="What the site must have.")
    remedy: str = Field(default="", description="What ends a failing of it, where closes_with would not say so.")


class Standard(Noun):
    """A set of clauses of one origin, with its edition: the DfE standards, or our own hardening baseline."""

    id: str
    title: str
    edition: str
    clauses: tuple[Clause, ...]


class Evidence(Noun):
    """One thing that was seen and decided a verdict: what, from which probe and target, when, and its value."""

    what: str
    value: str
    source: str
    target: str = ""
    vantage: str = ""
    at: datetime | None = None


class Finding(Noun):
    """Clause, subject, verdict, one plain sentence, evidence. `key` holds the condition, so it ends when that does."""

    key: str
    clause: str
    edition: str
    subject: str = Field(description='An asset id, or "site".')
    label: str = ""
    verdict: Verdict
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    closes_with: str = ""
    severity: Literal["info", "low", "medium", "high"] = "info"
    responsible: str = "IT support"


class Site(Noun):
    """What a person says of the site in agent.toml, needed to know which clauses apply."""

    id: str
    name: str
    phase: Phase
    urn: int | None = None
    hub_rooms: int | None = None
    has_servers: bool | None = None
    contracted_down_mbps: float | None = None
    contracted_up_mbps: float | None = None
    line_technology: str | None = Field(default=None, description="fttp, leased-line, fttc, adsl, cable, mobile.")
    backup_technology: str | None = None
    guest_ssids: tuple[str, ...] = ()
    dhcp_servers: tuple[str, ...] = ()
    management_subnets: tuple[str, ...] = ()
    guest_subnets: tuple[str, ...] = ()
    replacement_dates: dict[str, date] = Field(default_factory=dict, description="Asset id or serial to planned date.")


class Night(Noun):
    """Everything the judge may look at: one night's picture of one site from one vantage. No clock, no socket."""

    site: Site
    vantage: str
    on: date
    assets: tuple[Asset, ...] = ()
    links: tuple[Link, ...] = ()
    line: tuple[LineMeasure, ...] = ()
    filtering: tuple[FilterCheck, ...] = ()
    dhcp: tuple[DhcpOffer, ...] = ()
    coverage: tuple[Coverage, ...] = ()


class AgentInfo(Noun):
    """Who made the report. `id` is issued by the collector at enrolment, or made at first run."""

    id: str
    name: str
    vantage: str


class Versions(Noun):
    caretaker: str
    python: str
    schema_: Annotated[str, Field(alias="schema")] = SCHEMA
    standards: dict[str, str] = Field(default_factory=dict)
    data: dict[str, str] = Field(default_factory=dict)


class Seal(Noun):
    """SHA-256 over the canonical JSON of the report without its seal, chained to the last, signed with Ed25519."""

    sequence: int
    previous: str
    sha256: str
    public_key: str
    signature: str


class Report(Noun):
    """One night at one site from one vantage: assets, findings, coverage, versions, sealed."""

    site: Site
    agent: AgentInfo
    scopes: tuple[str, ...]
    night: date
    started: datetime
    ended: datetime
    stopped_early: bool = False
    versions: Versions
    assets: tuple[Asset, ...] = ()
    links: tuple[Link, ...] = ()
    findings: tuple[Finding, ...] = ()
    line: tuple[LineMeasure, ...] = ()
    filtering: tuple[FilterCheck, ...] = ()
    dhcp: tuple[DhcpOffer, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    blind_spots: tuple[BlindSpot, ...] = ()
    private_devices: int = 0
    seal: Seal | None = None


__all__ = [
    "SCHEMA", "AgentInfo", "Attesting", "Check", "Clause", "Evidence", "Finding", "Night", "Outcome", "Phase",
    "Report", "Seal", "Site", "Standard", "Strength", "Trigger", "Verdict", "Versions",
]  # fmt: skip
