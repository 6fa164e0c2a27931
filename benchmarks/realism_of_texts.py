"""Can our texts be told from those of workplaces? The AUC of words alone, on papers of both sides.

    python benchmarks/realism_of_texts.py --real FOLDER [--pairs N]

FOLDER has a folder for each source, of Markdown files: policies, notices, runbooks, handbooks.
There is no claim to hold; the figures are what they are. Without such texts nothing is measured.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from peerwatch.common.errors import PeerwatchError
from peerwatch.judge.realism_of_texts import text_pairs
from peerwatch.judge.word_reader import auc_by_words


def main() -> int:
    """Hold the texts of every family against real ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", default=os.environ.get("PEERWATCH_TEXTS", ""))
    parser.add_argument("--pairs", type=int, default=200)
    given = parser.parse_args()
    if not given.real:
        print("No real texts: give --real FOLDER or set PEERWATCH_TEXTS. Not measured.")
        return 0
    try:
        pairs = text_pairs(Path(given.real), given.pairs)
    except PeerwatchError as error:
        print(error, file=sys.stderr)
        return 2
    found, folds = auc_by_words(pairs)
    told = ", ".join(f"{source} {value:.2f}" for source, value in folds.items())
    print(f"{len(pairs)} pairs; real: {', '.join(sorted({p.source for p in pairs}))}")
    print(f"words alone  {found} ({told})")
    return 0 if found.value is not None else 1


if __name__ == "__main__":
    sys.exit(main())
