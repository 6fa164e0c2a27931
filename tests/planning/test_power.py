"""Power by simulation: against the exact test, against a formula, and as it must move."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from peerwatch.planning.power import PowerClaim, claim, interval_width, power, seeds_needed, spread

PAIR = (("peer", 1), ("asset", -1))
SQUARE = (*PAIR, ("peer none", -1), ("asset none", 1))
RATES = {"peer": 0.3, "asset": 0.05, "peer none": 0.05, "asset none": 0.05, "human": 0.05}


def test_the_error_is_the_level_where_there_is_no_effect() -> None:
    nothing = claim([SQUARE], dict.fromkeys(RATES, 0.3), 0.05)
    assert power(nothing, 200) == pytest.approx(0.022, abs=0.007)


def test_power_grows_with_seeds_and_falls_with_every_further_contrast() -> None:
    one = claim([SQUARE], RATES, 0.05)
    assert 0.05 < power(one, 20) < power(one, 40) < power(one, 80)
    both = claim([SQUARE, (("peer", 1), ("human", -1))], RATES, 0.05)
    assert power(both, 40) < power(one, 40)
    assert power(claim([SQUARE], RATES, 0.05 / 6), 40) < power(one, 40)


def test_the_spread_and_the_width_are_those_of_independent_arms() -> None:
    one = claim([SQUARE], RATES, 0.05)
    variance = 0.3 * 0.7 + 3 * 0.05 * 0.95
    assert spread(one) == pytest.approx(math.sqrt(variance))
    assert interval_width(one, 100, 0.95) == pytest.approx(2 * 1.96 * spread(one) / 10, rel=1e-4)


def test_the_number_of_seeds_is_near_the_formula_and_has_the_power() -> None:
    one = claim([PAIR], {"peer": 0.55, "asset": 0.45}, 0.05)
    z = NormalDist().inv_cdf
    formula = ((z(0.975) + z(0.8)) * spread(one) / 0.1) ** 2
    found = seeds_needed(one, 0.8, 8)
    assert found is not None and found % 8 == 0
    assert found == pytest.approx(formula, rel=0.06)
    assert power(one, found) >= 0.8 > power(one, found - 8)


def test_an_effect_too_small_for_any_study() -> None:
    assert seeds_needed(claim([PAIR], {"peer": 0.5001, "asset": 0.5}, 0.05), 0.8, 8) is None


@pytest.mark.parametrize(("seeds", "rates"), [(40, (0.3, 0.05)), (64, (0.2, 0.02))])
def test_it_is_the_power_of_the_exact_test(seeds: int, rates: tuple[float, float]) -> None:
    pytest.importorskip("scipy")
    from peerwatch.statistics.sign_flip import sign_flip_p

    rng = np.random.default_rng(5)
    chances = np.array([rates[0], rates[1], rates[1], rates[1]])
    shown = rng.random((600, seeds, 4)) < chances
    differences = shown.astype(float) @ np.array([1.0, -1.0, -1.0, 1.0])
    exact = np.mean([sign_flip_p(d, "greater") <= 0.025 for d in differences])
    told = dict(zip(("peer", "asset", "peer none", "asset none"), chances, strict=True))
    assert power(claim([SQUARE], told, 0.05), seeds) == pytest.approx(exact, abs=0.05)


def test_the_same_claim_gives_the_same_number() -> None:
    one = claim([PAIR], RATES, 0.05)
    assert isinstance(one, PowerClaim)
    assert [arm for arm, _ in one.rates] == ["peer", "asset"]
    assert power(one, 50) == power(one, 50)
