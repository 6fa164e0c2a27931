"""Intervals and tests on clusters: pure numerics on arrays of one number a cluster.

The clusters are instances: all that one seed gave (arms, epochs) stands or falls together, and
only the number of seeds says how far a result reaches.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from peerwatch.common.errors import PeerwatchError

try:
    from scipy.special import ndtri, stdtrit
except ImportError as error:  # pragma: no cover - what a bare install sees
    raise PeerwatchError(
        'Estimates need SciPy, which is not installed: pip install "peerwatch[report]"'
    ) from error
if find_spec("statsmodels") is None:  # said at once, and not when the first interval is taken
    raise PeerwatchError(
        'Estimates need statsmodels, which is not installed: pip install "peerwatch[report]"'
    )

Numbers: TypeAlias = npt.ArrayLike
Array: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Two limits; both NaN where there is no interval."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """High less low."""
        return self.high - self.low

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


NONE = Interval(math.nan, math.nan)


def t_quantile(level: float, df: Numbers) -> Any:
    """Return the quantile of Student's t that a two-sided interval needs, for each ``df``."""
    return stdtrit(np.asarray(df, float), (1 + level) / 2)


def effective_size(
    total: Numbers,
    successes: Numbers,
    clusters: Numbers,
    residual_squares: Numbers,
    level: float = 0.95,
) -> Array:
    """Return how many independent episodes clustered ones are worth, group by group.

    The design effect is the linearised variance of the rate between clusters, divided by that of
    independent episodes, and at least 1; the t adjustment is for the clusters being few (Korn &
    Graubard 1998). A rate of 0 or 1 shows no variance: there each cluster counts once. Where each
    cluster holds one episode there is nothing to adjust.

    Args:
        total: Episodes.
        successes: Of these, how many count.
        clusters: Clusters with at least one episode.
        residual_squares: Sum over clusters of ``(successes_c - rate * total_c) ** 2``.
        level: The level of the interval that it is for.
    """
    n, k, c, squares = (
        np.asarray(x, float) for x in (total, successes, clusters, residual_squares)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        p = k / n
        between = c / (c - 1) * squares / n**2
        effect = np.maximum(between / (p * (1 - p) / n), 1.0)
        few = (ndtri((1 + level) / 2) / t_quantile(level, c - 1)) ** 2
        adjusted = n / effect * few
    adjusted = np.where((k == 0) | (k == n), c, adjusted)
    return np.where((c == n) | (c < 2), n, np.clip(adjusted, 1.0, n))


def clopper_pearson(rate: Numbers, size: Numbers, level: float = 0.95) -> tuple[Array, Array]:
    """Return the exact limits of Clopper & Pearson (1934), element by element.

    Args:
        rate: Shares.
        size: How many independent episodes each stands on; it need not be whole.
        level: The confidence level.
    """
    # Here, because it takes a second to import, which looks at a running study need not wait for.
    from statsmodels.stats.proportion import proportion_confint

    p, n = np.asarray(rate, float), np.asarray(size, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = proportion_confint(p * n, n, alpha=1 - level, method="beta")
    return np.asarray(low), np.asarray(high)


def rate_interval(
    successes_by_cluster: Numbers, n_by_cluster: Numbers, level: float = 0.95
) -> Interval:
    """Return the interval of a rate whose episodes come in clusters.

    The exact interval on the effective sample size (Korn & Graubard 1998, Survey Methodology
    24:193-201), which keeps its level where Wilson's falls below it: near one half of few clusters.
    With one episode a cluster it is Clopper and Pearson's own.

    Args:
        successes_by_cluster: How many episodes of each cluster count. Shape (clusters,).
        n_by_cluster: How many episodes each cluster has. Shape (clusters,).
        level: The confidence level.

    Returns:
        The interval; NaN limits where there is no episode.
    """
    k, n = np.asarray(successes_by_cluster, float), np.asarray(n_by_cluster, float)
    k, n = k[n > 0], n[n > 0]
    if not n.size:
        return NONE
    rate = k.sum() / n.sum()
    squares = ((k - rate * n) ** 2).sum()
    size = effective_size(n.sum(), k.sum(), n.size, squares, level)
    low, high = clopper_pearson(rate, size, level)
    return Interval(float(low), float(high))


def difference_interval(
    d_by_cluster: Numbers, bound: float | None = 1.0, level: float = 0.95
) -> Interval:
    """Return the interval of a mean of paired differences, one a cluster.

    Differences of rates: the adjusted Wald interval of Bonett & Price (2012, Journal of
    Educational and Behavioral Statistics 37:479-488), which adds one pair that differs each way
    (Agresti & Min 2005). Here these are two pseudo-clusters at -1 and +1, with the quantile of t on
    one degree of freedom more than there are clusters, which keeps the level for differences that
    are means of several pairs, and for differences of differences (``bound=2``), down to eight
    clusters and rates near 0; ``benchmarks/estimate_coverage.py`` shows it.

    Differences of unbounded measures: the t interval on the clusters' means.

    Args:
        d_by_cluster: The differences. Shape (clusters,); NaN is left out.
        bound: The largest difference there can be: 1 for rates, 2 for interactions of rates, None
            for measures without bound.
        level: The confidence level.

    Returns:
        The interval; NaN limits without clusters, and for an unbounded measure with fewer than two.
    """
    d = _known(d_by_cluster)
    if not d.size or (bound is None and d.size < 2):
        return NONE
    if bound is None:
        middle, df = float(d.mean()), d.size - 1
        spread = float(d.std(ddof=1)) / math.sqrt(d.size)
    else:
        count, df = d.size + 2, d.size + 1
        middle = float(d.sum()) / count
        spread = math.sqrt(max((float((d**2).sum()) + 2) / count - middle**2, 0.0) / count)
    half = float(t_quantile(level, df)) * spread
    low, high = middle - half, middle + half
    if bound is not None:
        low, high = max(low, -bound), min(high, bound)
    return Interval(low, high)


def _known(values: Numbers) -> Array:
    array: Array = np.asarray(values, float).ravel()
    known: Array = array[~np.isnan(array)]
    return known


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return Holm's adjusted p-values (Holm 1979) in the order given; NaN stays and counts not."""
    # Not statsmodels' multipletests, which gives the same numbers: it takes no NaN, and its Holm
    # runs a whole garbage collection, six times as long as all else that an audit's verdict takes.
    p = np.asarray(p_values, float)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    adjusted = p.copy()
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return tuple(adjusted.tolist())
