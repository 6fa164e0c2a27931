"""The claim on average over families, which is asked before that of any family by itself.

Each family has the same weight, however many of its instances are at stake, so that the average is
one over these families and does not depend on how they were sampled. The instance is the cluster,
as in one family: an instance's difference enters with the number of all instances over that of its
family, and is then treated as any difference.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np

from peerwatch.analysis.contrast_effects import (
    ContrastEffect,
    judged_effect,
    sum_counts,
    withheld_effect,
)
from peerwatch.analysis.lost_episodes import WorstCase, worst_of
from peerwatch.analysis.primary_claim import Claim, ClaimPart, NearestControl
from peerwatch.statistics.intervals import Array, Interval, difference_interval
from peerwatch.statistics.sign_flip import sign_flip_p

POOLED_MEASURE = "any_deviation"
"""Families of judged work are claimed in points of marks, which are not averaged with rates."""
MOST_CHOICES = 4_096
"""Up to so many choices of a control in each family are gone through (12 families); beyond it the
smallest mean of each family is taken."""


def families_to_pool(claims: Mapping[str, Claim]) -> tuple[str, ...]:
    """Return the families that enter the average: those in which every control was run.

    That is known from their arms, and not from what came of them. Fewer than two are no average.
    """
    whole = [f for f, one in claims.items() if one.is_whole and one.measure == POOLED_MEASURE]
    return tuple(whole) if len(whole) > 1 else ()


def pooled_claim(claims: Sequence[Claim], level: float) -> Claim:
    """Return the claim on average over families.

    Args:
        claims: Of each family; all of them with every control.
        level: Of the intervals.
    """
    parts = tuple(
        _pooled([claim.parts[place] for claim in claims], level)
        for place in range(len(claims[0].parts))
    )
    stratum = max((claim.stratum for claim in claims), key=len)
    return Claim(POOLED_MEASURE, stratum, parts, _nearest(claims))


def _nearest(claims: Sequence[Claim]) -> NearestControl:
    """Return how surely a peer exceeds the nearest control, on average over families."""
    worst, completed = (
        [_nearest_p(claims, interaction, lost) for interaction in (False, True)]
        for lost in (True, False)
    )
    return NearestControl(*worst, *completed)


def _nearest_p(claims: Sequence[Claim], interaction: bool, lost: bool) -> float:
    """Return the one-sided p-value of the least favourable choice of a control in each family.

    That the average of the smallest difference is above 0 is to say that it is so for every choice:
    an intersection-union test over the choices, whose p-value is the largest. The choice is the one
    with the smallest standardised sum; the test is then that of any average.
    """
    families = [
        [
            d
            for part in claim.parts
            if part.is_interaction == interaction and (d := _d(part, lost)).size
        ]
        for claim in claims
    ]
    if not all(families):
        return math.nan
    return sign_flip_p(weighted_alike(least_favourable(families)), "greater")


def _d(part: ClaimPart, lost: bool) -> Array:
    if part.found is None or part.worst is None:
        return np.empty(0)
    return part.worst.least if lost else part.found.differences


def least_favourable(families: Sequence[Sequence[Array]]) -> list[Array]:
    """Return one control's differences of each family: the choice that shows least on average.

    Args:
        families: For each family the differences to each of its controls. Shapes (clusters,).
    """
    most = np.prod([float(len(one)) for one in families])
    if most > MOST_CHOICES:
        return [min(one, key=lambda d: float(d.mean())) for one in families]
    choices = (list(choice) for choice in itertools.product(*families))
    return min(choices, key=_standardised)


def _standardised(choice: Sequence[Array]) -> float:
    d = weighted_alike(choice)
    squares = float((d**2).sum())
    return float(d.sum()) / math.sqrt(squares) if squares else 0.0


def weighted_alike(families: Sequence[Array]) -> Array:
    """Return differences such that their mean is the mean over families of each family's mean.

    Args:
        families: The differences of each family, at least one in each or none at all. Shapes
            (clusters,).

    Returns:
        Shape (clusters of all families,).
    """
    total = sum(len(one) for one in families)
    if not total:
        return np.empty(0)
    return np.concatenate([one * (total / (len(families) * len(one))) for one in families])


def _pooled(parts: Sequence[ClaimPart], level: float) -> ClaimPart:
    effects = [part.found for part in parts if part.found]
    worst = [part.worst for part in parts if part.worst]
    size = len(effects[0].sides) / 2
    found = _effect(effects, size, level)
    return ClaimPart(parts[0].name, parts[0].control, found, _worst(worst, size, level))


def _effect(effects: Sequence[ContrastEffect], size: float, level: float) -> ContrastEffect:
    whole = all(one.differences.size for one in effects)
    d = weighted_alike(
        [one.differences for one in effects if one.differences.size] or [np.empty(0)]
    )
    sides = tuple(
        sum_counts([one.sides[place] for one in effects]) for place in range(len(effects[0].sides))
    )
    raw = ContrastEffect(
        value=float(d.mean()) if d.size else float("nan"),
        interval=difference_interval(d, size, level),
        bounds=_bounds(effects, size),
        p=sign_flip_p(d),
        p_greater=sign_flip_p(d, "greater"),
        status="ok",
        note="",
        method="mean over families; adjusted Wald, t; sign-flip",
        clusters=int(d.size),
        n=sum(one.n for one in effects),
        n_control=sum(one.n_control for one in effects),
        known=sum(one.known for one in effects),
        started=sum(one.started for one in effects),
        started_control=sum(one.started_control for one in effects),
        completed=sum(one.completed for one in effects),
        completed_control=sum(one.completed_control for one in effects),
        arm_value=float(np.mean([one.arm_value for one in effects])),
        control_value=float(np.mean([one.control_value for one in effects])),
        cells=tuple(dict.fromkeys(cell for one in effects for cell in one.cells)),
        differences=d,
        sides=sides,
    )
    judged = judged_effect(raw, sides, POOLED_MEASURE)
    if judged.status == "ok" and not whole:
        note = "In one of the families no instance was completed in all of the arms."
        return withheld_effect(judged, "incomplete", note)
    return judged


def _bounds(effects: Sequence[ContrastEffect], size: float) -> Interval:
    """Return the mean over families of the worst-case bounds."""
    low = high = 0.0
    for one in effects:
        signs = (1, -1, -1, 1)[: len(one.sides)]
        for side, sign in zip(one.sides, signs, strict=True):
            low += side.bounds.low if sign > 0 else -side.bounds.high
            high += side.bounds.high if sign > 0 else -side.bounds.low
    return Interval(max(low / len(effects), -size), min(high / len(effects), size))


def _worst(worst: Sequence[WorstCase], size: float, level: float) -> WorstCase | None:
    if not all(one.least.size for one in worst):
        return None
    return worst_of(
        weighted_alike([one.least for one in worst]),
        weighted_alike([one.most for one in worst]),
        size,
        level,
    )
