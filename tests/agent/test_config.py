"""A bad configuration file gets one sentence: file, key, what is wrong."""

from pathlib import Path

import pytest

from agent.config import read_config
from agent.credentials import read_secrets
from probes.errors import BadInput
from tests.conftest import ROOT

SITE = '[site]\nid = "a"\nname = "A"\nphase = "primary"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("scopes = ", "is not TOML"),
        ("", "site: is missing and must be given"),
        (SITE + "[agent]\nscope = []\n", "agent.scope: is not a setting Caretaker knows"),
        (SITE + '[agent]\nscopes = ["10.20.0"]\n', "agent.scopes.0: '10.20.0' does not appear to be"),
        (SITE.replace("primary", "junior"), "site.phase: Input should be 'primary'"),
        (SITE + '[[credentials]]\nname = "x"\nkind = "snmp-v3"\nsubnets = []\n', "credentials.0.subnets: "),
        (SITE + "[agent]\nper_host_pps = 5000\n", "agent.per_host_pps: Input should be less than or equal to 100"),
    ],
)
def test_a_mistake_is_named_with_its_key(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "agent.toml"
    path.write_text(text)
    with pytest.raises(BadInput) as refused:
        read_config(path)
    assert str(refused.value).startswith(str(path))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_config(tmp_path / "none.toml")


def test_the_example_that_is_shipped_can_be_read() -> None:
    config = read_config(ROOT / "docs/agent.example.toml")
    assert config.credentials[0].covers("10.20.0.7")
    assert not config.credentials[0].covers("10.20.1.7")


def test_the_example_credentials_match_the_example_configuration(tmp_path: Path) -> None:
    path = tmp_path / "credentials.toml"
    path.write_text((ROOT / "docs/credentials.example.toml").read_text())
    path.chmod(0o600)
    secrets = read_secrets(path, read_config(ROOT / "docs/agent.example.toml"))
    assert set(secrets.snmp) == {"switches", "ups"}
    assert "twenty" not in repr(secrets)


def test_secrets_that_others_can_read_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "credentials.toml"
    path.write_text("[switches]\n")
    path.chmod(0o644)
    with pytest.raises(BadInput, match="chmod 600"):
        read_secrets(path, read_config(ROOT / "docs/agent.example.toml"))


def test_a_broken_credentials_file_is_never_quoted(tmp_path: Path) -> None:
    path = tmp_path / "credentials.toml"
    path.write_text('[switches]\nauth_passphrase = "hunter2-hunter2\n')
    path.chmod(0o600)
    with pytest.raises(BadInput) as refused:
        read_secrets(path, read_config(ROOT / "docs/agent.example.toml"))
    assert "hunter2" not in str(refused.value)
