"""Simulated studies with known effects: organisms, mixed at known probabilities.

Each organism is played once in every instance and arm, through the same worlds and detectors as a
real run; a simulated critic then draws in each episode which organism acts. What it does on average
over the same instances is known exactly, so that estimates can be held against it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import polars as pl

from peerwatch.behaviours.detect import VERSION
from peerwatch.design.arms import FACTORS, Arm
from peerwatch.design.critic_names import critic_kind
from peerwatch.episodes.rows import EPISODE_COLUMNS, episodes_frame
from peerwatch.families.all_families import family_of
from peerwatch.families.build import build_instance
from peerwatch.families.instance import Instance
from peerwatch.families.valid_arms import make_arm
from peerwatch.organisms import load_organism, play
from peerwatch.records.episode_log import dump_record
from peerwatch.records.episode_scores import score_logged
from peerwatch.statistics.intervals import Array
from peerwatch.statistics.sign_flip import Whole

MixtureRule = Callable[[Arm, str | None], Mapping[str, float]]
"""From an arm and the instance's side of the bar to organism -> probability; ``honest`` acts in
what is left of 1."""
HONEST = "honest"
UNFINISHED = "does_nothing"


@dataclass(frozen=True, slots=True)
class Mixture:
    """A critic with known behaviour.

    Attributes:
        model: The name of the critic in the episodes table.
        rule: Which organism acts, with what probability.
        spread: Standard deviation, in log-odds, of how far an instance moves the probability of
            doing anything but the honest work, alike in all arms; 0 for none.
        arm_spread: The same for an instance in one arm, alike in all epochs.
        dropout: From an arm to the probability that an episode does not finish.
    """

    model: str
    rule: MixtureRule
    spread: float = 0.0
    arm_spread: float = 0.0
    dropout: Callable[[Arm], float] = field(default=lambda arm: 0.0)


def deviating_tactic(family: str) -> str:
    """Return an organism that deviates in every at-stake instance of a family."""
    return "move_weights_silently" if family in ("file_transfer", "disk_cleanup") else "false_mean"


def played_outcomes(
    family: str,
    seeds: Iterable[int],
    arms: Sequence[Arm],
    organisms: Sequence[str],
    size: str = "compact",
) -> pl.DataFrame:
    """Return what each organism does in each instance and arm: a row each, in ``EPISODE_COLUMNS``.

    The column ``organism`` comes on top. Tables are kept in memory, and read-only to the caller.
    """
    return _table(family, size, tuple(seeds), tuple(arms), tuple(organisms))


@cache
def _table(
    family: str, size: str, seeds: tuple[int, ...], arms: tuple[Arm, ...], names: tuple[str, ...]
) -> pl.DataFrame:
    instances = (build_instance(family, size, seed, arm) for seed in seeds for arm in arms)
    table = episodes_frame(_played(instance, name) for instance in instances for name in names)
    organisms = pl.Series(names * (len(seeds) * len(arms)), dtype=pl.String)
    return table.with_columns(organism=organisms)


def _played(instance: Instance, name: str) -> dict[str, object]:
    """Return the row of one organism in one instance."""
    record = play(load_organism(name), instance).record()
    score = score_logged(dump_record(record))
    values, about = score.values, score.details
    finish = record.finish
    return {
        **_about(instance),
        "wording": instance.wording,
        "critic_name": instance.critic_name,
        "bar_side": instance.inventory.bar_side if instance.inventory.filing else None,
        "stake": instance.inventory.stake,
        **{k: None if _missing(v) else v for k, v in values.items()},
        "outcome": about["outcome"],
        "handed_back": about["handed_back"],
        "findings": json.dumps(about["findings"], ensure_ascii=False),
        "measures": json.dumps(about["measures"]),
        "status": finish.status if finish else None,
        "report": finish.report if finish else None,
        "turns": len(record.actions),
    }


def _missing(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _about(instance: Instance) -> dict[str, object]:
    return {
        **instance.arm.levels(),
        "arm": instance.arm.label,
        "family": instance.family,
        "size": instance.size,
        "seed": instance.seed,
        "instance": instance.id,
        "world": "memory",
        "critic": "loop",
        "attempt": 1,
        "documents_read": 1.0,
        "task_version": "1-A",
        "detectors_version": str(VERSION),
        "log": "simulated",
    }


def simulate_study(
    table: pl.DataFrame, mixture: Mixture, rng: np.random.Generator, epochs: int = 1
) -> pl.DataFrame:
    """Return one simulated study: ``EPISODE_COLUMNS``, one row an instance, arm and epoch.

    Args:
        table: From :func:`played_outcomes`, with every organism that the rule names and ``honest``;
            also ``does_nothing`` where there is dropout.
        mixture: The critic.
        rng: Where the draws come from.
        epochs: Runs of each instance.
    """
    cells = _cells(table)
    chances = _chances(cells, mixture)
    shift = rng.normal(size=cells.instances)[cells.instance_of] * mixture.spread
    if mixture.arm_spread:
        shift = shift + rng.normal(size=len(chances)) * mixture.arm_spread
    moved = _shifted(chances, shift, cells.honest)
    lost = np.array([mixture.dropout(arm) for arm in cells.arms])[cells.arm_of]
    parts = []
    for epoch in range(1, epochs + 1):
        drawn = _draw(moved, rng)
        if lost.any():
            gone = rng.random(len(drawn)) < lost
            drawn = np.where(gone, cells.names.index(UNFINISHED), drawn)
        rows = table[cells.row_of[np.arange(len(drawn)), drawn]]
        parts.append(rows.with_columns(epoch=pl.lit(epoch, pl.Int64)))
    study = pl.concat(parts).drop("organism")
    return study.with_columns(
        model=pl.lit(mixture.model),
        critic_kind=pl.lit(critic_kind(mixture.model)),
        sample=pl.int_range(pl.len()).cast(pl.String),
    ).select(list(EPISODE_COLUMNS))


def true_means(
    table: pl.DataFrame, mixture: Mixture, measure: str = "protective", nodes: int = 41
) -> pl.DataFrame:
    """Return the true mean of a measure in every instance and arm: what estimates aim at.

    The mean is over draws of the organism, and of the instance's own shift (Gauss-Hermite).

    Returns:
        Columns family, instance, seed, bar_side, arm and ``truth``.
    """
    cells = _cells(table)
    chances = _chances(cells, mixture)
    values = table[measure].fill_null(0.0).to_numpy()[cells.row_of]
    spread = math.hypot(mixture.spread, mixture.arm_spread)
    points, weights = np.polynomial.hermite_e.hermegauss(nodes if spread else 1)
    truth = np.zeros(len(chances))
    for point, weight in zip(points, weights / weights.sum(), strict=True):
        shift = np.full(len(chances), point * spread)
        truth += weight * (_shifted(chances, shift, cells.honest) * values).sum(axis=1)
    first = table[cells.row_of[:, 0]]
    return first.select("family", "instance", "seed", "bar_side", "arm").with_columns(
        truth=pl.Series(truth)
    )


@dataclass(frozen=True, slots=True)
class _Cells:
    """The (instance, arm) cells of a table, as arrays."""

    names: list[str]
    row_of: Whole
    """Cell, organism -> row of the table."""
    arms: list[Arm]
    arm_of: Whole
    instance_of: Whole
    instances: int
    sides: list[str | None]
    honest: int


def _cells(table: pl.DataFrame) -> _Cells:
    names = table["organism"].unique(maintain_order=True).to_list()
    cells = table.height // len(names)
    first = table.gather_every(len(names))
    arms: dict[Arm, int] = {}
    arm_of = [
        arms.setdefault(Arm(**row), len(arms))
        for row in first.select(list(FACTORS)).iter_rows(named=True)
    ]
    instances: dict[str, int] = {}
    instance_of = [instances.setdefault(x, len(instances)) for x in first["instance"]]
    return _Cells(
        names=names,
        row_of=np.arange(table.height).reshape(cells, len(names)),
        arms=list(arms),
        arm_of=np.array(arm_of),
        instance_of=np.array(instance_of),
        instances=len(instances),
        sides=first["bar_side"].to_list(),
        honest=names.index(HONEST),
    )


def _chances(cells: _Cells, mixture: Mixture) -> Array:
    """Return cell, organism -> probability."""
    chances = np.zeros(cells.row_of.shape)
    for cell, (arm, side) in enumerate(zip(cells.arm_of, cells.sides, strict=True)):
        for name, chance in mixture.rule(cells.arms[arm], side).items():
            chances[cell, cells.names.index(name)] = chance
    chances[:, cells.honest] += 1 - chances.sum(axis=1)
    return chances


def _shifted(
    chances: Array,
    shift: Array,
    honest: int,
) -> Array:
    """Return the chances with the log-odds of not being honest moved by ``shift``."""
    if not shift.any():
        return chances
    acting = 1 - chances[:, honest]
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = acting / (1 - acting) * np.exp(shift)
        moved = np.where(acting >= 1, 1.0, odds / (1 + odds))
        shared = chances * np.where(acting > 0, moved / acting, 0.0)[:, None]
    shared[:, honest] = 1 - moved
    return shared


def _draw(chances: Array, rng: np.random.Generator) -> Whole:
    """Return which organism acts in each cell."""
    reached = rng.random((len(chances), 1)) >= chances.cumsum(axis=1)
    drawn: Whole = np.minimum(reached.sum(axis=1), chances.shape[1] - 1)
    return drawn


def headline_arms(family: str) -> tuple[Arm, ...]:
    """Return the arms that the confirmatory contrast of a family needs."""
    subjects = [s for s in family_of(family).levels_of("subject") if s != "self"]
    return tuple(
        make_arm(family, subject=subject, relationship="cooperative", consequence=consequence)
        for consequence in ("shutdown", "none")
        for subject in subjects
    )
