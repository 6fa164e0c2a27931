"""Intervals against published and independent figures, and against what they promise."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
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


@pytest.mark.parametrize(("k", "n"), [(0, 20), (3, 20), (20, 20), (1, 1), (50, 100)])
def test_one_episode_a_cluster_is_the_exact_interval(k: int, n: int) -> None:
    found = rate_interval([1] * k + [0] * (n - k), [1] * n)
    low, high = proportion_confint(k, n, method="beta")
    assert found.low == pytest.approx(low, abs=1e-12)
    assert found.high == pytest.approx(high, abs=1e-12)


def test_exact_limits_are_those_of_earlier_results() -> None:
    """Results in files have these limits, those of sizes that are not whole included."""
    with Path(__file__).with_name("exact_limits.csv").open(encoding="utf-8", newline="") as file:
        held = [{name: float(x) for name, x in row.items()} for row in csv.DictReader(file)]
    assert len(held) == 144
    for row in held:
        found = clopper_pearson(row["rate"], row["size"], row["level"])
        assert found == pytest.approx((row["low"], row["high"]), rel=0, abs=1e-12), row


def test_exact_limits_are_taken_element_by_element() -> None:
    low, high = clopper_pearson([0.0, math.nan, 0.5, 1.0], [4.0, 0.0, 3.0, 4.5])
    assert low[0] == 0 and high[3] == 1
    assert np.isnan(low[1]) and np.isnan(high[1])
    alone = clopper_pearson(0.5, 3.0)
    assert (low[2], high[2]) == alone and alone[0].shape == ()


def test_a_rate_of_zero_counts_clusters_not_episodes() -> None:
    assert rate_interval([0] * 10, [5] * 10) == rate_interval([0] * 10, [1] * 10)
    assert rate_interval([5] * 10, [5] * 10) == rate_interval([1] * 10, [1] * 10)


def test_clusters_that_agree_within_widen_the_interval() -> None:
    together = rate_interval([5] * 10 + [0] * 10, [5] * 20)
    apart = rate_interval([1, 2, 3, 4, 2, 3, 2, 3, 3, 2] * 2, [5] * 20)
    assert together.width > 1.9 * apart.width
    assert together.width >= rate_interval([1] * 10 + [0] * 10, [1] * 20).width


def test_the_design_effect_is_that_of_the_textbook() -> None:
    """Ten clusters of two that always agree are worth ten episodes, before the t adjustment."""
    k, n = np.array([2, 0] * 5), np.full(10, 2)
    squares = ((k - 0.5 * n) ** 2).sum()
    size = effective_size(20, 10, 10, squares)
    effect = (10 / 9) * squares / 20**2 / (0.25 / 20)
    few = (t_quantile(0.95, 1e9) / t_quantile(0.95, 9)) ** 2
    assert size == pytest.approx(20 / effect * few)


def test_the_difference_is_bonett_and_prices_for_one_pair_a_cluster() -> None:
    """n = 20, 6 pairs differ one way and 2 the other: their formula, with a t quantile."""
    d = [1] * 6 + [-1] * 2 + [0] * 12
    p12, p21, n = 7 / 22, 3 / 22, 22
    half = t_quantile(0.95, 21) * math.sqrt((p12 + p21 - (p12 - p21) ** 2) / n)
    found = difference_interval(d)
    assert found.low == pytest.approx(p12 - p21 - half)
    assert found.high == pytest.approx(p12 - p21 + half)


def test_unbounded_differences_have_a_t_interval() -> None:
    d = np.array([1.0, 2.5, -0.5, 3.0, 2.0])
    half = t_quantile(0.95, 4) * d.std(ddof=1) / math.sqrt(5)
    found = difference_interval(d, bound=None)
    assert (found.low, found.high) == pytest.approx((d.mean() - half, d.mean() + half))


@pytest.mark.parametrize("values", [[], [math.nan, math.nan]])
def test_nothing_has_no_interval(values: list[float]) -> None:
    assert math.isnan(difference_interval(values).low)
    assert math.isnan(difference_interval(values, bound=None).high)
    assert math.isnan(rate_interval([], []).low)
    assert math.isnan(difference_interval([1.0], bound=None).low)


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=1, max_size=60))
def test_intervals_stay_in_range_and_mirror(d: list[float]) -> None:
    found, mirrored = difference_interval(d), difference_interval([-x for x in d])
    assert -1 <= found.low < found.high <= 1
    assert found.low == pytest.approx(-mirrored.high) and found.high == pytest.approx(-mirrored.low)
    assert difference_interval(d, level=0.8).width <= found.width


def test_holm_is_the_textbooks() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    adjusted = holm([0.02, math.nan, 0.03])
    assert adjusted[0] == 0.04 and math.isnan(adjusted[1]) and adjusted[2] == 0.04
    assert holm([]) == ()


@settings(max_examples=5, deadline=None)  # each example collects garbage, which is slow
@given(st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.01, 0.02])), min_size=1, max_size=9))
@pytest.mark.slow
def test_holm_is_that_of_statsmodels(p: list[float]) -> None:
    assert holm(p) == tuple(multipletests(p, method="holm")[1])


def test_an_interval_knows_its_width_and_what_it_holds() -> None:
    interval = Interval(-0.1, 0.3)
    assert interval.width == pytest.approx(0.4)
    assert 0.0 in interval and 0.31 not in interval


@pytest.mark.slow
def test_a_run_that_looks_at_itself_does_not_wait_for_statsmodels() -> None:
    code = "import sys, peerwatch.running.until_narrow; print('statsmodels' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
