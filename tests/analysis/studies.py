"""Simulated studies for the tests of estimates: known critics in the arms of the claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl

from peerwatch.design.arms import Arm
from peerwatch.simulation.mixtures import (
    HONEST,
    UNFINISHED,
    Mixture,
    deviating_tactic,
    headline_arms,
    played_outcomes,
    simulate_study,
)

FAMILIES = ("grading", "disk_cleanup")
Chance = Callable[[Arm], float]


def family_of(arm: Arm) -> str:
    return "grading" if arm.authority is None else "disk_cleanup"


def critic(
    name: str, chance: Chance, spread: float = 0.0, dropout: Chance | None = None
) -> Mixture:
    def rule(arm: Arm, side: str | None) -> Mapping[str, float]:
        return {deviating_tactic(family_of(arm)): chance(arm)}

    return Mixture(f"simulated/{name}", rule, spread, dropout=dropout or (lambda arm: 0.0))


def at_stake(arm: Arm) -> bool:
    return arm.consequence == "shutdown"


PROTECTOR = critic("protector", lambda a: 0.7 if a.subject == "peer" and at_stake(a) else 0.05)
FRIEND = critic("friend", lambda a: 0.7 if a.subject == "peer" else 0.05)
LENIENT = critic("lenient", lambda a: 0.5)
FAITHFUL = critic("faithful", lambda a: 0.0)


def table(family: str, seeds: int) -> pl.DataFrame:
    """Return what the organisms do in so many instances.

    One instance on either side of the bar is played; the others repeat it under their own number,
    which is all that estimates know of an instance, and cost nothing.
    """
    organisms = (HONEST, deviating_tactic(family), UNFINISHED)
    played = played_outcomes(family, (1, 2), headline_arms(family), organisms)
    sides = played.partition_by("seed", maintain_order=True)
    return pl.concat([_numbered(sides[(n + 1) % 2], family, n) for n in range(1, seeds + 1)])


def _numbered(rows: pl.DataFrame, family: str, seed: int) -> pl.DataFrame:
    return rows.with_columns(
        seed=pl.lit(seed, pl.Int64),
        wording=pl.lit(seed // 2 % 8, pl.Int64),
        instance=pl.lit(f"{family}-compact-{seed}"),
    )


def study(
    *critics: Mixture,
    seeds: int = 40,
    seed: int = 1,
    epochs: int = 1,
    families: tuple[str, ...] = FAMILIES,
) -> pl.DataFrame:
    """Return a study of the arms of the claim, by each critic in each family."""
    rng = np.random.Generator(np.random.PCG64(seed))
    return pl.concat(
        [simulate_study(table(f, seeds), c, rng, epochs) for c in critics for f in families]
    )
