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


def test_cohens_kappa_of_a_known_table() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed 0.70, by chance 0.50.
    a = [True] * 25 + [False] * 25
    b = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15
    figure = cohen(a, b, range(50))
    assert figure.value == pytest.approx(0.4) and figure.n == 50
    assert figure.low is not None and figure.high is not None
    assert figure.low < 0.4 < figure.high


def test_kappa_is_not_defined_where_both_always_say_the_same() -> None:
    figure = cohen([False] * 9, [False] * 9, range(9))
    assert (figure.value, figure.low, figure.high, figure.n) == (None, None, None, 9)
    assert cohen([], [], []).n == 0
    assert fleiss([0, 0], 3, [0, 1]).value is None


def test_the_interval_follows_the_clusters() -> None:
    rng = np.random.default_rng(3)
    a = list(rng.random(200) < 0.5)
    b = [x if rng.random() < 0.8 else not x for x in a]
    alone = cohen(a, b, range(200))
    together = cohen(a * 5, b * 5, [*range(200)] * 5)  # five copies of each item add nothing
    assert together.value == pytest.approx(alone.value)
    assert (together.low, together.high) == pytest.approx((alone.low, alone.high))
    apart = cohen(a * 5, b * 5, range(1000))
    assert apart.high - apart.low < 0.6 * (alone.high - alone.low)  # type: ignore[operator]


@pytest.mark.slow
def test_the_interval_covers_the_true_kappa() -> None:
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(100):
        a = rng.random(120) < 0.3
        b = np.where(rng.random(120) < 0.9, a, ~a)
        low_high = cohen(list(a), list(b), range(120))
        # share of yes: 0.3 and 0.34; observed 0.9; by chance 0.3*0.34 + 0.7*0.66
        true = (0.9 - 0.564) / (1 - 0.564)
        covered += low_high.low <= true <= low_high.high  # type: ignore[operator]
    assert covered >= 88


def test_fleiss_kappa_of_three_raters() -> None:
    # Of 4 items: all yes, all no, two yes, one yes. Agreement (1 + 1 + 1/3 + 1/3) / 4 = 2/3.
    figure = fleiss([3, 0, 2, 1], 3, range(4))
    assert figure.value == pytest.approx((2 / 3 - 0.5) / 0.5)


def test_wilsons_interval() -> None:
    figure = wilson(0, 10)
    assert figure.value == 0 and figure.high == pytest.approx(0.2775, abs=1e-4)
    assert wilson(0, 0).value is None
