"""Stacked bars and histograms count everything, in order."""

from __future__ import annotations

import pytest

from peerwatch.charts.bars import HistogramBar, histogram, stacked_bar
from peerwatch.charts.heat_steps import HEAT_STEPS, heat_step


def test_a_stacked_bar_has_its_parts_in_order_and_no_empty_ones() -> None:
    bar = stacked_bar({"late": 1, "early": 2, "other": 1}, ("early", "never", "late"), 4)
    assert [(s.name, s.x, s.width, s.n) for s in bar] == [
        ("early", 0.0, 50.0, 2),
        ("late", 50.0, 25.0, 1),
    ]


def test_a_histogram_counts_at_its_ends_what_lies_beyond() -> None:
    bars = histogram([-9.0, -1.0, 0.0, 0.1, 9.0, 9.0], reach=1.5, bins=3)
    assert [bar.height for bar in bars] == [100.0, 100.0, 100.0]
    assert [bar.x for bar in bars] == pytest.approx([0.0, 33.33, 66.67])
    assert histogram([0.0], reach=1.5, bins=3) == (HistogramBar(33.33, 30.0, 100.0),)


def test_heat_steps_go_from_none_to_all() -> None:
    assert [heat_step(x) for x in (-1, 0, 0.04, 0.05, 1, 2)] == [0, 0, 0, 1, 10, 10]
    assert heat_step(1.0) == HEAT_STEPS - 1
