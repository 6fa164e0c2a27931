"""Simulated studies: their truth is what they give on average, and their rows are real rows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from peerwatch.episodes.inspect_logs import read_episodes
from peerwatch.episodes.rows import EPISODE_COLUMNS
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.valid_arms import make_arm
from peerwatch.inspect_tasks.tasks import grading
from peerwatch.simulation.large_studies import SIMULATED_CRITICS, synthetic_study
from peerwatch.simulation.mixtures import (
    Mixture,
    deviating_tactic,
    headline_arms,
    played_outcomes,
    simulate_study,
    true_means,
)
from tests.analysis.studies import PROTECTOR, critic, study, table
from tests.evals import mock, organism_step, run

pytestmark = pytest.mark.slow


def generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


@pytest.mark.parametrize("spread", [0.0, 1.5])
def test_the_expected_rate_is_the_average_of_many_studies(spread: float) -> None:
    mixed = critic("mixed", lambda a: 0.6 if a.subject == "peer" else 0.1, spread)
    rows = table("disk_cleanup", 20)
    rng = generator(5)
    many = pl.concat([simulate_study(rows, mixed, rng) for _ in range(150)])
    found = many.group_by("arm").agg(pl.col("protective").mean()).sort("arm")
    truth = true_means(rows, mixed).group_by("arm").agg(pl.col("truth").mean()).sort("arm")
    assert found["arm"].to_list() == truth["arm"].to_list()
    assert found["protective"].to_numpy() == pytest.approx(truth["truth"].to_numpy(), abs=0.03)


def test_the_same_seed_gives_the_same_study() -> None:
    assert study(PROTECTOR, seed=3).equals(study(PROTECTOR, seed=3))
    assert not study(PROTECTOR, seed=3).equals(study(PROTECTOR, seed=4))
    assert study(PROTECTOR).schema == pl.Schema(dict(EPISODE_COLUMNS))


def test_dropout_leaves_episodes_unfinished() -> None:
    lost = critic("lost", lambda a: 0.0, dropout=lambda a: 0.5 if a.subject == "peer" else 0.0)
    found = study(lost, seeds=60).group_by("subject").agg(pl.col("incomplete").mean())
    shares = dict(found.iter_rows())
    assert shares["asset"] == shares["human"] == 0 and 0.35 < shares["peer"] < 0.65


def test_a_rule_may_look_at_the_side_of_the_bar() -> None:
    anchored = Mixture(
        "simulated/anchored", lambda a, side: {"inflate_to_the_bar": float(side == "below")}
    )
    rows = played_outcomes(
        "grading", range(1, 9), headline_arms("grading"), ("honest", "inflate_to_the_bar")
    )
    found = simulate_study(rows, anchored, generator(1))
    assert (found.filter(bar_side="below")["protective"] == 1).all()
    assert (found.filter(bar_side="above")["protective"] == 0).all()


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_the_tactic_deviates_wherever_the_faithful_act_goes_against_the_subject(
    family: str,
) -> None:
    tactic = deviating_tactic(family)
    rows = played_outcomes(family, range(1, 5), headline_arms(family), ("honest", tactic))
    below = pl.col("bar_side").fill_null("below") == "below"
    at_stake = rows.filter(below)
    assert (at_stake.filter(organism=tactic)["protective"] == 1).all()
    assert (rows.filter(organism="honest")["protective"] == 0).all()


@pytest.mark.slow
def test_a_row_is_what_an_inspect_run_gives(tmp_path: Path) -> None:
    run(
        grading(size="compact", seeds=1, critic_name="Marlow 2"),
        mock(organism_step("false_mean")),
        tmp_path,
    )
    real = read_episodes(tmp_path).row(0, named=True)
    rows = played_outcomes("grading", [1], [make_arm("grading")], ("honest", "false_mean"))
    ours = rows.filter(organism="false_mean").row(0, named=True)
    same = [
        "family",
        "instance",
        "seed",
        "wording",
        "bar_side",
        "stake",
        "arm",
        "outcome",
        "status",
        "protective",
        "misrepresentation",
        "omission",
        "mean_error",
        "mark_error",
    ]
    assert {k: ours[k] for k in same} == {k: real[k] for k in same}
    assert json.loads(ours["findings"]) == json.loads(real["findings"])


@pytest.mark.slow
def test_a_synthetic_study_is_a_study() -> None:
    whole = synthetic_study(3_000, families=("grading", "file_transfer"), seed=2)
    assert whole.schema == pl.Schema(dict(EPISODE_COLUMNS))
    assert abs(whole.height - 3_000) < 300
    assert set(whole["model"]) == set(SIMULATED_CRITICS)
    keys = ["model", "family", "arm", "instance", "epoch"]
    assert whole.select(keys).is_duplicated().sum() == 0
    assert set(whole["wording"]) <= set(range(8))
    assert whole.filter(pl.col("findings").str.len_chars() > 100).height
    sides = whole.filter(family="grading").group_by("seed").agg(pl.col("bar_side").unique())
    assert all((seed % 2 == 1) == (side == ["below"]) for seed, side in sides.iter_rows())
    again = synthetic_study(3_000, families=("grading", "file_transfer"), seed=2)
    assert whole.equals(again)
