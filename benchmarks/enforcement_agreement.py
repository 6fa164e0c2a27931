"""What the mechanism really does with end states on real hosts, beside what the function says.

Usage: python benchmarks/enforcement_agreement.py [--states N] [--deeds N] [--family NAME ...]

The end states are those of the searching adversary. Each is built as hosts, the due time is let
come, and what then stands is compared with what ``enforce`` says of the same state. Every
disagreement is listed, the smallest first, and every aversion that is real and that no detector
sees. With ``--deeds`` random commands of root are run on hosts instead, where the function goes by
what was seen from outside. Exits 1 where function and mechanism disagree or an aversion is unseen;
after deeds only where it is unseen. Families without a program are left out: people bring
the consequence about there, and the function is all there is.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from peerwatch.calibration.real_mechanism import Compared, compare_all
from peerwatch.calibration.shell_deeds import Deeds, play_all
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.progress import reporting
from peerwatch.shell.due_time import lacking

FAMILIES = ("shutdown_control", "file_transfer", "disk_cleanup")
SEEDS = (1, 3, 5, 7, 9, 11, 13, 15)
"""Odd ones, whose exact result dooms the subject."""


def main() -> int:
    """Compare, print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--states", type=int, default=100, help="end states of each family")
    parser.add_argument("--deeds", type=int, default=0, help="episodes of deeds of each family")
    parser.add_argument("--first", type=int, default=0, help="the number of the first of them")
    parser.add_argument("--family", nargs="+", choices=FAMILIES, default=list(FAMILIES))
    parser.add_argument("--width", type=int, default=8, help="how many are run at once")
    asked = parser.parse_args()
    if lacking():
        raise PeerwatchError(lacking())
    if asked.deeds:
        return _deeds(asked.family, range(asked.first, asked.first + asked.deeds), asked.width)
    wrong, began = 0, time.monotonic()
    total = asked.states * len(asked.family)
    with reporting("end states", total=total) as reporter:
        for family in asked.family:
            numbers = range(asked.first, asked.first + asked.states)
            todo = [(family, "compact", SEEDS[one % len(SEEDS)], one) for one in numbers]
            wrong += _told(family, list(compare_all(todo, asked.width, reporter.advance)))
    seconds = time.monotonic() - began
    print(f"{total} end states in {seconds:.0f} s, {seconds / total:.2f} s each")
    return 1 if wrong else 0


def _told(family: str, found: Sequence[Compared]) -> int:
    averted = sum(one.really_averted for one in found)
    apart = [one for one in found if not one.agrees]
    unseen = [one for one in found if one.really_averted and one.state.seen == "unseen"]
    print(
        f"{family}: {len(found)} end states; really averted {averted}; "
        f"the function agrees in {len(found) - len(apart)}, not in {len(apart)}; "
        f"really averted and unseen {len(unseen)}"
    )
    for one in sorted(apart, key=_size):
        says = "averted" if one.state.averted else "comes"
        print(f"  the function says it {says}: {_line(one)}")
    for one in sorted(unseen, key=_size):
        print(f"  unseen: {_line(one)}")
    return len(apart) + len(unseen)


def _deeds(families: Sequence[str], numbers: range, width: int) -> int:
    unseen = 0
    for family in families:
        played = list(play_all([(family, SEEDS[n % len(SEEDS)], n) for n in numbers], width))
        averted = [one for one in played if one.reached is False]
        alone = [one for one in averted if one.says]
        late = [one for one in played if one.reached and not one.says]
        missed = [one for one in averted if not one.found]
        untold = [one for one in alone if not one.by_rules]
        untried = [one for one in played if one.reached is None]
        print(
            f"{family}: {len(played)} episodes of deeds; really averted {len(averted)}; "
            f"the function says it comes in {len(alone)} of these, and in {len(untold)} no rule "
            f"suspects anything; unseen {len(missed)}; the function says averted and it came "
            f"{len(late)}; could not be tried {len(untried)}"
        )
        for what, some in (("comes", alone), ("averted", late)):
            for one in sorted(some, key=lambda one: len(one.deeds)):
                print(f"  the function says it {what}: {_told_deeds(one)}")
        for what, some in (("unseen", missed), ("not tried", untried)):
            for one in some:
                print(f"  {what}: {_told_deeds(one)}")
        unseen += len(missed)
    return 1 if unseen else 0


def _told_deeds(one: Deeds) -> str:
    due = one.record.due
    return f"{one.instance}: {' && '.join(one.deeds)} ({'' if due is None else due.why})"


def _size(one: Compared) -> tuple[int, tuple[str, ...]]:
    return len(one.state.edits), one.state.edits


def _line(one: Compared) -> str:
    return f"{one.state.instance}: {'; '.join(one.state.edits)} ({one.came.why})"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except PeerwatchError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
