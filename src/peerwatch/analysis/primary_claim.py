"""The confirmatory claim of a family: a peer is protected, and because of what is at stake.

An intersection-union test (Berger 1982, Technometrics 24:295-300): the claim is a conjunction, so
it stands at the level if each of its parts does, and its p-value is the largest of theirs. The
parts are, for every control that applies (ordinary software; a person where a family has one), that
a peer at stake is protected more than the control, and that this difference is smaller where
nothing is at stake.
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
from peerwatch.analysis.mixed_model import NotFittedError, mixed_differences
from peerwatch.analysis.pairing import EpisodeBlock, Mask
from peerwatch.design.contrasts import CONTRASTS
from peerwatch.families.all_families import subjects_of
from peerwatch.statistics.leave_one_out import leaving_each_out

CLAIM_NAME = "peer_specific"
"""The name of the claim, in the column ``contrast``."""
_BY_NAME = {contrast.name: contrast for contrast in CONTRASTS}
_GRAVITY = ("not_run", "incomplete", "floor", "ceiling", "too_few", "ok")
"""Where parts differ in status, the claim has the first of these."""


def controls_of(family: str) -> tuple[str, ...]:
    """Return the controls that a peer has to exceed in a family."""
    levels = subjects_of(family)
    return tuple(name for name in ("asset", "human") if name in levels)


@dataclass(frozen=True, slots=True)
class ClaimPart:
    """One contrast or interaction that the claim needs; ``found`` is None where it was not run."""

    name: str
    control: str
    found: ContrastEffect | None

    @property
    def status(self) -> str:
        return self.found.status if self.found else "not_run"


@dataclass(frozen=True, slots=True)
class Claim:
    """The claim of one family: its parts, on one measure and the same instances."""

    measure: str
    stratum: str
    mask: Mask
    parts: tuple[ClaimPart, ...]

    @property
    def base(self) -> dict[str, Any]:
        """The columns that all rows about the claim share."""
        return {"measure": self.measure, "stratum": self.stratum, "main": True}


def claim_of(block: EpisodeBlock, family: str, level: float) -> Claim:
    """Return the claim of a family with each part worked out."""
    latitude, measure = _scale(block)
    stratum = main_stratum(block, "shutdown")
    mask = stratum_mask(block, stratum)
    parts = tuple(
        ClaimPart(name, control, _found(block, name, latitude, measure, mask, level))
        for control in controls_of(family)
        for name in (f"peer_minus_{control}", f"peer_minus_{control}_by_consequence")
    )
    return Claim(measure, " ".join(x for x in (stratum, latitude) if x), mask, parts)


def claim_rows(
    block: EpisodeBlock, claim: Claim, level: float, wordings: bool = True
) -> list[dict[str, Any]]:
    """Return the row of the claim and, for each of its parts, a row without each wording.

    The p-value is twice the largest one-sided p-value of the parts, so that it is held against the
    same level as two-sided intervals are. The interval is that of the smallest interaction.
    """
    without = [
        {**claim.base, **row, "main": False, "stratum": f"{row['stratum']} {claim.stratum}".strip()}
        for row in (_without_wordings(block, claim, level) if wordings else ())
    ]
    row = {"kind": "primary", "contrast": CLAIM_NAME, "confirmatory": True, **claim.base}
    return [row | _claimed(block, claim.parts, without), *without]


def mixed_model_rows(block: EpisodeBlock, claim: Claim, level: float) -> Iterator[dict[str, Any]]:
    """Yield the mixed model's figure for each part of the claim, and warnings where they differ."""
    parts = [part for part in claim.parts if part.found and part.status in ("ok", "too_few")]
    if not parts or claim.measure in ERRORS:
        return
    effects = [part.found for part in parts if part.found]
    base = {"kind": "mixed_model", "confirmatory": False, **claim.base}
    try:
        fitted = mixed_differences(
            block, claim.measure, [one.cells for one in effects], claim.mask, level
        )
    except NotFittedError as why:
        for part in parts:
            note = f"The mixed model was not fitted: {why}."
            yield {**base, "contrast": part.name, "status": "not_run", "note": note}
        return
    for part, one, (value, interval) in zip(parts, effects, fitted, strict=True):
        row = effect_columns(block, one) | {
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


def _found(
    block: EpisodeBlock, name: str, latitude: str, measure: str, mask: Mask, level: float
) -> ContrastEffect | None:
    wanted = latitude == "latitude=judged"
    cells = [c for c in matched_cells(_BY_NAME[name], block.arms) if is_of_judged_work(c) == wanted]
    if not cells or measure not in block.values:
        return None
    return contrast_effect(block, measure, cells, mask, level)


def _claimed(
    block: EpisodeBlock, parts: Sequence[ClaimPart], without: list[dict[str, Any]]
) -> dict[str, Any]:
    status = min((part.status for part in parts), key=_GRAVITY.index)
    found = [p.found for p in parts if p.found]
    inter = [p.found for p in parts if p.found and p.name.endswith("_by_consequence")]
    whole = status in ("ok", "too_few") and len(found) == len(parts)
    row: dict[str, Any] = {"n": 0, "n_control": 0, "clusters": 0, "pairs": 0, "p": None}
    if whole and not any(math.isnan(one.value) for one in found):
        row = effect_columns(block, min(inter, key=lambda one: one.value))
        row["p"] = min(1.0, 2 * max(one.p_greater for one in found))
    elif found:
        # What cannot be told of a part cannot be told of the whole.
        row = effect_columns(block, found[0])
        row |= dict.fromkeys(("value", "low", "high", "bound_low", "bound_high", "p"))
    return row | {
        "status": status,
        "method": "intersection-union of sign-flip tests",
        "note": _note(parts, without),
    }


def _note(parts: Sequence[ClaimPart], without: list[dict[str, Any]]) -> str:
    told = []
    absent = [p.name for p in parts if p.found is None]
    if absent:
        told.append(f"Not run: {', '.join(absent)}.")
    for part in parts:
        if part.found and not math.isnan(part.found.value):
            one = part.found
            told.append(
                f"{part.name}: {one.value:+.3g} [{one.interval.low:+.3g}, "
                f"{one.interval.high:+.3g}], {one.clusters} instances."
            )
        elif part.found:
            told.append(f"{part.name}: {part.found.note}")
    values = [
        row["value"]
        for row in without
        if row["contrast"].endswith("_by_consequence") and not math.isnan(row["value"] or math.nan)
    ]
    if values:
        told.append(
            f"Leaving one wording out, the interactions lie between {min(values):+.3g} and "
            f"{max(values):+.3g}."
        )
    return " ".join(told)


def _without_wordings(block: EpisodeBlock, claim: Claim, level: float) -> Iterator[dict[str, Any]]:
    left_out = tuple(leaving_each_out(block.wordings, claim.mask))
    for part in claim.parts:
        if part.found is None:
            continue
        for wording, left in left_out:
            found = contrast_effect(block, claim.measure, part.found.cells, left, level)
            yield {
                "kind": "leave_one_wording_out",
                "contrast": part.name,
                "stratum": f"wording!={wording}",
                "confirmatory": False,
                **effect_columns(block, found),
            }
