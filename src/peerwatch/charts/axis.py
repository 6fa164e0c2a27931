"""The scale that the rows of a plot share: its ends, its ticks, and where a value lies on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_ROUND_ENDS = (1, 2, 5, 10)
_SLACK = 0.999
"""A value may reach beyond an end by a thousandth, which nobody sees, for a rounder end."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A horizontal scale.

    Attributes:
        low: The value at its left end.
        high: The value at its right end.
        ticks: Position in percent of the width, and words, from left to right.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    @property
    def zero(self) -> float:
        """Where zero lies, in percent of the width."""
        return self.position(0.0)

    def position(self, value: float) -> float:
        """Return where a value lies, in percent of the width; one beyond an end lies on it."""
        return _position(value, self.low, self.high)


def _position(value: float, low: float, high: float) -> float:
    share = (value - low) / (high - low)
    return round(100 * max(0.0, min(1.0, share)), 2)


def axis_with_ticks(
    low: float, high: float, tick_values: Sequence[float], words: Callable[[float], str]
) -> Axis:
    """Return an axis with ticks at some values.

    Args:
        low: The value at its left end.
        high: The value at its right end, above ``low``.
        tick_values: Where the ticks are, rising.
        words: How the value of a tick is written.
    """
    return Axis(low, high, tuple((_position(v, low, high), words(v)) for v in tick_values))


def symmetric_axis(
    values: Iterable[float], steps: Sequence[float], words: Callable[[float], str]
) -> Axis:
    """Return an axis that is alike on both sides of zero, with two ticks on either.

    Args:
        values: What it should have room for.
        steps: From tick to tick, rising; the first of which two reach every value is taken, and the
            last if none do.
        words: How the value of a tick is written.
    """
    reach = max((abs(value) for value in values), default=0.0)
    step = next((step for step in steps if 2 * step >= reach), steps[-1])
    return axis_with_ticks(-2 * step, 2 * step, (-2 * step, -step, 0.0, step, 2 * step), words)


def axis_from_zero(values: Iterable[float], limit: float, words: Callable[[float], str]) -> Axis:
    """Return an axis that begins at zero, or is alike on both sides of it if a value lies below.

    Args:
        values: What it has room for; those that are not finite do not count.
        limit: The farthest that a value can be from zero, infinity if there is no such limit.
        words: How the value of a tick is written.
    """
    known = [value for value in values if math.isfinite(value)]
    reach = min(limit, max((abs(value) for value in known), default=1.0)) or 1.0
    scale = 10 ** math.floor(math.log10(reach))
    high = next(end * scale for end in _ROUND_ENDS if end * scale >= reach * _SLACK)
    if any(value < 0 for value in known):
        return axis_with_ticks(-high, high, (-high, -high / 2, 0.0, high / 2, high), words)
    return axis_with_ticks(0.0, high, (0.0, high / 2, high), words)
