"""A device's words are cleaned once, and stay readable."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.canonical import clean, is_private_mac, mac_text, make_and_model


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Aruba 2930F\x00\x00", "Aruba 2930F"),
        ("line one\r\nline two", "line one line two"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\u202egnp.exe", "gnp.exe"),
        (b"caf\xe9", "café"),
        ("\ud800lone", "lone"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_known_words_come_out_as_expected(raw: bytes | str, text: str) -> None:
    assert clean(raw) == text


@given(st.one_of(st.binary(max_size=4096), st.text(max_size=4096)))
def test_nothing_unprintable_ever_comes_out(raw: bytes | str) -> None:
    text = clean(raw)
    assert len(text) <= 256
    assert not [c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"}]
    text.encode("utf-8")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\x24\xde\xc6\x00\x00\x31", "24:de:c6:00:00:31"),
        ("24-DE-C6-00-00-31", "24:de:c6:00:00:31"),
        ("24de.c600.0031", "24:de:c6:00:00:31"),
        ("0:1:2:3:4:5", "00:01:02:03:04:05"),
        (b"\x00" * 6, None),
        (b"\xff" * 6, None),
        ("hello", None),
        (b"\x01\x02", None),
    ],
)
def test_mac_addresses_have_one_form(raw: bytes | str, text: str | None) -> None:
    assert mac_text(raw) == text


@pytest.mark.parametrize(
    ("maker", "model", "said"),
    [
        ("Cisco", "WS-C2960X-24PS-L", "Cisco WS-C2960X-24PS-L"),
        ("Apple", "Apple TV 4K", "Apple TV 4K"),
        ("Cisco Meraki", "Meraki CW9166I", "Cisco Meraki CW9166I"),
        ("Konica Minolta", "bizhub C308", "Konica Minolta bizhub C308"),
        ("Raspberry Pi", "Raspberry Pi", "Raspberry Pi"),
        ("Hikvision", "", "Hikvision"),
        ("", "TL-WR841N", "TL-WR841N"),
        ("", "", ""),
    ],
)
def test_a_maker_is_not_said_twice(maker: str, model: str, said: str) -> None:
    assert make_and_model(maker, model) == said


def test_a_locally_administered_mac_is_private() -> None:
    assert is_private_mac("da:a1:19:00:00:01")
    assert not is_private_mac("24:de:c6:00:00:31")
