"""Anonymous FTP against a real vsftpd, and the first words of other services."""

import random
from pathlib import Path
from typing import Any

import pytest

from probes.errors import Undecodable
from probes.seen import FtpAnonymous, OpenPort
from probes.vocabulary import Outcome
from probes.wire import ftp, greeting
from tests.probes.wire.daemons import daemon, free_port, vsftpd
from tests.probes.wire.loopback import HOME, guard, lasting, mute, now, recording, run, saying, seen, serving


@pytest.mark.parametrize("anonymous", [True, False])
def test_an_ftp_server_lets_anonymous_users_in_or_does_not(anonymous: bool, tmp_path: Path) -> None:
    port = free_port()
    with daemon(port, *vsftpd(tmp_path, port, anonymous)):
        recorded = run(ftp.collect(guard(), HOME, "test", now, port=port))
    opened, allowed = seen(recorded, ftp.decode)
    assert isinstance(opened, OpenPort)
    assert "vsFTPd" in opened.banner
    assert allowed == FtpAnonymous(HOME, anonymous)


def test_only_the_anonymous_name_is_tried_and_nothing_is_listed() -> None:
    typed: list[bytes] = []

    async def server(reader: Any, writer: Any) -> None:
        writer.write(b"220-Welcome\r\n to the 331 server\r\n220 ready\r\n")
        for reply in (b"331 Password please\r\n", b"230 In\r\n", b"221 Bye\r\n"):
            typed.append(await reader.readline())
            writer.write(reply)

    with serving(server) as port:
        recorded = run(ftp.collect(guard(), HOME, "test", now, port=port))
    assert typed[:2] == [b"USER anonymous\r\n", b"PASS anonymous@\r\n"]
    assert typed[2:] in ([], [b"QUIT\r\n"])
    assert seen(recorded, ftp.decode)[1] == FtpAnonymous(HOME, True)


def test_a_busy_ftp_server_has_not_decided() -> None:
    with serving(saying(b"421 Too many users\r\n")) as port:
        recorded = run(ftp.collect(guard(), HOME, "test", now, port=port))
    assert not [said for said in seen(recorded, ftp.decode) if isinstance(said, FtpAnonymous)]
    assert recorded.outcome is Outcome.PARTIAL


def test_what_is_not_ftp_is_garbled_and_a_mute_server_times_out() -> None:
    with serving(saying(b"SSH-2.0-x\r\n")) as port:
        assert run(ftp.collect(guard(), HOME, "test", now, port=port)).outcome is Outcome.GARBLED
    with serving(mute) as port, lasting(3):
        assert run(ftp.collect(guard(), HOME, "test", now, port=port, wall_s=1)).outcome is Outcome.TIMED_OUT


@pytest.mark.parametrize(
    ("words", "name", "banner"),
    [
        (b"\xff\xfd\x18\xff\xfb\x01\r\nSwitch\r\nUsername: ", "telnet", "Switch Username:"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "ssh", "SSH-2.0-OpenSSH_9.2"),
        (b"220 mail.school.example ESMTP Postfix\r\n", "smtp", "220 mail.school.example ESMTP Postfix"),
        (b"220 (vsFTPd 3.0.3)\r\n", "ftp", "220 (vsFTPd 3.0.3)"),
        (b"RFB 003.008\n", "vnc", "RFB 003.008"),
        (b"\x1b[2J\x00hello\xe9", "", "[2Jhelloé"),
        (b"", "", ""),
    ],
)
def test_a_service_is_named_by_its_first_words_only(words: bytes, name: str, banner: str) -> None:
    with serving(saying(words)) as port:
        (opened,) = seen(run(greeting.collect(guard(), HOME, port, "test", now)), greeting.decode)
    assert isinstance(opened, OpenPort)
    assert (opened.port, opened.name, opened.banner) == (port, name, banner)


def test_nothing_is_sent_to_a_service_that_is_only_listened_to() -> None:
    heard: list[bytes] = []

    async def server(reader: Any, writer: Any) -> None:
        heard.append(await reader.read(100))

    with serving(server) as port, lasting(4):
        run(greeting.collect(guard(), HOME, port, "test", now))
    assert heard in ([], [b""])


def test_random_words_never_break_the_decodes() -> None:
    chance = random.Random(6)
    for _ in range(3000):
        raw = bytes(chance.choice(b"\xff\xfd\xfa\xf0\r\n 2301SRx\x00") for _ in range(chance.randint(0, 60)))
        list(greeting.decode(recording("port.greeting", [{"port": 23, "raw": raw.hex()}])))
        said = [{"port": 21, "command": command, "reply": raw.decode("latin-1")} for command in ("", "USER", "PASS")]
        list(ftp.decode(recording("ftp.anonymous", said)))


@pytest.mark.parametrize(
    "said", [{}, 7, {"port": "x", "raw": "", "command": "", "reply": ""}, {"port": 1, "raw": "zz", "reply": 3}]
)
def test_stored_answers_of_the_wrong_shape_are_undecodable(said: Any) -> None:
    for decode in (ftp.decode, greeting.decode):
        with pytest.raises(Undecodable):
            seen(recording("x", [said]), decode)
