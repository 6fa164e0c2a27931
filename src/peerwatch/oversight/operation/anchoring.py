"""Anchoring by schedule: a thread for each second place, so that one that hangs delays no other.

When a place was told last is read from the record, so a restart neither forgets nor repeats it.
What fails is tried again soon and ends nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import structlog

from peerwatch.oversight.operation.oversight_config import AnchorsConfig
from peerwatch.oversight.record.anchor_places import anchor_name, anchor_place
from peerwatch.oversight.record.entry_index import Entry
from peerwatch.oversight.record.oversight_record import Record
from peerwatch.oversight.record.record_errors import RecordChangedError

_AGAIN = 60.0
"""Seconds after which a place that failed is tried again, if it is not due sooner."""
_LAST = 5.0
"""Seconds that the end waits for what is under way, at all places together."""
_LONGEST = 500
_log = structlog.get_logger("peerwatch.anchors")


@dataclass(frozen=True, slots=True)
class AnchorStanding:
    """What is known of one second place.

    Attributes:
        place: Its name, without a password.
        size: How many leaves it has been told of.
        at: When it was told last, Unix seconds, UTC; None if it never was.
        failed: Why the last try failed; None if it did not, or if none was made here.
        late: Whether the last checkpoint there is older than it should be.
    """

    place: str
    size: int
    at: float | None
    failed: str | None
    late: bool


def anchor_standings(
    config: AnchorsConfig,
    anchored: Iterable[Entry],
    failed: Mapping[str, str],
    begun: float,
    now: float,
) -> list[AnchorStanding]:
    """Return how each second place stands, of the configuration first and then others.

    Args:
        config: The places and when they are due.
        anchored: The ``anchored`` leaves, oldest first.
        failed: Place -> why the last try failed.
        begun: When the process began; a place that was never told is late from some time after.
        now: Unix seconds, UTC.
    """
    newest = {str(one.body["place"]): one for one in anchored}
    scheduled = [anchor_name(one) for one in config.places]
    found = []
    for place in dict.fromkeys((*scheduled, *sorted(newest))):
        entry = newest.get(place)
        since = begun if entry is None else entry.at
        late = place in scheduled and now - since > config.late
        size = 0 if entry is None else int(entry.body["size"])
        at = None if entry is None else entry.at
        found.append(AnchorStanding(place, size, at, failed.get(place), late))
    return found


class Anchoring:
    """Puts checkpoints at the places of a configuration while a process runs.

    Attributes:
        failed: Place -> why the last try failed; only of places whose last try did.
    """

    def __init__(
        self, record: Record, config: AnchorsConfig, clock: Callable[[], float] = time.time
    ) -> None:
        self.failed: dict[str, str] = {}
        self._record, self._config, self._clock = record, config, clock
        self._begun, self._stop = clock(), threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(one,), name="anchor", daemon=True)
            for one in config.places
        ]

    def start(self) -> None:
        """Begin."""
        for one in self._threads:
            one.start()

    def stop(self) -> None:
        """End after what is under way; a place that hangs is not waited for."""
        self._stop.set()
        end = time.monotonic() + _LAST
        for one in self._threads:
            one.join(max(0.0, end - time.monotonic()))

    def _run(self, place: str) -> None:
        while not self._stop.wait(self.pause(place)):
            self.anchor(place)

    def pause(self, place: str) -> float:
        """Return the seconds until a place is due; one that failed is tried again soon."""
        name = anchor_name(place)
        if name in self.failed:
            return min(_AGAIN, self._config.every)
        try:
            last = self._last(name, "anchored")
        except Exception:  # the record is away: it may be back by the next time
            return min(_AGAIN, self._config.every)
        passed = None if last is None else self._clock() - last.at
        # A time that is to come was told by a clock that has been set back since.
        return 0.0 if passed is None or passed < 0 else max(0.0, self._config.every - passed)

    def anchor(self, place: str) -> bool:
        """Put a checkpoint at a place now; return whether it stands there."""
        name = anchor_name(place)
        try:
            self._record.anchor(anchor_place(place))
        except Exception as error:  # each kind of place has errors of its own
            self.failed[name] = (str(error) or type(error).__name__)[:_LONGEST]
            _log.warning("anchor_failed", place=name, why=self.failed[name])
            self._tell(name, at_once=isinstance(error, RecordChangedError))
            return False
        self.failed.pop(name, None)
        return True

    def _tell(self, name: str, at_once: bool) -> None:
        """Record that a place is late, once until it is told again."""
        try:
            last = self._last(name, "anchored", "anchor_failed")
            since = self._begun if last is None else last.at
            told = last is not None and last.kind == "anchor_failed"
            if not told and (at_once or self._clock() - since > self._config.late):
                self._record.append("anchor_failed", {"place": name, "said": self.failed[name]})
        except Exception:
            _log.exception("anchor_failure_not_recorded", place=name)

    def _last(self, name: str, *kinds: str) -> Entry | None:
        entries = self._record.entries(kinds, about={"place": name}, newest_first=True)
        return next(entries, None)
