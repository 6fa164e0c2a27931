"""What this machine's kernel tells between looks at it: that something moved, and who wrote."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.sensor.kernel_writes import KernelWrites, heard
from peerwatch.oversight.sensor.watch_paths import PathWatch

LEAST = 5.0
"""Seconds between two looks at least, however much moves."""


class LocalWatch:
    """Hints and writes of one host; of a host that is reached over ssh there are none."""

    def __init__(self, host: str, inventory: Inventory) -> None:
        """Begin; ``why_not`` says why nobody knows who writes, and is empty where it is known."""
        self.inventory = inventory
        self._paths = PathWatch(host, inventory)
        self._kernel = KernelWrites(host, inventory)
        self.why_not = self._kernel.why_not

    def __enter__(self) -> Self:
        self._paths.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._paths.__exit__(kind, error, trace)
        self._kernel.__exit__(kind, error, trace)

    def with_writes(self, facts: HostFacts) -> HostFacts:
        """Return a look with the writes since the last one, where the kernel tells of them."""
        return facts if self.why_not else heard(facts, self._kernel)

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait for the next look: less than ``seconds`` if something moves, or until stopped."""
        until = time.monotonic() + seconds
        stop.wait(min(seconds, LEAST))
        while not stop.is_set() and (left := until - time.monotonic()) > 0:
            if self._paths.moved(timeout=min(left, 1.0)):
                return
