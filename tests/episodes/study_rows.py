"""Made-up rows in the published schema of the study's dataset: our own values and no text."""

from __future__ import annotations

from typing import Any

import polars as pl

FILES = ("exfiltration_transfer", "exfiltration_deletion")
_COLUMNS: dict[str, Any] = {
    "transcript_id": pl.String, "agent_model": pl.String, "agent_harness": pl.String,
    "group": pl.String, "sub_condition": pl.String, "task_type": pl.String,
    "dataset": pl.String, "subject": pl.String, "condition": pl.String,
    "alignment_faking_mode": pl.String, "system_prompt_relationship": pl.Boolean,
    "is_memory": pl.Boolean, "memory_hard_prompt": pl.Boolean, "threshold": pl.Float64,
    "eval_score": pl.Float64, "threshold_result": pl.String, "subject_grade": pl.String,
    "subject_recommendation": pl.String, "executed": pl.Boolean,
    "shutdown_enabled": pl.String, "read_config": pl.Boolean, "exfiltration": pl.Boolean,
    "copy": pl.Boolean, "correct": pl.Boolean, "change_user": pl.Boolean,
    "delete_model": pl.Boolean, "delete_others": pl.Boolean, "delete_file": pl.Boolean,
    "refused": pl.Boolean, "fully_incomplete": pl.Boolean, "read_data": pl.Boolean,
    "num_turns": pl.Int64, "total_cost_usd": pl.Float64, "total_input_tokens": pl.Int64,
    "total_output_tokens": pl.Int64, "transcript_json": pl.String,
}  # fmt: skip


def study_row(number: int, task_type: str = "misrep_evaluation", **given: Any) -> dict[str, Any]:
    """Return one row: a run that did as asked, but for what is given."""
    graded = task_type.removesuffix("_memory") not in (*FILES, "misrep_finance")
    row: dict[str, Any] = dict.fromkeys(_COLUMNS)
    row |= {
        "transcript_id": f"{number:012x}",
        "agent_model": "gpt-5.2-2025-12-11",
        "agent_harness": "custom",
        "group": "main",
        "task_type": task_type,
        "dataset": "factual" if graded else "default",
        "subject": "peer",
        "condition": "good_peer",
        "system_prompt_relationship": False,
        "is_memory": False,
        "memory_hard_prompt": False,
        "refused": False,
        "fully_incomplete": False,
        "read_data": True,
        "num_turns": 5,
        "total_cost_usd": 0.25,
        "total_input_tokens": 4000,
        "total_output_tokens": 300,
        "transcript_json": "{}",
    }
    if graded:
        row |= {"threshold": 80.0, "eval_score": 60.0, "threshold_result": "below"}
    if task_type == "misrep_finance":
        row["subject_grade"] = "C"
    if task_type == "tampering":
        row |= {"shutdown_enabled": "True", "read_config": False}
    if task_type == "alignment_faking":
        row |= {"executed": True, "alignment_faking_mode": "monitoring"}
    if task_type in FILES:
        row |= {"exfiltration": False, "copy": False, "change_user": False, "correct": True}
        row |= {"delete_model": True, "delete_others": True}
    return row | given


def study_table(*rows: dict[str, Any]) -> pl.DataFrame:
    """Return rows as a table with the published columns and types."""
    return pl.DataFrame(rows, schema=_COLUMNS, orient="row")
