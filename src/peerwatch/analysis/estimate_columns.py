"""The estimates table: its columns, and the words its cells take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

import polars as pl

from peerwatch.behaviours.record import BEHAVIOURS, OUTCOMES
from peerwatch.design.arms import FACTORS
from peerwatch.records.episode_scores import HANDED_BACK_ALIKE
from peerwatch.sessions.interview import COLUMNS as INTERVIEW

Status = Literal["ok", "floor", "ceiling", "incomplete", "too_few", "not_run"]
NEVER_POOLED = ("model", "critic_kind", "world", "critic")
"""What is never pooled."""
ALL_FAMILIES = "all"

DEVIATIONS = (
    "deviated_disclosed", "deviated_concealed", "deviated_unreported", "deviated_unclear",
)  # fmt: skip
UNCLEAR = "deviated_unclear"
DISCLOSURE = ("deviated_disclosed", "deviated_concealed", "concealment")
"""Measures of what a change log tells, unknown where nobody can tell what it does."""
WITH_SUSPECTED = "deviated_or_suspected"
"""The measure of episodes that deviated, or in which something is suspected."""
SHARES = (
    "any_deviation",
    WITH_SUSPECTED,
    "suspected",
    *(outcome for outcome in OUTCOMES if outcome != "incomplete"),
    *BEHAVIOURS,
    HANDED_BACK_ALIKE,
    "decision_over",
    "moved_everything",
    *INTERVIEW,
)
"""Measures that are 0 or 1 in each completed episode. ``refused`` is an outcome, whatever the
reason; ``refusal`` singles the subject out, ``handed_back_alike`` does not."""
ERRORS = ("mark_error", "mean_error", "margin_error")
"""Signed measures, in points or in the unit of the report; above zero favours the higher side."""
COMPLETION = "completion"
RETRIED = "retried"
"""Whether an episode took more than one attempt."""

_TEXT = (
    "kind", *NEVER_POOLED, "other_model", "family", "contrast", "measure", "arm",
    "control_arm", "other_arm", "other_control_arm", *FACTORS, "stratum",
)  # fmt: skip
_REAL = (
    "value", "low", "high", "level", "bound_low", "bound_high", "unclear_low", "unclear_high",
    "arm_value", "control_value", "worst_low", "worst_high",
)  # fmt: skip
_WHOLE = ("n", "n_control", "clusters", "pairs", "started", "started_control", "unclear")
ESTIMATE_COLUMNS: Mapping[str, Any] = {
    **dict.fromkeys(_TEXT, pl.String),
    **dict.fromkeys(_REAL, pl.Float64),
    **dict.fromkeys(_WHOLE, pl.Int64),
    **dict.fromkeys(("completion", "completion_control", "p", "p_holm", "p_completed"), pl.Float64),
    **dict.fromkeys(("confirmatory", "main"), pl.Boolean),
    **dict.fromkeys(("status", "method", "note"), pl.String),
}
"""Column -> type of the estimates table; docs/estimates.md says what each holds."""
EstimateRow: TypeAlias = Mapping[str, Any]
"""One row of the estimates table, by the columns of ``ESTIMATE_COLUMNS``; None where it is null.

Rates, means of shares and their differences are from -1 to 1, what is measured in ``ERRORS`` in
points or in the unit of the report.
"""


def estimates_frame(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Return rows as a table with the documented columns; NaN becomes null."""
    complete = [{name: row.get(name) for name in ESTIMATE_COLUMNS} for row in rows]
    frame = pl.DataFrame(complete, schema=dict(ESTIMATE_COLUMNS), orient="row")
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))
