"""Python's search for cyclic rubbish, put off while a report is taken in: it would walk the whole memory of a site
again and again, for a third of the time, and find nothing."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_asking: list[None] = []


@contextmanager
def undisturbed() -> Iterator[None]:
    """No search until the last of those who asked for it is done. A process that never searches is left so."""
    if not gc.isenabled() and not _asking:
        yield
        return
    with _lock:
        _asking.append(None)
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _asking.pop()
            if not _asking:
                gc.enable()
