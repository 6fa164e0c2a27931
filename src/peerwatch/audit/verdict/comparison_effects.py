"""Paired differences between frames, with intervals by cluster of items."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from peerwatch.audit.judgements.score_arrays import Scores
from peerwatch.audit.verdict.audit_verdict import FrameEffect
from peerwatch.audit.verdict.effect_measures import EffectMeasure
from peerwatch.audit.verdict.frame_comparisons import FrameComparison
from peerwatch.statistics.cluster_effects import (
    ClusterEstimate,
    cluster_means,
    estimate_effect,
    smallest_detectable,
)
from peerwatch.statistics.intervals import Array, Interval
from peerwatch.statistics.leave_one_out import leaving_each_out
from peerwatch.statistics.sign_flip import Whole, sign_flip_p

WITHHELD_APART = 0.05
"""Two frames differ in how often there is no score if a test at this level says so."""
_EXACT_TURNS = 100
"""Up to so many clusters that turn, the test of decisions is exact."""


@dataclass(frozen=True, slots=True)
class EffectLevels:
    """At which level intervals are made, and at which the smallest visible effect is told."""

    level: float
    alpha: float


def comparison_effect(
    comparison: FrameComparison, scores: Scores, measure: EffectMeasure, at: EffectLevels
) -> FrameEffect:
    """Return the estimate of one comparison.

    Where frames differ in how often the judge gave no score, the limits and the p-value are those
    of the worst case: a score that is missing could have been any on the scale.

    Args:
        comparison: What is compared; all its frames are there.
        scores: The scores.
        measure: What is compared: scores or decisions.
        at: The levels.
    """
    d = item_differences(comparison, measure.values, scores)
    found = _estimate(d, comparison, scores, measure, at.level)
    known = d[~np.isnan(d)]
    apart = _withheld_apart(comparison, scores)
    worst = _at_worst(found, comparison, scores, measure, at.level) if apart else found
    spread = float(known.var(ddof=1)) if known.size > 1 else math.nan
    noise = measure.noise_variance * sum(w * w for _, w in comparison.terms)
    share = min(1.0, noise / spread) if spread > 0 and not math.isnan(noise) else None
    possible = int(np.count_nonzero(measure.about))
    points = measure.points
    naming = any(frame.author == "other_model" for frame, _ in comparison.terms)
    return FrameEffect(
        name=comparison.name,
        question=comparison.question,
        unit=measure.unit,
        value=points * found.value,
        low=points * worst.interval.low,
        high=points * worst.interval.high,
        se=points * found.se,
        p=worst.p,
        items=int(known.size),
        clusters=found.clusters,
        missing=1 - known.size / possible if possible else 0.0,
        smallest=points * smallest_detectable(found.se, found.clusters, at.alpha),
        worst_case=apart,
        noise_share=share,
        without_one_wording=_without_one(d, scores.wordings, scores, points),
        without_one_name=_without_one(d, scores.rivals if naming else None, scores, points),
    )


def item_differences(comparison: FrameComparison, values: Array, scores: Scores) -> Array:
    """Return the comparison of each item, NaN where one of its values is missing."""
    total = np.zeros(values.shape[0])
    for frame, weight in comparison.terms:
        total = total + weight * values[:, scores.frames.index(frame)]
    return total


def _estimate(
    d: Array, comparison: FrameComparison, scores: Scores, measure: EffectMeasure, level: float
) -> ClusterEstimate:
    weights = sum(abs(w) for _, w in comparison.terms)
    span = (measure.high - measure.low) * weights / 2
    found = estimate_effect(d, scores.clusters, span, measure.bounded, level)
    if not measure.bounded or not found.clusters:
        return found
    p = turned_p(cluster_means(d, scores.clusters))
    return ClusterEstimate(found.value, found.interval, found.se, p, found.clusters)


def turned_p(d: Array) -> float:
    """Return the p-value of decisions turning as often one way as the other.

    The exact sign-flip test (McNemar's, where a cluster is one item), beyond some hundred clusters
    that turn its normal approximation.
    """
    if np.count_nonzero(d) <= _EXACT_TURNS:
        return sign_flip_p(d)
    norm = math.sqrt(float((d**2).sum()))
    return math.erfc(abs(float(d.sum())) / norm / math.sqrt(2))


def _withheld_apart(comparison: FrameComparison, scores: Scores) -> bool:
    """Return whether two of the frames differ in how often the judge gave no score."""
    withheld = scores.withheld
    places = [scores.frames.index(frame) for frame, _ in comparison.terms]
    if not withheld[:, places].any():
        return False
    columns = [withheld[:, place].astype(float) for place in places]
    return any(
        turned_p(cluster_means(one - other, scores.clusters)) <= WITHHELD_APART
        for one, other in itertools.combinations(columns, 2)
    )


def _at_worst(
    found: ClusterEstimate,
    comparison: FrameComparison,
    scores: Scores,
    measure: EffectMeasure,
    level: float,
) -> ClusterEstimate:
    """Return an estimate whose limits and p-value hold whatever the missing scores would be."""
    lows, highs = measure.values.copy(), measure.values.copy()
    places = [scores.frames.index(frame) for frame, _ in comparison.terms]
    # An item that is scored in none of the frames is no work of any of them.
    some = measure.about & ~scores.withheld[:, places].all(axis=1)
    for place, (_, weight) in zip(places, comparison.terms, strict=True):
        gone = some & scores.withheld[:, place]
        ends = (measure.low, measure.high) if weight > 0 else (measure.high, measure.low)
        lows[gone, place], highs[gone, place] = ends
    least, most = (
        _estimate(item_differences(comparison, v, scores), comparison, scores, measure, level)
        for v in (lows, highs)
    )
    towards = least if found.value > 0 else most
    same = towards.value * found.value > 0
    return ClusterEstimate(
        found.value,
        Interval(least.interval.low, most.interval.high),
        found.se,
        max(found.p, towards.p) if same else 1.0,
        found.clusters,
    )


def _without_one(
    d: Array, labels: Whole | None, scores: Scores, points: float
) -> tuple[float, float] | None:
    """Return the range of the value when each label (wording, name) in turn is left out."""
    if labels is None:
        return None
    values = []
    for _, left in leaving_each_out(labels):
        means = cluster_means(d[left], scores.clusters[left])
        if means.size:
            values.append(points * float(means.mean()))
    return (min(values), max(values)) if values else None
