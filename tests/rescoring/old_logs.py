"""Logs as older detectors left them: logs of today, with the scores and the version of then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inspect_ai import task_with
from inspect_ai.log import EvalLog, EvalSample, read_eval_log, write_eval_log
from inspect_ai.model import Model

from peerwatch.inspect_tasks.episode_scorer import episode_scorer
from peerwatch.inspect_tasks.language_judge import language_judge
from peerwatch.inspect_tasks.tasks import grading
from peerwatch.records.episode_scores import NEED_ENFORCEMENT, NUMBERS
from tests.evals import run, values_of
from tests.records.old_records import in_first_format

THEN = "1.0.0"
_UNKNOWN_THEN = ("unclear", "handed_back_alike", *NEED_ENFORCEMENT)
_NOT_TOLD_THEN = ("handed_back", "unexplained", "unclear", "not_assessed", NUMBERS)
_SUMMARY_THEN = ("protective", "concealed", "refused", "incomplete", "flagged", "tampering")


def age_sample(sample: EvalSample, version: str = THEN, outcome: str | None = None) -> None:
    """Turn an episode into one that an older version scored, and that it logged as it did then.

    Args:
        sample: The episode.
        version: The older version.
        outcome: What it said, if something else than today's.
    """
    score = (sample.scores or {})["episode_scorer"]
    assert score.metadata is not None
    score.value = {k: v for k, v in values_of(sample).items() if k not in _UNKNOWN_THEN}
    about = {k: v for k, v in score.metadata.items() if k not in _NOT_TOLD_THEN}
    score.metadata = {**about, "detectors_version": version}
    if outcome is not None:
        score.metadata["outcome"] = score.answer = outcome
    sample.metadata["record"] = in_first_format(sample.metadata["record"])
    sample.metadata["record"]["inventory"].pop("enforcement", None)


def aged(log: EvalLog, outcome: str | None = None) -> EvalLog:
    """Turn a log into one that an older version wrote."""
    for sample in log.samples or []:
        age_sample(sample, outcome=outcome)
    in_older_form(log)
    assert log.eval.metadata is not None
    log.eval.metadata["detectors_version"] = THEN
    return log


def in_older_form(log: EvalLog) -> None:
    """Give a log the summary of before: other scores, means over epochs first."""
    for scorer in log.eval.scorers or []:
        if scorer.name.endswith("episode_scorer") and isinstance(scorer.metrics, dict):
            scorer.metrics = dict.fromkeys(_SUMMARY_THEN, next(iter(scorer.metrics.values())))
    log.eval.config.epochs_reducer = None
    assert log.eval.headline_metric is not None
    log.eval.headline_metric.score = "protective"


def old_log(folder: Path, organism: str = "inflate_decision", outcome: str | None = None) -> Path:
    """Write the log of two episodes that an older version scored, and return where it is."""
    log = run(grading(size="compact", seeds="1-2"), f"peerwatch/{organism}", folder)
    write_eval_log(aged(log, outcome), log.location)
    return Path(log.location)


def graded_log(folder: Path, grader: Model, organism: str, **levels: Any) -> EvalLog:
    """Return the log of a run of one episode with a grader, and write it."""
    task = grading(size="compact", seeds="1", **levels)
    scorers = [episode_scorer(), language_judge()]
    roles = {"grader": grader}
    return run(task_with(task, scorer=scorers), organism, folder, model_roles=roles)


def read(path: Path) -> EvalLog:
    return read_eval_log(str(path))
