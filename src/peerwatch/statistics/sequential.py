"""An interval that may be looked at as often as one likes: a confidence sequence by betting.

Whoever stops a study once its interval is narrow must not use an interval made for one look. The
interval here holds at all looks together: the chance that it ever misses the mean, at any of them,
is at most ``1 - level``.

The method is the mixture of constant bets of Waudby-Smith and Ramdas (2024), "Estimating means of
bounded random variables by betting", Journal of the Royal Statistical Society B 86(1), 1-27. A
gambler who thinks that the mean lies above ``m`` stakes the share ``g`` of all he may on every
observation. His capital is the product of ``1 + g * (x - m) / (m - low)``. If the mean is ``m`` or
less, his capital does not grow in expectation, so that (Ville 1939) it ever reaches ``1 / a`` with
a chance of ``a`` at most. The lower limit is the smallest ``m`` against which he has not won; a
gambler on the other side gives the upper limit; each has half of the error. The capital against
``m`` falls in ``m``, so that each limit is found by halving.

Two things are ours. The shares are spread over those that can matter for the width at which the
study will stop. And seeds are not drawn alike: bar side and wording go round in blocks. Within a
block the shares do not change and seeds are independent, so that the expected factor of a block is
the product of ``1 + g * (mean_i - m) / (m - low)``, which by the inequality of arithmetic and
geometric means is at most the same at the block's own mean. At the ends of blocks everything holds
as above for the mean over a block; it is there that a study is looked at.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

BETS = 16
"""Over how many shares a gambler spreads his capital."""
_BOLDEST = 0.99
_HALVINGS = 40

Floats = npt.NDArray[np.float64]


def shares(width: float, bounds: tuple[float, float]) -> Floats:
    """Return the shares of the greatest stake that are bet, in rising order; shape ``(BETS,)``.

    The best stake against a mean at the distance ``d`` is ``d`` over the variance. The distance
    that matters is half the width. The smallest share belongs to half of the greatest variance
    that values in the bounds can have, the largest to hardly any.

    Args:
        width: The full width at which a study will stop.
        bounds: The least and the greatest value that an observation can have.
    """
    low, high = bounds
    least = min(0.5, 2 * width / (high - low))
    return np.geomspace(least, _BOLDEST, BETS)


def confidence_sequence(
    values: npt.ArrayLike, bounds: tuple[float, float], level: float, width: float
) -> tuple[float, float]:
    """Return the low and the high limit of the mean after the values seen so far.

    Args:
        values: One value a seed, in any order; shape ``(n,)``. Independent, with the same mean
            over each whole block.
        bounds: The least and the greatest value that can occur.
        level: The chance that the interval holds the mean at all looks together.
        width: The full width at which the study will stop. It is to be fixed before the first
            look: the bets depend on it, and the error rate holds for any one of them.

    Raises:
        ValueError: A value out of bounds, or no number.
    """
    distinct, counts = np.unique(np.asarray(values, dtype=np.float64), return_counts=True)
    low, high = limits(distinct, counts[None], bounds, level, width)
    return float(low[0]), float(high[0])


def limits(
    distinct: Floats,
    counts: npt.NDArray[np.integer[Any]],
    bounds: tuple[float, float],
    level: float,
    width: float,
) -> tuple[Floats, Floats]:
    """Return the limits of many studies at once, from how often each value was seen.

    Args:
        distinct: The values that were seen in any of them; shape ``(values,)``.
        counts: How often; shape ``(studies, values)``.
        bounds: The least and the greatest value that can occur.
        level: As for :func:`confidence_sequence`.
        width: The same.

    Returns:
        The low and the high limits; each of shape ``(studies,)``.

    Raises:
        ValueError: A value out of bounds, or no number.
    """
    low, high = bounds
    if not ((distinct >= low) & (distinct <= high)).all():
        raise ValueError(f"values must lie between {low:g} and {high:g}")
    bets, error = shares(width, bounds), (1 - level) / 2
    under = _limit(distinct - low, counts, high - low, error, bets)
    over = _limit(high - distinct, counts, high - low, error, bets)
    return low + under, high - over


def _limit(
    values: Floats, counts: npt.NDArray[np.integer[Any]], top: float, error: float, bets: Floats
) -> Floats:
    """Return the smallest mean against which the gambler has not won, study by study.

    Args:
        values: Distinct values from 0 to ``top``; shape ``(values,)``.
        counts: How often each was seen; shape ``(studies, values)``.
        top: The greatest value.
        error: The chance that he ever wins against a true mean.
        bets: His shares; he puts as much on each.
    """
    won = math.log(len(bets) / error)
    rejected = np.zeros(len(counts))
    open_ = np.full(len(counts), top)
    for _ in range(_HALVINGS):
        middle = (rejected + open_) / 2
        ratio = values / middle[:, None] - 1
        logs = np.einsum("sbv,sv->sb", np.log1p(bets[:, None] * ratio[:, None, :]), counts)
        lost = np.logaddexp.reduce(logs, axis=1) < won
        rejected, open_ = np.where(lost, rejected, middle), np.where(lost, middle, open_)
    return rejected
