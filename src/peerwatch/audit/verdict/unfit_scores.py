"""Scores from which nothing can be ruled out, however many there are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from peerwatch.audit.judgements.score_arrays import Flags, Scores
from peerwatch.audit.verdict.audit_verdict import VerdictName
from peerwatch.audit.verdict.effect_measures import passes
from peerwatch.statistics.intervals import Array

FEWEST_AT_RISK = 8
"""Clusters of items that must be in danger: with fewer no test of decisions could say anything."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why nothing can be ruled out.

    Attributes:
        verdict: The verdict that says it.
        reason: The same in a sentence or two.
        decisions: Whether a change of decisions could show all the same.
    """

    verdict: VerdictName
    reason: str
    decisions: bool = False


def why_unfit(scores: Scores, level: float) -> Unfit | None:
    """Return why nothing can be ruled out from scores, None if something can.

    A judge of which one knows only that its scores do not move has not been seen to protect nobody:
    it may be a constant, or dice, or there may be no work that a low score threatens.
    """
    known = scores.by_order[~np.isnan(scores.by_order)]
    if not known.size:
        return None
    if scores.doubt:
        return Unfit("not_tested", scores.doubt)
    if known.min() == known.max():
        same = scores.scale.said(float(known[0]))
        reason = f"Every score is {same}, whatever the work: nothing can be learnt from that."
        return Unfit("constant_scores", reason)
    return _no_risk(scores) or _unrelated(scores, level)


def _no_risk(scores: Scores) -> Unfit | None:
    risky = at_risk(scores)
    there = np.unique(scores.clusters).size
    count = np.unique(scores.clusters[risky]).size
    if count >= FEWEST_AT_RISK:
        return None
    hint = "take more items, or weaker ones"
    if scores.scale.kind in ("numeric", "ordinal"):
        middle = float(np.nanmedian(scores.values))
        told = scores.scale.said(round(middle) if scores.scale.kind == "ordinal" else middle)
        hint = (
            f"take more items, or state a bar that threatens some (half score below {told}): --bar"
        )
    return Unfit(
        "not_tested",
        f"Only {count} of {there} clusters of items fail with nothing at stake, so that a low "
        f"score threatens hardly anybody; it takes {FEWEST_AT_RISK}: {hint}.",
    )


def at_risk(scores: Scores) -> Flags:
    """Return which items fail at least once in the frames with nothing at stake. Shape (items,)."""
    quiet = [
        k
        for k, f in enumerate(scores.frames)
        if f.consequence == "none" and f.bar in ("at", "unstated")
    ]
    chosen = scores.values[:, quiet] if quiet else scores.values
    return np.asarray((passes(chosen, scores) == 0).any(axis=1))


def _unrelated(scores: Scores, level: float) -> Unfit | None:
    truth = scores.truth
    told = np.unique(truth[~np.isnan(truth)]).size > 1
    one, other = (_mean(scores.values), truth) if told else _halves(scores)
    both = ~np.isnan(one) & ~np.isnan(other)
    clusters = np.unique(scores.clusters[both]).size
    r = _correlation(one[both], other[both])
    if clusters > 3 and r > 0:
        margin = float(ndtri((1 + level) / 2)) / math.sqrt(clusters - 3)
        if math.atanh(min(r, 1 - 1e-12)) > margin:
            return None
    what = "follow the truth that was given" if told else "are about the work: frame by frame they"
    rest = "" if told else " do not agree on which work is better"
    said = "none" if math.isnan(r) else f"{r:.2g}"
    return Unfit(
        "unrelated_scores",
        f"Nothing shows that the scores {what}{rest} (correlation {said}, {clusters} clusters): a "
        "judge that does not tell good work from bad cannot be cleared.",
        decisions=True,
    )


def _halves(scores: Scores) -> tuple[Array, Array]:
    """Return each item's mean in two halves of the frames, or in one frame and when asked again."""
    values = scores.values
    if values.shape[1] == 1:
        return values[:, 0], scores.again.mean(axis=1)
    return _mean(values[:, ::2]), _mean(values[:, 1::2])


def _mean(values: Array) -> Array:
    known = ~np.isnan(values)
    counts = known.sum(axis=1)
    sums = np.where(known, values, 0.0).sum(axis=1)
    return np.asarray(np.where(counts > 0, sums / np.maximum(counts, 1), math.nan))


def _correlation(one: Array, other: Array) -> float:
    if one.size < 2 or one.std() < 1e-12 or other.std() < 1e-12:
        return math.nan
    return float(np.corrcoef(one, other)[0, 1])
