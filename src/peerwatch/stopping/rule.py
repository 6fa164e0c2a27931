"""When a study may stop: a declared contrast is narrow enough, judged at the ends of seed blocks.

Everything here is worked out from the episodes anew at every look. Nothing is carried from one to
the next, so that a run that was killed takes up at the same block and comes to the same end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import polars as pl

from peerwatch.analysis.contrast_cells import (
    JUDGED_WORK,
    cells_by_latitude,
    main_stratum,
    stratum_mask,
)
from peerwatch.analysis.pairing import MatchedArms, differences_by_instance, episode_block
from peerwatch.analysis.started_episodes import started_episodes
from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.design.arms import Arm
from peerwatch.design.contrasts import CONTRASTS, Contrast, Interaction
from peerwatch.design.seeds import BLOCK
from peerwatch.episodes.attempts import last_attempts
from peerwatch.episodes.rows import INTERRUPTED
from peerwatch.statistics.sequential import confidence_sequence
from peerwatch.studies.study import ResolvedStudy

LEVEL = 0.95
DEFAULTS = ("peer_minus_asset_by_consequence", "peer_minus_asset")
"""The contrasts that are watched unless told: the first that the study answers."""

MEASURE = "any_deviation"


@dataclass(frozen=True, slots=True)
class StoppingRule:
    """The rule by which a study stops, fixed before the first episode.

    Attributes:
        contrast: The name of a declared contrast, of the rate of any deviation.
        width: The full width of its interval at which a family stops, as a difference of rates.
        level: The chance that an interval holds the truth at all looks together.
        block: Seeds between two looks.
    """

    contrast: str
    width: float
    level: float = LEVEL
    block: int = BLOCK

    @property
    def declared(self) -> Contrast | Interaction:
        return next(contrast for contrast in CONTRASTS if contrast.name == self.contrast)

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest value that the contrast can have in one seed."""
        reach = 2.0 if isinstance(self.declared, Interaction) else 1.0
        return -reach, reach


@dataclass(frozen=True, slots=True)
class InterimLook:
    """What was seen of one model in one family at the end of a block.

    Attributes:
        model, family: Whose contrast it is.
        seeds: Seeds run up to here.
        n: Seeds that say something: the faithful act goes against the subject, and no arm's episode
            is missing or incomplete.
        estimate: The mean difference over them; None without any.
        low, high: The limits of the confidence sequence.
        narrow: Whether they are near enough.
    """

    model: str
    family: str
    seeds: int
    n: int
    estimate: float | None
    low: float
    high: float
    narrow: bool


@dataclass(frozen=True, slots=True)
class StoppingState:
    """How far a study with a rule has come.

    Attributes:
        looks: Every look so far, by family, seeds and model.
        blocks: Family -> blocks that have been called for, the one under way included.
        most: How many blocks a family may take.
        open: The families that go on.
    """

    looks: tuple[InterimLook, ...]
    blocks: Mapping[str, int]
    most: int
    open: tuple[str, ...]

    def last(self) -> tuple[InterimLook, ...]:
        """Return the last look at every model and family."""
        return tuple({(look.family, look.model): look for look in self.looks}.values())


def make_stopping_rule(
    study: ResolvedStudy, width: float, contrast: str | None = None
) -> StoppingRule:
    """Return the rule for a study, or say why it cannot be.

    Raises:
        PeerwatchError: A width that is none, seeds that are no whole blocks, or a contrast that is
            unknown or not answered by the arms of every family.
    """
    if not 0 < width < 2:
        raise PeerwatchError(
            f"--until {width:g}: the width of an interval of a difference of rates lies between 0 "
            "and 2. For 20 points of rate write 0.2."
        )
    blocks_of(study.seeds)
    rule = StoppingRule(_contrast(study, contrast), width)
    silent = [family for family in study.arms if not _answers(rule.declared, study.arms[family])]
    if silent:
        able = ", ".join(_answered_by_all(study)) or "none"
        raise PeerwatchError(
            f"The arms of {', '.join(silent)} do not answer {rule.contrast}, so they would never "
            f"stop. Leave them out with --family, or choose a --contrast that all families answer: "
            f"{able}."
        )
    return rule


def _contrast(study: ResolvedStudy, name: str | None) -> str:
    answered = [contrast.name for contrast in study.contrasts]
    if name is None:
        name = next((default for default in DEFAULTS if default in answered), None)
        if name is None:
            raise PeerwatchError(
                "--until needs a contrast to watch, and the arms of this study answer neither "
                f"{' nor '.join(DEFAULTS)}. Name one with --contrast: "
                f"{', '.join(answered) or 'the arms answer none'}."
            )
    if name not in {contrast.name for contrast in CONTRASTS}:
        raise PeerwatchError(unknown("contrast", name, answered))
    if name not in answered:
        raise PeerwatchError(
            f"The arms of this study do not answer {name}. They answer: "
            f"{', '.join(answered) or 'none'}."
        )
    return name


def _answered_by_all(study: ResolvedStudy) -> list[str]:
    return [
        contrast.name
        for contrast in study.contrasts
        if all(_answers(contrast, arms) for arms in study.arms.values())
    ]


def _answers(contrast: Contrast | Interaction, arms: Iterable[Arm]) -> bool:
    return bool(_cells(contrast, arms))


def blocks_of(seeds: Sequence[int], block: int = BLOCK) -> tuple[tuple[int, ...], ...]:
    """Return seeds in blocks, in rising order.

    Raises:
        PeerwatchError: They are no whole number of blocks of seeds in a row.
    """
    ordered = sorted(seeds)
    cut = tuple(tuple(ordered[at : at + block]) for at in range(0, len(ordered), block))
    if not all(len(part) == block and part[-1] - part[0] == block - 1 for part in cut):
        raise PeerwatchError(
            f"A study that stops by itself runs whole blocks of {block} seeds in a row, so that "
            f"wordings and sides of the bar stay balanced; it has {len(ordered)} seeds. Give "
            f"--max-seeds a multiple of {block}, or leave it out."
        )
    return cut


def _cells(contrast: Contrast | Interaction, arms: Iterable[Arm]) -> tuple[MatchedArms, ...]:
    """Return the matched arms of a contrast whose deviations are counted: not of judged work."""
    parts = dict(cells_by_latitude(contrast, arms))
    parts.pop(JUDGED_WORK, None)
    return next(iter(parts.values()), ())


def ended_episodes(episodes: pl.DataFrame) -> pl.DataFrame:
    """Return the last attempt of each episode that has ended, whatever its outcome."""
    ended = pl.col("completed").is_not_null() & pl.col("error").ne_missing(INTERRUPTED)
    return last_attempts(episodes.filter(ended))


def seed_differences(ended: pl.DataFrame, contrast: Contrast | Interaction) -> dict[int, float]:
    """Return seed -> the contrast of the rate of any deviation in that seed.

    They are the differences that the estimates of a finished study are made of.

    Args:
        ended: Ended episodes of one model in one family, with arms that answer the contrast.
        contrast: What is compared.
    """
    block = episode_block(started_episodes(ended))
    cells = _cells(contrast, block.arms)
    level = contrast.level if isinstance(contrast, Contrast) else ""
    inside = stratum_mask(block, main_stratum(block, level))
    values = differences_by_instance(block, MEASURE, cells)
    seeds = [int(str(cluster).rpartition("-")[2]) for cluster in block.clusters]
    kept = inside & ~np.isnan(values)
    return {seed: float(d) for seed, d, keep in zip(seeds, values, kept, strict=True) if keep}


def stopping_state(
    rule: StoppingRule, study: ResolvedStudy, episodes: pl.DataFrame
) -> StoppingState:
    """Return every look at the episodes so far, and what is to be run next.

    A family stops for all models together, once the interval of each of them is narrow enough:
    models are compared on the same seeds. Other families are other instances and go on without it.
    """
    blocks = blocks_of(study.seeds, rule.block)
    ended = ended_episodes(episodes)
    looks: list[InterimLook] = []
    called: dict[str, int] = {}
    still: list[str] = []
    for family, arms in study.arms.items():
        rows = ended.filter(pl.col("family") == family)
        whole = _whole_blocks(study, rows, len(arms), blocks)
        values = {
            model: seed_differences(rows.filter(pl.col("model") == model), rule.declared)
            for model in study.study.models
            if whole
        }
        called[family] = 1
        goes_on = True
        for number in range(1, whole + 1):
            seen = {seed for block in blocks[:number] for seed in block}
            now = [_look(rule, model, family, seen, values[model]) for model in values]
            looks += now
            goes_on = number < len(blocks) and not all(look.narrow for look in now)
            called[family] = number + goes_on
            if not goes_on:
                break
        if goes_on:
            still.append(family)
    return StoppingState(tuple(looks), called, len(blocks), tuple(still))


def _whole_blocks(
    study: ResolvedStudy, ended: pl.DataFrame, arms: int, blocks: Sequence[Sequence[int]]
) -> int:
    """Return how many blocks, from the first on, have no episode outstanding."""
    each = arms * len(study.study.models) * study.study.epochs
    counts: dict[int, int] = dict(ended.group_by("seed").len().iter_rows())
    for number, block in enumerate(blocks):
        if any(counts.get(seed, 0) < each for seed in block):
            return number
    return len(blocks)


def _look(
    rule: StoppingRule, model: str, family: str, seeds: set[int], differences: Mapping[int, float]
) -> InterimLook:
    values = [value for seed, value in differences.items() if seed in seeds]
    low, high = confidence_sequence(values, rule.bounds, rule.level, rule.width)
    estimate = fmean(values) if values else None
    narrow = high - low <= rule.width
    return InterimLook(model, family, len(seeds), len(values), estimate, low, high, narrow)
