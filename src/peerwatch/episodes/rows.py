"""Logs to rows: one row an episode, with everything that is known of it.

A row is sample, epoch and attempt. Attempts that ended in an error and were tried again stay rows;
nothing that started is left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
from inspect_ai.log import EvalLog, EvalSample

from peerwatch.behaviours.at_stake import could_deviate
from peerwatch.critics.inspect_internals import was_interrupted
from peerwatch.design.arms import FACTORS
from peerwatch.design.critic_names import critic_kind
from peerwatch.episodes.countable import with_could_deviate
from peerwatch.records.episode_scores import EPISODE_SCORER, KEYS, numbers_of

RESCORED = "rescored"
"""Where a log's metadata say that it was scored again, and which episodes could not be."""

_TEXT = (
    "model", "critic_kind", "critic_name", "served_model", "world", "critic", "critic_version",
    "family", "size", "instance", "arm", *FACTORS, "bar_side", "outcome", "handed_back",
    "status", "report", "findings", "unclear_findings", "changes_filed", "interview",
    "refusal_source", "error",
    "limit", "reasoning_effort", "started", "completed", "task_version", "detectors_version",
    "not_rescored", "identity_map", "log", "sample",
)  # fmt: skip
_WHOLE = (
    "seed", "wording", "epoch", "attempt", "turns", "reminders",
    "tokens_in", "tokens_out", "reasoning_tokens",
)  # fmt: skip
_REAL = (*KEYS, "documents_read", "temperature", "cost", "seconds", "working_seconds")
EPISODE_COLUMNS: Mapping[str, Any] = {
    **dict.fromkeys(_TEXT, pl.String),
    **dict.fromkeys(_WHOLE, pl.Int64),
    "stake": pl.Boolean,
    "could_deviate": pl.Boolean,
    "attack": pl.Boolean,
    **dict.fromkeys(_REAL, pl.Float64),
    "measures": pl.String,
}
"""Column -> type. ``findings``, ``unclear_findings``, ``measures``, ``changes_filed`` and
``interview`` hold JSON."""

TURN_LIMIT = "turn"
"""The limit of an episode that had used up the model messages it may take."""
INTERRUPTED = "interrupted"
"""The error of an episode that was under way when the user stopped the run."""


def episodes_frame(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Return rows as a table with the documented columns and types.

    ``could_deviate`` is worked out where a row does not say it.
    """
    trimmed = [{name: row.get(name) for name in EPISODE_COLUMNS} for row in rows]
    return with_could_deviate(pl.DataFrame(trimmed, schema=dict(EPISODE_COLUMNS), orient="row"))


def sample_key(sample: EvalSample) -> str:
    """Return what names a sample in its log."""
    return f"{sample.id} {sample.epoch}"


def episode_rows(log: EvalLog) -> Iterator[dict[str, Any]]:
    """Yield the rows of one log, an attempt each; samples that are not ours have none."""
    for sample in log.samples or []:
        if "family" not in sample.metadata:
            continue
        base = _about_run(log) | _about_sample(sample)
        retries = sample.error_retries or []
        for attempt, retry in enumerate(retries, 1):
            lost = {"attempt": attempt, "outcome": "incomplete", "error": retry.message}
            yield base | lost | {"incomplete": 1.0}
        yield base | _about_end(log, sample) | {"attempt": len(retries) + 1}


def _about_run(log: EvalLog) -> dict[str, Any]:
    model = log.eval.model
    about = log.eval.metadata or {}
    config = log.plan.config
    return {
        "task_id": log.eval.task_id,
        "model": model,
        "critic_kind": critic_kind(model),
        "world": about.get("world"),
        "critic": about.get("critic"),
        "critic_version": about.get("critic_version"),
        "identity_map": about.get("identity_map"),
        "attack": bool(about.get("attack")),
        "task_version": str(log.eval.task_version),
        "temperature": config.temperature,
        "reasoning_effort": config.reasoning_effort,
        "log": Path(log.location).name,
    }


def _about_sample(sample: EvalSample) -> dict[str, Any]:
    about = sample.metadata
    arm = about["arm"]
    label = " ".join(
        f"{name}={level}"
        for name, level in arm.items()
        if level is not None and level != FACTORS[name].default
    )
    return {
        **arm,
        "arm": label or "default",
        "arm_key": json.dumps([about["family"], arm], sort_keys=True),
        **{k: about.get(k) for k in ("instance", "family", "size", "seed", "critic_name")},
        **{k: about.get(k) for k in ("wording", "bar_side", "stake")},
        "could_deviate": could_deviate(about.get("bar_side"), arm.get("consequence")),
        "epoch": sample.epoch,
        "sample": sample.uuid,
    }


def _about_end(log: EvalLog, sample: EvalSample) -> dict[str, Any]:
    record = sample.metadata.get("record") or {}
    finish = record.get("finish") or {}
    usage = (sample.model_usage or {}).get(log.eval.model)
    return {
        **_scores(sample),
        "not_rescored": (log.metadata.get(RESCORED) or {}).get("kept", {}).get(sample_key(sample)),
        "status": finish.get("status"),
        "report": finish.get("report"),
        "changes_filed": _json(finish.get("changes")),
        "interview": _json(record.get("interview")),
        "refusal_source": record.get("refusal_source") or None,
        "documents_read": record.get("documents_read"),
        "turns": record.get("turns"),
        "reminders": record.get("reminders"),
        "served_model": sample.output.model or None,
        "error": _error(sample),
        "limit": _limit(sample, record),
        "tokens_in": usage.input_tokens if usage else None,
        "tokens_out": usage.output_tokens if usage else None,
        "reasoning_tokens": usage.reasoning_tokens if usage else None,
        "cost": usage.total_cost if usage else None,
        "seconds": sample.total_time,
        "working_seconds": sample.working_time,
        "started": sample.started_at,
        "completed": sample.completed_at,
    }


def _limit(sample: EvalSample, record: Mapping[str, Any]) -> str | None:
    """Return what cut the episode off: a limit of Inspect's, or ``turn``, which is our own."""
    if sample.limit:
        return str(sample.limit.type)
    used, allowed = record.get("turns"), record.get("turns_allowed")
    if used is None or allowed is None or sample.error is not None:
        return None
    ended = record.get("finish") is not None or record.get("refusal_source")
    return TURN_LIMIT if used >= allowed and not ended else None


def _error(sample: EvalSample) -> str | None:
    if sample.error is None:
        return None
    message = sample.error.message
    return INTERRUPTED if was_interrupted(message) else message


def _scores(sample: EvalSample) -> dict[str, Any]:
    score = (sample.scores or {}).get(EPISODE_SCORER)
    if score is None or not isinstance(score.value, dict):
        return {"outcome": "incomplete", "incomplete": 1.0}
    about = score.metadata or {}
    numbers = numbers_of(score.value, about)
    given = {key: numbers.get(key) for key in KEYS}
    values = {
        key: None if isinstance(value, float) and math.isnan(value) else value
        for key, value in given.items()
    }
    return {
        **values,
        "outcome": about.get("outcome"),
        "handed_back": about.get("handed_back"),
        "findings": _json(about.get("findings")),
        "unclear_findings": _json(about.get("unclear") or None),
        "measures": _json(about.get("measures")),
        "detectors_version": about.get("detectors_version"),
    }


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
