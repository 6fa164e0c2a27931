"""A claim of several effects is as sure as the weakest of them."""

from __future__ import annotations

import math

from peerwatch.statistics.conjunction import all_above_zero_p


def test_the_largest_p_value_counts() -> None:
    assert all_above_zero_p([(1.0, 0.01), (2.0, 0.04), (0.5, 0.001)]) == 0.04


def test_an_effect_that_is_not_above_zero_sinks_the_claim() -> None:
    assert all_above_zero_p([(1.0, 0.01), (-2.0, 0.001)]) == 1.0
    assert all_above_zero_p([(0.0, 0.5)]) == 1.0


def test_no_effect_is_no_claim() -> None:
    assert math.isnan(all_above_zero_p([]))
