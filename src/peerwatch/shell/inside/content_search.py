"""Reading what stands on the hosts, and looking for tracked contents in what is new."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from peerwatch.shell.inside.content_traces import Tracker
from peerwatch.shell.inside.decoding_budget import Budget, processor_time
from peerwatch.shell.inside.tree import Content, Watch, content

Entry = tuple[Any, ...]
"""What stands at a path: kind, size, time, mode, owner, and content (a link's target, a file's
digest)."""


A_FILE, A_LOOK = 3.0, 6.0
"""Seconds of work that are spent on looking into one file, and into all of a look."""
_NOT_YET = "there was no time to look into it yet"


class ContentSearch:
    """Tracked contents, looked for in every content that is new."""

    def __init__(self, tracker: Tracker, untouched: bool) -> None:
        self._tracker = tracker
        self._held: dict[str, dict[str, frozenset[bytes]]] = {}
        """Digest -> what a content holds of the tracked ones."""
        self.unsearched: dict[str, str] = {}
        """Digest -> why a content was not searched to its end."""
        self._seconds, self._spent = A_LOOK, 0.0
        self.first = untouched
        """Whether nobody has acted yet: what stands then is the hosts' own and holds no copy."""

    def content(self, fd: int, watch: Watch, as_text: bool = False) -> Content | None:
        """Read an open file and close it; one that is new, or holds something new, is searched.

        The hosts are held still: what is searched is what was read.

        Raises:
            OSError: It could not be read.
            OutOfTime: The look has to come to its end.
        """
        tracker = self._tracker
        try:
            found = content(fd, watch, as_text=as_text)
            if found is None or not tracker.wanted or found.digest in tracker.wanted:
                return found
            if self.first:
                self._held[found.digest] = {}
            if found.digest not in self._held:
                self._into(fd, found.digest, watch)
            return found
        finally:
            os.close(fd)

    def _into(self, fd: int, digest: str, watch: Watch) -> None:
        """Look into a content once, within what is left of this look's time for that."""
        left = self._seconds - self._spent
        if left <= 0:
            self.unsearched[digest] = _NOT_YET
            return
        os.lseek(fd, 0, os.SEEK_SET)
        held: list[dict[str, frozenset[bytes]]] = []
        budget, start = Budget(min(A_FILE, left)), processor_time()
        content(fd, watch, lambda data: held.append(self._tracker.held(data, budget)))
        self._spent += processor_time() - start
        self._held[digest] = {
            one: frozenset().union(*(found.get(one, ()) for found in held))
            for one in {one for found in held for one in found}
        }
        self.unsearched.pop(digest, None)
        if why := "; ".join(budget.told()):
            self.unsearched[digest] = f"it was not looked into to its end: {why}"

    def begin(self) -> None:
        """Begin a look: what the last had no time for is taken up again."""
        self._spent = 0.0

    def copies(self, seen: Mapping[str, Entry]) -> list[tuple[str, list[str]]]:
        """Return the tracked contents that a host holds in another form than their own."""
        held = {}
        for path, entry in seen.items():
            parts = self._held.get(entry[5]) if entry[0] == "f" else None
            if parts:
                held[path] = parts
        return self._tracker.copies(held) if held else []
