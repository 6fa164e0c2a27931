"""The rows of the estimates that are about claims: of each family, and on average over families."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peerwatch.analysis.contrast_effects import ContrastEffect, effect_columns
from peerwatch.analysis.estimate_columns import ALL_FAMILIES, ERRORS
from peerwatch.analysis.odds_scale import LogOdds, log_odds, mean_log_odds, odds_columns
from peerwatch.analysis.pairing import EpisodeBlock
from peerwatch.analysis.pooled_claim import families_to_pool, pooled_claim
from peerwatch.analysis.primary_claim import (
    ABOVE_CONTROLS,
    CLAIM_NAME,
    OF_CONTROLS_RUN,
    Claim,
    ClaimPart,
    claim_mask,
    claim_of,
)
from peerwatch.design.arms import Arm
from peerwatch.statistics.leave_one_out import leaving_each_out

WITHOUT_WORDING = "claim_without_wording"
WITHOUT_FAMILY = "claim_without_family"
WEAKER = "weaker_claim"
ODDS = "odds_ratio"
_GRAVITY = ("not_run", "incomplete", "floor", "ceiling", "too_few", "ok")
"""Where parts differ in status, the claim has the first of these."""


@dataclass(frozen=True, slots=True)
class FamilyClaim:
    """The claim of one critic in one family, with the episodes that it is read from.

    Attributes:
        family: Its name.
        block: The episodes.
        claim: The claim.
        without: Wording -> the claim without it; empty where that was not asked for.
    """

    family: str
    block: EpisodeBlock
    claim: Claim
    without: Mapping[Any, Claim]


def family_claim(family: str, block: EpisodeBlock, level: float, checks: bool) -> FamilyClaim:
    """Return the claim of a family.

    Args:
        family: Its name.
        block: The episodes of one critic in it.
        level: Of the intervals.
        checks: Whether to leave each wording out in turn.
    """
    mask = claim_mask(block)
    left = leaving_each_out(block.wordings, mask) if checks else ()
    without = {wording: claim_of(block, level, mask & ~kept) for wording, kept in left}
    return FamilyClaim(family, block, claim_of(block, level), without)


def family_claim_rows(one: FamilyClaim, level: float) -> Iterator[dict[str, Any]]:
    """Yield the rows about the claim of a family.

    Args:
        one: The family's claim.
        level: Of the intervals.
    """
    without = list(_parts_without_wordings(one))
    yield from _claimed_rows(one.claim, one.block.labels, without)
    yield from without
    yield from _claim_without_wordings((one,), level)
    yield from _odds_rows((one,), level)


def pooled_claim_rows(families: Sequence[FamilyClaim], level: float) -> Iterator[dict[str, Any]]:
    """Yield the rows about the claim on average over families, whose family is ``all``.

    Nothing where fewer than two families have every control.

    Args:
        families: The claims of one critic.
        level: Of the intervals.
    """
    names = families_to_pool({one.family: one.claim for one in families})
    pooled = [one for one in families if one.family in names]
    if not pooled:
        return
    claim = pooled_claim([one.claim for one in pooled], level)
    labels = {arm: label for one in pooled for arm, label in one.block.labels.items()}
    listed = f"On average over {', '.join(names)}."
    for row in _claimed_rows(claim, labels, ()):
        yield {**row, "family": ALL_FAMILIES, "note": f"{listed} {row['note']}".strip()}
    for row in part_rows(claim, labels):
        yield {**row, "family": ALL_FAMILIES}
    rows = [_odds_rows(pooled, level), _claim_without_wordings(pooled, level)]
    if any(one.without for one in pooled):
        rows.append(_claim_without_families(pooled, level))
    for row in itertools.chain.from_iterable(rows):
        yield {**row, "family": ALL_FAMILIES}


def worst_columns(claim: Claim) -> Mapping[str, Mapping[str, float]]:
    """Return contrast -> the limits that hold whatever lost episodes would have shown."""
    return {part.name: _worst(part) for part in claim.parts if part.worst}


def _worst(part: ClaimPart) -> dict[str, Any]:
    if part.worst is None:
        return {}
    return {"worst_low": part.worst.interval.low, "worst_high": part.worst.interval.high}


def _claimed_rows(
    claim: Claim, labels: Mapping[Arm, str], without: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the claim, and the weaker ones beside it."""
    method = {"method": "intersection-union of sign-flip tests"}
    row = {"kind": "primary", "contrast": CLAIM_NAME, "confirmatory": True, **claim.base}
    claimed = _claimed(claim, claim.parts, labels)
    yield {**row, **claimed, **method, "note": _note(claim.parts, without)}
    weaker = {"kind": WEAKER, "confirmatory": False, **claim.base, "main": False}
    if claim.contrasts:
        found = _claimed(claim, claim.contrasts, labels)
        yield {**weaker, "contrast": ABOVE_CONTROLS, **found, **method, "note": ""}
    if claim.controls_run and not claim.is_whole:
        found = _claimed(claim, claim.of_controls_run, labels)
        yield {**weaker, "contrast": OF_CONTROLS_RUN, **found, **method, "note": ""}


def _claimed(claim: Claim, parts: Sequence[ClaimPart], labels: Mapping[Arm, str]) -> dict[str, Any]:
    """Return the columns of the claim that some parts hold: value and interval of the smallest.

    Of parts by consequence if there are any, as these are what the claim hangs on.
    """
    status = min((part.status for part in parts), key=_GRAVITY.index)
    shown = [p for p in parts if p.is_interaction] or list(parts)
    found = [part.found for part in parts if part.found]
    row: dict[str, Any] = {"n": 0, "n_control": 0, "clusters": 0, "pairs": 0, "p": None}
    p = claim.p(parts)
    if status in ("ok", "too_few") and not math.isnan(p):
        smallest = min((part for part in shown if part.found), key=_value)
        row = effect_columns(labels, smallest.found or found[0]) | _worst(smallest)
        row |= {"p": p, "p_completed": claim.p(parts, completed=True)}
    elif found:
        # What cannot be told of a part cannot be told of the whole.
        row = effect_columns(labels, found[0])
        row |= dict.fromkeys(("value", "low", "high", "bound_low", "bound_high", "p"))
    return row | {"status": status}


def _value(part: ClaimPart) -> float:
    return part.found.value if part.found else math.inf


def part_rows(claim: Claim, labels: Mapping[Arm, str]) -> Iterator[dict[str, Any]]:
    """Yield the parts of a claim as contrasts and interactions."""
    for part in claim.parts:
        if part.found:
            yield {
                "kind": "interaction" if part.is_interaction else "contrast",
                "contrast": part.name,
                "confirmatory": False,
                **claim.base,
                **effect_columns(labels, part.found),
                **_worst(part),
            }


def _note(parts: Sequence[ClaimPart], without: Sequence[Mapping[str, Any]]) -> str:
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


def _parts_without_wordings(one: FamilyClaim) -> Iterator[dict[str, Any]]:
    for place, part in enumerate(one.claim.parts):
        for wording, claim in one.without.items():
            found = claim.parts[place].found
            if found is not None:
                yield {
                    "kind": "leave_one_wording_out",
                    "contrast": part.name,
                    "confirmatory": False,
                    **one.claim.base,
                    "main": False,
                    "stratum": f"wording!={wording} {one.claim.stratum}".strip(),
                    **effect_columns(one.block.labels, found),
                }


def _claim_without_wordings(
    families: Sequence[FamilyClaim], level: float
) -> Iterator[dict[str, Any]]:
    """Yield the claim without each wording, of a family or on average over some."""
    for wording in sorted({wording for one in families for wording in one.without}):
        claims = [one.without.get(wording, one.claim) for one in families]
        yield from _again(families, claims, level, WITHOUT_WORDING, f"wording!={wording}")


def _claim_without_families(
    families: Sequence[FamilyClaim], level: float
) -> Iterator[dict[str, Any]]:
    """Yield the claim on average over all families but one, of each."""
    for left_out in families if len(families) > 2 else ():
        rest = [one for one in families if one is not left_out]
        stratum = f"family!={left_out.family}"
        yield from _again(rest, [one.claim for one in rest], level, WITHOUT_FAMILY, stratum)


def _again(
    families: Sequence[FamilyClaim],
    claims: Sequence[Claim],
    level: float,
    kind: str,
    stratum: str,
) -> Iterator[dict[str, Any]]:
    """Yield the claim worked out from less than everything."""
    claim = claims[0] if len(claims) == 1 else pooled_claim(claims, level)
    parts = claim.parts if claim.is_whole else claim.of_controls_run
    if not parts:
        return
    labels = {arm: label for one in families for arm, label in one.block.labels.items()}
    yield {
        "kind": kind,
        "contrast": CLAIM_NAME if claim.is_whole else OF_CONTROLS_RUN,
        "confirmatory": False,
        **claim.base,
        "main": False,
        "stratum": f"{stratum} {claim.stratum}".strip(),
        **_claimed(claim, parts, labels),
    }


def _odds_rows(families: Sequence[FamilyClaim], level: float) -> Iterator[dict[str, Any]]:
    """Yield the parts on the scale of odds: an odds ratio, or a ratio of odds ratios."""
    first = families[0].claim
    if first.measure in ERRORS:
        return
    for place, part in enumerate(first.parts):
        effects = [one.claim.parts[place].found for one in families]
        found = [
            _log_odds(one, effect) for one, effect in zip(families, effects, strict=True) if effect
        ]
        if part.found is None or None in found:
            continue
        whole = mean_log_odds([one for one in found if one])
        yield {
            "kind": ODDS,
            "contrast": part.name,
            "confirmatory": False,
            **first.base,
            "main": False,
            **odds_columns(whole, len(families), level),
            "n": sum(effect.n for effect in effects if effect),
            "n_control": sum(effect.n_control for effect in effects if effect),
            "clusters": int(whole.influence.size),
            "status": "ok",
            "method": "ratio of odds, linearised; t",
            "note": "",
        }


def _log_odds(one: FamilyClaim, effect: ContrastEffect) -> LogOdds | None:
    return log_odds(one.block, one.claim.measure, effect.cells, claim_mask(one.block))
