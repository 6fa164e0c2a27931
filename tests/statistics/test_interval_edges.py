"""Intervals at their edges: few clusters, empty ones, other levels, and no warnings on the way."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from peerwatch.statistics.intervals import (
    Interval,
    clopper_pearson,
    difference_interval,
    effective_size,
    holm,
    rate_interval,
    t_quantile,
)


def test_an_interval_holds_its_ends() -> None:
    interval = Interval(0.25, 0.5)
    assert 0.25 in interval and 0.5 in interval
    assert 0.2499 not in interval and 0.5001 not in interval


def test_two_clusters_are_worth_no_less_than_one_episode() -> None:
    """Fifty that all count and fifty that do not: two clusters, one degree of freedom."""
    assert effective_size(100, 50, 2, 2 * 25.0**2) == 1.0
    assert effective_size(100, 50, 1, 0.0) == 100  # of one cluster nothing can be said


def test_clusters_without_episodes_are_left_out() -> None:
    k, n = [2, 0, 1, 3, 0], [3, 0, 3, 3, 0]
    assert rate_interval(k, n) == rate_interval([2, 1, 3], [3, 3, 3])


@pytest.mark.parametrize("level", [0.8, 0.99])
def test_the_level_asked_for_is_kept_all_the_way(level: float) -> None:
    found = rate_interval([1] * 6 + [0] * 14, [1] * 20, level)
    low, high = proportion_confint(6, 20, alpha=1 - level, method="beta")
    assert (found.low, found.high) == pytest.approx((low, high))
    assert clopper_pearson(0.3, 20, level) == pytest.approx((low, high))


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_clustered_rates_have_the_exact_interval_on_their_effective_size(level: float) -> None:
    k, n = np.array([3, 0, 2, 3, 1, 0, 3, 2]), np.full(8, 3)
    rate = k.sum() / n.sum()
    size = effective_size(n.sum(), k.sum(), 8, ((k - rate * n) ** 2).sum(), level)
    found = rate_interval(k, n, level)
    assert (found.low, found.high) == pytest.approx(clopper_pearson(rate, size, level))
    assert size != pytest.approx(effective_size(24, k.sum(), 8, ((k - rate * n) ** 2).sum(), 0.9))


def test_the_level_is_95_percent_where_none_is_given() -> None:
    assert clopper_pearson(0.3, 20) == clopper_pearson(0.3, 20, 0.95)
    assert rate_interval([1, 0, 1], [2, 2, 2]) == rate_interval([1, 0, 1], [2, 2, 2], 0.95)


def test_two_clusters_have_a_t_interval() -> None:
    found = difference_interval([1.0, 2.0], bound=None)
    half = t_quantile(0.95, 1) * math.sqrt(0.5) / math.sqrt(2)
    assert (found.low, found.high) == pytest.approx((1.5 - half, 1.5 + half))


def test_adjusted_p_values_end_at_one() -> None:
    assert holm([0.9, 0.8, 0.7]) == (1.0, 1.0, 1.0)


def test_rates_at_the_ends_and_single_clusters_raise_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for k, n in (([0, 0], [2, 2]), ([2, 2], [2, 2]), ([1], [4]), ([1], [1]), ([0], [3])):
            assert 0 <= rate_interval(k, n).low <= rate_interval(k, n).high <= 1
        assert np.isnan(effective_size(0, 0, 0, 0)) or effective_size(0, 0, 0, 0) == 0
