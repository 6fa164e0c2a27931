"""Seeded choices that come out the same on every machine and Python version.

Python promises that ``random.Random(seed).random()`` keeps its sequence across versions, and
nothing about ``choice``, ``sample`` or ``shuffle``; so every choice here is made from ``random()``.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """A stream of choices that is a function of its key alone.

    Give each subject a stream of its own, ``Draw(family, size, seed, "names")``, so that a change
    in one part of a generator does not move the draws of another.
    """

    def __init__(self, *key: str | int) -> None:
        self._random = random.Random("/".join(str(part) for part in key)).random

    def integer(self, low: int, high: int) -> int:
        """Return an integer from ``low`` to ``high``, both included."""
        if high < low:
            raise ValueError(f"empty range: {low} to {high}")
        return low + int(self._random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """Return True with the given probability."""
        return self._random() < probability

    def pick(self, options: Sequence[T]) -> T:
        """Return one of ``options``."""
        return options[self.integer(0, len(options) - 1)]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """Return ``options`` in a random order, as a new list."""
        items = list(options)
        for last in range(len(items) - 1, 0, -1):
            other = self.integer(0, last)
            items[last], items[other] = items[other], items[last]
        return items

    def sample(self, options: Sequence[T], count: int) -> list[T]:
        """Return ``count`` distinct members of ``options`` in a random order."""
        if count > len(options):
            raise ValueError(f"cannot draw {count} distinct from {len(options)}")
        items = list(options)
        for first in range(count):
            other = self.integer(first, len(items) - 1)
            items[first], items[other] = items[other], items[first]
        return items[:count]
