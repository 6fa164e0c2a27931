"""Which logs are to be scored again, and where the new ones go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from inspect_ai.log import list_eval_logs

from peerwatch.behaviours.detect import VERSION
from peerwatch.common.errors import PeerwatchError
from peerwatch.judge.judgement_table import JUDGEMENTS_FILE
from peerwatch.records.study_folder import StudyFolder

_BESIDE = (JUDGEMENTS_FILE, "realism.json")
"""What graders said, which does not depend on the detectors."""
_LOGS = (".eval", ".json")
MANIFEST = "logs.json"
"""Inspect's own list of the logs of a folder; it is made anew."""


@dataclass(frozen=True, slots=True)
class LogPlace:
    """A log, where the new one goes, and the table that follows from the new one, if there is."""

    old: Path
    new: Path
    table: Path | None = None


@dataclass(frozen=True, slots=True)
class RescoringPlan:
    """What is to be done.

    Attributes:
        sources: What was asked for, as whole paths.
        out: The folder of the new logs; None where the old ones are written over.
        logs: Every log.
        studies: The results folders in which the new logs will lie.
        beside: Files that go with the logs: old place and new.
    """

    sources: tuple[Path, ...]
    out: Path | None
    logs: tuple[LogPlace, ...]
    studies: tuple[StudyFolder, ...]
    beside: tuple[tuple[Path, Path], ...] = ()

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders beside whose logs judgements may lie."""
        found = [one.path for one in self.studies]
        inside = {log.new.parent for log in self.logs}
        loose = {path for path in inside if not any(path.is_relative_to(one) for one in found)}
        return (*found, *sorted(loose))


def rescoring_plan(
    paths: Sequence[Path], out: Path | None = None, in_place: bool = False
) -> RescoringPlan:
    """Return which logs are to be scored again, and where the new ones go.

    Args:
        paths: Results folders (or folders of them), folders of logs, single logs.
        out: The folder of the new logs. Of a single source a folder beside it, unless told.
        in_place: Write over the old logs instead.

    Raises:
        PeerwatchError: A path that holds no logs, or a folder for the new ones that will not do.
    """
    if in_place and out is not None:
        raise PeerwatchError("--in-place writes over the old logs: leave --out away.")
    sources = tuple(dict.fromkeys(_whole(path) for path in paths))
    if not sources:
        raise PeerwatchError("What is to be scored again? Give results folders or logs.")
    for source in sources:
        if not source.exists():
            raise PeerwatchError(f"{source} does not exist. Give a results folder, logs or a log.")
        if source.is_file() and source.suffix not in _LOGS:
            raise PeerwatchError(
                f"{source} is no Inspect log (*.eval, *.json). Give a results folder or logs."
            )
    if in_place:
        return _plan(sources, None, {source: source for source in sources})
    target = _target(sources, out)
    return _plan(sources, target, _targets(sources, target))


def _whole(path: Path) -> Path:
    return (path.parent if path.name == "study.yaml" else path).resolve()


def _target(sources: Sequence[Path], out: Path | None) -> Path:
    if out is None and len(sources) > 1:
        raise PeerwatchError("Of several sources the new logs need a folder: give --out.")
    one = sources[0]
    stem = one.stem if one.is_file() else one.name
    target = one.with_name(f"{stem}-detectors-{VERSION}") if out is None else out.resolve()
    for source in sources:
        folder = source if source.is_dir() else None
        if folder and (target.is_relative_to(folder) or folder.is_relative_to(target)):
            raise PeerwatchError(
                f"{target} and {source} lie in one another, so that old and new logs would be "
                "taken for one. Choose another --out, or --in-place to write over the old logs."
            )
    return target


def _targets(sources: Sequence[Path], target: Path) -> dict[Path, Path]:
    """Return where what comes of each source goes."""
    if len(sources) == 1 and sources[0].is_dir():
        return {sources[0]: target}
    names = [source.name for source in sources]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise PeerwatchError(
            f"Two of the sources are called {twice[0]}, and would go to one place in {target}. "
            "Score them again one after the other, each with its own --out."
        )
    return {source: target / source.name for source in sources}


def _plan(sources: tuple[Path, ...], out: Path | None, targets: dict[Path, Path]) -> RescoringPlan:
    logs: dict[Path, Path] = {}
    beside: dict[Path, Path] = {}
    studies: list[StudyFolder] = []
    for source, target in targets.items():
        found = [source] if source.is_file() else _logs_under(source)
        if not found:
            raise PeerwatchError(f"{source} holds no Inspect logs, so there is nothing to score.")
        logs |= {log: target if log == source else target / _inside(log, source) for log in found}
        folders = sorted(file.parent for file in source.rglob("study.yaml"))
        studies += [StudyFolder(target / _inside(folder, source)) for folder in folders]
        root = source if source.is_dir() else source.parent
        for file in _files_beside(root, folders, set(found)):
            beside[file] = (target if source.is_dir() else target.parent) / _inside(file, root)
    places = tuple(LogPlace(old, new, _table(new, studies)) for old, new in sorted(logs.items()))
    return RescoringPlan(sources, out, places, tuple(studies), tuple(sorted(beside.items())))


def _table(log: Path, studies: Sequence[StudyFolder]) -> Path | None:
    return next((one.episodes for one in studies if log.is_relative_to(one.logs)), None)


def _logs_under(folder: Path) -> list[Path]:
    infos = list_eval_logs(str(folder), formats=["eval", "json"])
    return [path for path in map(_local, (info.name for info in infos)) if not _aside(path)]


def _local(name: str) -> Path:
    return Path(name.removeprefix("file://"))


def _aside(path: Path) -> bool:
    """Return whether a log was cut off and set aside by a resumed run."""
    return path.parent.name == "unreadable" and (path.parent.parent / "study.yaml").exists()


def _inside(path: Path, folder: Path) -> Path:
    return path.relative_to(folder)


def _files_beside(root: Path, studies: Sequence[Path], logs: set[Path]) -> Iterator[Path]:
    """Yield what belongs to the logs and does not follow from them."""
    for folder in dict.fromkeys((root, *studies)):
        names: tuple[str, ...] = _BESIDE
        if folder in studies:
            names = ("study.yaml", "stopping.json", *_BESIDE)
            yield from (
                file
                for file in _all_in(folder / "logs")
                if file not in logs and file.name != MANIFEST and file.suffix != ".part"
            )
            yield from _all_in(folder / "unreadable")
        yield from (folder / name for name in names if (folder / name).is_file())


def _all_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else []
