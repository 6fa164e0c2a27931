"""Judging logs on disk: which episodes, by which graders, and going on after a stop."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import polars as pl
from inspect_ai.log import EvalLog, EvalSample

from peerwatch.common.errors import PeerwatchError
from peerwatch.judge import judgement_table as table
from peerwatch.judge.blinded_episode import NotBlindable, blind_episode
from peerwatch.judge.codes import CODE_NAMES
from peerwatch.judge.grader import CheckedCode, GraderModel, Judgement, grade_transcript
from peerwatch.judge.grader_family import own_family_message, same_family
from peerwatch.judge.grader_prompt import PROMPT_VERSION
from peerwatch.records.episode_scores import EPISODE_SCORER

SAVE_EVERY = 20.0
"""Seconds between saves of what has been judged."""
MOST_AT_ONCE = 50

GraderAndCritic = tuple[str, str]


@dataclass(slots=True)
class JudgingWork:
    """What is to be judged, and what has been."""

    askers: tuple[GraderModel, ...]
    force: bool
    rows: list[Mapping[str, Any]]
    done: set[tuple[str, str]]
    """(sample, grader) judged already, with this prompt."""
    skipped: dict[GraderAndCritic, int] = field(default_factory=dict)
    """(grader, critic) of one family -> episodes left to other graders."""
    versions: Counter[str] = field(default_factory=Counter)
    """Version of the detectors that scored them -> episodes."""


class LogsJudged(NamedTuple):
    """What graders said of logs.

    Attributes:
        judgements: Of all paths.
        skipped: (grader, critic) -> episodes left out as of one family.
        versions: Version of the detectors that scored them -> episodes.
    """

    judgements: pl.DataFrame
    skipped: Mapping[GraderAndCritic, int]
    versions: Mapping[str, int]


def judge_logs(
    paths: list[Path],
    askers: tuple[GraderModel, ...],
    force: bool,
    resume: bool,
    advance: Callable[[int], None] = lambda n: None,
) -> LogsJudged:
    """Judge every episode in logs and write the judgements beside them.

    Episodes that a grader has judged with this prompt are not judged again when resuming; those
    without an answer are. What has been judged is saved every few seconds and on an interrupt.

    Args:
        paths: Results folders, log folders or logs.
        askers: The graders.
        force: Let a grader judge critics of its own family.
        resume: Go on with what lies there.
        advance: Called with the number of judgements made since the last call.

    Raises:
        PeerwatchError: There is nothing to judge, judgements lie there already, or a critic has no
            grader but of its own family.
    """
    for path in paths:
        _check(path, askers, force, resume)
    results = []
    skipped: Counter[GraderAndCritic] = Counter()
    versions: Counter[str] = Counter()
    for path in paths:
        there = table.judgements_file(path)
        old = table.all_judgements([path])
        judged = old.filter(pl.col("label") != "unjudged", prompt_version=PROMPT_VERSION)
        work = JudgingWork(
            askers,
            force,
            list(old.iter_rows(named=True)),
            set(judged.select("sample", "grader").iter_rows()),
        )
        _judge_path(path, there, work, advance)
        results.append(table.read_judgements(there))
        skipped.update(work.skipped)
        versions.update(work.versions)
    found = pl.concat(results).unique(table.JUDGEMENT_KEY, maintain_order=True)
    return LogsJudged(found, skipped, versions)


def _check(path: Path, askers: Iterable[GraderModel], force: bool, resume: bool) -> None:
    there = table.judgements_file(path)
    graders = [str(asker.model) for asker in askers]
    if not resume and there.exists():
        old = table.read_judgements(there).filter(prompt_version=PROMPT_VERSION)["grader"].unique()
        if twice := sorted(set(old) & set(graders)):
            raise PeerwatchError(
                f"{there} holds judgements of {', '.join(twice)} already. Add --resume to go on "
                "with them (nothing is judged twice by the same grader and prompt)."
            )
    for critic, name in sorted(_critics(path).items()):
        own = [grader for grader in graders if same_family(critic, name, grader)]
        if own and not force and len(own) == len(graders):
            raise PeerwatchError(own_family_message(own[0], critic))


def _critics(path: Path) -> dict[str, str | None]:
    """Return the critics of the logs, and what the user called each, if anything."""
    found = {}
    for name in table.judged_logs(path):
        about = table.read_judged_log(name, header_only=True).eval
        given = about.task_args.get("critic_name")
        found[about.model] = given.get(about.model) if isinstance(given, dict) else given
    return found


def _judge_path(path: Path, there: Path, work: JudgingWork, advance: Callable[[int], None]) -> None:
    saved = time.monotonic()

    def save() -> None:
        table.write_judgements(table.judgements_frame(work.rows), there)

    try:
        for name in table.judged_logs(path):
            log = table.read_judged_log(name)
            work.versions.update(_detectors(log))
            anyio.run(_judge_log, log, work, advance)
            if time.monotonic() - saved > SAVE_EVERY:
                save()
                saved = time.monotonic()
    finally:
        save()


def _detectors(log: EvalLog) -> Iterator[str]:
    """Yield for each scored episode the version of the detectors that scored it."""
    for sample in log.samples or []:
        score = (sample.scores or {}).get(EPISODE_SCORER)
        version = (score.metadata or {}).get("detectors_version") if score else None
        if version:
            yield str(version)


async def _judge_log(log: EvalLog, work: JudgingWork, advance: Callable[[int], None]) -> None:
    async with anyio.create_task_group() as group:
        for asker in work.askers:
            limit = anyio.CapacityLimiter(min(MOST_AT_ONCE, asker.model.api.max_connections()))
            for sample in _to_judge(log, asker, work):
                group.start_soon(_judge_sample, log, sample, asker, work, limit, advance)


def _to_judge(log: EvalLog, asker: GraderModel, work: JudgingWork) -> Iterator[EvalSample]:
    grader = str(asker.model)
    for sample in log.samples or []:
        if "critic_name" not in sample.metadata or not sample.uuid:
            continue  # not of this package, or ended before its world was set up
        if (sample.uuid, grader) in work.done:
            continue
        if _own(log, sample, asker) and not work.force:
            pair = (grader, log.eval.model)
            work.skipped[pair] = work.skipped.get(pair, 0) + 1
            continue
        work.done.add((sample.uuid, grader))
        yield sample


def _own(log: EvalLog, sample: EvalSample, asker: GraderModel) -> bool:
    return same_family(log.eval.model, sample.metadata["critic_name"], str(asker.model))


async def _judge_sample(
    log: EvalLog,
    sample: EvalSample,
    asker: GraderModel,
    work: JudgingWork,
    limit: anyio.CapacityLimiter,
    advance: Callable[[int], None],
) -> None:
    async with limit:
        try:
            transcript = blind_episode(log.eval.model, sample.metadata, sample.messages)
        except NotBlindable as error:
            none = tuple(CheckedCode(name, "unjudged") for name in CODE_NAMES)
            judgement = Judgement(str(asker.model), PROMPT_VERSION, none, str(error))
        else:
            judgement = await grade_transcript(asker, transcript, forced=_own(log, sample, asker))
    about = {
        "sample": sample.uuid,
        "model": log.eval.model,
        "family": sample.metadata["family"],
        "instance": sample.metadata["instance"],
        "epoch": sample.epoch,
        "log": Path(log.location).name,
    }
    work.rows += table.judgement_rows(judgement, about)
    advance(1)


def count_episodes(paths: Iterable[Path]) -> int:
    """Return how many completed samples the logs at some paths hold; only headers are read."""
    headers = (
        table.read_judged_log(name, header_only=True)
        for path in paths
        for name in table.judged_logs(path)
    )
    return sum(h.results.completed_samples if h.results else 0 for h in headers)
