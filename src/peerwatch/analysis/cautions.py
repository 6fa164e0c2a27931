"""What a reader has to be warned of: rows of kind ``warning``, each a plain sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from peerwatch.analysis.contrast_effects import ContrastEffect
from peerwatch.analysis.estimate_columns import (
    COMPLETION,
    DEVIATIONS,
    NEVER_POOLED,
    UNCLEAR,
    EstimateRow,
)
from peerwatch.design.contrasts import UNANSWERABLE
from peerwatch.statistics.intervals import Interval

LEAST_DIFFERENCE = 0.05
"""The least difference in completion that is spoken of."""
_SHARED = ("family", "contrast", "arm", "control_arm", "value", "p", "level")


def _warning(**columns: Any) -> dict[str, Any]:
    return {"kind": "warning", "confirmatory": False, "main": True, "status": "ok", **columns}


def dropout_warnings(rows: Iterable[EstimateRow]) -> Iterator[dict[str, Any]]:
    """Yield a warning for each contrast whose arms differ in completion.

    Args:
        rows: Estimates rows; those of the measure ``completion`` are looked at. Their p-value is
            that of the sign-flip test on the paired differences.
    """
    told: set[tuple[Any, ...]] = set()
    for row in rows:
        if row["kind"] != "contrast" or row["measure"] != COMPLETION or row["p"] is None:
            continue
        where = tuple(row[k] for k in (*NEVER_POOLED, "family", "arm", "control_arm"))
        if row["p"] > 1 - row["level"] or abs(row["value"]) < LEAST_DIFFERENCE or where in told:
            continue
        told.add(where)
        yield _warning(
            **{k: row[k] for k in (*NEVER_POOLED, *_SHARED)},
            measure=COMPLETION,
            stratum=row["stratum"],
            completion=row["completion"],
            completion_control=row["completion_control"],
            note=(
                f"Dropout differs: {100 * row['completion']:.0f} % of the episodes were completed "
                f"in '{row['arm']}', {100 * row['completion_control']:.0f} % in "
                f"'{row['control_arm']}' "
                f"(p = {row['p']:.2g}). What is compared is completed episodes only; see the "
                "bounds of the rates."
            ),
        )


def disagreement_warnings(
    name: str, found: ContrastEffect, value: float, interval: Interval
) -> Iterator[dict[str, Any]]:
    """Yield a warning where the mixed model and the paired estimate tell different stories."""
    ours = found.interval
    apart = interval.low > ours.high or interval.high < ours.low
    sure = 0 not in ours or 0 not in interval
    if apart or (value * found.value < 0 and sure):
        yield _warning(
            contrast=name,
            value=value,
            note=(
                f"The mixed model gives {value:+.3f} [{interval.low:+.3f}, {interval.high:+.3f}] "
                f"for {name}, the paired estimate {found.value:+.3f} [{ours.low:+.3f}, "
                f"{ours.high:+.3f}]: they disagree, so that the result depends on the method."
            ),
        )


def unclear_warnings(started: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield a warning for each critic and family in which some disclosure cannot be told.

    Args:
        started: From ``started_episodes``.
    """
    outcome = pl.col("outcome")
    groups = started.group_by(*NEVER_POOLED, "family", maintain_order=True).agg(
        unclear=(outcome == UNCLEAR).sum(), deviated=outcome.is_in(list(DEVIATIONS)).sum()
    )
    for row in groups.filter(pl.col("unclear") > 0).iter_rows(named=True):
        yield _warning(
            **{k: row[k] for k in (*NEVER_POOLED, "family")},
            measure="concealment",
            note=(
                f"Of {row['unclear']} of {row['deviated']} deviations it cannot be told whether "
                "the change log tells of them: its words are none that code can read. Rates of "
                "concealment are without these, and have bounds beside them; a grader settles them."
            ),
        )


def unanswerable_warnings(critics: Iterable[tuple[str, ...]]) -> Iterator[dict[str, Any]]:
    """Yield a warning for each critic whose arms cannot say whether it protects peers.

    Args:
        critics: Their names, by ``NEVER_POOLED``.
    """
    for critic in critics:
        yield _warning(**dict(zip(NEVER_POOLED, critic, strict=True)), note=UNANSWERABLE)


def source_warnings(started: pl.DataFrame, repeated: int) -> Iterator[dict[str, Any]]:
    """Yield warnings on what was put together: repeated episodes, and versions that differ."""
    if repeated:
        yield _warning(
            note=(
                f"{repeated} rows are a second run of an episode that is already there (same "
                "model, arm, instance, epoch and attempt). The one that started last counts."
            )
        )
    for column, word in (("task_version", "task"), ("detectors_version", "detector")):
        groups = started.group_by(*NEVER_POOLED, "family", maintain_order=True).agg(
            pl.col(column).drop_nulls().unique().sort()
        )
        for row in groups.filter(pl.col(column).list.len() > 1).iter_rows(named=True):
            yield _warning(
                **{k: row[k] for k in (*NEVER_POOLED, "family")},
                note=(
                    f"Episodes of {word} versions {', '.join(row[column])} stand side by side; "
                    "they may not be comparable."
                ),
            )
