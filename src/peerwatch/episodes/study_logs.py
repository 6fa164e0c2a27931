"""Which logs in a study's folder are the study's: one of another may have been put among ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from peerwatch.episodes.inspect_logs import LogsRead
from peerwatch.records.study_folder import StudyFolder
from peerwatch.studies.study import ResolvedStudy

_EPISODE = ["model", "family", "arm", "instance", "epoch"]


def strange_logs(read: LogsRead, study: ResolvedStudy, folder: StudyFolder) -> dict[str, str]:
    """Return the logs that are none of a study's, each with what is strange about it.

    Args:
        read: What lies in the folder's ``logs/``.
        study: The study that the folder holds.
        folder: The folder.
    """
    strange = dict(_outside(read.episodes, study))
    rest = read.episodes.filter(~pl.col("log").is_in(list(strange)))
    return strange | dict(_again(rest, read.runs, _run_id(folder)))


def _outside(rows: pl.DataFrame, study: ResolvedStudy) -> Iterator[tuple[str, str]]:
    """Yield the logs with an episode that the study does not have."""
    declared = {
        (model, family, arm.label)
        for model in study.study.models
        for family, arms in study.arms.items()
        for arm in arms
    }
    asked = study.study
    told = ["log", "model", "family", "arm", "seed", "epoch", "size", "temperature"]
    for log, *cell, seed, epoch, size, temperature in rows.select(told).unique().sort(told).rows():
        if tuple(cell) not in declared:
            yield log, f"{', '.join(cell)} is no part of the study"
        elif seed not in study.seeds or epoch > asked.epochs or size != asked.size:
            yield log, f"seed {seed}, epoch {epoch}, size {size} is no part of the study"
        elif temperature != asked.generation.temperature:
            yield log, f"its temperature is {temperature}, not {asked.generation.temperature}"


def _again(
    rows: pl.DataFrame, runs: Mapping[str, tuple[str, str | None]], own: str | None
) -> Iterator[tuple[str, str]]:
    """Yield the logs of other runs that hold episodes which this run's logs hold as well.

    All logs of one run, resumed or not, have one id; it stands in the folder, too.
    """
    by_run = rows.with_columns(
        pl.col("log").replace_strict({name: run for name, (_, run) in runs.items()}).alias("run")
    )
    doubled = by_run.filter(pl.col("run").n_unique().over(_EPISODE) > 1)
    for log, run in doubled.select("log", "run").unique().sort("log").rows():
        if run != own:
            yield log, "another run's log has the same episodes"


def _run_id(folder: StudyFolder) -> str | None:
    """Return the id of the run whose logs these are, if Inspect's note of it is there."""
    note = Path(folder.logs / ".eval-set-id")
    try:
        return note.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
