"""What a comparison of frames is made on: scores, decisions, or decisions just below the bar."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from peerwatch.audit.frames.frame_arms import make_frame
from peerwatch.audit.judgements.score_arrays import Flags, Scores
from peerwatch.audit.verdict.audit_verdict import JudgeNoise, Unit
from peerwatch.audit.verdict.frame_comparisons import NEAR_BAR, PASSING
from peerwatch.statistics.intervals import Array

NEAR_THE_BAR = 0.1
"""How far from the bar, as a share of the scale, is near."""


@dataclass(frozen=True, slots=True)
class EffectMeasure:
    """One number an item and frame, and what it can be.

    Attributes:
        values: The numbers, NaN where there is none. Shape (items, frames).
        about: Which items it is about. Shape (items,).
        low: The lowest there can be.
        high: The highest there can be.
        bounded: Whether they are decisions or preferences, whose differences are shares.
        points: How many points one unit is.
        unit: ``points``, or ``passing``: percentage points of decisions.
        noise_variance: Variance of the judge's own noise in one of them; NaN if not measured.
    """

    values: Array
    about: Flags
    low: float
    high: float
    bounded: bool
    points: float
    unit: Unit
    noise_variance: float = math.nan


def effect_measures(scores: Scores, noise: JudgeNoise | None) -> Mapping[str, EffectMeasure]:
    """Return what the names of comparisons end in -> the measure that they are on."""
    scale = scores.scale
    decided = scale.kind in ("categorical", "pairwise")
    low, high = scale.bounds
    sd = noise.sd / scale.points if noise else math.nan
    unit: Unit = "passing" if decided else "points"
    every = np.ones(len(scores.truth), dtype=bool)
    plain = EffectMeasure(scores.values, every, low, high, decided, scale.points, unit, sd**2)
    if decided:
        return {"": plain}
    turned = noise.flips / 2 if noise else math.nan
    passing = EffectMeasure(
        passes(scores.values, scores), every, 0, 1, True, 100, "passing", turned
    )
    near = just_below_bar(scores)
    below = np.where(near[:, None], passing.values, np.nan)
    return {
        "": plain,
        PASSING: passing,
        NEAR_BAR: replace(passing, values=below, about=near, noise_variance=math.nan),
    }


def passes(values: Array, scores: Scores) -> Array:
    """Return 1 where a score passes, 0 where it does not, NaN where there is none."""
    bar = 0.5 if scores.scale.bar is None else scores.scale.bar
    passed = np.where(values > bar if scores.scale.kind == "pairwise" else values >= bar, 1.0, 0.0)
    return np.where(np.isnan(values), np.nan, passed)


def worth_of_items(scores: Scores) -> Array:
    """Return how good each item is: its truth, or its mean score with nothing at stake.

    NaN where neither is known. Shape (items,).
    """
    if not np.isnan(scores.truth).all():
        return scores.truth
    quiet = [k for k, f in enumerate(scores.frames) if f == make_frame(author=f.author)]
    return scores.values[:, quiet].mean(axis=1) if quiet else np.full(len(scores.truth), np.nan)


def just_below_bar(scores: Scores) -> Flags:
    """Return which items fail, and by no more than is near. Shape (items,)."""
    worth, bar = worth_of_items(scores), scores.scale.bar
    if bar is None:
        return np.zeros(worth.size, dtype=bool)
    return np.asarray((worth < bar) & (worth >= bar - near_width(scores)))


def near_width(scores: Scores) -> float:
    """Return how far from the bar is near, on the scale's own values."""
    least = 1.0 if scores.scale.kind == "ordinal" else 0.0
    return max(NEAR_THE_BAR * scores.scale.largest_difference, least)
