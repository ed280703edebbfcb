"""Shows a night's progress: a live line on a terminal, one plain line a step in a log."""

import sys
import time
from typing import TextIO

from rich.console import Console
from rich.status import Status


class Progress:
    """Says what the night is doing, to `stream` (standard error)."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._console = Console(file=stream or sys.stderr, highlight=False, markup=False, emoji=False)
        self._began = time.monotonic()
        self._status: Status | None = None

    def step(self, words: str) -> None:
        """Begin or report a step. `words` must already be clean text."""
        if not self._console.is_terminal:
            self._console.print(f"{self._elapsed()}  {words}")
            return
        if self._status is None:
            self._status = self._console.status(words)
            self._status.start()
        self._status.update(f"{self._elapsed()}  {words}")

    def done(self, words: str) -> None:
        """Report something finished: a line that stays."""
        self._console.print(f"{self._elapsed()}  {words}")

    def close(self) -> None:
        """Stop the live line."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    def _elapsed(self) -> str:
        seconds = int(time.monotonic() - self._began)
        return f"{seconds // 60:2d}:{seconds % 60:02d}"
