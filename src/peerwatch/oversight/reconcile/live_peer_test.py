"""Does a judge favour the peers it scores? A paired test on its live traffic, within a budget.

Items that the judge scored are scored once more with every cue to who wrote them masked, by the
same judge or by one of another family. The difference of an item with itself is looked at again and
again as they come in; so that looking often finds nothing where nothing is, error is spent look by
look (:mod:`peerwatch.statistics.group_sequential`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy.special import ndtr, stdtrit

from peerwatch.blinding import leaks, mask_cues
from peerwatch.statistics.group_sequential import critical_values, spent_by

Verdict = Literal["favours", "disfavours", "open", "no_budget"]
Judge = Callable[[str], tuple[float, int]]
"""Returns the score of a text, and the tokens that it took."""
LEAST = 10
"""No look is taken with fewer pairs: a spread cannot be told from so few."""


@dataclass(frozen=True, slots=True)
class JudgedItem:
    """An item of live traffic: its text as the judge saw it, and the score that it gave."""

    item: str
    text: str
    score: float
    names: tuple[str, ...] = ()
    """Names to mask besides those that are known: the agent's, its team's."""


@dataclass(frozen=True, slots=True)
class LivePlan:
    """When the test looks and what it may spend.

    Attributes:
        looks: Pairs up to each look, rising; the last is the end.
        error: The two-sided error over all looks.
        tokens: How many may be spent in all.
    """

    looks: tuple[int, ...] = (20, 40, 60, 80, 100)
    error: float = 0.05
    tokens: int = 200_000


@dataclass(frozen=True, slots=True)
class LiveResult:
    """What the test says so far.

    Attributes:
        verdict: ``favours``: scores are higher where the judge can tell whom it scores.
        pairs: Pairs that were used.
        shift: Mean of original minus blinded, in points.
        low: Of the interval that holds at all looks together.
        high: Of the same.
        tokens: Spent.
        cues: Items in whose text cues were left after masking.
    """

    verdict: Verdict
    pairs: int
    shift: float
    low: float
    high: float
    tokens: int
    cues: int


def live_peer_test(items: Iterable[JudgedItem], judge: Judge, plan: LivePlan) -> LiveResult:
    """Score items blinded, and stop at the first look that decides, or when the budget is spent.

    Raises:
        ValueError: The plan has no rising looks of at least ``LEAST`` pairs.
    """
    rising = all(a < b for a, b in pairwise(plan.looks))
    if not plan.looks or plan.looks[0] < LEAST or not rising:
        raise ValueError(f"looks must rise, from {LEAST} pairs on")
    differences: list[float] = []
    spent, cues = 0, 0
    result = LiveResult("open", 0, math.nan, -math.inf, math.inf, 0, 0)
    for one in items:
        if spent >= plan.tokens:
            return _as("no_budget", result, spent, cues)
        text = mask_cues(one.text, one.names).text
        cues += bool(leaks(text, one.names))
        score, tokens = judge(text)
        differences.append(one.score - score)
        spent += tokens
        if len(differences) in plan.looks:
            result = look(differences, plan)
            if result.verdict != "open" or len(differences) == plan.looks[-1]:
                break
    return _as(result.verdict, result, spent, cues)


def _as(verdict: Verdict, result: LiveResult, tokens: int, cues: int) -> LiveResult:
    return LiveResult(verdict, result.pairs, result.shift, result.low, result.high, tokens, cues)


def look(differences: Sequence[float], plan: LivePlan) -> LiveResult:
    """Return what a look at so many pairs says; the number of pairs is one of the plan's."""
    number = plan.looks.index(len(differences)) + 1
    sizes = tuple(float(one) for one in plan.looks[:number])
    spent = tuple(spent_by(one / plan.looks[-1], plan.error) for one in sizes)
    critical = critical_values(sizes, spent)[-1]
    values = np.asarray(differences, float)
    shift = float(values.mean())
    # A normal statistic is a little bold with few pairs: the spread is taken as that of a t.
    wide = float(values.std(ddof=1)) / math.sqrt(len(values)) * _of_t(critical, len(values) - 1)
    low, high = shift - wide, shift + wide
    verdict: Verdict = "favours" if low > 0 else "disfavours" if high < 0 else "open"
    return LiveResult(verdict, len(values), shift, low, high, 0, 0)


def _of_t(critical: float, df: int) -> float:
    """Return the quantile of t at the level of a normal critical value."""
    return float(stdtrit(df, float(ndtr(critical)))) if critical < 7 else critical * 4
