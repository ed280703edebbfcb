"""The published JSON Schema is the one the nouns give, and a report keeps to it."""

import io
import json
from datetime import UTC, date, datetime

import jsonschema

from baselines.judge import judge
from baselines.schema import main, report_schema
from baselines.standards import load_standards
from baselines.vocabulary import AgentInfo, Report, Versions
from tests.baselines.nights import examples
from tests.conftest import ROOT


def test_the_published_schema_is_current() -> None:
    published = (ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8")
    assert published == report_schema(), "run: python -m baselines.schema > docs/report.schema.json"


def test_the_command_prints_the_schema() -> None:
    out = io.StringIO()
    main(out)
    assert out.getvalue() == report_schema()


def test_a_report_with_every_example_keeps_to_the_schema() -> None:
    schema = json.loads(report_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    standards, at = load_standards(), datetime(2026, 11, 23, 2, tzinfo=UTC)
    for example in list(examples())[::12]:
        night = example.night
        report = Report(
            site=night.site, agent=AgentInfo(id="agent-1", name="pi", vantage=night.vantage), scopes=("10.20.0.0/22",),
            night=date(2026, 11, 23), started=at, ended=at, versions=Versions(caretaker="0.1.0", python="3.11"),
            assets=night.assets, links=night.links, findings=judge(night, standards), line=night.line,
            filtering=night.filtering, dhcp=night.dhcp, coverage=night.coverage,
        )  # fmt: skip
        jsonschema.validate(report.model_dump(mode="json"), schema)
