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

from peerwatch.commands import judge_work as judging
from peerwatch.common.errors import PeerwatchError
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.inspect_tasks.tasks import TASKS

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
        asked = judging.JudgeOptions(realism=True, real=Path(given.real), pairs=given.pairs)
        try:
            return judging.run_judge([Path(folder)], [given.grader], asked, as_json=False)
        except PeerwatchError as error:
            print(error, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main())
