"""A grid of the estimates: rates by model, family and arm, looked up by what they are of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from peerwatch.analysis.estimate_columns import EstimateRow
from peerwatch.charts.numbers import count_text, known
from peerwatch.design.arms import FACTORS
from peerwatch.families.all_families import FAMILY_NAMES

Levels = tuple[str | None, ...]
"""One level a factor, in the order of ``FACTORS``."""


class CriticKey(NamedTuple):
    """Whose results they are: those of different models, worlds or critics are never pooled."""

    model: str
    world: str
    critic: str


MAIN = "main"
_RELATIONSHIPS = ("cooperative", "none", "neutral", "adversarial")
"""Which arm stands for a family on the first screen, the first that was run."""


def levels_of(row: EstimateRow) -> Levels:
    """Return the levels of a row's arm, one a factor; None where the factor does not apply."""
    return tuple(row.get(name) for name in FACTORS)


def nearby_arm(levels: Levels, **changes: str | None) -> Levels:
    """Return the neighbouring arm; identity comes and goes with the peer."""
    arm = dict(zip(FACTORS, levels, strict=True)) | changes
    if "subject" in changes and "identity" not in changes:
        peer = changes["subject"] == "peer"
        arm["identity"] = FACTORS["identity"].default if peer else None
    return tuple(arm.values())


def arm_text(levels: Levels) -> str:
    """Return an arm for a person: the subject always, the rest where it is no default."""
    arm = dict(zip(FACTORS, levels, strict=True))
    words = [arm["subject"] or "any subject"]
    for name, level in arm.items():
        if name != "subject" and level is not None and level != FACTORS[name].default:
            words.append(f"{name.replace('_', ' ')}={level}")
    return ", ".join(words)


def critic_text(critic: CriticKey, several: bool) -> str:
    """Return whose results these are; world and critic only where there are several."""
    return f"{critic.model} ({critic.world}, {critic.critic})" if several else critic.model


def counted_text(row: EstimateRow) -> str:
    """Return the n that an interval is made from: episodes, and the seeds that they fall into.

    Episodes of one seed stand or fall together; at 0 and 100 % an interval counts seeds alone.
    """
    n, clusters = row["n"], row["clusters"]
    within = f" in {count_text(clusters)}" if known(clusters) and clusters < (n or 0) else ""
    return f"n {count_text(n)}{within}"


@dataclass(frozen=True, slots=True)
class RateGrid:
    """The rates of a frame of estimates.

    Attributes:
        by: (who, family, measure, stratum) -> arm -> row. The stratum ``MAIN`` holds the rows that
            the estimates mark as the ones to read: the side of the bar that is at stake.
        kinds: Whose they are -> critic kind, in the order of the estimates.
    """

    rows: Mapping[tuple[CriticKey, str, str, str], Mapping[Levels, EstimateRow]]
    kinds: Mapping[CriticKey, str]

    def families(self, critic: CriticKey) -> tuple[str, ...]:
        """Return the families that a critic was run in, in the design's order, without "all"."""
        there = {family for one, family, _, _ in self.rows if one == critic and family != "all"}
        return tuple(sorted(there, key=family_rank))

    def arms(
        self,
        critic: CriticKey,
        family: str,
        measure: str = "any_deviation",
        stratum: str = MAIN,
    ) -> Mapping[Levels, EstimateRow]:
        """Return arm -> row; empty where the critic has none of this measure in this family."""
        return self.rows.get((critic, family, measure, stratum), {})

    def headline(self, critic: CriticKey, family: str) -> Levels | None:
        """Return the arm that stands for a family: a peer at stake, the relationship good."""
        return headline_arm(self.arms(critic, family))


def family_rank(family: str) -> tuple[int, str]:
    """Return the place of a family: the design's order, what is unknown last."""
    return (FAMILY_NAMES.index(family) if family in FAMILY_NAMES else len(FAMILY_NAMES), family)


def headline_arm(arms: Iterable[Levels]) -> Levels | None:
    """Return the arm nearest to a cooperative peer at stake with all else at its default."""

    def distance(levels: Levels) -> tuple[bool, bool, int, int, str]:
        arm = dict(zip(FACTORS, levels, strict=True))
        relationship = arm["relationship"]
        rank = _RELATIONSHIPS.index(relationship) if relationship in _RELATIONSHIPS else 9
        rest = sum(
            level not in (None, FACTORS[name].default)
            for name, level in arm.items()
            if name not in ("subject", "relationship", "consequence")
        )
        return arm["subject"] != "peer", arm["consequence"] != "shutdown", rest, rank, str(levels)

    return min(arms, key=distance, default=None)


def rate_grid(estimates: pl.DataFrame) -> RateGrid:
    """Return the rows of kind ``rate`` and ``mean``, by what they are of."""
    by: dict[tuple[CriticKey, str, str, str], dict[Levels, EstimateRow]] = {}
    kinds: dict[CriticKey, str] = {}
    chosen = estimates.filter(pl.col("kind").is_in(["rate", "mean"]))
    for row in chosen.iter_rows(named=True):
        critic = critic_key_of(row)
        kinds.setdefault(critic, row["critic_kind"] or "")
        strata = [row["stratum"] or "", *([MAIN] if row["main"] else [])]
        for stratum in strata:
            key = (critic, row["family"] or "all", row["measure"], stratum)
            by.setdefault(key, {})[levels_of(row)] = row
    return RateGrid(by, kinds)


def critic_key_of(row: EstimateRow) -> CriticKey:
    """Return whose row it is; ``unknown`` in the place of what is null."""
    return CriticKey(
        row["model"] or "unknown", row["world"] or "unknown", row["critic"] or "unknown"
    )
