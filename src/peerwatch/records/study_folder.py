"""The results folder of a study: what lies in it, and what may be run into it.

study.yaml         the resolved study, its hash and every version
logs/*.eval        Inspect's logs
episodes.parquet   one row an episode
stopping.json      of a study that stops by itself: the rule, and every look
.lock              by which a run keeps a second one out; it stays
"""

from __future__ import annotations

import itertools
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import polars as pl

from peerwatch.common.errors import DesignError, PeerwatchError
from peerwatch.common.files import part_path, write_table, write_text
from peerwatch.common.folder_lock import LOCK_FILE
from peerwatch.studies.study import ResolvedStudy


@dataclass(frozen=True, slots=True)
class StudyFolder:
    """A folder of one study's results."""

    path: Path

    @property
    def study_file(self) -> Path:
        return self.path / "study.yaml"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def episodes(self) -> Path:
        return self.path / "episodes.parquet"

    @property
    def stopping(self) -> Path:
        return self.path / "stopping.json"

    def study(self) -> ResolvedStudy:
        """Return the study whose results these are.

        Raises:
            PeerwatchError: There is no study file, or it is broken.
        """
        try:
            text = self.study_file.read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            raise PeerwatchError(
                f"{self.path} holds no study.yaml, so it is not a results folder."
            ) from None
        try:
            return ResolvedStudy.from_yaml(text, str(self.study_file))
        except DesignError as error:
            raise PeerwatchError(
                f"{error} Without the study these results belong to, nothing can be added to "
                f"{self.path}; nothing was changed. To run the study anew, choose another --out."
            ) from error

    def write_episodes(self, episodes: pl.DataFrame) -> None:
        """Write the episodes table so that it is either whole or the one before."""
        write_table(self.episodes, episodes)

    def write_stopping(self, text: str) -> None:
        """Write the stopping rule and the looks so that they are either whole or those before."""
        write_text(self.stopping, text)


def open_study_folder(
    path: Path, study: ResolvedStudy, resume: bool, stopping: str | None = None
) -> StudyFolder:
    """Make a folder ready for a study, or check that it holds the same one.

    Args:
        path: The folder.
        study: What is to be run into it.
        resume: Whether it may hold the study already.
        stopping: The text of ``stopping.json``, for a new study that stops by itself.

    Raises:
        PeerwatchError: The folder cannot be written, is somebody else's, holds another study, or
            holds this one and ``resume`` was not asked for.
    """
    folder = StudyFolder(path)
    if folder.study_file.exists():
        _check_same(folder, study, resume)
    elif path.exists() and not path.is_dir():
        raise PeerwatchError(f"{path} is a file, not a folder. Choose another --out.")
    elif path.is_dir() and not _left_over(folder, stopping).issuperset(path.iterdir()):
        raise PeerwatchError(
            f"{path} is not empty and holds no study.yaml: it is no results folder. "
            "Choose another --out; nothing in it was touched."
        )
    try:
        # The study before any log, so that a folder with logs and no study is never ours; the
        # rule before the study, so that no study is ever without the rule it began with.
        path.mkdir(parents=True, exist_ok=True)
        if not folder.study_file.exists():
            if stopping is not None:
                folder.write_stopping(stopping)
            write_text(folder.study_file, study.to_yaml())
        folder.logs.mkdir(exist_ok=True)
    except OSError as error:
        raise PeerwatchError(
            f"{path} cannot be written ({error.strerror}). Choose another folder with --out."
        ) from error
    return folder


def _go_on(folder: StudyFolder) -> str:
    return f"`peerwatch run --out {shlex.quote(str(folder.path))} --resume`"


def refuse_held(path: Path) -> None:
    """Make sure that no study is in a folder, before anything is asked of a new one.

    Raises:
        PeerwatchError: There is one, or what is left of one.
    """
    folder = StudyFolder(path)
    if folder.study_file.exists():
        raise PeerwatchError(
            f"{path} already holds a study ('{folder.study().study.name}'). Add --resume to go on "
            f"with it: {_go_on(folder)}; nothing is run twice. For a new study choose another "
            "--out."
        )


def _left_over(folder: StudyFolder, stopping: str | None) -> set[Path]:
    """Return what the same run, killed at its very beginning, may have left behind."""
    rule = () if stopping is None else (folder.stopping, part_path(folder.stopping))
    return {part_path(folder.study_file), folder.path / LOCK_FILE, *rule}


def _check_same(folder: StudyFolder, study: ResolvedStudy, resume: bool) -> None:
    there = folder.study()
    if there.attack != study.attack:
        what, command = (
            ("an attack", "calibrate --attacker") if there.attack else ("a study", "run")
        )
        raise PeerwatchError(
            f"{folder.path} holds {what}, as `peerwatch {command}` plays it, and attacks are kept "
            "apart from studies. Choose another --out; nothing was run or changed."
        )
    if there.hash != study.hash:
        raise PeerwatchError(
            f"{folder.path} holds another study ('{there.study.name}', {there.hash[:19]}…; this "
            f"one is '{study.study.name}', {study.hash[:19]}…). Choose another --out, or go on "
            f"with the one that is there: {_go_on(folder)}. Nothing was run or changed."
        )
    if not resume:
        raise PeerwatchError(
            f"{folder.path} already holds this study. Add --resume to go on with it (nothing is "
            "run twice), or choose another --out."
        )
    old, new = there.versions.get("tasks"), study.versions.get("tasks")
    if old != new:
        _refuse_mixed(
            folder, f"task version {old}, this is {new}: their episodes are not comparable"
        )
    form, now = there.versions.get("scores", "1"), study.versions.get("scores", "1")
    if form != now:
        _refuse_mixed(
            folder,
            f"scores of form {form}, this has form {now}: Inspect cannot put both in one log",
        )


def _refuse_mixed(folder: StudyFolder, why: str) -> NoReturn:
    raise PeerwatchError(
        f"{folder.path} was begun with {why}, and nothing in it was changed. Go on with the "
        "version of Peerwatch that began it (study.yaml names it), or run the study anew into "
        f"another --out. `peerwatch rescore {shlex.quote(str(folder.path))}` scores what is there "
        "with the detectors of today."
    )


def set_log_aside(folder: StudyFolder, log: Path) -> Path:
    """Move a damaged log out of Inspect's way, into ``unreadable/``; return where it is now."""
    aside = folder.path / "unreadable"
    aside.mkdir(exist_ok=True)
    return log.rename(_free(aside / log.name))


def _free(path: Path) -> Path:
    """Return the path, with a number in it if it is taken."""
    names = (path.with_stem(f"{path.stem}-{number}") for number in itertools.count(2))
    return next(name for name in itertools.chain((path,), names) if not name.exists())
