"""The `caretaker` command: finds each command by its entry point; our errors become one sentence and an exit code."""

import sys
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import typer

from probes.errors import BadInput, CaretakerError, StoppedEarly

ABOUT = (
    "Walks a school's network each night, checks it against the DfE digital and technology standards, "
    "and keeps the asset register."
)
ORDER = (
    "audit", "serve", "install", "doctor", "demo", "deliver", "replay", "export", "review", "verify", "measure", "site",
    "person", "rebuild", "check",
)  # fmt: skip


def main() -> None:
    """Run one command. Exits 0 when it finished, 2 on bad input, 3 when it had to stop early, 1 on anything else."""
    try:
        _application(sys.argv[1:])(standalone_mode=True)
    except BadInput as error:
        _leave(str(error), 2)
    except StoppedEarly as error:
        _leave(str(error), 3)
    except CaretakerError as error:
        _leave(str(error), 1)


def _leave(sentence: str, code: int) -> None:
    print(f"caretaker: {sentence}", file=sys.stderr)
    sys.exit(code)


def _application(arguments: list[str]) -> typer.Typer:
    """Only the command that was asked for is imported, so that each starts fast and needs only its own packages."""
    application = typer.Typer(
        help=ABOUT, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
    )
    application.callback()(_nothing)
    asked = next((argument for argument in arguments if not argument.startswith("-")), None)
    for name, entry in _commands().items():
        if asked == name:
            application.command(name)(_load(name, entry))
        elif asked is None and (function := _load_if_there(entry)):
            application.command(name)(function)
    return application


def _nothing() -> None:
    """Walks a school's network each night, checks it against the DfE standards, keeps the asset register."""


def _commands() -> dict[str, EntryPoint]:
    found = {entry.name: entry for entry in entry_points(group="caretaker.commands")}
    return {name: found[name] for name in (*ORDER, *sorted(set(found) - set(ORDER))) if name in found}


def _load(name: str, entry: EntryPoint) -> Any:
    try:
        return entry.load()
    except ModuleNotFoundError as error:
        raise BadInput(_absent(name, error)) from error


def _load_if_there(entry: EntryPoint) -> Any:
    try:
        return entry.load()
    except ModuleNotFoundError:
        return None


def _absent(name: str, error: ModuleNotFoundError) -> str:
    if name == "demo":
        return "demo needs the source checkout with its tests folder; run ./caretaker demo there."
    return f"{name} needs the package {error.name}; install school-caretaker with its collector extra."
