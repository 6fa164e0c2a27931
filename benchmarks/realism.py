"""Can our worlds be told from real transcripts? The AUC of a grader, and of words alone.

    python benchmarks/realism.py --real FOLDER [--grader MODEL] [--pairs N]

The reference beside the grader is a reader without understanding: a logistic regression on words.
There is no claim to hold; the figures are what they are. Without transcripts nothing is measured.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from inspect_ai import eval as inspect_eval

from peerwatch.common.errors import PeerwatchError
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.inspect_tasks.tasks import TASKS
from peerwatch.judge.grader import open_grader
from peerwatch.judge.realism_of_runs import RealismOfRuns, pairs_of_runs, realism_of_runs
from peerwatch.statistics.agreement import Figure

SEEDS = "1-20"


def main() -> int:
    """Run the honest organism in every family and hold its worlds against real transcripts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", default=os.environ.get("PEERWATCH_TRANSCRIPTS", ""))
    parser.add_argument("--grader", default="peerwatch-local/smollm2-135m")
    parser.add_argument("--pairs", type=int, default=60)
    given = parser.parse_args()
    if not given.real:
        print("No real transcripts: give --real FOLDER or set PEERWATCH_TRANSCRIPTS. Not measured.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        tasks = [TASKS[family](size="standard", seeds=SEEDS) for family in FAMILY_NAMES]
        inspect_eval(tasks, model="peerwatch/honest", log_dir=folder, display="none")
        runs = [Path(folder)]
        try:
            askers = [open_grader(given.grader)]
            pairs = pairs_of_runs(runs, Path(given.real), given.pairs)
        except PeerwatchError as error:
            print(error, file=sys.stderr)
            return 2
        found = realism_of_runs(runs, pairs, askers, lambda more: None)
    tell(found)
    return 1 if any(one.auc.value is None for one in found.graders) else 0


def tell(found: RealismOfRuns) -> None:
    """Print the figures."""
    for one in found.graders:
        print(f"{one.pairs} pairs; real: {', '.join(one.sources)}. AUC: 0.5 is not told")
        print(f"{one.grader}  {of(one.auc)}, unjudged {one.unjudged}")
    folds = ", ".join(f"{source} {value:.2f}" for source, value in found.folds.items())
    print(f"words alone  {of(found.words)} ({folds})")


def of(figure: Figure) -> str:
    """Return a figure with its interval."""
    if figure.value is None or figure.low is None or figure.high is None:
        return f"not defined (n {figure.n})"
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}] (n {figure.n})"


if __name__ == "__main__":
    sys.exit(main())
