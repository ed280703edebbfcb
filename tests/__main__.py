"""`./caretaker test`: the rules of the house, then the tests. A line a step, its time, and a failure's words."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
STEPS = (
    ("ruff", [str(BIN / "ruff"), "check", "--quiet", "--no-cache", "."]),
    ("format", [str(BIN / "ruff"), "format", "--quiet", "--check", "--no-cache", "."]),
    ("types", [str(BIN / "mypy"), "--no-error-summary"]),
    ("imports", [str(BIN / "lint-imports"), "--no-cache"]),
)


def main(arguments: list[str]) -> int:
    """Run every step; with arguments, run only pytest with them. The exit code is the first failure's, or pytest's."""
    if not arguments:
        for name, command in STEPS:
            code = _run(name, command)
            if code:
                return code
    words = arguments or ["-q", "-n", "2", "--dist", "loadgroup"]
    return subprocess.run([sys.executable, "-m", "pytest", *words], cwd=ROOT, check=False).returncode


def _run(name: str, command: list[str]) -> int:
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    print(f"{name:<8} {'ok' if done.returncode == 0 else 'FAILED'}  {time.monotonic() - began:.1f} s", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
