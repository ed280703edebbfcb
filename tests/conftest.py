"""What every test shares: only loopback may be reached, and paths to data that is not in the repository."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent


def without(what: str) -> NoReturn:
    """Leave a test out for want of a program, with the reason; in continuous integration that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} In continuous integration no test may be left out.")
    pytest.skip(what)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A lab test needs root and namespaces."""
    if item.get_closest_marker("lab") and (os.geteuid() != 0 or shutil.which("ip") is None):
        without("The lab needs root and iproute2.")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shares a costly fixture or a whole virtual school runs in one worker, else a file does."""
    together = {"night": "school", "test_lab": "school", "browser": "browser"}
    for item in items:
        folder, name = item.path.parent.name, item.path.name
        item.add_marker(pytest.mark.xdist_group(together.get(folder, f"{folder}/{name}")))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The shared corpus of recorded devices; tests that need it say so when it is not there."""
    folder = Path(os.environ.get("CARETAKER_CORPUS", ROOT.parent / "shared/corpus"))
    if not folder.is_dir():
        pytest.skip(f"The device corpus is not at {folder}; set CARETAKER_CORPUS to run this test.")
    return folder


@pytest.fixture(scope="session")
def standards_folder() -> Path:
    """The shared clauses that the baselines were made from."""
    folder = Path(os.environ.get("CARETAKER_STANDARDS", ROOT.parent / "shared/standards"))
    if not folder.is_dir():
        pytest.skip(f"The clauses are not at {folder}; set CARETAKER_STANDARDS to run this test.")
    return folder
