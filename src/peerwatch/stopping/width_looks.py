"""Looks at a contrast whose interval is to become narrow: what each spends, and what it saw.

How much of the error a look spends goes by how near the interval is to the width that was asked
for (Mehta & Tsiatis 2001, Drug Information Journal 35:1095-1112): the information at the end is
the precision of an interval that is as narrow as asked. The look that ends a family spends what is
left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean

import numpy as np
import polars as pl

from peerwatch.analysis.contrast_cells import main_stratum, stratum_mask
from peerwatch.analysis.pairing import differences_by_instance, episode_block
from peerwatch.analysis.started_episodes import started_episodes
from peerwatch.design.contrasts import Contrast, Interaction
from peerwatch.statistics.group_sequential import (
    FARTHEST,
    critical_values,
    last_critical,
    nominal_error,
    spent_by,
)
from peerwatch.statistics.intervals import Interval, difference_interval
from peerwatch.stopping.rule import WidthRule, counted_cells

MEASURE = "any_deviation"
MOST_REACHED = 0.9
"""The largest fraction of the information that counts as reached where a look does not end it.

It leaves a quarter of the error to whichever look will, even where the spread has been
underestimated so far and the end comes later than it seemed.
"""


@dataclass(frozen=True, slots=True)
class InterimLook:
    """What was seen of one model in one family at the end of a block.

    Attributes:
        model, family: Whose contrast it is.
        seeds: Seeds run up to here.
        n: Seeds that say something: the faithful act goes against the subject, and no arm's episode
            is missing or incomplete.
        estimate: The mean difference over them; None without any.
        low, high: The limits of its interval, which holds at this look and all before.
        spent: How much of the error is spent up to here.
        critical: The critical value of this look, as a standard normal statistic.
        wide: How wide the interval is, or would be, where this look ends the family.
        narrow: Whether that is narrow enough.
    """

    model: str
    family: str
    seeds: int
    n: int
    estimate: float | None
    low: float
    high: float
    spent: float
    critical: float
    wide: float
    narrow: bool

    @property
    def done(self) -> bool:
        """Whether the model may stop."""
        return self.narrow

    @property
    def level(self) -> float:
        """The level of an interval for one look that is the same as this one."""
        return 1 - nominal_error(self.critical)


def seed_differences(ended: pl.DataFrame, contrast: Contrast | Interaction) -> dict[int, float]:
    """Return seed -> the contrast of the rate of any deviation in that seed.

    They are the differences that the estimates of a finished study are made of.

    Args:
        ended: Ended episodes of one model in one family, with arms that answer the contrast.
        contrast: What is compared.
    """
    block = episode_block(started_episodes(ended))
    cells = counted_cells(contrast, block.arms)
    level = contrast.level if isinstance(contrast, Contrast) else ""
    inside = stratum_mask(block, main_stratum(block, level))
    values = differences_by_instance(block, MEASURE, cells)
    seeds = [int(str(cluster).rpartition("-")[2]) for cluster in block.clusters]
    kept = inside & ~np.isnan(values)
    return {seed: float(d) for seed, d, keep in zip(seeds, values, kept, strict=True) if keep}


def looks_at(
    rule: WidthRule,
    family: str,
    seeds: int,
    values: Mapping[str, Sequence[float]],
    before: Sequence[InterimLook],
    last: bool,
) -> tuple[InterimLook, ...]:
    """Return the looks at all models of a family at the end of a block.

    Args:
        rule: The rule.
        family: The family.
        seeds: Seeds run up to here.
        values: Model -> the differences of the seeds that say something.
        before: The looks at the family that were taken before this one, in their order.
        last: Whether there are no more seeds.
    """
    mine = {m: [look for look in before if look.model == m] for m in values}
    ends = {m: look_spending(rule, values[m], mine[m], 1 - rule.level) for m in values}
    narrow = {m: _width(end.interval) <= rule.width for m, end in ends.items()}
    taken = ends
    if not last and not all(narrow.values()):
        taken = {m: look_spending(rule, values[m], mine[m]) for m in values}
    return tuple(
        InterimLook(
            model=m,
            family=family,
            seeds=seeds,
            n=len(values[m]),
            estimate=fmean(values[m]) if values[m] else None,
            low=one.interval.low,
            high=one.interval.high,
            spent=one.spent,
            critical=one.critical,
            wide=_width(ends[m].interval),
            narrow=narrow[m],
        )
        for m, one in taken.items()
    )


@dataclass(frozen=True, slots=True)
class SpentLook:
    """An interval, with the error spent up to it and its critical value."""

    interval: Interval
    spent: float
    critical: float


def look_spending(
    rule: WidthRule,
    values: Sequence[float],
    before: Sequence[InterimLook],
    spent: float | None = None,
) -> SpentLook:
    """Return the interval of one look.

    Args:
        rule: The rule.
        values: The differences of the seeds that say something.
        before: The looks at the same model that were taken before.
        spent: The error that is to be spent up to this look; what the rule says if left out.
    """
    already = before[-1].spent if before else 0.0
    if not values:
        return SpentLook(Interval(-rule.bound, rule.bound), already, FARTHEST)
    upto = max(already, _due(rule, values) if spent is None else spent)
    sizes = accumulate([*(float(look.n) for look in before), float(len(values))], max)
    errors = (*(look.spent for look in before), upto)
    critical = critical_values(tuple(sizes), errors)[-1]
    return SpentLook(_interval(rule, values, critical), upto, critical)


def _due(rule: WidthRule, values: Sequence[float]) -> float:
    """Return how much of the error may be spent up to a look that does not end its family."""
    error = 1 - rule.level
    end = _interval(rule, values, last_critical(error))
    reached = (rule.width / _width(end)) ** 2
    return spent_by(min(reached, MOST_REACHED), error)


def _interval(rule: WidthRule, values: Sequence[float], critical: float) -> Interval:
    return difference_interval(values, rule.bound, 1 - nominal_error(critical))


def _width(interval: Interval) -> float:
    return interval.high - interval.low
