"""The shape of the house, as tests: who imports whom, who opens sockets, how big things may be."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("agent", "probes", "baselines", "collector")
SOCKET_MODULES = {
    "socket",
    "socketserver",
    "http.client",
    "urllib.request",
    "requests",
    "httpx",
    "uvicorn",
    "smtplib",
    "ssl",
    "asyncio.subprocess",
}
MAY_OPEN_SOCKETS = (
    "probes/transport/",
    "agent/deliver.py",
    "agent/doctor.py",
    "collector/serving.py",
    "collector/oidc.py",
)
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "manager.py", "base.py", "common.py", "misc.py"}


def sources() -> list[Path]:
    return sorted(
        path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "versions" not in path.parts
    )


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_sockets_are_opened_only_where_the_architecture_says(path: Path) -> None:
    if name_of(path).startswith(MAY_OPEN_SOCKETS):
        return
    used = {name for name in imports(path) if name in SOCKET_MODULES}
    assert not used, f"{name_of(path)} imports {used}; sockets live in {', '.join(MAY_OPEN_SOCKETS)}"


def test_nothing_imports_all_of_scapy() -> None:
    guilty = [name_of(path) for path in sources() if "scapy.all" in set(imports(path))]
    assert not guilty


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert not [name_of(path) for path in sources() if path.name in FORBIDDEN_NAMES]


def test_no_file_is_over_400_lines_and_the_median_is_at_most_150() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in sources()}
    assert not {name: length for name, length in lengths.items() if length > 400}
    assert statistics.median(lengths.values()) <= 150


def test_no_function_is_over_60_lines_and_the_median_is_at_most_10() -> None:
    lengths = {f"{name_of(path)}:{name}": length for path in sources() for name, length in functions(path)}
    assert not {name: length for name, length in lengths.items() if length > 60}
    assert statistics.median(lengths.values()) <= 10


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), f"{name_of(path)} has no docstring"


def test_tracked_files_name_no_machine_paths() -> None:
    words = ("/".join(("", "work", "")), "/".join(("", "root", "")), "files.pythonhosted", "deb.debian.org")
    guilty = []
    for path in (*sources(), *(ROOT / "docs").rglob("*"), ROOT / "README.md", ROOT / "requirements.lock"):
        if path.is_file() and path.suffix in {".py", ".md", ".toml", ".lock", ".yaml", ".html", ".typ"}:
            guilty += [f"{path.name}: {word}" for word in words if word in path.read_text()]
    assert not guilty
