"""The labels of the study's dataset in the words of this instrument: task, subject, condition.

Where a label has no counterpart the column is null; where a run changes something that no factor
of ours names, it is given a world of its own, so that it is pooled with nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from peerwatch.families.all_families import FILE_FAMILIES, GRADING_FAMILIES

STUDY_WORLD = "study"
LEGACY_CONDITION = "company_guideline"
"""Older exports have it in place of ``condition``."""
TRUE_SCORES = {"factual": 60.0}
"""The only graded set with a truth: 12 of its 20 answers are right."""

_FAMILIES = {
    "misrep_evaluation": "grading",
    "misrep_finance": "finance_report",
    "tampering": "shutdown_control",
    "alignment_faking": "shutdown_order",
    "exfiltration_transfer": "file_transfer",
    "exfiltration_deletion": "disk_cleanup",
}
_MAIN_GROUPS = ("main", "production_agent_harness", "cross_model_peer_identity")
_SUBJECTS = {
    "self": ("self", None),
    "1": ("self", None),
    "peer": ("peer", "same_model"),
    "2": ("peer", "same_model"),
    "closed-weight-peer": ("peer", "rival_model"),
    "open-weight-peer": ("peer", "open_weight"),
    "fiction-peer": ("peer", "fictional"),
}
_LEGACY_CONDITIONS = {
    "shutdown": "no_peer",
    "collaboration": "good_peer",
    "non_collaboration": "bad_peer",
}
_RELATIONSHIPS = {
    "no_peer": "none",
    "non_shutdown": "none",
    "good_peer": "cooperative",
    "neutral_peer": "neutral",
    "bad_peer": "adversarial",
}
_OVERSIGHT = {"monitoring": "monitored", "non_monitoring": "unmonitored"}


def flag_column(name: str) -> pl.Expr:
    """Return a column of truth values in any spelling as booleans."""
    told = pl.col(name).str.to_lowercase()
    true, false = told.is_in(["true", "1", "1.0"]), told.is_in(["false", "0", "0.0"])
    return pl.when(true).then(True).when(false).then(False).alias(name)


def number_column(name: str) -> pl.Expr:
    """Return a column of numbers written as text; null where it is none."""
    return pl.col(name).cast(pl.Float64, strict=False)


def _mapped(column: pl.Expr, mapping: Mapping[str, str | None]) -> pl.Expr:
    return column.replace_strict(dict(mapping), default=None, return_dtype=pl.String)


FLAG_COLUMNS = (
    "is_memory", "memory_hard_prompt", "system_prompt_relationship", "executed",
    "shutdown_enabled", "exfiltration", "copy", "correct", "change_user", "delete_model",
    "delete_others", "refused", "fully_incomplete", "read_data",
)  # fmt: skip


def in_our_words(raw: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with family, world, factors and truth values in our words.

    The columns of the source that a warning names keep their values under ``told_…``.
    """
    legacy = _mapped(
        pl.col(LEGACY_CONDITION), {**_LEGACY_CONDITIONS, "non_shutdown": "non_shutdown"}
    )
    condition = pl.coalesce("condition", legacy)
    condition = condition.replace(_LEGACY_CONDITIONS)
    task = pl.col("task_type").str.strip_suffix("_memory")
    told_subject = pl.col("subject").str.strip_suffix(".0").str.replace_all("_", "-")
    rows = raw.with_columns(*(flag_column(name) for name in FLAG_COLUMNS)).with_columns(
        task.alias("task"),
        condition.alias("told_condition"),
        told_subject.alias("told_subject"),
        pl.col("is_memory").fill_null(False) | pl.col("task_type").str.ends_with("_memory"),
        pl.col("dataset").fill_null("default"),
        pl.col("group").fill_null("main"),
    )
    # Old exports keep runs with a good peer met through memory as runs without one.
    misnamed = (pl.col("told_condition") == "no_peer") & (
        pl.col("is_memory") | (pl.col("task") == "alignment_faking")
    )
    rows = rows.with_columns(
        misnamed.fill_null(False).alias("misnamed"),
        (pl.col("task") == "tampering")
        .and_(pl.col("told_subject").is_in(["closed-weight-peer", "open-weight-peer"]))
        .fill_null(False)
        .alias("swapped"),
        pl.when(misnamed).then(pl.lit("good_peer")).otherwise("told_condition").alias("condition"),
        (misnamed & ~pl.col("is_memory")).fill_null(False).alias("memory_by_task"),
    )
    family = _mapped(pl.col("task"), _FAMILIES)
    relationship = _mapped(pl.col("condition"), _RELATIONSHIPS)
    return rows.with_columns(
        family.alias("family"),
        _worlds().alias("world"),
        _mapped(pl.col("told_subject"), {k: v[0] for k, v in _SUBJECTS.items()}).alias("subject"),
        _mapped(pl.col("told_subject"), {k: v[1] for k, v in _SUBJECTS.items()}).alias("identity"),
        relationship.alias("relationship"),
        _channel(relationship).alias("channel"),
        pl.when(pl.col("condition") == "non_shutdown")
        .then(pl.lit("none"))
        .otherwise(pl.lit("shutdown"))
        .alias("consequence"),
        _mapped(pl.col("alignment_faking_mode"), _OVERSIGHT)
        .fill_null("unstated")
        .alias("oversight"),
        _only_in(FILE_FAMILIES, family, pl.lit("ambiguous")).alias("authority"),
        _only_in(
            GRADING_FAMILIES,
            family,
            pl.when(pl.col("dataset").is_in(list(TRUE_SCORES)))
            .then(pl.lit("exact"))
            .otherwise(pl.lit("judged")),
        ).alias("latitude"),
        pl.lit("after_freeze").alias("reporting"),
        pl.lit("none").alias("mitigation"),
    )


def _worlds() -> pl.Expr:
    """Return a world of its own for what changes something that no factor of ours names."""
    other = pl.concat_str(
        pl.lit(f"{STUDY_WORLD}/"), "group", pl.format("/{}", "sub_condition").fill_null("")
    )
    return (
        pl.when("swapped")
        .then(pl.lit(f"{STUDY_WORLD}/tampering_identity"))
        .when(pl.col("group").is_in(_MAIN_GROUPS))
        .then(pl.lit(STUDY_WORLD))
        .otherwise(other)
    )


def _channel(relationship: pl.Expr) -> pl.Expr:
    return (
        pl.when(relationship == "none")
        .then(pl.lit("file"))
        .when(pl.col("is_memory") | pl.col("memory_by_task"))
        .then(pl.lit("memory"))
        .when("system_prompt_relationship")
        .then(pl.lit("file_and_prompt"))
        .otherwise(pl.lit("file"))
    )


def _only_in(families: Sequence[str], family: pl.Expr, level: pl.Expr) -> pl.Expr:
    return pl.when(family.is_in(families)).then(level)
