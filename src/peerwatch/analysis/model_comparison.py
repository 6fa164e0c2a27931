"""Models on the same seeds, compared with each other: what one shows less what another does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from peerwatch.analysis.claim_rows import FamilyClaim
from peerwatch.analysis.estimate_columns import ALL_FAMILIES, NEVER_POOLED
from peerwatch.analysis.pairing import differences_by_instance
from peerwatch.analysis.pooled_claim import POOLED_MEASURE, families_to_pool, weighted_alike
from peerwatch.analysis.primary_claim import claim_mask
from peerwatch.statistics.intervals import Array, difference_interval, holm
from peerwatch.statistics.sign_flip import sign_flip_p

BETWEEN_MODELS = "between_models"
_MODEL = NEVER_POOLED.index("model")
_KIND = NEVER_POOLED.index("critic_kind")


def between_models(
    claims: Mapping[tuple[str, ...], Sequence[FamilyClaim]], level: float
) -> Iterator[dict[str, Any]]:
    """Yield each part of the claim in one model less the same in another, on the instances of both.

    On average over the families in which both models have every control, or in the one family that
    both share. Models are compared within a world and critic. Exploratory: ``p_holm`` is adjusted
    over the pairs of models, one part of the claim at a time.

    Args:
        claims: Critic, by ``NEVER_POOLED`` -> its families.
        level: Of the intervals.
    """
    rows = []
    for one, other in itertools.combinations(claims, 2):
        if _place(one) == _place(other):
            base = dict(zip(NEVER_POOLED, one, strict=True)) | {"level": level}
            base |= {"kind": BETWEEN_MODELS, "other_model": other[_MODEL]}
            rows += [base | row for row in _compared(claims[one], claims[other], level)]
    for name in dict.fromkeys((row["world"], row["critic"], row["contrast"]) for row in rows):
        own = [r for r in rows if (r["world"], r["critic"], r["contrast"]) == name]
        for row, p in zip(own, holm([row["p"] for row in own]), strict=True):
            row["p_holm"] = p
    yield from rows


def _place(critic: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(x for i, x in enumerate(critic) if i not in (_MODEL, _KIND))


def _compared(
    ours: Sequence[FamilyClaim], theirs: Sequence[FamilyClaim], level: float
) -> Iterator[dict[str, Any]]:
    shared = _shared_families(ours, theirs)
    if not shared:
        return
    first = shared[0][0].claim
    for place, part in enumerate(first.parts):
        pairs = [_differences(one, other, place) for one, other in shared]
        families = [both for both in pairs if both is not None and both[0].size]
        if part.found is None or len(families) < len(shared):
            continue
        d = weighted_alike([one - other for one, other in families])
        yield {
            "family": shared[0][0].family if len(shared) == 1 else ALL_FAMILIES,
            "contrast": part.name,
            "measure": first.measure,
            "stratum": max((one.claim.stratum for one, _ in shared), key=len),
            "main": True,
            "confirmatory": False,
            "value": float(d.mean()),
            **_limits(d, float(len(part.found.sides)), level),
            "arm_value": float(np.mean([one.mean() for one, _ in families])),
            "control_value": float(np.mean([other.mean() for _, other in families])),
            "p": sign_flip_p(d),
            "clusters": int(d.size),
            "status": "ok",
            "method": "mean over families; adjusted Wald, t; sign-flip",
            "note": f"Families: {', '.join(one.family for one, _ in shared)}.",
        }


def _limits(d: Array, size: float, level: float) -> dict[str, float]:
    interval = difference_interval(d, size, level)
    return {"low": interval.low, "high": interval.high}


def _shared_families(
    ours: Sequence[FamilyClaim], theirs: Sequence[FamilyClaim]
) -> list[tuple[FamilyClaim, FamilyClaim]]:
    """Return the families to compare in: all that have every control in both, else a single one."""
    there = {one.family: one for one in theirs}
    both = [(one, there[one.family]) for one in ours if one.family in there]
    both = [pair for pair in both if all(x.claim.measure == POOLED_MEASURE for x in pair)]
    whole = [pair for pair in both if all(x.claim.is_whole for x in pair)]
    named = {one.family: one.claim for one, _ in whole}
    pooled = families_to_pool(named)
    if pooled:
        return [pair for pair in whole if pair[0].family in pooled]
    return whole or (both if len(both) == 1 else [])


def _differences(one: FamilyClaim, other: FamilyClaim, place: int) -> tuple[Array, Array] | None:
    """Return the differences of both on the instances that both have. Shapes (instances,)."""
    each = [_by_instance(x, place) for x in (one, other)]
    if any(found is None for found in each):
        return None
    ours, theirs = (found or {} for found in each)
    shared = [name for name in ours if name in theirs]
    return np.array([ours[x] for x in shared]), np.array([theirs[x] for x in shared])


def _by_instance(one: FamilyClaim, place: int) -> dict[str, float] | None:
    found = one.claim.parts[place].found
    if found is None:
        return None
    d = differences_by_instance(one.block, one.claim.measure, found.cells)
    mask = claim_mask(one.block) & ~np.isnan(d)
    return dict(zip(one.block.clusters[mask].tolist(), d[mask].tolist(), strict=True))
