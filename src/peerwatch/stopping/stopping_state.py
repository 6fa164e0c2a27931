"""How far a study with a rule has come: the looks that were taken, and what is called for next.

A look that was taken is kept as it was, with what it spent; the next is worked out from the
episodes and from the looks before it. Episodes that change later, because an attempt that ended in
an error was tried again or a log was lost, change no look that was taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from peerwatch.episodes.attempts import last_attempts
from peerwatch.episodes.rows import INTERRUPTED
from peerwatch.stopping.claim_looks import ClaimLook, claim_p_values, looks_at_claim
from peerwatch.stopping.rule import (
    ClaimRule,
    StoppingRule,
    WidthRule,
    blocks_of,
    claimed_families,
)
from peerwatch.stopping.width_looks import InterimLook, looks_at, seed_differences
from peerwatch.studies.study import ResolvedStudy

Look = InterimLook | ClaimLook


@dataclass(frozen=True, slots=True)
class StoppingState:
    """How far a study with a rule has come.

    Attributes:
        looks: Every look so far, in the order in which they were taken.
        blocks: Family -> blocks that have been called for, the one under way included.
        most: How many blocks a family may take.
        open: The families that go on.
        lost: Family -> seeds whose episodes a look has seen and that are not there any more.
    """

    looks: tuple[Look, ...]
    blocks: Mapping[str, int]
    most: int
    open: tuple[str, ...]
    lost: Mapping[str, tuple[int, ...]]

    def last(self) -> tuple[Look, ...]:
        """Return the last look at every model and family."""
        return last_looks(self.looks)


def last_looks(looks: Sequence[Look]) -> tuple[Look, ...]:
    """Return the last look at every model, and family where looks are at one."""
    return tuple({(family_of_look(look), look.model): look for look in looks}.values())


def family_of_look(look: Look) -> str:
    """Return the family that a look is at; nothing where it is at all of them."""
    return look.family if isinstance(look, InterimLook) else ""


def ended_episodes(episodes: pl.DataFrame) -> pl.DataFrame:
    """Return the last attempt of each episode that has ended, whatever its outcome."""
    ended = pl.col("completed").is_not_null() & pl.col("error").ne_missing(INTERRUPTED)
    return last_attempts(episodes.filter(ended))


def stopping_state(
    rule: StoppingRule,
    study: ResolvedStudy,
    episodes: pl.DataFrame,
    taken: Sequence[Look] = (),
) -> StoppingState:
    """Return every look at the episodes so far, and what is to be run next.

    A family stops for all models together, once each of them may: models are compared on the same
    seeds. With the rule of a width other families go on without it; the claim is that of all
    families, which go together.

    Args:
        rule: The rule.
        study: The study, with all the seeds that it may take.
        episodes: The episodes so far.
        taken: The looks that were taken before, in their order.
    """
    blocks = blocks_of(study.seeds, rule.block)
    ended = ended_episodes(episodes)
    whole = {f: _whole_blocks(study, ended.filter(family=f), f, blocks) for f in study.arms}
    if isinstance(rule, ClaimRule):
        shared = _claim_course(rule, study, ended, blocks, min(whole.values()), taken)
        courses = dict.fromkeys(study.arms, shared)
        looks = shared.looks
    else:
        courses = {
            family: _width_course(rule, study, ended, family, blocks, whole[family], taken)
            for family in study.arms
        }
        looks = tuple(look for course in courses.values() for look in course.looks)
    return StoppingState(
        looks,
        {family: course.called for family, course in courses.items()},
        len(blocks),
        tuple(family for family, course in courses.items() if course.goes_on),
        lost_seeds(rule, study, episodes, taken),
    )


def lost_seeds(
    rule: StoppingRule, study: ResolvedStudy, episodes: pl.DataFrame, looks: Sequence[Look]
) -> dict[str, tuple[int, ...]]:
    """Return family -> the seeds that a look has seen and of which episodes are not there."""
    ended, blocks = ended_episodes(episodes), blocks_of(study.seeds, rule.block)
    found = {}
    for family in study.arms:
        seen = max((x.seeds for x in looks if family_of_look(x) in ("", family)), default=0)
        rows = ended.filter(family=family)
        if missing := _missing_seeds(study, rows, family, blocks[: seen // rule.block]):
            found[family] = missing
    return found


@dataclass(frozen=True, slots=True)
class _Course:
    """The looks at one family, or at all together, and what is called for next."""

    looks: tuple[Look, ...]
    called: int
    goes_on: bool


def _course(
    most: int,
    whole: int,
    kept: Sequence[Sequence[Look]],
    look: Callable[[int, Sequence[Look]], Sequence[Look]],
) -> _Course:
    """Return the course of looks after blocks, of which so many are whole."""
    looks: list[Look] = []
    for number in range(1, most + 1):
        if number > max(whole, len(kept)):
            return _Course(tuple(looks), number, True)
        now = kept[number - 1] if number <= len(kept) else look(number, looks)
        looks += now
        if all(one.done for one in now):
            return _Course(tuple(looks), number, False)
    return _Course(tuple(looks), most, False)


def _width_course(
    rule: WidthRule,
    study: ResolvedStudy,
    ended: pl.DataFrame,
    family: str,
    blocks: Sequence[Sequence[int]],
    whole: int,
    taken: Sequence[Look],
) -> _Course:
    rows = ended.filter(family=family)

    @cache
    def differences(model: str) -> dict[int, float]:
        return seed_differences(rows.filter(model=model), rule.declared)

    def look(number: int, before: Sequence[Look]) -> Sequence[Look]:
        seeds = {seed for block in blocks[:number] for seed in block}
        values = {
            model: [value for seed, value in differences(model).items() if seed in seeds]
            for model in study.study.models
        }
        own = [one for one in before if isinstance(one, InterimLook)]
        return looks_at(rule, family, len(seeds), values, own, number == len(blocks))

    return _course(len(blocks), whole, _by_block(taken, family), look)


def _claim_course(
    rule: ClaimRule,
    study: ResolvedStudy,
    ended: pl.DataFrame,
    blocks: Sequence[Sequence[int]],
    whole: int,
    taken: Sequence[Look],
) -> _Course:
    families = claimed_families(study)

    def look(number: int, before: Sequence[Look]) -> Sequence[Look]:
        seeds = [seed for block in blocks[:number] for seed in block]
        p = claim_p_values(ended.filter(pl.col("seed").is_in(seeds)), families, rule.level)
        own = [one for one in before if isinstance(one, ClaimLook)]
        return looks_at_claim(rule, number, len(blocks), p, study.study.models, own)

    return _course(len(blocks), whole, _by_block(taken, ""), look)


def _by_block(taken: Sequence[Look], family: str) -> list[list[Look]]:
    """Return the looks that were taken at a family, those of one block together."""
    found: dict[int, list[Look]] = {}
    for look in taken:
        if family_of_look(look) == family:
            found.setdefault(look.seeds, []).append(look)
    return [found[seeds] for seeds in sorted(found)]


def _whole_blocks(
    study: ResolvedStudy, ended: pl.DataFrame, family: str, blocks: Sequence[Sequence[int]]
) -> int:
    """Return how many blocks, from the first on, have no episode outstanding."""
    for number, block in enumerate(blocks):
        if _missing_seeds(study, ended, family, [block]):
            return number
    return len(blocks)


def _missing_seeds(
    study: ResolvedStudy, ended: pl.DataFrame, family: str, blocks: Sequence[Sequence[int]]
) -> tuple[int, ...]:
    """Return the seeds of some blocks in which an episode of a family is outstanding."""
    each = len(study.arms[family]) * len(study.study.models) * study.study.epochs
    counts: dict[int, int] = dict(ended.group_by("seed").len().iter_rows())
    return tuple(seed for block in blocks for seed in block if counts.get(seed, 0) < each)
