"""The recorded command outputs, nmap reports and banners of real devices go through the same code."""

import csv
from pathlib import Path

import nmap
import pytest
import yaml

from probes.seen import OpenPort, SshHostKey, WebPage
from probes.transport.cli_output import parse
from probes.transport.nmap_child import host_answer
from probes.wire import greeting, nmap_scan, ssh_key, web_page
from tests.probes.wire.loopback import HOME, recording, seen

pytestmark = pytest.mark.corpus
NOT_A_COMMAND = ("show_running-config_interface",)


def outputs(corpus: Path, platform: str) -> list[tuple[str, Path]]:
    folders = sorted((corpus / "cli" / platform).iterdir())
    return [(f.name, raw) for f in folders if f.name not in NOT_A_COMMAND for raw in sorted(f.glob("*.raw"))[:2]]


@pytest.mark.parametrize("platform", ["cisco_ios", "hp_procurve"])
def test_recorded_outputs_of_the_two_platforms_give_as_many_rows_as_they_hold(corpus: Path, platform: str) -> None:
    wrong = []
    for name, raw in outputs(corpus, platform):
        truth = yaml.safe_load(raw.with_suffix(".yml").read_text())["parsed_sample"]
        rows, problem = parse(platform, name.replace("_", " "), raw.read_text())
        if problem or len(rows) != len(truth):
            wrong.append((raw.name, problem, len(rows), len(truth)))
    assert len(wrong) <= len(outputs(corpus, platform)) * 0.05, wrong


@pytest.mark.slow
def test_no_recorded_output_of_any_platform_breaks_the_parser(corpus: Path) -> None:
    parsed = 0
    for folder in sorted((corpus / "cli").iterdir()):
        for name, raw in outputs(corpus, folder.name) if folder.is_dir() else []:
            rows, problem = parse(folder.name, name.replace("_", " "), raw.read_text(errors="replace"))
            assert problem or isinstance(rows, list)
            parsed += not problem
    assert parsed > 150


def test_recorded_nmap_reports_are_read(corpus: Path) -> None:
    names: set[str] = set()
    for report in sorted((corpus / "nmap").glob("*.xml")):
        scanner = nmap.PortScanner()
        scanner.analyse_nmap_xml_scan(report.read_text())
        for host in scanner.all_hosts():
            said = host_answer(host, scanner[host], [22, 80])
            found = seen(recording("nmap.services", [said], target=host), nmap_scan.decode)
            names |= {one.name for one in found if isinstance(one, OpenPort)}
    assert {"ssh", "smtp", "ipp"} <= names


def rows_of(corpus: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((corpus / "banners" / name).read_text().splitlines()))


def test_recorded_banners_keep_their_words(corpus: Path) -> None:
    for row in rows_of(corpus, "ssh_banners.csv"):
        text = row["example"]
        (key,) = seen(recording("ssh.host-key", [{"banner": text, "key": ""}]), ssh_key.decode)
        assert isinstance(key, SshHostKey)
        assert key.banner == " ".join(text.split())[:256]
    for row in rows_of(corpus, "telnet_banners.csv"):
        raw = row["example"].encode("utf-8", "replace").hex()
        (opened,) = seen(recording("port.greeting", [{"port": 23, "raw": raw}]), greeting.decode)
        assert isinstance(opened, OpenPort)


def test_recorded_page_titles_are_found_in_a_page(corpus: Path) -> None:
    for row in rows_of(corpus, "html_title.csv"):
        text = row["example"]
        body = f"<html><head><title>{text}</title></head>".encode().decode("latin-1")
        said = {"port": 80, "tls": False, "path": "/", "status": 200, "head": "HTTP/1.1 200 OK", "body": body}
        (page,) = seen(recording("http.page", [said], target=HOME), web_page.decode)
        assert isinstance(page, WebPage)
        assert page.title or not text.strip()
