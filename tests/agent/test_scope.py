"""The scope is what a person authorised, refused when it is absurd."""

import pytest

from agent.scope import authorise
from probes.errors import BadInput


@pytest.mark.parametrize(
    ("scope", "confirmed", "words"),
    [
        ("10.0.0.0/8", True, "16,777,216 addresses; name subnets of /16 or smaller"),
        ("10.20.0.0/19", False, "8,192 addresses, more than a /20; add --yes"),
        ("8.8.8.0/24", True, "is a public range"),
        ("224.0.0.0/24", True, "is a public range"),
        ("ten.twenty", True, "'ten.twenty' is not a network"),
        ("10.20.0.0/33", True, "'10.20.0.0/33' is not a network"),
        ("2001:4860::/32", True, "is a public range"),
    ],
)
def test_an_absurd_scope_is_refused_with_its_reason(scope: str, confirmed: bool, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        authorise([scope], [], confirmed)
    assert words in str(refused.value)


def test_no_scope_is_refused() -> None:
    with pytest.raises(BadInput, match="No scope was named"):
        authorise([], [], True)


def test_a_wide_scope_passes_when_confirmed() -> None:
    assert authorise(["10.20.0.1/19"], [], confirmed=True) == ("10.20.0.0/19",)


def test_a_public_range_passes_when_the_school_owns_it() -> None:
    assert authorise(["81.2.69.0/28"], ["81.2.69.0/24"], confirmed=False) == ("81.2.69.0/28",)


def test_a_local_ipv6_prefix_passes_because_it_is_never_swept() -> None:
    assert authorise(["fd12:3456::/64"], [], confirmed=False) == ("fd12:3456::/64",)
