"""What a predicate says of one subject, before the judge turns it into a verdict with the clause's dates."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from baselines.vocabulary import Evidence

SITE = "site"
Severity = Literal["info", "low", "medium", "high"]


class Says(StrEnum):
    """HOLDS and FAILS need evidence; SILENT is the answer of a night that did not show enough."""

    HOLDS = "holds"
    FAILS = "fails"
    SILENT = "silent"
    PERSON = "person"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One answer with its sentence. `condition` names what is wrong and is stable from night to night."""

    says: Says
    sentence: str
    subject: str = SITE
    label: str = ""
    condition: str = ""
    evidence: tuple[Evidence, ...] = ()
    closes_with: str = ""
    severity: Severity | None = None
