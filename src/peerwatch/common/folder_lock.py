"""One run at a time in a folder of results."""

from __future__ import annotations

import contextlib
import errno
import sys
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from peerwatch.common.errors import PeerwatchError

LOCK_FILE = ".lock"
"""The file by which a run holds its folder. It stays there; that it is there says nothing."""
WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
"""What file systems without locks answer, some network file systems among them."""


@contextlib.contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Keep a second run out of a folder for as long as this one writes to it.

    Where the file system has no locks a warning says so, and the run goes on.

    Raises:
        PeerwatchError: Another run is under way in it, or the folder cannot be written to.
    """
    lock = FileLock(folder / LOCK_FILE, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise PeerwatchError(
            f"Another run is writing to {folder}. Wait until it has ended, or choose another --out."
        ) from None
    except OSError as error:
        if error.errno not in WITHOUT_LOCKS:
            raise PeerwatchError(
                f"{folder} cannot be written to ({error.strerror}). Choose another --out."
            ) from error
        print(
            f"{folder} is on a file system without locks ({error.strerror}): nothing keeps a "
            "second run out of it.",
            file=sys.stderr,
        )
    try:
        yield
    finally:
        lock.release()
