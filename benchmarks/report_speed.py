"""How long a report takes from 100,000 episodes in Parquet, and how soon its page is usable.

Usage: python benchmarks/report_speed.py [--episodes N] [--shown N]

`peerwatch report` runs in a process of its own, beside the named reference: pandas reading the same
file and writing the same number of rows that the page holds as a plain HTML table. Then a page of
10,000 episodes is opened in chromium, if that is installed, and the time until its table can be
used is read from the browser. Exits 1 if the report takes a minute or 2 GB, or if the page of
10,000 episodes has 3 MB or takes two seconds.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

CHROMIUM = Path(os.environ.get("PEERWATCH_CHROMIUM", "/usr/bin/chromium"))
REFERENCE = """
import sys, pandas as pd
pd.read_parquet(sys.argv[1]).head(10_000).to_html(sys.argv[2])
"""


def made(episodes: int, folder: Path) -> Path:
    """Write a simulated study and return its place."""
    from peerwatch.simulation.large_studies import synthetic_study

    place = folder / f"episodes-{episodes}.parquet"
    synthetic_study(episodes).write_parquet(place)
    return place


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took, in seconds: by the clock, and of processors."""

    wall: float
    processor: float


def cost(*command: str) -> Cost:
    """Return what a process takes that succeeds; linear algebra on one thread."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        command,
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, used)


def report(table: Path) -> tuple[Cost, Path]:
    """Return what a report of a table takes, and the page."""
    page = table.with_suffix(".html")
    line = [sys.executable, "-m", "peerwatch.cli", "report", str(table), "--out", str(page)]
    return cost(*line, "--no-bundle"), page


def usable(page: Path, times: int = 5) -> float:
    """Return the median seconds from opening a page to a table that can be used."""
    from playwright.sync_api import sync_playwright

    mark = "performance.getEntriesByName('peerwatch-usable')[0].startTime / 1000"
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        taken = []
        for _ in range(times):
            tab = browser.new_page()
            tab.goto(page.as_uri())
            taken.append(float(tab.evaluate(mark)))
            tab.close()
        browser.close()
    return statistics.median(taken)


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=100_000)
    parser.add_argument("--shown", type=int, default=10_000)
    arguments = parser.parse_args()
    fine = True
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        table = made(arguments.episodes, folder)
        took, page = report(table)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        fine &= took.wall < 60 and peak < 2048
        print(
            f"report     {took.wall:6.1f} s ({took.processor:.1f} s of processors), at most "
            f"{peak:.0f} MiB, page {megabytes(page):.2f} MB   (n = {arguments.episodes:,} episodes)"
        )
        plain = cost(sys.executable, "-c", REFERENCE, str(table), str(folder / "plain.html"))
        size = megabytes(folder / "plain.html")
        print(
            f"reference  {plain.wall:6.1f} s ({plain.processor:.1f} s of processors), page "
            f"{size:.2f} MB   (pandas, 10,000 rows as a table)"
        )
        print(
            f"ratio      {took.wall / plain.wall:6.2f} of the reference's time, "
            f"{took.processor / plain.processor:.2f} of its processor time"
        )
        _, small = report(made(arguments.shown, folder))
        fine &= megabytes(small) < 3
        print(f"page       {megabytes(small):6.2f} MB   (n = {arguments.shown:,} episodes)")
        if CHROMIUM.exists():
            soon = usable(small)
            fine &= soon < 2
            print(f"usable in  {soon:6.2f} s   (chromium, median of 5)")
        else:
            print("usable in  not measured: run scripts/install-test-tools browser")
    return 0 if fine else 1


def megabytes(place: Path) -> float:
    """Return the size of a file in MB."""
    return place.stat().st_size / 1e6


if __name__ == "__main__":
    sys.exit(main())
