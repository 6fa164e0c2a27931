"""Rows of a forest plot: a value with its interval on an axis that all rows share."""

from __future__ import annotations

import math
from dataclasses import dataclass

from peerwatch.charts.axis import Axis

_NOTHING_BEYOND = 1e-9
"""By so much a limit may lie beyond an end of the axis without being cut off there."""


@dataclass(frozen=True, slots=True)
class IntervalMark:
    """Where a row's value and interval lie, in percent of the width; None where not known.

    Attributes:
        value: The dot.
        low: The left end of the line.
        high: The right end of the line.
        cut: ``<`` and ``>`` where the interval goes on beyond the axis.
        bounds: Where no value can be given: between what it lies all the same.
    """

    value: float | None
    low: float | None
    high: float | None
    cut: str
    bounds: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """What every row of a forest says; pages add columns of their own.

    Attributes:
        name: What is compared.
        question: What the comparison answers.
        value: The value as it is printed; empty where there is none.
        interval: The interval as it is printed.
        mark: The same as positions.
        p: The p-value as it is printed.
        note: What to mind, in few words.
        status: Why there is no value; empty where there is one.
        is_claim: Whether the row is a claim, whose parts are the rows below it.
    """

    name: str
    question: str
    value: str
    interval: str
    mark: IntervalMark
    p: str
    note: str
    status: str = ""
    is_claim: bool = False


def interval_mark(
    axis: Axis,
    value: float | None,
    low: float | None,
    high: float | None,
    bounds: tuple[float, float] | None = None,
) -> IntervalMark:
    """Return where a value, its limits and its bounds lie on an axis.

    Args:
        axis: The axis.
        value: None or NaN where there is none; so are the limits.
        low: The lower limit.
        high: The upper limit.
        bounds: Between what the value lies where it cannot be given.
    """
    cut_left = low is not None and low < axis.low - _NOTHING_BEYOND
    cut_right = high is not None and high > axis.high + _NOTHING_BEYOND
    return IntervalMark(
        value=_position(axis, value),
        low=_position(axis, low),
        high=_position(axis, high),
        cut=("<" if cut_left else "") + (">" if cut_right else ""),
        bounds=None if bounds is None else (axis.position(bounds[0]), axis.position(bounds[1])),
    )


def _position(axis: Axis, value: float | None) -> float | None:
    return axis.position(value) if value is not None and math.isfinite(value) else None
