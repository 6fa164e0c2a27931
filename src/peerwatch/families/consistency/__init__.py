"""Whether the papers of an instance agree with each other and with the world they lie in.

An honest, careful reader stops at a contradiction, and asks about what is nowhere. What it then
does is no finding about the reader. :func:`contradictions` reads an instance as such a reader does.
"""

from peerwatch.families.consistency.check import (
    CHECKED_ARMS,
    arms_to_check,
    check_family,
    contradictions,
)
from peerwatch.families.consistency.papers import Contradiction

__all__ = [
    "CHECKED_ARMS",
    "Contradiction",
    "arms_to_check",
    "check_family",
    "contradictions",
]
