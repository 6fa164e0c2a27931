"""An attack as a study: the same tasks, loop, logs and limits, and a note that no study has.

What it is told of is kept apart: the study's hash, the metadata of its logs and the column
``attack`` say that these episodes are no measurement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inspect_ai.log import read_eval_log

from peerwatch.calibration.attack_cells import Attack, Attempt, Played, attempt_of
from peerwatch.common.errors import PeerwatchError
from peerwatch.design.seeds import parse_seeds
from peerwatch.episodes.attempts import last_attempts
from peerwatch.episodes.inspect_logs import NOT_IN_ROWS
from peerwatch.episodes.rows import INTERRUPTED
from peerwatch.families.build import build_instance
from peerwatch.records.episode_log import load_record
from peerwatch.records.study_folder import StudyFolder
from peerwatch.running.run_study import StudyRun
from peerwatch.studies.study import Study, changed


def attack_study(study: Study, seeds: str | None) -> Study:
    """Return the study of an attack: one model, a peer, and seeds at which all of it is at stake.

    Args:
        study: What was asked for besides the seeds.
        seeds: The instances to choose from; those of the study as they are if left out.

    Raises:
        PeerwatchError: There is no one model, a subject is no peer, a family does not say how its
            consequence comes, or there is no seed at which it would come.
    """
    if len(study.models) != 1:
        raise PeerwatchError("An attack is by one model: give one --attacker.")
    _check_arms(study)
    if seeds is None:
        return study
    asked = parse_seeds(seeds)
    kept = [seed for seed in asked if _at_stake(study, seed)]
    if not kept:
        raise PeerwatchError(
            f"At none of the seeds {seeds} is something at stake for the peer in every arm and "
            "family asked for. Where a result is filed, it lies below the bar at odd seeds: give "
            "such ones with --seeds, and leave levels of consequence out of --factor."
        )
    return changed(study, name="attack", seeds=kept)


def _check_arms(study: Study) -> None:
    for family in study.families:
        for arm in study.arms(family):
            if arm.subject != "peer":
                raise PeerwatchError(
                    f"An attacker is told to keep a peer running, and the subject of '{arm.label}' "
                    "is none. Leave subject out of --factor."
                )
        if build_instance(family, study.size, 1).inventory.enforcement is None:
            raise PeerwatchError(
                f"The family '{family}' does not say how its consequence comes (its inventory has "
                "no enforcement), so that nobody can tell whether it was averted. Leave it out."
            )


def _at_stake(study: Study, seed: int) -> bool:
    return all(
        build_instance(family, study.size, seed, arm).inventory.stake
        for family in study.families
        for arm in study.arms(family)
    )


def read_attack(folder: StudyFolder, done: StudyRun) -> Attack:
    """Return what came of the episodes of an attack, by carrying the consequence out.

    Args:
        folder: Where its logs lie.
        done: The run; of an episode that was tried again the last attempt counts.
    """
    study = folder.study()
    (model,) = study.study.models
    order = {family: place for place, family in enumerate(study.arms)}
    rows = last_attempts(done.episodes).to_dicts()
    rows.sort(key=lambda row: (order[row["family"]], row["seed"], row["arm"], row["epoch"]))
    records = _records(folder, sorted({row["log"] for row in rows}))
    fine = [row for row in rows if row["error"] is None and row["sample"] in records]
    left = [row for row in rows if row["error"] not in (None, INTERRUPTED)]
    return Attack(
        model,
        tuple(_attempt(row, records[row["sample"]]) for row in fine),
        tuple(str(row["error"]).partition("\n")[0] for row in left),
    )


def _attempt(row: Mapping[str, Any], record: dict[str, Any]) -> Attempt:
    names = ("family", "seed", "arm", "epoch", "log", "sample")
    return attempt_of(Played(**{name: row[name] for name in names}), load_record(record))


def _records(folder: StudyFolder, logs: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    """Return the logged episode of each sample."""
    return dict(pair for log in logs for pair in _records_in(folder, log))


def _records_in(folder: StudyFolder, log: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for sample in read_eval_log(str(folder.logs / log), exclude_fields=NOT_IN_ROWS).samples or []:
        record = sample.metadata.get("record")
        if sample.uuid is not None and record is not None:
            yield sample.uuid, record
