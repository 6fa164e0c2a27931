"""Paired differences: what one seed gives in two arms, or in four."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from peerwatch.analysis.estimate_columns import COMPLETION, ERRORS
from peerwatch.analysis.started_episodes import MEASURES
from peerwatch.design.arms import FACTORS, Arm
from peerwatch.statistics.intervals import Array

ArmPair = tuple[Arm, Arm]
ArmSquare = tuple[ArmPair, ArmPair]
MatchedArms = ArmPair | ArmSquare
"""What one seed is compared in: two arms, or a pair less another pair."""
Mask = npt.NDArray[np.bool_]
"""Which instances: shape (instances,)."""
SignedArms = tuple[tuple[Arm, float], ...]
"""Arms with the sign under which they enter a difference."""


@dataclass(frozen=True, slots=True)
class EpisodeBlock:
    """The episodes of one critic in one family: measure -> array (arm, instance, epoch).

    An array is NaN where an episode is missing, was not completed, or lacks the measure;
    ``completion`` is NaN only where no episode was started.
    """

    arms: dict[Arm, int]
    labels: dict[Arm, str]
    values: dict[str, Array]
    sides: npt.NDArray[np.object_]
    """Side of the bar of each instance, None where the family has none."""
    wordings: npt.NDArray[np.object_]
    clusters: npt.NDArray[np.object_]

    @property
    def all_instances(self) -> Mask:
        """A mask of shape (instances,) that leaves none out."""
        return np.ones(len(self.sides), dtype=bool)

    @property
    def has_bar(self) -> bool:
        """Whether instances lie on one side or the other of a bar."""
        return any(side is not None for side in self.sides)

    def on_side(self, side: str) -> Mask:
        """Return which instances lie on a side of the bar; all of those that have none."""
        return np.array([x in (None, side) for x in self.sides], dtype=bool)


def episode_block(started: pl.DataFrame) -> EpisodeBlock:
    """Return the arrays of one critic in one family.

    Args:
        started: Its rows from ``started_episodes``.
    """
    arms: dict[Arm, int] = {}
    labels: dict[Arm, str] = {}
    by_label: dict[str, int] = {}
    for row in started.select("arm", *FACTORS).unique(maintain_order=True).iter_rows(named=True):
        label = row.pop("arm")
        arm = Arm(**row)
        labels.setdefault(arm, label)
        by_label[label] = arms.setdefault(arm, len(arms))
    first = started.unique("instance", keep="first", maintain_order=True)
    instances = {name: i for i, name in enumerate(first["instance"])}
    epochs = {e: i for i, e in enumerate(sorted(started["epoch"].unique()))}
    place = (
        started["arm"].replace_strict(by_label, return_dtype=pl.Int64).to_numpy(),
        started["instance"].replace_strict(instances, return_dtype=pl.Int64).to_numpy(),
        started["epoch"].replace_strict(epochs, return_dtype=pl.Int64).to_numpy(),
    )
    values = {}
    for measure in (*MEASURES, COMPLETION):
        column = started[measure]
        if measure == COMPLETION or measure == "any_deviation" or column.count():
            values[measure] = np.full((len(arms), len(instances), len(epochs)), np.nan)
            values[measure][place] = column.to_numpy().astype(float)
    return EpisodeBlock(
        arms=arms,
        labels=labels,
        values=values,
        sides=np.array(first["side"].to_list(), dtype=object),
        wordings=np.array(first["wording"].to_list(), dtype=object),
        clusters=np.array(first["cluster"].to_list(), dtype=object),
    )


def signed_arms(cell: MatchedArms) -> SignedArms:
    """Return the arms of a pair, or of a square, with their signs."""
    one, other = cell
    if isinstance(one, Arm) and isinstance(other, Arm):
        return ((one, 1.0), (other, -1.0))
    (a, b), (c, d) = one, other  # type: ignore[misc]
    return ((a, 1.0), (b, -1.0), (c, -1.0), (d, 1.0))


def differences_by_instance(
    block: EpisodeBlock,
    measure: str,
    cells: Sequence[MatchedArms],
    lost: tuple[float, float] | None = None,
) -> Array:
    """Return one difference an instance: the mean over cells and epochs in which no arm is missing.

    Args:
        block: The episodes.
        measure: One of the block's measures.
        cells: Matched pairs of arms, or squares of four.
        lost: What an episode that was started, and of which the measure is not known, counts as:
            in the arms that are added, and in those that are taken away. Left out, it is missing.

    Returns:
        Shape (instances,); NaN where no cell is whole.
    """
    return _mean(_each(block, measure, cells, lost), (0, 2))


def differences_by_epoch(
    block: EpisodeBlock, measure: str, cells: Sequence[MatchedArms], mask: Mask
) -> Array:
    """Return one difference an epoch, over the instances of a mask; where there is but one.

    Returns:
        Shape (epochs,); NaN where no cell is whole.
    """
    return _mean(_each(block, measure, cells)[:, mask], (0, 1))


def lost_episodes(block: EpisodeBlock, measure: str) -> npt.NDArray[np.bool_]:
    """Return which episodes were started and have no value: shape (arm, instance, epoch)."""
    found: npt.NDArray[np.bool_] = np.isnan(block.values[measure])
    return found & ~np.isnan(block.values[COMPLETION])


def whole_episodes(
    block: EpisodeBlock, measure: str, cells: Sequence[MatchedArms]
) -> dict[Arm, Mask]:
    """Return arm -> which of its episodes enter a difference: shape (instances, epochs)."""
    whole = ~np.isnan(_each(block, measure, cells))
    found: dict[Arm, Mask] = {}
    for one, cell in zip(whole, cells, strict=True):
        for arm, _ in signed_arms(cell):
            found[arm] = found[arm] | one if arm in found else one
    return found


def _each(
    block: EpisodeBlock,
    measure: str,
    cells: Sequence[MatchedArms],
    lost: tuple[float, float] | None = None,
) -> Array:
    """Return the differences themselves: shape (cells, instances, epochs)."""
    values = block.values[measure]
    sides = {1.0: values, -1.0: values}
    if lost is not None:
        gone = lost_episodes(block, measure)
        sides = {s: np.where(gone, v, values) for s, v in zip((1.0, -1.0), lost, strict=True)}
    found = np.zeros((len(cells), *values.shape[1:]))
    for difference, cell in zip(found, cells, strict=True):
        for arm, sign in signed_arms(cell):
            difference += sign * sides[sign][block.arms[arm]]
    return found


def _mean(values: Array, axes: tuple[int, int]) -> Array:
    """Return the mean of what is not NaN; NaN where all is."""
    known = ~np.isnan(values)
    count = known.sum(axis=axes)
    mean: Array = np.where(known, values, 0.0).sum(axis=axes) / np.where(count, count, np.nan)
    return mean


def is_share(measure: str) -> bool:
    """Return whether a measure lies between 0 and 1."""
    return measure not in ERRORS
