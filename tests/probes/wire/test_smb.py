"""SMB dialects of a real smbd, and damage."""

import random
from pathlib import Path
from typing import Any

import pytest

from probes.errors import Undecodable
from probes.seen import Smb
from probes.vocabulary import Outcome, Recording
from probes.wire.smb import collect, decode
from probes.wire.smb_negotiate import SMB2, read_challenge, read_smb1, read_smb2
from tests.probes.wire.daemons import daemon, free_port, samba
from tests.probes.wire.loopback import HOME, guard, lasting, mute, now, recording, run, saying, seen, serving


def asked(folder: Path, *settings: str) -> tuple[Recording, Smb]:
    port = free_port()
    with daemon(port, *samba(folder, port, *settings)):
        recorded = run(collect(guard(), HOME, "test", now, port=port))
    (smb,) = seen(recorded, decode)
    assert isinstance(smb, Smb)
    return recorded, smb


def test_a_server_that_still_speaks_smb_1_is_found_out(tmp_path: Path) -> None:
    recorded, smb = asked(tmp_path, "server min protocol = NT1", "server signing = disabled")
    assert recorded.outcome is Outcome.COMPLETE
    assert smb.dialects == ("NT LM 0.12", "2.0.2", "2.1", "3.0", "3.0.2", "3.1.1")
    assert (smb.name, smb.domain) == ("NAS-01", "NAS-01")
    assert smb.os.startswith("Windows 6.1")


def test_a_server_of_today_takes_only_what_it_should(tmp_path: Path) -> None:
    recorded, smb = asked(tmp_path, "server min protocol = SMB3_00", "server signing = mandatory")
    assert recorded.outcome is Outcome.COMPLETE
    assert smb.dialects == ("3.0", "3.0.2", "3.1.1")
    assert smb.signing == "required"


def test_a_port_that_cuts_every_connection_is_not_an_smb_server() -> None:
    with serving(saying(b"", after=b"SMB")) as port:
        assert seen(run(collect(guard(), HOME, "test", now, port=port)), decode) == []


def test_a_mute_port_ends_at_the_deadline() -> None:
    with serving(mute) as port, lasting(3):
        assert run(collect(guard(), HOME, "test", now, port=port, wall_s=1)).outcome is Outcome.TIMED_OUT


def test_a_length_that_promises_sixteen_megabytes_is_not_believed() -> None:
    with serving(saying(b"\x00\xff\xff\xff" + bytes(100))) as port, lasting(3):
        run(collect(guard(), HOME, "test", now, port=port, wall_s=2))


def test_damaged_answers_are_undecodable_and_nothing_else(tmp_path: Path) -> None:
    recorded, _ = asked(tmp_path, "server min protocol = NT1")
    whole = {said["dialect"]: bytes.fromhex(said["raw"]) for said in recorded.answers}
    chance = random.Random(4)
    for _ in range(4000):
        answers = []
        for name, raw in whole.items():
            damaged = bytearray(raw)
            for _ in range(chance.randint(0, 5)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            answers.append({"dialect": name, "raw": bytes(damaged[: chance.randint(0, len(damaged))]).hex()})
        list(decode(recording("smb.dialects", answers)))


@pytest.mark.parametrize("raw", [b"", b"\xffSMB", b"\xfeSMB" + bytes(60), bytes(200)])
def test_cut_off_answers_are_undecodable(raw: bytes) -> None:
    for read in (read_smb1, lambda data: read_smb2(data, next(iter(SMB2)))):
        with pytest.raises(Undecodable):
            read(raw)
    assert read_challenge(raw) == {}


@pytest.mark.parametrize("said", [{}, 3, {"dialect": "x", "raw": "zz"}])
def test_stored_answers_of_the_wrong_shape_are_undecodable(said: Any) -> None:
    with pytest.raises(Undecodable):
        seen(recording("smb.dialects", [said]), decode)
