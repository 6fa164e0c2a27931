"""What a difference is if every lost episode had gone the one way, or the other.

A claim is held against the worst of it, always: no rule has to find out whether completion differs
between arms, and losing few episodes costs little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from peerwatch.analysis.contrast_effects import ContrastEffect
from peerwatch.analysis.pairing import (
    EpisodeBlock,
    Mask,
    MatchedArms,
    differences_by_instance,
    is_share,
    lost_episodes,
    signed_arms,
)
from peerwatch.statistics.intervals import NONE, Array, Interval, difference_interval
from peerwatch.statistics.sign_flip import sign_flip_p


@dataclass(frozen=True, slots=True)
class WorstCase:
    """A difference under the least and the most favourable fate of lost episodes.

    Attributes:
        least: The differences if lost episodes had made the effect smallest. Shape (clusters,).
        most: The same if they had made it largest.
        interval: From the lower limit of the one to the upper limit of the other.
        p_greater: One-sided p-value, for above zero, of ``least``.
    """

    least: Array
    most: Array
    interval: Interval
    p_greater: float


def worst_case(
    block: EpisodeBlock, measure: str, found: ContrastEffect, mask: Mask, level: float
) -> WorstCase:
    """Return the worst case of an effect over the instances of a mask.

    A lost episode is one that was started and has no value. Of a share it counts as 0 or 1; of a
    measure without bound as the lowest or highest value that the effect's arms show.
    """
    low, high = _extremes(block, measure, found.cells, mask)
    if not _any_lost(block, measure, found.cells, mask):
        return WorstCase(found.differences, found.differences, found.interval, found.p_greater)
    least = differences_by_instance(block, measure, found.cells, (low, high))[mask]
    most = differences_by_instance(block, measure, found.cells, (high, low))[mask]
    size = float(len(found.sides)) / 2 if is_share(measure) else None
    return worst_of(least, most, size, level)


def worst_of(least: Array, most: Array, size: float | None, level: float) -> WorstCase:
    """Return the worst case of two arrays of differences, NaN left out.

    Args:
        least: Shape (clusters,).
        most: Shape (clusters,).
        size: The largest difference there can be; None for one without bound.
        level: Of the interval.
    """
    least, most = least[~np.isnan(least)], most[~np.isnan(most)]
    low = difference_interval(least, size, level) if least.size else NONE
    high = difference_interval(most, size, level) if most.size else NONE
    return WorstCase(least, most, Interval(low.low, high.high), sign_flip_p(least, "greater"))


def _any_lost(block: EpisodeBlock, measure: str, cells: Sequence[MatchedArms], mask: Mask) -> bool:
    gone = lost_episodes(block, measure)
    arms = {block.arms[arm] for cell in cells for arm, _ in signed_arms(cell)}
    return any(gone[arm][mask].any() for arm in arms)


def _extremes(
    block: EpisodeBlock, measure: str, cells: Sequence[MatchedArms], mask: Mask
) -> tuple[float, float]:
    if is_share(measure):
        return 0.0, 1.0
    arms = sorted({block.arms[arm] for cell in cells for arm, _ in signed_arms(cell)})
    values = block.values[measure][arms][:, mask]
    seen = values[~np.isnan(values)]
    return (float(seen.min()), float(seen.max())) if seen.size else (0.0, 0.0)
