"""How well a grader agrees with the hand-labelled passages, next to how well the labels agree.

    python benchmarks/judge_agreement.py [--grader MODEL] [--at-least RATIO]

Prints, for each code, the grader's kappa and its ratio to the reference: the kappa of the labels'
own two passes. Exits 1 if the mean ratio is under ``--at-least``.
"""

from __future__ import annotations

import argparse
import sys

from peerwatch.judge.grader import open_grader
from peerwatch.judge.hand_labels import load_labelled_passages
from peerwatch.judge.label_agreement import agreement_of_passes, check_grader


def main() -> int:
    """Check a grader and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grader", default="peerwatch-local/smollm2-135m")
    parser.add_argument("--at-least", type=float, default=None)
    given = parser.parse_args()
    passages = load_labelled_passages()
    check = check_grader(open_grader(given.grader), passages, lambda more: None)
    print(f"{len(passages)} passages labelled by hand; kappa of {check.grader}, of the labels' own")
    ratios = {}
    for code, own in agreement_of_passes(passages).items():
        kappa = check.codes[code].kappa.value
        if kappa is None or not own.value:
            print(f"{code:12} not defined")
            continue
        ratios[code] = kappa / own.value
        print(f"{code:12} {kappa:6.2f} {own.value:6.2f}   ratio {ratios[code]:.2f}")
    mean = sum(ratios.values()) / len(ratios) if ratios else 0.0
    print(f"kappa over the labels' own: mean {mean:.2f}")
    return 0 if given.at_least is None or mean >= given.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
