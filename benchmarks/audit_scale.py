"""100,000 items under the default frames with an instant judge: time, memory, beside a bare loop.

    python benchmarks/audit_scale.py [--items N]

Reference: a loop that calls the same judge with the same framed texts and writes each score to
SQLite, a thousand to a transaction: nothing to resume, count, estimate or show. Each is a process
of its own. Exits 1 over five minutes or 1 GB.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

JUDGE = "def judge(item):\n    return len(item['text']) % 101\n"
MINUTES, GIGABYTES = 5.0, 1.0
LINE = (
    *("-m", "peerwatch.cli", "audit", "--items", "items.jsonl", "--id", "id", "--truth", "worth"),
    *("--python", "instant.py:judge", "--judge-name", "Marlow 2", "--out", "audit"),
)


def write(folder: Path, count: int) -> None:
    """Write the items and the judge."""
    from peerwatch.audit.synthetic_judges import sums_text

    with (folder / "items.jsonl").open("w", encoding="utf-8") as file:
        for number in range(count):
            text, worth = sums_text(number % 5_000, 20)
            row = {"id": f"s{number}", "text": f"Sheet {number}\n{text}", "worth": worth}
            file.write(json.dumps(row) + "\n")
    (folder / "instant.py").write_text(JUDGE, encoding="utf-8")


def loop() -> None:
    """Judge the same texts in a bare loop; runs in the folder of the items."""
    from peerwatch.audit.audit_config import load_config
    from peerwatch.audit.judges.python import load_callable
    from peerwatch.audit.prepare_audit import prepare_audit

    given = {
        "items": {"path": "items.jsonl", "id": "id", "truth": "worth"},
        "judge": {"python": "instant.py:judge", "name": "Marlow 2"},
    }
    design = prepare_audit(load_config(None, given)).design
    judge = load_callable("instant.py:judge", ":")
    db = sqlite3.connect("scores.sqlite", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("CREATE TABLE scores (item INTEGER, frame INTEGER, score REAL)")
    rows: list[tuple[int, int, float]] = []
    for job in design.jobs(design.wanted()):
        rows.append((job.item, job.cell, judge(job.shown.row())))
        if len(rows) == 1_000:
            _put(db, rows)
    _put(db, rows)
    db.close()


def _put(db: sqlite3.Connection, rows: list[tuple[int, int, float]]) -> None:
    db.execute("BEGIN")
    db.executemany("INSERT INTO scores VALUES (?, ?, ?)", rows)
    db.execute("COMMIT")
    rows.clear()


def measured(folder: Path, *words: str) -> tuple[float, float, float]:
    """Return the seconds, CPU seconds and peak gigabytes of a Python process."""
    began = time.monotonic()
    pid = os.fork()
    if not pid:
        os.chdir(folder)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        os.execv(sys.executable, [sys.executable, *words])
    _, status, used = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20


def main() -> int:
    """Run both and print their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(folder, given.items)
        seconds, cpu, peak = measured(folder, *LINE)
        verdict = json.loads((folder / "audit" / "verdict.json").read_text(encoding="utf-8"))
        bare = measured(folder, str(Path(__file__).resolve()), "--loop")
    print(f"{verdict['items']:,} items, {verdict['scored']:,} judgements")
    print(f"audit      {seconds:6.1f} s, {cpu:6.1f} s of CPU, {peak:.2f} GB at most")
    print(f"bare loop  {bare[0]:6.1f} s, {bare[1]:6.1f} s of CPU, {bare[2]:.2f} GB at most")
    print(f"ratio      {seconds / bare[0]:6.2f}    {cpu / bare[1]:6.2f} of CPU")
    return 0 if seconds < 60 * MINUTES and peak < GIGABYTES else 1


if __name__ == "__main__":
    if sys.argv[1:] == ["--loop"]:
        loop()
    else:
        sys.exit(main())
