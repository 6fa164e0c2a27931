"""The sign-flip test against brute force, the binomial, and SciPy."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from peerwatch.statistics.sign_flip import sign_flip_p


def brute(d: list[float], alternative: str) -> float:
    sums = [sum(s * x for s, x in zip(p, d, strict=True)) for p in _signs(len(d))]
    total = sum(d)
    if alternative == "greater":
        return float(np.mean([x >= total - 1e-9 for x in sums]))
    return float(np.mean([abs(x) >= abs(total) - 1e-9 for x in sums]))


def _signs(count: int) -> itertools.product[tuple[int, ...]]:
    return itertools.product((-1, 1), repeat=count)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([-1, -2 / 3, -1 / 4, 0, 1 / 3, 1 / 2, 1]), min_size=1, max_size=9))
def test_differences_of_rates_are_exact(d: list[float]) -> None:
    for alternative in ("two-sided", "greater"):
        found = sign_flip_p(d, alternative)
        assert found == pytest.approx(brute(d, alternative), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-50, 50).map(lambda x: round(x, 6)), min_size=1, max_size=8))
def test_few_clusters_are_enumerated(d: list[float]) -> None:
    assert sign_flip_p(d, "greater") == pytest.approx(brute(d, "greater"), abs=1e-12)


def test_pairs_of_single_episodes_give_the_exact_mcnemar_test() -> None:
    d = [1] * 30 + [-1] * 14 + [0] * 56
    expected = stats.binomtest(30, 44, 0.5).pvalue
    assert sign_flip_p(d) == pytest.approx(expected, rel=1e-9)


def test_a_thousand_clusters_do_not_lose_the_tail() -> None:
    d = [1] * 620 + [-1] * 380
    assert sign_flip_p(d) == pytest.approx(stats.binomtest(620, 1000, 0.5).pvalue, rel=1e-6)


def test_monte_carlo_agrees_with_scipy_and_repeats() -> None:
    d = np.random.default_rng(3).normal(0.25, 1, 60)
    found = sign_flip_p(d)
    other = stats.permutation_test(
        (d,), np.mean, permutation_type="samples", n_resamples=20_000, random_state=1
    ).pvalue
    assert found == sign_flip_p(d)
    assert found == pytest.approx(other, abs=0.02)
    assert sign_flip_p(d + 100) == pytest.approx(2 / 10_000)


def test_what_is_left_of_equal_means_is_no_difference() -> None:
    left = (0.5 - 1 / 3) - (2 / 3 - 0.5)
    assert left != 0
    assert sign_flip_p([left, 0.5, 0.5, 0.5]) == sign_flip_p([0.0, 0.5, 0.5, 0.5]) == 0.25
    assert sign_flip_p([left, -left]) == 1.0


def test_edges() -> None:
    assert math.isnan(sign_flip_p([])) and math.isnan(sign_flip_p([math.nan]))
    assert sign_flip_p([0, 0, 0]) == 1.0
    assert sign_flip_p([1, 1, math.nan], "greater") == 0.25
    assert sign_flip_p([1, 1], "less") == 1.0
    assert sign_flip_p([1] * 6) == 2 / 64


def test_differences_that_are_near_a_lattice_and_not_on_it() -> None:
    """-1 + 0.50005 + 0.5 is reached by itself and two other patterns, not by its mirror."""
    d = [-1.0, 0.50005, 0.5]
    assert sign_flip_p(d, "greater") == brute(d, "greater") == 0.5
    assert sign_flip_p([-1.0, 0.5, 0.5], "greater") == 5 / 8


def test_as_many_clusters_as_are_enumerated_are() -> None:
    """No draw of random patterns: the p-value is a whole number of 2 ** 14 patterns."""
    d = [math.sqrt(p) for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)] + [-1.1, -0.7]
    found = sign_flip_p(d, "greater")
    assert found * 2**14 == round(found * 2**14)
    assert found == pytest.approx(brute(d, "greater"), abs=1e-12)


def test_patterns_that_tie_with_the_observed_one_count_where_they_are_drawn() -> None:
    """Twenty equal differences off the lattice: the sign test, of which much is ties."""
    d = [math.pi / 4] * 14 + [-math.pi / 4] * 6
    expected = stats.binomtest(14, 20, 0.5, alternative="greater").pvalue
    assert sign_flip_p(d, "greater") == pytest.approx(expected, abs=0.012)


def test_no_p_value_is_above_one() -> None:
    for count in range(1, 120):
        assert sign_flip_p([-1 / 3] * count, "greater") <= 1.0
