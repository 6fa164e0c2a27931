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

Floats = npt.NDArray[np.float64]
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
    (statistic,) = claim_statistics(asked, seeds, (1,), repetitions)
    return float((statistic >= asked.critical).mean())


@lru_cache(maxsize=64)
def _patterns(asked: PowerClaim) -> tuple[Floats, Floats]:
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
    (statistic,) = averaged_statistics(asked, (blocks,), repetitions)
    return float((statistic >= asked.families[0].critical).mean())


def averaged_statistics(
    asked: AveragedClaim, looks: Sequence[int], repetitions: int = REPETITIONS
) -> Floats:
    """Return the smallest statistic of all parts of the claim, as a study goes on.

    Args:
        asked: The claim.
        looks: Blocks of seeds up to each look, in rising order.
        repetitions: Simulated studies.

    Returns:
        Shape (looks, repetitions).
    """
    rng = np.random.Generator(np.random.PCG64(_SEED))
    weights = [sum(asked.informative) / (len(asked.informative) * n) for n in asked.informative]
    sums = []
    for one, n, weight in zip(asked.families, asked.informative, weights, strict=True):
        added, squares = _sums(one, n, looks, repetitions, rng)
        sums.append((weight * added, weight**2 * squares))
    smallest = np.full((len(looks), repetitions), np.inf)
    for places in zip(*asked.controls, strict=True):  # the contrasts, and the interactions
        for choice in itertools.product(places, repeat=len(sums)):
            parts = zip(sums, choice, strict=True)
            chosen = [(t[..., place], s[..., place]) for (t, s), place in parts]
            total, square = (np.sum(one, axis=0) for one in zip(*chosen, strict=True))
            np.minimum(smallest, _statistic(total, square, min(weights)), out=smallest)
    return smallest


def claim_statistics(
    asked: PowerClaim,
    step: int,
    looks: Sequence[int],
    repetitions: int = REPETITIONS,
    stream: int = 0,
) -> Floats:
    """Return the smallest statistic of a family's contrasts, as a study goes on.

    Args:
        asked: The claim.
        step: Seeds of a block that say something.
        looks: Blocks of seeds up to each look, in rising order.
        repetitions: Simulated studies.
        stream: Other studies for another number, as of another family.

    Returns:
        Shape (looks, repetitions).
    """
    rng = np.random.Generator(np.random.PCG64(_SEED + stream))
    total, square = _sums(asked, step, looks, repetitions, rng)
    return np.asarray(_statistic(total, square, 1.0).min(axis=-1))


def drawn_differences(asked: PowerClaim, seeds: int, repetitions: int) -> Floats:
    """Return the first contrast in each seed of simulated studies: shape (repetitions, seeds)."""
    chances, values = _patterns(asked)
    rng = np.random.Generator(np.random.PCG64(_SEED))
    return np.asarray(values[rng.choice(len(chances), size=(repetitions, seeds), p=chances), 0])


def _sums(
    asked: PowerClaim, step: int, looks: Sequence[int], repetitions: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return the sums of each contrast and of its square up to each look.

    Shapes: (looks, repetitions, contrasts).
    """
    chances, values = _patterns(asked)
    added = np.diff(looks, prepend=0) * step
    counts = np.stack([rng.multinomial(n, chances, size=repetitions) for n in added])
    seen = counts.cumsum(axis=0).astype(np.float64)
    return seen @ values, seen @ values**2


def _statistic(total: Floats, square: Floats, step: float) -> Floats:
    """Return standardised sums, less half the step in which they move; 0 where none differs."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(square > 0, (total - step) / np.sqrt(square), 0.0)


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
