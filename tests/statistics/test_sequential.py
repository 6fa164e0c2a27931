"""The confidence sequence: it holds at all looks together, and narrows as it should."""

from __future__ import annotations

import math

import numpy as np
import pytest

from peerwatch.statistics.sequential import BETS, confidence_sequence, limits, shares

INTERACTION = (-2.0, 2.0)
VALUES = np.arange(-2.0, 3.0)
LEVEL = 0.95


def test_before_the_first_value_everything_is_possible() -> None:
    assert confidence_sequence([], INTERACTION, LEVEL, 0.3) == (-2.0, 2.0)


@pytest.mark.parametrize("bad", [2.1, -3.0, math.nan, math.inf])
def test_a_value_out_of_bounds_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="between -2 and 2"):
        confidence_sequence([0.0, bad], INTERACTION, LEVEL, 0.3)


def test_it_narrows_around_the_mean_whatever_the_order() -> None:
    values = [0.5, -0.25, 1.0, 0.0, 0.0, 0.0, 0.125, -1.0] * 8
    widths = []
    for count in (8, 16, 32, 64):
        low, high = confidence_sequence(values[:count], (-1, 1), LEVEL, 0.3)
        assert -1 <= low < np.mean(values[:count]) < high <= 1
        assert confidence_sequence(values[:count][::-1], (-1, 1), LEVEL, 0.3) == (low, high)
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)


def test_it_is_symmetric_and_moves_with_the_scale() -> None:
    values = np.array([1.0, 0.0, 0.0, 1.0, -1.0, 0.0, 1.0, 1.0])
    low, high = confidence_sequence(values, (-1, 1), LEVEL, 0.3)
    assert confidence_sequence(-values, (-1, 1), LEVEL, 0.3) == pytest.approx((-high, -low))
    twice = confidence_sequence(2 * values, INTERACTION, LEVEL, 0.6)
    assert twice == pytest.approx((2 * low, 2 * high))
    inside = confidence_sequence(values, (-1, 1), 0.8, 0.3)
    assert low < inside[0] < inside[1] < high


def test_the_limit_is_where_the_gambler_has_won() -> None:
    """The capital, worked out bet by bet and value by value, is 1 / error at the lower limit."""
    values = [1.0, 0.0, 1.0, 0.5, 1.0, 1.0, -0.5, 1.0, 1.0, 0.25] * 3
    low, _ = confidence_sequence(values, (-1, 1), LEVEL, 0.4)
    bets = shares(0.4, (-1, 1))
    assert len(bets) == BETS and bets[0] == pytest.approx(0.4) and bets[-1] < 1
    capital = 0.0
    for bet in bets:
        stake = 1.0
        for value in values:
            stake *= 1 + bet * (value - low) / (low + 1)
        capital += stake / BETS
    assert capital == pytest.approx(2 / (1 - LEVEL), rel=1e-6)


def test_many_studies_at_once_are_as_one_by_one() -> None:
    rng = np.random.default_rng(3)
    counts = rng.multinomial(40, [0.05, 0.2, 0.5, 0.2, 0.05], size=30)
    low, high = limits(VALUES, counts, INTERACTION, LEVEL, 0.3)
    for row, study in enumerate(counts):
        one = confidence_sequence(np.repeat(VALUES, study), INTERACTION, LEVEL, 0.3)
        assert one == pytest.approx((low[row], high[row]))


TRUTHS = {
    "rare": (0.03, 0.03, 0.03, 0.03),
    "effect": (0.3, 0.05, 0.05, 0.05),
    "lenient": (0.5, 0.5, 0.5, 0.5),
    "by wording": (0.3, 0.05, 0.05, 0.05),
}


@pytest.mark.slow
@pytest.mark.parametrize("truth", TRUTHS)
def test_it_holds_the_truth_at_every_look(truth: str) -> None:
    """400 studies of 30 blocks each; seeds in a block are not drawn alike."""
    rng = np.random.default_rng(11)
    rates, counts = np.array(TRUTHS[truth]), np.zeros((400, 5), dtype=np.int64)
    mean = rates @ np.array([1, -1, -1, 1])
    held = np.ones(400, dtype=bool)
    for _ in range(30):
        for wording in range(8):
            here = rates.copy()
            if truth == "by wording":
                here[0] *= 2 * (wording % 2)
            shown = (rng.random((400, 4)) < here).astype(np.int64)
            counts[np.arange(400), shown @ np.array([1, -1, -1, 1]) + 2] += 1
        low, high = limits(VALUES, counts, INTERACTION, LEVEL, 0.3)
        held &= (low <= mean) & (mean <= high)
    assert held.mean() >= LEVEL - 0.01


def test_a_wide_target_leaves_room_between_the_bets() -> None:
    assert shares(5.0, (-1, 1))[0] == pytest.approx(0.5)
