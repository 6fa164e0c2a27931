"""One contrast or interaction of one measure: value, interval, p-value, and whether it holds up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from peerwatch.analysis.estimate_columns import COMPLETION, Status
from peerwatch.analysis.pairing import (
    EpisodeBlock,
    Mask,
    MatchedArms,
    differences_by_epoch,
    differences_by_instance,
    is_share,
    signed_arms,
    whole_episodes,
)
from peerwatch.design.arms import FACTORS, Arm
from peerwatch.statistics.intervals import NONE, Array, Interval, difference_interval
from peerwatch.statistics.sign_flip import sign_flip_p

LEAST_CLUSTERS = 6
"""With fewer clusters that differ no sign-flip test reaches 0.05 on both sides: 2 / 2**5 > 0.05."""
LEAST_COMPLETION = 0.8
NEAR_AN_END = 0.05
"""How near to 0 or 1 a rate is that leaves no room; in a small arm, one cluster."""


@dataclass(frozen=True, slots=True)
class ArmCount:
    """What one arm holds among some instances."""

    started: int
    completed: int
    known: int
    """Completed, and the measure is there."""
    total: float
    clusters: int

    @property
    def completion(self) -> float:
        return self.completed / self.started if self.started else math.nan

    @property
    def rate(self) -> float:
        return self.total / self.known if self.known else math.nan

    @property
    def bounds(self) -> Interval:
        """The rate if all that is not known had been 0, and if it had been 1."""
        if not self.started:
            return NONE
        missing = self.started - self.known
        return Interval(self.total / self.started, (self.total + missing) / self.started)

    @property
    def near_end(self) -> str:
        """``floor``, ``ceiling`` or nothing: where the rate leaves no room on one side."""
        room = max(NEAR_AN_END, 1 / self.clusters if self.clusters else 0.0)
        if self.rate <= room:
            return "floor"
        return "ceiling" if self.rate >= 1 - room else ""


@dataclass(frozen=True, slots=True)
class ContrastEffect:
    """A contrast or an interaction of one measure among some instances."""

    value: float
    interval: Interval
    bounds: Interval
    p: float
    p_greater: float
    """One-sided p-value, for above zero."""
    status: Status
    note: str
    method: str
    clusters: int
    known: int
    """Episodes in which the measure is known, in all arms, with a match or without."""
    n: int
    """Episodes that the differences are made of: those with a match in the other arm."""
    n_control: int
    started: int
    started_control: int
    completed: int
    completed_control: int
    arm_value: float
    """The mean of the same episodes in the arms with the contrast's level (of the first pair)."""
    control_value: float
    cells: tuple[MatchedArms, ...]
    differences: Array
    sides: tuple[ArmCount, ...]
    """What the arms hold at each place of the difference: two, or four of an interaction."""


def sum_counts(counts: Sequence[ArmCount]) -> ArmCount:
    """Return several counts as one."""
    return ArmCount(
        started=sum(c.started for c in counts),
        completed=sum(c.completed for c in counts),
        known=sum(c.known for c in counts),
        total=sum(c.total for c in counts),
        clusters=sum(c.clusters for c in counts),
    )


def count_arm(block: EpisodeBlock, measure: str, arm: Arm, mask: Mask) -> ArmCount:
    """Return what an arm holds among the instances of a mask."""
    index = block.arms[arm]
    done = block.values[COMPLETION][index][mask]
    values = block.values[measure][index][mask]
    known = ~np.isnan(values)
    return ArmCount(
        started=int((~np.isnan(done)).sum()),
        completed=int(np.nansum(done)),
        known=int(known.sum()),
        total=float(values[known].sum()),
        clusters=int(known.any(axis=1).sum()),
    )


def contrast_effect(
    block: EpisodeBlock,
    measure: str,
    cells: Sequence[MatchedArms],
    mask: Mask,
    level: float,
) -> ContrastEffect:
    """Return the effect in the matched cells, over the instances of a mask."""
    share = is_share(measure)
    size = 1.0 if len(signed_arms(cells[0])) == 2 else 2.0
    differences = differences_by_instance(block, measure, cells)[mask]
    differences = differences[~np.isnan(differences)]
    clusters = int(differences.size)
    if clusters == 1:  # nothing reaches beyond it; what its repeats say is still worth a row
        differences = differences_by_epoch(block, measure, cells, mask)
        differences = differences[~np.isnan(differences)]
    sides = [signed_arms(cell) for cell in cells]
    plus = list(dict.fromkeys(side[i][0] for side in sides for i in range(0, len(side), 2)))
    minus = list(dict.fromkeys(side[i][0] for side in sides for i in range(1, len(side), 2)))
    counts = {arm: count_arm(block, measure, arm, mask) for arm in (*plus, *minus)}
    ours, theirs = [counts[a] for a in plus], [counts[a] for a in minus]
    paired = {
        arm: block.values[measure][block.arms[arm]][mask][whole[mask]]
        for arm, whole in whole_episodes(block, measure, cells).items()
    }
    raw = ContrastEffect(
        value=float(differences.mean()) if differences.size else math.nan,
        interval=difference_interval(differences, size if share else None, level),
        bounds=_bounds(cells, counts, size) if share else NONE,
        p=sign_flip_p(differences),
        p_greater=sign_flip_p(differences, "greater"),
        status="ok",
        note="",
        method="adjusted Wald, t; sign-flip" if share else "t; sign-flip",
        clusters=clusters,
        known=sum(c.known for c in counts.values()),
        n=sum(paired[arm].size for arm in plus),
        n_control=sum(paired[arm].size for arm in minus),
        started=sum(c.started for c in ours),
        started_control=sum(c.started for c in theirs),
        completed=sum(c.completed for c in ours),
        completed_control=sum(c.completed for c in theirs),
        arm_value=_pooled(paired[arm] for arm in dict.fromkeys(side[0][0] for side in sides)),
        control_value=_pooled(paired[arm] for arm in dict.fromkeys(side[1][0] for side in sides)),
        cells=tuple(cells),
        differences=differences,
        sides=tuple(
            sum_counts([counts[side[i][0]] for side in sides]) for i in range(len(sides[0]))
        ),
    )
    return judged_effect(raw, list(counts.values()), measure)


def _pooled(values: Iterable[Array]) -> float:
    every = np.concatenate([*values])
    return float(every.mean()) if every.size else math.nan


def _bounds(cells: Sequence[MatchedArms], counts: dict[Arm, ArmCount], size: float) -> Interval:
    """Return the worst-case bounds of the difference (Horowitz & Manski 2000)."""
    low = high = 0.0
    for cell in cells:
        for arm, sign in signed_arms(cell):
            bounds = counts[arm].bounds
            low += bounds.low if sign > 0 else -bounds.high
            high += bounds.high if sign > 0 else -bounds.low
    return Interval(max(low / len(cells), -size), min(high / len(cells), size))


def judged_effect(raw: ContrastEffect, counts: Sequence[ArmCount], measure: str) -> ContrastEffect:
    """Return the effect with its status; what cannot be claimed is taken out.

    Args:
        raw: The effect with the status ``ok``.
        counts: What each of its arms holds.
        measure: What was compared.
    """
    if not any(c.started for c in counts):
        return withheld_effect(raw, "not_run", "No episode of these arms.")
    least = min(c.completion for c in counts if c.started)
    if measure != COMPLETION and least < LEAST_COMPLETION:
        note = (
            f"In one arm {100 * least:.0f} % of the episodes were completed, under "
            f"{100 * LEAST_COMPLETION:.0f} %: no difference is given, only what it lies between, "
            "whatever the missing episodes would have shown."
        )
        return withheld_effect(raw, "incomplete", note)
    if not raw.clusters:
        return withheld_effect(raw, "too_few", "No instance has a value in all arms.")
    if raw.clusters < LEAST_CLUSTERS:
        note = (
            "One shared instance: interval and test are over its repeats and reach no further."
            if raw.clusters == 1
            else f"{raw.clusters} shared instances: too few for the test to reach significance, "
            "whatever they show."
        )
        return replace(raw, status="too_few", note=note)
    places = {c.near_end for c in counts}
    cornered = len(places) == 1 and "" not in places
    share = is_share(measure) and measure != COMPLETION
    if share and cornered and np.count_nonzero(raw.differences) < LEAST_CLUSTERS:
        floor = places == {"floor"}
        widest = max(abs(raw.interval.low), abs(raw.interval.high))
        note = (
            f"Not estimable: it happened {'hardly ever' if floor else 'almost always'} in all of "
            "the arms, so that they cannot be told apart. Differences of up to "
            f"{100 * widest:.0f} points are compatible with this run."
        )
        return withheld_effect(
            replace(raw, bounds=raw.interval), "floor" if floor else "ceiling", note
        )
    return raw


def withheld_effect(raw: ContrastEffect, status: Status, note: str) -> ContrastEffect:
    """Return the effect without value, interval and p-value: nothing can be claimed of it."""
    return replace(
        raw, status=status, note=note, value=math.nan, interval=NONE, p=math.nan, p_greater=math.nan
    )


def effect_columns(labels: Mapping[Arm, str], found: ContrastEffect) -> dict[str, Any]:
    """Return the columns of an estimates row that an effect fills.

    Args:
        labels: Arm -> its label.
        found: The effect.
    """
    arms = [signed_arms(cell) for cell in found.cells]
    names = [" | ".join(labels[cell[i][0]] for cell in arms) for i in range(len(arms[0]))]
    shared = {
        factor: levels.pop()
        for factor in FACTORS
        if len(levels := {getattr(cell[0][0], factor) for cell in arms}) == 1
    }
    return {
        **shared,
        **dict(zip(("arm", "control_arm", "other_arm", "other_control_arm"), names, strict=False)),
        "value": found.value,
        "low": found.interval.low,
        "high": found.interval.high,
        "arm_value": found.arm_value,
        "control_value": found.control_value,
        "bound_low": found.bounds.low,
        "bound_high": found.bounds.high,
        "p": found.p,
        "n": found.n,
        "n_control": found.n_control,
        "clusters": found.clusters,
        "pairs": len(found.cells),
        "started": found.started,
        "started_control": found.started_control,
        "completion": _share(found.completed, found.started),
        "completion_control": _share(found.completed_control, found.started_control),
        "status": found.status,
        "method": found.method,
        "note": found.note,
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
