"""What `caretaker doctor` says of a machine and its configuration."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.config import Config
from agent.doctor import Check, examine
from tests.agent.test_controlling import FAST, files, secret, table
from tests.probes.wire.controller_servers import Papers, Unifi, controller


def checks(config: Config, folder: Path) -> dict[str, Check]:
    return {check.name: check for check in examine(config, folder / "credentials.toml")}


def configured(folder: Path, agent: str = "", more: str = "", secrets: str = "") -> Config:
    words = f'[agent]\nscopes = ["127.0.0.0/16"]\nstate_dir = "{folder / "state"}"\n{agent}'
    return files(folder, more, secrets, words)[0]


@contextmanager
def answering(status: int) -> Iterator[str]:
    """A collector on loopback that answers every question with one status."""

    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = http.server.HTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_what_is_well_is_said_with_what_was_seen(tmp_path: Path) -> None:
    community = '[[credentials]]\nname = "all"\nkind = "snmp-v2c"\nsubnets = ["127.0.0.0/16"]\n'
    found = checks(configured(tmp_path, 'interface = "lo"\n', community, '[all]\ncommunity = "x-1"\n'), tmp_path)
    for name in ("program", "nmap", "SNMPv3 AES", "scope", "interface", "credentials", "state folder"):
        assert found[name].well, found[name]
    assert found["scope"].seen == "127.0.0.0/16"
    assert found["credentials"].seen == "1 named"


def test_what_lacks_is_said_with_its_remedy(tmp_path: Path) -> None:
    found = checks(configured(tmp_path, 'interface = "no-such"\n'), tmp_path)
    assert (found["interface"].well, found["interface"].seen) == (False, "no-such is not there")
    assert (found["credentials"].well, found["credentials"].seen) == (False, "0 named")
    assert (found["collector"].well, found["collector"].seen) == (False, "none named")
    assert all(check.remedy for check in found.values() if not check.well)


def test_credentials_that_others_may_read_are_amiss(tmp_path: Path) -> None:
    config = configured(tmp_path)
    (tmp_path / "credentials.toml").chmod(0o644)
    assert not checks(config, tmp_path)["credentials"].well


@pytest.mark.parametrize(("status", "well"), [(200, True), (500, False)])
def test_the_collector_is_asked_whether_it_lives(tmp_path: Path, status: int, well: bool) -> None:
    with answering(status) as address:
        found = checks(configured(tmp_path, more=f'[delivery]\ncollector = "{address}"\n'), tmp_path)
    assert (found["collector"].well, str(status) in found["collector"].seen) == (well, True)


def test_a_collector_that_does_not_answer_is_amiss(tmp_path: Path) -> None:
    with answering(200) as address:
        pass
    found = checks(configured(tmp_path, more=f'[delivery]\ncollector = "{address}"\n'), tmp_path)["collector"]
    assert (found.well, found.seen) == (False, "ConnectionError")


def test_a_controller_is_asked_as_a_night_asks_it(tmp_path: Path) -> None:
    papers = Papers(tmp_path, "one.example")
    with controller(Unifi(), papers) as here:
        named = table("wifi", "unifi", here.port, here.fingerprint)
        config, _ = files(tmp_path, named, secret("wifi"), FAST + 'scopes = ["127.0.0.0/16"]\n')
        found = checks(config, tmp_path)["controller wifi"]
        other = table("wifi", "unifi", here.port, "ab:" * 31 + "ab")
        pinned = checks(files(tmp_path, other, secret("wifi"), FAST + 'scopes = ["127.0.0.0/16"]\n')[0], tmp_path)
        wrong = checks(files(tmp_path, named, secret("wifi", "no"), FAST + 'scopes = ["127.0.0.0/16"]\n')[0], tmp_path)
    assert (found.well, " devices" in found.seen) == (True, True)
    assert not pinned["controller wifi"].well
    assert "certificate" in pinned["controller wifi"].seen
    assert (wrong["controller wifi"].well, "refused the login" in wrong["controller wifi"].seen) == (False, True)
