"""The area under the curve: what its limits solve, and where there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from peerwatch.statistics.agreement import Figure
from peerwatch.statistics.roc import auc, figure

Z = 1.959963984540054


def standard_error(theta: float, m: int, n: int) -> float:
    """Hanley and McNeil's, both sample sizes replaced by their mean where they are less one."""
    first, second = theta / (2 - theta), 2 * theta**2 / (1 + theta)
    less = (m + n) / 2 - 1
    variance = theta * (1 - theta) + less * (first - theta**2) + less * (second - theta**2)
    return math.sqrt(variance / (m * n))


@pytest.mark.parametrize(("value", "m", "n"), [(0.8, 20, 35), (0.55, 10, 10), (0.97, 60, 15)])
def test_a_limit_is_as_far_away_as_its_own_standard_errors(value: float, m: int, n: int) -> None:
    found = figure(value, m, n)
    for limit in (found.low, found.high):
        assert limit is not None
        assert abs(limit - value) == pytest.approx(Z * standard_error(limit, m, n), rel=1e-9)
    assert found.low is not None and found.high is not None
    assert 0 < found.low < value < found.high < 1
    assert found.n == m + n


def test_the_two_sides_mirror() -> None:
    found, mirrored = figure(0.7, 12, 30), figure(0.3, 12, 30)
    assert found.low is not None and mirrored.high is not None
    assert found.low == pytest.approx(1 - mirrored.high)


@pytest.mark.parametrize(("positives", "negatives"), [([], [1.0, 2.0]), ([3.0], []), ([], [])])
def test_without_both_kinds_there_is_no_area(
    positives: list[float], negatives: list[float]
) -> None:
    expected = Figure(None, None, None, len(positives) + len(negatives))
    assert auc(positives, negatives) == expected


def test_ties_count_half() -> None:
    assert auc([1, 2], [1, 1]).value == 0.75


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
