"""The files around a command: what it reads, and what it writes, collected as it comes."""

from __future__ import annotations

import os
import selectors
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self


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


class Streams:
    """The open files around one command: what it reads and writes, and a mark that it is over."""

    def __init__(self, data: bytes, limit: int) -> None:
        """Open them.

        Args:
            data: What the command reads.
            limit: Bytes of each output to keep.
        """
        self._out, out_in = os.pipe()
        self._err, err_in = os.pipe()
        self.theirs: tuple[int, ...] = (input_file(data), out_in, err_in)
        """The command's own ends: input, output, errors."""
        self._output = Output({self._out: limit, self._err: limit})
        self._over: int | None = os.eventfd(0)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.handed_over()
        with self._lock:
            ours = (self._out, self._err, *(() if self._over is None else (self._over,)))
            self._over = None
        for fd in ours:
            os.close(fd)

    def handed_over(self) -> None:
        """Close the command's own ends here, once it has them."""
        theirs, self.theirs = self.theirs, ()
        for fd in theirs:
            os.close(fd)

    def over(self, _: object = None) -> None:
        """Mark the command as over; it may be that nobody waits any more."""
        with self._lock:
            if self._over is not None:
                os.eventfd_write(self._over, 1)

    def until(self, deadline: float) -> bool:
        """Read until the command is over; return False where the deadline came first."""
        assert self._over is not None
        return self._output.until(self._over, deadline)

    def completed(self, code: int, timed_out: bool, grace: float) -> Completed:
        """Return what the command came back with, after waiting for the rest of its outputs."""
        self._output.rest(grace)
        out, err = self._output.data(self._out), self._output.data(self._err)
        return Completed(code, out, err, timed_out, self._output.truncated)
