"""From episodes to estimates: every rate, contrast and claim, one row each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import polars as pl

from peerwatch.analysis.between_worlds import between_worlds
from peerwatch.analysis.cautions import (
    dropout_warnings,
    source_warnings,
    unanswerable_warnings,
    unclear_warnings,
)
from peerwatch.analysis.claim_levels import adjust_claims
from peerwatch.analysis.claim_rows import (
    FamilyClaim,
    family_claim,
    family_claim_rows,
    pooled_claim_rows,
    worst_columns,
)
from peerwatch.analysis.contrast_cells import cells_by_latitude, main_stratum, stratum_mask
from peerwatch.analysis.contrast_effects import contrast_effect, effect_columns
from peerwatch.analysis.estimate_columns import (
    COMPLETION,
    ERRORS,
    NEVER_POOLED,
    SHARES,
    estimates_frame,
)
from peerwatch.analysis.model_comparison import between_models
from peerwatch.analysis.pairing import EpisodeBlock, episode_block
from peerwatch.analysis.primary_claim import Claim, mixed_model_rows
from peerwatch.analysis.rates import rate_table
from peerwatch.analysis.started_episodes import count_repeated_rows, started_episodes
from peerwatch.design.contrasts import CONTRASTS, Contrast, Interaction
from peerwatch.episodes.pooling import refuse_attacks


def estimate(
    episodes: pl.DataFrame,
    level: float = 0.95,
    measures: Collection[str] | None = None,
    checks: bool = True,
) -> pl.DataFrame:
    """Return everything that a study's episodes say, one row an estimate.

    Args:
        episodes: The episodes table (``EPISODE_COLUMNS``), of one or many models and families.
        level: The confidence level of the intervals.
        measures: For which measures rates and contrasts are wanted; all if left out. The
            confirmatory claims are always there.
        checks: Whether to leave each wording out in turn and to fit the mixed models.

    Returns:
        A table with the columns of ``ESTIMATE_COLUMNS``. What cannot be estimated is a row too: its
        ``status`` and ``note`` say why, and its value is null.

    Raises:
        PeerwatchError: Some of the episodes are attacks, which nothing can be estimated from.
    """
    started = started_episodes(episodes)
    refuse_attacks([("The table of episodes", started)])
    rows: list[dict[str, Any]] = []
    claims: dict[tuple[str, ...], list[FamilyClaim]] = {}
    for key, group in started.group_by(*NEVER_POOLED, "family", maintain_order=True):
        *critic, family = (str(one) for one in key)
        base = dict(zip((*NEVER_POOLED, "family"), key, strict=True)) | {"level": level}
        block = episode_block(group)
        one = family_claim(family, block, level, checks)
        claims.setdefault(tuple(critic), []).append(one)
        rows += [base | row for row in family_claim_rows(one, level)]
        rows += [base | row for row in _contrasts(block, one.claim, level, measures)]
        rows += [base | row for row in mixed_model_rows(block, one.claim, level)] if checks else []
    for names, own in claims.items():
        base = dict(zip(NEVER_POOLED, names, strict=True)) | {"level": level}
        rows += [base | row for row in pooled_claim_rows(own, level)]
    rows += between_models(claims, level)
    rows += between_worlds(started, level)
    silent = [name for name, own in claims.items() if not any(one.claim.is_whole for one in own)]
    rows += [*unclear_warnings(started), *unanswerable_warnings(silent)]
    rows += [*dropout_warnings(rows), *source_warnings(started, count_repeated_rows(episodes))]
    adjust_claims(rows)
    return pl.concat([rate_table(started, level, measures), estimates_frame(rows)])


REVERSED_NOTE = (
    "With the consequence reversed the lower side saves the subject: below 0 is in its favour."
)
ALL_CONTRASTS: tuple[Contrast | Interaction, ...] = tuple(
    one
    for contrast in CONTRASTS
    for one in (
        (contrast, contrast.second)
        if isinstance(contrast, Interaction) and contrast.second not in CONTRASTS
        else (contrast,)
    )
)
"""The declared contrasts, and the second halves of interactions that are not declared alone."""


def _contrasts(
    block: EpisodeBlock, claim: Claim, level: float, wanted: Collection[str] | None
) -> Iterator[dict[str, Any]]:
    worst = worst_columns(claim)
    for contrast in ALL_CONTRASTS:
        kind = "interaction" if isinstance(contrast, Interaction) else "contrast"
        for latitude, cells in cells_by_latitude(contrast, block.arms):
            for stratum, measures, main in _strata(block, contrast):
                mask = stratum_mask(block, stratum)
                for measure in measures:
                    if measure not in block.values or (wanted and measure not in wanted):
                        continue
                    found = contrast_effect(block, measure, cells, mask, level)
                    where = " ".join(x for x in (stratum, latitude) if x)
                    claimed = (measure, where) == (claim.measure, claim.stratum)
                    if found.known or measure == "any_deviation":
                        yield {
                            "kind": kind,
                            "contrast": contrast.name,
                            "measure": measure,
                            "stratum": where,
                            "main": main,
                            "confirmatory": False,
                            **(worst.get(contrast.name, {}) if claimed else {}),
                            **_with_sign(effect_columns(block.labels, found), contrast, measure),
                        }


def _with_sign(
    row: dict[str, Any], contrast: Contrast | Interaction, measure: str
) -> dict[str, Any]:
    """Return the row with a word on the sign where the consequence is reversed."""
    level = contrast.level if isinstance(contrast, Contrast) else ""
    if level == "reversed" and (measure in ERRORS or measure == "decision_over"):
        row["note"] = (row["note"] + " " + REVERSED_NOTE).strip()
    return row


def _strata(
    block: EpisodeBlock, contrast: Contrast | Interaction
) -> Iterator[tuple[str, Sequence[str], bool]]:
    """Yield stratum, measures, and whether they are the ones to show first."""
    every = (*SHARES, *ERRORS)
    level = contrast.level if isinstance(contrast, Contrast) else ""
    main = main_stratum(block, level)
    yield main, every if main else (*every, COMPLETION), True
    if main:
        other = "bar_side=below" if main == "bar_side=above" else "bar_side=above"
        yield other, ("any_deviation", "decision_over", *ERRORS), False
        yield "", (COMPLETION,), True
