"""Saying on standard error that a command is at work still, so that nobody takes it for stuck."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator


@contextlib.contextmanager
def signs_of_life(every: float = 10.0, doing: str = "looking") -> Iterator[None]:
    """Say every so many seconds, until the end, what is done and for how long; not before."""
    done = threading.Event()

    def say() -> None:
        begun = time.monotonic()
        while not done.wait(every):
            passed = time.monotonic() - begun
            print(f"… still {doing}, {passed:.0f} s", file=sys.stderr, flush=True)

    thread = threading.Thread(target=say, name="signs of life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
