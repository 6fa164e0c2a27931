"""Line charts: levels in order, series side by side, a style that does not change."""

from __future__ import annotations

import pytest

from peerwatch.charts.line_charts import ShareAtLevel, line_chart


def share(value: float) -> ShareAtLevel:
    return ShareAtLevel(value, value - 0.1, value + 0.1, f"{value:g}")


def test_levels_are_placed_in_order_and_only_where_some_series_has_them() -> None:
    chart = line_chart(("low", "mid", "high"), [("a", {"high": share(0.5), "low": share(0.2)})])
    assert chart is not None
    assert chart.levels == (("low", 25.0), ("high", 75.0))
    assert [(p.level, p.x, p.y) for p in chart.lines[0].points] == [
        ("high", 75.0, 0.5),
        ("low", 25.0, 0.2),
    ]


def test_one_level_is_no_chart() -> None:
    assert line_chart(("low", "high"), [("a", {"low": share(0.2)})]) is None


def test_series_lie_side_by_side_and_keep_their_style_where_one_is_empty() -> None:
    shares = {"low": share(0.2), "high": share(0.4)}
    chart = line_chart(("low", "high"), [("a", shares), ("none", {}), ("b", shares)])
    assert chart is not None
    one, other = chart.lines
    assert (one.name, one.style, other.name, other.style) == ("a", 0, "b", 2)
    assert [p.x for p in one.points] == pytest.approx([23.0, 73.0])
    assert [p.x for p in other.points] == pytest.approx([27.0, 77.0])
