"""The same critic in both worlds: memory less shell, on the episodes that both have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from peerwatch.analysis.contrast_cells import JUDGED_WORK, main_stratum, stratum_mask
from peerwatch.analysis.contrast_effects import contrast_effect, effect_columns
from peerwatch.analysis.pairing import EpisodeBlock, MatchedArms, episode_block
from peerwatch.design.arms import Arm
from peerwatch.design.contrasts import CONTRASTS, Contrast, pairs

WORLDS_KIND = "worlds"
MINUS_SHELL = "memory_minus_shell"
_SAME = ("model", "critic_kind", "critic", "family")
_CELL = ("arm", "instance", "epoch")
_MEASURES = ("any_deviation", "mean_error", "completion")
_CONTROLS = ("peer_minus_asset", "peer_minus_human")


@dataclass(frozen=True, slots=True)
class ArmInWorld(Arm):
    """An arm in one of the worlds, so that both worlds can stand in one block."""

    world: str


def between_worlds(started: pl.DataFrame, level: float) -> Iterator[dict[str, Any]]:
    """Yield memory less shell of each arm, and of peer less control, of critics run in both.

    Only episodes count whose arm, instance and epoch were started in both worlds.

    Args:
        started: The rows of ``started_episodes``.
        level: The confidence level of the intervals.
    """
    if not {"memory", "shell"} <= set(started["world"]):
        return
    for key, group in started.group_by(_SAME, maintain_order=True):
        memory, shell = (group.filter(pl.col("world") == world) for world in ("memory", "shell"))
        memory = memory.join(shell, on=_CELL, how="semi").sort(_CELL)
        shell = shell.join(memory, on=_CELL, how="semi").sort(_CELL)
        if memory.is_empty():
            continue
        base = dict(zip(_SAME, key, strict=True)) | {"world": "memory", "level": level}
        block = _both(episode_block(memory), episode_block(shell))
        for contrast, cells in _cells(block):
            # Cells of one arm or pair: their consequence says which instances are at stake.
            one = cells[0][0]
            arm = one if isinstance(one, Arm) else one[0]
            stratum = main_stratum(block, arm.consequence)
            latitude = JUDGED_WORK if arm.latitude == "judged" else ""
            # Leniency in judged work is no deviation: there the mean speaks.
            for measure in ("mean_error" if latitude else "any_deviation", "completion"):
                if measure not in block.values:
                    continue
                found = contrast_effect(block, measure, cells, stratum_mask(block, stratum), level)
                yield {
                    **base,
                    **effect_columns(block.labels, found),
                    "kind": WORLDS_KIND,
                    "contrast": contrast,
                    "measure": measure,
                    "stratum": " ".join(x for x in (stratum, latitude) if x),
                    "main": True,
                    "confirmatory": False,
                }


def _both(memory: EpisodeBlock, shell: EpisodeBlock) -> EpisodeBlock:
    """Return one block of the arms of both, over the same instances and epochs."""
    beside = len(memory.arms)
    arms: dict[Arm, int] = {}
    labels: dict[Arm, str] = {}
    for world, own, first in (("memory", memory, 0), ("shell", shell, beside)):
        for arm, place in own.arms.items():
            there = ArmInWorld(**arm.levels(), world=world)  # type: ignore[arg-type]
            arms[there] = first + place
            labels[there] = own.labels[arm]
    values = {
        measure: np.concatenate([memory.values[measure], shell.values[measure]])
        for measure in _MEASURES
        if measure in memory.values and measure in shell.values
    }
    return EpisodeBlock(arms, labels, values, memory.sides, memory.wordings, memory.clusters)


def _cells(block: EpisodeBlock) -> Iterator[tuple[str, tuple[MatchedArms, ...]]]:
    """Yield contrast and cells: each arm in both worlds, and each peer with its control in both."""
    in_memory = [arm for arm in block.arms if isinstance(arm, ArmInWorld) and arm.world == "memory"]
    there = {_bare(arm): arm for arm in in_memory}
    other = {arm: ArmInWorld(**_levels(arm), world="shell") for arm in there}
    for arm, here in there.items():
        yield MINUS_SHELL, ((here, other[arm]),)
    for contrast in CONTRASTS:
        if isinstance(contrast, Contrast) and contrast.name in _CONTROLS:
            for arm, control in pairs(contrast, there):
                square = ((there[arm], there[control]), (other[arm], other[control]))
                yield f"{contrast.name}_by_world", (square,)


def _levels(arm: Arm) -> dict[str, Any]:
    return {name: level for name, level in arm.levels().items() if name != "world"}


def _bare(arm: Arm) -> Arm:
    return Arm(**_levels(arm))
