"""Critical values of repeated looks: published tables, and what must hold of any of them."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import multivariate_normal

from peerwatch.statistics.group_sequential import (
    FARTHEST,
    LEAST_ERROR,
    critical_values,
    futility_limits,
    last_critical,
    nominal_error,
    spent_by,
)

ERROR = 0.05


def equal_looks(count: int) -> tuple[float, ...]:
    return tuple((number + 1) / count for number in range(count))


def obf(fractions: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(spent_by(share, ERROR) for share in fractions)


def pocock(share: float) -> float:
    """Return the spending function of Pocock's type (Lan & DeMets 1983)."""
    return ERROR * math.log(1 + (math.e - 1) * share)


def hwang(share: float, error: float, gamma: float) -> float:
    """Return the spending function of Hwang, Shih & DeCani (1990)."""
    return error * (1 - math.exp(-gamma * share)) / (1 - math.exp(-gamma))


def test_five_looks_of_the_obrien_fleming_function_are_as_published() -> None:
    """Reboussin, DeMets, Kim & Lan (2000), Controlled Clinical Trials 21:190-207, two-sided."""
    found = critical_values(equal_looks(5), obf(equal_looks(5)))
    assert found == pytest.approx((4.8769, 3.3569, 2.6803, 2.2898, 2.0310), abs=2e-4)


def test_five_looks_of_pococks_function_are_as_published() -> None:
    """The same source."""
    found = critical_values(equal_looks(5), tuple(pocock(t) for t in equal_looks(5)))
    assert found == pytest.approx((2.4380, 2.4268, 2.4101, 2.3966, 2.3859), abs=2e-4)


@pytest.mark.parametrize(("looks", "flat", "falling"), [(2, 2.178, 1.977), (5, 2.413, 2.040)])
def test_the_constants_of_pocock_and_of_obrien_and_fleming(
    looks: int, flat: float, falling: float
) -> None:
    """Jennison & Turnbull (2000), tables 2.1 and 2.3: what they spend gives them back."""
    shares = equal_looks(looks)
    for limits in ([flat] * looks, [falling / math.sqrt(share) for share in shares]):
        spent = tuple(crossed(shares[: k + 1], limits[: k + 1]) for k in range(looks))
        assert spent[-1] == pytest.approx(ERROR, abs=1.5e-4)
        assert critical_values(shares, spent) == pytest.approx(limits, abs=0.02)


def crossed(shares: tuple[float, ...], limits: list[float]) -> float:
    """Return how likely a path is to cross, by SciPy's multivariate normal distribution."""
    cov = np.array([[math.sqrt(min(a, b) / max(a, b)) for a in shares] for b in shares])
    top = np.array(limits)
    within = multivariate_normal(np.zeros(len(top)), cov, seed=1)
    return 1 - float(within.cdf(top, lower_limit=-top))


def test_futility_limits_are_as_published() -> None:
    """The default design of R's gsDesign (3 looks, 0.025 and 0.1, Hwang-Shih-DeCani -4 and -2)."""
    shares = equal_looks(3)
    upper = critical_values(shares, tuple(hwang(t, ERROR, -4) for t in shares))
    assert upper == pytest.approx((3.0107, 2.5465, 1.9992), abs=1e-4)
    lower, effect = futility_limits(shares, upper, [hwang(t, 0.1, -2) for t in shares])
    assert lower == pytest.approx((-0.2387, 0.9411, 1.9992), abs=1e-4)
    inflation = (effect / (ndtri(0.975) + ndtri(0.9))) ** 2
    assert inflation == pytest.approx(1.0699, abs=1e-4)


def test_one_look_is_a_look_at_the_whole_error() -> None:
    assert critical_values((7.0,), (ERROR,)) == pytest.approx((1.95996,), abs=1e-4)
    (limit,), effect = futility_limits((1.0,), (1.95996,), (0.2,))
    assert (limit, effect) == pytest.approx((1.95996, 2.80158), abs=1e-4)


SIZES = st.lists(st.integers(0, 40), min_size=1, max_size=7).map(
    lambda steps: tuple(float(x) for x in np.cumsum(steps))
)


@given(SIZES, st.floats(0.01, 0.2))
@settings(max_examples=40, deadline=None)
def test_every_path_that_crosses_is_spent_and_no_other(
    sizes: tuple[float, ...], error: float
) -> None:
    """Paths with the critical values cross them as often as was spent: seen by random walks."""
    most = sizes[-1] or 1.0
    spent = tuple(spent_by(size / most, error) for size in sizes)
    assert all(a <= b for a, b in pairwise(spent))
    found = critical_values(sizes, spent)
    assert all(0 < value <= FARTHEST for value in found)
    assert found[:-1] == critical_values(sizes[:-1], spent[:-1]) if len(sizes) > 1 else True
    steps = np.diff([0.0, *sizes])
    walks = np.cumsum(
        np.random.default_rng(1).normal(size=(40_000, len(sizes))) * np.sqrt(steps), axis=1
    )
    with np.errstate(invalid="ignore"):
        far = np.abs(walks) / np.sqrt(sizes) > found
    share = far.any(axis=1).mean()
    assert share == pytest.approx(spent[-1] if sizes[-1] else 0.0, abs=0.008)


def test_what_is_spent_rises_from_nothing_to_all() -> None:
    shares = np.linspace(0, 1, 50)
    spent = [spent_by(share, ERROR) for share in shares]
    assert spent[0] == 0 and spent[-1] == pytest.approx(ERROR) and spent == sorted(spent)
    assert spent_by(1.7, ERROR) == pytest.approx(ERROR) and spent_by(-1.0, ERROR) == 0
    many = equal_looks(60)
    last = critical_values(many, obf(many))[-1]
    assert 2.12 < last < last_critical(ERROR) == pytest.approx(2.2414, abs=1e-4)


def test_looks_at_the_same_observations_are_one_look() -> None:
    assert critical_values((8.0, 8.0, 16.0), (0.001, 0.01, 0.05)) == pytest.approx(
        (ndtri(1 - 0.0005), *critical_values((8.0, 16.0), (0.01, 0.05)))
    )
    assert critical_values((0.0, 8.0), (0.0, 0.05))[0] == FARTHEST
    assert critical_values((8.0, 16.0), (0.01, 0.01))[1] == FARTHEST


@pytest.mark.parametrize(
    ("sizes", "spent"), [((2.0, 1.0), (0.1, 0.2)), ((1.0, 2.0), (0.2, 0.1)), ((1.0,), ())]
)
def test_looks_that_cannot_be_are_refused(
    sizes: tuple[float, ...], spent: tuple[float, ...]
) -> None:
    with pytest.raises(ValueError, match="must not fall"):
        critical_values(sizes, spent)


def test_the_error_of_one_look_is_rounded_down_and_never_nothing() -> None:
    assert nominal_error(1.959964) == 0.05 or nominal_error(1.959964) == 0.0499
    assert nominal_error(2.0310) == 0.0422 and nominal_error(FARTHEST) == LEAST_ERROR
    for critical in np.linspace(0.5, 4.5, 30):
        assert (
            0
            <= 2 * float(1 - _phi(critical)) - nominal_error(critical)
            < 0.01 * 2 * float(1 - _phi(critical)) + 1e-12
        )


def _phi(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))
