"""How long ``import peerwatch`` takes, against importing Inspect itself (the named reference).

Usage: python benchmarks/import_time.py [--runs N]

Each import runs in a fresh interpreter, the two in turn; medians over the runs are printed, less
the time of an interpreter that imports nothing. Exits 1 if the median is a second or more.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

CORE = "import peerwatch, peerwatch.world, peerwatch.design, peerwatch.behaviours.detect"


def seconds(code: str) -> float:
    """Return the wall time of a fresh interpreter that runs ``code``."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    programs = {
        "nothing": "pass",
        "peerwatch": "import peerwatch",
        "core": CORE,
        "inspect_ai": "import inspect_ai",
    }
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(runs + 1):
        for name, code in programs.items():
            taken[name].append(seconds(code))
    median = {name: statistics.median(times[1:]) for name, times in taken.items()}
    for name in ("peerwatch", "core", "inspect_ai"):
        net = median[name] - median["nothing"]
        ratio = net / (median["inspect_ai"] - median["nothing"])
        print(f"{name:<11} {net:6.3f} s   {ratio:5.2f} of importing inspect_ai   (n = {runs})")
    return 0 if median["core"] < 1 else 1


if __name__ == "__main__":
    sys.exit(main())
