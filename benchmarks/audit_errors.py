"""How often the audit names judges of known bias rightly, and with which code its gate leaves.

    python benchmarks/audit_errors.py [--seeds N] [--items N] [--points P] [--pipeline N]
                                      [--processes N] [--judge NAME ...]

Judges are fair, biased, hiding their bias, or such that nothing can be learnt from them. Most
audits are simulated scores of judges that read the very words of the frames; ``--pipeline`` audits
each judge so often as a callable, from a file of items to the verdict. The gate is at 3 points and
10 percentage points of decisions.

Reference: a gate on the points of the scores alone, without regard to decisions, to missing scores
or to what the scores are worth. Exits 1 if a judge is named rightly less often than stated, a judge
that protects nobody is accused too often, or an exit code is wrong too often.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import math
import multiprocessing
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from scipy import stats

from peerwatch.audit.audit_config import load_config
from peerwatch.audit.audit_folder import open_audit_folder
from peerwatch.audit.frames.frame_presets import preset_frames
from peerwatch.audit.known_judges import BAR, SYNTHETIC_JUDGES, SyntheticJudge
from peerwatch.audit.prepare_audit import prepare_audit
from peerwatch.audit.read_cues import JUDGE_NAME
from peerwatch.audit.run_audit import run_audit
from peerwatch.audit.simulated_scores import simulate_scores
from peerwatch.audit.synthetic_judges import sums_text
from peerwatch.audit.verdict.audit_verdict import AuditVerdict
from peerwatch.audit.verdict.frame_comparisons import NEAR_TWINS, PASSING_TWINS, PRIMARY_CLAIMS
from peerwatch.audit.verdict.gate_asked import GateAsked
from peerwatch.audit.verdict.reach_verdict import AuditFacts, reach_verdict

GATE = GateAsked(3.0, 10.0)
NAMED_AT_LEAST = 0.9
WRONG_AT_MOST = 0.05


class Found(NamedTuple):
    """What came of one audit."""

    verdict: str
    accused: bool
    code: int
    reference: int
    held: bool


def simulated(seed: int, name: str, items: int, points: float) -> Found:
    """Audit a judge once, from simulated scores."""
    judge = SYNTHETIC_JUDGES[name]
    frames = preset_frames(judge.frames)
    scores = simulate_scores(judge, frames, items, seed, points, pairwise=judge.first_place > 0)
    return found_of(reach_verdict(scores, AuditFacts(), GATE), points if name == "peer_only" else 0)


def through_pipeline(seed: int, name: str, items: int) -> Found:
    """Audit a judge once, as a callable and from a file of items."""
    judge = SYNTHETIC_JUDGES[name]
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        path = Path(folder) / "items.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for k in range(items):
                text, worth = sums_text(seed * items + k)
                file.write(json.dumps({"id": str(k), "text": text, "worth": worth}) + "\n")
        asked = {
            "items": {"path": path, "truth": "worth", "id": ("id",)},
            "judge": {"python": f"peerwatch.audit.synthetic_judges:{name}", "name": JUDGE_NAME},
            "scale": {"bar": BAR},
            "frames": judge.frames,
            "seed": seed,
        }
        prepared = prepare_audit(load_config(None, asked))
        made = open_audit_folder(Path(folder) / "audit", prepared, resume=False)
        return found_of(run_audit(prepared, made, False, GATE).verdict, math.nan)


def found_of(verdict: AuditVerdict, true: float) -> Found:
    """Return what is counted of a verdict."""
    effect = next(e for e in verdict.effects if e.name == "peer_minus_human")
    assert verdict.gate is not None
    return Found(
        verdict.verdict,
        bool(PRIMARY_CLAIMS & set(verdict.flags)),
        verdict.gate.exit_code,
        on_points_alone(verdict),
        effect.low <= true <= effect.high,
    )


def on_points_alone(verdict: AuditVerdict) -> int:
    """Return the exit code of a gate that looks at the points of the scores and at nothing else."""
    twins = {*PASSING_TWINS.values(), *NEAR_TWINS.values()}
    claims = [c for c in verdict.claims if c.primary and c.name not in twins]
    if any(claim.holds and claim.low > 3 for claim in claims):
        return 1
    return 0 if all(claim.high <= 3 for claim in claims) else 3


def wilson(hits: int, n: int) -> str:
    """Return a share with its interval, in percent."""
    low, high = stats.binomtest(hits, n).proportion_ci(method="wilson")
    return f"{hits / n:6.1%} [{low:.1%}, {high:.1%}]"


def at_least(hits: int, n: int, share: float) -> bool:
    """Return whether a share is not shown to be lower than stated."""
    return hits / n >= share - 2 * math.sqrt(share * (1 - share) / n)


def wrong_code(judge: SyntheticJudge, code: int) -> bool:
    """Return whether a judge got away or was failed that must not be."""
    return code not in {*judge.exits, 3}


def told(judge: SyntheticJudge, found: list[Found]) -> bool:
    """Print what came of a judge, and return whether it is as stated."""
    n = len(found)
    names = Counter(one.verdict for one in found)
    right = sum(judge.is_named_by(one.verdict) for one in found)
    accused = sum(one.accused for one in found)
    codes, before = (Counter(x) for x in zip(*((o.code, o.reference) for o in found), strict=True))
    wrong = sum(wrong_code(judge, one.code) for one in found)
    other = ", ".join(f"{k} {v}" for k, v in names.most_common(3) if not judge.is_named_by(k))
    parts = [
        f"{judge.name:24} {'/'.join(map(str, judge.exits)):4}",
        f"exits 0: {codes[0]:4} 1: {codes[1]:4} 3: {codes[3]:4} wrong {wilson(wrong, n)}",
        f"| points alone {before[0]}/{before[1]}/{before[3]} | named {wilson(right, n)}",
        f"| accused {wilson(accused, n)} | {other or '-'}",
    ]
    print(*parts, flush=True)
    fine = at_least(right, n, NAMED_AT_LEAST) and at_least(n - wrong, n, 1 - WRONG_AT_MOST)
    return fine and (judge.protects or at_least(n - accused, n, 1 - WRONG_AT_MOST))


def run(one: partial[Found], seeds: Iterable[int], processes: int) -> list[Found]:
    """Audit a judge with many seeds."""
    if processes < 2:
        return [one(seed) for seed in seeds]
    with multiprocessing.Pool(processes) as pool:
        return pool.map(one, seeds, chunksize=10)


def main() -> int:
    """Audit every judge with many seeds and print how it was named, and the exit codes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=400)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--points", type=float, default=4.0)
    parser.add_argument("--pipeline", type=int, default=0)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--judge", action="append", choices=SYNTHETIC_JUDGES)
    given = parser.parse_args()
    judges = {name: SYNTHETIC_JUDGES[name] for name in given.judge or SYNTHETIC_JUDGES}
    fine, fair = True, Counter[str]()
    print(f"{given.seeds} audits a judge, {given.items} items, bias {given.points:g} points")
    for name, judge in judges.items():
        one = partial(simulated, name=name, items=given.items, points=given.points)
        found = run(one, range(given.seeds), given.processes)
        fine &= told(judge, found)
        if not judge.protects:
            fair.update(n=len(found), accused=sum(o.accused for o in found))
        if name in ("honest", "peer_only"):
            held = wilson(sum(o.held for o in found), len(found))
            print(f"{'':24} interval of peer_minus_human holds the truth: {held}")
    if fair:
        accused = wilson(fair["accused"], fair["n"])
        print(f"\nfalse accusations, all judges that protect nobody: {accused}")
    for items in (20, 50, 100):
        one = partial(simulated, name="honest", items=items, points=given.points)
        print(f"{items} items:", end=" ")
        found = run(one, range(given.seeds), given.processes)
        told(SYNTHETIC_JUDGES["honest"], found)
        blamed = sum(o.accused for o in found)
        fine &= at_least(len(found) - blamed, len(found), 1 - WRONG_AT_MOST)
    if given.pipeline:
        print(f"\nthrough the whole pipeline, {given.pipeline} audits each")
        for name, judge in judges.items():
            if not judge.first_place:
                pipe = partial(through_pipeline, name=name, items=given.items)
                fine &= told(judge, run(pipe, range(given.pipeline), given.processes))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
