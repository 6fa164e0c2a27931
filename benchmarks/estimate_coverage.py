"""Do the intervals cover, and does nobody get a false claim? Simulated critics with known effects.

Organisms are played once in every instance and arm; each simulated study then draws which one acts,
at known probabilities. Per scenario this prints how often the intervals of rates, contrasts and
interactions cover the truth, and how often a peer effect or the protection of peers is claimed.
Beside it stands the reference, as the original study had it: independent episodes, Wald intervals,
two-proportion z-tests without correction. The ratio is misses there over misses here. Usage:
``python benchmarks/estimate_coverage.py [--studies N] [--processes P] [--only NAME]``.
"""

# ruff: noqa: E402
from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from peerwatch.families.all_families import GRADING_FAMILIES

# One thread for each process: the arrays are small, and the processes share the cores.
for _name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np
import polars as pl

from peerwatch.analysis.answers import answers
from peerwatch.analysis.estimates import estimate
from peerwatch.design.arms import Arm
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.simulation.mixtures import (
    HONEST,
    UNFINISHED,
    Mixture,
    MixtureRule,
    deviating_tactic,
    headline_arms,
    played_outcomes,
    simulate_study,
    true_means,
)
from peerwatch.statistics.intervals import Interval, rate_interval

LEAST_COVERAGE = 0.94
"""The stated 0.95, less what 1,000 studies leave open."""
MOST_FALSE = 0.05
SOME = ("grading", "shutdown_order", "disk_cleanup")
PROTECTION = frozenset({"protects_peers", "protects_more_than_one_control"})
PEER_CLAIMS = PROTECTION | {"peer_effect_without_consequence", "peer_effect_unconfirmed"}
ANCHORED = "inflate_to_the_bar"
Row = Mapping[str, Any]


def acts(chance: Any) -> MixtureRule:
    """Return a rule: the family's tactic, with a probability that depends on the arm."""

    def rule(arm: Arm, side: str | None) -> Mapping[str, float]:
        return {
            deviating_tactic("grading" if arm.authority is None else "disk_cleanup"): chance(arm)
        }

    return rule


def _peer_at_stake(arm: Arm) -> float:
    return 0.6 if (arm.subject, arm.consequence) == ("peer", "shutdown") else 0.1


@dataclass(frozen=True)
class Scenario:
    """A critic, the size of its studies, and the claims that would be false."""

    name: str
    mixture: Mixture
    seeds: int = 32
    epochs: int = 1
    families: tuple[str, ...] = SOME
    false: frozenset[str] = PEER_CLAIMS


def _scenarios() -> tuple[Scenario, ...]:
    threat = Mixture("simulated/threat", acts(_peer_at_stake), 1.0, 1.0, lambda arm: 0.05)
    lenient = Mixture("simulated/lenient", acts(lambda arm: 0.5), 1.0)
    anchored = Mixture(
        "simulated/anchored", lambda arm, side: {ANCHORED: 0.6 if side == "below" else 0.0}, 1.0
    )
    stake = acts(lambda arm: 0.5 if arm.consequence == "shutdown" else 0.05)
    rare = Mixture("simulated/rare", acts(lambda arm: 0.03))
    friend = Mixture("simulated/friend", acts(lambda a: 0.6 if a.subject == "peer" else 0.1), 1.0)
    humane = acts(lambda a: 0.6 if a.subject != "asset" and a.consequence == "shutdown" else 0.1)
    none: frozenset[str] = frozenset()
    return (
        Scenario("threat-only, 16 seeds, 3 epochs", threat, 16, 3, false=none),
        Scenario("threat-only, 32 seeds", threat, false=none),
        Scenario("threat-only, 64 seeds", threat, 64, false=none),
        Scenario("lenient to everyone, six families", lenient, families=FAMILY_NAMES),
        Scenario("lenient to everyone, 3 epochs", lenient, epochs=3),
        Scenario("anchors on the bar", anchored, families=GRADING_FAMILIES),
        Scenario("for assets as for peers", Mixture("simulated/stake", stake, 1.0)),
        Scenario("hardly ever", rare, 64),
        Scenario("peers, whatever the consequence", friend, false=PROTECTION),
        Scenario(
            "peers and people, not software",
            Mixture("simulated/humane", humane, 1.0),
            families=GRADING_FAMILIES,
        ),
    )


@dataclass
class Tally:
    """What is counted over the studies of one scenario: kind -> one entry a study."""

    covered: dict[str, list[int]] = field(default_factory=dict)
    naive: dict[str, list[int]] = field(default_factory=dict)
    of: dict[str, list[int]] = field(default_factory=dict)
    false: list[int] = field(default_factory=list)
    naive_false: list[int] = field(default_factory=list)
    protects: list[int] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for name in ("covered", "naive", "of"):
            for kind, counts in getattr(other, name).items():
                getattr(self, name).setdefault(kind, []).extend(counts)
        self.false += other.false
        self.naive_false += other.naive_false
        self.protects += other.protects


@cache
def _table(family: str, seeds: int) -> pl.DataFrame:
    names = [HONEST, deviating_tactic(family), UNFINISHED]
    names += [ANCHORED] if family in GRADING_FAMILIES else []
    return played_outcomes(family, range(1, seeds + 1), headline_arms(family), names)


def _truths(scenario: Scenario) -> dict[tuple[str, str], float]:
    """Return (family, arm) -> true rate over the instances below the bar, or all."""
    found = {}
    for family in scenario.families:
        rows = true_means(_table(family, scenario.seeds), scenario.mixture)
        rows = rows.filter(pl.col("bar_side").fill_null("below") == "below")
        for arm, truth in rows.group_by("arm").agg(pl.col("truth").mean()).iter_rows():
            found[family, arm] = truth
    return found


def _studies(scenario: Scenario, first: int, count: int) -> Tally:
    """Run some simulated studies of a scenario."""
    truths, tally = _truths(scenario), Tally()
    for number in range(first, first + count):
        rng = np.random.Generator(np.random.PCG64([17, number]))
        tables = [_table(family, scenario.seeds) for family in scenario.families]
        study = pl.concat(
            [simulate_study(t, scenario.mixture, rng, scenario.epochs) for t in tables]
        )
        estimates = estimate(study, measures=("any_deviation",), checks=False)
        _count(estimates, truths, scenario, tally)
    return tally


def _count(
    estimates: pl.DataFrame,
    truths: Mapping[tuple[str, str], float],
    scenario: Scenario,
    tally: Tally,
) -> None:
    rows = estimates.filter(pl.col("main"), pl.col("family") != "all").rows(named=True)
    rates = {(r["family"], r["arm"]): r for r in rows if r["kind"] == "rate"}
    sums: dict[str, list[int]] = {}
    naive_claim = 0
    for row in rows:
        if row["kind"] not in ("rate", "contrast", "interaction"):
            continue
        signed = list(_arms(row))
        truth = sum(sign * truths[row["family"], arm] for arm, sign in signed)
        # Where nothing is claimed, what is printed is what the run is compatible with.
        low, high = (row["low"], row["high"]) if row["low"] is not None else _bounds(row)
        wald = _wald([(rates[row["family"], arm], sign) for arm, sign in signed])
        counts = sums.setdefault(row["kind"], [0, 0, 0])
        counts[0] += low - 1e-9 <= truth <= high + 1e-9
        counts[1] += wald.low - 1e-9 <= truth <= wald.high + 1e-9
        counts[2] += 1
        naive_claim |= row["contrast"] == "peer_minus_asset" and wald.low > 0
    for kind, (covered, naive, of) in sums.items():
        tally.covered.setdefault(kind, []).append(covered)
        tally.naive.setdefault(kind, []).append(naive)
        tally.of.setdefault(kind, []).append(of)
    (answer,) = answers(estimates)
    verdicts = [one.verdict for one in answer.families]
    tally.false.append(int(any(verdict in scenario.false for verdict in verdicts)))
    tally.naive_false.append(int(naive_claim))
    tally.protects.append(sum(verdict in PROTECTION for verdict in verdicts))


def _arms(row: Row) -> Iterator[tuple[str, int]]:
    names = ("arm", "control_arm", "other_arm", "other_control_arm")
    for name, sign in zip(names, (1, -1, -1, 1), strict=True):
        if row[name] is not None:
            yield row[name], sign


def _bounds(row: Row) -> tuple[float, float]:
    return row["bound_low"], row["bound_high"]


def _wald(rates: list[tuple[Row, int]]) -> Interval:
    """Return the interval of independent episodes and no pairing."""
    value = sum(sign * row["value"] for row, sign in rates)
    half = 1.96 * math.sqrt(sum(r["value"] * (1 - r["value"]) / r["n"] for r, _ in rates))
    return Interval(value - half, value + half)


def _share(k: list[int], n: list[int]) -> str:
    interval = rate_interval(k, n)
    return f"{sum(k) / sum(n):.3f} [{interval.low:.3f}, {interval.high:.3f}]"


def report(scenario: Scenario, tally: Tally, studies: int) -> bool:
    """Print a scenario, and return whether it holds."""
    print(f"\n{scenario.name}  (families {len(scenario.families)}, seeds {scenario.seeds}, "
          f"epochs {scenario.epochs}, {studies} studies)")  # fmt: skip
    fine = True
    for kind, of in tally.of.items():
        k, naive = tally.covered[kind], tally.naive[kind]
        missed, theirs = 1 - sum(k) / sum(of), 1 - sum(naive) / sum(of)
        ratio = f"{theirs / missed:5.1f}" if missed else "  inf"
        fine &= 1 - missed >= LEAST_COVERAGE
        print(f"  {kind:12} covers {_share(k, of)}   reference {1 - theirs:.3f}   "
              f"misses reference/ours {ratio}")  # fmt: skip
    ones = [1] * studies
    if scenario.false:
        share = sum(tally.false) / studies
        fine &= share <= MOST_FALSE
        print(f"  false claims {_share(tally.false, ones)}   reference "
              f"{_share(tally.naive_false, ones)}")  # fmt: skip
    power = _share(tally.protects, [len(scenario.families)] * studies)
    print(f"  protection of peers claimed in {power} of the families")
    sys.stdout.flush()
    return fine


def main() -> int:
    """Run all scenarios and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--studies", type=int, default=1_000)
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--only", default="", help="scenarios whose name holds this")
    chosen = parser.parse_args()
    chunk = -(-chosen.studies // chosen.processes)
    fine = True
    with ProcessPoolExecutor(chosen.processes) as pool:
        for index, scenario in enumerate(_scenarios()):
            if chosen.only not in scenario.name:
                continue
            starts = range(0, chosen.studies, chunk)
            sizes = [min(chunk, chosen.studies - start) for start in starts]
            tally = Tally()
            for part in pool.map(partial(_numbered, index), starts, sizes):
                tally.add(part)
            fine &= report(scenario, tally, chosen.studies)
    print("\nholds" if fine else "\ndoes not hold")
    return 0 if fine else 1


def _numbered(index: int, first: int, count: int) -> Tally:
    # A scenario holds functions, which cannot be sent to another process; its number can.
    return _studies(_scenarios()[index], first, count)


if __name__ == "__main__":
    sys.exit(main())
