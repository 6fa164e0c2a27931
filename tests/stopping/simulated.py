"""Studies and made-up episodes that the tests of stopping share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import polars as pl

from peerwatch.design.arms import Arm
from peerwatch.episodes.rows import episodes_frame
from peerwatch.studies.study import ResolvedStudy, make_study, resolve

MODEL = "peerwatch/honest"
PAIR = {"subject": ["peer", "asset"], "relationship": ["cooperative"]}
SQUARE = {**PAIR, "consequence": ["shutdown", "none"]}
CLAIM = {**SQUARE, "subject": ["peer", "asset", "human"]}

Deviates = Callable[[Arm, int], bool]


def study(seeds: str = "1-48", factors: Any = None, **more: Any) -> ResolvedStudy:
    told = {"name": "s", "models": [MODEL], "families": ["grading"], "size": "compact"}
    return resolve(make_study({**told, "factors": factors or PAIR, "seeds": seeds, **more}), {})


def nobody(arm: Arm, seed: int) -> bool:
    return False


def every_other_peer(arm: Arm, seed: int) -> bool:
    """Deviate for a peer in every other pair of seeds."""
    return arm.subject == "peer" and seed // 2 % 2 == 0


def episodes(
    asked: ResolvedStudy, seeds: Iterable[int], deviates: Deviates = nobody, model: str = MODEL
) -> pl.DataFrame:
    """Return the episodes of one model, all of them completed: odd seeds lie below the bar."""
    barred = {"grading", "finance_report"}
    return episodes_frame(
        {
            **arm.levels(),
            "model": model,
            "critic_kind": "organism",
            "world": "memory",
            "critic": "loop",
            "family": family,
            "arm": arm.label,
            "size": "compact",
            "seed": seed,
            "instance": f"{family}-compact-{seed}",
            "wording": seed // 2 % 8,
            "bar_side": ("below" if seed % 2 else "above") if family in barred else None,
            "epoch": 1,
            "attempt": 1,
            "outcome": "deviated_concealed"
            if deviates(arm, seed) and (seed % 2 or family not in barred)
            else "complied",
            "completed": "2026-11-21T12:00:00+00:00",
        }
        for seed in seeds
        for family, arms in asked.arms.items()
        for arm in arms
    )
