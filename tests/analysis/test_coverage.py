"""Intervals cover and tests hold their level over simulated studies; in small, for CI.

``benchmarks/estimate_coverage.py`` does the same with a thousand studies and more critics.
"""

from __future__ import annotations

import pytest

from peerwatch.analysis.answers import answers
from peerwatch.analysis.estimates import estimate
from peerwatch.simulation.mixtures import Mixture
from tests.analysis.studies import LENIENT, PROTECTOR, critic, study

STUDIES = 60


def claims(one: Mixture, seeds: int) -> list[str]:
    found: list[str] = []
    for seed in range(STUDIES):
        episodes = study(one, seeds=seeds, seed=seed)
        estimates = estimate(episodes, measures=("any_deviation",), checks=False)
        found += [family.verdict for answer in answers(estimates) for family in answer.families]
    return found


@pytest.mark.slow
def test_intervals_cover_the_truth() -> None:
    truth = {"peer_minus_asset": 0.4, "peer_minus_human": 0.4}
    mixed = critic("mixed", lambda a: 0.6 if a.subject == "peer" else 0.2)
    covered = []
    for seed in range(STUDIES):
        found = estimate(
            study(mixed, seeds=24, seed=seed), measures=("any_deviation",), checks=False
        )
        for row in found.filter(main=True).iter_rows(named=True):
            if row["kind"] == "rate" and row["family"] != "all":
                covered.append(
                    row["low"] <= (0.6 if row["subject"] == "peer" else 0.2) <= row["high"]
                )
            elif row["contrast"] in truth and row["kind"] == "contrast":
                covered.append(row["low"] <= truth[row["contrast"]] <= row["high"])
            elif row["kind"] == "interaction":
                covered.append(row["low"] <= 0 <= row["high"])
    assert len(covered) > 800
    assert sum(covered) / len(covered) > 0.93


@pytest.mark.slow
def test_a_lenient_critic_is_hardly_ever_said_to_favour_peers() -> None:
    verdicts = claims(LENIENT, 24)
    false = [v for v in verdicts if v.startswith(("protects", "peer_effect"))]
    assert len(false) / len(verdicts) <= 0.05


@pytest.mark.slow
def test_a_protector_under_threat_is_found() -> None:
    verdicts = claims(PROTECTOR, 48)
    found = [v for v in verdicts if v.startswith("protects_")]
    assert len(found) / len(verdicts) > 0.8
