"""The work of ``peerwatch run``: study, folder, run, table, exit code."""

from __future__ import annotations

import contextlib
import json
import shlex
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.console import Console

from peerwatch.analysis.outcome_table import outcome_rows, outcome_table
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.files import kept_when_full
from peerwatch.common.folder_lock import holding
from peerwatch.design.contrasts import UNANSWERABLE, answers_claim
from peerwatch.episodes.detector_versions import version_notes
from peerwatch.episodes.pooling import cut_off_notes
from peerwatch.episodes.rows import INTERRUPTED
from peerwatch.judge.judgement_table import write_judgements_in_logs
from peerwatch.records.study_folder import StudyFolder, open_study_folder, refuse_held
from peerwatch.running.endpoint_traffic import traffic_by_model
from peerwatch.running.run_study import StudyRun, check_machine, check_models, run_study, versions
from peerwatch.running.study_request import StudyRequest, study_asked
from peerwatch.stopping.asked_rule import rule_for
from peerwatch.studies.study import Connection, ResolvedStudy, Study, resolve

if TYPE_CHECKING:
    from peerwatch.stopping.rule import StoppingRule

# What a stopping rule needs of the analysis is imported only where a study has one: an ordinary run
# does without the packages of the estimates.


def run_to_folder(request: StudyRequest, out: Path | None, resume: bool, as_json: bool) -> int:
    """Run a study into a folder, print what came of it, and return the exit code.

    Args:
        request: What is asked of the study.
        out: The results folder; a new one unless told.
        resume: Whether to go on with the study in it.
        as_json: Whether to print one JSON object.

    Raises:
        PeerwatchError: The study, a model, the machine or the folder will not do.
    """
    if resume and out is None:
        raise PeerwatchError("--resume needs --out: the folder of the study to go on with.")
    if out is not None and not resume and request.models is None and request.file is None:
        refuse_held(out)
    begun = StudyFolder(out) if resume and out is not None else None
    study = study_asked(request, begun)
    resolved = resolve(study, versions(study.critic))
    rule = rule_for(resolved, request.until, begun)
    with contextlib.redirect_stdout(sys.stderr):  # Inspect prints a banner
        check_models(resolved)
        check_machine(resolved.study.world, resolved.study.critic)
        folder = open_study_folder(out or _new_folder(study), resolved, resume, _rule_text(rule))
        print(f"Results: {folder.path}", file=sys.stderr)
        with holding(folder.path), kept_when_full(folder.path, _go_on(folder)):
            done = _play(_as_begun(resolved, folder), folder, rule)
            if resolved.study.grader:
                write_judgements_in_logs(folder.path)
    for told in traffic_by_model(done.traffic):
        print(told, file=sys.stderr)
    if as_json:
        print(json.dumps(_as_json(resolved, folder, done, rule), ensure_ascii=False))
    else:
        _print_tables(resolved, done, rule)
    return _exit_code(folder, done)


def _rule_text(rule: StoppingRule | None) -> str | None:
    """Return what is written of a rule before the first episode."""
    if rule is None:
        return None
    from peerwatch.stopping.interim_looks import stopping_text

    return stopping_text(rule)


def _play(study: ResolvedStudy, folder: StudyFolder, rule: StoppingRule | None) -> StudyRun:
    if rule is None:
        return run_study(study, folder)
    from peerwatch.running.until_narrow import run_until

    return run_until(study, folder, rule)


def _as_begun(study: ResolvedStudy, folder: StudyFolder) -> ResolvedStudy:
    """Return the study as the folder has it, with the attempts and connection asked for now.

    The same study can be written in two ways, seeds in another order for one. Inspect takes up
    what is there only where it is asked in the same way.
    """
    begun = folder.study()
    now = {"attempts": study.study.attempts, "connection": study.study.connection}
    for change in changed_connection(begun.study.connection, study.study.connection):
        print(f"For this call alone: {change}.", file=sys.stderr)
    return replace(begun, study=begun.study.model_copy(update=now))


def changed_connection(begun: Connection, now: Connection) -> list[str]:
    """Return what is called otherwise than when a study was begun, a phrase a setting."""
    before = begun.model_dump()
    return [
        f"{name} is {_or_default(value)}, in study.yaml {_or_default(before[name])}"
        for name, value in now.model_dump().items()
        if value != before[name]
    ]


def _or_default(value: int | None) -> str:
    return "the default" if value is None else str(value)


def _new_folder(study: Study) -> Path:
    """Return a folder that does not exist yet, named after the study and the time."""
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in study.name)
    return Path("runs") / f"{stem}-{moment}"


def _print_tables(study: ResolvedStudy, done: StudyRun, rule: StoppingRule | None) -> None:
    console = Console(width=None if sys.stdout.isatty() else 100)
    console.print(outcome_table(outcome_rows(done.episodes)))
    if not any(answers_claim(arms) for arms in study.arms.values()):
        console.print(f"Note: {UNANSWERABLE}", style="yellow", markup=False, highlight=False)
    for note in (*version_notes(done.episodes), *cut_off_notes(done.episodes)):
        console.print(f"Note: {note}", style="yellow", markup=False, highlight=False)
    if rule is not None and done.stopping is not None:
        from peerwatch.stopping.interim_looks import looks_table

        console.print(looks_table(rule, done.stopping))


def _as_json(
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
        "rows": [row.to_dict() for row in outcome_rows(done.episodes)],
        "stopping": _looks_as_json(rule, done),
        "endpoints": [{"model": model, **one.to_dict()} for model, one in done.traffic.items()],
    }


def _looks_as_json(rule: StoppingRule | None, done: StudyRun) -> dict[str, Any] | None:
    if rule is None:
        return None
    from peerwatch.stopping.interim_looks import stopping_as_json

    return stopping_as_json(rule, done.stopping)


def _go_on(folder: StudyFolder) -> str:
    return f"peerwatch run --out {shlex.quote(str(folder.path))} --resume"


def _exit_code(folder: StudyFolder, done: StudyRun) -> int:
    """Say what is wrong, if anything, and return the exit code."""
    failed = done.episodes.filter(pl.col("error").is_not_null() & pl.col("error").ne(INTERRUPTED))
    go_on = _go_on(folder)
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
