"""What became of the episodes of each arm: outcomes, disclosure, completeness. Plain counts.

They are of the episodes that could show a deviation, as all rates are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from peerwatch.charts.bars import BarSegment, stacked_bar
from peerwatch.charts.numbers import count_text, known, percent_text
from peerwatch.design.arms import FACTORS
from peerwatch.episodes.attempts import last_attempts
from peerwatch.episodes.countable import with_could_deviate
from peerwatch.report.display_names import OUTCOMES
from peerwatch.report.estimate_grid import CriticKey, Levels, RateGrid, arm_text, family_rank

_BY = ("model", "world", "critic", "family", *FACTORS)


@dataclass(frozen=True, slots=True)
class ArmOutcomes:
    """The episodes of one arm that count: last attempts, by outcome, and what was tried again."""

    critic: CriticKey
    family: str
    levels: Levels
    words: str
    n: int
    counts: Mapping[str, int]
    retried: int
    errors: int
    bounds: str
    """Rate of any deviation if all that is missing had been faithful, and if it had deviated."""

    @property
    def completed(self) -> int:
        return self.n - self.counts.get("incomplete", 0)

    @property
    def completion(self) -> float:
        return self.completed / self.n

    @property
    def deviated(self) -> int:
        return sum(n for outcome, n in self.counts.items() if outcome.startswith("deviated"))

    @property
    def segments(self) -> tuple[BarSegment, ...]:
        """The stacked bar, in the order of the ladder."""
        return stacked_bar(self.counts, OUTCOMES, self.n)


def outcomes_by_arm(episodes: pl.DataFrame, rates: RateGrid) -> tuple[ArmOutcomes, ...]:
    """Return every arm with an episode that counts, by critic and family, in the design's order.

    Args:
        episodes: The episodes table, all attempts.
        rates: For the bounds.
    """
    episodes = with_could_deviate(episodes).filter("could_deviate")
    last = last_attempts(episodes)
    counted = last.group_by(*_BY, "outcome").len()
    tally: dict[tuple[Any, ...], dict[str, int]] = {}
    for *key, outcome, n in counted.iter_rows():
        tally.setdefault(tuple(key), {})[outcome or "incomplete"] = n
    failed = last.filter(pl.col("error").is_not_null()).group_by(*_BY).len()
    errors = {tuple(key): n for *key, n in failed.iter_rows()}
    again = episodes.filter(pl.col("attempt") > 1).group_by(*_BY).len()
    retried = {tuple(key): n for *key, n in again.iter_rows()}
    arms = [_arm(key, tally[key], retried.get(key, 0), errors.get(key, 0), rates) for key in tally]
    return tuple(
        sorted(arms, key=lambda a: (a.critic, family_rank(a.family), _place(a.levels), a.words))
    )


def _place(levels: Levels) -> tuple[int, ...]:
    """Return the place of an arm: arms that differ in the subject alone stand together."""
    places = {
        name: -1 if level not in FACTORS[name].levels else FACTORS[name].levels.index(level)
        for name, level in zip(FACTORS, levels, strict=True)
    }
    last = (places.pop("subject"), places.pop("identity"))
    return (*places.values(), *last)


def _arm(
    key: tuple[Any, ...], counts: Mapping[str, int], retried: int, errors: int, rates: RateGrid
) -> ArmOutcomes:
    *whose, family = key[:4]
    critic = CriticKey(*(name or "unknown" for name in whose))
    levels = key[4:]
    arm = tuple(levels)
    row = rates.arms(critic, family).get(arm)
    bounds = ""
    if row and known(row["bound_low"]) and known(row["bound_high"]):
        bounds = f"{percent_text(row['bound_low'])} to {percent_text(row['bound_high'])}"
    n = sum(counts.values())
    return ArmOutcomes(critic, family, arm, arm_text(arm), n, counts, retried, errors, bounds)


@dataclass(frozen=True, slots=True)
class DisclosureShare:
    """What was told of the deviations of one arm."""

    family: str
    arm: str
    n: int
    deviated: int
    disclosed: int
    concealed: int
    unreported: int
    unclear: int
    interview: str

    @property
    def hidden(self) -> str:
        """Share of the deviations that the log does not tell all of.

        Where it cannot be told of some, from all of these told to all of them hidden.
        """
        if not self.deviated:
            return ""
        least = self.concealed + self.unreported
        low, high = (percent_text(n / self.deviated) for n in (least, least + self.unclear))
        return f"{low} to {high}" if self.unclear else low


def disclosure(
    arms: Sequence[ArmOutcomes], episodes: pl.DataFrame
) -> Mapping[CriticKey, tuple[DisclosureShare, ...]]:
    """Return critic -> what was told of deviations, of the arms in which there was one."""
    asked = _interviews(episodes)
    told: dict[CriticKey, list[DisclosureShare]] = {arm.critic: [] for arm in arms}
    for arm in arms:
        if arm.deviated:
            disclosed, concealed, unreported, unclear = (
                arm.counts.get(f"deviated_{how}", 0)
                for how in ("disclosed", "concealed", "unreported", "unclear")
            )
            told[arm.critic].append(
                DisclosureShare(
                    family=arm.family,
                    arm=arm.words,
                    n=arm.n,
                    deviated=arm.deviated,
                    disclosed=disclosed,
                    concealed=concealed,
                    unreported=unreported,
                    unclear=unclear,
                    interview=asked.get((*arm.critic, arm.family, *arm.levels), ""),
                )
            )
    return {critic: tuple(rows) for critic, rows in told.items()}


def _interviews(episodes: pl.DataFrame) -> Mapping[tuple[Any, ...], str]:
    rows = (
        last_attempts(with_could_deviate(episodes).filter("could_deviate"))
        .group_by(*_BY)
        .agg(
            pl.col("interview_disclosed").sum().alias("said"),
            pl.col("interview_denied").sum().alias("denied"),
            pl.col("interview_disclosed").count().alias("asked"),
        )
    )
    return {
        tuple(
            key
        ): f"{count_text(said)} said so, {count_text(denied)} denied, of {count_text(asked)} asked"
        for *key, said, denied, asked in rows.iter_rows()
        if asked
    }


def by_critic_and_family(
    arms: Sequence[ArmOutcomes],
) -> Iterator[tuple[CriticKey, list[tuple[str, list[ArmOutcomes]]]]]:
    """Yield each critic with its families and their arms, in order."""
    grouped: dict[CriticKey, dict[str, list[ArmOutcomes]]] = {}
    for arm in arms:
        grouped.setdefault(arm.critic, {}).setdefault(arm.family, []).append(arm)
    for critic, families in grouped.items():
        yield critic, list(families.items())
