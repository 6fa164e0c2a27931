"""Where a value, its interval and its bounds lie on an axis."""

from __future__ import annotations

import math

from peerwatch.charts.axis import Axis
from peerwatch.charts.forest_rows import IntervalMark, interval_mark

AXIS = Axis(-10.0, 10.0, ())


def test_value_and_limits_are_placed() -> None:
    assert interval_mark(AXIS, 0.0, -5.0, 10.0) == IntervalMark(50.0, 25.0, 100.0, "")


def test_an_interval_that_goes_on_is_cut_and_said_to_be() -> None:
    assert interval_mark(AXIS, 0.0, -11.0, 10.0) == IntervalMark(50.0, 0.0, 100.0, "<")
    assert interval_mark(AXIS, 0.0, -10.0, 12.0).cut == ">"
    assert interval_mark(AXIS, 0.0, -10.5, 12.0).cut == "<>"
    assert interval_mark(AXIS, 0.0, -10.0 - 1e-12, 10.0).cut == ""


def test_what_is_not_known_has_no_place() -> None:
    for none in (None, math.nan):
        mark = interval_mark(AXIS, none, none, none, (-20.0, 5.0))
        assert mark == IntervalMark(None, None, None, "", (0.0, 75.0))
