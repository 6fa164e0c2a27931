"""Axes: rounded ends, ticks with their words, and positions that stay on the plot."""

from __future__ import annotations

import math

import pytest

from peerwatch.charts.axis import Axis, axis_from_zero, symmetric_axis


def words(value: float) -> str:
    return f"{value:g}"


def test_a_position_is_percent_of_the_width_and_never_beyond_an_end() -> None:
    axis = Axis(-1.0, 1.0, ())
    assert [axis.position(x) for x in (-2, -1, 0, 1, 2)] == [0, 0, 50, 100, 100]
    assert axis.zero == 50.0


@pytest.mark.parametrize(
    ("values", "end"), [((), 0.5), ((0.5,), 0.5), ((0.1, -0.51), 1.0), ((3.0,), 2.0)]
)
def test_a_symmetric_axis_takes_the_first_step_that_has_room(
    values: tuple[float, ...], end: float
) -> None:
    axis = symmetric_axis(values, (0.25, 0.5, 1.0), words)
    assert (axis.low, axis.high) == (-end, end)
    assert axis.ticks[0] == (0.0, words(-end)) and axis.ticks[2] == (50.0, "0")
    assert [x for x, _ in axis.ticks] == [0.0, 25.0, 50.0, 75.0, 100.0]


@pytest.mark.parametrize(
    ("values", "limit", "ends"),
    [
        ((3.0, 1.0), math.inf, (0.0, 5.0)),
        ((3.0, -0.2), math.inf, (-5.0, 5.0)),
        ((0.0101,), math.inf, (0.0, 0.02)),
        ((10.001,), math.inf, (0.0, 10.0)),
        ((140.0,), 100.0, (0.0, 100.0)),
        ((), math.inf, (0.0, 1.0)),
        ((math.nan, math.inf, 0.0), math.inf, (0.0, 1.0)),
    ],
)
def test_an_axis_from_zero_ends_at_a_round_number(
    values: tuple[float, ...], limit: float, ends: tuple[float, float]
) -> None:
    axis = axis_from_zero(values, limit, words)
    assert (axis.low, axis.high) == pytest.approx(ends)
    assert axis.ticks[-1] == (100.0, words(axis.high))
    assert (axis.zero, "0") in axis.ticks
