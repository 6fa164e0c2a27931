"""Running code of the user's own that may raise, never end, or print: nothing else suffers.

It is no protection from malice: a file that is imported can do whatever its user can.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

SECONDS = 20.0
"""How long an organism may take for one instance; the longest honest way takes less than one."""


class TooLongError(BaseException):
    """The time is up. No Exception, so that ``except Exception`` of the user's does not hold it."""


@contextlib.contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """Raise ``TooLongError`` in what is run within once the time is up; print to standard error.

    Time can only be limited in the main thread, and where the system has timers.
    """
    with contextlib.redirect_stdout(sys.stderr):
        if not hasattr(signal, "setitimer") or (
            threading.current_thread() is not threading.main_thread()
        ):
            yield
            return
        before = signal.signal(signal.SIGALRM, _too_long)
        # Again and again: a bare ``except`` around the user's loop would swallow the first.
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def told(error: BaseException, file: Path) -> str:
    """Return what was raised, and the last line of a file that it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, NotImplementedError) and frames:
        said = f"has no {frames[-1].name}()"
    elif isinstance(error, TooLongError):
        said = f"did not come to an end within {SECONDS:g} seconds"
    else:
        said = f"raised {type(error).__name__}: {' '.join(str(error).split())[:300]}"
    lines = [one.lineno for one in frames if Path(one.filename).resolve() == file.resolve()]
    return f"{said} ({file.name}, line {lines[-1]})" if lines else said


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TooLongError
