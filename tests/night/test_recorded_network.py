"""Real devices' recorded answers on one wire, audited by the real agent: it says of each what the measure says."""

import os
from pathlib import Path

import pytest

from agent.measuring_dumps import Dump, dumps_in
from agent.measuring_topology import Cable, cables_of
from baselines.vocabulary import Report
from probes.vocabulary import Asset
from tests.lab.scale import answering_network
from tests.lab.serve.snmp import recorded_rows
from tests.night.running import run_in

pytestmark = [pytest.mark.lab, pytest.mark.corpus, pytest.mark.timeout(300)]
NETWORK, AGENT, WORD = "10.88.0.0/22", "10.88.0.1", "recorded"
EVERY = 12
TOPOLOGIES = ("campus17216", "lab8000", "dlink4930")


def audited(devices: dict[str, Path], folder: Path) -> Report:
    """The report of one night among these devices, each at its address."""
    config, secrets = folder / "agent.toml", folder / "credentials.toml"
    config.write_text(
        '[site]\nid = "recorded"\nname = "Recorded"\nphase = "secondary"\n[agent]\ninterface = "eth0"\n'
        f'scopes = ["{NETWORK}"]\nstate_dir = "{folder / "state"}"\nlisten_seconds = 1\ntotal_pps = 2000\n'
        f'[[credentials]]\nname = "all"\nkind = "snmp-v2c"\nsubnets = ["{NETWORK}"]\n'
        '[probes]\nskip = ["nmap.services", "dhcp.discover"]\n'
    )
    secrets.write_text(f'[all]\ncommunity = "{WORD}"\n')
    secrets.chmod(0o600)
    macs = {ip: f"ac:de:48:00:{at // 256:02x}:{at % 256:02x}" for at, ip in enumerate(devices, 1)}
    agents = {ip: recorded_rows(path) for ip, path in devices.items()}
    spec = {"community": WORD, "hosts": macs, "agents": agents}
    with answering_network(NETWORK, AGENT, spec, folder, f"rn{os.getpid()}") as agent:
        arguments = ["audit", "--yes", "--config", config, "--credentials", secrets, "--report", folder / "r.json"]
        ran = run_in(agent, arguments)
    assert ran.code == 0, ran.err[-2000:]
    return Report.model_validate_json((folder / "r.json").read_bytes())


def addressed(paths: list[Path]) -> dict[str, Path]:
    return {f"10.88.{1 + at // 250}.{1 + at % 250}": path for at, path in enumerate(paths)}


def at(report: Report, ip: str) -> Asset:
    (asset,) = [one for one in report.assets if ip in one.ips]
    return asset


@pytest.fixture(scope="module")
def night(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, dict[str, Path]]:
    alone = [one.path for one in dumps_in(corpus) if not list(one.path.parent.glob(f"{one.path.stem}@*"))]
    joined = [path for name in TOPOLOGIES for path in sorted((corpus / "topologies" / name).glob("*.snmprec"))]
    devices = addressed([*alone[::EVERY], *joined])
    return audited(devices, tmp_path_factory.mktemp("recorded")), devices


def test_every_recorded_device_is_one_asset(night: tuple[Report, dict[str, Path]]) -> None:
    report, devices = night
    assert len(devices) > 80
    assert len({at(report, ip).id for ip in devices}) == len(devices)


def test_a_night_says_of_each_what_the_measure_says(night: tuple[Report, dict[str, Path]]) -> None:
    """A night knows more than SNMP: what only the maker of a network card tells is left out of account."""
    report, devices = night
    wrong = []
    for ip, path in devices.items():
        asset, identity = at(report, ip), Dump(path).identity
        for name in ("kind", "maker", "model", "os", "version", "serial"):
            said, measured = getattr(asset, name), getattr(identity, name)
            if said != measured and asset.why[name].source != "oui.lookup":
                wrong.append((path.name, name, said, measured))
    assert not wrong


@pytest.mark.parametrize("name", TOPOLOGIES)
def test_a_recorded_topology_is_drawn_as_the_measure_draws_it(
    night: tuple[Report, dict[str, Path]], corpus: Path, name: str
) -> None:
    report, devices = night
    folder = corpus / "topologies" / name
    names = {at(report, ip).id: path.stem for ip, path in devices.items() if path.parent == folder}
    said = [
        Cable(names[link.a.asset], link.a.port, names[link.b.asset], link.b.port)
        for link in report.links
        if link.a.asset in names and link.b.asset in names
    ]
    drawn = [cable for cable in cables_of(folder) if {cable.a, cable.b} <= set(names.values())]
    assert len(said) == len(drawn) > 0
    assert all(any(one.joins(other) for other in said) for one in drawn)
