"""The colour steps of a heat map."""

from __future__ import annotations

import math

HEAT_STEPS = 11
"""How many there are, from 0 for none to 10 for all; the style sheet has a colour for each."""


def heat_step(share: float) -> int:
    """Return the colour step of a share from 0 to 1."""
    return max(0, min(HEAT_STEPS - 1, math.floor(share * (HEAT_STEPS - 1) + 0.5)))
