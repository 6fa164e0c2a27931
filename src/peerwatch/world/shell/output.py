"""The files around a command: what it reads, and what it writes, collected as it comes."""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Completed:
    """What a command came back with."""

    code: int
    stdout: bytes
    stderr: bytes
    timed_out: bool = False
    truncated: bool = False
    """Whether the beginning of an output was dropped, because it was over the limit."""


def input_file(data: bytes) -> int:
    """Return an open file that a command can read some data from."""
    if not data:
        return os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC)
    fd = os.memfd_create("input")
    with os.fdopen(os.dup(fd), "wb") as file:
        file.write(data)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


class Output:
    """The outputs of a command, as they come."""

    def __init__(self, limits: Mapping[int, int]) -> None:
        self._limits = limits
        self._data = {fd: bytearray() for fd in limits}
        self._open = set(limits)
        self.truncated = False

    def data(self, fd: int) -> bytes:
        """Return the end of an output, as much of it as is kept."""
        return bytes(self._data[fd][-self._limits[fd] :])

    def until(self, over: int, deadline: float) -> bool:
        """Read until the command is over; return False where the deadline came first."""
        with selectors.DefaultSelector() as ready:
            for fd in (*self._open, over):
                ready.register(fd, selectors.EVENT_READ)
            while True:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                ended = False
                for key, _ in ready.select(min(left, 60.0)):
                    if key.fd == over:
                        ended = True
                    elif not self._take(key.fd):
                        ready.unregister(key.fd)
                if ended:
                    return True

    def rest(self, grace: float) -> None:
        """Read what is there, and wait a little for what is held open by others."""
        deadline = time.monotonic() + grace
        with selectors.DefaultSelector() as ready:
            for fd in self._open:
                ready.register(fd, selectors.EVENT_READ)
            while self._open:
                found = ready.select(max(0.0, deadline - time.monotonic()))
                if not found and time.monotonic() >= deadline:
                    return
                for key, _ in found:
                    if not self._take(key.fd):
                        ready.unregister(key.fd)

    def _take(self, fd: int) -> bool:
        block = os.read(fd, 1 << 16)
        if not block:
            self._open.discard(fd)
            return False
        data = self._data[fd]
        data += block
        if len(data) > 2 * self._limits[fd] + (1 << 16):
            del data[: len(data) - self._limits[fd]]
            self.truncated = True
        return True
