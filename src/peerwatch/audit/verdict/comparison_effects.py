"""Paired differences between frames, with intervals by cluster of items."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from peerwatch.audit.items.score_scale import ScoreScale
from peerwatch.audit.judgements.score_arrays import Array, Codes, Scores
from peerwatch.audit.verdict.audit_verdict import FrameEffect
from peerwatch.audit.verdict.frame_comparisons import FrameComparison
from peerwatch.design.matched_wordings import WORDINGS_PER_LEVEL
from peerwatch.statistics.intervals import Interval, difference_interval
from peerwatch.statistics.sign_flip import sign_flip_p

POWER = 0.8
_EXACT_CLUSTERS = 40
"""Up to so many clusters p-values are those of the sign-flip test, beyond it those of t."""


@dataclass(frozen=True, slots=True)
class Estimate:
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


def cluster_means(values: Array, clusters: Codes) -> Array:
    """Return the mean of each cluster's known values. Shape (clusters with one,)."""
    known = ~np.isnan(values)
    counts = np.bincount(clusters[known])
    sums = np.bincount(clusters[known], weights=values[known])
    return np.asarray(sums[counts > 0] / counts[counts > 0], dtype=float)


def estimate_effect(
    values: Array, clusters: Codes, span: float, bounded: bool, level: float
) -> Estimate:
    """Return the mean of paired differences, clusters counting equally.

    Scores without few fixed values: the t interval on the means of the clusters. Differences of
    decisions and preferences (``bounded``): the adjusted interval of Bonett & Price (2012), see
    `statistics.intervals`. Where no item differs at all, neither says anything; there the limits
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
        return Estimate(float(d.mean()) if d.size else math.nan, _NONE, math.nan, math.nan, d.size)
    value, se = float(d.mean()), float(d.std(ddof=1)) / math.sqrt(d.size)
    if not d.any():
        reach = span * (1 - ((1 - level) / 2) ** (1 / d.size))
        se = reach / float(ndtri((1 + level) / 2))
        return Estimate(0.0, Interval(-reach, reach), se, 1.0, d.size)
    interval = difference_interval(d, span if bounded else None, level)
    return Estimate(value, interval, se, _p_value(d, value, se), d.size)


_NONE = Interval(math.nan, math.nan)


def _p_value(d: Array, value: float, se: float) -> float:
    if d.size <= _EXACT_CLUSTERS:
        return sign_flip_p(d)
    if se == 0:
        return 0.0
    return float(2 * stdtr(d.size - 1, -abs(value) / se))


def smallest_seen(se: float, clusters: int, alpha: float) -> float:
    """Return the effect that a two-sided test at ``alpha`` finds with probability 0.8."""
    if clusters < 2 or math.isnan(se):
        return math.nan
    # The quantiles of t where the test is one of t; the power's own is close enough to normal's.
    return float((ndtri(POWER) - stdtrit(clusters - 1, alpha / 2)) * se)


def compared(
    comparison: FrameComparison, scores: Scores, level: float, alpha: float, noise_variance: float
) -> FrameEffect:
    """Return the estimate of one comparison.

    Args:
        comparison: What is compared; all its frames are there.
        scores: The scores.
        level: Of the interval.
        alpha: The two-sided level at which the smallest visible effect is told.
        noise_variance: Variance of the judge's own noise in one score; NaN if not measured.
    """
    d = difference_between(comparison, scores)
    scale, points = scores.scale, scores.scale.points
    weights = sum(abs(w) for _, w in comparison.terms)
    span = reach(scale) * weights / 2
    bounded = scale.kind in ("categorical", "pairwise")
    found = estimate_effect(d, scores.clusters, span, bounded, level)
    known = d[~np.isnan(d)]
    spread = float(known.var(ddof=1)) if known.size > 1 else math.nan
    noise = noise_variance * sum(w * w for _, w in comparison.terms)
    share = min(1.0, noise / spread) if spread > 0 and not math.isnan(noise) else None
    return FrameEffect(
        name=comparison.name,
        question=comparison.question,
        value=points * found.value,
        low=points * found.interval.low,
        high=points * found.interval.high,
        se=points * found.se,
        p=found.p,
        items=int(known.size),
        clusters=found.clusters,
        missing=1 - known.size / max(1, d.size),
        smallest=points * smallest_seen(found.se, found.clusters, alpha),
        noise_share=share,
        without_one_wording=_without_one(d, scores, points),
    )


def difference_between(comparison: FrameComparison, scores: Scores) -> Array:
    """Return the comparison of each item, NaN where one of its scores is missing."""
    values = scores.values
    total = np.zeros(values.shape[0])
    for frame, weight in comparison.terms:
        total = total + weight * values[:, scores.frames.index(frame)]
    return total


def reach(scale: ScoreScale) -> float:
    """Return the largest difference between two scores."""
    low, high = scale.bounds
    return high - low


def _without_one(d: Array, scores: Scores, points: float) -> tuple[float, float] | None:
    """Return the range of the value when each wording in turn is left out."""
    values = []
    for wording in range(WORDINGS_PER_LEVEL):
        left = scores.wordings != wording
        if left.all() or not left.any():
            continue
        means = cluster_means(d[left], scores.clusters[left])
        if means.size:
            values.append(points * float(means.mean()))
    return (min(values), max(values)) if values else None
