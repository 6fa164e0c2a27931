from __future__ import annotations

import math

import numpy as np
import pytest

from peerwatch.judge.codes import Label
from peerwatch.judge.label_agreement import check_labels
from peerwatch.statistics.agreement import cohen, fleiss, wilson
from peerwatch.statistics.roc import auc


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


def test_a_grader_against_hand_labels() -> None:
    hand = [True] * 5 + [False] * 5
    graded: list[Label] = ["yes", "yes", "unsupported", "unjudged", "no"]
    graded += ["no", "no", "no", "yes", "unjudged"]
    found = check_labels(hand, graded)
    assert found.matrix == {
        "yes": {"yes": 2, "no": 1, "unsupported": 1, "unjudged": 1},
        "no": {"yes": 1, "no": 3, "unsupported": 0, "unjudged": 1},
    }
    assert found.kappa.n == 8 and found.kappa.value == pytest.approx(0.25)
    assert (found.precision.value, found.precision.n) == (2 / 3, 3)
    assert (found.recall.value, found.recall.n) == (0.4, 5)


def test_wilsons_interval() -> None:
    figure = wilson(0, 10)
    assert figure.value == 0 and figure.high == pytest.approx(0.2775, abs=1e-4)
    assert wilson(0, 0).value is None


def test_the_area_under_the_curve_and_its_interval() -> None:
    same = auc([1, 2, 3, 4] * 10, [1, 2, 3, 4] * 10)
    assert same.value == 0.5 and same.n == 80
    assert same.low is not None and same.high is not None
    assert same.low == pytest.approx(1 - same.high)
    told = auc([1.0] * 30, [0.0] * 30)
    assert told.value == 1 and told.high == 1 and told.low == pytest.approx(0.933, abs=1e-3)
    assert auc([], [1]).value is None


def test_the_interval_of_the_area_covers_the_truth() -> None:
    rng = np.random.default_rng(5)
    true = 0.5 * (1 + math.erf(1 / 2))  # normal scores one standard deviation apart
    hits = 0
    for _ in range(200):
        figure = auc(list(rng.normal(1, 1, 30)), list(rng.normal(0, 1, 30)))
        hits += figure.low <= true <= figure.high  # type: ignore[operator]
    assert hits >= 182
