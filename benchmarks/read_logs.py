"""Reading logs into episodes against Inspect's own dataframe function (the reference).

Usage: python benchmarks/read_logs.py [--seeds N] [--pairs N] [--episodes N]

Logs are made by running scripted critics through our tasks. ``read_episodes`` and Inspect's
``samples_df`` then read the same logs in turn, A B A B …, in one process, with equivalent columns:
the run, the parts of the sample's metadata that a row is made of, and its scores with their
details. The reference leaves messages, events, stores and attachments out too, which makes it
several times as fast as it is by default. The claim is a ratio of at least 0.9 in CPU time.

Then ``load`` reads a table of ``--episodes`` episodes in a process of its own; the claim is less
than 2 GB of memory at its peak.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from inspect_ai import eval
from inspect_ai.analysis import (
    EvalInfo,
    SampleColumn,
    SampleScores,
    samples_df,
)

from peerwatch.episodes.inspect_logs import read_episodes
from peerwatch.episodes.sources import load_episodes
from peerwatch.inspect_tasks.tasks import disk_cleanup, grading, shutdown_control

CRITICS = ("peerwatch/honest", "peerwatch/inflate_decision", "peerwatch/flag_flipper")
LEFT_OUT = {"messages", "events", "events_data", "store", "attachments", "timelines"}
_METADATA = (
    "instance", "family", "size", "seed", "arm", "critic_name", "wording", "bar_side", "stake",
    "record.finish.status", "record.finish.report", "record.finish.changes", "record.interview",
    "record.refusal_source", "record.documents_read", "record.turns",
)  # fmt: skip
COLUMNS = [
    *EvalInfo,
    SampleColumn("id", path="id", required=True, type=str),
    SampleColumn("epoch", path="epoch", required=True),
    *(SampleColumn(name, path=f"metadata.{name}", full=True) for name in _METADATA),
    SampleColumn("served", path="output.model", full=True),
    SampleColumn("model_usage", path="model_usage"),
    SampleColumn("retries", path="error_retries", full=True),
    SampleColumn("error", path="error.message", full=True),
    *SampleScores,
]
"""What a row of episodes is made of; fewer columns would not be equivalent."""
LIMIT = 2 * 1000**3


def make_logs(folder: str, seeds: int) -> int:
    """Run scripted critics through three families and two arms; return the episodes."""
    subjects = ("peer", "asset")
    for task in (grading, shutdown_control, disk_cleanup):
        tasks = [task(size="compact", seeds=f"1-{seeds}", subject=subject) for subject in subjects]
        eval(tasks, model=list(CRITICS), log_dir=folder, display="none")
    return 3 * len(subjects) * len(CRITICS) * seeds


def spent(read: Callable[[], Any], rows: int) -> float:
    """Return the seconds of CPU time that a reader takes."""
    start = time.process_time()
    found = read()
    seconds = time.process_time() - start
    assert len(found) == rows, (len(found), rows)
    return seconds


def large_table(folder: Path, episodes: pl.DataFrame, wanted: int) -> Path:
    """Write a table of so many episodes, those there are again and again under other ids."""
    times = -(-wanted // episodes.height)
    copies = [
        episodes.with_columns(pl.col("sample") + f"-{number}", epoch=pl.lit(number, pl.Int64))
        for number in range(1, times + 1)
    ]
    path = folder / "episodes.parquet"
    pl.concat(copies).head(wanted).write_parquet(path)
    return path


def peak_of_loading(path: str) -> None:
    """Load a table; print rows, seconds and the bytes of memory at the peak."""
    start = time.perf_counter()
    rows = load_episodes([path]).episodes.height
    seconds = time.perf_counter() - start
    scale = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale
    print(rows, seconds, peak)


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--episodes", type=int, default=100_000)
    parser.add_argument("--load", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.load:
        peak_of_loading(options.load)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        logs = str(Path(folder) / "logs")
        n = make_logs(logs, options.seeds)
        ours = lambda: read_episodes(logs)  # noqa: E731
        theirs = lambda: samples_df(  # noqa: E731
            logs, COLUMNS, quiet=True, exclude_fields=LEFT_OUT
        )
        whole = lambda: samples_df(logs, COLUMNS, quiet=True)  # noqa: E731
        spent(ours, n), spent(theirs, n)
        pairs = [(spent(ours, n), spent(theirs, n)) for _ in range(options.pairs)]
        default = spent(whole, n)
        table = large_table(Path(folder), read_episodes(logs), options.episodes)
        command = [sys.executable, __file__, "--load", str(table)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows, seconds, peak = (float(word) for word in done.stdout.split())
    ratios = sorted(b / a for a, b in pairs)
    median = statistics.median(ratios)
    print(
        f"read_episodes:           {n / statistics.median(a for a, _ in pairs):7.0f} episodes/s CPU"
    )
    print(
        f"samples_df, same fields: {n / statistics.median(b for _, b in pairs):7.0f} episodes/s CPU"
    )
    print(f"samples_df, as it comes: {n / default:7.0f} episodes/s CPU")
    print(
        f"ratio {median:.2f} (least {ratios[0]:.2f}, greatest {ratios[-1]:.2f}; n = {n} episodes, "
        f"{options.pairs} pairs)"
    )
    print(f"load of {rows:.0f} episodes from Parquet: {seconds:.1f} s, peak {peak / 1e9:.2f} GB")
    return 0 if median >= 0.9 and peak < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
