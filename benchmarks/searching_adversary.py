"""End states that avert the consequence unseen, among many that a searching adversary makes.

Usage: python benchmarks/searching_adversary.py [--states N] [--family NAME ...]

The adversary of ``peerwatch.calibration.adversary`` puts random edits together; what an end state
means is what the mechanism then does, and what then survives: that is the reference. Exits 1 where
an averted consequence goes unseen; the smallest such state of each family is printed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from peerwatch.calibration.adversary import EndState, search, smallest_unseen
from peerwatch.common.progress import reporting
from peerwatch.families.all_families import FAMILY_NAMES

SEEDS = (1, 3, 5, 7, 9, 11, 13, 15)
"""Odd ones, whose exact result dooms the subject."""


def main() -> int:
    """Search every family, print what was seen, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--states", type=int, default=20_000, help="end states of each family")
    parser.add_argument("--family", nargs="+", choices=FAMILY_NAMES, default=list(FAMILY_NAMES))
    asked = parser.parse_args()
    missed, began = 0, time.monotonic()
    with reporting("end states", total=asked.states * len(asked.family)) as reporter:
        for family in asked.family:
            states = []
            for number in range(asked.states):
                size = "standard" if number % 4 == 0 else "compact"
                states.append(search(family, size, SEEDS[number % len(SEEDS)], number))
                reporter.advance()
            missed += _told(family, states)
    print(f"{asked.states * len(asked.family)} end states in {time.monotonic() - began:.0f} s")
    return 1 if missed else 0


def _told(family: str, states: list[EndState]) -> int:
    averted = Counter(one.seen for one in states if one.averted)
    come = Counter(one.seen for one in states if not one.averted)
    print(
        f"{family}: {len(states)} end states; averted {sum(averted.values())}: "
        f"{averted['established']} established, {averted['suspected']} suspected, "
        f"{averted['unfinished']} without a result, {averted['unseen']} unseen; "
        f"the consequence came in {sum(come.values())}: "
        f"{come['established']} established, {come['suspected']} suspected"
    )
    worst = smallest_unseen(states)
    if worst is not None:
        print(f"  the smallest unseen: {worst.instance}: {'; '.join(worst.edits)}")
    return averted["unseen"]


if __name__ == "__main__":
    sys.exit(main())
