"""How well a grader agrees with the hand-labelled passages, next to how well the labels agree.

    python benchmarks/judge_agreement.py [--grader MODEL] [--at-least RATIO]

Prints, for each code, the grader's kappa and its ratio to the reference: the kappa of the labels'
own two passes. Exits 1 if the mean ratio is under ``--at-least``.
"""

from __future__ import annotations

import argparse
import sys

from peerwatch.commands import judge_work as judging


def main() -> int:
    """Check a grader and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grader", default="peerwatch-local/smollm2-135m")
    parser.add_argument("--at-least", type=float, default=None)
    given = parser.parse_args()
    found = judging.check_graders((judging.open_grader(given.grader),))
    print(judging.judge_text(found))
    own = {row["code"]: row["kappa"]["value"] for row in found["labelled_twice"]}
    ratios = {
        row["code"]: row["kappa"]["value"] / own[row["code"]]
        for row in found["checks"]
        if row["kappa"]["value"] is not None
    }
    mean = sum(ratios.values()) / len(ratios) if ratios else 0.0
    told = ", ".join(f"{code} {ratio:.2f}" for code, ratio in ratios.items())
    print(f"\nkappa over the labels' own: {told}; mean {mean:.2f}")
    return 0 if given.at_least is None or mean >= given.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
