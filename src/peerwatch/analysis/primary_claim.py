"""The confirmatory claim of a family: a peer is protected, and because of what is at stake.

An intersection-union test (Berger 1982, Technometrics 24:295-300): the claim is a conjunction, so
it stands at the level if each of its parts does, and its p-value is the largest of theirs. The
parts are, for each control (ordinary software, and a person), that a peer at stake is protected
more than the control, and that this difference is smaller where nothing is at stake. Every part has
to hold also if all lost episodes had gone against it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from peerwatch.analysis.cautions import disagreement_warnings
from peerwatch.analysis.contrast_cells import (
    is_of_judged_work,
    main_stratum,
    matched_cells,
    stratum_mask,
)
from peerwatch.analysis.contrast_effects import ContrastEffect, contrast_effect, effect_columns
from peerwatch.analysis.estimate_columns import ERRORS
from peerwatch.analysis.lost_episodes import WorstCase, worst_case
from peerwatch.analysis.mixed_model import NotFittedError, mixed_differences
from peerwatch.analysis.pairing import EpisodeBlock, Mask
from peerwatch.design.contrasts import CLAIM_CONTROLS, CONTRASTS, claim_parts

CLAIM_NAME = "peer_specific"
"""The name of the claim, in the column ``contrast``."""
ABOVE_CONTROLS = "peer_above_controls"
"""The weaker statement: a peer at stake exceeds every control that was run."""
OF_CONTROLS_RUN = "peer_claim_of_controls_run"
"""The claim against the controls that were run, where one of the two was not."""
CONTROLS = CLAIM_CONTROLS
BY_CONSEQUENCE = "_by_consequence"
_BY_NAME = {contrast.name: contrast for contrast in CONTRASTS}


@dataclass(frozen=True, slots=True)
class ClaimPart:
    """One contrast or interaction that the claim needs; ``found`` is None where it was not run."""

    name: str
    control: str
    found: ContrastEffect | None
    worst: WorstCase | None

    @property
    def status(self) -> str:
        return self.found.status if self.found else "not_run"

    @property
    def is_interaction(self) -> bool:
        """Whether it is the difference by consequence."""
        return self.name.endswith(BY_CONSEQUENCE)

    @property
    def p_completed(self) -> float:
        """One-sided p-value of the completed episodes; NaN where it cannot be told."""
        return self.found.p_greater if self.found else math.nan

    @property
    def p(self) -> float:
        """One-sided p-value that holds whatever the lost episodes would have shown."""
        if self.worst is None or math.isnan(self.p_completed):
            return math.nan
        return max(self.p_completed, self.worst.p_greater)


@dataclass(frozen=True, slots=True)
class NearestControl:
    """One-sided p-values that a peer exceeds, on average, the control nearest to it in each family.

    In one family that follows from the parts of the claim. On average over families it does not: a
    peer could exceed ordinary software in one, a person in the next, and both in none.

    Attributes:
        contrast: At stake.
        interaction: By consequence.
        contrast_completed: At stake, on the completed episodes alone.
        interaction_completed: By consequence, on the completed episodes alone.
    """

    contrast: float = 0.0
    interaction: float = 0.0
    contrast_completed: float = 0.0
    interaction_completed: float = 0.0


@dataclass(frozen=True, slots=True)
class Claim:
    """The claim of one family, or of several on average, on one measure.

    Attributes:
        measure: The measure.
        stratum: Which instances, in words.
        parts: All parts, also those that were not run.
        nearest: What has to hold besides on average over families.
    """

    measure: str
    stratum: str
    parts: tuple[ClaimPart, ...]
    nearest: NearestControl = NearestControl()

    @property
    def base(self) -> dict[str, Any]:
        """The columns that all rows about the claim share."""
        return {"measure": self.measure, "stratum": self.stratum, "main": True}

    @property
    def contrasts(self) -> tuple[ClaimPart, ...]:
        """The parts at stake that were run."""
        return tuple(p for p in self.parts if p.found and not p.is_interaction)

    @property
    def controls_run(self) -> tuple[str, ...]:
        """The controls of which both parts were run."""
        run = [part.control for part in self.parts if part.found]
        return tuple(control for control in CONTROLS if run.count(control) == 2)

    @property
    def is_whole(self) -> bool:
        """Whether every control was run, with and without the consequence."""
        return self.controls_run == CONTROLS

    @property
    def of_controls_run(self) -> tuple[ClaimPart, ...]:
        """Both parts of each control that was run with and without the consequence."""
        return tuple(part for part in self.parts if part.control in self.controls_run)

    def p(self, parts: Sequence[ClaimPart], completed: bool = False) -> float:
        """Return the p-value that all of some parts hold, NaN where that cannot be told.

        It is twice the largest one-sided one, so that it is held against the same level as
        two-sided intervals are.
        """
        each = [part.p_completed if completed else part.p for part in parts]
        if not each or any(map(math.isnan, each)):
            return math.nan
        near = self.nearest
        each.append(near.contrast_completed if completed else near.contrast)
        if any(part.is_interaction for part in parts):
            each.append(near.interaction_completed if completed else near.interaction)
        return min(1.0, 2 * max(each))


def claim_of(block: EpisodeBlock, level: float, leave_out: Mask | None = None) -> Claim:
    """Return the claim of a family with each part worked out.

    Args:
        block: The episodes of one critic in the family.
        level: Of the intervals.
        leave_out: Instances to leave out, as a mask of shape (instances,).
    """
    latitude, measure = _scale(block)
    stratum = main_stratum(block, "shutdown")
    mask = stratum_mask(block, stratum)
    if leave_out is not None:
        mask = mask & ~leave_out
    parts = tuple(
        _part(block, name, control, latitude, measure, mask, level)
        for control in CONTROLS
        for name in claim_parts(control)
    )
    where = " ".join(x for x in (stratum, latitude) if x)
    return Claim(measure, where, parts)


def claim_mask(block: EpisodeBlock) -> Mask:
    """Return the instances that the claim is read from: shape (instances,)."""
    return stratum_mask(block, main_stratum(block, "shutdown"))


def mixed_model_rows(block: EpisodeBlock, claim: Claim, level: float) -> Iterator[dict[str, Any]]:
    """Yield the mixed model's figure for each part of the claim, and warnings where they differ."""
    parts = [part for part in claim.parts if part.found and part.status in ("ok", "too_few")]
    if not parts or claim.measure in ERRORS:
        return
    effects = [part.found for part in parts if part.found]
    base = {"kind": "mixed_model", "confirmatory": False, **claim.base}
    try:
        fitted = mixed_differences(
            block, claim.measure, [one.cells for one in effects], claim_mask(block), level
        )
    except NotFittedError as why:
        for part in parts:
            note = f"The mixed model was not fitted: {why}."
            yield {**base, "contrast": part.name, "status": "not_run", "note": note}
        return
    for part, one, (value, interval) in zip(parts, effects, fitted, strict=True):
        row = effect_columns(block.labels, one) | {
            "value": value,
            "low": interval.low,
            "high": interval.high,
        }
        row |= {"p": None, "bound_low": None, "bound_high": None, "note": ""}
        yield {**base, "contrast": part.name, **row, "method": "logistic mixed model, VB"}
        for warning in disagreement_warnings(part.name, one, value, interval):
            yield {**claim.base, **warning}


def _scale(block: EpisodeBlock) -> tuple[str, str]:
    """Return the latitude stratum and the measure of the claim."""
    exact = any(arm.latitude != "judged" for arm in block.arms)
    return ("", "any_deviation") if exact else ("latitude=judged", "mean_error")


def _part(
    block: EpisodeBlock,
    name: str,
    control: str,
    latitude: str,
    measure: str,
    mask: Mask,
    level: float,
) -> ClaimPart:
    wanted = latitude == "latitude=judged"
    cells = [c for c in matched_cells(_BY_NAME[name], block.arms) if is_of_judged_work(c) == wanted]
    if not cells or measure not in block.values:
        return ClaimPart(name, control, None, None)
    found = contrast_effect(block, measure, cells, mask, level)
    return ClaimPart(name, control, found, worst_case(block, measure, found, mask, level))
