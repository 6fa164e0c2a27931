"""Effects on clusters of items: mean, interval, p-value, and how small an effect would be seen.

The intervals and the test are those of ``intervals`` and ``sign_flip``; here they are put together
for values that come item by item, with the cluster of each.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from peerwatch.statistics.intervals import NONE, Array, Interval, difference_interval
from peerwatch.statistics.sign_flip import Whole, sign_flip_p

POWER = 0.8
_EXACT_CLUSTERS = 40
"""Up to so many clusters p-values are those of the sign-flip test, beyond it those of t."""


@dataclass(frozen=True, slots=True)
class ClusterEstimate:
    """A mean of clusters, on the scale's own values.

    Attributes:
        value: The mean.
        interval: Its interval.
        se: Its standard error.
        p: Two-sided p-value of it being zero.
        clusters: How many clusters.
    """

    value: float
    interval: Interval
    se: float
    p: float
    clusters: int


def cluster_means(values: Array, clusters: Whole) -> Array:
    """Return the mean of each cluster's known values. Shape (clusters with one,)."""
    known = ~np.isnan(values)
    counts = np.bincount(clusters[known])
    sums = np.bincount(clusters[known], weights=values[known])
    return np.asarray(sums[counts > 0] / counts[counts > 0], dtype=float)


def estimate_effect(
    values: Array, clusters: Whole, span: float, bounded: bool, level: float
) -> ClusterEstimate:
    """Return the mean of paired differences, clusters counting equally.

    Scores without few fixed values: the t interval on the means of the clusters. Differences of
    decisions and preferences (``bounded``): the adjusted interval of Bonett & Price (2012), see
    `difference_interval`. Where no item differs at all, neither says anything; there the limits
    are the largest share of clusters that may differ and still not be among so many, times the
    largest difference there can be (the exact binomial limit).

    Args:
        values: One difference an item, NaN where a score is missing. Shape (items,).
        clusters: The cluster of each item. Shape (items,).
        span: The largest difference there can be.
        bounded: Whether the scores are shares.
        level: Of the interval.
    """
    d = cluster_means(values, clusters)
    if d.size < 2:
        return ClusterEstimate(
            float(d.mean()) if d.size else math.nan, NONE, math.nan, math.nan, d.size
        )
    value, se = float(d.mean()), float(d.std(ddof=1)) / math.sqrt(d.size)
    if not d.any():
        reach = span * largest_unseen_share(d.size, level)
        se = reach / float(ndtri((1 + level) / 2))
        return ClusterEstimate(0.0, Interval(-reach, reach), se, 1.0, d.size)
    interval = difference_interval(d, span if bounded else None, level)
    return ClusterEstimate(value, interval, se, _p_value(d, value, se), d.size)


def _p_value(d: Array, value: float, se: float) -> float:
    if d.size <= _EXACT_CLUSTERS:
        return sign_flip_p(d)
    if se == 0:
        return 0.0
    return float(2 * stdtr(d.size - 1, -abs(value) / se))


def smallest_detectable(se: float, clusters: int, alpha: float) -> float:
    """Return the effect that a two-sided test at ``alpha`` finds with probability 0.8."""
    if clusters < 2 or math.isnan(se):
        return math.nan
    # The quantiles of t where the test is one of t; the power's own is close enough to normal's.
    return float((ndtri(POWER) - stdtrit(clusters - 1, alpha / 2)) * se)


def largest_unseen_share(clusters: int, level: float) -> float:
    """Return the largest share of clusters that may differ where none of so many does.

    It is the upper limit of Clopper & Pearson (1934) for a rate of zero.
    """
    return float(1 - ((1 - level) / 2) ** (1 / clusters))
