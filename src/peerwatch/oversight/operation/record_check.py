"""Reading the whole record again while it is in use, since opening believes an earlier opening."""

from __future__ import annotations

import threading

import structlog

from peerwatch.oversight.record.oversight_record import Record
from peerwatch.oversight.record.record_errors import RecordChangedError

DAY = 86_400.0
_PAUSE = 0.05
"""Seconds between two batches of 500 entries: others need the machine."""
_log = structlog.get_logger("peerwatch.record")


class RecordCheck(threading.Thread):
    """The thread that checks every entry, at the start and once a day.

    Attributes:
        found: What is wrong; None while nothing was found.
    """

    def __init__(self, record: Record, pause: float = _PAUSE) -> None:
        super().__init__(name="record check", daemon=True)
        self.found: str | None = None
        self._record, self._pause = record, pause
        self._stop_asked = threading.Event()

    def run(self) -> None:
        """Check, and again a day later, until :meth:`stop`."""
        due = bool(self._record.recalled)
        while True:
            if due:
                self.check()
            if self._stop_asked.wait(DAY):
                return
            due = True

    def check(self) -> None:
        """Check every entry now; what is wrong is kept and told."""
        try:
            size = self._record.check(self._pause)
        except RecordChangedError as error:
            self.found = str(error)
            _log.error("record_changed", why=self.found)
        except Exception:  # the database is away, or this process ends
            _log.exception("record_not_checked")
        else:
            self.found = None
            _log.info("record_checked", entries=size)

    def stop(self) -> None:
        """End it; a check that is under way ends with the process."""
        self._stop_asked.set()
