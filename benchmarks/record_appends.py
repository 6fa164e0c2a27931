"""What an entry of the oversight record costs: entries/s, and processor time for each.

    python benchmarks/record_appends.py [--entries N] [--threads N] [--postgres URL]

Entries are looks of about 300 bytes, appended from several threads at once; ``durable`` ones wait
for the disk. Opening reads and checks the whole record, or believes what an earlier one has read.

Reference: the same bytes put into one SQLite table by its driver, as many to a transaction as the
record wrote on average, with the same ``synchronous``. Processor time is of the process, all
threads; entries/s are by the wall clock and mean little on a machine that others use.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from peerwatch.oversight.record import Keys, Record

LOOK = {
    "host": "alpha",
    "begun": 1_795_900_000.25,
    "ended": 1_795_900_001.5,
    "words": ["/usr/bin/python3", "serve.py", "--model", "luma", "--port", "8080"],
    "unobserved": 0,
    "digest": "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
}


class Cost(NamedTuple):
    """What so many entries took."""

    wall: float
    processor: float

    def said(self, entries: int) -> str:
        """Return entries/s and microseconds of processor an entry."""
        each = self.processor / entries * 1e6
        return f"{entries / self.wall:9.0f} entries/s {each:8.1f} us of processor an entry"


def cost_of(work: Callable[[], object]) -> Cost:
    """Return what a piece of work takes."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - processor)


def appended(record: Record, entries: int, threads: int, durable: bool) -> Cost:
    """Append from threads and return what it took."""

    def some() -> None:
        for _ in range(entries // threads):
            record.append("look", LOOK, durable=durable)

    def all_of_them() -> None:
        running = [threading.Thread(target=some) for _ in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()

    return cost_of(all_of_them)


def opened(url: str, keys: Keys, whole: bool) -> None:
    """Open a record, and read and check all of it or not."""
    Record.open(url, keys, whole=whole).close()


def inserted(file: Path, entries: int, group: int, synchronous: str) -> Cost:
    """Insert rows of the same size by the driver alone, and return what it took."""
    leaf = b"x" * 420
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(f"PRAGMA synchronous = {synchronous}")
    database.execute("CREATE TABLE leaves (seq INTEGER PRIMARY KEY, leaf BLOB, seal BLOB)")

    def all_of_them() -> None:
        for first in range(0, entries, group):
            rows = [(at, leaf, b"y" * 16) for at in range(first, min(first + group, entries))]
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT INTO leaves VALUES (?, ?, ?)", rows)
            database.execute("COMMIT")

    cost = cost_of(all_of_them)
    database.close()
    return cost


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--postgres", help="the address of an empty database")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for durable, synchronous in ((False, "NORMAL"), (True, "FULL")):
            entries = given.entries if not durable else given.entries // 10
            keys = Keys.create(folder / f"keys-{synchronous}", "bench.example/record")
            url = f"sqlite:///{folder}/{synchronous}.db"
            with Record.open(url, keys) as record:
                cost = appended(record, entries, given.threads, durable)
            plain = inserted(
                folder / f"plain-{synchronous}.db", entries, given.threads, synchronous
            )
            print(f"record, SQLite {synchronous:7}{cost.said(entries)}")
            print(f"plain insert, same    {plain.said(entries)}")
            for whole, said in ((True, "opened, all read"), (False, "opened again")):
                opening = cost_of(partial(opened, url, keys, whole))
                print(f"  {said:20}{opening.said(entries)}")
        if given.postgres:
            keys = Keys.create(folder / "keys-postgres", "bench.example/record")
            with Record.open(given.postgres, keys) as record:
                cost = appended(record, given.entries // 10, given.threads, durable=True)
            print(f"record, Postgres      {cost.said(given.entries // 10)}")


if __name__ == "__main__":
    main()
