"""A mapping that is made once and never changed: a deep copy of it is itself.

Inspect copies a sample's metadata and scores deeply for every metric of every score, again and
again while a task runs. What happened in an episode is most of that, and nobody changes it.
"""

from __future__ import annotations

from typing import Any


class Kept(dict[str, Any]):
    """A mapping whose deep copy is itself; whoever has it must not change it."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Kept:
        return self
