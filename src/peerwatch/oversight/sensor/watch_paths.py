"""Hints that something moved at an asset's place on this machine, within moments.

They make a look come sooner and say nothing by themselves: a look is the truth. Where the kernel
allows no more watches, or none at all, looks come by the schedule alone.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from peerwatch.oversight.asset_places import assets_on
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.sensor.on_host.plain_names import real, shown

_RUST_TIMEOUT_MS = 1000
_RETRY = 5.0


class PathWatch:
    """Watches over the places of assets on a host that is this machine.

    ::

        with PathWatch("web-1", inventory) as watch:
            while True:
                moved = watch.moved(timeout=60)   # then look at the host, moved or not
    """

    def __init__(self, host: str, inventory: Inventory) -> None:
        """Prepare; a host that is reached over ssh has nothing to watch."""
        places = [place for _, place in assets_on(host, inventory) if place.is_path]
        local = inventory.hosts[host].reach == "local"
        self._files = {os.fsdecode(real(p.path)) for p in places if local and not p.below}
        self._folders = {os.fsdecode(real(p.path)) for p in places if local and p.below}
        self._moved: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        for paths, deep in ((self._files, False), (self._folders, True)):
            if paths:
                thread = threading.Thread(target=self._watch, args=(paths, deep), daemon=True)
                thread.start()
                self._threads.append(thread)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * _RUST_TIMEOUT_MS / 1000)

    def moved(self, timeout: float) -> frozenset[str]:
        """Wait until something moves, or for ``timeout`` seconds; return the paths that did.

        Paths are as looks write them. Empty: nothing is known to have moved.
        """
        found = set()
        with contextlib.suppress(queue.Empty):
            found.add(self._moved.get(timeout=timeout))
            while True:
                found.add(self._moved.get_nowait())
        return frozenset(found)

    def _watch(self, paths: set[str], deep: bool) -> None:
        """Watch until stopped; what cannot be watched now is tried again."""
        from watchfiles import watch

        while not self._stop.is_set():
            roots = _roots(paths, deep)
            if not roots:
                self._stop.wait(_RETRY)
                continue
            with contextlib.suppress(OSError, RuntimeError):
                for changes in watch(
                    *roots,
                    recursive=deep,
                    watch_filter=None,
                    debounce=200,
                    step=50,
                    stop_event=self._stop,
                    rust_timeout=_RUST_TIMEOUT_MS,
                    yield_on_timeout=True,
                    raise_interrupt=False,
                    ignore_permission_denied=True,
                ):
                    self._take((path for _, path in changes), paths, deep)
                    if _roots(paths, deep) != roots:
                        break  # a directory came or went: begin anew with those there are
            self._stop.wait(0.2)

    def _take(self, changed: Iterable[str], paths: set[str], deep: bool) -> None:
        for path in changed:
            if deep or path in paths:
                self._moved.put(shown(os.fsencode(path)))


def _roots(paths: set[str], deep: bool) -> list[str]:
    """Return the directories to watch that are there: a file's own, since files are replaced."""
    folders = {path.rstrip("/") if deep else os.path.dirname(path) for path in paths}
    return sorted(folder for folder in folders if os.path.isdir(folder))
