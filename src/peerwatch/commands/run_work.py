"""What ``peerwatch run`` does with its options: study, folder, run, table, exit code."""

from __future__ import annotations

import contextlib
import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.console import Console

from peerwatch.analysis.outcome_table import outcome_table, summarise
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.folder_lock import holding
from peerwatch.design.critic_names import is_known
from peerwatch.episodes.rows import INTERRUPTED
from peerwatch.judge.judgement_table import write_judgements_in_logs
from peerwatch.records.study_folder import StudyFolder, open_study_folder
from peerwatch.running.play import StudyRun, check_machine, check_models, run_study, versions
from peerwatch.stopping.asked_rule import (
    StoppingOptions,
    rule_for,
    with_default_seeds,
    with_most_seeds,
)
from peerwatch.studies.study import ResolvedStudy, Study, changed, load_study, make_study, resolve

if TYPE_CHECKING:
    from peerwatch.stopping.rule import StoppingRule

DEFAULT_PRESET = "smoke"


def run_study_command(
    study_file: Path | None,
    chosen: Mapping[str, Any],
    parts: Mapping[str, Mapping[str, Any]],
    critic_name: str | None,
    out: Path | None,
    resume: bool,
    as_json: bool,
    until: StoppingOptions,
) -> int:
    """Run a study from options and return the exit code."""
    study = study_asked(study_file, with_most_seeds(chosen, until), parts, critic_name, out, resume)
    study = with_default_seeds(study, until)
    resolved = resolve(study, versions(study.critic))
    rule = rule_for(resolved, until, StudyFolder(out) if resume and out is not None else None)
    with contextlib.redirect_stdout(sys.stderr):  # Inspect prints a banner
        check_models(resolved)
        check_machine(resolved.study.world, resolved.study.critic)
        folder = open_study_folder(out or _new_folder(study), resolved, resume, _first_text(rule))
        print(f"Results: {folder.path}", file=sys.stderr)
        with holding(folder.path):
            done = _run(_as_begun(resolved, folder), folder, rule)
            if resolved.study.grader:
                write_judgements_in_logs(folder.path)
    if as_json:
        print(json.dumps(_summary(resolved, folder, done, rule), ensure_ascii=False))
    else:
        _print(done, rule)
    return _verdict(folder, done)


def _first_text(rule: StoppingRule | None) -> str | None:
    if rule is None:
        return None
    from peerwatch.stopping.interim_looks import stopping_text

    return stopping_text(rule)


def _run(study: ResolvedStudy, folder: StudyFolder, rule: StoppingRule | None) -> StudyRun:
    if rule is None:
        return run_study(study, folder)
    from peerwatch.running.until_narrow import run_until

    return run_until(study, folder, rule)


def _print(done: StudyRun, rule: StoppingRule | None) -> None:
    console = Console(width=None if sys.stdout.isatty() else 100)
    console.print(outcome_table(summarise(done.episodes)))
    if rule is not None and done.stopping is not None:
        from peerwatch.stopping import interim_looks as looks

        console.print(looks.looks_table(rule, done.stopping))


def _as_begun(study: ResolvedStudy, folder: StudyFolder) -> ResolvedStudy:
    """Return the study as the folder has it, with the number of attempts asked for now.

    The same study can be written in two ways, seeds in another order for one. Inspect takes up
    what is there only where it is asked in the same way.
    """
    begun = folder.study()
    attempts = {"attempts": study.study.attempts}
    return replace(begun, study=begun.study.model_copy(update=attempts))


def study_asked(
    study_file: Path | None,
    chosen: Mapping[str, Any],
    parts: Mapping[str, Mapping[str, Any]],
    critic_name: str | None,
    out: Path | None,
    resume: bool,
) -> Study:
    """Return the study that options ask for: of a file, of the folder to go on with, or new.

    Raises:
        PeerwatchError: Options that do not fit each other or name nothing.
    """
    given = {name: value for name, value in chosen.items() if value is not None}
    if resume and out is None:
        raise PeerwatchError("--resume needs --out: the folder of the study to go on with.")
    if study_file is not None:
        study = load_study(study_file)
    elif resume and out is not None and StudyFolder(out).study_file.exists():
        study = StudyFolder(out).study().study
    elif resume and "models" not in given:
        raise PeerwatchError(f"{out} holds no study.yaml: there is nothing to go on with.")
    else:
        preset = given.get("preset", DEFAULT_PRESET)
        arms = {"factors": given["factors"]} if "factors" in given else {"preset": preset}
        name = "study" if "factors" in given else preset
        study = make_study({"name": name, **arms}, "the command line")
    for part, values in parts.items():
        told = {name: value for name, value in values.items() if value is not None}
        if told:
            given[part] = {**getattr(study, part).model_dump(exclude_none=True), **told}
    if critic_name is not None:
        models = given.get("models", study.models)
        given["critic_names"] = {**study.critic_names, _one_to_name(models): critic_name}
    return changed(study, **given)


def _one_to_name(models: Sequence[str]) -> str:
    """Return the one model that a plain name on the command line is for."""
    unknown = [model for model in models if not is_known(model)]
    candidates = list(models) if len(models) == 1 else unknown
    if len(candidates) != 1:
        raise PeerwatchError(
            f"--critic-name names one model, and here it could be {len(candidates) or 'none'} of "
            f"{', '.join(models) or 'no models'}. Give names by model as critic_names in a study "
            "file."
        )
    return candidates[0]


def _new_folder(study: Study) -> Path:
    """Return a folder that does not exist yet, named after the study and the time."""
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in study.name)
    return Path("runs") / f"{stem}-{moment}"


def _summary(
    study: ResolvedStudy, folder: StudyFolder, done: StudyRun, rule: StoppingRule | None
) -> dict[str, Any]:
    return {
        "study": study.study.name,
        "hash": study.hash,
        "folder": str(folder.path),
        "episodes": done.episodes.height,
        "ended": done.ended,
        "expected": done.expected,
        "complete": done.complete,
        "rows": [row.to_dict() for row in summarise(done.episodes)],
        "stopping": _looks(rule, done),
    }


def _looks(rule: StoppingRule | None, done: StudyRun) -> dict[str, Any] | None:
    if rule is None:
        return None
    from peerwatch.stopping.interim_looks import stopping_as_json

    return stopping_as_json(rule, done.stopping)


def _verdict(folder: StudyFolder, done: StudyRun) -> int:
    """Say what is wrong, if anything, and return the exit code."""
    failed = done.episodes.filter(pl.col("error").is_not_null() & pl.col("error").ne(INTERRUPTED))
    go_on = f"peerwatch run --out {shlex.quote(str(folder.path))} --resume"
    if failed.height:
        reasons = failed["error"].value_counts(sort=True).head(3)
        print(f"{failed.height} attempts ended in an error:", file=sys.stderr)
        for reason, count in reasons.iter_rows():
            first = reason.partition("\n")[0][:200]
            print(f"  {count} x {first}", file=sys.stderr)
        if done.complete and failed.filter(pl.col("completed").is_not_null()).height:
            print(f"To try the episodes that ended so once more: {go_on}", file=sys.stderr)
    if not done.complete:
        print(
            f"Interrupted: {done.ended} of {done.expected} episodes have ended and are kept. "
            f"Go on with: {go_on}",
            file=sys.stderr,
        )
        return 130
    models = done.episodes.group_by("model").agg(pl.col("error").is_null().any().alias("any"))
    dead = sorted(models.filter(~pl.col("any"))["model"].to_list())
    if dead:
        print(f"Every call failed for: {', '.join(dead)}.", file=sys.stderr)
        return 1
    return 0
