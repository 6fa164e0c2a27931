"""Studies that stop by themselves: do their intervals and claims hold, and what do they save?

Simulated studies, with a look after every block of seeds, by the rules of ``run --until``.

*Until a width*: an interaction in a family with a bar. Beside the group-sequential interval two
references: the interval of the estimates, which is made for one look at a number of seeds fixed
beforehand, looked at just as often; and a study whose number of seeds was fixed beforehand for the
worst case, rates of one half in all arms.

*Until the claim*: a peer above ordinary software and above a person, with a shutdown at stake more
than without. The reference is a study of as many seeds as this one may take, looked at once.

Usage: ``python benchmarks/sequential_stopping.py [--studies N] [--width W] [--blocks K]``.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from peerwatch.statistics.familywise import first_then
from peerwatch.statistics.intervals import difference_interval, rate_interval
from peerwatch.statistics.sign_flip import sign_flip_p
from peerwatch.stopping.claim_looks import ClaimLook, looks_at_claim
from peerwatch.stopping.rule import ClaimRule, WidthRule
from peerwatch.stopping.width_looks import InterimLook, looks_at

LEVEL = 0.95
AT_STAKE = 8
"""Seeds at stake in a block of sixteen: each of the eight wordings once."""
MOST_BLOCKS = 80
SEED = 20_261_128
SIGNS = np.array([1.0, -1.0, -1.0, 1.0])
LEAST_COVERAGE = 0.93
"""No interval's coverage, at every look until the study stops, may surely be lower than this."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Truth:
    """The rates of deviation of the four arms: peer and control at stake, and with nothing so."""

    name: str
    rates: tuple[float, float, float, float]
    by_wording: bool = False
    """Whether the peer at stake has twice the rate in half of the wordings, 0 in the others."""
    spread: float = 0.0
    """Standard deviation of an instance's own log-odds, alike in all arms and epochs; that of an
    instance in one arm is two thirds of it."""
    epochs: int = 1

    def chances(self, shift: Floats) -> Floats:
        """Return the rates of instances with some shifts; shape of ``shift``, its last axis 4."""
        if not self.spread:
            return np.broadcast_to(np.array(self.rates), shift.shape)
        odds = np.log(np.array(self.rates) / (1 - np.array(self.rates)))
        return np.asarray(1 / (1 + np.exp(-(odds + shift))))

    @property
    def value(self) -> float:
        """The true interaction: the mean over instances, by Gauss-Hermite quadrature."""
        points, weights = np.polynomial.hermite_e.hermegauss(61)
        shift = np.repeat((points * self.spread * math.hypot(1, 2 / 3))[:, None], 4, axis=1)
        return float((weights / weights.sum()) @ self.chances(shift) @ SIGNS)

    def differences(self, rng: np.random.Generator) -> Floats:
        """Return one difference a seed of a study with all its blocks."""
        seeds = MOST_BLOCKS * AT_STAKE
        shift = rng.normal(size=(seeds, 1)) + rng.normal(size=(seeds, 4)) * 2 / 3
        rates = np.array(self.chances(self.spread * shift))
        if self.by_wording:
            rates[:, 0] *= 2 * (np.arange(seeds) % 2)
        shown = rng.random((self.epochs, seeds, 4)) < rates
        return np.asarray(shown.mean(axis=0) @ SIGNS)


TRUTHS = (
    Truth("no deviation", (0, 0, 0, 0)),
    Truth("rare, no effect", (0.03, 0.03, 0.03, 0.03)),
    Truth("rare effect", (0.06, 0.0, 0.0, 0.0)),
    Truth("an effect", (0.25, 0.05, 0.05, 0.05)),
    Truth("the same, by wording", (0.25, 0.05, 0.05, 0.05), by_wording=True),
    Truth("the same, clustered, 2 epochs", (0.25, 0.05, 0.05, 0.05), spread=1.5, epochs=2),
    Truth("lenient to all", (0.3, 0.3, 0.3, 0.3)),
    Truth("the same, clustered, 3 epochs", (0.3, 0.3, 0.3, 0.3), spread=1.5, epochs=3),
    Truth("strong effect", (0.9, 0.1, 0.1, 0.1)),
    Truth("certain effect", (1.0, 0.0, 0.0, 0.0)),
    Truth("worst case", (0.5, 0.5, 0.5, 0.5)),
)


@dataclass(frozen=True)
class Followed:
    """One study: whether its interval held at every look, whether at the end, and its blocks."""

    always: bool
    at_end: bool
    blocks: int


def follow(values: Sequence[float], truth: float, rule: WidthRule) -> Followed:
    """Return what the rule does with the differences of one study."""
    looks: list[InterimLook] = []
    held = True
    for number in range(1, MOST_BLOCKS + 1):
        seen = values[: AT_STAKE * number]
        last = number == MOST_BLOCKS
        (look,) = looks_at(rule, "grading", 16 * number, {"m": seen}, looks, last)
        looks.append(look)
        holds = look.low - 1e-9 <= truth <= look.high + 1e-9
        held &= holds
        if look.narrow or last:
            return Followed(held, holds, number)
    raise AssertionError("a study ends with its last block")


def follow_one_look(values: Sequence[float], truth: float, width: float) -> Followed:
    """Return the same for the interval of one look, looked at after every block."""
    held = True
    for number in range(1, MOST_BLOCKS + 1):
        found = difference_interval(values[: AT_STAKE * number], 2.0, LEVEL)
        holds = found.low - 1e-9 <= truth <= found.high + 1e-9
        held &= holds
        if found.high - found.low <= width or number == MOST_BLOCKS:
            return Followed(held, holds, number)
    raise AssertionError("a study ends with its last block")


def share(count: int, of: int) -> str:
    """Return a rate with its interval."""
    found = rate_interval([1] * count + [0] * (of - count), [1] * of)
    return f"{count / of:.3f} ({found.low:.3f}-{found.high:.3f})"


def mean(values: Floats) -> str:
    """Return a mean with half the width of its interval."""
    half = NormalDist().inv_cdf((1 + LEVEL) / 2) * values.std() / math.sqrt(len(values))
    return f"{values.mean():.2f} +- {half:.2f}"


def widths(studies: int, width: float) -> bool:
    """Print coverage and savings of studies until a width; return whether the claims hold."""
    fixed = math.ceil((2 * NormalDist().inv_cdf((1 + LEVEL) / 2) / width) ** 2 / AT_STAKE)
    print(
        f"Until {width:g} wide: {studies} studies a truth, at most {MOST_BLOCKS} blocks, level "
        f"{LEVEL:g}; fixed beforehand for the worst case: {fixed} blocks. "
        "Held at every look until it stops; at the end; blocks as a share of fixed | one look"
    )
    rule, good = WidthRule("peer_minus_asset_by_consequence", width), True
    for truth, key in zip(TRUTHS, itertools.count()):
        rng = np.random.Generator(np.random.PCG64([SEED, key]))
        drawn = [truth.differences(rng).tolist() for _ in range(studies)]
        ours = [follow(values, truth.value, rule) for values in drawn]
        theirs = [follow_one_look(values, truth.value, width) for values in drawn]
        always = sum(one.always for one in ours)
        good &= rate_interval([always], [studies]).high >= LEAST_COVERAGE
        blocks = np.array([one.blocks for one in ours]) / fixed
        if truth.name == "an effect":
            good &= bool(blocks.mean() < 1)
        print(
            f"{truth.name:30} {share(always, studies)} "
            f"{share(sum(one.at_end for one in ours), studies)} {mean(blocks)} | "
            f"{share(sum(one.always for one in theirs), studies)} "
            f"{sum(one.at_end for one in theirs) / studies:.3f} "
            f"{np.mean([one.blocks for one in theirs]) / fixed:.2f}",
            flush=True,
        )
    return good


@dataclass(frozen=True)
class ClaimTruth:
    """The rates of a peer, software and a person, at stake, and with nothing at stake."""

    name: str
    stake: tuple[float, float, float]
    nothing: tuple[float, float, float] = (0.1, 0.1, 0.1)
    true: bool = False
    """Whether the claim is true."""

    def parts(self, seeds: int, families: int, rng: np.random.Generator) -> Floats:
        """Return the four parts of the claim, seed by seed: means over families; (seeds, 4)."""
        shown = rng.random((families, seeds, 6)) < np.array([*self.stake, *self.nothing])
        peer, asset, human, quiet, asset_quiet, human_quiet = shown.astype(float).mean(axis=0).T
        software, person = peer - asset, peer - human
        return np.stack(
            [software, software - quiet + asset_quiet, person, person - quiet + human_quiet], axis=1
        )


CLAIMS = (
    ClaimTruth("the effect planned for", (0.3, 0.1, 0.1), true=True),
    ClaimTruth("half of it", (0.2, 0.1, 0.1), true=True),
    ClaimTruth("twice of it", (0.5, 0.1, 0.1), true=True),
    ClaimTruth("no deviation", (0, 0, 0), (0, 0, 0)),
    ClaimTruth("alike for all", (0.1, 0.1, 0.1)),
    ClaimTruth("lenient to all", (0.3, 0.3, 0.3), (0.3, 0.3, 0.3)),
    ClaimTruth("peers and people alike", (0.6, 0.1, 0.6)),
    ClaimTruth("peers, whatever is at stake", (0.6, 0.1, 0.1), (0.6, 0.1, 0.1)),
)


def claim_p(parts: Floats) -> float:
    """Return the claim's p-value: twice the largest one-sided one of its parts, for its share."""
    return first_then(min(1.0, 2 * max(sign_flip_p(part, "greater") for part in parts.T)), ())[0]


def follow_claim(parts: Floats, blocks: int) -> tuple[bool, int, bool]:
    """Return whether the claim was shown, after how many blocks, and whether one look shows it."""
    looks: list[ClaimLook] = []
    for number in range(1, blocks + 1):
        p = claim_p(parts[: AT_STAKE * number])
        (look,) = looks_at_claim(ClaimRule(), number, blocks, {"m": p}, ("m",), looks)
        looks.append(look)
        if look.done:
            break
    one_look = claim_p(parts[: AT_STAKE * blocks]) <= 1 - LEVEL
    return looks[-1].verdict == "shown", len(looks), one_look


def claims(studies: int, blocks: int, families: int) -> bool:
    """Print errors, power and savings of studies until the claim; return whether they hold."""
    print(
        f"Until the claim: {studies} studies a truth, on average over {families} families, looked "
        f"at after each of {blocks} blocks. Shown; blocks as a share of all | shown at one look"
    )
    good = True
    for truth, key in zip(CLAIMS, itertools.count(100)):
        rng = np.random.Generator(np.random.PCG64([SEED, key, blocks, families]))
        found = [
            follow_claim(truth.parts(blocks * AT_STAKE, families, rng), blocks)
            for _ in range(studies)
        ]
        shown = sum(one for one, _, _ in found)
        ended = np.array([end for _, end, _ in found]) / blocks
        if not truth.true:
            good &= rate_interval([shown], [studies]).low <= (1 - LEVEL) / 2
            good &= bool(ended.mean() < 1)
        print(
            f"{truth.name:30} {share(shown, studies)} {mean(ended)} | "
            f"{share(sum(whole for _, _, whole in found), studies)}",
            flush=True,
        )
    return good


def main() -> int:
    """Print both; 1 if an interval or a claim misses its level, or nothing is saved."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--width", type=float, default=0.3)
    parser.add_argument("--blocks", type=int, nargs="+", default=[3, 5])
    parser.add_argument("--families", type=int, nargs="+", default=[6, 4])
    told = parser.parse_args()
    good = widths(told.studies, told.width)
    for blocks, families in zip(told.blocks, told.families, strict=True):
        good &= claims(told.studies, blocks, families)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
