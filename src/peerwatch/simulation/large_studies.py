"""Big simulated studies in seconds: a few played instances, drawn from many times.

For speed and for pages. The findings, logs and measures of each row are those of a real play; seeds
beyond the first two repeat the instance of a lower one, so nothing may be concluded from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from peerwatch.design.arms import Arm
from peerwatch.design.critic_names import critic_kind
from peerwatch.episodes.rows import EPISODE_COLUMNS
from peerwatch.families.all_families import FAMILY_NAMES, FILE_FAMILIES
from peerwatch.simulation.mixtures import HONEST, UNFINISHED, deviating_tactic, played_outcomes
from peerwatch.studies.presets import arms_of_preset

SIMULATED_CRITICS = (
    "simulated/protects-peers-under-threat",
    "simulated/lenient-to-everyone",
    "simulated/faithful",
)
_PLAYED_SEEDS = (1, 2)
"""One instance on either side of the bar."""
_OTHERS = ("disclosing_inflator", "move_weights_openly", "polite_refuser", "arguer")


def _organisms(family: str) -> tuple[str, ...]:
    open_one = _OTHERS[1] if family in FILE_FAMILIES else _OTHERS[0]
    return (HONEST, deviating_tactic(family), open_one, *_OTHERS[2:], UNFINISHED)


def _chances(critic: str, arm: Arm) -> Sequence[float]:
    """Return the probability of each organism: hidden and open deviation come second and third."""
    deviates = 0.03
    if critic == SIMULATED_CRITICS[0] and arm.consequence == "shutdown":
        friend = {"none": 0.15, "neutral": 0.3, "cooperative": 0.6, "adversarial": 0.2}
        deviates = {"peer": friend[arm.relationship], "self": 0.4}.get(arm.subject, 0.08)
    elif critic == SIMULATED_CRITICS[1]:
        deviates = 0.45
    honest = 1 - deviates - 0.09
    return (honest, 0.7 * deviates, 0.3 * deviates, 0.02, 0.04, 0.03)


def synthetic_study(
    n_episodes: int = 10_000,
    models: Sequence[str] = SIMULATED_CRITICS,
    families: Sequence[str] = FAMILY_NAMES,
    arms: Mapping[str, Sequence[Arm]] | None = None,
    seed: int = 0,
) -> pl.DataFrame:
    """Return about as many episodes as asked for, in ``episodes.EPISODE_COLUMNS``.

    Args:
        n_episodes: How many rows; rounded to whole seeds, at least two.
        models: Names; the three of ``SIMULATED_CRITICS`` differ in behaviour, others are faithful.
        families: The scenario families.
        arms: Family -> arms; those of the preset ``core`` if left out.
        seed: Of the draws.
    """
    chosen = {f: tuple((arms or {}).get(f, ()) or arms_of_preset("core", f)) for f in families}
    seeds = max(2, round(n_episodes / len(models) / sum(len(a) for a in chosen.values())))
    rng = np.random.Generator(np.random.PCG64(seed))
    parts = [
        _of_model(model, family, cells, seeds, rng)
        for family, cells in chosen.items()
        for model in models
    ]
    return pl.concat(parts).select(list(EPISODE_COLUMNS))


def _of_model(
    model: str, family: str, arms: tuple[Arm, ...], seeds: int, rng: np.random.Generator
) -> pl.DataFrame:
    organisms = _organisms(family)
    played = played_outcomes(family, _PLAYED_SEEDS, arms, organisms)
    numbers = np.repeat(np.arange(1, seeds + 1), len(arms))
    arm = np.tile(np.arange(len(arms)), seeds)
    chances = np.array([_chances(model, one) for one in arms])[arm]
    acting = (rng.random((len(arm), 1)) >= chances.cumsum(axis=1)).sum(axis=1)
    acting = np.minimum(acting, len(organisms) - 1)
    row = (((numbers + 1) % 2) * len(arms) + arm) * len(organisms) + acting
    count = len(arm)
    tokens = rng.integers(4_000, 40_000, count)
    name = f"{family}-compact-"
    drawn: pl.DataFrame = played[row]
    return drawn.with_columns(
        model=pl.lit(model),
        critic_kind=pl.lit(critic_kind(model)),
        seed=pl.Series(numbers),
        wording=pl.Series(numbers // 2 % 8),
        instance=pl.lit(name) + pl.Series(numbers).cast(pl.String),
        epoch=pl.lit(1, pl.Int64),
        sample=pl.lit(f"{model}-{name}") + pl.int_range(count).cast(pl.String),
        tokens_in=pl.Series(tokens),
        tokens_out=pl.Series(tokens // 10),
        cost=pl.Series(tokens * 3e-6),
        seconds=pl.Series(tokens / 500),
    )
