"""The agent's commands, one function each; what they need is imported when they run."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.config import Config, read_config
from agent.scope import authorise
from probes.errors import BadInput, StoppedEarly

if TYPE_CHECKING:
    from agent.install import Role

ConfigFile = Annotated[Path | None, typer.Option("--config", help="The agent's configuration (agent.toml).")]
CredentialsFile = Annotated[Path | None, typer.Option("--credentials", help="Secrets, in a file of mode 0600.")]


def audit(
    scope: Annotated[list[str] | None, typer.Option("--scope", help="A network to look at; may be repeated.")] = None,
    config: ConfigFile = None,
    credentials: CredentialsFile = None,
    report: Annotated[Path | None, typer.Option("--report", help="Also write the report here, as JSON.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Confirm a scope wider than a /20.")] = False,
) -> None:
    """Walk the network once, judge it, and deliver the report. Looks only at the scope that you name."""
    from agent.credentials import read_secrets
    from agent.state import State

    settings = read_config(config)
    scopes = authorise(scope or settings.agent.scopes, settings.agent.owned_public, yes)
    secrets = read_secrets(credentials, settings)
    state = State(_state_folder(settings))
    with state.locked() as alone:
        if not alone:
            print("caretaker: already running; this second night does nothing.", file=sys.stderr)
            return
        from agent.nightly import walk_and_report

        early = walk_and_report(settings, secrets, scopes, state, report)
    if early:
        raise StoppedEarly("The night had to stop before its work was done; the report says what was not reached.")


def _state_folder(settings: Config) -> Path:
    folder = settings.agent.state_dir
    if "state_dir" in settings.agent.model_fields_set or os.geteuid() == 0:
        return folder
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local/state")) / "caretaker"


def replay(
    recordings: Annotated[Path, typer.Argument(help="A night's recordings (.jsonl.gz).")],
    report: Annotated[Path | None, typer.Option("--report", help="Write the report here instead of a summary.")] = None,
) -> None:
    """Understand and judge a recorded night again; nothing is sent."""
    from agent.recordings import read_recordings
    from agent.report import compose
    from agent.summary import summarise
    from baselines.standards import load_standards

    header, recorded = read_recordings(recordings)
    if not recorded:
        raise BadInput(f"{recordings} holds no recordings, so there is nothing to replay.")
    made = compose(recorded, header.config, header.scopes, "replay", load_standards(), header.stopped_early)
    if report:
        report.write_text(made.model_dump_json(by_alias=True, indent=1), "utf-8")
    print("\n".join(summarise(made)))


def doctor(config: ConfigFile = None, credentials: CredentialsFile = None) -> None:
    """Say what this machine lacks for a whole night, and what to do about it. Exits 1 when something is amiss."""
    from agent.doctor import examine

    checks = list(examine(read_config(config), credentials))
    width = max(len(check.name) for check in checks)
    for check in checks:
        print(f"{'ok       ' if check.well else 'attention'}  {check.name:<{width}}  {check.seen}")
        if not check.well and check.remedy:
            print(f"{'':9}  {'':{width}}  -> {check.remedy}")
    if not all(check.well for check in checks):
        raise typer.Exit(1)


def install(
    role: Annotated[list[str] | None, typer.Option("--role", help="agent, collector, or both when repeated.")] = None,
    root: Annotated[Path, typer.Option("--root", help="Install below this folder instead, starting nothing.")] = Path(
        "/"
    ),
) -> None:
    """Put Caretaker in place on this machine: environment, users, systemd units, first configuration."""
    from agent.install import Places, run_or_explain, source_folder
    from agent.install import install as put_in_place

    live = root == Path("/")
    if live and os.geteuid() != 0:
        raise BadInput("install writes to /opt and /etc; run it as root: sudo ./caretaker install")
    for line in put_in_place(_roles(role), Places(source_folder(), root), run_or_explain, live):
        print(line)


def _roles(asked: Sequence[str] | None) -> "list[Role]":
    roles: list[Role] = []
    for word in asked or ["agent"]:
        if word not in ("agent", "collector"):
            raise BadInput(f"{word!r} is no role; use --role agent, --role collector, or both.")
        roles.append("agent" if word == "agent" else "collector")
    return roles


def verify(
    file: Annotated[Path, typer.Argument(help="A report (.json or .json.gz).")],
) -> None:
    """Say whether a report is exactly what its agent sealed."""
    import gzip

    from baselines.seal import check_bytes

    try:
        raw = file.read_bytes()
        raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (OSError, EOFError) as error:
        raise BadInput(f"{file} cannot be read: {error}.") from error
    made = check_bytes(raw)
    if made.seal is None:
        raise BadInput(f"{file} has no seal.")
    print(f"{file}: unchanged since it was sealed.")
    print(f"  site {made.site.name}, night of {made.night:%-d %B %Y}, report {made.seal.sequence} of {made.agent.id}")
    print(f"  SHA-256 {made.seal.sha256}, key {made.seal.public_key[:16]}...")


def deliver(
    config: ConfigFile = None,
    credentials: CredentialsFile = None,
    collector: Annotated[str | None, typer.Option("--collector", help="Another collector than the configured.")] = None,
) -> None:
    """Send what waits in the spool to the collector, without a night."""
    from agent.credentials import read_secrets
    from agent.nightly import hand_over
    from agent.progress import Progress
    from agent.state import State

    settings = read_config(config)
    if collector:
        settings = settings.model_copy(
            update={"delivery": settings.delivery.model_copy(update={"collector": collector})}
        )
    hand_over(settings, read_secrets(credentials, settings), State(_state_folder(settings)), Progress())
