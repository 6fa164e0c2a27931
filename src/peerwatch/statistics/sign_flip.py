"""The sign-flip permutation test on paired differences, exact wherever that can be had.

Under the null hypothesis the two arms of a cluster could be exchanged, so that each cluster's
difference has either sign with probability one half (Fisher 1935; Pitman 1937). The test asks how
often the sum of the differences would then be as large as it is.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from peerwatch.statistics.intervals import Array, Numbers

Whole: TypeAlias = npt.NDArray[np.int64]
Alternative = Literal["two-sided", "greater", "less"]

ENUMERATED = 14
"""Up to so many clusters that differ, all sign patterns are gone through."""
DRAWS = 9_999
"""How many random sign patterns are drawn where nothing exact can be had."""
_SEED = 20_261_121
_LATTICE = 5_040
"""Differences are looked for among multiples of 1 / this: it has every divisor up to 10."""
_STEPS = 400_000
"""The longest lattice of sums that is worked through."""
_CLOSE = 1e-9


def sign_flip_p(d_by_cluster: Numbers, alternative: Alternative = "two-sided") -> float:
    """Return the p-value of the sign-flip test that the mean difference is zero.

    Exact by convolution where the differences lie on a lattice (differences of rates do), exact by
    enumeration for few clusters, else by Monte Carlo with a fixed seed, in which the observed
    pattern counts as one draw (Phipson & Smyth 2010), so that the p-value is never too small.

    Args:
        d_by_cluster: One difference a cluster. Shape (clusters,); NaN is left out.
        alternative: ``greater``: the mean is above zero.

    Returns:
        The p-value: 1 where no cluster differs, NaN where there is none.
    """
    d = np.asarray(d_by_cluster, float).ravel()
    d = d[~np.isnan(d)]
    d = np.where(np.abs(d) < _CLOSE, 0.0, d)  # what is left of equal means of thirds
    if not d.size:
        return math.nan
    if alternative == "less":
        return sign_flip_p(-d, "greater")
    total = float(d.sum())
    if alternative == "greater":
        return _upper_tail(np.abs(d[d != 0]), total)
    # The distribution is symmetric, so both tails are twice the one.
    return min(1.0, 2 * _upper_tail(np.abs(d[d != 0]), abs(total)))


def _upper_tail(sizes: Array, total: float) -> float:
    """Return the probability that the sum of ``sizes`` with random signs reaches ``total``."""
    if not sizes.size:
        return 1.0
    steps = _on_lattice(sizes)
    if steps is not None:
        return _convolved(steps, total * float(steps.sum()) / float(sizes.sum()))
    if sizes.size <= ENUMERATED:
        sums = _patterns(sizes.size) @ sizes
        return float((sums >= total - _CLOSE * max(1.0, abs(total))).mean())
    sums = _drawn(sizes.size) @ sizes
    reached = int((sums >= total - _CLOSE * max(1.0, abs(total))).sum())
    return (reached + 1) / (DRAWS + 1)


def _on_lattice(sizes: Array) -> Whole | None:
    """Return the differences as small whole numbers of one step, or None."""
    distinct = np.unique(np.round(sizes, 12))
    if distinct.size > 200:
        return None
    scaled = distinct * _LATTICE
    if np.abs(scaled - np.rint(scaled)).max() > 1e-6:
        return None
    step = math.gcd(*(int(x) for x in np.rint(scaled)))
    whole = np.rint(sizes * _LATTICE).astype(np.int64) // step
    return whole if whole.sum() * whole.size <= 60 * _STEPS and whole.sum() <= _STEPS else None


def _convolved(steps: Whole, total: float) -> float:
    """Return the exact tail: positive parts are sums of a random half of the steps."""
    values, counts = np.unique(steps, return_counts=True)
    whole = int(steps.sum())
    ways: Array = np.ones(1)
    for value, count in zip(values, counts, strict=True):
        ways = np.convolve(ways, _binomial(int(count), int(value)))
    # total = positive - negative and positive + negative = whole
    least = math.ceil((total + whole) / 2 - 1e-6)
    return float(min(1.0, ways[max(least, 0) :].sum()))


@lru_cache(maxsize=512)
def _binomial(count: int, spacing: int) -> Array:
    """Return the distribution of ``spacing`` times a fair binomial of ``count`` trials."""
    chances = np.zeros(count * spacing + 1)
    weights = [Fraction(math.comb(count, k), 2**count) for k in range(count + 1)]
    chances[::spacing] = [float(weight) for weight in weights]
    return chances


@lru_cache(maxsize=4)
def _patterns(count: int) -> Array:
    return np.array(list(itertools.product((-1.0, 1.0), repeat=count)), dtype=np.float64)


@lru_cache(maxsize=4)
def _drawn(count: int) -> Array:
    generator = np.random.Generator(np.random.PCG64(_SEED))
    return np.where(generator.integers(0, 2, size=(DRAWS, count)) == 1, 1.0, -1.0)
