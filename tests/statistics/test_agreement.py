"""Kappa and its interval against statsmodels on resampled clusters, and where nothing is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
from statsmodels.stats.proportion import proportion_confint

from peerwatch.statistics.agreement import Figure, _interval, cohen, fleiss, wilson

CLUSTERS = 60
EACH = 3


def resampled(kappa: Callable[[Sequence[int]], float]) -> tuple[float, float, float]:
    """Return the 2.5 % and 97.5 % quantiles and the spread of a figure over whole clusters."""
    rng = np.random.default_rng(8)
    values = []
    for _ in range(4000):
        drawn = rng.integers(0, CLUSTERS, CLUSTERS)
        values.append(kappa([EACH * int(c) + i for c in drawn for i in range(EACH)]))
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high), float(np.std(values))


def test_cohens_interval_is_that_of_resampled_clusters() -> None:
    """Raters of whom one says yes far more often, so that their shares are not confused."""
    rng = np.random.default_rng(4)
    a = rng.random(CLUSTERS * EACH) < 0.25
    b = a | (rng.random(CLUSTERS * EACH) < 0.3)
    clusters = [i // EACH for i in range(len(a))]

    def kappa(items: Sequence[int]) -> float:
        cells = np.zeros((2, 2))
        np.add.at(cells, (a[items].astype(int), b[items].astype(int)), 1)
        return float(cohens_kappa(cells, return_results=False))

    found = cohen(list(a), list(b), clusters)
    low, high, spread = resampled(kappa)
    assert found.value == pytest.approx(kappa(range(len(a))))
    assert found.low == pytest.approx(low, abs=0.2 * spread)
    assert found.high == pytest.approx(high, abs=0.2 * spread)
    assert found.n == CLUSTERS * EACH


@pytest.mark.parametrize("raters", [2, 3, 5])
def test_fleiss_interval_is_that_of_resampled_clusters(raters: int) -> None:
    rng = np.random.default_rng(raters)
    truth = rng.random(CLUSTERS * EACH) < 0.2
    yes = np.where(
        truth, rng.binomial(raters, 0.8, len(truth)), rng.binomial(raters, 0.1, len(truth))
    )
    clusters = [i // EACH for i in range(len(yes))]
    table = np.stack([raters - yes, yes], axis=1)
    found = fleiss([int(x) for x in yes], raters, clusters)
    low, high, spread = resampled(lambda items: float(fleiss_kappa(table[items])))
    assert found.low == pytest.approx(low, abs=0.2 * spread)
    assert found.high == pytest.approx(high, abs=0.2 * spread)
    assert found.n == len(yes)


def test_an_interval_leaves_as_much_out_on_each_side() -> None:
    low, high = _interval(np.append(np.arange(1001) / 1000, np.nan))
    assert (low, high) == pytest.approx((0.025, 0.975))


def test_without_items_there_is_no_figure() -> None:
    nothing = Figure(None, None, None, 0)
    assert cohen([], [], []) == fleiss([], 3, []) == wilson(0, 0) == nothing


def test_resamples_in_which_all_say_the_same_are_left_out() -> None:
    """With one yes among few items, many resamples hold none, and kappa is not defined there."""
    found = cohen([True, False, False], [True, False, False], range(3))
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


def test_a_share_has_wilsons_interval() -> None:
    found = wilson(3, 20)
    low, high = proportion_confint(3, 20, alpha=0.05, method="wilson")
    assert (found.value, found.n) == (0.15, 20)
    assert (found.low, found.high) == pytest.approx((low, high))


def test_a_figure_in_json() -> None:
    assert Figure(0.5, 0.1, None, 7).to_dict() == {"value": 0.5, "low": 0.1, "high": None, "n": 7}
