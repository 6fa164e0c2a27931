"""What it may cost to open what a file holds, and what was left undone for that."""

from __future__ import annotations

import os

SECONDS = 10.0
UNPACKED = 256 * 1024 * 1024
STREAMS = 10_000


def processor_time() -> float:
    """Return the seconds that this process and those it has waited for have worked.

    Unlike a clock it does not go faster where the machine is busy with other things.
    """
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


class Budget:
    """Seconds of work, bytes and streams that decoding may take, for one file or for many.

    It is counted from when it is made. Whoever decodes asks :meth:`is_over` inside its loops and
    stops; why something was left out, here or by a limit of its own, is in ``unfinished``.
    """

    def __init__(
        self, seconds: float = SECONDS, unpacked: int = UNPACKED, streams: int = STREAMS
    ) -> None:
        self._seconds, self._until = seconds, processor_time() + seconds
        self._unpacked, self._bytes_left = unpacked, unpacked
        self._streams, self._streams_left = streams, streams
        self.unfinished: list[str] = []
        """Why something was not looked into, each reason once, since they were last told."""

    def leave_out(self, why: str) -> None:
        """Note that something is not looked into."""
        if why not in self.unfinished:
            self.unfinished.append(why)

    def told(self) -> list[str]:
        """Return the reasons noted since this was last asked, as when a file is done with."""
        found, self.unfinished = self.unfinished, []
        return found

    def take(self, count: int) -> None:
        """Count bytes that were unpacked."""
        self._bytes_left -= count

    def open_stream(self) -> None:
        """Count something that was unpacked."""
        self._streams_left -= 1

    @property
    def room(self) -> int:
        """Bytes that may still be unpacked."""
        return max(0, self._bytes_left)

    def is_over(self) -> bool:
        """Return whether anything is used up, and note what."""
        if self._bytes_left <= 0:
            self.leave_out(f"unpacked to more than {self._unpacked >> 20} MiB")
        elif self._streams_left <= 0:
            self.leave_out(f"more than {self._streams} packed streams")
        elif processor_time() >= self._until:
            self.leave_out(f"took more than {self._seconds:g} seconds of work")
        else:
            return False
        return True
