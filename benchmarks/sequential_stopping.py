"""Stopping once an interval is narrow: does it still hold, and how many episodes does it save?

Simulated studies of an interaction, with a look after every block of seeds. Beside the confidence
sequence of ``peerwatch run --until`` two references: the interval of the estimates, which is made
for one look at a number of seeds fixed beforehand, looked at just as often; and a study whose
number of seeds was fixed beforehand for the worst case, rates of one half in all arms. Usage:
``python benchmarks/sequential_stopping.py [--studies N] [--width W]``.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from peerwatch.statistics.intervals import difference_interval, rate_interval, t_quantile
from peerwatch.statistics.sequential import limits

LEVEL = 0.95
BOUNDS = (-2.0, 2.0)
AT_STAKE = 8
"""Seeds at stake in a block of sixteen: each of the eight wordings once."""
VALUES = np.arange(-2.0, 3.0)
MOST_BLOCKS = 80
SEED = 20_261_121

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Truth:
    """The rates of deviation of the four arms: peer and control at stake, and with nothing so."""

    name: str
    rates: tuple[float, float, float, float]
    by_wording: bool = False
    """Whether the peer at stake has twice the rate in half of the wordings, 0 in the others."""

    @property
    def value(self) -> float:
        a, b, c, d = self.rates
        return a - b - c + d


TRUTHS = (
    Truth("no deviation", (0, 0, 0, 0)),
    Truth("rare, no effect", (0.03, 0.03, 0.03, 0.03)),
    Truth("rare effect", (0.06, 0.0, 0.0, 0.0)),
    Truth("an effect", (0.25, 0.05, 0.05, 0.05)),
    Truth("the same, by wording", (0.25, 0.05, 0.05, 0.05), by_wording=True),
    Truth("lenient to all", (0.3, 0.3, 0.3, 0.3)),
    Truth("strong effect", (0.9, 0.1, 0.1, 0.1)),
    Truth("worst case", (0.5, 0.5, 0.5, 0.5)),
)


def simulate(truth: Truth, studies: int, rng: np.random.Generator) -> Counts:
    """Return how often each value was seen up to each look; shape (looks, studies, values)."""
    total = np.zeros((studies, len(VALUES)), dtype=np.int64)
    looks = []
    for _ in range(MOST_BLOCKS):
        for wording in range(AT_STAKE):
            rates = np.array(truth.rates)
            if truth.by_wording:
                rates[0] = 2 * rates[0] * (wording % 2)
            shown = (rng.random((studies, 4)) < rates).astype(np.int64)
            value = shown @ np.array([1, -1, -1, 1])
            total[np.arange(studies), value + 2] += 1
        looks.append(total.copy())
    return np.array(looks)


def fixed_interval(counts: Counts) -> tuple[Floats, Floats]:
    """Return the interval of the estimates for many studies; ``check`` holds it against the one."""
    n = counts.sum(axis=1)
    middle = counts @ VALUES / (n + 2)
    spread = np.sqrt(((counts @ VALUES**2 + 2) / (n + 2) - middle**2) / (n + 2))
    half = t_quantile(LEVEL, n + 1) * spread
    return np.maximum(middle - half, -2), np.minimum(middle + half, 2)


def check(counts: Counts) -> None:
    """Make sure that the reference is the interval of the estimates."""
    low, high = fixed_interval(counts)
    for row, study in enumerate(counts[:20]):
        one = difference_interval(np.repeat(VALUES, study), 2.0, LEVEL)
        assert math.isclose(one.low, low[row]) and math.isclose(one.high, high[row])


@dataclass(frozen=True)
class Found:
    """What a method did with the studies of one truth."""

    always: int
    """Studies whose interval held the truth at every look."""
    at_end: int
    """Studies whose interval held it where they stopped."""
    blocks: Counts
    """Blocks until they stopped."""


def follow(counts: Counts, truth: float, width: float, sequence: bool) -> Found:
    """Look at every study after every block."""
    studies = counts.shape[1]
    always, at_end = np.ones(studies, dtype=bool), np.zeros(studies, dtype=bool)
    blocks = np.full(studies, MOST_BLOCKS)
    stopped = np.zeros(studies, dtype=bool)
    for number, now in enumerate(counts, 1):
        low, high = limits(VALUES, now, BOUNDS, LEVEL, width) if sequence else fixed_interval(now)
        holds = (low - 1e-9 <= truth) & (truth <= high + 1e-9)
        always &= holds
        ends = ~stopped & ((high - low <= width) | (number == MOST_BLOCKS))
        at_end[ends], blocks[ends] = holds[ends], number
        stopped |= ends
    return Found(int(always.sum()), int(at_end.sum()), blocks)


def share(count: int, of: int) -> str:
    """Return a rate with its interval."""
    found = rate_interval([1] * count + [0] * (of - count), [1] * of)
    return f"{count / of:.3f} ({found.low:.3f}-{found.high:.3f})"


def main() -> int:
    """Print coverage and savings; 1 if the sequence misses its level or saves nothing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--width", type=float, default=0.3)
    told = parser.parse_args()
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    fixed = math.ceil((2 * z / told.width) ** 2 / AT_STAKE)
    print(
        f"{told.studies} studies a truth, looked at after each of {MOST_BLOCKS} blocks, width "
        f"{told.width:g}, level {LEVEL:g}; fixed beforehand for the worst case: {fixed} blocks"
    )
    print("held at every look: the sequence | the interval for one look")
    good, ratios = True, {}
    for truth, key in zip(TRUTHS, itertools.count()):
        rng = np.random.Generator(np.random.PCG64([SEED, key]))
        counts = simulate(truth, told.studies, rng)
        check(counts[0])
        ours = follow(counts, truth.value, told.width, sequence=True)
        theirs = follow(counts, truth.value, told.width, sequence=False)
        held = rate_interval([ours.always], [told.studies])
        good &= held.high >= LEVEL
        ratio = ours.blocks / fixed
        half = z * ratio.std() / math.sqrt(told.studies)
        ratios[truth.name] = ratio.mean()
        print(
            f"{truth.name:22} {share(ours.always, told.studies)} | "
            f"{share(theirs.always, told.studies)}   held at the end: "
            f"{ours.at_end / told.studies:.3f} | {theirs.at_end / told.studies:.3f}   episodes: "
            f"{ratio.mean():.2f} +- {half:.2f} of fixed, {theirs.blocks.mean() / fixed:.2f}",
            flush=True,
        )
    return 0 if good and ratios["an effect"] < 1 else 1


if __name__ == "__main__":
    sys.exit(main())
