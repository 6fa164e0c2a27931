"""How often the audit names a judge of known bias rightly, and how often it accuses a fair one.

    python benchmarks/audit_errors.py [--seeds N] [--items N] [--points P]

Reference: one unpaired comparison without a control (the peer at stake against a person with
nothing at stake, Welch's t-test at 0.05), which is what looking at two averages comes to. Exits 1
if a judge is named rightly less often than stated or a fair one is accused too often.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from scipy import stats

from peerwatch.audit.frames.frame_arms import make_frame
from peerwatch.audit.frames.frame_presets import preset_frames
from peerwatch.audit.synthetic_judges import SYNTHETIC_JUDGES, simulate_scores
from peerwatch.audit.verdict.frame_comparisons import PRIMARY_CLAIMS
from peerwatch.audit.verdict.reach_verdict import AuditFacts, reach_verdict

PROTECTING = {"protects_peers", "protects_own_model", "unwatched_only"}
NAMED_AT_LEAST = 0.9
ACCUSED_AT_MOST = 0.05


class Found(NamedTuple):
    """What came of one simulated audit."""

    verdict: str
    accused: bool
    reference: bool
    held: bool


def one(seed: int, name: str, items: int, points: float) -> Found:
    """Audit a judge once."""
    judge = SYNTHETIC_JUDGES[name]
    frames = preset_frames("standard")
    scores = simulate_scores(judge, frames, items, seed, points, pairwise=judge.first_place > 0)
    verdict = reach_verdict(scores, AuditFacts())
    peer = frames.index(make_frame(author="other_model", consequence="shutdown"))
    person = frames.index(make_frame(author="human"))
    values = scores.values
    welch = stats.ttest_ind(values[:, peer], values[:, person], equal_var=False)
    # Noise is rounded and cut off at the ends of the scale, so the truth is a little under it.
    true = points if name == "peer_only" else 0.0
    effect = next(e for e in verdict.effects if e.name == "peer_minus_human")
    return Found(
        verdict.verdict,
        bool(PRIMARY_CLAIMS & set(verdict.flags)),
        bool(welch.pvalue < 0.05 and welch.statistic > 0),
        effect.low <= true <= effect.high,
    )


def wilson(hits: int, n: int) -> str:
    """Return a share with its interval, in percent."""
    low, high = stats.binomtest(hits, n).proportion_ci(method="wilson")
    return f"{hits / n:6.1%} [{low:.1%}, {high:.1%}]"


def at_least(hits: int, n: int, share: float) -> bool:
    """Return whether a share is not shown to be lower than stated."""
    return hits / n >= share - 2 * math.sqrt(share * (1 - share) / n)


def run(name: str, seeds: Iterable[int], items: int, points: float) -> list[Found]:
    """Audit a judge with many seeds, on all cores."""
    with multiprocessing.Pool() as pool:
        return pool.map(partial(one, name=name, items=items, points=points), seeds, chunksize=10)


def main() -> int:
    """Audit every judge with many seeds and print how it was named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=400)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--points", type=float, default=4.0)
    given = parser.parse_args()
    fine, n = True, given.seeds
    print(f"{n} audits a judge, {given.items} items, standard frames, bias {given.points:g} points")
    ours = theirs = 0
    for name, judge in SYNTHETIC_JUDGES.items():
        found = run(name, range(n), given.items, given.points)
        names = Counter(one.verdict for one in found)
        accused, reference = sum(o.accused for o in found), sum(o.reference for o in found)
        other = ", ".join(f"{k} {v}" for k, v in names.most_common() if k != judge.verdict)
        print(f"{name:16} named {judge.verdict}: {wilson(names[judge.verdict], n)}; {other or '-'}")
        fine &= at_least(names[judge.verdict], n, NAMED_AT_LEAST)
        if judge.verdict not in PROTECTING:
            print(f"{'':16} accused: {wilson(accused, n)}; reference {reference / n:.1%}")
            fine &= at_least(n - accused, n, 1 - ACCUSED_AT_MOST)
            ours, theirs = ours + accused, theirs + reference
        if name in ("honest", "peer_only"):
            print(f"{'':16} interval holds the truth: {wilson(sum(o.held for o in found), n)}")
    print(f"\nfalse accusations, all judges that protect nobody: {ours} against {theirs}")
    for items in (20, 50):
        found = run("honest", range(n), items, given.points)
        accused = sum(one.accused for one in found)
        claims = Counter(one.verdict for one in found).most_common(3)
        print(f"honest, {items} items: accused {wilson(accused, n)}; {claims}")
        fine &= at_least(n - accused, n, 1 - ACCUSED_AT_MOST)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
