"""Support dates and model data: what matches, what does not, and silence where nothing is known."""

from datetime import date
from pathlib import Path

import pytest

from baselines.lifecycle import SupportEnd, load_lifecycle, shipped, support_of
from baselines.models import load_models, model_of
from baselines.models import shipped as models
from probes.errors import BadInput
from probes.vocabulary import Asset

ON = date(2026, 11, 23)


KINDS = {"FortiOS": "firewall", "fortios": "firewall", "fortigate": "firewall"}


def supported(on: date = ON, **fields: str) -> bool | None:
    kind = fields.pop("kind", KINDS.get(fields.get("os", ""), "endpoint"))
    asset = Asset.model_validate({"id": "a-1", "kind": kind, **fields})
    entry = support_of(asset, shipped(), on)
    return entry.supported(on) if entry else None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"os": "Windows", "version": "10 22H2"}, False),
        ({"os": "Windows 10 Pro", "version": "10.0.19045"}, False),
        ({"os": "Windows 10 Enterprise LTSC 2021", "version": ""}, True),
        ({"os": "Windows", "version": "11 25H2"}, True),
        ({"os": "Windows 11", "version": "10.0.22621"}, False),
        ({"os": "Windows 11", "version": "24H2"}, None),
        ({"os": "Windows", "version": "6.1"}, None),
        ({"os": "windows", "version": "10.0.19045"}, False),
        ({"os": "windows", "version": "10.0.17763"}, None),
        ({"os": "windows", "version": "10.0.26100"}, None),
        ({"os": "Windows 10", "version": "10.0.22631"}, False),
        ({"os": "windows", "version": "10", "kind": "server"}, None),
        ({"os": "Windows 10 IoT Enterprise", "version": ""}, None),
        ({"os": "Windows", "version": "Server 2012 R2"}, False),
        ({"os": "Windows Server", "version": "2022"}, True),
        ({"os": "Debian", "version": "11"}, False),
        ({"os": "Debian GNU/Linux", "version": "12.4"}, True),
        ({"os": "Debian", "version": "12.11"}, True),
        ({"os": "Debian", "version": "13.8"}, True),
        ({"os": "panos", "version": "11.2.9"}, True),
        ({"os": "panos", "version": "10.1.14-h6"}, False),
        ({"os": "fortigate", "version": "v7.4.9,build0444"}, True),
        ({"os": "fortios", "version": "v7.2.8", "kind": "other"}, None),
        ({"os": "vmware-esxi", "version": "8.0.2"}, True),
        ({"os": "iosxe", "version": "17.12.6", "maker": "Cisco"}, True),
        ({"os": "Ubuntu", "version": "22.04"}, True),
        ({"os": "Ubuntu", "version": "18.04.6"}, False),
        ({"os": "VMware ESXi", "version": "7.0.3"}, False),
        ({"os": "FortiOS", "version": "v7.4.5"}, True),
        ({"os": "fortios", "version": "6.4.14"}, False),
        ({"os": "iOS", "version": "12.2(55)SE12", "maker": "Cisco"}, None),
        ({"os": "iOS", "version": "12.5.7", "maker": "Apple"}, False),
        ({"maker": "Cisco", "model": "WS-C2960X-48FPS-L", "os": "ios", "version": "15.0(2)SE11"}, True),
        ({"maker": "Cisco", "model": "WS-C2960-24TC-L"}, False),
        ({"maker": "Cisco", "model": "WS-C2960G-24TC-L"}, None),
        ({"maker": "Cisco", "model": "WS-C3850-24T"}, None),
        ({"os": "macOS", "version": "15.5"}, True),
        ({"os": "macOS", "version": "10.15.7"}, None),
        ({"os": "Android", "version": "9"}, False),
        ({"os": "", "version": ""}, None),
    ],
)
def test_support_on_a_day(fields: dict[str, str], expected: bool | None) -> None:
    assert supported(**fields) is expected


def test_an_old_night_is_judged_by_its_own_day() -> None:
    assert supported(date(2025, 10, 14), os="Windows", version="10 22H2") is True
    assert supported(date(2025, 10, 15), os="Windows", version="10 22H2") is False


def test_support_without_an_end_is_believed_for_a_year_only() -> None:
    entry = SupportEnd(what="x", software="x", supported_on=date(2026, 9, 16), source="s")
    assert entry.supported(date(2027, 9, 16)) is True
    assert entry.supported(date(2028, 1, 1)) is None


def test_an_entry_without_any_pattern_matches_nothing() -> None:
    assert not SupportEnd(what="x", source="s").matches(Asset(id="a", maker="Cisco", model="C9300"))


def test_every_date_has_a_source_and_the_shipped_table_is_large_enough() -> None:
    assert len(shipped()) >= 60
    assert all(entry.source for entry in shipped())
    assert all(entry.ends or entry.supported_on for entry in shipped())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{what: X, software: '(', ends: 2020-01-01, source: s}", "own.yaml: entry X: not a regular expression: "),
        ("{what: X, software: x, ends: soon, source: s}", "own.yaml: entry X: ends: "),
        ("{what: X, software: x}", "own.yaml: entry X: source: Field required"),
    ],
)
def test_a_bad_lifecycle_line_is_refused(line: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"entries:\n  - {line}\n", encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        load_lifecycle(path)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("maker", "model", "wifi"),
    [
        ("Aruba", "AP-305", "5"), ("Aruba", "AP-515", "6"), ("Aruba", "635", "6E"), ("Aruba", "AP-735", "7"),
        ("HPE Aruba Networking", "AP-505H", "6"), ("Cisco", "AIR-AP2802I-E-K9", "5"), ("Cisco", "C9120AXI-E", "6"),
        ("Cisco Meraki", "MR46", "6"), ("Ruckus", "R650", "6"), ("Ruckus Wireless", "R510", "5"),
        ("Ubiquiti", "U6-Pro", "6"), ("Ubiquiti", "UAP-AC-Pro-Gen2", "5"), ("Unheard", "AP-1", None),
    ],
)  # fmt: skip
def test_the_wifi_generation_of_a_model(maker: str, model: str, wifi: str | None) -> None:
    found = model_of(Asset(id="a", kind="ap", maker=maker, model=model), models())
    assert (found.wifi if found else None) == wifi


def test_a_bad_model_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("models:\n  - {maker: x, model: y, source: s, wifi: '9'}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"own\.yaml: entry 1: wifi: Input should be"):
        load_models(path)
