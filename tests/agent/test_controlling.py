"""The night's stage that asks controllers, from the two files a person writes to the recordings on disk."""

import asyncio
import gzip
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.config import Config, read_config
from agent.controlling import ask_controllers
from agent.credentials import Secrets, read_secrets
from agent.night import STAGES
from agent.notebook import Notebook
from agent.plan import Ground
from agent.progress import Progress
from agent.recordings import NightHeader, write_recordings
from agent.report import compose
from agent.round import Round
from agent.scope import limits_of
from baselines.standards import load_standards
from probes.errors import BadInput
from probes.registry import DECODERS
from probes.seen import Interface
from probes.transport.guard import Guard
from probes.vocabulary import Outcome, Recording
from tests.conftest import ROOT
from tests.probes.wire.controller_servers import KEY, PASSPHRASES, PASSWORD, USER, Omada, Papers, Unifi, controller
from tests.probes.wire.loopback import AT, HOME

SITE = '[site]\nid = "a"\nname = "A"\nphase = "primary"\n'
PIN = "ab:" * 31 + "AB"


def files(folder: Path, controllers: str, secrets: str, more: str = "") -> tuple[Config, Secrets]:
    """What a person wrote, read as the agent reads it."""
    (folder / "agent.toml").write_text(f"{SITE}{more}{controllers}")
    kept = folder / "credentials.toml"
    kept.write_text(secrets)
    kept.chmod(0o600)
    config = read_config(folder / "agent.toml")
    return config, read_secrets(kept, config)


def round_of(config: Config, secrets: Secrets, scopes: tuple[str, ...] = ("127.0.0.0/8",)) -> Round:
    return Round(
        config=config,
        secrets=secrets,
        scopes=scopes,
        ground=Ground((), ()),
        interface=None,
        guard=Guard(limits_of(config, scopes, ()), time.monotonic),
        notebook=Notebook(DECODERS),
        progress=Progress(),
        now=lambda: datetime.now(UTC),
        clock=time.monotonic,
        engines={},
    )


def table(name: str, kind: str, port: int, pin: str, **more: str) -> str:
    lines = [f'name = "{name}"', f'kind = "{kind}"', f'address = "{HOME}"', f"port = {port}", f'fingerprint = "{pin}"']
    return "\n".join(["[[controllers]]", *lines, *(f'{key} = "{text}"' for key, text in more.items()), ""])


def secret(name: str, password: str = PASSWORD) -> str:
    return f'[{name}]\nusername = "{USER}"\npassword = "{password}"\n'


FAST = "[agent]\nper_host_pps = 100\nbound_host_pps = 1000\ntotal_pps = 2000\n"


def test_each_controller_gets_its_own_secret_and_no_other(tmp_path: Path) -> None:
    first, second = Unifi(), Omada()
    one, two = Papers(tmp_path, "one.example"), Papers(tmp_path, "two.example")
    with controller(first, one) as here, controller(second, two) as there:
        asked = table("wifi", "unifi", here.port, here.fingerprint) + table(
            "lan", "omada", there.port, there.fingerprint, site="Ashfield"
        )
        config, secrets = files(tmp_path, asked, secret("wifi") + secret("lan", "another-password"), FAST)
        round_ = round_of(config, secrets)
        asyncio.run(ask_controllers(round_))
    assert [said["password"] for said in first.secrets] == [PASSWORD]
    assert [said["password"] for said in second.secrets] == ["another-password"]
    outcomes = {r.probe: r.outcome for r in round_.notebook.recordings}
    assert outcomes == {
        "controller.unifi": Outcome.COMPLETE,
        "controller.unifi.device": Outcome.COMPLETE,
        "controller.omada": Outcome.PARTIAL,
    }
    assert round_.guard._bound == {HOME}


def test_nothing_secret_is_in_the_recordings_of_a_night_on_disk(tmp_path: Path) -> None:
    with controller(Unifi(), Papers(tmp_path)) as place:
        config, secrets = files(tmp_path, table("wifi", "unifi", place.port, place.fingerprint), secret("wifi"), FAST)
        round_ = round_of(config, secrets)
        asyncio.run(ask_controllers(round_))
    header = NightHeader(config=config, scopes=round_.scopes, caretaker="test")
    write_recordings(tmp_path / "night.jsonl.gz", header, round_.notebook.recordings)
    text = gzip.decompress((tmp_path / "night.jsonl.gz").read_bytes()).decode()
    assert "controller.unifi.device" in text
    assert not [word for word in (PASSWORD, USER, "s3ss10n", "smith", *PASSPHRASES) if word in text]
    assert PASSWORD not in repr(round_)


def test_the_wireless_clauses_are_decided_by_what_the_controller_says_alone(tmp_path: Path) -> None:
    with controller(Unifi(), Papers(tmp_path)) as place:
        config, secrets = files(tmp_path, table("wifi", "unifi", place.port, place.fingerprint), secret("wifi"), FAST)
        round_ = round_of(config, secrets)
        asyncio.run(ask_controllers(round_))
    scopes = ("10.20.0.0/22", "127.0.0.0/8")
    report = compose(round_.notebook.recordings, config, scopes, "agent", load_standards(), False)
    decided = {f.clause: f"{f.verdict}: {f.sentence}" for f in report.findings if f.clause.startswith("wireless.")}
    assert decided["wireless.encryption"] == "met: The wireless networks are Guest (wpa2-psk) and Staff (wpa3-sae)."
    assert decided["wireless.wpa3"] == "not-met-now: Guest (wpa2-psk): older than WPA3."
    assert decided["wireless.segregation"].startswith("met: The 2 wireless networks lead to 2 VLANs")
    assert decided["wireless.ap-interface-speed"].startswith("met: ap-hall is plugged into sw-access port Port 6 at 1")
    assert "Wi-Fi 5" in decided["wireless.wifi7"]


def test_a_controller_outside_the_scope_is_skipped_with_the_reason(tmp_path: Path) -> None:
    server = Unifi()
    with controller(server, Papers(tmp_path)) as place:
        config, secrets = files(tmp_path, table("wifi", "unifi", place.port, place.fingerprint), secret("wifi"))
        round_ = round_of(config, secrets, ("10.20.0.0/22",))
        asyncio.run(ask_controllers(round_))
    (recording,) = round_.notebook.recordings
    assert (recording.outcome, server.asked) == (Outcome.SKIPPED, [])
    assert "outside the scope" in recording.reason


def test_a_controller_that_a_person_switched_off_is_not_asked(tmp_path: Path) -> None:
    off = f'{FAST}[probes]\nskip = ["controller.unifi"]\n'
    server = Unifi()
    with controller(server, Papers(tmp_path)) as place:
        config, secrets = files(tmp_path, table("wifi", "unifi", place.port, place.fingerprint), secret("wifi"), off)
        round_ = round_of(config, secrets)
        asyncio.run(ask_controllers(round_))
    assert (round_.notebook.recordings[0].outcome, server.asked) == (Outcome.SKIPPED, [])


def test_ports_that_a_device_told_of_by_snmp_are_not_told_of_twice(tmp_path: Path) -> None:
    own = Recording(
        probe="snmp.interfaces", target="10.20.0.2", vantage="staff", started=AT, ended=AT, outcome=Outcome.COMPLETE,
        answers=(["1.3.6.1.2.1.2.2.1.2.1", "4", "0/1"],),
    )  # fmt: skip
    with controller(Unifi(), Papers(tmp_path)) as place:
        config, secrets = files(tmp_path, table("wifi", "unifi", place.port, place.fingerprint), secret("wifi"), FAST)
        round_ = round_of(config, secrets)
        round_.notebook.add(own)
        asyncio.run(ask_controllers(round_))
    ports: dict[str, int] = {}
    for recording, _ in round_.notebook.seen(Interface):
        ports[recording.target] = ports.get(recording.target, 0) + 1
    assert "24:5a:4c:00:00:01" not in ports
    assert ports["24:5a:4c:00:00:02"] == 8


def test_controllers_are_asked_after_snmp_and_before_what_they_name_is_looked_for() -> None:
    names = [name for name, _ in STAGES]
    place = names.index("what the controllers list")
    assert names.index("what each says of itself") < place < names.index("behind the routers")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "controllers.0: name the fingerprint (SHA-256) of the controller's certificate, or a ca_file"),
        (f'fingerprint = "{PIN}"\nca_file = "/x"', "controllers.0: name the fingerprint"),
        ('fingerprint = "ab:cd"', "controllers.0.fingerprint: a SHA-256 fingerprint has 64 hexadecimal digits"),
        (f'fingerprint = "{PIN}"\nhost = "a\\r\\nb"', "controllers.0.host: String should match"),
        (f'fingerprint = "{PIN}"\nverify = false', "controllers.0.verify: is not a setting"),
    ],
)
def test_a_controller_must_prove_itself_and_nothing_turns_that_off(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "agent.toml"
    path.write_text(f'{SITE}[[controllers]]\nname = "w"\nkind = "unifi"\naddress = "10.20.0.5"\nport = 8443\n{text}\n')
    with pytest.raises(BadInput) as refused:
        read_config(path)
    assert words in str(refused.value)


def test_a_secret_that_lacks_a_field_is_named_and_never_quoted(tmp_path: Path) -> None:
    asked = table("wifi", "unifi", 8443, PIN)
    with pytest.raises(BadInput) as refused:
        files(tmp_path, asked, f'[wifi]\npassword = "{PASSWORD}"\n')
    assert "[wifi]" in str(refused.value)
    assert "give username and password, or key" in str(refused.value)
    assert PASSWORD not in str(refused.value)
    with pytest.raises(BadInput, match=r"has no \[wifi\]"):
        files(tmp_path, asked, "")


def test_the_example_files_hold_a_controller_of_each_kind(tmp_path: Path) -> None:
    kept = tmp_path / "credentials.toml"
    kept.write_text((ROOT / "docs/credentials.example.toml").read_text())
    kept.chmod(0o600)
    config = read_config(ROOT / "docs/agent.example.toml")
    secrets = read_secrets(kept, config)
    assert [use.kind for use in config.controllers] == ["unifi", "omada"]
    assert set(secrets.controllers) == {use.name for use in config.controllers}
    assert KEY not in repr(secrets)
