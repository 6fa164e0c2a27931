"""Critical values of tests and intervals that are looked at several times before the end.

Error is spent look by look (Lan & DeMets 1983, Biometrika 70:659-663), by the function that belongs
to the boundaries of O'Brien & Fleming (1979): hardly any at first, nearly all of it at the end. An
interval made at each look with the look's own critical value holds at all looks together (Jennison
& Turnbull 1989, Journal of the Royal Statistical Society B 51:305-361).

A statistic made of ``n`` of the later ``m`` independent observations is correlated with the later
one by ``sqrt(n / m)``. Where the paths stand that have not crossed is followed from look to look by
Gauss-Legendre quadrature, as in chapter 19 of Jennison & Turnbull (2000), Group Sequential Methods.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from peerwatch.statistics.intervals import Array

FARTHEST = 8.0
"""No path gets so far: the critical value where nothing, or next to nothing, is spent."""
_LEAST = 1e-14
LEAST_ERROR = 1e-6
"""The smallest error of a single look."""
_HAIR = 1e-9
_SURE = 8.0
"""So many standard deviations of a step hold all of its mass."""
_MOST_NODES = 400


@dataclass(frozen=True, slots=True)
class _Paths:
    """The paths that have not crossed before a look.

    Attributes:
        z: Where they stand, as standard normal statistics. Shape (nodes,).
        mass: How much stands there; the sum is the chance that none has crossed yet.
        size: Observations so far.
    """

    z: Array
    mass: Array
    size: float

    def step(self, size: float, drift: float) -> tuple[Array, float]:
        """Return means and standard deviation of the next statistic, given each node."""
        kept = self.size / size
        moved = drift * (size - self.size) / math.sqrt(size)
        return self.z * math.sqrt(kept) + moved, math.sqrt(1 - kept)

    def above(self, limit: float, size: float, drift: float = 0.0) -> float:
        """Return the chance that the next statistic is above a limit, and none crossed before."""
        mean, spread = self.step(size, drift)
        return float(self.mass @ ndtr((mean - limit) / spread))

    def below(self, limit: float, size: float, drift: float = 0.0) -> float:
        """Return the chance that the next statistic is below a limit, and none crossed before."""
        mean, spread = self.step(size, drift)
        return float(self.mass @ ndtr((limit - mean) / spread))

    def between(self, low: float, high: float, size: float, drift: float = 0.0) -> _Paths:
        """Return the paths whose next statistic lies between two limits."""
        mean, spread = self.step(size, drift)
        low = max(low, float(mean.min()) - _SURE * spread)
        high = max(low, min(high, float(mean.max()) + _SURE * spread))
        x, weights = _nodes((high - low) / spread)
        z = low + (x + 1) * (high - low) / 2
        density = np.exp(-0.5 * ((z[:, None] - mean) / spread) ** 2) @ self.mass
        scale = (high - low) / 2 / (spread * math.sqrt(2 * math.pi))
        return _Paths(z, density * weights * scale, size)


_START = _Paths(np.zeros(1), np.ones(1), 0.0)


def _nodes(widths: float) -> tuple[Array, Array]:
    """Return Gauss-Legendre nodes and weights for an interval so many steps' deviations wide."""
    return _legendre(min(_MOST_NODES, 16 * (3 + math.ceil(widths / 4))))


@lru_cache(maxsize=32)
def _legendre(count: int) -> tuple[Array, Array]:
    x, weights = np.polynomial.legendre.leggauss(count)
    return np.asarray(x), np.asarray(weights)


def spent_by(fraction: float, error: float) -> float:
    """Return how much of a two-sided error is spent when a fraction of the information is there.

    Each side spends ``2 - 2 * Phi(z / sqrt(fraction))`` with ``z`` the upper ``error / 4`` point:
    what a path has crossed by then that is watched without a break.

    Args:
        fraction: Of the information at the end; from 1 on all is spent.
        error: For both sides together.
    """
    if fraction <= 0:
        return 0.0
    return float(4 * ndtr(ndtri(error / 4) / math.sqrt(min(fraction, 1.0))))


def last_critical(error: float) -> float:
    """Return what the critical value comes to at the end when there are ever more looks."""
    return float(-ndtri(error / 4))


def nominal_error(critical: float) -> float:
    """Return the two-sided error of one look with a critical value.

    It is rounded down to three digits, so that what is told is what was used, and is at least one
    in a million: so much more is spent at a look where nearly nothing should be.
    """
    exact = max(float(2 * ndtr(-critical)), LEAST_ERROR)
    scale = 10.0 ** (2 - math.floor(math.log10(exact)))
    return math.floor(exact * scale + _HAIR) / scale


def critical_values(sizes: tuple[float, ...], spent: tuple[float, ...]) -> tuple[float, ...]:
    """Return the two-sided critical value of each look.

    Args:
        sizes: Observations up to each look, in rising order.
        spent: The error that is spent up to each, both sides together, in rising order. Looks at
            the same observations are one look, at which what is spent up to the last of them is
            spent; so the critical value of an earlier one does not depend on a later one.

    Raises:
        ValueError: They fall, or are not as many.
    """
    if len(sizes) != len(spent) or _falls((0.0, *sizes)) or _falls((0.0, *spent)):
        raise ValueError("sizes and spent errors must be as many, and must not fall")
    return _followed(sizes, spent).critical


@dataclass(frozen=True, slots=True)
class _Followed:
    """Some looks: their critical values, and the paths before and after the last of them."""

    critical: tuple[float, ...]
    before: _Paths
    already: float
    after: _Paths


@lru_cache(maxsize=512)
def _followed(sizes: tuple[float, ...], spent: tuple[float, ...]) -> _Followed:
    """Return what looks come to; each is worked out from those before it, which are kept."""
    if not sizes:
        return _Followed((), _START, 0.0, _START)
    past, size = _followed(sizes[:-1], spent[:-1]), sizes[-1]
    if size <= 0:
        return _Followed((*past.critical, FARTHEST), _START, 0.0, _START)
    same = len(sizes) > 1 and sizes[-2] == size
    before = past.before if same else past.after
    already = past.already if same else spent[-2] if past.after.size else 0.0
    critical = _critical(before, size, spent[-1] - already)
    after = before.between(-critical, critical, size)
    return _Followed((*past.critical, critical), before, already, after)


def _falls(values: Sequence[float]) -> bool:
    return any(a > b for a, b in itertools.pairwise(values))


def _critical(paths: _Paths, size: float, error: float) -> float:
    def excess(limit: float) -> float:
        return paths.above(limit, size) + paths.below(-limit, size) - error

    if error <= _LEAST or excess(FARTHEST) > 0:
        return FARTHEST
    return 0.0 if excess(0.0) <= 0 else float(brentq(excess, 0.0, FARTHEST, xtol=1e-9))


def futility_limits(
    fractions: Sequence[float], upper: Sequence[float], missed: Sequence[float]
) -> tuple[tuple[float, ...], float]:
    """Return the statistic at or below which each look gives an effect up, and the effect.

    The effect is the one that a study with these looks misses with the chance that is spent at its
    end. It need not be given up: the upper limits keep their error whatever is done below.

    Args:
        fractions: Of the information at the end, at each look; the last is 1.
        upper: The critical value above which each look finds the effect.
        missed: How much of the chance to miss it is spent up to each look.

    Returns:
        The limits, of which the last is ``upper``'s, and the effect as the expected statistic at
        the end.
    """

    def excess(effect: float) -> float:
        paths, _ = _lower(fractions[:-1], upper, missed, effect)
        already = missed[-2] if len(missed) > 1 else 0.0
        return paths.below(upper[-1], 1.0, effect) - (missed[-1] - already)

    effect = float(brentq(excess, 0.0, FARTHEST, xtol=1e-8))
    _, limits = _lower(fractions[:-1], upper, missed, effect)
    return (*limits, upper[-1]), effect


def _lower(
    fractions: Sequence[float], upper: Sequence[float], missed: Sequence[float], effect: float
) -> tuple[_Paths, list[float]]:
    """Return the paths after some looks under an effect, and the lower limits of these looks."""
    paths, limits, already = _START, [], 0.0
    for size, top, upto in zip(fractions, upper, missed, strict=False):

        def excess(
            limit: float, paths: _Paths = paths, size: float = size, share: float = upto - already
        ) -> float:
            return paths.below(limit, size, effect) - share

        few = upto - already <= _LEAST or excess(-FARTHEST) > 0
        many = not few and excess(top) < 0
        limit = float(brentq(excess, -FARTHEST, top, xtol=1e-9)) if not (few or many) else 0.0
        limits.append(-FARTHEST if few else top if many else limit)
        paths, already = paths.between(limits[-1], top, size, effect), upto
    return paths, limits
