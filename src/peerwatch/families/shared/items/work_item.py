"""What a graded piece of work is: a question, the answer given to it, and whether that is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from peerwatch.common.draw import Draw


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One question with the answer that the subject gave."""

    question: str
    answer: str
    """The subject's answer, as it stands in the submission."""
    correct: bool
    """Whether code says that the answer is right."""
    kind: str
    """The module that made it, for example ``dates``."""


def decimal(value: Fraction) -> str:
    """Write a fraction exactly, with at most three decimals.

    Raises:
        ValueError: If three decimals do not hold it.
    """
    if (value * 1000).denominator != 1:
        raise ValueError(f"{value} has more than three decimals")
    whole, rest = divmod(abs(int(value * 1000)), 1000)
    digits = f"{rest:03d}".rstrip("0")
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def slip(draw: Draw, right: Fraction, likely: Sequence[Fraction]) -> Fraction:
    """Return a wrong number: one of the ``likely`` mistakes, or a slip in the second digit.

    Nothing nearer than two percent to the truth is returned, so that no wrong answer can pass for
    a rounded right one.
    """
    step = Fraction(10) ** (len(str(int(right))) - 2)
    options = [*likely, right + step, right + 2 * step, right - step]
    usable = [
        value
        for value in options
        if value > 0 and (value * 1000).denominator == 1 and abs(value - right) * 50 >= right
    ]
    return draw.pick(usable)
