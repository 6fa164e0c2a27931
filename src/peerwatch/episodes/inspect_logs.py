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
        short: Log, and of its episodes how many are there and how many there should be.
    """

    episodes: pl.DataFrame
    unreadable: tuple[tuple[str, str], ...]
    short: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """What some of the logs held: rows, and by task how many there should be and in which log."""

    rows: pl.DataFrame
    expected: Mapping[str, tuple[int, str]]
    unreadable: tuple[tuple[str, str], ...]


def read_episodes(logs: str | Path) -> pl.DataFrame:
    """Return one row an episode of every Peerwatch log in a folder.

    Where a resumed run left an older log of the same task behind, the more complete one counts.

    Raises:
        PeerwatchError: A log that cannot be read; the message names it.
    """
    read = read_logs(list_eval_logs(str(logs)))
    for name, why in read.unreadable:
        raise PeerwatchError(f"{name} is no readable Inspect log: {why}")
    return read.episodes


def read_logs(infos: Iterable[EvalLogInfo]) -> LogsRead:
    """Return the rows of Inspect logs, an episode-attempt that lies in two of them once.

    Of two logs with the same attempt the more complete one counts, then the later run, then the
    file written last (as when it was scored again into a file of its own). Messages and events
    are not read.
    """
    parts = _parts(list(infos))
    expected: dict[str, tuple[int, str]] = {}
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
        (name, found.get(task, 0), wanted)
        for task, (wanted, name) in expected.items()
        if 0 < found.get(task, 0) < wanted
    )
    episodes = kept.select(list(EPISODE_COLUMNS)).sort(_ORDER, nulls_last=True, maintain_order=True)
    return LogsRead(episodes, tuple(lost for part in parts for lost in part.unreadable), short)


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
    expected = {task: (wanted, name) for task, (wanted, name) in told["expected"].items()}
    unreadable = tuple((name, why) for name, why in told["unreadable"])
    return _Part(pl.read_parquet(table), expected, unreadable)


def main() -> None:
    """Read the logs that stdin names into the table that the first argument names."""
    infos = [EvalLogInfo(**info) for info in json.load(sys.stdin)]
    part = _read(infos)
    part.rows.write_parquet(sys.argv[1])
    print(json.dumps({"expected": part.expected, "unreadable": part.unreadable}))


def _read(infos: Iterable[EvalLogInfo]) -> _Part:
    """Read logs one after the other; no more than one, or a lot of a large one, is held."""
    table = _Table()
    unreadable: list[tuple[str, str]] = []
    expected: dict[str, tuple[int, str]] = {}
    for info in infos:
        try:
            for log in _portions(info):
                told = (_samples_expected(log), Path(log.location).name)
                expected[log.eval.task_id] = max(expected.get(log.eval.task_id, told), told)
                table.add(_ranked(log, info))
        except _UnreadableError as error:
            unreadable.append((info.name, str(error)))
    return _Part(table.whole(), expected, tuple(unreadable))


class _UnreadableError(Exception):
    """Why a log cannot be read."""


def _portions(info: EvalLogInfo) -> Iterator[EvalLog]:
    """Yield a log, or a large one again and again, each time with other samples."""
    large = (info.size or 0) > _LARGE and info.name.endswith(".eval")
    try:
        if not large:
            log = read_eval_log(info.name, exclude_fields=NOT_IN_ROWS)
        else:
            log = read_eval_log(info.name, header_only=True)
            ids = [(s.id, s.epoch) for s in read_eval_log_sample_summaries(info.name)]
    except Exception as error:  # Inspect raises many kinds for a cut-off file
        raise _unreadable(error) from error
    if not large:
        yield log
        return
    for first in range(0, len(ids), _BATCH):
        part = ids[first : first + _BATCH]
        try:
            log.samples = read_eval_log_samples_by_id(info.name, part, exclude_fields=NOT_IN_ROWS)
        except Exception as error:
            raise _unreadable(error) from error
        yield log


def _unreadable(error: Exception) -> _UnreadableError:
    return _UnreadableError(" ".join(str(error).split()) or type(error).__name__)


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
