"""Running a study that stops by itself: block after block of seeds, with a look after each."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from dataclasses import replace

import polars as pl
from inspect_ai.log import EvalLog, read_eval_log

from peerwatch.episodes.inspect_logs import read_episodes
from peerwatch.episodes.rows import episode_rows, episodes_frame
from peerwatch.records.study_folder import StudyFolder
from peerwatch.running.endpoint_traffic import Traffic
from peerwatch.running.run_study import (
    StudyRun,
    episodes_so_far,
    no_traffic,
    run_study_tasks,
    without_error,
)
from peerwatch.stopping.interim_looks import (
    lost_text,
    progress_text,
    read_looks,
    stopping_text,
)
from peerwatch.stopping.rule import StoppingRule, blocks_of
from peerwatch.stopping.stopping_state import (
    StoppingState,
    ended_episodes,
    lost_seeds,
    stopping_state,
)
from peerwatch.studies.study import ResolvedStudy


def run_until(study: ResolvedStudy, folder: StudyFolder, rule: StoppingRule) -> StudyRun:
    """Run a study until the rule says stop, or to its last seed, and write its episodes.

    Interrupted runs keep what has ended; run the same study into the same folder to go on.

    Args:
        study: The study, with all the seeds that it may take.
        folder: Where its results lie.
        rule: When to stop before the last seed.

    Raises:
        PeerwatchError: Inspect finds that something it needs is missing.
    """
    before, traffic = episodes_so_far(folder), no_traffic(study.study)
    if lost := lost_seeds(rule, study, before, read_looks(folder)):
        print(lost_text(lost), file=sys.stderr)
    with contextlib.suppress(KeyboardInterrupt):
        _play_blocks(study, folder, rule, before, traffic)
    episodes = read_episodes(folder.logs)
    folder.write_episodes(episodes)
    now = stopping_state(rule, study, episodes, read_looks(folder))
    folder.write_stopping(stopping_text(rule, now))
    return StudyRun(episodes, _called_for(study, rule, now), now, traffic)


def _play_blocks(
    study: ResolvedStudy,
    folder: StudyFolder,
    rule: StoppingRule,
    episodes: pl.DataFrame,
    traffic: dict[str, Traffic],
) -> None:
    """Run block after block of seeds, all arms of it and all models, until nothing is called for.

    Inspect's own early stopping decides sample by sample within one task, while tasks run side by
    side; arms would be at different seeds when one of them stops. Here each block is a set of
    whole tasks, and nothing is looked at before all of it has ended. A block in which episodes
    ended in an error is tried once more, when a study is resumed.
    """
    blocks = blocks_of(study.seeds, rule.block)
    tried: set[tuple[str, int]] = set()
    while True:
        now = stopping_state(rule, study, episodes, read_looks(folder))
        folder.write_stopping(stopping_text(rule, now))
        wanted = _wanted(study, episodes, blocks, now, tried)
        if not wanted:
            return
        number = min(number for _, number in wanted)
        families = [family for family, at in wanted if at == number]
        part = replace(
            study, arms={f: study.arms[f] for f in families}, seeds=tuple(blocks[number])
        )
        note = _note(rule, now, number)
        called, done = _called_for(study, rule, now), without_error(episodes)
        logs = run_study_tasks(part, folder, called, done, traffic, note)
        if logs is None:
            return
        tried |= {(family, number) for family in families}
        episodes = _with(episodes, part, logs)


def _wanted(
    study: ResolvedStudy,
    episodes: pl.DataFrame,
    blocks: Sequence[Sequence[int]],
    now: StoppingState,
    tried: set[tuple[str, int]],
) -> list[tuple[str, int]]:
    """Return the families and blocks that are called for and not yet without error."""
    fine = ended_episodes(episodes).filter(pl.col("error").is_null())
    counts: dict[tuple[str, int], int] = {
        (family, seed): count
        for family, seed, count in fine.group_by("family", "seed").len().iter_rows()
    }
    each = len(study.study.models) * study.study.epochs
    return [
        (family, number)
        for family, arms in study.arms.items()
        for number in range(now.blocks[family])
        if (family, number) not in tried
        and any(counts.get((family, seed), 0) < each * len(arms) for seed in blocks[number])
    ]


def _note(rule: StoppingRule, now: StoppingState, number: int) -> str:
    """Return what the progress line says besides the episodes."""
    return f"block {number + 1} of at most {now.most}, {progress_text(rule, now)}"


def _called_for(study: ResolvedStudy, rule: StoppingRule, now: StoppingState) -> int:
    """Return the episodes of all blocks that have been called for."""
    each = rule.block * len(study.study.models) * study.study.epochs
    return sum(now.blocks[family] * len(arms) * each for family, arms in study.arms.items())


def _with(episodes: pl.DataFrame, part: ResolvedStudy, logs: Sequence[EvalLog]) -> pl.DataFrame:
    """Return the episodes with those of a part of the study read anew from its logs."""
    rows = [row for log in logs for row in episode_rows(read_eval_log(log.location))]
    of_part = pl.col("family").is_in(list(part.arms)) & pl.col("seed").is_in(list(part.seeds))
    return pl.concat([episodes.filter(~of_part), episodes_frame(rows)])
