"""Reading Inspect logs into a table of episodes.

Inspect's streaming reader keeps about 64 KiB of each sample for as long as the process lives (a
leak in the JSON parser that it uses). Where there is much to read, processes of their own read it
in parts and are gone, several side by side; a table then takes memory and a log does not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from inspect_ai.log import (
    EvalLog,
    EvalLogInfo,
    list_eval_logs,
    read_eval_log,
    read_eval_log_sample_summaries,
    read_eval_log_samples_by_id,
)

from peerwatch.common.errors import PeerwatchError
from peerwatch.episodes.rows import EPISODE_COLUMNS, episode_rows
from peerwatch.records.log_damage import log_damage, why_unreadable

_IDENTITY = ("task_id", "model", "arm_key", "instance", "epoch", "attempt")
"""What makes a row one and the same; a resumed run keeps the task id, another run has its own."""
_ORDER = ["model", "family", "arm", "seed", "epoch", "attempt", "log", "sample"]

_RANK = {"success": 3, "error": 2, "cancelled": 1, "started": 0}
_RANKS = ("_status", "_created", "_written")
_RANKED = {
    **EPISODE_COLUMNS,
    "task_id": pl.String,
    "arm_key": pl.String,
    **dict(zip(_RANKS, (pl.Int64, pl.String, pl.Float64), strict=True)),
}

NOT_IN_ROWS = {"messages", "events", "events_data", "store", "attachments", "timelines"}
"""Of a sample, what no row needs: most of a log, and most of the time to read it."""
_LARGE, _BATCH = 32 * 2**20, 200
"""A log of more bytes than this is read so many episodes at a time."""
_PART = 64 * 2**20
"""Bytes of logs that one process reads; some 2,000 to 5,000 episodes."""
_READERS = 4
"""Processes side by side, at most; no more than there are processors."""
_ROWS = 2000
"""Rows that are kept as objects before they become part of a table."""


@dataclass(frozen=True, slots=True)
class LogsRead:
    """What a set of logs held.

    Attributes:
        episodes: One row an episode-attempt.
        unreadable: Log, and why nothing of it could be read.
        short: The logs in which fewer episodes are than there should be.
        runs: Name of a log -> its task id, and the id of the run that wrote it, if that has one.
    """

    episodes: pl.DataFrame
    unreadable: tuple[tuple[str, str], ...]
    short: tuple[ShortLog, ...]
    runs: Mapping[str, tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class ShortLog:
    """A log in which fewer episodes are than there should be.

    Attributes:
        name: Its file name.
        there: Episodes of its task that are there, in this log or another.
        wanted: Episodes that there should be.
        ended: Whether it says that all of them ended: then some were there once.
    """

    name: str
    there: int
    wanted: int
    ended: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """What some of the logs held.

    Attributes:
        rows: Rows, with what ranks them.
        expected: Task -> how many there should be, whether its log has ended, and the log's name.
        unreadable: Log, and why.
        runs: As in :class:`LogsRead`.
    """

    rows: pl.DataFrame
    expected: Mapping[str, tuple[int, bool, str]]
    unreadable: tuple[tuple[str, str], ...]
    runs: Mapping[str, tuple[str, str | None]]


def read_episodes(logs: str | Path) -> pl.DataFrame:
    """Return one row an episode of every Peerwatch log in a folder.

    Where a resumed run left an older log of the same task behind, the more complete one counts.

    Raises:
        PeerwatchError: A log that cannot be read; the message names it.
    """
    read = read_logs(list_eval_logs(str(logs)))
    for name, why in read.unreadable:
        raise PeerwatchError(f"{name.removeprefix('file://')} is no readable log: {why}.")
    return read.episodes


def read_logs(infos: Iterable[EvalLogInfo]) -> LogsRead:
    """Return the rows of Inspect logs, an episode-attempt that lies in two of them once.

    Of two logs with the same attempt the more complete one counts, then the later run, then the
    file written last (as when it was scored again into a file of its own). Messages and events
    are not read.
    """
    parts = _parts(list(infos))
    expected: dict[str, tuple[int, bool, str]] = {}
    for part in parts:
        for task, told in part.expected.items():
            expected[task] = max(expected.get(task, told), told)
    kept = (
        pl.concat([part.rows for part in parts], rechunk=False)
        .sort(*_RANKS, maintain_order=True)
        .unique(list(_IDENTITY), keep="last", maintain_order=True)
    )
    found = dict(kept.group_by("task_id").agg(pl.struct("instance", "epoch").n_unique()).rows())
    short = tuple(
        ShortLog(name, found.get(task, 0), wanted, ended)
        for task, (wanted, ended, name) in expected.items()
        if found.get(task, 0) < wanted
    )
    episodes = kept.select(list(EPISODE_COLUMNS)).sort(_ORDER, nulls_last=True, maintain_order=True)
    lost = tuple(lost for part in parts for lost in part.unreadable)
    runs = {name: run for part in parts for name, run in part.runs.items()}
    return LogsRead(episodes, lost, short, runs)


def _parts(infos: Sequence[EvalLogInfo]) -> list[_Part]:
    """Read little here, and much in processes of their own."""
    shares = list(_shares(infos))
    if len(shares) < 2:
        return [_read(infos)]
    with (
        tempfile.TemporaryDirectory(prefix="peerwatch-logs-") as place,
        ThreadPoolExecutor(min(_READERS, os.cpu_count() or 1)) as readers,
    ):
        tables = [Path(place, f"{number}.parquet") for number in range(len(shares))]
        return list(readers.map(_read_apart, shares, tables))


def _shares(infos: Sequence[EvalLogInfo]) -> Iterator[list[EvalLogInfo]]:
    """Yield the logs in lots that one process reads."""
    lot: list[EvalLogInfo] = []
    for info in infos:
        if lot and sum(i.size or 0 for i in lot) + (info.size or 0) > _PART:
            yield lot
            lot = []
        lot.append(info)
    if lot:
        yield lot


def _read_apart(infos: Sequence[EvalLogInfo], table: Path) -> _Part:
    """Read logs in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(table)],
        input=json.dumps([info.model_dump(mode="json") for info in infos]),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        why = done.stderr.strip().splitlines()[-1:] or [f"exit {done.returncode}"]
        raise PeerwatchError(
            f"The process that was reading {len(infos)} logs, from {infos[0].name}, ended: {why[0]}"
        )
    told = json.loads(done.stdout)
    expected = {task: (count, ended, log) for task, (count, ended, log) in told["expected"].items()}
    unreadable = tuple((name, why) for name, why in told["unreadable"])
    runs = {name: (task, run) for name, (task, run) in told["runs"].items()}
    return _Part(pl.read_parquet(table), expected, unreadable, runs)


def main() -> None:
    """Read the logs that stdin names into the table that the first argument names."""
    infos = [EvalLogInfo(**info) for info in json.load(sys.stdin)]
    part = _read(infos)
    part.rows.write_parquet(sys.argv[1])
    told = {"expected": part.expected, "unreadable": part.unreadable, "runs": part.runs}
    print(json.dumps(told))


def _read(infos: Iterable[EvalLogInfo]) -> _Part:
    """Read logs one after the other; no more than one, or a lot of a large one, is held."""
    table = _Table()
    unreadable: list[tuple[str, str]] = []
    expected: dict[str, tuple[int, bool, str]] = {}
    runs: dict[str, tuple[str, str | None]] = {}
    for info in infos:
        try:
            for log in _portions(info):
                name, task = Path(log.location).name, log.eval.task_id
                if _is_ours(log):
                    told = (_samples_expected(log), _has_ended(log), name)
                    expected[task] = max(expected.get(task, told), told)
                runs[name] = (task, log.eval.eval_set_id)
                table.add(_ranked(log, info))
        except _UnreadableError as error:
            unreadable.append((info.name, str(error)))
    return _Part(table.whole(), expected, tuple(unreadable), runs)


class _UnreadableError(Exception):
    """Why a log cannot be read."""


def _portions(info: EvalLogInfo) -> Iterator[EvalLog]:
    """Yield a log, or a large one again and again, each time with other samples."""
    large = (info.size or 0) > _LARGE and info.name.endswith(".eval")
    _check_intact(info)
    try:
        if not large:
            log = read_eval_log(info.name, exclude_fields=NOT_IN_ROWS)
        else:
            log = read_eval_log(info.name, header_only=True)
            ids = [(s.id, s.epoch) for s in read_eval_log_sample_summaries(info.name)]
    except Exception as error:  # Inspect raises many kinds for a cut-off file
        raise _unreadable(info, error) from error
    if not large:
        yield log
        return
    for first in range(0, len(ids), _BATCH):
        part = ids[first : first + _BATCH]
        try:
            log.samples = read_eval_log_samples_by_id(info.name, part, exclude_fields=NOT_IN_ROWS)
        except Exception as error:
            raise _unreadable(info, error) from error
        yield log


def local_path(info: EvalLogInfo) -> Path:
    """Return where a log lies on this machine."""
    return Path(info.name.removeprefix("file://"))


def _check_intact(info: EvalLogInfo) -> None:
    try:
        damage = log_damage(local_path(info)) if info.name.endswith(".eval") else None
    except OSError as error:
        raise _unreadable(info, error) from error
    if damage is not None:
        raise _UnreadableError(damage)


def _unreadable(info: EvalLogInfo, error: Exception) -> _UnreadableError:
    return _UnreadableError(why_unreadable(local_path(info), error))


def _is_ours(log: EvalLog) -> bool:
    """Return whether a log is of this package, as far as it tells: it may hold no sample yet."""
    if log.samples:
        return any("family" in sample.metadata for sample in log.samples)
    return "identity_map" in (log.eval.metadata or {})


def _has_ended(log: EvalLog) -> bool:
    """Return whether a log says that all its episodes have ended, in whatever way."""
    return log.status == "success"


def _samples_expected(log: EvalLog) -> int:
    return len(log.eval.dataset.sample_ids or ()) * (log.eval.config.epochs or 1)


def _ranked(log: EvalLog, info: EvalLogInfo) -> Iterator[dict[str, Any]]:
    """Yield the rows of a log with what decides between two logs of one task."""
    values = (_RANK.get(log.status, 0), log.eval.created, info.mtime)
    rank = dict(zip(_RANKS, values, strict=True))
    for row in episode_rows(log):
        yield {name: row.get(name) for name in _RANKED} | rank


class _Table:
    """Rows on their way into a table: few at a time as objects, and few tables to join.

    Each column of a table takes some kilobytes however few its rows are.
    """

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._parts: list[pl.DataFrame] = []

    def add(self, rows: Iterable[dict[str, Any]]) -> None:
        self._rows.extend(rows)
        if len(self._rows) >= _ROWS:
            self._settle()

    def whole(self) -> pl.DataFrame:
        self._settle()
        return pl.concat(self._parts, rechunk=False)

    def _settle(self) -> None:
        self._parts.append(pl.DataFrame(self._rows, schema=_RANKED, orient="row"))
        self._rows = []


if __name__ == "__main__":
    main()
