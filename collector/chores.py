"""What the collector does by itself: applies what waits, makes and sends alerts. One thread, one chore at a time."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from collector.alerts import Send, make_digests, send_due, watch_agents
from collector.rebuild import apply_everything
from collector.settings import Settings, alert_urls
from collector.store import Store
from probes.errors import CaretakerError

EVERY_SECONDS = 60.0
log = logging.getLogger("caretaker.chores")


class Chores:
    """A thread that does the chores every minute until it is stopped."""

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], datetime], send: Send) -> None:
        self._store, self._settings, self._clock, self._send = store, settings, clock, send
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chores", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the chore at hand."""
        self._stop.set()
        self._thread.join(timeout=90)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                do_chores(self._store, self._settings, self._clock(), self._send)
            except (CaretakerError, SQLAlchemyError, OSError) as error:
                log.warning("A chore failed and is tried again: %s", type(error).__name__)
            self._stop.wait(EVERY_SECONDS)


def do_chores(store: Store, settings: Settings, now: datetime, send: Send) -> None:
    """Everything that is due now."""
    apply_everything(store)
    watch_agents(store, settings.alerts, now)
    make_digests(store, settings.alerts, now)
    send_due(store, alert_urls(settings.alerts), now, send)
