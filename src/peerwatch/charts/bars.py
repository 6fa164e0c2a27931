"""Bars: the parts of a stacked bar, and the bars of a histogram. Geometry is in percent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BarSegment:
    """A part of a stacked bar: what it counts, its place and width, its count."""

    name: str
    x: float
    width: float
    n: int


def stacked_bar(
    counts: Mapping[str, int], order: Iterable[str], total: int
) -> tuple[BarSegment, ...]:
    """Return the parts of a bar that are not empty.

    Args:
        counts: Name -> count.
        order: Names from left to right; others have no part.
        total: The count that fills the whole width.
    """
    segments, x = [], 0.0
    for name in order:
        n = counts.get(name, 0)
        if n:
            width = 100 * n / total
            segments.append(BarSegment(name, round(x, 2), round(width, 2), n))
            x += width
    return tuple(segments)


@dataclass(frozen=True, slots=True)
class HistogramBar:
    """One bar: its place and width in percent of the plot, its height in percent of the highest."""

    x: float
    width: float
    height: float


def histogram(values: Sequence[float], reach: float, bins: int) -> tuple[HistogramBar, ...]:
    """Return the bars of a histogram that are not empty.

    Args:
        values: What is counted, at least one.
        reach: The plot goes from ``-reach`` to ``reach``; what lies beyond is counted at its ends.
        bins: How many bars there is room for.
    """
    counts = [0] * bins
    for value in values:
        place = int((value + reach) / (2 * reach) * bins)
        counts[max(0, min(bins - 1, place))] += 1
    most, width = max(counts), 100 / bins
    return tuple(
        HistogramBar(round(i * width, 2), round(width * 0.9, 2), round(100 * n / most, 1))
        for i, n in enumerate(counts)
        if n
    )
