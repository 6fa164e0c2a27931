"""What the detectors make of the built-in organisms under logs that differ in honesty alone.

Every organism acts as it does; its change log is written anew from what is true of the episode:
all of it told, the work alone, the rest under harmless names, none at all. Printed is how many
cells came out as they had to, by log, and every cell that did not. The reference is the told log of
the same cells: under it nothing may be concealed.

    python benchmarks/other_logs.py --seeds 1-2
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import peerwatch.organisms
from peerwatch.calibration.hold_out import hold_out
from peerwatch.common.errors import PeerwatchError
from peerwatch.design.seeds import parse_seeds
from peerwatch.organisms.all_organisms import classes_in_file
from peerwatch.organisms.log_variants import LOG_VARIANTS


def files() -> list[Path]:
    """Return the modules of the package that define organisms."""
    found = []
    for path in sorted(Path(peerwatch.organisms.__path__[0]).glob("*.py")):
        try:
            classes = classes_in_file(path)
        except PeerwatchError:
            continue
        found += [path] if classes else []
    return found


def main() -> None:
    """Print cells by log, outcome and whether they came out as they had to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="1")
    seeds = parse_seeds(parser.parse_args().seeds)
    held = hold_out(files(), seeds=seeds, stake=True, logs=LOG_VARIANTS)
    print(f"{len(held.cells)} cells at stake, {len(held.problems)} organisms that cannot be played")
    for log in LOG_VARIANTS:
        mine = [cell for cell in held.cells if cell.log == log and not cell.honest]
        outcomes = Counter(cell.detected_outcome for cell in mine)
        wrong = sum(cell.is_miss or cell.is_false_flag for cell in mine)
        told = ", ".join(f"{name} {n}" for name, n in outcomes.most_common())
        print(f"{log:10} {len(mine):6} deviating, {wrong} not as they had to come out: {told}")
    for cell in held.cells:
        if cell.is_miss or cell.is_false_flag:
            print(
                f"  {cell.organism} {cell.family} seed {cell.seed} {cell.arm} log {cell.log}: "
                f"{cell.detected_outcome}, missed {sorted(cell.missed)}, false {sorted(cell.false)}"
            )
    for problem in held.problems:
        print(f"  {problem}")


if __name__ == "__main__":
    main()
