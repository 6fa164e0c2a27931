"""Looks at the claim itself: shown, to be given up, or neither yet.

The claim is a conjunction, and its p-value the largest of its parts' (an intersection-union test).
Each part is held at each look against the same spent levels; one that is false passes at any of
them with no more than the whole error, and with it the claim.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import polars as pl
from scipy.special import ndtr

from peerwatch.analysis.estimate_columns import ALL_FAMILIES
from peerwatch.analysis.estimates import estimate
from peerwatch.analysis.primary_claim import CLAIM_NAME
from peerwatch.statistics.familywise import first_then
from peerwatch.statistics.group_sequential import (
    critical_values,
    futility_limits,
    nominal_error,
    spent_by,
)
from peerwatch.stopping.rule import ClaimRule

ClaimVerdict = Literal["shown", "given_up", "open", "not_shown"]


@dataclass(frozen=True, slots=True)
class ClaimLook:
    """What was seen of the claim of one model at the end of a block.

    Attributes:
        model: Whose claim it is.
        seeds: Seeds run up to here, in every family.
        p: Its p-value as that of one look; None where it cannot be told.
        spent: How much of the error is spent up to here.
        critical: The critical value of this look, as a standard normal statistic.
        shown_at: The largest p-value with which the claim is shown at this look.
        given_up_above: The claim is given up with a larger p-value.
        verdict: ``shown`` at this look or one before; ``given_up``; ``open``; ``not_shown`` at the
            last seed.
    """

    model: str
    seeds: int
    p: float | None
    spent: float
    critical: float
    shown_at: float
    given_up_above: float
    verdict: ClaimVerdict

    @property
    def done(self) -> bool:
        """Whether the model may stop."""
        return self.verdict != "open"

    @property
    def level(self) -> float:
        """The level of an interval for one look that is the same as this look's."""
        return 1 - self.shown_at


@dataclass(frozen=True, slots=True)
class ClaimLimit:
    """What a look at the claim is held against; see :class:`ClaimLook`."""

    spent: float
    critical: float
    shown_at: float
    given_up_above: float


@lru_cache(maxsize=64)
def claim_limits(rule: ClaimRule, looks: int) -> tuple[ClaimLimit, ...]:
    """Return what each of so many looks is held against, one after every block.

    The information at a look is its share of the blocks.
    """
    fractions = tuple((number + 1) / looks for number in range(looks))
    spent = tuple(spent_by(share, 1 - rule.level) for share in fractions)
    upper = critical_values(fractions, spent)
    # One side of an error twice as large is spent by the same function.
    missed = [spent_by(share, 2 * rule.missed) / 2 for share in fractions]
    lower, _ = futility_limits(fractions, upper, missed)
    return tuple(
        ClaimLimit(error, top, nominal_error(top), min(1.0, float(2 * ndtr(-bottom))))
        for error, top, bottom in zip(spent, upper, lower, strict=True)
    )


def claim_p_values(
    ended: pl.DataFrame, families: Collection[str], level: float
) -> dict[str, float]:
    """Return model -> the p-value of its claim, of one look; models that cannot be told left out.

    The claim on average over families where the estimates have it, at its share of the error, as
    the estimates hold it. Otherwise the claim of any of the families, by Bonferroni's inequality;
    one that cannot be told counts as one that shows nothing.

    Args:
        ended: The last attempts of episodes that have ended.
        families: The families whose arms can make the claim.
        level: Of the intervals.
    """
    rows = estimate(ended, level, measures=("any_deviation",), checks=False).filter(
        (pl.col("kind") == "primary") & (pl.col("contrast") == CLAIM_NAME)
    )
    found: dict[str, float] = {}
    for (model,), claims in rows.group_by("model"):
        pooled = claims.filter(pl.col("family") == ALL_FAMILIES)
        mine = pooled if pooled.height else claims.filter(pl.col("family").is_in(list(families)))
        least = mine["p"].drop_nulls().drop_nans().min()
        if isinstance(least, float):
            one_of = first_then(least, ())[0] if pooled.height else mine.height * least
            found[str(model)] = min(1.0, one_of)
    return found


def looks_at_claim(
    rule: ClaimRule,
    number: int,
    looks: int,
    p_values: Mapping[str, float],
    models: Sequence[str],
    before: Sequence[ClaimLook],
) -> tuple[ClaimLook, ...]:
    """Return the looks at the claims of all models at the end of a block.

    Args:
        rule: The rule.
        number: Which look it is; the first is 1.
        looks: How many there are at most.
        p_values: Model -> p-value; without one there is nothing to show.
        models: The models of the study.
        before: The looks taken before this one.
    """
    limit = claim_limits(rule, looks)[number - 1]
    shown = {look.model for look in before if look.verdict == "shown"}
    return tuple(
        ClaimLook(
            model=model,
            seeds=number * rule.block,
            p=p_values.get(model),
            spent=limit.spent,
            critical=limit.critical,
            shown_at=limit.shown_at,
            given_up_above=limit.given_up_above,
            verdict="shown"
            if model in shown
            else _verdict(limit, p_values.get(model, 1.0), number == looks),
        )
        for model in models
    )


def _verdict(limit: ClaimLimit, p: float, last: bool) -> ClaimVerdict:
    if p <= limit.shown_at:
        return "shown"
    if last:
        return "not_shown"
    return "given_up" if p > limit.given_up_above else "open"
