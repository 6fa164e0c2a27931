"""The area under the ROC curve, with an interval that holds at the ends."""

from __future__ import annotations

import math
from collections.abc import Sequence

from peerwatch.statistics.agreement import LEVEL, Figure

_Z = 1.959963984540054


def auc(positives: Sequence[float], negatives: Sequence[float]) -> Figure:
    """Return the chance that a positive scores above a negative, ties counting half.

    The value is Mann and Whitney's U over its greatest value. The interval is method 5 of Newcombe
    (2006, Statistics in Medicine 25:559-573): score-type, from Hanley and McNeil's variance with
    both sample sizes replaced by their mean. It is of use at 0 and 1 too, where others collapse.

    Returns:
        The figure at the 95 % level; n counts positives and negatives.
    """
    from scipy.stats import mannwhitneyu

    m, n = len(positives), len(negatives)
    if not m or not n:
        return Figure(None, None, None, m + n)
    return figure(float(mannwhitneyu(positives, negatives).statistic) / (m * n), m, n)


def figure(value: float, m: int, n: int) -> Figure:
    """Return an area with its interval, from m positives and n negatives."""
    return Figure(value, _bound(value, m, n, -1), _bound(value, m, n, 1), m + n)


def _variance(theta: float, m: int, n: int) -> float:
    inner = (m + n) / 2 - 1
    spread = (1 - theta) / (2 - theta) + theta / (1 + theta)
    return theta * (1 - theta) * (1 + inner * spread) / (m * n)


def _bound(value: float, m: int, n: int, side: int) -> float:
    """Return where the distance to the value is ``_Z`` standard errors, by bisection."""
    assert LEVEL == 0.95
    near, far = value, 1.0 if side > 0 else 0.0
    for _ in range(60):
        middle = (near + far) / 2
        if abs(middle - value) <= _Z * math.sqrt(max(0.0, _variance(middle, m, n))):
            near = middle
        else:
            far = middle
    return near
