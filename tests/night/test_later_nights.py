"""What the collector makes of three nights: every planted change once, as the right kind, and nothing else."""

import gzip
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from baselines.seal import seal
from baselines.vocabulary import Report
from collector import tables
from collector.intake import take
from collector.settings import Settings
from collector.sites import add_site, find_agent, prepare
from collector.store import Store
from tests.lab.year import shifted
from tests.night.conftest import Nights

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]
NOW = datetime(2030, 1, 1, 6)
KINDS = {
    "new": "new", "moved": "moved", "removed": "removed", "firmware": "firmware", "replaced": "replaced",
    "ssid": "wifi-added", "port-speed": "speed", "service": "service-opened", "certificate": "certificate",
    "vlan": "vlan-added", "link": "link-moved", "power": "ups", "hostname": "renamed", "address": "address",
    "config": "configuration",
}  # fmt: skip
# What a change is said of, where that is not the host the truth names.
SAID_OF = {"wlc-01": "Ashfield-Events", "off-pc-02": "off-bursar-02"}


@pytest.fixture(scope="module")
def told(nights: Nights, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Mapping[str, Any]]]:
    """The changes that the collector told over the three nights, each a day after the other."""
    store = Store(str(tmp_path_factory.mktemp("collector") / "c.db"))
    settings = Settings(data_dir=Path("."))
    prepare(store, settings, NOW)
    token = add_site(store, settings, "ashfield", "Ashfield School", "pi", NOW).split()[-1]
    with store.reading() as connection:
        agent = find_agent(connection, token)
    assert agent is not None
    key, previous = Ed25519PrivateKey.generate(), ""
    for number, report in enumerate(nights.reports):
        words = shifted(report.model_dump(mode="json", by_alias=True), number)
        sealed = seal(Report.model_validate({**words, "seal": None}), key, number + 1, previous)
        previous = sealed.seal.sha256 if sealed.seal else ""
        taken = take(store, agent, gzip.compress(sealed.model_dump_json(by_alias=True).encode()), NOW)
        assert taken.receipt.applied
    with store.reading() as connection:
        yield [dict(row) for row in connection.execute(select(tables.change)).mappings()]
    store.close()


def of(change: Mapping[str, Any], told: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What was told of a planted change."""
    subject = SAID_OF.get(change["subject"], change["subject"]).lower()
    kind = KINDS[change["kind"]]
    if kind == "speed":
        return [row for row in told if row["kind"] == kind and "sw-core-01 port 4 " in row["sentence"]]
    return [row for row in told if row["kind"] == kind and subject in row["subject"].lower()]


def test_each_planted_change_appears_once_on_its_night_and_alerts_only_when_it_should(
    nights: Nights, told: list[Mapping[str, Any]]
) -> None:
    first = nights.reports[0].night
    wrong = []
    for change in (change for change in nights.truths[1]["changes"] if change["kind"] in KINDS):
        rows = of(change, told)
        seen = [((row["night"] - first).days + 1, bool(row["benign"])) for row in rows]
        if seen != [(change["visible"], change["benign"])]:
            wrong.append((change["kind"], change["subject"], seen))
    print(f"planted changes told rightly: {sum(c['kind'] in KINDS for c in nights.truths[1]['changes']) - len(wrong)}")
    assert not wrong


def test_nothing_else_appears_but_the_findings_that_follow(nights: Nights, told: list[Mapping[str, Any]]) -> None:
    planted = [change for change in nights.truths[1]["changes"] if change["kind"] in KINDS]
    known = {row["change"] for change in planted for row in of(change, told)}
    others = [row["sentence"] for row in told if row["change"] not in known and not row["kind"].startswith("finding-")]
    assert not others


def test_a_finding_that_ends_is_good_news_and_never_an_alert(told: list[Mapping[str, Any]]) -> None:
    closed = [row for row in told if row["kind"] == "finding-closed"]
    assert closed
    assert all(row["benign"] for row in closed)
    assert not [row["sentence"] for row in closed if ":CT-" in row["sentence"] or ":site:" in row["sentence"]]
