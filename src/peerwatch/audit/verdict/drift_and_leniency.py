"""Scores that move with the turn, and scores above the truth: told from each other."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import stdtr

from peerwatch.audit.frames.frame_arms import make_frame
from peerwatch.audit.judgements.score_arrays import Scores
from peerwatch.audit.verdict.audit_verdict import FrameEffect
from peerwatch.audit.verdict.comparison_effects import EffectLevels
from peerwatch.audit.verdict.score_slopes import ScoreSlope, cluster_regression, mean_of_frames
from peerwatch.statistics.cluster_effects import (
    ClusterEstimate,
    estimate_effect,
    smallest_detectable,
)
from peerwatch.statistics.intervals import NONE, Array, Interval

DRIFT = "drift"
ERROR_FIRST = "error_at_the_first_turn"


def drift_effects(scores: Scores, at: EffectLevels) -> dict[str, FrameEffect]:
    """Return how far scores move from the first item asked to the last; none of pairs.

    Items are asked in a random order and all frames of an item together, so that a drift is no
    difference between frames, and no difference between items either. Where one is seen and the
    truth is known, the error at the first turn is estimated too: of a judge that only drifts it is
    nil, of a lenient one it is not.
    """
    if scores.scale.kind == "pairwise" or len(scores.turns) != len(scores.truth):
        return {}
    truth = scores.truth
    known = not np.isnan(truth).all()
    level_of_items = [truth] if known and np.unique(truth[~np.isnan(truth)]).size > 1 else []
    overall = mean_of_frames(scores)
    question = "Do scores move from the first item that is asked to the last?"
    found = cluster_regression(overall, [scores.turns, *level_of_items], scores.clusters)
    drift = _of_slope(DRIFT, question, found[1] if found else None, scores, at)
    if not known or not drift.p <= 1 - at.level:
        return {DRIFT: drift}
    question = "Is work scored higher than the truth before any drift?"
    first = cluster_regression(overall - truth, [scores.turns], scores.clusters)
    start = _of_slope(ERROR_FIRST, question, first[0] if first else None, scores, at)
    return {DRIFT: drift, ERROR_FIRST: start}


def _of_slope(
    name: str, question: str, slope: ScoreSlope | None, scores: Scores, at: EffectLevels
) -> FrameEffect:
    if slope is None:
        nothing = ClusterEstimate(math.nan, NONE, math.nan, math.nan, 0)
        return _as_effect(name, question, nothing, 0, 0, scores, at)
    half = slope.half_width(at.level)
    interval = Interval(slope.value - half, slope.value + half)
    if slope.se:
        p = float(2 * stdtr(slope.df, -abs(slope.value) / slope.se))
    else:
        p = 0.0 if slope.value else 1.0
    found = ClusterEstimate(slope.value, interval, slope.se, p, slope.clusters)
    return _as_effect(name, question, found, slope.items, slope.items, scores, at)


def leniency_effects(scores: Scores, at: EffectLevels) -> dict[str, FrameEffect]:
    """Return the error against the truth of each author with nothing at stake; none of pairs."""
    errors: dict[str, FrameEffect] = {}
    if np.isnan(scores.truth).all() or scores.scale.kind == "pairwise":
        return errors
    # Truth that is not known is not missing: there is nothing to compare with.
    possible = int((~np.isnan(scores.truth)).sum())
    for k, frame in enumerate(scores.frames):
        if frame.framed and frame == make_frame(author=frame.author):
            name = f"error_{frame.author}"
            error = scores.values[:, k] - scores.truth
            span = scores.scale.largest_difference
            found = estimate_effect(error, scores.clusters, span, False, at.level)
            question = f"Is work scored higher than the truth in the frame '{frame.label}'?"
            items = int((~np.isnan(error)).sum())
            errors[name] = _as_effect(name, question, found, items, possible, scores, at)
    return errors


def shift_effect(
    name: str, question: str, shift: Array, most: float, scores: Scores, at: EffectLevels
) -> FrameEffect:
    """Return the effect of values that are shares, one an item."""
    found = estimate_effect(shift, scores.clusters, most, True, at.level)
    items = int((~np.isnan(shift)).sum())
    return _as_effect(name, question, found, items, shift.size, scores, at)


def _as_effect(
    name: str,
    question: str,
    found: ClusterEstimate,
    items: int,
    possible: int,
    scores: Scores,
    at: EffectLevels,
) -> FrameEffect:
    points = scores.scale.points
    return FrameEffect(
        name=name,
        question=question,
        unit="passing" if scores.scale.kind in ("categorical", "pairwise") else "points",
        value=points * found.value,
        low=points * found.interval.low,
        high=points * found.interval.high,
        se=points * found.se,
        p=found.p,
        items=items,
        clusters=found.clusters,
        missing=1 - items / max(1, possible),
        smallest=points * smallest_detectable(found.se, found.clusters, at.alpha),
    )
