"""The parts of the claim on the scale of odds, where an effect is one of ratios and not of points.

An effect that multiplies the odds alike with and without a consequence is an interaction of rates
wherever the consequence alone moves the rates. Both scales are shown, and a sentence says which.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from peerwatch.analysis.pairing import EpisodeBlock, Mask, MatchedArms, signed_arms
from peerwatch.design.arms import Arm
from peerwatch.statistics.intervals import Array, t_quantile

_MOST = 50.0
"""A logarithm beyond which a ratio says nothing that infinity would not say."""


@dataclass(frozen=True, slots=True)
class LogOdds:
    """A difference of log-odds of arms, with what each instance adds to its error.

    Attributes:
        value: The difference, or the difference of differences.
        influence: Shape (clusters,); their sum is 0, and that of their squares the variance.
        beside: The variance that the half episodes bring, which alone is left at 0 and 1.
    """

    value: float
    influence: Array
    beside: float


def log_odds(
    block: EpisodeBlock, measure: str, cells: Sequence[MatchedArms], mask: Mask
) -> LogOdds | None:
    """Return the difference of the log-odds of arms, averaged over cells; None without episodes.

    Half an episode each way is added to every arm, so that no rate is 0 or 1 (Haldane 1956).
    The error is the linearised one, with the instance as cluster.
    """
    value, influence, beside = 0.0, np.zeros(int(mask.sum())), 0.0
    for cell in cells:
        for arm, sign in signed_arms(cell):
            found = _arm(block, measure, arm, mask)
            if found is None:
                return None
            value += sign * found.value / len(cells)
            influence += sign * found.influence / len(cells)
            beside += found.beside / len(cells) ** 2
    return LogOdds(value, influence, beside)


def mean_log_odds(found: Sequence[LogOdds]) -> LogOdds:
    """Return the mean over families, whose instances are independent."""
    parts = [one.influence / len(found) for one in found]
    beside = sum(one.beside for one in found) / len(found) ** 2
    return LogOdds(float(np.mean([one.value for one in found])), np.concatenate(parts), beside)


def odds_columns(found: LogOdds, families: int, level: float) -> dict[str, float]:
    """Return the ratio of odds, or of odds ratios, with its interval.

    Args:
        found: On the log scale.
        families: How many families it is a mean of; each takes a degree of freedom.
        level: Of the interval.
    """
    clusters = int(found.influence.size)
    df = clusters - families
    if df < 1:
        return {"value": math.exp(found.value), "low": math.nan, "high": math.nan}
    se = math.sqrt(clusters / df * float((found.influence**2).sum()) + found.beside)
    half = float(t_quantile(level, df)) * se
    low, high = (math.exp(min(x, _MOST)) for x in (found.value - half, found.value + half))
    return {"value": math.exp(found.value), "low": low, "high": high}


def _arm(block: EpisodeBlock, measure: str, arm: Arm, mask: Mask) -> LogOdds | None:
    values = block.values[measure][block.arms[arm]][mask]
    known = ~np.isnan(values)
    n = int(known.sum())
    if not n:
        return None
    count = float(np.nansum(values))
    rate = (count + 0.5) / (n + 1)
    slope = (n + 1) * rate * (1 - rate)
    off = np.where(known, values - count / n, 0.0).sum(axis=1)
    beside = 0.5 * (rate**2 + (1 - rate) ** 2) / slope**2
    return LogOdds(math.log(rate / (1 - rate)), off / slope, beside)
