"""Where episodes come from: results folders, Inspect logs, episode tables, the study's dataset."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from inspect_ai.log import EvalLogInfo, list_eval_logs

from peerwatch.common.errors import PeerwatchError
from peerwatch.design.arms import FACTORS
from peerwatch.episodes.countable import with_could_deviate
from peerwatch.episodes.inspect_logs import LogsRead, local_path, read_logs
from peerwatch.episodes.original_study.dataset import FLAGS_VERSION, is_dataset, read_dataset
from peerwatch.episodes.pooling import check_versions, pooling_notes, refuse_attacks
from peerwatch.episodes.rows import EPISODE_COLUMNS
from peerwatch.episodes.study_logs import strange_logs
from peerwatch.records.study_folder import StudyFolder
from peerwatch.studies.study import ResolvedStudy

_NEEDED = (
    "model", "critic_kind", "world", "critic", "family", "instance", "arm", *FACTORS, "seed",
    "epoch", "attempt", "outcome", "stake", "sample", "task_version", "detectors_version",
)  # fmt: skip
"""The columns without which a table of episodes says nothing."""
_TABLES = (".parquet", ".csv")
_LOGS = (".eval", ".json")


@dataclass(frozen=True, slots=True)
class LoadedEpisodes:
    """Episodes of one or many sources.

    Attributes:
        episodes: One row an episode-attempt, with the columns of ``episodes.EPISODE_COLUMNS``.
        studies: The studies whose results folders were among the sources, each once.
        warnings: What a reader of any result has to know of the sources, as sentences.
        missing: Those of the warnings that say which episodes are missing, or left out.
        sources: What was read, as given or found.
    """

    episodes: pl.DataFrame
    studies: tuple[ResolvedStudy, ...]
    warnings: tuple[str, ...]
    sources: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    """What lies under the given paths, by kind."""

    folders: list[StudyFolder] = field(default_factory=list)
    logs: list[EvalLogInfo] = field(default_factory=list)
    tables: list[Path] = field(default_factory=list)
    dataset: list[Path] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Parts:
    """What has been read so far."""

    frames: list[tuple[str, pl.DataFrame]] = field(default_factory=list)
    studies: list[ResolvedStudy] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def load_episodes(paths: Sequence[str | Path]) -> LoadedEpisodes:
    """Return the episodes of every path, the same episode once.

    A path is a results folder (or a folder of them), a folder of Inspect logs at any depth, a
    single log, an ``episodes.parquet``, or a file or folder of the study's public dataset. Of a
    results folder the table is read where no log is newer, else the logs.

    Raises:
        PeerwatchError: A path that is none of these or cannot be read, tables that lack columns,
            episodes that may not be pooled, or no episodes at all.
    """
    if not paths:
        raise PeerwatchError("Nothing to read: give a results folder, a log folder or a table.")
    found = _Found()
    for path in dict.fromkeys(Path(path) for path in paths):
        _sort(path, found)
    parts = _Parts()
    for folder in found.folders:
        _read_folder(folder, parts)
    if found.logs:
        parts.frames.append(("the logs given", _used(read_logs(found.logs), parts)))
    for table in found.tables:
        parts.frames.append((str(table), _read_table(table, parts)))
    if found.dataset:
        rows, said = read_dataset(found.dataset)
        parts.frames.append(("the study's dataset", rows))
        parts.warnings += said
    return _pooled(parts, tuple(found.sources))


def _sort(path: Path, found: _Found) -> None:
    """Add what a path holds to what was found."""
    if not path.exists():
        raise PeerwatchError(f"{path} does not exist.")
    before = len(found.sources)
    if path.is_file():
        _sort_file(path, found)
    else:
        _sort_folder(path, found)
    if len(found.sources) == before:
        raise PeerwatchError(
            f"{path} holds nothing to read: no study.yaml (a results folder), no Inspect logs "
            "(*.eval), no episodes.parquet, and no files of the study's dataset."
        )


def _sort_file(path: Path, found: _Found) -> None:
    if path.suffix in _TABLES:
        columns = _columns(path)
        if path.suffix == ".csv" or is_dataset(columns):
            found.dataset.append(path)
        else:
            found.tables.append(path)
    elif path.suffix in _LOGS:
        found.logs += _logs_at(path)
    elif path.name == "study.yaml":
        found.folders.append(StudyFolder(path.parent))
    else:
        raise PeerwatchError(
            f"{path} is no results folder, no Inspect log (*.eval, *.json), no episodes.parquet "
            "and no file of the study's dataset (*.parquet, *.csv)."
        )
    found.sources.append(str(path))


def _sort_folder(path: Path, found: _Found) -> None:
    studies = sorted(file.parent for file in path.rglob("study.yaml"))
    found.folders += [StudyFolder(folder) for folder in studies]
    found.sources += [str(folder) for folder in studies]
    if path in studies:
        return
    loose = [info for info in _logs_at(path) if not _under(local_path(info), studies)]
    if loose:
        found.logs += loose
        found.sources.append(str(path))
    for file in sorted(file for end in _TABLES for file in path.rglob(f"*{end}")):
        if _under(file, studies):
            continue
        columns = _columns(file)
        if is_dataset(columns):
            found.dataset.append(file)
        elif {"outcome", "arm"} <= set(columns) and not loose:
            found.tables.append(file)
        else:
            continue
        found.sources.append(str(file))


def _logs_at(path: Path) -> list[EvalLogInfo]:
    infos = list_eval_logs(str(path), formats=["eval", "json"]) if path.is_dir() else []
    if path.is_file():
        status = path.stat()
        infos = [
            EvalLogInfo(
                name=str(path), type="file", size=status.st_size, mtime=status.st_mtime * 1000,
                task="", task_id="", suffix=None,
            )
        ]  # fmt: skip
    return sorted(infos, key=lambda info: info.name)


def _under(file: Path, folders: Iterable[Path]) -> bool:
    return any(file.resolve().is_relative_to(folder.resolve()) for folder in folders)


def _columns(path: Path) -> list[str]:
    try:
        if path.suffix == ".csv":
            return pl.scan_csv(path, infer_schema=False).collect_schema().names()
        return list(pl.read_parquet_schema(path))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise PeerwatchError(f"{path} cannot be read as a table: {_line(error)}") from error


def _line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _read_folder(folder: StudyFolder, parts: _Parts) -> None:
    study = _study_of(folder, parts)
    if study is not None and study.hash not in {known.hash for known in parts.studies}:
        parts.studies.append(study)
    infos = _logs_at(folder.logs) if folder.logs.is_dir() else []
    if _table_will_do(folder, infos):
        rows = _read_table(folder.episodes, parts)
    else:
        rows = _own_rows(read_logs(infos), study, folder, parts)
    if not rows.height:
        what = f"holds the study '{study.study.name}'" if study else "holds a study.yaml"
        parts.missing.append(
            f"{folder.path} {what} and no episodes. Run it with "
            f"`peerwatch run --out {shlex.quote(str(folder.path))} --resume`."
        )
        return
    if study is not None:
        parts.missing += _absent(study, rows, folder)
    parts.frames.append((str(folder.path), rows))


def _study_of(folder: StudyFolder, parts: _Parts) -> ResolvedStudy | None:
    """Return the study of a folder; what it declared is not needed to read what came of it."""
    try:
        return ResolvedStudy.from_yaml(
            folder.study_file.read_text(encoding="utf-8"), str(folder.study_file)
        )
    except (PeerwatchError, OSError, UnicodeDecodeError) as error:
        parts.missing.append(
            f"{error} What the study declared, and whether episodes of it are missing, is not "
            "known here."
        )
        return None


def _table_will_do(folder: StudyFolder, infos: Sequence[EvalLogInfo]) -> bool:
    """Return whether a folder's table is there, in our schema, and older than no log."""
    if not folder.episodes.exists():
        return False
    if not infos:
        return True
    written = folder.episodes.stat().st_mtime
    if any(local_path(info).stat().st_mtime > written for info in infos):
        return False
    try:
        return set(_columns(folder.episodes)) == set(EPISODE_COLUMNS)
    except PeerwatchError:
        return False


def _used(read: LogsRead, parts: _Parts) -> pl.DataFrame:
    """Return the rows of logs, and note which logs were of no use or are cut short."""
    for name, why in read.unreadable:
        parts.missing.append(
            f"{name.removeprefix('file://')} cannot be read, and its episodes are missing here: "
            f"{why}. Put a whole copy in its place, or resume the run, which sets it aside and "
            "runs its episodes again."
        )
    for log in read.short:
        why = "says that it has ended, and lacks some" if log.ended else "ends early"
        parts.missing.append(
            f"{log.name} {why}: {log.there} of its {log.wanted} episodes are there. The others are "
            "not rows and in no denominator; resume the run to have them."
        )
    return read.episodes


def _own_rows(
    read: LogsRead, study: ResolvedStudy | None, folder: StudyFolder, parts: _Parts
) -> pl.DataFrame:
    """Return the rows of a study's logs, without those of logs that are none of its."""
    rows = _used(read, parts)
    strange = {} if study is None else strange_logs(read, study, folder)
    for log, why in strange.items():
        parts.missing.append(
            f"{folder.logs / log} is no log of this study ({why}), and is left out here. Move it "
            "out of the folder, and give it by itself if it is to be read."
        )
    return rows.filter(~pl.col("log").is_in(list(strange)))


def _read_table(path: Path, parts: _Parts) -> pl.DataFrame:
    """Return a table of episodes in our schema, whichever version wrote it.

    Raises:
        PeerwatchError: It cannot be read, or lacks columns that nothing can be said without.
    """
    there = _columns(path)
    lacking = [name for name in _NEEDED if name not in there]
    if lacking:
        raise PeerwatchError(
            f"{path} is no table of episodes of this version: it lacks {', '.join(lacking)}. "
            "Give the folder of its Inspect logs instead; the table is made anew from them."
        )
    absent = [name for name in EPISODE_COLUMNS if name not in there]
    more = [name for name in there if name not in EPISODE_COLUMNS]
    if absent or more:
        parts.warnings.append(
            f"{path} was written by another version of Peerwatch: "
            + "; ".join(
                f"{what} {', '.join(names)}"
                for what, names in (("it lacks", absent), ("not used are", more))
                if names
            )
            + "."
        )
    columns = [
        (pl.col(name) if name in there else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in EPISODE_COLUMNS.items()
    ]
    try:
        return pl.scan_parquet(path).select(columns).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise PeerwatchError(f"{path} cannot be read as a table: {_line(error)}") from error


def _absent(study: ResolvedStudy, rows: pl.DataFrame, folder: StudyFolder) -> Iterator[str]:
    """Yield how many declared episodes are not there, and of which arms."""
    counts = rows.group_by("model", "family", "arm").agg(pl.struct("seed", "epoch").n_unique())
    there = {tuple(arm): count for *arm, count in counts.rows()}
    lacking, wanted = {}, 0
    for model in study.study.models:
        for family, arms in study.arms.items():
            each = _seeds_called_for(study, rows, folder, model, family) * study.study.epochs
            wanted += each * len(arms)
            for arm in arms:
                found = there.get((model, family, arm.label), 0)
                if found < each:
                    lacking[f"{model}, {family}, {arm.label} ({found} of {each})"] = each - found
    if lacking:
        more = f" and {len(lacking) - 3} arms more" if len(lacking) > 3 else ""
        yield (
            f"{folder.path}: {sum(lacking.values())} of {wanted} declared episodes are missing: "
            f"{'; '.join(list(lacking)[:3])}{more}. They are in no denominator; resume the run to "
            "have them."
        )


def _seeds_called_for(
    study: ResolvedStudy, rows: pl.DataFrame, folder: StudyFolder, model: str, family: str
) -> int:
    """Return how many seeds an arm should have; where a rule stops it, as many as any arm has."""
    if not folder.stopping.exists():
        return len(study.seeds)
    return rows.filter(model=model, family=family)["seed"].n_unique() or len(study.seeds)


def _pooled(parts: _Parts, sources: tuple[str, ...]) -> LoadedEpisodes:
    frames = [(origin, rows) for origin, rows in parts.frames if rows.height]
    if not frames:
        told = " ".join((*parts.warnings, *parts.missing))
        raise PeerwatchError(told or f"No episodes of ours in {', '.join(sources)}.")
    refuse_attacks(frames)
    check_versions(frames)
    # Tables of before there was the column lack it.
    episodes = with_could_deviate(_once(pl.concat([rows for _, rows in frames], rechunk=False)))
    return LoadedEpisodes(
        episodes=episodes,
        studies=tuple(parts.studies),
        warnings=(*parts.missing, *parts.warnings, *pooling_notes(episodes)),
        sources=sources,
        missing=tuple(parts.missing),
    )


def _once(episodes: pl.DataFrame) -> pl.DataFrame:
    """Return the episodes, an attempt that came by two paths once: the first time.

    Ids of the study's dataset are not unique, and its rows have been counted once already.
    """
    ours = pl.col("sample").is_not_null() & pl.col("detectors_version").ne_missing(FLAGS_VERSION)
    again = ~pl.struct("sample", "attempt").is_first_distinct()
    return episodes.filter(~(ours & again))
