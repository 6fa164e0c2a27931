"""Effects on clusters: means, limits where nothing differs, and how small an effect is seen."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from peerwatch.statistics.cluster_effects import (
    cluster_means,
    estimate_effect,
    largest_unseen_share,
    smallest_detectable,
)

NAN = math.nan


def test_a_cluster_counts_once_and_only_what_is_known() -> None:
    means = cluster_means(np.array([1.0, 3.0, NAN, 5.0, NAN]), np.array([0, 0, 0, 2, 3]))
    assert means.tolist() == [2.0, 5.0]


def test_many_clusters_get_the_t_interval_and_the_t_test() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    values = rng.normal(1.0, 2.0, 60)
    found = estimate_effect(values, np.arange(60), 100.0, False, 0.95)
    t = ttest_1samp(values, 0.0)
    low, high = t.confidence_interval(0.95)
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high))
    assert found.p == pytest.approx(t.pvalue) and found.clusters == 60


def test_where_nothing_differs_the_limits_are_the_exact_binomial_ones() -> None:
    found = estimate_effect(np.zeros(20), np.arange(20), 10.0, False, 0.95)
    assert found.p == 1.0 and found.value == 0.0
    assert found.interval.high == pytest.approx(10 * 0.1684, abs=1e-3) == -found.interval.low
    assert largest_unseen_share(20, 0.95) == pytest.approx(0.16843, abs=1e-5)


def test_one_cluster_has_no_limits() -> None:
    found = estimate_effect(np.array([1.0, 3.0]), np.array([0, 0]), 10.0, False, 0.95)
    assert found.value == 2.0 and math.isnan(found.interval.low) and math.isnan(found.p)
    assert math.isnan(smallest_detectable(1.0, 1, 0.05))


def test_the_smallest_effect_is_found_four_times_in_five() -> None:
    rng = np.random.Generator(np.random.PCG64(2))
    effect = smallest_detectable(1 / math.sqrt(100), 100, 0.05)
    p = np.asarray(ttest_1samp(rng.normal(effect, 1.0, (4_000, 100)), 0.0, axis=1).pvalue)
    assert np.mean(p <= 0.05) == pytest.approx(0.8, abs=0.03)
