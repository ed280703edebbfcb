"""`caretaker demo`: a virtual school, one real night of it, a collector with a history, and where to look."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.deliver import deliver
from agent.spool import Spool
from baselines.seal import seal
from baselines.vocabulary import Report
from probes.errors import CaretakerError
from tests.lab import netns
from tests.lab.year import year_before

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".caretaker/demo"
RECORDED = Path(__file__).parent / "recorded/night.jsonl.gz"
CARETAKER = Path(sys.executable).parent / "caretaker"
FIRST_PORT = 8600
SITE = ("ashfield", "Ashfield School")


def demo(
    stop: Annotated[bool, typer.Option("--stop", help="Stop the demo's collector and remove what it made.")] = False,
    nights: Annotated[int, typer.Option("--nights", help="How many earlier nights to simulate.")] = 40,
) -> None:
    """Audit a virtual school on this machine, judge and register it, and say where to look. Touches no real network."""
    began = time.monotonic()
    _stop_earlier()
    if stop:
        return
    FOLDER.mkdir(parents=True, mode=0o700)
    live = _can_build()
    report = _live_night() if live else _recorded_night()
    token, url = _collector()
    _hand_over(report, nights, token, url)
    person = ("person", "add", "you@ashfield.example", "--name", "You", "--role", "admin")
    welcome = _caretaker(*person, *_data()).replace("http://127.0.0.1:8080", url)
    files = ("--pdf", FOLDER / "review.pdf", "--xlsx", FOLDER / "review.xlsx")
    _caretaker("review", "--year", str(_school_year(report)), *files, *_data())
    _say(report, welcome, time.monotonic() - began)
    print(f"The night above was {'real, of' if live else 'recorded of'} a virtual school.", end=" ")
    print(f"The {nights} nights before it are simulated from it, for a history.")


def _can_build() -> bool:
    """Whether a namespace can be made and entered here; a container may give root and still refuse that."""
    why = "Without root there are no network namespaces"
    if os.geteuid() == 0 and shutil.which("ip") and shutil.which("nmap"):
        trial = f"ct{os.getpid() % 10000}-trial"
        try:
            netns.run("ip", "netns", "add", trial)
            netns.run(*netns.inside(trial, "ip", "link", "set", "lo", "up"))
            return True
        except RuntimeError as error:
            why = f"Network namespaces cannot be used here ({str(error).rpartition(': ')[2]})"
        finally:
            subprocess.run(["ip", "netns", "del", trial], check=False, capture_output=True)
    print(f"{why}: a recorded night of the virtual school is replayed instead.")
    return False


def _live_night() -> Path:
    """Build the school, walk it with the real agent in a process of its own, and take the school down."""
    from tests.lab.build import Lab
    from tests.lab.school import school

    print("Building a virtual school in network namespaces; nothing of it can reach this machine's own network.")
    model = school(1)
    # The two devices that attack whoever reads them are for the tests; a person's first look is at an ordinary school.
    model = replace(model, hosts=tuple(host for host in model.hosts if not host.hostile))
    report = FOLDER / "report.json"
    with Lab.up(model, FOLDER / "lab", f"ct{os.getpid() % 10000}") as lab:
        _shorten_listening(lab.config)
        print(f"{len(model.hosts) + len(model.switches)} devices are up. The agent's night:")
        _run(
            ["ip", "netns", "exec", lab.agent_namespace, str(CARETAKER), "audit", "--config", str(lab.config),
             "--credentials", str(lab.credentials), "--report", str(report)],
        )  # fmt: skip
    return report


def _shorten_listening(config: Path) -> None:
    """The virtual school's switches send LLDP every few seconds, so the demo need not wait the usual half minute."""
    words = config.read_text("utf-8")
    config.write_text(words.replace("listen_seconds = 35", "listen_seconds = 8"), "utf-8")


def _recorded_night() -> Path:
    """Understand and judge the recorded night with this version's code, and seal it as an agent would."""
    report = FOLDER / "report.json"
    _run([str(CARETAKER), "replay", str(RECORDED), "--report", str(report)])
    return report


def _collector() -> tuple[str, str]:
    """Start the collector in the background on loopback; the agent's token and the collector's address."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    token = _last_word(_caretaker("site", "add", SITE[0], "--name", SITE[1], "--agent", "ashfield-pi", *_data()))
    # A history is handed over in one go; a real agent sends one report a night.
    settings = FOLDER / "collector.toml"
    settings.write_text("requests_an_hour = 100000\n")
    with (FOLDER / "collector.log").open("wb") as log:
        process = subprocess.Popen(
            [str(CARETAKER), "serve", "--config", str(settings), *map(str, _data()), "--port", str(port)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=FOLDER,
        )  # fmt: skip
    (FOLDER / "collector.pid").write_text(str(process.pid))
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return token, url
        except OSError:
            time.sleep(0.1)
    raise CaretakerError(f"The collector did not start; its words are in {FOLDER / 'collector.log'}.")


def _hand_over(path: Path, nights: int, token: str, url: str) -> None:
    """Deliver the simulated earlier nights, then the real one, each as an agent delivers it."""
    report = Report.model_validate_json(path.read_bytes())
    spool = Spool(FOLDER / "spool")
    print(f"Handing {nights} simulated earlier nights and this one to the collector.")
    previous = 0
    key = Ed25519PrivateKey.generate()
    for earlier in year_before(report, nights, key):
        spool.put(earlier)
        previous = earlier.seal.sequence if earlier.seal else previous
    spool.put(seal(report.model_copy(update={"seal": None}), key, previous + 1, ""))
    done = deliver(spool, url, token)
    if done.waiting or done.set_aside:
        raise CaretakerError(f"The collector did not take every report: {done.trouble}")


def _data() -> Sequence[str]:
    return ("--data-dir", str(FOLDER / "collector"))


def _caretaker(*arguments: str | Path) -> str:
    return _run([str(CARETAKER), *map(str, arguments)], quiet=True)


def _run(command: Sequence[str], quiet: bool = False) -> str:
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE if quiet else None, text=True, check=False)
    if done.returncode:
        raise CaretakerError(f"{' '.join(command[:6])} ... ended with {done.returncode}; its words are above.")
    return done.stdout or ""


def _last_word(text: str) -> str:
    return text.rsplit(maxsplit=1)[-1]


def _free_port() -> int:
    for port in range(FIRST_PORT, FIRST_PORT + 50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise CaretakerError(f"No free port from {FIRST_PORT} on 127.0.0.1.")


def _school_year(path: Path) -> int:
    night = Report.model_validate_json(path.read_bytes()).night
    return night.year if night.month >= 9 else night.year - 1


def _stop_earlier() -> None:
    """End the collector of an earlier demo, if it is still the one we started, and remove what it made."""
    pid_file = FOLDER / "collector.pid"
    if pid_file.exists():
        pid = int(pid_file.read_text())
        try:
            ours = b"caretaker" in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            ours = False
        if ours:
            os.kill(pid, signal.SIGTERM)
    shutil.rmtree(FOLDER, ignore_errors=True)


def _say(report: Path, welcome: str, seconds: float) -> None:
    print(
        f"""
Where to look ({seconds:.0f} s)
  the pages   {welcome.strip()}
              choose a password there; the collector runs until: ./caretaker demo --stop
  the report  {report}
  the review  {FOLDER / "review.pdf"}, {FOLDER / "review.xlsx"}"""
    )
