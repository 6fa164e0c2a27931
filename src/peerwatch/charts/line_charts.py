"""Line charts of shares over the levels of something, with error bars, a line a series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_WIDEST_SHIFT = 4.0
"""Percent of the width by which the points of two series at one level lie apart at most."""


@dataclass(frozen=True, slots=True)
class ShareAtLevel:
    """A share with its limits, all from 0 to 1, and what is said of it in a table."""

    share: float
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One point: ``x`` in percent of the width; ``y`` and the limits as shares of the height."""

    level: str
    x: float
    y: float
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One series; ``style`` picks its colour, dash and marker."""

    name: str
    style: int
    points: tuple[ChartPoint, ...]


@dataclass(frozen=True, slots=True)
class LineChart:
    """A chart.

    Attributes:
        levels: Level and its place, in percent of the width.
        lines: The series that have a point.
    """

    levels: tuple[tuple[str, float], ...]
    lines: tuple[ChartLine, ...]


def line_chart(
    order: Sequence[str], series: Sequence[tuple[str, Mapping[str, ShareAtLevel]]]
) -> LineChart | None:
    """Return the chart of some series; None where they have fewer than two levels together.

    Args:
        order: The levels from left to right.
        series: Name and level -> share; the place in the sequence is the style of the line, also
            where series before it are empty.
    """
    levels = [level for level in order if any(level in shares for _, shares in series)]
    if len(levels) < 2:
        return None
    width = 100 / len(levels)
    places = {level: round(width * (i + 0.5), 2) for i, level in enumerate(levels)}
    there = [(style, name, shares) for style, (name, shares) in enumerate(series) if shares]
    lines = []
    for number, (style, name, shares) in enumerate(there):
        # Side by side, so that one interval never hides another.
        shift = (number - (len(there) - 1) / 2) * min(_WIDEST_SHIFT, width / 6)
        points = tuple(_point(level, places[level] + shift, shares[level]) for level in shares)
        lines.append(ChartLine(name, style, points))
    return LineChart(tuple(places.items()), tuple(lines))


def _point(level: str, x: float, at: ShareAtLevel) -> ChartPoint:
    return ChartPoint(level, round(x, 2), at.share, at.low, at.high, at.text)
