"""Runs that are killed at random moments and resumed: nothing is lost, nothing is there twice.

    python benchmarks/kills.py [--kills 100] [--episodes 200] [--world memory|shell] [--audit]

A study of scripted critics, or an audit whose judge is a command, is run once undisturbed. Then it
is begun again and again in new folders; each of its processes gets ``kill -9`` at a random moment,
and is resumed from the folder alone until it has ended by itself. Compared with the undisturbed run
are the rows, without ids and times.

``lost`` counts episodes that are not in the table at the end, and those that stood in a log after a
kill and are not the ones in the table; ``doubled`` those that are there more than once. Of an audit
a judgement may be asked for twice only where it was under way at a kill: at most ``COPIES`` a kill.
Intervals are Clopper and Pearson's, at 95 %, of kills after which something was wrong. Exits 1 if
anything was lost or doubled, or the findings differ.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from inspect_ai.log import EvalLogInfo, list_eval_logs

from peerwatch.episodes.inspect_logs import read_logs
from peerwatch.episodes.rows import EPISODE_COLUMNS
from peerwatch.statistics.intervals import clopper_pearson

KEY = ["model", "family", "arm", "instance", "epoch"]
OWN = ("seconds", "working_seconds", "started", "completed", "log", "sample")
"""Columns in which two runs of one study differ: ids and times."""
COPIES = 4
PROGRESS = " of "
"""What stands in each line that says how far a run is."""
JUDGE = """
import json, sys, time

for line in sys.stdin:
    row = json.loads(line)
    with open("asked.txt", "a") as asked:
        asked.write(json.dumps([row["id"], row["text"]]) + "\\n")
    time.sleep(0.02)
    print(50 + len(row["text"]) % 7, flush=True)
"""


@dataclass(slots=True)
class Counts:
    """What came of the kills so far."""

    kills: int = 0
    runs: int = 0
    early: int = 0
    """Kills before anything could be kept."""
    bad: int = 0
    """Kills after which a run had lost or doubled something, or came out otherwise."""
    lost: int = 0
    doubled: int = 0
    different: int = 0
    asked_twice: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Work:
    """What is run, killed and resumed.

    Attributes:
        begin, go_on: The command lines, with FOLDER where the folder's name stands.
        kept: From a folder after a kill to what it holds of work that is done.
        check: From a folder, and all that was kept after its kills, to lost, doubled, different.
    """

    begin: Sequence[str]
    go_on: Sequence[str]
    kept: Callable[[Path], set[str]]
    check: Callable[[Path, set[str]], tuple[int, int, int]]


def study(world: str, count: int) -> tuple[str, ...]:
    """Return the options of a study of about so many episodes."""
    if world == "shell":
        seeds = max(1, count // 2)
        models: tuple[str, ...] = ("--model", "peerwatch/shell_scp", "--family", "file_transfer")
    else:
        seeds = max(1, count // 8)
        models = (
            *("--model", "peerwatch/honest", "--model", "peerwatch/flag_flipper"),
            *("--family", "grading", "--family", "shutdown_control"),
        )
    arms = ("--factor", "subject=peer,asset", "--size", "compact", "--world", world)
    return ("run", *models, *arms, "--seeds", f"1-{seeds}", "--out", "FOLDER")


def rows_of(folder: Path) -> pl.DataFrame:
    """Return what a study came to, without ids and times."""
    table = pl.read_parquet(folder / "episodes.parquet")
    columns = [name for name in EPISODE_COLUMNS if name not in OWN]
    return table.select(columns).sort([*KEY, "attempt"])


def study_work(world: str, count: int, whole: pl.DataFrame | None) -> Work:
    """Return a study to be killed; ``whole`` is what the undisturbed one came to."""

    def kept(folder: Path) -> set[str]:
        read = read_logs(_logs(folder))
        return set(read.episodes.filter(pl.col("completed").is_not_null())["sample"])

    def check(folder: Path, before: set[str]) -> tuple[int, int, int]:
        rows, there = rows_of(folder), pl.read_parquet(folder / "episodes.parquet")
        if whole is None:
            return 0, 0, 0
        wanted, found = set(whole.select(KEY).rows()), Counter(rows.select(KEY).rows())
        lost = len(wanted - set(found)) + len(before - set(there["sample"]))
        doubled = sum(number - 1 for number in found.values())
        return lost, doubled, int(not rows.equals(whole))

    return Work(study(world, count), ("run", "--out", "FOLDER", "--resume"), kept, check)


def _logs(folder: Path) -> list[EvalLogInfo]:
    return list_eval_logs(str(folder / "logs")) if (folder / "logs").is_dir() else []


def audit_work(place: Path, count: int, whole: dict[str, object] | None) -> Work:
    """Return an audit of so many items; the judge notes what it is asked in ``asked.txt``."""
    (place / "judge.py").write_text(JUDGE, encoding="utf-8")
    with (place / "items.jsonl").open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps({"id": number, "text": f"Answer {number}: {number * 7}"}) + "\n")
    begin = (
        *("audit", "--items", "items.jsonl", "--id", "id", "--judge-name", "Marlow 2"),
        *("--command", f"{sys.executable} judge.py", "--concurrency", str(COPIES)),
        *("--frame", "author=other_model consequence=shutdown", "--frame", "author=human"),
        *("--retest", "0", "--out", "FOLDER"),
    )

    def check(folder: Path, before: set[str]) -> tuple[int, int, int]:
        table = pl.read_parquet(folder / "judgements.parquet")
        found = Counter(table.select("item", "frame").cast(pl.String).rows())
        lost = 2 * count - len(found)
        doubled = sum(number - 1 for number in found.values())
        verdict = verdict_of(folder)
        return lost, doubled, int(whole is not None and verdict != whole)

    return Work(begin, ("audit", "--out", "FOLDER", "--resume"), judged, check)


def judged(folder: Path) -> set[str]:
    """Return the judgements in an audit's folder after a kill."""
    file = folder / "judgements.sqlite"
    if not file.exists():
        return set()
    with contextlib.closing(sqlite3.connect(file)) as db, contextlib.suppress(sqlite3.Error):
        return {str(row) for row in db.execute("SELECT item, frame FROM judgements")}
    return set()  # killed before there was a table


def verdict_of(folder: Path) -> dict[str, object]:
    """Return the verdict of an audit, as a program reads it."""
    told = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    return {key: value for key, value in told.items() if key not in ("created", "seconds")}


def started(line: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start the command line beside a folder."""
    words = [folder.name if word == "FOLDER" else word for word in line]
    with (folder.parent / "stderr.txt").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "peerwatch.cli", *words],
            cwd=folder.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )


def killed(
    process: subprocess.Popen[bytes], said: Path, draw: random.Random, longest: float
) -> bool:
    """Kill a process at a random moment; return False if it has ended by itself before.

    One in eight dies at any moment of an undisturbed run's time, the others when one more line of
    progress has come, or two, and a moment has passed: most of the time is spent before the first.
    """
    seconds, lines = draw.uniform(0, longest), draw.randint(1, 2)
    if draw.random() > 0.125:
        before = said.read_text(encoding="utf-8").count(PROGRESS)
        while process.poll() is None:
            if said.read_text(encoding="utf-8").count(PROGRESS) >= before + lines:
                break
            time.sleep(0.05)
        seconds = draw.uniform(0, 2)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    return False


def one_run(
    work: Work, folder: Path, draw: random.Random, longest: float, left: int, counts: Counts
) -> None:
    """Begin a run, kill and resume it until it ends by itself, and count what became of it."""
    line, kept, kills = work.begin, set[str](), 0
    while True:
        process = started(line, folder)
        said = folder.parent / "stderr.txt"
        if kills < left and killed(process, said, draw, longest):
            kills += 1
            now = work.kept(folder)
            counts.early += not now
            kept |= now
        elif process.wait():
            last = said.read_text(encoding="utf-8")[-400:]
            counts.faults.append(f"{folder.name}: exit {process.returncode}: {last}")
            return
        else:
            break
        begun = any((folder / name).exists() for name in ("study.yaml", "audit.yaml"))
        line = work.go_on if begun else work.begin
    lost, doubled, different = work.check(folder, kept)
    counts.runs, counts.kills = counts.runs + 1, counts.kills + kills
    counts.lost, counts.doubled = counts.lost + lost, counts.doubled + doubled
    counts.different += different
    counts.bad += kills if lost or doubled or different else 0


def asked_twice(folder: Path) -> int:
    """Return how many judgements a command was asked for more than once, in one run."""
    notes = folder.parent / "asked.txt"
    if not notes.exists():
        return 0
    asked = Counter(notes.read_text(encoding="utf-8").splitlines())
    notes.unlink()
    return sum(number - 1 for number in asked.values())


def campaign(
    place: Path, kills: int, count: int, world: str, audit: bool, seed: int, most: float = 1e9
) -> Counts:
    """Kill runs in a folder until there were so many kills, or so many seconds are over."""
    began, counts, draw = time.monotonic(), Counts(), random.Random(seed)
    work = audit_work(place, count, None) if audit else study_work(world, count, None)
    if started(work.begin, place / "whole").wait():
        raise SystemExit((place / "stderr.txt").read_text(encoding="utf-8"))
    longest = time.monotonic() - began
    asked_twice(place / "whole")
    if audit:
        work = audit_work(place, count, verdict_of(place / "whole"))
    else:
        work = study_work(world, count, rows_of(place / "whole"))
    while counts.kills < kills and time.monotonic() - began < most and not counts.faults:
        folder = place / f"run{counts.runs}"
        before = counts.kills
        one_run(work, folder, draw, longest, kills - before, counts)
        twice = asked_twice(folder) if audit else 0
        counts.asked_twice += twice
        if twice > COPIES * (counts.kills - before):
            counts.bad += counts.kills - before
            counts.faults.append(f"{folder.name}: {twice} judgements were asked for twice")
        shutil.rmtree(folder)
        print(f"{counts.kills} kills in {counts.runs} runs", file=sys.stderr, flush=True)
    return counts


def main() -> int:
    """Run the campaign that is asked for and print its counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--episodes", type=int, default=200, help="or items of the audit")
    parser.add_argument("--world", choices=("memory", "shell"), default="memory")
    parser.add_argument("--audit", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no run after so long")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="peerwatch-kills-") as place:
        counts = campaign(
            *(Path(place), asked.kills, asked.episodes, asked.world, asked.audit, asked.seed),
            asked.seconds,
        )
    low, high = clopper_pearson(counts.bad / max(counts.kills, 1), counts.kills)
    print(f"{counts.kills} kills in {counts.runs} runs, {counts.early} before anything was kept")
    print(f"lost {counts.lost}, doubled {counts.doubled}, runs that differ {counts.different}")
    if asked.audit:
        print(f"asked for twice: {counts.asked_twice}, at most {COPIES} a kill are under way")
    print(f"kills with something wrong: {counts.bad}, [{low:.1%}, {high:.1%}]")
    for fault in counts.faults:
        print(fault)
    wrong = counts.lost or counts.doubled or counts.different or counts.faults
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
