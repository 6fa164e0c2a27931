"""Scoring logs again: log after log, each new one whole or not there, going on after a stop."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from inspect_ai.log import (
    EvalLog,
    list_eval_logs,
    read_eval_log,
    write_eval_log,
    write_log_dir_manifest,
)

from peerwatch.behaviours.detect import VERSION
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.files import part_path, replacing, write_text
from peerwatch.common.folder_lock import LOCK_FILE, holding
from peerwatch.episodes.inspect_logs import NOT_IN_ROWS, read_logs
from peerwatch.episodes.rows import sample_key
from peerwatch.judge.judgement_table import JUDGEMENTS_FILE
from peerwatch.records.log_damage import log_damage, why_unreadable
from peerwatch.records.study_folder import StudyFolder
from peerwatch.rescoring.rescored_log import (
    is_of_today,
    kept_in,
    made_from,
    own_samples,
    rescored_log,
)
from peerwatch.rescoring.rescoring_plan import MANIFEST, LogPlace, RescoringPlan
from peerwatch.rescoring.verdict_changes import LogChanges, log_changes

MARKER = "rescored.json"
"""The file by which a folder of new logs is known, and what came of it."""
LogState = Literal["scored", "before", "today", "foreign", "unreadable"]
"""Scored now; scored by an earlier call; of today's detectors already; no log of ours; damaged."""


@dataclass(frozen=True, slots=True)
class LogDone:
    """What became of one log."""

    log: Path
    state: LogState
    changes: LogChanges
    why: str = ""
    """Why nothing of it can be read."""


def rescore(plan: RescoringPlan, advance: Callable[[int], None] = lambda n: None) -> list[LogDone]:
    """Score every log of a plan again and write the new logs.

    Logs that an earlier call has done are not done again. What cannot be scored again is in the
    new logs as it was.

    Args:
        plan: From ``rescoring_plan``.
        advance: Called with the number of logs done since the last call.

    Raises:
        PeerwatchError: The folder for the new logs is somebody else's or in use, or a file cannot
            be read or written.
    """
    try:
        with _holding(plan):
            done = []
            for place in plan.logs:
                done.append(_one(place))
                advance(1)
            new = {one.log for one in done if one.state == "scored"}
            for study in plan.studies:
                if not study.episodes.exists() or any(log.parent == study.logs for log in new):
                    _finish_study(study)
            return done
    except OSError as error:
        raise PeerwatchError(
            f"{error.filename or plan.out} cannot be read or written ({error.strerror}). Mend it, "
            "or choose another --out; the logs that are done are kept."
        ) from error


@contextlib.contextmanager
def _holding(plan: RescoringPlan) -> Iterator[None]:
    """Make the folder of the new logs ready, and keep a second run out of it."""
    with contextlib.ExitStack() as held:
        if plan.out is None:
            for study in plan.studies:
                held.enter_context(holding(study.path))
        else:
            _check_folder(plan, plan.out)
            plan.out.mkdir(parents=True, exist_ok=True)
            held.enter_context(holding(plan.out))
            write_text(plan.out / MARKER, json.dumps(marker(plan), ensure_ascii=False) + "\n")
            _copy_beside(plan)
        yield


def _check_folder(plan: RescoringPlan, out: Path) -> None:
    """Make sure that a folder is new, or holds what comes of the same logs."""
    if out.exists() and not out.is_dir():
        raise PeerwatchError(f"{out} is a file, not a folder. Choose another --out.")
    kept = out / MARKER
    begun = {out / LOCK_FILE, part_path(kept)}
    if not out.is_dir() or begun.issuperset(out.iterdir()):
        return
    if not kept.is_file():
        raise PeerwatchError(
            f"{out} is not empty and was not written by `peerwatch rescore`. Choose another --out; "
            "nothing in it was touched."
        )
    try:
        there = json.loads(kept.read_text(encoding="utf-8"))
        detectors, sources = there["detectors"], there["sources"]
    except (ValueError, TypeError, KeyError) as error:
        raise PeerwatchError(
            f"{kept} is damaged ({error}), so that it is not known what {out} holds. Choose "
            "another --out."
        ) from error
    if detectors != VERSION:
        raise PeerwatchError(
            f"{out} holds logs scored again by detectors {detectors}, today's are {VERSION}. "
            "Choose another --out."
        )
    if sources != [str(source) for source in plan.sources]:
        raise PeerwatchError(
            f"{out} holds what came of other logs: {', '.join(map(str, sources))}. Choose another "
            "--out; nothing in it was touched."
        )


def marker(plan: RescoringPlan) -> dict[str, Any]:
    """Return what a folder of new logs is known by."""
    return {"detectors": VERSION, "sources": [str(source) for source in plan.sources]}


def _copy_beside(plan: RescoringPlan) -> None:
    """Copy what goes with the logs; judgements that were added to the new ones stay."""
    for old, new in plan.beside:
        kept = new.name == JUDGEMENTS_FILE and new.exists()
        if not kept and not _same(old, new):
            _copy(old, new)


def _one(place: LogPlace) -> LogDone:
    digest = _digest(place.old)
    there = _made_before(place, digest)
    if there is not None:
        return _told(place.new, "before", there)
    damage = log_damage(place.old) if place.old.suffix == ".eval" else None
    if damage is not None:
        return LogDone(_as_it_was(place), "unreadable", LogChanges(), damage)
    try:
        log = read_eval_log(str(place.old))
    except Exception as error:  # Inspect raises many kinds for a damaged file
        why = why_unreadable(place.old, error)
        return LogDone(_as_it_was(place), "unreadable", LogChanges(), why)
    state = _state_of(log)
    if state != "scored":
        return _told(_as_it_was(place), state, log)
    new = rescored_log(log, digest)
    _write(new, place)
    return _told(place.new, state, new)


def _state_of(log: EvalLog) -> LogState:
    """Return what is to become of a log as it is: ``scored`` if there is something to score."""
    own = own_samples(log)
    if not own:
        return "foreign"
    kept = kept_in(log) if made_from(log) else {}
    if any(not is_of_today(one) and sample_key(one) not in kept for one in own):
        return "scored"
    return "before" if made_from(log) else "today"


def _told(path: Path, state: LogState, log: EvalLog) -> LogDone:
    return LogDone(path, state, log_changes(log, path.name))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def _made_before(place: LogPlace, digest: str) -> EvalLog | None:
    """Return the new log if an earlier call has made it of the old one as it is now."""
    if place.old == place.new or not place.new.exists():
        return None
    try:
        if made_from(read_eval_log(str(place.new), header_only=True)) != digest:
            return None
        return read_eval_log(str(place.new), exclude_fields=NOT_IN_ROWS)
    except Exception:  # it is made anew
        return None


def _as_it_was(place: LogPlace) -> Path:
    if place.old != place.new and not _same(place.old, place.new):
        _forget_table(place)
        _copy(place.old, place.new)
    return place.new


def _forget_table(place: LogPlace) -> None:
    """Remove the table of an earlier call: a log as old as the one before would be overlooked."""
    if place.table is not None and place.old != place.new:
        place.table.unlink(missing_ok=True)


def _same(old: Path, new: Path) -> bool:
    return new.exists() and new.read_bytes() == old.read_bytes()


def _copy(old: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    with replacing(new) as part:
        shutil.copy2(old, part)


def _write(log: EvalLog, place: LogPlace) -> None:
    """Write a new log, as old as the one before: of two logs of a task the later one counts."""
    place.new.parent.mkdir(parents=True, exist_ok=True)
    _forget_table(place)
    moment = place.old.stat().st_mtime_ns
    form: Literal["eval", "json"] = "json" if place.new.suffix == ".json" else "eval"
    with replacing(place.new) as part:
        write_eval_log(log, part, format=form)
        if place.old != place.new:
            os.utime(part, ns=(moment, moment))


def _finish_study(study: StudyFolder) -> None:
    """Write what follows from the logs of a results folder: its table, and Inspect's list."""
    found = read_logs(list_eval_logs(str(study.logs), formats=["eval", "json"]))
    study.write_episodes(found.episodes)
    if found.unreadable:  # Inspect cannot list what it cannot read
        (study.logs / MANIFEST).unlink(missing_ok=True)
    else:
        write_log_dir_manifest(str(study.logs), filename=MANIFEST)
