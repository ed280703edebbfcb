"""A sealed report is exactly what its agent wrote, or it is refused."""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from baselines.seal import DOMAIN, canonical, check, check_bytes, seal
from baselines.vocabulary import AgentInfo, Report, Site, Versions
from probes.errors import BadInput
from probes.vocabulary import Asset, LineMeasure

AT = datetime(2026, 9, 3, 1, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def report() -> Report:
    return Report(
        site=Site(id="ashfield", name="Ashfield School", phase="secondary"),
        agent=AgentInfo(id="a1", name="pi", vantage="staff"),
        scopes=("10.20.0.0/22",),
        night=date(2026, 9, 3),
        started=AT,
        ended=AT,
        versions=Versions(caretaker="0.1.0", python="3.11"),
        assets=(Asset(id="a-1", hostname="bücher-pc"),),
        line=(LineMeasure(at=AT, endpoint="trust", down_mbps=1e16, loss_percent=0.0),),
    )


def test_a_sealed_report_passes_as_object_and_as_bytes() -> None:
    sealed = seal(report(), KEY, 1, "")
    check(sealed)
    assert check_bytes(sealed.model_dump_json().encode()) == sealed
    assert check_bytes(json.dumps(json.loads(sealed.model_dump_json()), indent=2).encode()) == sealed


def test_the_canonical_form_does_not_hold_the_seal() -> None:
    assert canonical(seal(report(), KEY, 1, "")) == canonical(report())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda words: words["assets"][0].update(hostname="other"), "changed after"),
        (lambda words: words["seal"].update(sequence=2), "signature"),
        (lambda words: words["seal"].update(previous="00"), "signature"),
        (lambda words: words["seal"].update(signature="zz"), "signature"),
        (lambda words: words["seal"].update(public_key="00" * 32), "signature"),
        (lambda words: words.update(seal=None), "no seal"),
        (lambda words: words.update(surprise=1), "surprise"),
    ],
)
def test_any_change_after_sealing_is_found(change: Any, said: str) -> None:
    words = json.loads(seal(report(), KEY, 1, "").model_dump_json())
    change(words)
    with pytest.raises(BadInput, match=said):
        check_bytes(json.dumps(words).encode())


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"nul", b'{"a": 1, "a": 1}', b'{"a": NaN}', b"[" * 200_000, b"\xff\xfe", b'{"site": "\\ud800"}'],
)
def test_what_two_readers_could_read_differently_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        check_bytes(raw)


def test_a_report_that_an_older_caretaker_sealed_still_verifies_when_a_field_was_added_since() -> None:
    words = json.loads(report().model_dump_json())
    del words["private_devices"], words["seal"]
    text = json.dumps(words, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    signature = KEY.sign(DOMAIN + json.dumps([1, "", digest]).encode()).hex()
    public = KEY.public_key().public_bytes_raw().hex()
    words["seal"] = {"sequence": 1, "previous": "", "sha256": digest, "public_key": public, "signature": signature}
    assert check_bytes(json.dumps(words).encode()).private_devices == 0
