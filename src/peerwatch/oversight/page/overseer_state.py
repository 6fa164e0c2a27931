"""What the page stands on: the record, the inventory, and the last looks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.record.oversight_record import Record


@dataclass
class OverseerState:
    """What one process of oversight has in common.

    Attributes:
        record: The record, which all threads may use.
        inventory: As it was last read.
        folder: The state folder.
        look: The last look at a host, or None where there was none.
        look_now: Looks at hosts before an order is recorded, so that what stood before is known;
            None where nothing looks.
        report: Returns the signed report of an order as text; None where nothing signs.
        clock: Unix seconds, UTC; for tests.
        anchors_failed: Second place -> why it could not be told a checkpoint the last time.
        begun: When the process began.
        refused: Returns why what stands in the inventory's file is not in force, or None if it is.
        changed: Returns how the database was changed by another hand, or None if it was not.
        opened: Address of the page -> when somebody who is signed in last opened it.
    """

    record: Record
    inventory: Inventory
    folder: Path
    look: Callable[[str], HostFacts | None]
    look_now: Callable[[Iterable[str]], Mapping[str, HostFacts]] | None = None
    report: Callable[[str], str] | None = None
    clock: Callable[[], float] = time.time
    anchors_failed: Mapping[str, str] = field(default_factory=dict)
    begun: float = field(default_factory=time.time)
    refused: Callable[[], str | None] = lambda: None
    changed: Callable[[], str | None] = lambda: None
    opened: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note_opened(self, path: str) -> None:
        """Remember that somebody has opened an address, so that nobody else is told of it."""
        with self._lock:
            self.opened[path] = self.clock()
            while len(self.opened) > 10_000:
                self.opened.pop(next(iter(self.opened)))

    def was_opened(self, path: str, since: float) -> bool:
        """Whether somebody has opened an address since a time (Unix seconds)."""
        return self.opened.get(path, float("-inf")) >= since
