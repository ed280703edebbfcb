"""A report is stored once, whole, and only when it is its agent's own."""

import gzip
import json

import pytest
from sqlalchemy import func, select

from baselines.seal import seal
from collector import tables as t
from collector.intake import Forked, NotYours, TooLarge, inflate, take
from collector.register import entry_id
from collector.store import Store
from probes.errors import BadInput
from tests.collector.nights import NOW, School, night, packed, small_school


@pytest.fixture
def sent(store: Store) -> School:
    """The same site on each database."""
    return School(store)


def count(store: Store, table: object) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def test_a_report_is_stored_applied_and_answered_with_its_hash(sent: School) -> None:
    report = sent.report(night(1), small_school().values())
    taken = sent.send(report)
    assert report.seal is not None
    assert (taken.new, taken.receipt.sha256, taken.receipt.sequence) == (True, report.seal.sha256, 1)
    assert taken.receipt.applied
    assert count(sent.store, t.entry) == 7


def test_the_same_report_again_changes_nothing_and_gets_the_same_receipt(sent: School) -> None:
    report = sent.report(night(1), small_school().values())
    first, again = sent.send(report), sent.send(report)
    assert (first.new, again.new) == (True, False)
    assert first.receipt == again.receipt
    assert count(sent.store, t.raw_report) == 1


def test_the_same_number_with_other_content_is_refused_and_raises_an_alert(sent: School) -> None:
    sent.send(sent.report(night(1), small_school().values()))
    other = sent.report(night(1), []).model_copy(update={"seal": None})
    with pytest.raises(Forked, match="other content"):
        sent.send(seal(other, sent.key("staff"), 1, ""))
    with sent.store.reading() as connection:
        assert connection.scalars(select(t.alert.c.kind)).all() == ["fork"]
        assert "report forked" in connection.scalars(select(t.audit.c.what)).all()
    assert count(sent.store, t.raw_report) == 1


def test_the_site_comes_from_the_token_alone(sent: School) -> None:
    other = School(sent.store, site="beech")
    with pytest.raises(NotYours, match="token is for the site ashfield"):
        take(sent.store, sent.agent("staff"), packed(other.report(night(1), [])), NOW)
    assert count(sent.store, t.raw_report) == 0


def test_a_report_sealed_with_another_key_than_the_first_is_refused(sent: School) -> None:
    sent.send(sent.report(night(1), []))
    stolen = sent.report(night(2), []).model_copy(update={"seal": None})
    with pytest.raises(NotYours, match="another key"):
        sent.send(seal(stolen, sent.key("thief"), 2, ""))


def test_a_report_changed_on_the_way_is_refused(sent: School) -> None:
    words = json.loads(sent.report(night(1), small_school().values()).model_dump_json())
    words["private_devices"] = 9
    with pytest.raises(BadInput, match="changed after"):
        take(sent.store, sent.agent("staff"), gzip.compress(json.dumps(words).encode()), NOW)


def test_a_bomb_is_stopped_at_the_limit() -> None:
    with pytest.raises(TooLarge, match="32 MiB"):
        inflate(gzip.compress(b"\0" * (40 * 2**20)))


@pytest.mark.parametrize(
    "body",
    [b"", b"plain", gzip.compress(b"{}")[:-4], gzip.compress(b"{}") + b"more"],
    ids=["empty", "plain", "cut", "followed"],
)
def test_what_is_not_one_whole_gzip_member_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput, match="gzip"):
        inflate(body)


def test_a_report_that_cannot_be_applied_stays_is_flagged_and_stops_nothing(sent: School) -> None:
    """A fact of the wrong shape passes the vocabulary and breaks drift; the next night is applied all the same."""
    good = small_school()
    sent.send(sent.report(night(1), good.values()))
    bad_fact = good["ap"].facts[0].model_copy(update={"value": [{"nonsense": 1}]})
    bad = good | {"ap": good["ap"].model_copy(update={"facts": (bad_fact,)})}
    taken = sent.send(sent.report(night(2), bad.values()))
    assert (taken.new, taken.receipt.applied) == (True, False)
    assert sent.send(sent.report(night(3), good.values())).receipt.applied
    with sent.store.reading() as connection:
        states = connection.execute(select(t.raw_report.c.state, t.raw_report.c.error).order_by("sequence")).all()
    assert [row.state for row in states] == ["applied", "failed", "applied"]
    assert "KeyError" in states[1].error


def test_numbers_look_like_labels() -> None:
    assert entry_id(123) == "CT-000123"
