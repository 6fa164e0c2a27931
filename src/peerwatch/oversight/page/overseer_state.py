"""What the page stands on: the record, the inventory, and the last looks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.lifecycle_inventory import Inventory


class PageEntry(Protocol):
    """A leaf of the record."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> float: ...
    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...
    @property
    def leaf_hash(self) -> Any: ...


class PageRecord(Protocol):
    """What the page asks of a record."""

    def append(self, kind: Any, body: Mapping[str, Any], durable: bool = False) -> PageEntry:
        """Add a leaf."""

    def entries(
        self, kinds: Sequence[Any] = (), after: int = -1, limit: int | None = None
    ) -> Iterable[PageEntry]:
        """Return leaves in their order."""

    def checkpoint(self) -> str:
        """Return the signed note of now."""


@dataclass
class OverseerState:
    """What one process of oversight has in common.

    Attributes:
        record: The record, which all threads may use.
        inventory: As it was last read.
        folder: The state folder.
        look: The last look at a host, or None where there was none.
        clock: Unix seconds, UTC; for tests.
        opened: Address of the page -> when somebody who is signed in last opened it.
    """

    record: Any
    inventory: Inventory
    folder: Path
    look: Callable[[str], HostFacts | None]
    clock: Callable[[], float] = time.time
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
