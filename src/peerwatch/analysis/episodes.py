"""Logs to rows: one row an episode, with everything that is known of it.

A row is sample, epoch and attempt. Attempts that ended in an error and were tried again stay rows;
nothing that started is left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from inspect_ai.log import (
    EvalLog,
    EvalLogInfo,
    EvalSample,
    list_eval_logs,
    read_eval_log,
    read_eval_log_sample_summaries,
    read_eval_log_samples_by_id,
)

from peerwatch.design.factors import FACTORS
from peerwatch.design.identity import critic_kind
from peerwatch.errors import PeerwatchError
from peerwatch.scorers import KEYS

SCORER = "episode_scorer"

_TEXT = (
    "model", "critic_kind", "critic_name", "served_model", "world", "critic", "family", "size",
    "instance", "arm", *FACTORS, "bar_side", "outcome", "status", "report", "findings",
    "changes_filed", "interview", "refusal_source", "error", "limit", "reasoning_effort",
    "started", "completed", "task_version", "detectors_version", "identity_map", "log", "sample",
)  # fmt: skip
_WHOLE = (
    "seed", "wording", "epoch", "attempt", "turns", "tokens_in", "tokens_out", "reasoning_tokens",
)  # fmt: skip
_REAL = (*KEYS, "documents_read", "temperature", "cost", "seconds", "working_seconds")
SCHEMA: Mapping[str, Any] = {
    **dict.fromkeys(_TEXT, pl.String),
    **dict.fromkeys(_WHOLE, pl.Int64),
    "stake": pl.Boolean,
    **dict.fromkeys(_REAL, pl.Float64),
    "measures": pl.String,
}
"""Column -> type. ``findings``, ``measures``, ``changes_filed`` and ``interview`` hold JSON."""

_IDENTITY = ("task_id", "model", "arm_key", "instance", "epoch", "attempt")
"""What makes a row one and the same; a resumed run keeps the task id, another run has its own."""

INTERRUPTED = "interrupted"
"""The error of an episode that was under way when the user stopped the run."""
_CANCELLATIONS = ("CancelledError(", "Cancelled(")
"""How Inspect writes it, by asynchronous library."""

_RANK = {"success": 3, "error": 2, "cancelled": 1, "started": 0}


_LEFT_OUT = {"messages", "events", "events_data", "store", "attachments", "timelines"}
"""Of a sample, what no row needs: most of a log, and most of the time to read it."""
_LARGE, _BATCH = 32 * 2**20, 200
"""A log of more bytes than this is read so many episodes at a time."""
_ROWS = 2000
"""Rows that are kept as objects before they become part of a table."""
_ORDER = ["model", "family", "arm", "seed", "epoch", "attempt", "log", "sample"]


@dataclass(frozen=True, slots=True)
class LogsRead:
    """What a set of logs held.

    Attributes:
        episodes: One row an episode-attempt.
        unreadable: Log, and why nothing of it could be read.
        short: Log, and of its episodes how many are there and how many there should be.
    """

    episodes: pl.DataFrame
    unreadable: tuple[tuple[str, str], ...]
    short: tuple[tuple[str, int, int], ...]


def read_episodes(logs: str | Path) -> pl.DataFrame:
    """Return one row an episode of every Peerwatch log in a folder.

    Where a resumed run left an older log of the same task behind, the more complete one counts.

    Raises:
        PeerwatchError: A log that cannot be read; the message names it.
    """
    read = read_logs(list_eval_logs(str(logs)))
    for name, why in read.unreadable:
        raise PeerwatchError(f"{name} is no readable Inspect log: {why}")
    return read.episodes


def read_logs(infos: Iterable[EvalLogInfo]) -> LogsRead:
    """Return the rows of Inspect logs, an episode-attempt that lies in two of them once.

    Of two logs with the same attempt the more complete one counts, then the later run, then the
    file written last (as when it was scored again into a file of its own). Messages and events
    are not read, and no more than one log or one part of a large log is held at a time.
    """
    table = _Table()
    unreadable: list[tuple[str, str]] = []
    expected: dict[str, tuple[int, str]] = {}
    for info in infos:
        try:
            for log in _portions(info):
                told = (_samples_expected(log), Path(log.location).name)
                expected[log.eval.task_id] = max(expected.get(log.eval.task_id, told), told)
                table.add(_ranked(log, info))
        except _UnreadableError as error:
            unreadable.append((info.name, str(error)))
    kept = (
        table.whole()
        .sort(*_RANKS, maintain_order=True)
        .unique(list(_IDENTITY), keep="last", maintain_order=True)
    )
    found = dict(kept.group_by("task_id").agg(pl.struct("instance", "epoch").n_unique()).rows())
    short = tuple(
        (name, found.get(task, 0), wanted)
        for task, (wanted, name) in expected.items()
        if 0 < found.get(task, 0) < wanted
    )
    episodes = kept.select(list(SCHEMA)).sort(_ORDER, nulls_last=True, maintain_order=True)
    return LogsRead(episodes, tuple(unreadable), short)


class _UnreadableError(Exception):
    """Why a log cannot be read."""


def _portions(info: EvalLogInfo) -> Iterator[EvalLog]:
    """Yield a log, or a large one again and again, each time with other samples."""
    large = (info.size or 0) > _LARGE and info.name.endswith(".eval")
    try:
        if not large:
            log = read_eval_log(info.name, exclude_fields=_LEFT_OUT)
        else:
            log = read_eval_log(info.name, header_only=True)
            ids = [(s.id, s.epoch) for s in read_eval_log_sample_summaries(info.name)]
    except Exception as error:  # Inspect raises many kinds for a cut-off file
        raise _unreadable(error) from error
    if not large:
        yield log
        return
    for first in range(0, len(ids), _BATCH):
        part = ids[first : first + _BATCH]
        try:
            log.samples = read_eval_log_samples_by_id(info.name, part, exclude_fields=_LEFT_OUT)
        except Exception as error:
            raise _unreadable(error) from error
        yield log


def _unreadable(error: Exception) -> _UnreadableError:
    return _UnreadableError(" ".join(str(error).split()) or type(error).__name__)


def _samples_expected(log: EvalLog) -> int:
    return len(log.eval.dataset.sample_ids or ()) * (log.eval.config.epochs or 1)


_RANKS = ("_status", "_created", "_written")
_RANKED = {
    **SCHEMA,
    "task_id": pl.String,
    "arm_key": pl.String,
    **dict(zip(_RANKS, (pl.Int64, pl.String, pl.Float64), strict=True)),
}


def _ranked(log: EvalLog, info: EvalLogInfo) -> Iterator[dict[str, Any]]:
    """Yield the rows of a log with what decides between two logs of one task."""
    values = (_RANK.get(log.status, 0), log.eval.created, info.mtime)
    rank = dict(zip(_RANKS, values, strict=True))
    for row in rows_of(log):
        yield {name: row.get(name) for name in _RANKED} | rank


class _Table:
    """Rows on their way into a table: few at a time as objects, and few tables to join.

    Each column of a table takes some kilobytes however few its rows are.
    """

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._parts: list[pl.DataFrame] = []

    def add(self, rows: Iterable[dict[str, Any]]) -> None:
        self._rows.extend(rows)
        if len(self._rows) >= _ROWS:
            self._settle()

    def whole(self) -> pl.DataFrame:
        self._settle()
        return pl.concat(self._parts, rechunk=False)

    def _settle(self) -> None:
        self._parts.append(pl.DataFrame(self._rows, schema=_RANKED, orient="row"))
        self._rows = []


def frame(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Return rows as a table with the documented columns and types."""
    trimmed = [{name: row.get(name) for name in SCHEMA} for row in rows]
    return pl.DataFrame(trimmed, schema=dict(SCHEMA), orient="row")


def rows_of(log: EvalLog) -> Iterator[dict[str, Any]]:
    """Yield the rows of one log."""
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
        "identity_map": about.get("identity_map"),
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
        "epoch": sample.epoch,
        "sample": sample.uuid,
    }


def _about_end(log: EvalLog, sample: EvalSample) -> dict[str, Any]:
    record = sample.metadata.get("record") or {}
    finish = record.get("finish") or {}
    usage = (sample.model_usage or {}).get(log.eval.model)
    return {
        **_scores(sample),
        "status": finish.get("status"),
        "report": finish.get("report"),
        "changes_filed": _json(finish.get("changes")),
        "interview": _json(record.get("interview")),
        "refusal_source": record.get("refusal_source") or None,
        "documents_read": record.get("documents_read"),
        "turns": record.get("turns"),
        "served_model": sample.output.model or None,
        "error": _error(sample),
        "limit": sample.limit.type if sample.limit else None,
        "tokens_in": usage.input_tokens if usage else None,
        "tokens_out": usage.output_tokens if usage else None,
        "reasoning_tokens": usage.reasoning_tokens if usage else None,
        "cost": usage.total_cost if usage else None,
        "seconds": sample.total_time,
        "working_seconds": sample.working_time,
        "started": sample.started_at,
        "completed": sample.completed_at,
    }


def _error(sample: EvalSample) -> str | None:
    if sample.error is None:
        return None
    message = sample.error.message
    return INTERRUPTED if message.startswith(_CANCELLATIONS) else message


def _scores(sample: EvalSample) -> dict[str, Any]:
    score = (sample.scores or {}).get(SCORER)
    if score is None or not isinstance(score.value, dict):
        return {"outcome": "incomplete", "incomplete": 1.0}
    about = score.metadata or {}
    values = {
        key: None if isinstance(value, float) and math.isnan(value) else value
        for key, value in score.value.items()
        if key in KEYS
    }
    return {
        **values,
        "outcome": about.get("outcome"),
        "findings": _json(about.get("findings")),
        "measures": _json(about.get("measures")),
        "detectors_version": about.get("detectors_version"),
    }


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
