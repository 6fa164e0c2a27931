"""What a look may use: time, bytes read, memory, bytes said. A look ends, whatever it meets."""

from __future__ import annotations

import contextlib
import os
import resource
import time


class OutOfTimeError(Exception):
    """The time of this part of the look is over."""


class Limits:
    """The bounds of one look.

    Attributes:
        deadline: When it has to end, by the clock that nobody sets (``time.monotonic``).
        bytes_left: Bytes that may still be read of files that are searched.
    """

    def __init__(self, seconds: float, read: int) -> None:
        self.deadline = time.monotonic() + seconds
        self.bytes_left = read
        self.bytes_read = 0

    def left(self) -> float:
        """Return the seconds that are left; never below 0."""
        return max(0.0, self.deadline - time.monotonic())

    def check(self) -> None:
        """Raise OutOfTimeError if the time is over."""
        if time.monotonic() >= self.deadline:
            raise OutOfTimeError

    def took(self, size: int) -> None:
        """Count bytes that were read, and look at the clock."""
        self.bytes_read += size
        self.bytes_left -= size
        self.check()

    def part(self, share: float) -> Limits:
        """Return limits that end after a share of the time that is left; bytes are counted here."""
        return _Part(self, share)


class _Part(Limits):
    def __init__(self, whole: Limits, share: float) -> None:
        super().__init__(whole.left() * share, 0)
        self._whole = whole

    def took(self, size: int) -> None:
        self._whole.bytes_read += size
        self._whole.bytes_left -= size
        self.bytes_left = self._whole.bytes_left
        self.check()


def bound_this_process(memory: int, seconds: float) -> None:
    """Have the kernel bound this process, and step behind others in the queue for the machine."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with contextlib.suppress(OSError, ValueError):
        most = int(seconds) + 5
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        os.nice(10)
