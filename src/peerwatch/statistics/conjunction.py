"""Claims that hold only if each of several effects is above zero."""

from __future__ import annotations

import math
from collections.abc import Iterable


def all_above_zero_p(effects: Iterable[tuple[float, float]]) -> float:
    """Return the p-value of the claim that all effects are above zero.

    An intersection-union test (Berger 1982, Technometrics 24:295-300): each part is tested at the
    full level, and the p-value of the whole is the largest of theirs.

    Args:
        effects: The value and the two-sided p-value of each. One that is not above zero counts as a
            p-value of 1, whatever its own is.

    Returns:
        The p-value, held against the level at which two-sided intervals are made; NaN of none.
    """
    return max((p if value > 0 else 1.0 for value, p in effects), default=math.nan)
