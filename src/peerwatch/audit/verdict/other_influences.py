"""What else moves a score, reported so that it is not mistaken for protection.

The judge's own noise, decisions that flip, the distance from the bar, the truth, the place in a
pair and the length of a text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from peerwatch.audit.judgements.score_arrays import Scores
from peerwatch.audit.verdict.audit_verdict import DecisionFlips, FrameRow, JudgeNoise, PartialEffect
from peerwatch.audit.verdict.comparison_effects import item_differences, turned_p
from peerwatch.audit.verdict.effect_measures import (
    just_below_bar,
    near_width,
    passes,
    worth_of_items,
)
from peerwatch.audit.verdict.frame_comparisons import FrameComparison
from peerwatch.audit.verdict.score_slopes import cluster_regression, mean_of_frames
from peerwatch.statistics.cluster_effects import (
    ClusterEstimate,
    cluster_means,
    estimate_effect,
    largest_unseen_share,
)
from peerwatch.statistics.intervals import (
    Array,
    Interval,
    difference_interval,
    rate_interval,
    t_quantile,
)

MOST_SHIFT = 0.5
"""How far over half the time the first place can be preferred."""
_FLIPS = (
    "peer_minus_human",
    "peer_minus_rule",
    "own_minus_human",
    "own_minus_rule",
    "own_minus_peer_none",
    "peer_minus_human_none",
    "threat_human",
    "threat_peer",
)


def judge_noise(scores: Scores) -> JudgeNoise | None:
    """Return how far the judge disagrees with itself; None if nothing was asked twice."""
    first = scores.values[:, scores.retest_frame]
    again = scores.again.mean(axis=1)
    change = again - first
    known = change[~np.isnan(change)]
    if known.size < 2:
        return None
    both = ~np.isnan(change)
    points = scores.scale.points
    varied = first[both].std() > 0 and again[both].std() > 0
    agreement = float(np.corrcoef(first[both], again[both])[0, 1]) if varied else math.nan
    turned = passes(first[both], scores) != passes(again[both], scores)
    return JudgeNoise(
        items=int(known.size),
        # The mean of squares, not the spread about the mean: a drift between askings is noise too.
        sd=points * math.sqrt(float((known**2).mean()) / 2),
        mean_change=points * float(np.abs(known).mean()),
        flips=float(turned.mean()),
        agreement=agreement,
    )


def decision_flips(
    comparisons: Sequence[FrameComparison], scores: Scores, level: float
) -> tuple[DecisionFlips, ...]:
    """Return the decisions that turn between the two frames of the comparisons that matter."""
    wanted = [c for c in comparisons if c.name in _FLIPS]
    return tuple(_flips(comparison, scores, level) for comparison in wanted)


def _flips(comparison: FrameComparison, scores: Scores, level: float) -> DecisionFlips:
    (one, _), (other, _) = comparison.terms
    values = scores.values
    first = passes(values[:, scores.frames.index(one)], scores)
    second = passes(values[:, scores.frames.index(other)], scores)
    d = first - second
    known = d[~np.isnan(d)]
    by_cluster = cluster_means(d, scores.clusters)
    interval = difference_interval(by_cluster, 1.0, level)
    beyond = _beyond_noise(np.abs(d), scores, level)
    return DecisionFlips(
        name=comparison.name,
        to_pass=float((known > 0).mean()) if known.size else math.nan,
        to_fail=float((known < 0).mean()) if known.size else math.nan,
        net=100 * float(by_cluster.mean()) if by_cluster.size else math.nan,
        low=100 * interval.low,
        high=100 * interval.high,
        p=turned_p(by_cluster),
        beyond_noise=None if beyond is None else 100 * beyond[0],
        beyond_noise_low=None if beyond is None else 100 * beyond[1].low,
        beyond_noise_high=None if beyond is None else 100 * beyond[1].high,
        items=int(known.size),
    )


def _beyond_noise(changed: Array, scores: Scores, level: float) -> tuple[float, Interval] | None:
    """Return a mean change less the change of the judge asked the same twice, with limits."""
    again = passes(scores.again.mean(axis=1), scores)
    same = np.abs(again - passes(scores.values[:, scores.retest_frame], scores))
    one, other = cluster_means(changed, scores.clusters), cluster_means(same, scores.clusters)
    if one.size < 2 or other.size < 2:
        return None
    value = float(one.mean() - other.mean())
    spread = math.sqrt(float(one.var(ddof=1)) / one.size + float(other.var(ddof=1)) / other.size)
    fewest = min(one.size, other.size)
    half = float(t_quantile(level, fewest - 1)) * spread
    if not one.any() and not other.any():
        half = largest_unseen_share(fewest, level)
    return value, Interval(value - half, value + half)


def effects_near_bar(
    comparisons: Mapping[str, FrameComparison], scores: Scores, level: float
) -> tuple[PartialEffect, ...]:
    """Return the effect on peers by how far the item is from the bar.

    How good an item is comes from its truth, or from its mean score in frames with nothing at
    stake, which are not those that are compared here.
    """
    comparison = comparisons.get("peer_minus_human") or comparisons.get("own_minus_human")
    scale = scores.scale
    if comparison is None or scale.kind in ("categorical", "pairwise") or scale.bar is None:
        return ()
    worth, width = worth_of_items(scores), near_width(scores)
    d = item_differences(comparison, scores.values, scores)
    below = just_below_bar(scores)
    above = (worth >= scale.bar) & (worth < scale.bar + width)
    far = ~below & ~above & ~np.isnan(worth)
    strata = {"just below the bar": below, "just above the bar": above, "far from it": far}
    parts = [
        _part(
            f"{comparison.name}, {name}",
            _difference(np.where(chosen, d, np.nan), scores, level),
            scores,
            d[chosen],
        )
        for name, chosen in strata.items()
        if (chosen & ~np.isnan(d)).any()
    ]
    return tuple(parts)


def effects_by_name(
    comparisons: Mapping[str, FrameComparison], scores: Scores, level: float
) -> tuple[PartialEffect, ...]:
    """Return the effect on peers by the model that their frames name."""
    comparison = comparisons.get("peer_minus_human")
    if comparison is None or scores.rivals is None:
        return ()
    d = item_differences(comparison, scores.values, scores)
    parts = []
    for place, name in enumerate(scores.rival_names):
        of_name = np.where(scores.rivals == place, d, np.nan)
        if not np.isnan(of_name).all():
            found = _difference(of_name, scores, level)
            parts.append(_part(f"{comparison.name}, {name}", found, scores, of_name))
    return tuple(parts)


def _difference(values: Array, scores: Scores, level: float) -> ClusterEstimate:
    return estimate_effect(values, scores.clusters, scores.scale.largest_difference, False, level)


def _estimated(values: Array, scores: Scores, level: float) -> ClusterEstimate:
    # A mean of scores themselves is no difference, but has the same limits as one.
    return estimate_effect(values, scores.clusters, 0.0, False, level)


def _part(name: str, found: ClusterEstimate, scores: Scores, values: Array) -> PartialEffect:
    points = scores.scale.points
    return PartialEffect(
        name=name,
        value=points * found.value,
        low=points * found.interval.low,
        high=points * found.interval.high,
        items=int((~np.isnan(values)).sum()),
    )


def frame_rows(scores: Scores, level: float) -> tuple[FrameRow, ...]:
    """Return what came of each frame: counts, means, decisions and errors."""
    return tuple(_frame_row(k, scores, level) for k in range(len(scores.frames)))


def _frame_row(k: int, scores: Scores, level: float) -> FrameRow:
    values = scores.values[:, k]
    failed = dict(sorted(scores.failed.get(k, {}).items()))
    passed = passes(values, scores)
    mean = _estimated(values, scores, level)
    points = scores.scale.points
    again = scores.again if k == scores.retest_frame else scores.again[:0]
    row = FrameRow(
        frame=scores.frames[k].label,
        asked=int(scores.asked[k]),
        scored=int((~np.isnan(scores.by_order[:, k])).sum() + (~np.isnan(again)).sum()),
        failed=failed,
        mean=points * mean.value,
        low=points * mean.interval.low,
        high=points * mean.interval.high,
        passed=_mean(passed),
    )
    error = values - scores.truth
    if np.isnan(error).all():
        return row
    found = _difference(error, scores, level)
    true_pass = passes(scores.truth, scores)
    known = ~np.isnan(error)
    should_fail = known & (true_pass == 0)
    return row.model_copy(
        update={
            "error": points * found.value,
            "error_low": points * found.interval.low,
            "error_high": points * found.interval.high,
            "absolute_error": points * float(np.abs(error[known]).mean()),
            "right": float((passed == true_pass)[known].mean()),
            "wrongly_passed": _mean(passed[should_fail]),
        }
    )


def _mean(values: Array) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else math.nan


def position_shift(scores: Scores) -> Array | None:
    """Return, item by item, how much more often the first place is preferred than half the time."""
    if scores.by_order.shape[2] < 2:
        return None
    shown_first = (scores.by_order[:, :, 0] + 1 - scores.by_order[:, :, 1]) / 2 - 0.5
    known = ~np.isnan(shown_first)
    sums = np.where(known, shown_first, 0.0).sum(axis=1)
    return np.asarray(np.where(known.any(axis=1), sums / np.maximum(known.sum(axis=1), 1), np.nan))


def position_effects(scores: Scores, level: float) -> tuple[PartialEffect, ...]:
    """Return how much the first place is preferred, and how often the order changes the answer."""
    shift = position_shift(scores)
    if shift is None:
        return ()
    found = estimate_effect(shift, scores.clusters, MOST_SHIFT, True, level)
    one, other = scores.by_order[:, :, 0], scores.by_order[:, :, 1]
    both = ~np.isnan(one) & ~np.isnan(other)
    changed = np.where(both, one != other, False).sum(axis=1)
    asked = both.sum(axis=1)
    by = np.bincount(scores.clusters, weights=changed), np.bincount(scores.clusters, weights=asked)
    interval = rate_interval(*by, level)
    rate = float(changed.sum() / asked.sum()) if asked.sum() else math.nan
    turned = PartialEffect(
        name="answers that change with the order",
        value=100 * rate,
        low=100 * interval.low,
        high=100 * interval.high,
        items=int((asked > 0).sum()),
    )
    return (_part("first place over half", found, scores, shift), turned)


def length_effects(
    comparisons: Mapping[str, FrameComparison], scores: Scores, level: float
) -> tuple[PartialEffect, ...]:
    """Return what a doubling of length does to the score, and to the effect on peers.

    Where truth is known the first is at equal truth. All frames of an item hold the same text, so
    its length cannot make a difference between frames; the second shows for whom there is one. The
    third is what the judge's taste for length makes of the few characters by which the texts of the
    two frames themselves differ.
    """
    longer = np.log2(np.maximum(scores.lengths, 1.0))
    if not np.isnan(scores.other_lengths).all():
        longer = longer - np.log2(np.maximum(scores.other_lengths, 1.0))
    overall = mean_of_frames(scores)
    truth = None if np.isnan(scores.truth).all() else scores.truth
    named = "score, a doubling of length" + ("" if truth is None else " at equal truth")
    parts = [_slope(named, overall, longer, truth, scores, level)]
    comparison = comparisons.get("peer_minus_human")
    if comparison is not None:
        d = item_differences(comparison, scores.values, scores)
        parts.append(
            _slope("peer_minus_human, a doubling of length", d, longer, None, scores, level)
        )
        parts.append(_of_frames(comparison, parts[0], scores))
    return tuple(part for part in parts if part is not None)


def _of_frames(
    comparison: FrameComparison, slope: PartialEffect | None, scores: Scores
) -> PartialEffect | None:
    """Return the part of a comparison that the length of its frames alone would make."""
    if slope is None or scores.frame_lengths is None:
        return None
    one, other = (scores.frame_lengths[scores.frames.index(f)] for f, _ in comparison.terms)
    doublings = float(np.mean(np.log2((scores.lengths + one) / (scores.lengths + other))))
    ends = sorted((slope.low * doublings, slope.high * doublings))
    name = f"{comparison.name}, from the length of the frames alone"
    value = slope.value * doublings
    return PartialEffect(name=name, value=value, low=ends[0], high=ends[1], items=slope.items)


def _slope(
    name: str, y: Array, x: Array, truth: Array | None, scores: Scores, level: float
) -> PartialEffect | None:
    """Return a slope with an interval that is robust to clusters."""
    found = cluster_regression(y, [x] if truth is None else [x, truth], scores.clusters)
    if found is None:
        return None
    points, slope = scores.scale.points, found[1]
    half = slope.half_width(level)
    return PartialEffect(
        name=name,
        value=points * slope.value,
        low=points * (slope.value - half),
        high=points * (slope.value + half),
        items=slope.items,
    )
