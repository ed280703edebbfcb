"""Host keys without a login, and command lines behind a strict host key: no rogue ever sees a password."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from probes.errors import Undecodable
from probes.seen import CliRows, ConfigDigest, SshHostKey
from probes.transport.cli_output import digest, redacted
from probes.transport.config_kept import change_since
from probes.vocabulary import Outcome, Recording
from probes.wire import cli, ssh_key
from tests.probes.wire.loopback import HOME, guard, lasting, now, recording, run, seen
from tests.probes.wire.ssh_servers import (
    IOS,
    KEY,
    OTHER_KEY,
    PROCURVE,
    Behave,
    Server,
    babble,
    dribble_banner,
    flood,
    flood_banner,
    hang,
    say_nothing,
    ssh_server,
    switch,
)

PASSWORD = "canary-password"
ROGUES: list[Behave] = [dribble_banner, say_nothing, flood_banner, babble]


@pytest.fixture
def known(tmp_path: Path) -> Callable[..., Path]:
    def write(server: Server, key: Any = KEY) -> Path:
        file = tmp_path / "known_hosts"
        file.write_text(f"[{HOME}]:{server.port} {key.get_name()} {key.get_base64()}\n")
        return file

    return write


def session(
    server: Server, known_hosts: Path, platform: str = "cisco_ios", password: str = PASSWORD, **options: Any
) -> Recording:
    return run(
        cli.collect(
            options.pop("guard", guard()), HOME, platform, "caretaker", SecretStr(password), known_hosts, "test", now,
            port=server.port, **options,
        )
    )  # fmt: skip


def test_a_host_key_is_read_without_a_login_and_makes_a_known_hosts_line() -> None:
    with ssh_server(switch(IOS)) as server:
        recorded = run(ssh_key.collect(guard(), HOME, "test", now, port=server.port))
    (key,) = seen(recorded, ssh_key.decode)
    assert isinstance(key, SshHostKey)
    assert (key.key_type, key.fingerprint) == (KEY.get_name(), KEY.fingerprint.removeprefix("SHA256:"))
    assert key.banner.startswith("SSH-2.0-")
    assert server.offered == []
    assert ssh_key.known_hosts_line(recorded) == f"[{HOME}]:{server.port} {KEY.get_name()} {KEY.get_base64()}"


@pytest.mark.parametrize("rogue", ROGUES)
def test_a_rogue_gives_no_key_and_holds_nobody_up(rogue: Behave) -> None:
    with ssh_server(rogue) as server, lasting(8):
        recorded = run(ssh_key.collect(guard(), HOME, "test", now, port=server.port, wall_s=2))
    assert recorded.outcome in (Outcome.GARBLED, Outcome.TIMED_OUT, Outcome.PARTIAL)
    assert all(not getattr(said, "fingerprint", "") for said in seen(recorded, ssh_key.decode))


def test_many_keys_are_read_by_one_child_and_a_closed_port_is_refused() -> None:
    with ssh_server(switch(IOS)) as one, ssh_server(switch(PROCURVE, key=OTHER_KEY)) as two:
        with ssh_server(babble) as gone:
            pass
        hosts = [(HOME, one.port), (HOME, two.port), (HOME, gone.port), ("10.9.9.9", 22)]
        recorded = run(ssh_key.collect_all(guard(), hosts, "test", now))
    assert [r.outcome for r in recorded] == [Outcome.COMPLETE, Outcome.COMPLETE, Outcome.REFUSED, Outcome.SKIPPED]


def test_a_cisco_switch_is_read_and_its_configuration_stays_on_it(known: Callable[..., Path]) -> None:
    with ssh_server(switch(IOS, password=PASSWORD)) as server, lasting(25):
        recorded = session(server, known(server))
    assert recorded.outcome is Outcome.COMPLETE, recorded.reason
    found = seen(recorded, cli.decode)
    rows = {said.command: said.rows for said in found if isinstance(said, CliRows)}
    (found_digest,) = [said for said in found if isinstance(said, ConfigDigest)]
    assert rows["show version"][0]["version"] == "15.0(2)SE11"
    assert rows["show inventory"][0]["sn"] == "FOC1234X0AB"
    assert found_digest.facts["telnet"] == "off"
    assert found_digest.facts["ntp_servers"] == "2"
    assert found_digest.facts["snmp_community"] == "on"
    assert "canary" not in recorded.model_dump_json()
    assert set(server.commands) <= {*cli.COMMANDS["cisco_ios"], "terminal width 511", "terminal length 0"}


def test_a_template_that_raises_leaves_the_rest_and_makes_it_partial(known: Callable[..., Path]) -> None:
    with ssh_server(switch(PROCURVE, "sw-sci# ", PASSWORD)) as server, lasting(40):
        asked = (*cli.commands_for("hp_procurve"), "show version")
        recorded = session(server, known(server), "hp_procurve", commands=asked)
    assert recorded.outcome is Outcome.PARTIAL
    assert "'show version'" in recorded.reason
    found = seen(recorded, cli.decode)
    (system,) = [said for said in found if isinstance(said, CliRows) and said.command == "show system"]
    assert system.rows[0]["serial"] == "CN12ABC123"
    (found_digest,) = [said for said in found if isinstance(said, ConfigDigest)]
    assert (found_digest.facts["telnet"], found_digest.facts["http_server"]) == ("off", "on")
    assert "canary" not in recorded.model_dump_json().lower()


def test_the_digest_stays_while_only_clocks_and_secrets_change_and_moves_with_a_setting() -> None:
    text = IOS["show running-config"]
    before = cli_digest(text)
    later = text.replace("1234 bytes", "1240 bytes").replace("0canary99", "0canary00")
    assert cli_digest("! Last configuration change at 03:00\n" + later) == before
    assert cli_digest(text.replace("ip http server\n", "")) != before


def cli_digest(text: str) -> str:
    return str(digest("cisco_ios", redacted(text), text)["sha256"])


def test_the_second_look_tells_the_redacted_lines_that_came_and_went(
    known: Callable[..., Path], tmp_path: Path
) -> None:
    kept, found = tmp_path / "configurations", []
    later = IOS | {
        "show running-config": IOS["show running-config"]
        .replace("ip http server\n", "snmp-server host 10.20.0.9 version 2c canary-community\n")
        .replace("0canary99", "0canary00")
    }
    for commands in (IOS, IOS, later):
        with ssh_server(switch(commands, password=PASSWORD)) as server, lasting(25):
            recorded = session(server, known(server), kept=kept, commands=("show running-config",))
        (digest_seen,) = [said for said in seen(recorded, cli.decode) if isinstance(said, ConfigDigest)]
        assert "canary" not in recorded.model_dump_json()
        found.append(digest_seen.diff)
    assert found == [(), (), ("-ip http server", "+snmp-server host 10.20.0.9 <redacted>")]
    (file,) = kept.iterdir()
    assert "canary" not in file.read_text()
    assert (file.stat().st_mode & 0o777, kept.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_folder_that_cannot_be_written_costs_the_change_and_not_the_digest(
    known: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "configurations").write_text("a file is in the way")
    with ssh_server(switch(IOS, password=PASSWORD)) as server, lasting(25):
        recorded = session(
            server, known(server), kept=tmp_path / "configurations", commands=("show running-config",)
        )  # fmt: skip
    assert recorded.outcome is Outcome.PARTIAL
    assert "could not be kept" in recorded.reason
    assert [said.diff for said in seen(recorded, cli.decode) if isinstance(said, ConfigDigest)] == [()]


@pytest.mark.parametrize(
    "line",
    [
        "snmp-server host 10.0.0.5 version 2c canary",
        " snmp-server host 10.0.0.5 canary",
        "tacacs-server host 10.0.0.5 canary",
        "username head privilege 15 canary",
        "wpa-psk ascii 0 canary",
        "enable secret 5 $1$canary",
        "crypto isakmp key canary address 0.0.0.0",
        " set passphrase canary",
        "set psksecret ENC canary",
        "snmp-agent target-host trap address udp-domain 10.0.0.5 params securityname canary",
        " certificate 3082canary0123456789abcdef",
        "neighbor 10.0.0.1 password canary",
        "ppp chap password 0 canary",
    ],
)
def test_no_line_keeps_what_may_be_secret(line: str) -> None:
    assert "canary" not in redacted(line)[0]


def test_a_change_of_a_thousand_lines_is_cut_and_counted(tmp_path: Path) -> None:
    assert change_since(tmp_path, "10.0.0.2", ["a"]) == {}
    told = change_since(tmp_path, "10.0.0.2", [f"vlan {n} " + "x" * 400 for n in range(1000)])
    assert (len(told["diff"]), told["cut"], max(map(len, told["diff"]))) == (60, 941, 160)


def test_a_changed_host_key_ends_before_any_password(known: Callable[..., Path]) -> None:
    with ssh_server(switch(IOS, password=PASSWORD)) as server:
        recorded = session(server, known(server, OTHER_KEY))
    assert recorded.outcome is Outcome.REFUSED
    assert "has changed" in recorded.reason
    assert server.offered == []


def test_an_unknown_host_key_ends_before_any_password(tmp_path: Path) -> None:
    empty = tmp_path / "known_hosts"
    empty.write_text("")
    with ssh_server(switch(IOS, password=PASSWORD)) as server:
        recorded = session(server, empty)
        missing = session(server, tmp_path / "nowhere")
    for ended in (recorded, missing):
        assert ended.outcome is Outcome.REFUSED
        assert "not known" in ended.reason
    assert server.offered == []


def test_a_refused_login_is_tried_once_a_night_and_no_more(known: Callable[..., Path]) -> None:
    refused: set[str] = set()
    with ssh_server(switch(IOS, password="another")) as server:
        first = session(server, known(server), refused=refused)
        second = session(server, known(server), refused=refused)
    assert (first.outcome, second.outcome) == (Outcome.REFUSED, Outcome.SKIPPED)
    assert (len(server.offered), server.connections, refused) == (1, 1, {HOME})


def test_endless_output_ends_at_two_mebibytes(known: Callable[..., Path]) -> None:
    endless = switch({}, password=PASSWORD, pages={"show version": flood})
    with ssh_server(endless) as server, lasting(12):
        recorded = session(server, known(server))
    assert recorded.outcome is Outcome.PARTIAL
    assert "2097152 bytes" in recorded.reason
    assert len(recorded.model_dump_json()) < 100_000


def test_a_session_that_hangs_ends_at_its_deadline(known: Callable[..., Path]) -> None:
    silent = switch({}, password=PASSWORD, pages={"show version": hang})
    with ssh_server(silent) as server, lasting(10):
        recorded = session(server, known(server), wall_s=5)
    assert recorded.outcome in (Outcome.TIMED_OUT, Outcome.PARTIAL)


@pytest.mark.parametrize("rogue", ROGUES)
def test_a_rogue_gets_no_password(rogue: Behave, known: Callable[..., Path]) -> None:
    with ssh_server(rogue) as server, lasting(9):
        recorded = session(server, known(server), wall_s=3)
    assert recorded.outcome in (Outcome.GARBLED, Outcome.TIMED_OUT, Outcome.REFUSED)
    assert server.offered == []


def test_commands_that_change_or_are_not_on_the_list_are_never_typed(known: Callable[..., Path]) -> None:
    asked = ["configure terminal", "reload", "show version", "show tech-support", "show version | redirect tftp://x"]
    with ssh_server(switch(IOS, password=PASSWORD)) as server:
        session(server, known(server), commands=asked)
    assert set(server.commands) == {"show version", "terminal width 511", "terminal length 0"}


def test_a_fragile_or_foreign_device_is_not_called(known: Callable[..., Path]) -> None:
    with ssh_server(switch(IOS)) as server:
        for limits in ({"fragile": (HOME,)}, {"scopes": ("10.0.0.0/8",)}):
            assert session(server, known(server), guard=guard(**limits)).outcome is Outcome.SKIPPED
    assert server.connections == 0


@pytest.mark.parametrize(
    "said", [{}, 5, {"sha256": "x"}, {"command": "x", "platform": "y", "rows": [3]}, {"banner": 1, "key": "%"}]
)
def test_stored_answers_of_the_wrong_shape_are_undecodable(said: Any) -> None:
    with pytest.raises(Undecodable):
        seen(recording("ssh.cli", [said]), cli.decode)


def test_damaged_keys_are_undecodable_and_nothing_else() -> None:
    chance = random.Random(2)
    for _ in range(2000):
        text = "".join(chr(chance.randrange(32, 0x2FF)) for _ in range(chance.randint(0, 40)))
        try:
            list(ssh_key.decode(recording("ssh.host-key", [{"banner": text, "key": text, "key_type": text}])))
        except Undecodable:
            pass
