"""One look's changes, findings, measurements and coverage as rows."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, update

from baselines.vocabulary import Report
from collector import tables as t
from collector.changing import Change
from collector.findings import History
from collector.presence import Look
from collector.recognising import Recognised
from collector.register import naive, upsert
from probes.vocabulary import Noun, Outcome


def write_changes(
    connection: Connection, tenant: str, site: str, look: Look, place: tuple[str, ...], found: Sequence[Change]
) -> None:
    """Each change once: its id is made of where and when it was seen and what it is."""
    rows = {}
    for change in found:
        about = "\n".join((site, *place, change.kind, change.entry or "", change.subject, change.before, change.after))
        name = hashlib.sha256(about.encode()).hexdigest()[:20]
        words = change.model_dump(mode="json", include={"kind", "entry", "subject", "before", "after", "sentence"})
        evidence = [seen.model_dump(mode="json", exclude_defaults=True) for seen in change.evidence]
        rows[name] = {
            "tenant": tenant,
            "change": name,
            "site": site,
            "night": look.night,
            "vantage": look.vantage,
            **words,
            "evidence": evidence,
            "benign": change.benign,
        }
    upsert(connection, t.change, list(rows.values()))


def write_findings(connection: Connection, tenant: str, site: str, look: Look, history: History) -> None:
    """The open interval of every finding that was said, and the end of those that no longer hold."""
    f = t.finding.c
    for key, opened, why in history.closed:
        this = (f.tenant == tenant, f.site == site, f.key == key, f.opened == opened)
        connection.execute(update(t.finding).where(*this).values(closed=look.night, closed_why=why))
    rows = {}
    for opinion, finding in history.said:
        words = finding.model_dump(mode="json", exclude={"evidence", "verdict"})
        rows[finding.key] = {
            "tenant": tenant,
            "site": site,
            "opened": opinion.opened,
            "last": look.night,
            "closed": None,
            "closed_why": "",
            "vantage": look.vantage,
            "verdict": opinion.verdict,
            "evidence": [seen.model_dump(mode="json", exclude_defaults=True) for seen in finding.evidence],
            **words,
        }
    upsert(connection, t.finding, list(rows.values()))


def write_night(connection: Connection, tenant: str, row: Any, report: Report, found: Recognised) -> None:
    """The night's own line: how much was asked and answered, what could not be seen, and the line's measurements."""
    night = _night(tenant, row, report)
    night["private_devices"] = report.private_devices + len([a for a in found.passing if not a.private])
    upsert(connection, t.night, [night])
    where = {"tenant": tenant, "site": row.site, "vantage": row.vantage, "night": row.night}
    _replace_measures(connection, where, report)
    said = report.site
    connection.execute(
        update(t.site)
        .where(t.site.c.tenant == tenant, t.site.c.site == row.site)
        .values(name=said.name, phase=said.phase, urn=said.urn, said=said.model_dump(mode="json"))
    )


def _night(tenant: str, row: Any, report: Report) -> dict[str, Any]:
    gaps = [c for c in report.coverage if c.outcome is not Outcome.COMPLETE]
    return {
        "tenant": tenant,
        "site": row.site,
        "night": row.night,
        "vantage": row.vantage,
        "agent": row.agent,
        "sequence": row.sequence,
        "started": naive(report.started),
        "ended": naive(report.ended),
        "stopped_early": report.stopped_early,
        "assets": len(report.assets),
        "findings": len(report.findings),
        "outcomes": dict(sorted(Counter(c.outcome.value for c in report.coverage).items())),
        "verdicts": dict(sorted(Counter(f.verdict.value for f in report.findings).items())),
        "gaps": _dump(gaps),
        "blind_spots": _dump(report.blind_spots),
        "links": _dump(report.links),
        "scopes": list(report.scopes),
        "dhcp": _dump(report.dhcp),
        "versions": report.versions.model_dump(mode="json"),
        "said": report.site.model_dump(mode="json"),
    }


def _dump(nouns: Sequence[Noun]) -> list[Any]:
    return [noun.model_dump(mode="json") for noun in nouns]


def _replace_measures(connection: Connection, where: dict[str, Any], report: Report) -> None:
    here = [t.line_measure.c[name] == value for name, value in where.items()]
    connection.execute(delete(t.line_measure).where(*here))
    lines = {
        (m.at, m.endpoint, m.route): where | m.model_dump(mode="python") | {"at": naive(m.at)} for m in report.line
    }
    upsert(connection, t.line_measure, list(lines.values()))
    here = [t.filter_check.c[name] == value for name, value in where.items()]
    connection.execute(delete(t.filter_check).where(*here))
    checks = {
        (c.resolver, c.name): where
        | c.model_dump(mode="python", exclude={"vantage"})
        | {"at": naive(c.at), "answers": list(c.answers)}
        for c in report.filtering
    }
    upsert(connection, t.filter_check, list(checks.values()))
