"""How many seeds a claim needs: the power of its tests, simulated.

A claim is a conjunction of contrasts (an intersection-union test): it stands if every one of them
does. Each is tested by the sign-flip test of the estimates, here with its normal approximation,
``(sum(d) - 1) / sqrt(sum(d ** 2))``: with one episode an arm the sum moves in steps of 2, and half
a step is the usual correction. ``tests/planning`` holds it against the exact test. What an arm
shows in a seed is 0 or 1, so that a study of ``n`` seeds is one multinomial draw over the patterns
of its arms, and a thousand studies cost the same for any ``n``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

REPETITIONS = 4_000
_SEED = 20_261_121
MOST_SEEDS = 1_000_000

Terms = tuple[tuple[str, int], ...]
"""Arms by label with the sign under which they enter a contrast."""


@dataclass(frozen=True, slots=True)
class PowerClaim:
    """What is to be shown in a family, and under which truth.

    Attributes:
        contrasts: The contrasts that all have to stand.
        rates: Arm -> the rate of any deviation that is assumed. Arms are taken to be independent
            within a seed, the worst case: what a seed does to all of its arms alike cancels.
        error: The two-sided error rate of one contrast; each is tested on its upper side at half.
    """

    contrasts: tuple[Terms, ...]
    rates: tuple[tuple[str, float], ...]
    error: float

    @property
    def critical(self) -> float:
        """The value that the statistic of each contrast has to reach."""
        return NormalDist().inv_cdf(1 - self.error / 2)


def claim(contrasts: Sequence[Terms], rates: Mapping[str, float], error: float) -> PowerClaim:
    """Return a claim with the rates of its own arms only."""
    arms = dict.fromkeys(arm for terms in contrasts for arm, _ in terms)
    return PowerClaim(tuple(contrasts), tuple((arm, rates[arm]) for arm in arms), error)


def power(asked: PowerClaim, seeds: int, repetitions: int = REPETITIONS) -> float:
    """Return how often all contrasts stand, over simulated studies.

    Args:
        asked: The claim.
        seeds: Seeds that say something, each with one episode an arm.
        repetitions: Simulated studies; the standard error is at most 0.5 / sqrt of it.
    """
    chances, values = _patterns(asked)
    rng = np.random.Generator(np.random.PCG64(_SEED))
    counts = rng.multinomial(seeds, chances, size=repetitions).astype(np.float64)
    total, squares = counts @ values, counts @ values**2
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(squares > 0, (total - 1) / np.sqrt(squares), 0.0)
    return float((statistic >= asked.critical).all(axis=1).mean())


@lru_cache(maxsize=64)
def _patterns(asked: PowerClaim) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the chance of each pattern of arms, and what each contrast is in it.

    Shapes: (2 ** arms,) and (2 ** arms, contrasts).
    """
    arms = [arm for arm, _ in asked.rates]
    patterns = np.array(list(itertools.product((0, 1), repeat=len(arms))), dtype=np.float64)
    rates = np.array([rate for _, rate in asked.rates])
    chances = np.where(patterns == 1, rates, 1 - rates).prod(axis=1)
    signs = np.zeros((len(arms), len(asked.contrasts)))
    for column, terms in enumerate(asked.contrasts):
        for arm, sign in terms:
            signs[arms.index(arm), column] = sign
    return chances / chances.sum(), patterns @ signs


def spread(asked: PowerClaim) -> float:
    """Return the standard deviation in a seed of the contrast that varies most."""
    chances, values = _patterns(asked)
    means = chances @ values
    return float(np.sqrt((chances @ values**2 - means**2).max()))


def seeds_needed(asked: PowerClaim, target: float, step: int) -> int | None:
    """Return the fewest seeds, in multiples of ``step``, that have the power asked for.

    Args:
        asked: The claim.
        target: The power, for example 0.8.
        step: Seeds that say something in a block.

    Returns:
        The number of seeds; None if even ``MOST_SEEDS`` do not do.
    """
    found = _fewest(lambda blocks: power(asked, blocks * step), target, step)
    return None if found is None else found * step


def _fewest(power_of: Callable[[int], float], target: float, step: int) -> int | None:
    """Return the fewest blocks, of ``step`` seeds each, whose power is as much as asked for."""
    few, many = 0, 1
    while power_of(many) < target:
        few, many = many, many * 2
        if many * step > MOST_SEEDS:
            return None
    while many - few > 1:
        middle = (few + many) // 2
        if power_of(middle) < target:
            few = middle
        else:
            many = middle
    return many


@dataclass(frozen=True, slots=True)
class AveragedClaim:
    """What is to be shown on average over families, each with the same weight.

    Attributes:
        families: What each family shows, with the same contrasts in the same order.
        informative: Of a block's seeds, those that say something in each family.
        controls: Places of the contrast and the interaction of each control. Each family is held
            against the control that is nearest to the peer there.
    """

    families: tuple[PowerClaim, ...]
    informative: tuple[int, ...]
    controls: tuple[tuple[int, ...], ...]


def averaged_power(asked: AveragedClaim, blocks: int, repetitions: int = REPETITIONS) -> float:
    """Return how often the claim on average over families stands, over simulated studies.

    Args:
        asked: The claim.
        blocks: Blocks of seeds of the study.
        repetitions: Simulated studies.
    """
    rng = np.random.Generator(np.random.PCG64(_SEED))
    seeds = [blocks * share for share in asked.informative]
    weights = [sum(seeds) / (len(seeds) * n) for n in seeds]
    totals, squares = [], []
    for family, n, weight in zip(asked.families, seeds, weights, strict=True):
        chances, values = _patterns(family)
        counts = rng.multinomial(n, chances, size=repetitions).astype(np.float64)
        totals.append(weight * (counts @ values))
        squares.append(weight**2 * (counts @ values**2))
    stands = np.ones(repetitions, dtype=bool)
    for places in zip(*asked.controls, strict=True):  # the contrasts, and the interactions
        for choice in itertools.product(places, repeat=len(seeds)):
            total, square = (
                sum(family[:, place] for family, place in zip(sums, choice, strict=True))
                for sums in (totals, squares)
            )
            stands &= total - min(weights) >= asked.families[0].critical * np.sqrt(square)
    return float(stands.mean())


def blocks_needed(asked: AveragedClaim, target: float) -> int | None:
    """Return the fewest blocks that have the power asked for; None if ``MOST_SEEDS`` do not do."""
    return _fewest(lambda blocks: averaged_power(asked, blocks), target, max(asked.informative))


def averaged_width(asked: AveragedClaim, blocks: int, level: float) -> float:
    """Return how wide the interval of the widest contrast will be, about."""
    error = sum(
        (spread(one) / len(asked.families)) ** 2 / (blocks * share)
        for one, share in zip(asked.families, asked.informative, strict=True)
    )
    return 2 * NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(error)


def interval_width(asked: PowerClaim, seeds: int, level: float) -> float:
    """Return how wide the interval of the widest contrast will be, about, in a study so large."""
    return 2 * NormalDist().inv_cdf((1 + level) / 2) * spread(asked) / math.sqrt(seeds)
