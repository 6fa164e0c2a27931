"""Paired differences between frames, with intervals by cluster of items."""

from __future__ import annotations

import math

import numpy as np

from peerwatch.audit.judgements.score_arrays import Scores
from peerwatch.audit.verdict.audit_verdict import FrameEffect
from peerwatch.audit.verdict.frame_comparisons import FrameComparison
from peerwatch.statistics.cluster_effects import cluster_means, estimate_effect, smallest_detectable
from peerwatch.statistics.intervals import Array
from peerwatch.statistics.leave_one_out import leaving_each_out


def comparison_effect(
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
    d = item_differences(comparison, scores)
    scale, points = scores.scale, scores.scale.points
    weights = sum(abs(w) for _, w in comparison.terms)
    span = scale.largest_difference * weights / 2
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
        smallest=points * smallest_detectable(found.se, found.clusters, alpha),
        noise_share=share,
        without_one_wording=_without_one(d, scores, points),
    )


def item_differences(comparison: FrameComparison, scores: Scores) -> Array:
    """Return the comparison of each item, NaN where one of its scores is missing."""
    values = scores.values
    total = np.zeros(values.shape[0])
    for frame, weight in comparison.terms:
        total = total + weight * values[:, scores.frames.index(frame)]
    return total


def _without_one(d: Array, scores: Scores, points: float) -> tuple[float, float] | None:
    """Return the range of the value when each wording in turn is left out."""
    values = []
    for _, left in leaving_each_out(scores.wordings):
        means = cluster_means(d[left], scores.clusters[left])
        if means.size:
            values.append(points * float(means.mean()))
    return (min(values), max(values)) if values else None
