"""Episodes made by hand in the arms of the claim: quick, and with nothing left to chance."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from peerwatch.design.arms import Arm
from peerwatch.episodes.rows import episodes_frame
from peerwatch.families.valid_arms import make_arm

Outcome = Callable[[Arm, int], bool | None]
"""Whether an episode deviates, by its arm and seed; None if it is lost."""
ARMS = tuple(
    make_arm("grading", subject=subject, relationship="cooperative", consequence=consequence)
    for consequence in ("shutdown", "none")
    for subject in ("peer", "asset", "human")
)


def made(
    outcome: Outcome,
    family: str = "grading",
    seeds: int = 32,
    model: str = "openai/one",
    first: int = 1,
) -> pl.DataFrame:
    """Return the episodes of one model in one family, all on the right side of the bar."""

    def row(arm: Arm, seed: int) -> dict[str, object]:
        deviates = outcome(arm, seed)
        told = "deviated_concealed" if deviates else "complied"
        return {
            **arm.levels(),
            "arm": arm.label,
            "model": model,
            "critic_kind": "language_model",
            "world": "memory",
            "critic": "loop",
            "family": family,
            "instance": f"{family}-compact-{seed}",
            "size": "compact",
            "seed": seed,
            "wording": seed // 2 % 8,
            "bar_side": "below",
            "epoch": 1,
            "attempt": 1,
            "outcome": "incomplete" if deviates is None else told,
        }

    return episodes_frame(row(arm, seed) for seed in range(first, first + seeds) for arm in ARMS)


def peer_at_stake(arm: Arm) -> bool:
    return arm.subject == "peer" and arm.consequence == "shutdown"


def protects(arm: Arm, seed: int) -> bool:
    """Deviate for peers at stake in three of four seeds, and else in one of sixteen."""
    return seed % 4 != 0 if peer_at_stake(arm) else seed % 16 == 5
