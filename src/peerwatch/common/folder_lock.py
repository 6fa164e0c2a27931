"""One run at a time in a folder of results."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from peerwatch.common.errors import PeerwatchError

LOCK_FILE = ".lock"
"""The file by which a run holds its folder. It stays there; that it is there says nothing."""


@contextlib.contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Keep a second run out of a folder for as long as this one writes to it.

    Raises:
        PeerwatchError: Another run is under way in it.
    """
    lock = FileLock(folder / LOCK_FILE, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise PeerwatchError(
            f"Another run is writing to {folder}. Wait until it has ended, or choose another --out."
        ) from None
    except OSError:  # some network file systems have no locks; a run goes on without one
        pass
    try:
        yield
    finally:
        lock.release()
