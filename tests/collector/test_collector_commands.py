"""The collector's commands and settings, as a person at a terminal meets them."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from sqlalchemy import select, update

from collector import tables as t
from collector.audit import check_audit, write_audit
from collector.settings import read_settings
from collector.sites import find_agent, prepare
from collector.store import Store
from probes.errors import BadInput
from tests.collector.nights import NOW
from tests.conftest import ROOT

CARETAKER = [sys.executable, "-c", "from agent.cli import main; main()"]


def caretaker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*CARETAKER, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_a_site_is_added_and_its_token_printed_once(tmp_path: Path) -> None:
    database = ["--database", str(tmp_path / "c.db")]
    done = caretaker("site", "add", "ashfield", "--name", "Ashfield School", *database)
    token = done.stdout.strip()
    assert (done.returncode, token[:4], done.stderr) == (0, "ctk_", "")
    listed = caretaker("site", "list", *database).stdout
    assert listed == "ashfield  Ashfield School  ashfield  no report yet\n"
    store = Store(str(tmp_path / "c.db"))
    with store.reading() as connection:
        agent = find_agent(connection, token)
        assert agent is not None
        assert agent.site == "ashfield"
        assert token not in repr(connection.execute(select(t.agent)).all())
    store.close()


def test_the_first_person_gets_a_link(tmp_path: Path) -> None:
    database = ["--database", str(tmp_path / "c.db")]
    done = caretaker("person", "add", "head@school.example", "--role", "admin", *database)
    assert (done.returncode, done.stdout[:30]) == (0, "http://127.0.0.1:8080/welcome/")
    assert caretaker("person", "list", *database).stdout == "head@school.example  admin  every site\n"
    assert caretaker("person", "disable", "head@school.example", *database).returncode == 0
    assert "disabled" in caretaker("person", "list", *database).stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("site", "add", "No Good"), "caretaker: 'No Good' is not a site id: use small letters"),
        (("site", "grow"), "caretaker: Write: caretaker site add ID"),
        (("person", "add", "nobody"), "caretaker: 'nobody' is not an e-mail address."),
        (("serve", "--config", "none.toml"), "caretaker: none.toml cannot be read: No such file or directory."),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    done = caretaker(*arguments, "--database", str(tmp_path / "c.db"))
    assert done.returncode == 2
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("port = 99999", "port: Input should be less than or equal to 65535"),
        ("colour = 'red'", "colour: Extra inputs are not permitted"),
        ("tenant = 'My School'", "tenant: String should match pattern"),
        ("[alerts]\nmorning = 'soon'", "alerts.morning: "),
        ("[[terms]]\nfirst = 2026-09-01", "terms.0.last: Field required"),
        ("port =", "is not TOML"),
    ],
)
def test_a_mistake_in_the_settings_is_named_in_one_sentence(tmp_path: Path, words: str, said: str) -> None:
    file = tmp_path / "collector.toml"
    file.write_text(words)
    with pytest.raises(BadInput) as caught:
        read_settings(file)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_example_settings_are_good_settings() -> None:
    example = ROOT / "docs" / "collector.example.toml"
    settings = read_settings(example)
    assert set(tomllib.loads(example.read_text())) <= set(type(settings).model_fields)
    assert settings.terms


def test_the_command_line_wins_over_the_file_and_a_database_brings_its_folder(tmp_path: Path) -> None:
    (tmp_path / "collector.toml").write_text('port = 9000\nlisten = "127.0.0.2"')
    settings = read_settings(tmp_path / "collector.toml", port=9001, listen=None, database=str(tmp_path / "c.db"))
    assert (settings.port, settings.listen, settings.data_dir) == (9001, "127.0.0.2", tmp_path)


def test_the_audit_names_what_was_changed_or_is_missing(store: Store) -> None:
    prepare(store, read_settings(None), NOW)
    with store.writing() as connection:
        for number in range(1, 6):
            write_audit(connection, "school", NOW, who="tess", what=f"did {number}", detail={"n": number})
        assert list(check_audit(connection, "school")) == []
        connection.execute(update(t.audit).where(t.audit.c.number == 2).values(what="did nothing"))
        assert list(check_audit(connection, "school")) == [(2, "was changed")]
        connection.execute(t.audit.delete().where(t.audit.c.number == 4))
        found = list(check_audit(connection, "school"))
    assert (4, "is missing") in [(number, words) for number, words in found]
